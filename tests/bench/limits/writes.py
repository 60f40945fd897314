"""The minimal writes: the statements that applying and approving cannot do without.

Each reads who asks, whether the policies are accepted, and the thing it changes; then it locks
that, looks again at what may have changed meanwhile, writes the rows that the site writes, with
their constraints, triggers and indexes, and leads to another page. The rules, the forms, the
words of a refusal, second tries and the nudge to the background work are not here.
"""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tests.bench.limits.models import (
    CompanyMark,
    Decline,
    Hold,
    Invitation,
    Membership,
    Scorecard,
    User,
    Worker,
)
from tests.bench.limits.written import (
    PRICE,
    Acceptance,
    Bid,
    Bill,
    BillLine,
    Change,
    Dispute,
    File,
    GroupMember,
    Happened,
    Interest,
    LedgerAccount,
    Line,
    Policy,
    PolicyVersion,
    Posting,
    Reservation,
    Transfer,
    Work,
)

CENT = Decimal("0.01")
MAY_WORK = """
SELECT 1 FROM accounts_user_groups AS place
  JOIN auth_group_permissions AS given ON given.group_id = place.group_id
  JOIN auth_permission AS permission ON permission.id = given.permission_id
 WHERE place.user_id = %s AND permission.codename = 'work_case'
"""


def apply(request: HttpRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    worker = Worker.objects.select_related("user").get(user=request.session["_auth_user_id"])
    memberships = Membership.objects.filter(user=worker.user_id, removed_at=None)
    list(memberships.select_related("company"))
    demand_policies(worker.user_id, "workers", now)
    found = open_to(worker).select_related("company").get(reference=reference)
    Scorecard.objects.filter(company_id=found.company_id, window="recent").first()
    with transaction.atomic():
        locked = Work.objects.select_for_update().get(pk=found.pk)
        bids = Bid.objects.filter(assignment=locked, worker=worker)
        if bids.filter(status__in=["open", "accepted"]).first():
            raise ValueError("applied already")
        own = memberships.filter(company=OuterRef("company"))
        if not open_to(worker).filter(~Exists(own), pk=locked.pk).exists():
            raise ValueError("not open")
        made = Bid.objects.create(
            assignment=locked, worker=worker, note=request.POST["note"], applied_at=now,
            revision_seen=locked.revision, **{name: getattr(locked, name) for name in PRICE},
        )  # fmt: skip
        Decline.objects.filter(assignment=locked.pk, worker=worker).delete()
        data = {"worker": worker.pk, "application": made.pk, "counteroffer": False}
        event("application.made", locked, locked.company_id, worker.user_id, now, data).save()
    return to(found)


def approve(request: HttpRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    member = (
        Membership.objects.filter(user=request.session["_auth_user_id"], removed_at=None)
        .select_related("user", "company").order_by("pk")[0]
    )  # fmt: skip
    demand_policies(member.user_id, "clients", now)
    found = Work.objects.select_related("company", "worker__user").get(
        company=member.company_id, reference=reference
    )
    with transaction.atomic():
        work = Work.objects.select_for_update().get(pk=found.pk)
        holds = Hold.objects.filter(assignment_id=work.pk, released_at=None).values_list("kind")
        asked = Change.objects.filter(assignment_id=work.pk, status="open").values_list("kind")
        refused = File.objects.filter(assignment_id=work.pk, verdict="refused", removed_at=None)
        if list(holds.union(asked, all=True)) or refused.exists():
            raise ValueError("not yet")
        bill = paid_bill(work, member, now)
        work.status, work.invoice_id, work.approved_by = "paid", bill.pk, member.user
        work.approved_at = work.paid_at = now
        changed = ["status", "invoice_id", "approved_by", "approved_at", "paid_at"]
        work.save(update_fields=changed)
        data = {"amount": str(bill.worker_amount), "invoice": f"INV-{bill.number:06d}"}
        Happened.objects.bulk_create(
            event(kind, subject, work.company_id, member.user_id, now, data)
            for kind, subject in (
                ("invoice.issued", bill), ("assignment.approved", work),
                ("invoice.paid", bill), ("assignment.paid", work),
            )
        )  # fmt: skip
    return to(found)


def reply(request: HttpRequest, key: int) -> HttpResponse:
    """A line of a case's timeline by a member of staff who may work it and has no interest."""
    now = timezone.now()
    user = User.objects.get(pk=request.session["_auth_user_id"])
    with connection.cursor() as cursor:
        cursor.execute(MAY_WORK, [user.pk])
        if not cursor.fetchone():
            raise ValueError("not of the team")
    found = Dispute.objects.get(pk=key)
    mine = Q(user=user, company=found.company_id)
    if Membership.objects.filter(mine).exists() or Interest.objects.filter(
        Q(company_id=found.company_id) | Q(worker_id=found.worker_id), agent_id=user.pk
    ):
        raise ValueError("an interest in it")
    with transaction.atomic():
        case = Dispute.objects.select_for_update().get(pk=key)
        if Line.objects.filter(key=request.POST["csrfmiddlewaretoken"], case=case).exists():
            raise ValueError("written already")
        line = Line.objects.create(
            case=case, kind="message", visibility="parties", author_id=user.pk, at=now,
            acting_as="staff", body="We have it and will be back within two days.",
            key=uuid.uuid4().hex,
        )  # fmt: skip
        case.update_due_at = now + timedelta(hours=48)
        case.first_answered_at = case.first_answered_at or now
        case.save(update_fields=["update_due_at", "first_answered_at"])
        data = {"number": case.number, "entry": line.pk, "to": "parties", "side": "staff"}
        Happened.objects.create(
            kind="case.replied", subject_kind="escalations.case", subject_key=case.pk,
            company_key=case.company_id, user_id=user.pk, acting_as="staff", at=now, data=data,
        )  # fmt: skip
    return HttpResponse(status=302, headers={"Location": f"/reply/{key}/"})


def demand_policies(user: int, audience: str, now: datetime) -> None:
    newer = PolicyVersion.objects.filter(
        policy_id=OuterRef("policy_id"), number__gt=OuterRef("number"), in_force_from__lte=now
    )
    concerned = Policy.objects.filter(audience__in=["everybody", audience])
    versions = PolicyVersion.objects.filter(
        ~Exists(newer), in_force_from__lte=now, policy_id__in=concerned.values("pk")
    )
    accepted = Acceptance.objects.filter(version_id=OuterRef("pk"), user_id=user)
    if versions.filter(~Exists(accepted)).exists():
        raise ValueError("policies first")


def open_to(worker: Worker) -> QuerySet[Work]:
    mine: dict[str, Any] = {"assignment": OuterRef("pk"), "worker": worker}
    groups = GroupMember.objects.filter(worker=worker, status="member").values("group_id")
    blocked = CompanyMark.objects.filter(
        company=OuterRef("company"), worker=worker, standing="blocked"
    )
    return Work.objects.filter(
        Q(on_marketplace=True)
        | Q(routed_groups__overlap=ArraySubquery(groups))
        | Exists(Invitation.objects.filter(**mine))
        | Exists(Bid.objects.filter(**mine)),
        ~Exists(blocked),
        status="sent",
    )


def paid_bill(work: Work, member: Membership, now: datetime) -> Bill:
    """The next number, the money moved, the invoice and its lines, the reservation closed."""
    amount = work.amount_claimed or CENT
    fee = (amount * work.fee_rate).quantize(CENT)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_companybooks SET last_invoice_number = last_invoice_number + 1"
            " WHERE company_id = %s RETURNING last_invoice_number",
            [work.company_id],
        )
        (number,) = cursor.fetchone()
    bill = Bill.objects.create(
        company_id=work.company_id, worker_id=work.worker_id, number=number, terms_days=0,
        reference=work.reference, title=work.title, currency="USD", worker_amount=amount,
        fee_amount=fee, total=amount + fee, issued_at=now, due_on=now.date(), paid_at=now,
        transfer=moved(work, amount, fee, member, now),
    )  # fmt: skip
    BillLine.objects.bulk_create(
        BillLine(invoice=bill, kind=kind, description=words, unit_price=part, amount=part)
        for kind, words, part in (("price", work.title, amount), ("fee", "Service fee", fee))
    )
    return bill


def moved(work: Work, amount: Decimal, fee: Decimal, member: Membership, now: datetime) -> Transfer:
    """From what was reserved to the worker and the platform; the rest was never set aside."""
    reservation = Reservation.objects.select_for_update().get(pk=work.reservation_id)
    rows = LedgerAccount.objects.select_for_update().filter(
        Q(kind="platform_fees")
        | Q(kind="company_reserved", company_id=work.company_id)
        | Q(kind="worker_earnings", worker_id=work.worker_id),
        currency="USD",
    )
    accounts = {row.kind: row for row in rows.order_by("pk")}
    transfer = Transfer.objects.create(
        kind="payment", key=f"limit:{work.pk}", currency="USD", amount=amount + fee,
        memo=work.reference, company_id=work.company_id, made_by_id=member.user_id, at=now,
    )  # fmt: skip
    Posting.objects.bulk_create(
        Posting(transfer=transfer, account=accounts[kind], side=side, amount=part, at=now)
        for kind, side, part in (
            ("company_reserved", "debit", amount + fee),
            ("worker_earnings", "credit", amount), ("platform_fees", "credit", fee),
        )
    )  # fmt: skip
    reservation.closed_at = now
    reservation.save(update_fields=["closed_at"])
    return transfer


def event(
    kind: str, subject: Any, company: int, user: int, now: datetime, data: dict[str, Any]
) -> Happened:
    subject_kind = "payments.invoice" if isinstance(subject, Bill) else "assignments.assignment"
    return Happened(
        kind=kind, subject_kind=subject_kind, subject_key=subject.pk, company_key=company,
        user_id=user, acting_as="person", at=now, data=data,
    )  # fmt: skip


def to(work: Work) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": f"/detail/{work.reference}/"})
