"""The columns that the minimal writes read and fill, over the real tables."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tests.bench.limits.models import Company, Narrow, User, Worker


def money(**kwargs: bool) -> models.DecimalField:
    return models.DecimalField(max_digits=14, decimal_places=2, **kwargs)


class PolicyVersion(Narrow):
    policy_id = models.BigIntegerField()
    number = models.IntegerField()
    in_force_from = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "conduct_policyversion"


class Policy(Narrow):
    audience = models.CharField(max_length=10)

    class Meta(Narrow.Meta):
        db_table = "conduct_policy"


class Acceptance(Narrow):
    version_id = models.BigIntegerField()
    user_id = models.BigIntegerField()

    class Meta(Narrow.Meta):
        db_table = "conduct_acceptance"


class GroupMember(Narrow):
    group_id = models.BigIntegerField()
    worker = models.ForeignKey(Worker, models.DO_NOTHING)
    status = models.CharField(max_length=20)

    class Meta(Narrow.Meta):
        db_table = "vetting_groupmembership"


class Priced(Narrow):
    pricing = models.CharField(max_length=10)
    flat_price = money(null=True)
    hourly_rate = money(null=True)
    max_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    unit_price = money(null=True)
    max_units = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    unit_name = models.CharField(max_length=30, default="")
    first_rate = money(null=True)
    first_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    second_rate = money(null=True)
    second_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        abstract = True


PRICE = [field.name for field in Priced._meta.local_fields]


class Work(Priced):
    """An assignment, as far as applying and approving look at it."""

    reference = models.CharField(max_length=12)
    status = models.CharField(max_length=16)
    title = models.CharField(max_length=120)
    company = models.ForeignKey(Company, models.DO_NOTHING)
    worker = models.ForeignKey(Worker, models.DO_NOTHING, null=True)
    price_is_fixed = models.BooleanField()
    on_marketplace = models.BooleanField()
    routed_groups = ArrayField(models.BigIntegerField())
    time_zone = models.CharField(max_length=60)
    revision = models.IntegerField()
    fee_rate = models.DecimalField(max_digits=5, decimal_places=4)
    amount_claimed = money(null=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, models.DO_NOTHING, null=True)
    paid_at = models.DateTimeField(null=True)
    reservation_id = models.BigIntegerField(null=True)
    invoice_id = models.BigIntegerField(null=True)

    class Meta(Narrow.Meta):
        db_table = "assignments_assignment"


class Bid(Priced):
    assignment = models.ForeignKey(Work, models.DO_NOTHING)
    worker = models.ForeignKey(Worker, models.DO_NOTHING)
    status = models.CharField(max_length=12, default="open")
    note = models.TextField()
    is_counteroffer = models.BooleanField(default=False)
    red_scorecard_seen = models.BooleanField(default=False)
    revision_seen = models.IntegerField()
    applied_at = models.DateTimeField()
    decline_reason = models.CharField(max_length=500, default="")

    class Meta(Narrow.Meta):
        db_table = "assignments_application"


class Change(Narrow):
    assignment_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    status = models.CharField(max_length=9)

    class Meta(Narrow.Meta):
        db_table = "assignments_changerequest"


class File(Narrow):
    assignment_id = models.BigIntegerField()
    verdict = models.CharField(max_length=8)
    removed_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "assignments_deliverable"


class Reservation(Narrow):
    amount = money()
    closed_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "payments_reservation"


class LedgerAccount(Narrow):
    kind = models.CharField(max_length=20)
    company_id = models.BigIntegerField()
    worker_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    balance = money()

    class Meta(Narrow.Meta):
        db_table = "payments_ledgeraccount"


class Transfer(Narrow):
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    amount = money()
    memo = models.CharField(max_length=200)
    company_id = models.BigIntegerField()
    made_by_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "payments_transfer"


class Posting(Narrow):
    transfer = models.ForeignKey(Transfer, models.DO_NOTHING)
    account = models.ForeignKey(LedgerAccount, models.DO_NOTHING)
    side = models.CharField(max_length=6)
    amount = money()
    at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "payments_posting"


class Bill(Narrow):
    company_id = models.BigIntegerField()
    worker_id = models.BigIntegerField()
    number = models.IntegerField()
    reference = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    worker_amount = money()
    fee_amount = money()
    total = money()
    terms_days = models.IntegerField()
    issued_at = models.DateTimeField()
    due_on = models.DateField()
    paid_at = models.DateTimeField()
    withdrawn_reason = models.CharField(max_length=200, default="")
    transfer = models.ForeignKey(Transfer, models.DO_NOTHING)

    class Meta(Narrow.Meta):
        db_table = "payments_invoice"


class BillLine(Narrow):
    invoice = models.ForeignKey(Bill, models.DO_NOTHING)
    kind = models.CharField(max_length=12)
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=9, decimal_places=2, default=1)
    unit_price = money()
    amount = money()

    class Meta(Narrow.Meta):
        db_table = "payments_invoiceline"


class Happened(Narrow):
    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_key = models.BigIntegerField()
    company_key = models.BigIntegerField()
    user_id = models.BigIntegerField()
    acting_as = models.CharField(max_length=10)
    data = models.JSONField()
    at = models.DateTimeField()
    tries = models.IntegerField(default=0)

    class Meta(Narrow.Meta):
        db_table = "activity_event"


class Dispute(Narrow):
    number = models.IntegerField()
    company_id = models.BigIntegerField()
    worker_id = models.BigIntegerField()
    first_answered_at = models.DateTimeField()
    update_due_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "escalations_case"


class Interest(Narrow):
    agent_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    worker_id = models.BigIntegerField()

    class Meta(Narrow.Meta):
        db_table = "escalations_interest"


class Line(Narrow):
    case = models.ForeignKey(Dispute, models.DO_NOTHING)
    kind = models.CharField(max_length=8)
    visibility = models.CharField(max_length=8)
    author_id = models.BigIntegerField()
    acting_as = models.CharField(max_length=10)
    body = models.TextField()
    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "escalations_caseentry"
