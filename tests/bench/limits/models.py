"""The few columns the minimal pages need, over the real tables."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Narrow(models.Model):
    """Over a table of the project; what is not shown here is not read."""

    class Meta:
        abstract = True
        managed = False
        app_label = "limits"


class User(Narrow):
    full_name = models.CharField(max_length=120)
    email = models.EmailField()
    time_zone = models.CharField(max_length=40)

    class Meta(Narrow.Meta):
        db_table = "accounts_user"


class Industry(Narrow):
    name = models.CharField(max_length=80)

    class Meta(Narrow.Meta):
        db_table = "accounts_industry"


class Company(Narrow):
    name = models.CharField(max_length=120)

    class Meta(Narrow.Meta):
        db_table = "accounts_company"


class Membership(Narrow):
    user = models.ForeignKey(User, models.DO_NOTHING)
    company = models.ForeignKey(Company, models.DO_NOTHING)
    joined_at = models.DateTimeField()
    removed_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "accounts_membership"


class Worker(Narrow):
    user = models.ForeignKey(User, models.DO_NOTHING)
    latitude = models.FloatField()
    longitude = models.FloatField()
    languages = ArrayField(models.CharField(max_length=40))

    class Meta(Narrow.Meta):
        db_table = "accounts_workerprofile"


class Invoice(Narrow):
    due_on = models.DateField()
    total = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta(Narrow.Meta):
        db_table = "payments_invoice"


class Assignment(Narrow):
    reference = models.CharField(max_length=12)
    status = models.CharField(max_length=16)
    title = models.CharField(max_length=120)
    description = models.TextField()
    on_site = models.BooleanField()
    city = models.CharField(max_length=80)
    latitude = models.FloatField()
    longitude = models.FloatField()
    budget = models.DecimalField(max_digits=14, decimal_places=2)
    amount_claimed = models.DecimalField(max_digits=14, decimal_places=2)
    terms_days = models.IntegerField()
    is_listed = models.BooleanField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    arriving_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    submitted_at = models.DateTimeField()
    revision = models.IntegerField()
    requirement_sets = ArrayField(models.BigIntegerField())
    search = SearchVectorField()
    company = models.ForeignKey(Company, models.DO_NOTHING)
    industry = models.ForeignKey(Industry, models.DO_NOTHING)
    owner = models.ForeignKey(User, models.DO_NOTHING)
    worker = models.ForeignKey(Worker, models.DO_NOTHING, null=True)
    invoice = models.ForeignKey(Invoice, models.DO_NOTHING, null=True)

    class Meta(Narrow.Meta):
        db_table = "assignments_assignment"


class OfAssignment(Narrow):
    assignment = models.ForeignKey(Assignment, models.DO_NOTHING)
    worker = models.ForeignKey(Worker, models.DO_NOTHING)

    class Meta(Narrow.Meta):
        abstract = True


class Invitation(OfAssignment):
    class Meta(Narrow.Meta):
        db_table = "assignments_invitation"


class Application(OfAssignment):
    status = models.CharField(max_length=12)

    class Meta(Narrow.Meta):
        db_table = "assignments_application"


class Decline(OfAssignment):
    class Meta(Narrow.Meta):
        db_table = "assignments_decline"


class Label(Narrow):
    company = models.ForeignKey(Company, models.DO_NOTHING)
    reference = models.CharField(max_length=12)
    name = models.CharField(max_length=40)
    tone = models.CharField(max_length=10)
    archived_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "assignments_label"


class AssignmentLabel(Narrow):
    assignment = models.ForeignKey(Assignment, models.DO_NOTHING)
    label = models.ForeignKey(Label, models.DO_NOTHING, null=True)
    rule = models.CharField(max_length=20)
    resolved_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "assignments_assignmentlabel"


class Hold(Narrow):
    assignment = models.ForeignKey(Assignment, models.DO_NOTHING)
    kind = models.CharField(max_length=10)
    released_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "assignments_hold"


class SavedView(Narrow):
    company = models.ForeignKey(Company, models.DO_NOTHING)
    owner = models.ForeignKey(User, models.DO_NOTHING)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1_000)
    is_shared = models.BooleanField()

    class Meta(Narrow.Meta):
        db_table = "assignments_savedview"


class Visit(OfAssignment):
    checked_in_at = models.DateTimeField()
    checked_out_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "assignments_visit"


class DeliverableRequest(Narrow):
    title = models.CharField(max_length=120)
    assignment = models.ForeignKey(Assignment, models.DO_NOTHING)

    class Meta(Narrow.Meta):
        db_table = "assignments_deliverablerequest"


class Deliverable(Narrow):
    name = models.CharField(max_length=200)
    size = models.IntegerField()
    request = models.ForeignKey(DeliverableRequest, models.DO_NOTHING)

    class Meta(Narrow.Meta):
        db_table = "assignments_deliverable"


class Mark(Narrow):
    """Of a worker against a company, or the other way, by table."""

    company = models.ForeignKey(Company, models.DO_NOTHING)
    worker = models.ForeignKey(Worker, models.DO_NOTHING)
    standing = models.CharField(max_length=10)

    class Meta(Narrow.Meta):
        abstract = True


class CompanyMark(Mark):
    class Meta(Narrow.Meta):
        db_table = "vetting_companymark"


class WorkerMark(Mark):
    class Meta(Narrow.Meta):
        db_table = "vetting_workermark"


class RequirementSet(Narrow):
    company = models.ForeignKey(Company, models.DO_NOTHING)
    on_all = models.BooleanField()

    class Meta(Narrow.Meta):
        db_table = "vetting_requirementset"


class Requirement(Narrow):
    requirement_set = models.ForeignKey(RequirementSet, models.DO_NOTHING)
    kind = models.CharField(max_length=40)
    values = models.JSONField()
    position = models.IntegerField()

    class Meta(Narrow.Meta):
        db_table = "vetting_requirement"


class OfWorker(Narrow):
    worker = models.ForeignKey(Worker, models.DO_NOTHING)

    class Meta(Narrow.Meta):
        abstract = True


class Override(OfWorker):
    requirement_set = models.ForeignKey(RequirementSet, models.DO_NOTHING)
    assignment_key = models.BigIntegerField()
    ended_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "vetting_requirementoverride"


class CredentialKind(Narrow):
    slug = models.CharField(max_length=60)
    archived_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "vetting_credentialkind"


class Credential(OfWorker):
    kind = models.ForeignKey(CredentialKind, models.DO_NOTHING)
    status = models.CharField(max_length=10)
    region = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    issued_on = models.DateField()
    expires_on = models.DateField()
    is_shown = models.BooleanField()

    class Meta(Narrow.Meta):
        db_table = "vetting_credential"


class Test(Narrow):
    company_id = models.BigIntegerField()
    reference = models.CharField(max_length=12)
    counts_from = models.IntegerField()
    archived_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "vetting_test"


class TestVersion(Narrow):
    number = models.IntegerField()

    class Meta(Narrow.Meta):
        db_table = "vetting_testversion"


class Attempt(OfWorker):
    test = models.ForeignKey(Test, models.DO_NOTHING)
    version = models.ForeignKey(TestVersion, models.DO_NOTHING)
    status = models.CharField(max_length=8)
    expires_on = models.DateField()

    class Meta(Narrow.Meta):
        db_table = "vetting_attempt"


class Agreement(Narrow):
    reference = models.CharField(max_length=12)
    current = models.IntegerField()
    archived_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "vetting_agreement"


class AgreementVersion(Narrow):
    agreement = models.ForeignKey(Agreement, models.DO_NOTHING)
    number = models.IntegerField()

    class Meta(Narrow.Meta):
        db_table = "vetting_agreementversion"


class Signature(OfWorker):
    version = models.ForeignKey(AgreementVersion, models.DO_NOTHING)

    class Meta(Narrow.Meta):
        db_table = "vetting_agreementsignature"


class Scorecard(Narrow):
    company_id = models.BigIntegerField()
    window = models.CharField(max_length=10)
    satisfaction = models.FloatField()
    is_new = models.BooleanField()
    is_red = models.BooleanField()

    class Meta(Narrow.Meta):
        db_table = "scorecards_companyscorecard"


class WorkerScorecard(Narrow):
    worker_id = models.BigIntegerField()
    window = models.CharField(max_length=10)
    satisfaction = models.FloatField()
    on_time = models.FloatField()
    deliverables_on_time = models.FloatField()
    completed = models.IntegerField()

    class Meta(Narrow.Meta):
        db_table = "scorecards_workerscorecard"


class Rating(Narrow):
    assignment_id = models.BigIntegerField()
    by = models.CharField(max_length=8)
    overall = models.CharField(max_length=12)
    comment = models.TextField()

    class Meta(Narrow.Meta):
        db_table = "scorecards_rating"


class Thread(Narrow):
    assignment_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    worker = models.ForeignKey(Worker, models.DO_NOTHING)
    last_message_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "messaging_thread"


class Message(Narrow):
    thread = models.ForeignKey(Thread, models.DO_NOTHING, related_name="messages")
    visibility = models.CharField(max_length=8)
    body = models.TextField()
    posted_at = models.DateTimeField()
    author = models.ForeignKey(User, models.DO_NOTHING)

    class Meta(Narrow.Meta):
        db_table = "messaging_message"


class Attachment(Narrow):
    name = models.CharField(max_length=200)
    message = models.ForeignKey(Message, models.DO_NOTHING, related_name="attachments")

    class Meta(Narrow.Meta):
        db_table = "messaging_attachment"


class ReadMark(Narrow):
    thread = models.ForeignKey(Thread, models.DO_NOTHING)
    user = models.ForeignKey(User, models.DO_NOTHING)
    message_key = models.BigIntegerField()

    class Meta(Narrow.Meta):
        db_table = "messaging_readmark"


class Notice(Narrow):
    recipient = models.ForeignKey(User, models.DO_NOTHING)
    read_at = models.DateTimeField()

    class Meta(Narrow.Meta):
        db_table = "notifications_notice"


class Case(Narrow):
    number = models.CharField(max_length=12)
    status = models.CharField(max_length=24)
    assignment_id = models.BigIntegerField()

    class Meta(Narrow.Meta):
        db_table = "escalations_case"


class Event(Narrow):
    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_key = models.BigIntegerField()
    at = models.DateTimeField()
    user = models.ForeignKey(User, models.DO_NOTHING, null=True)

    class Meta(Narrow.Meta):
        db_table = "activity_event"
