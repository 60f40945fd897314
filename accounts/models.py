"""People, companies, and what joins them: memberships with roles and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func
from django.db.models.functions import Lower
from django.urls import reverse

from core.fields import MoneyField
from core.references import candidate

if TYPE_CHECKING:
    from accounts.actors import Actor


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractUser):
    """A person with one login, who may be a member of companies, a worker, staff, or several."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField("e-mail", max_length=254, unique=True)
    full_name = models.CharField("full name", max_length=120)
    time_zone = models.CharField("time zone", max_length=60, default="America/New_York")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_any_case",
                violation_error_message="There is already an account with this e-mail address.",
            )
        ]
        indexes = [GinIndex(SearchVector("full_name", config="simple"), name="user_name_words")]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email


class Industry(models.Model):
    """A field of work; reference data, edited in admin."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)

    class Meta:
        verbose_name_plural = "industries"

    def __str__(self) -> str:
        return self.name


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, actor: Actor) -> CompanyQuerySet:
        """Everybody signed in may read about every company."""
        return self.none() if actor.user is None else self

    def readable_by(self, actor: Actor) -> CompanyQuerySet:
        """Whose profile may be read: without login, of companies that chose to be public."""
        return self.filter(is_public=True) if actor.user is None else self


class Company(models.Model):
    """The client: the company that posts and pays."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    industry = models.ForeignKey(Industry, models.PROTECT, null=True, blank=True)
    about = models.TextField(max_length=2000, blank=True)
    website = models.URLField(max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField("state", max_length=40, blank=True)
    currency = models.CharField(max_length=3, default="USD")
    default_terms_days = models.PositiveSmallIntegerField(default=0)
    default_cancellation_percent = models.PositiveSmallIntegerField(default=50)
    auto_approve_after_days = models.PositiveSmallIntegerField(null=True, blank=True)
    is_public = models.BooleanField("profile readable without login", default=False)
    logo_code = models.CharField(max_length=12, blank=True, editable=False)
    """Of the logo in ``CompanyLogo``, anew with each one; empty where there is none."""
    created_at = models.DateTimeField()

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(default_cancellation_percent__lte=100),
                name="company_cancellation_percent",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:company", args=[self.slug])

    @property
    def logo_url(self) -> str:
        code = self.logo_code
        return reverse("accounts:company_logo", args=[self.slug, code]) if code else ""


class CompanyLogo(models.Model):
    """The logo as a small PNG. It stands in the database so that a new one takes the place of the
    old in one commit, and no file is ever left behind or missing."""

    company = models.OneToOneField(Company, models.PROTECT, related_name="logo")
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Logo of {self.company}"


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    MANAGER = "manager", "Manager"
    CONTROLLER = "controller", "Controller"
    DISPATCHER = "dispatcher", "Dispatcher"
    VIEWER = "viewer", "Viewer"


def member_reference() -> str:
    return candidate("M", 8)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        return self.filter(removed_at=None)

    def visible_to(self, actor: Actor) -> MembershipQuerySet:
        """A company's members see each other; staff see all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client:
            return self.filter(company=actor.company)
        return self.none()


class Membership(models.Model):
    """A person's place in a company: roles, and how much they may send and approve."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    company = models.ForeignKey(Company, models.PROTECT, related_name="memberships")
    reference = models.CharField(max_length=12, unique=True, default=member_reference)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list)
    send_limit = MoneyField(
        "largest assignment they may send", null=True, blank=True, help_text="Empty: no limit."
    )
    approve_limit = MoneyField(
        "largest amount they may approve", null=True, blank=True, help_text="Empty: no limit."
    )
    joined_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "company"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(roles__len__gte=1), name="membership_has_a_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.company}"

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]


class Invitee(models.Model):
    """Somebody asked by e-mail to join a company; the token in the mail is stored hashed."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="invitees")
    email = models.EmailField("e-mail", max_length=254)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list)
    send_limit = MoneyField(null=True, blank=True)
    approve_limit = MoneyField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company",
                Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitee_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.company}"


class WorkerProfileQuerySet(models.QuerySet["WorkerProfile"]):
    def visible_to(self, actor: Actor) -> WorkerProfileQuerySet:
        """Clients and staff see every active worker; a worker sees themselves."""
        if actor.is_client or actor.is_staff or actor.is_system:
            return self.filter(user__is_active=True)
        if actor.is_worker and actor.worker:
            return self.filter(pk=actor.worker.pk)
        return self.none()

    def readable_by(self, actor: Actor) -> WorkerProfileQuerySet:
        """Whose profile may be read: besides those visible, of workers who chose to be public."""
        public = models.Q(is_public=True, user__is_active=True)
        if actor.is_client or actor.is_staff or actor.is_system:
            return self.visible_to(actor)
        if actor.is_worker and actor.worker:
            return self.filter(public | models.Q(pk=actor.worker.pk))
        return self.filter(public)


class WorkerProfile(models.Model):
    """An independent contractor: what a client sees of them, and where they work."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="worker")
    reference = models.CharField(max_length=12, unique=True)
    headline = models.CharField(max_length=120, blank=True)
    about = models.TextField(max_length=4000, blank=True)
    industries = models.ManyToManyField(Industry, blank=True, related_name="workers")
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    tools = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    hourly_rate = MoneyField("usual hourly rate", null=True, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField("state", max_length=40, blank=True)
    postal_code = models.CharField("ZIP code", max_length=12, blank=True)
    country = models.CharField(max_length=2, default="US")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    travel_miles = models.PositiveSmallIntegerField("travel radius in miles", default=50)
    phone = models.CharField(max_length=30, blank=True)
    available = models.BooleanField("open to work", default=True)
    is_public = models.BooleanField("profile readable without login", default=False)
    created_at = models.DateTimeField()
    search = models.GeneratedField(
        expression=(
            SearchVector("headline", weight="A", config="english")
            + SearchVector(
                Func(F("skills"), function="joined_words", output_field=models.TextField()),
                weight="A",
                config="english",
            )
            + SearchVector("about", weight="C", config="english")
            + SearchVector("city", weight="B", config="english")
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    """The words of the profile; ``joined_words`` is made by migration 0003."""

    objects = WorkerProfileQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["skills"], name="worker_skills"),
            GinIndex(fields=["search"], name="worker_search"),
            models.Index(fields=["latitude", "longitude"], name="worker_place"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def get_absolute_url(self) -> str:
        return reverse("accounts:worker", args=[self.reference])

    @property
    def public_name(self) -> str:
        """The first name with the initial of the last, for readers who are not clients."""
        first, *others = self.user.full_name.split() or ["Worker"]
        return f"{first} {others[-1][0]}." if others else first

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.city, self.region) if part)
