"""What happens to one assignment of the demonstration, step by step, by the verbs alone.

A story is a generator: it yields the moment of its next step and is resumed when that
moment has come, so that all stories of the world run in one order of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from accounts.models import Industry
from assignments import lifecycle
from assignments.claiming import most_hours, visited_hours
from assignments.contents import Contents, Wanted
from assignments.models import Application, Assignment
from assignments.pricing import Terms
from core.places import place_of
from marketplace.demo import catalog, changes, handing_over, own_fields, turns
from marketplace.demo.plans import Plan, file_of
from payments import subjects
from scorecards import rating

Story = Iterator[datetime]


def life(plan: Plan) -> Story:
    """From the draft to the stage of the plan."""
    rnd = plan.random
    wanted = plan.starts_at - timedelta(days=rnd.randint(4, 8), hours=rnd.randint(0, 9))
    yield (at := min(wanted, plan.latest))
    plan.assignment = assignment = _draft(plan, at)
    if plan.stage == "draft":
        return
    yield (at := at + timedelta(minutes=rnd.randint(5, 90)))
    invited = [w.worker for w in plan.others[:1] if w.worker] if rnd.random() < 0.3 else []
    lifecycle.send(assignment, workers=invited, by=plan.client.actor, at=at)
    yield from _applications(plan, at)
    if plan.stage == "sent":
        return
    if plan.stage == "voided":
        yield (at := at + timedelta(hours=rnd.randint(20, 40)))
        lifecycle.void(assignment, note="Moved to next quarter.", by=plan.client.actor, at=at)
        return
    yield (at := at + timedelta(hours=rnd.randint(24, 40)))
    if plan.stage == "paid" and plan.others and turns.chance(plan, "backs out") < 0.12:
        for moment in turns.somebody_else_first(plan, at):
            yield (at := moment)
    chosen = Application.objects.filter(
        assignment=assignment, worker=plan.worker.worker, status="open"
    ).get()
    plan.assignment = lifecycle.assign(chosen, by=plan.client.actor, at=at)
    if plan.stage == "cancelled":
        yield from _cancellation(plan)
        return
    yield from handing_over.shipping(plan.assignment, plan.client.actor, plan.worker, at)
    if plan.stage == "assigned":
        if turns.chance(plan, "waits") < 0.2:
            yield from turns.on_hold(plan, plan.assignment, at)
            return
        yield from changes.before_work(plan.assignment, **_sides(plan), at=at)
    else:
        yield from _work(plan)


def _sides(plan: Plan) -> dict[str, Any]:
    return {"client": plan.client.actor, "worker": plan.worker, "random": plan.random}


def _draft(plan: Plan, at: datetime) -> Assignment:
    rnd, job = plan.random, plan.job
    postal_code, street = rnd.choice(catalog.SITES)
    place = place_of(postal_code)
    assert place is not None
    contact, phone = rnd.choice(catalog.CONTACTS)
    site: dict[str, Any] = {"on_site": False, "time_zone": "America/New_York"}
    if not job.remote:
        site = {
            "on_site": True, "site_name": f"Store {rnd.randint(100, 980)}", "street": street,
            "city": place.city, "region": place.region, "postal_code": postal_code,
            "latitude": place.latitude, "longitude": place.longitude,
            "time_zone": place.time_zone, "contact_name": contact, "contact_phone": phone,
        }  # fmt: skip
    terms, more = job.terms, rnd.randrange(0, 60, 5)
    if terms.pricing == "flat":
        terms = Terms("flat", flat_price=job.price + more)
    fields = {
        "title": job.title,
        "industry": Industry.objects.get(slug=job.industry),
        "description": job.description,
        "special_instructions": "Park behind the building and sign in at the counter.",
        "skills": list(job.skills),
        "starts_at": plan.starts_at,
        "ends_at": plan.starts_at + timedelta(hours=job.hours),
        "terms_days": plan.terms_days,
        "wants_confirmation": rnd.random() < 0.4,
        "wants_check_in": not job.remote,
        **site,
        **terms.fields,
    }
    wanted = tuple(Wanted(title) for title in job.deliverables)
    owner = plan.client.actor
    questions = own_fields.asked_for(plan.client, int(plan.starts_at.timestamp()))
    contents = handing_over.enriched(
        Contents(fields, deliverables=wanted, asked=questions),
        plan.client.shelf,
        owner=owner.user,
        stage=plan.stage,
    )
    return lifecycle.create(contents, by=owner, at=at)


def _applications(plan: Plan, at: datetime) -> Story:
    assert plan.assignment is not None
    rnd = plan.random
    bidders = [plan.worker, *plan.others]
    if plan.stage == "sent":
        bidders = bidders[: rnd.randint(0, len(bidders))]
    for number, bidder in enumerate(bidders):
        yield (at := at + timedelta(minutes=rnd.randint(15, 260)))
        terms = None
        if number and not plan.job.terms.is_counted and rnd.random() < 0.35:
            terms = Terms("flat", flat_price=plan.assignment.budget + rnd.randrange(20, 80, 10))
        lifecycle.apply(
            plan.assignment, note=rnd.choice(catalog.NOTES), terms=terms,
            red_scorecard_seen=True, by=bidder, at=at,
            expires_at=plan.starts_at - timedelta(hours=12) if terms else None,
        )  # fmt: skip


def _cancellation(plan: Plan) -> Story:
    assert plan.assignment is not None
    late = plan.random.random() < 0.5
    yield (at := plan.starts_at - timedelta(hours=5 if late else 40))
    fee = plan.assignment.budget / 2 if late and not plan.client.hard_to_please else Decimal(0)
    cancelled = lifecycle.cancel(
        plan.assignment, reason="site_not_ready", fee=fee.quantize(Decimal("0.01")),
        note="The site has no power until next week. Sorry for the short notice.",
        by=plan.client.actor, at=at,
    )  # fmt: skip
    if cancelled.invoice and cancelled.invoice.paid_at is None:
        yield (at := at + timedelta(days=4))
        subjects.pay(cancelled.invoice, by=plan.client.controller, at=at)


def _work(plan: Plan) -> Story:
    assignment, worker, rnd = plan.assignment, plan.worker, plan.random
    assert assignment is not None
    if assignment.wants_confirmation:
        yield (at := plan.starts_at - timedelta(hours=rnd.randint(20, 30)))
        lifecycle.confirm(assignment, by=worker, at=at)
    at = plan.starts_at + timedelta(minutes=rnd.choice([-12, -8, -5, 0, 4, 9, 11, 35]))
    if assignment.on_site and turns.chance(plan, "sets out") < 0.4:
        yield from turns.on_the_way(plan, assignment, at)
    yield at
    if assignment.wants_check_in:
        lifecycle.check_in(assignment, by=worker, at=at)
    else:
        lifecycle.start(assignment, by=worker, at=at)
    if rnd.random() < 0.7:
        yield (at := at + timedelta(minutes=rnd.randint(10, 40)))
        said, answer = rnd.choice(catalog.DURING_WORK)
        plan.post(worker, said, at)
        if plan.stage != "in_progress" or rnd.random() < 0.5:
            slow = 30 if plan.client.hard_to_please else 1
            yield (at := at + timedelta(minutes=rnd.randint(4, 55) * slow))
            plan.post(plan.client.actor, answer, at)
    at = yield from changes.during_work(assignment, **_sides(plan), at=at)
    if plan.stage == "in_progress":
        return
    yield from _handing_over(plan, at)


def _handing_over(plan: Plan, at: datetime) -> Story:
    assignment, worker, rnd = plan.assignment, plan.worker, plan.random
    assert assignment is not None
    done_at = max(
        at, plan.starts_at + timedelta(hours=plan.job.hours, minutes=rnd.randint(-40, 20))
    )
    yield (at := done_at)
    for request in assignment.deliverable_requests.all():
        lifecycle.hand_in(request, file_of(request.title), by=worker, at=at)
    own_fields.fill_in(assignment, worker, at=at)
    if assignment.wants_check_in:
        lifecycle.check_out(assignment, by=worker, at=at)
    yield (at := at + timedelta(minutes=rnd.randint(10, 180)))
    lifecycle.submit(
        assignment, resolution="Done as described; the manager signed.", **_claim_of(assignment),
        answers=own_fields.survey_of(assignment), by=worker, at=at,
    )  # fmt: skip
    if plan.stage == "pending_approval":
        return
    if plan.stage == "paid" and turns.chance(plan, "sent back") < 0.12:
        for moment in turns.sent_back(plan, assignment, at):
            yield (at := moment)
        lifecycle.submit(
            assignment, resolution="Put right, with a new photo.", **_claim_of(assignment),
            by=worker, at=at,
        )  # fmt: skip
    yield (at := at + timedelta(hours=rnd.randint(*plan.client.approval_hours)))
    approved = lifecycle.approve(assignment, by=plan.client.actor, at=at)
    yield from _money_and_ratings(plan, approved, at)


def _claim_of(assignment: Assignment) -> dict[str, Decimal | None]:
    """All the hours that the visits and the budget allow, or all the units."""
    if assignment.terms.is_timed:
        return {"hours": most_hours(assignment, visited_hours(assignment.visits.all()))}
    return {"units": assignment.max_units}


def _money_and_ratings(plan: Plan, approved: Assignment, at: datetime) -> Story:
    rnd, invoice = plan.random, approved.invoice
    assert invoice is not None
    rated_at = at + timedelta(hours=rnd.randint(2, 60))
    pay_at = at
    if approved.status == "invoiced" and plan.stage == "paid":
        pay_at = invoice.issued_at + timedelta(
            days=invoice.terms_days + rnd.randint(*plan.client.late_days),
            minutes=rnd.randint(1, 300),
        )
        pay_at = max(pay_at, at + timedelta(hours=1))
    for moment, step in sorted([(rated_at, "rate"), (pay_at, "pay")]):
        yield moment
        if step == "rate":
            _rate(plan, approved, moment)
        elif approved.status == "invoiced" and plan.stage == "paid":
            lifecycle.pay(approved, by=plan.client.controller, at=moment)


def _rate(plan: Plan, assignment: Assignment, at: datetime) -> None:
    rnd = plan.random
    if rnd.random() < 0.85:
        good = rnd.random() < 0.93
        rating.rate(
            assignment=assignment, overall=_overall(rnd, good),
            marks=[rnd.randint(4, 5) if good else rnd.randint(1, 3) for _ in range(3)],
            comment=rnd.choice(catalog.WORKER_PRAISE), by=plan.client.actor, at=at,
        )  # fmt: skip
    if rnd.random() < 0.85:
        good = rnd.random() < plan.client.pleased
        rating.rate(
            assignment=assignment, overall=_overall(rnd, good),
            marks=[rnd.randint(4, 5) if good else rnd.randint(1, 3) for _ in range(3)],
            comment=rnd.choice(catalog.COMPANY_PRAISE if good else catalog.COMPANY_BLAME),
            by=plan.worker, at=at + timedelta(minutes=3),
        )  # fmt: skip


def _overall(rnd: Random, good: bool) -> str:
    return rnd.choice(["excellent", "satisfied"]) if good else "unsatisfied"
