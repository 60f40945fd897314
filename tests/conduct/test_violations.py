"""The ladder: what follows from which violation, for whom, until when, and lifted by whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.actors import SYSTEM, Actor
from accounts.models import Membership
from accounts.queries import workers_found
from activity.models import Event
from assignments import lifecycle
from assignments.queries import applicants, candidates, find_work, matches
from conduct import appeals, measures, standing, violations
from conduct.models import Appeal, Effect, LadderStep, Measure, Verdict, Violation
from conduct.parties import HasInterest, OwnParty, StaffDecide
from conduct.queries.standing import NoStep, standing_of, step_for, violations_of
from escalations.models import Agent, Interest
from tests.conduct.making import kind, measure, recorded
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.racing import race
from vetting import marks
from vetting.queries.marks import open_to_invite

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def climbed(party, by, at, *slugs):
    return [recorded(party, by, at=at + n * DAY, slug=s).measure for n, s in enumerate(slugs)]


def test_five_violations_climb_the_ladder(wanda, olga, at):
    climb = climbed(wanda.worker, olga, at, *["no_show"] * 6)
    assert [one.effect for one in climb] == [
        "reminder", "warning", "restriction", "suspension", "review", "review",
    ]  # fmt: skip
    assert [one.violation.number for one in climb] == [1, 2, 3, 4, 5, 6]
    lasting = [(one.ends_at - one.begins_at).days if one.ends_at else None for one in climb]
    assert lasting == [None, 90, 7, 30, None, None]
    assert [one.stops_new_work for one in climb] == [False, False, True, True, True, True]


@pytest.mark.parametrize(
    "slugs,last",
    [
        (["fraud"], "suspension"),
        (["fraud", "threats"], "review"),
        (["no_show", "fraud"], "suspension"),
        (["fraud", "no_show"], "warning"),
        (["no_show"] * 3 + ["fraud"], "suspension"),
        (["no_show"] * 4 + ["fraud"], "review"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else value,
)
def test_severe_ones_start_at_the_suspension(slugs, last, wanda, olga, at):
    assert climbed(wanda.worker, olga, at, *slugs)[-1].effect == last


def test_the_ladder_is_data(wanda, olga, at):
    LadderStep.objects.filter(severity="ordinary", count=1).update(
        effect=Effect.RESTRICTION, days=3, stops_new_work=True
    )
    first = measure(wanda.worker, olga, at=at)
    assert (first.effect, first.ends_at) == ("restriction", at + 3 * DAY)


def test_without_a_step_nothing_is_recorded(wanda, olga, at):
    LadderStep.objects.all().delete()
    with pytest.raises(NoStep, match="ladder"):
        recorded(wanda.worker, olga, at=at)
    with pytest.raises(NoStep):
        step_for("severe", 1, 1, [])


def test_older_ones_no_longer_count_to_the_second(acme, olga, at):
    recorded(acme, olga, at=at)
    year, tick = timedelta(days=365), timedelta(microseconds=1)
    assert recorded(acme, olga, at=at + year - tick).number == 2
    assert recorded(acme, olga, at=at + year).number == 2


def test_the_same_key_records_once(acme, olga, at):
    once = [recorded(acme, olga, at=at, key="case:C-1001:1") for _ in range(2)]
    assert once[0] == once[1]
    assert Measure.objects.count() == 1


def test_only_staff_record_and_never_about_themselves(acme, alice, wanda, olga, at):
    for actor in (alice, wanda, SYSTEM):
        with pytest.raises(StaffDecide):
            recorded(acme, actor, at=at)
    Membership.objects.create(user=olga.user, company=acme, roles=["viewer"], joined_at=at)
    with pytest.raises(OwnParty, match="Acme"):
        recorded(acme, olga, at=at)
    with pytest.raises(OwnParty, match="Wanda"):
        recorded(wanda.worker, Actor.as_staff(wanda.user), at=at)
    Membership.objects.update(removed_at=at)
    with pytest.raises(OwnParty, match="Acme"):
        recorded(acme, olga, at=at)
    inga = people.agent("Inga Interested")
    agent = Agent.objects.create(user=inga.user)
    for party, of in ((acme, {"company": acme}), (wanda.worker, {"worker": wanda.worker})):
        Interest.objects.create(agent=agent, words="A friend", **of)
        with pytest.raises(HasInterest, match="declared an interest"):
            recorded(party, inga, at=at)
    assert not Violation.objects.exists()


@pytest.mark.parametrize("slug", ["late_payment", "archived"])
def test_a_kind_must_be_in_use_for_that_side(slug, wanda, olga, at):
    if slug == "archived":
        slug = "rudeness"
        type(kind()).objects.filter(slug=slug).update(archived_at=at)
    with pytest.raises(violations.KindNotInUse):
        recorded(wanda.worker, olga, at=at, slug=slug)


def test_what_has_not_happened_is_not_recorded(wanda, olga, at):
    with pytest.raises(violations.NotYetHappened):
        recorded(wanda.worker, olga, at=at, happened_on=(at + DAY).date())


def test_an_event_tells_what_was_recorded(acme, olga, at):
    violation = recorded(acme, olga, at=at)
    event = Event.objects.get(kind="violation.recorded")
    assert (event.subject_key, event.company_key) == (violation.pk, acme.pk)
    assert event.data["effect"] == "reminder"


# What is refused while new work is stopped, and what goes on.


@pytest.fixture
def stopped_worker(wanda, olga, at):
    return measure(wanda.worker, olga, at=at - DAY, slug="fraud")


@pytest.fixture
def stopped_company(acme, olga, at):
    return measure(acme, olga, at=at - DAY, slug="fraud")


def test_a_suspended_worker_neither_applies_nor_accepts(sent, wanda, stopped_worker, at):
    with pytest.raises(standing.NewWorkStopped, match=r"until Wed, Dec 9, 2026.*30 days"):
        lifecycle.apply(sent, by=wanda, at=at)
    type(sent).objects.filter(pk=sent.pk).update(first_to_accept=True)
    with pytest.raises(standing.NewWorkStopped):
        lifecycle.accept(sent, revision=sent.revision, by=wanda, at=at)
    assert lifecycle.apply(sent, by=wanda, at=stopped_worker.ends_at)


def test_a_client_cannot_assign_a_suspended_worker(sent, alice, wanda, olga, at):
    application = work.application(sent, wanda, at=at)
    measure(wanda.worker, olga, at=at, slug="fraud")
    with pytest.raises(standing.OtherSideStopped, match="Wanda Wells cannot take on"):
        lifecycle.assign(application, by=alice, at=at)
    assert [one.is_stopped for one in applicants.open_for(sent, at=at)] == [True]


@pytest.mark.parametrize("slug", ["fraud", "closed"])
def test_nobody_is_asked_who_may_take_on_no_new_work(slug, sent, alice, wanda, olga, lena, at):
    """Neither found, suggested nor invited; back as soon as it is over."""
    if slug == "closed":
        review = climbed(wanda.worker, olga, at, *["fraud"] * 2)[-1]
        measures.decide_review(review, close=True, words="Again.", by=lena, at=at + DAY)
    else:
        measure(wanda.worker, olga, at=at, slug=slug)
    marks.mark_worker(wanda.worker, "favorite", by=alice, at=at)
    lists = [
        workers_found(alice, words="Wanda"),
        open_to_invite(alice.company),
        candidates.found(alice, "Wanda"),
    ]
    assert not any(wanda.worker in rows for rows in lists)
    assert candidates.favorites(alice, apart_from=set()) == []
    later = at + 2 * DAY
    assert wanda.worker not in [m.worker for m in matches.best(sent, miles=250, most=9, at=later)]
    with pytest.raises(standing.OtherSideStopped, match="Wanda Wells cannot take on new work"):
        lifecycle.invite(sent, workers=[wanda.worker], by=alice, at=later)
    assert not sent.invitations.exists()
    Measure.objects.filter(ended_at=None).update(ended_at=later, ending="lifted")
    assert wanda.worker in open_to_invite(alice.company)
    lifecycle.invite(sent, workers=[wanda.worker], by=alice, at=later)
    assert sent.invitations.get().worker == wanda.worker


def test_a_suspended_client_neither_sends_nor_assigns(
    draft, alice, wanda, funds, stopped_company, at
):
    funds(alice.company, 1000)
    with pytest.raises(standing.NewWorkStopped):
        lifecycle.send(draft, by=alice, at=at)
    after = stopped_company.ends_at
    type(draft).objects.filter(pk=draft.pk).update(
        starts_at=after + 9 * DAY, ends_at=after + 10 * DAY
    )
    assert lifecycle.send(draft, by=alice, at=after).sent_at == after


def test_what_was_sent_before_is_not_assigned_by_a_suspended_client(
    sent, alice, wanda, walt, olga, at
):
    application = work.application(sent, wanda, at=at)
    assert sent in find_work.open_work(walt.worker, at=at)
    stop = measure(alice.company, olga, at=at, slug="fraud")
    assert sent not in find_work.open_work(walt.worker, at=at)
    type(sent).objects.filter(pk=sent.pk).update(ends_at=stop.ends_at + DAY)
    assert sent in find_work.open_work(walt.worker, at=stop.ends_at)
    for refused in (
        lambda: lifecycle.assign(application, by=alice, at=at),
        lambda: lifecycle.invite(sent, workers=[walt.worker], by=alice, at=at),
    ):
        with pytest.raises(standing.NewWorkStopped):
            refused()
    type(sent).objects.filter(pk=sent.pk).update(first_to_accept=True)
    with pytest.raises(standing.OtherSideStopped, match="Acme"):
        lifecycle.accept(sent, revision=sent.revision, by=walt, at=at)
    assert lifecycle.apply(sent, by=walt, at=at)


def test_work_under_way_is_finished_and_paid(in_progress, alice, wanda, olga, at):
    measure(alice.company, olga, at=at, slug="fraud")
    measure(wanda.worker, olga, at=at, slug="fraud")
    paid = work.approved(work.submitted(in_progress, wanda), alice)
    assert paid.paid_at


def test_the_gate_costs_one_query(acme, wanda, alice, at, django_assert_num_queries):
    with django_assert_num_queries(1):
        standing.require(company=acme, worker=wanda.worker, by=alice, at=at)


# Appeals.


@pytest.fixture
def appealed(wanda, stopped_worker, at):
    return appeals.appeal(stopped_worker, words="It was not me.", by=wanda, at=at)


def test_an_appeal_is_decided_by_somebody_else(appealed, olga, lena, wanda, at):
    with pytest.raises(appeals.DecidedByTheSame):
        appeals.decide(appealed, verdict=Verdict.LIFTED, reasons="x", by=olga, at=at)
    with pytest.raises(StaffDecide):
        appeals.decide(appealed, verdict=Verdict.LIFTED, reasons="x", by=wanda, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appealed.pk).update(
            decided_by=olga.user, decided_at=at, verdict="lifted"
        )
    decided = appeals.decide(appealed, verdict=Verdict.LIFTED, reasons="Right.", by=lena, at=at)
    again = appeals.decide(appealed, verdict=Verdict.LIFTED, reasons="Right.", by=lena, at=at)
    assert decided == again
    with pytest.raises(appeals.AppealDecided, match=r"Lena Lund.*taken away"):
        appeals.decide(appealed, verdict=Verdict.STANDS, reasons="No.", by=lena, at=at)


@pytest.mark.parametrize(
    "verdict,counts,stopped", [("lifted", 0, 0), ("eased", 1, 0), ("stands", 1, 1)]
)
def test_what_an_appeal_can_do(verdict, counts, stopped, appealed, wanda, lena, at):
    appeals.decide(appealed, verdict=verdict, reasons="Because.", by=lena, at=at)
    found = standing_of(worker=wanda.worker, at=at)
    assert (found.count, len(found.stopped)) == (counts, stopped)
    events = Event.objects.filter(kind__in=["appeal.decided", "measure.ended"])
    assert events.count() == (2 if verdict != "stands" else 1)


def test_one_appeal_and_within_fourteen_days(appealed, stopped_worker, wanda, at):
    same = appeals.appeal(stopped_worker, words="It was not me.", by=wanda, at=at)
    assert same == appealed
    with pytest.raises(appeals.AppealedAlready):
        appeals.appeal(stopped_worker, words="Again!", by=wanda, at=at)


def test_the_time_for_an_appeal_to_the_microsecond(stopped_worker, wanda, at):
    last = stopped_worker.begins_at + 14 * DAY
    with pytest.raises(appeals.TooLateToAppeal, match="14 days"):
        appeals.appeal(stopped_worker, words="x", by=wanda, at=last + timedelta(microseconds=1))
    assert appeals.appeal(stopped_worker, words="x", by=wanda, at=last)


def test_a_violation_that_was_taken_away_does_not_count_for_the_next(appealed, wanda, lena, at):
    appeals.decide(appealed, verdict=Verdict.LIFTED, reasons="Right.", by=lena, at=at)
    assert recorded(wanda.worker, lena, at=at).number == 1


# Other endings.


def test_a_measure_is_over_by_itself_and_the_party_is_told_once(stopped_worker, wanda, at):
    end = stopped_worker.ends_at
    assert measures.sweep(at=end - timedelta(microseconds=1)) == 0
    assert (measures.sweep(at=end + DAY), measures.sweep(at=end + DAY)) == (1, 0)
    stopped_worker.refresh_from_db()
    assert (stopped_worker.ended_at, stopped_worker.ending) == (end, "over")
    assert Event.objects.filter(kind="measure.ended").count() == 1


def test_staff_stop_lift_and_stop_again(acme, olga, at):
    stop = measures.stop(acme, words="We look at your postings.", by=olga, at=at)
    assert measures.stop(acme, words="Twice", by=olga, at=at) == stop
    measures.lift(stop, words="All is well.", by=olga, at=at + DAY)
    with pytest.raises(measures.Ended):
        measures.lift(stop, words="All is well.", by=olga, at=at + DAY)
    again = measures.stop(acme, words="Another look", by=olga, at=at + 2 * DAY)
    later = measures.stop(acme, words="And another", by=olga, at=again.ends_at)
    assert len({stop.pk, again.pk, later.pk}) == 3


@pytest.mark.parametrize("close", [True, False])
def test_a_review_ends_with_a_decision(close, wanda, olga, lena, at):
    review = climbed(wanda.worker, olga, at, "fraud", "threats")[-1]
    decided = at + 60 * DAY
    result = measures.decide_review(review, close=close, words="Read.", by=lena, at=decided)
    assert result.effect == ("closed" if close else "review")
    assert bool(standing_of(worker=wanda.worker, at=decided).stopped) == close
    with pytest.raises(measures.NotUnderReview):
        measures.decide_review(review, close=close, words="Read.", by=lena, at=decided)


def test_a_party_has_its_own_list_and_its_queries_do_not_grow(
    acme, wanda, olga, at, django_assert_num_queries
):
    for count in (1, 29):
        for _ in range(count):
            recorded(acme, olga, at=at)
        with django_assert_num_queries(1):
            rows = [(v.kind.name, v.measure.effect, str(v.recorded_by), v.party) for v in
                    violations_of(company=acme)]  # fmt: skip
    assert len(rows) == 30
    assert not violations_of(worker=wanda.worker).exists()


# What the database refuses, whoever writes.


@pytest.mark.parametrize(
    "attack",
    [
        {"words": "Nothing happened"}, {"number": 9}, {"recorded_at": None}, {"key": "another"},
    ],
    ids=["words", "number", "time", "key"],
)  # fmt: skip
def test_what_was_recorded_stays(attack, acme, olga, at):
    violation = recorded(acme, olga, at=at)
    with pytest.raises(DatabaseError), transaction.atomic():
        Violation.objects.filter(pk=violation.pk).update(**attack)


def test_violations_and_appeals_cannot_be_deleted(appealed):
    for row in (appealed, appealed.measure.violation):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk)._raw_delete("default")
    with pytest.raises(DatabaseError), transaction.atomic():
        Appeal.objects.filter(pk=appealed.pk).update(words="Other words")


@pytest.mark.parametrize(
    "change",
    [
        {"worker": None, "company": None}, {"ended_at": "2026-12-01T00:00Z"}, {"ending": "over"},
        {"ends_at": "2026-01-01T00:00Z"},
    ],
    ids=["nobody", "no-why", "no-time", "backwards"],
)  # fmt: skip
def test_a_measure_is_of_one_party_and_whole(change, stopped_worker):
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=stopped_worker.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_two_records_at_once_take_two_places(wanda, olga, lena, at):
    race(
        lambda: recorded(wanda.worker, olga, at=at, key="one"),
        lambda: recorded(wanda.worker, lena, at=at, key="two"),
    )
    assert sorted(Violation.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_deciders_of_an_appeal_at_once_decide_it_once(wanda, olga, lena, at):
    mina = people.lead("Mina Moss")
    appeal = appeals.appeal(
        measure(wanda.worker, olga, at=at, slug="fraud"), words="No.", by=wanda, at=at
    )
    outcomes = race(
        lambda: appeals.decide(appeal, verdict="lifted", reasons="a", by=lena, at=at),
        lambda: appeals.decide(appeal, verdict="stands", reasons="b", by=mina, at=at),
    )
    assert sorted(one.won for one in outcomes) == [False, True]
