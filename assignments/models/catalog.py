"""What a company posts for and where, again and again: its customers, projects and locations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Company
from core.fields import MoneyField

if TYPE_CHECKING:
    from accounts.actors import Actor


class CatalogQuerySet(models.QuerySet[Any, Any]):
    def visible_to(self, actor: Actor) -> CatalogQuerySet:
        """The rows of the actor's own company; staff see all, nobody else any."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client:
            return self.filter(company=actor.company)
        return self.none()

    def of(self, company: Company | None) -> CatalogQuerySet:
        return self.filter(company=company)

    def current(self) -> CatalogQuerySet:
        """What may be chosen for new work."""
        return self.filter(archived_at=None)


class Entry(models.Model):
    """One thing of a company's own lists; archived, it stays on the work it was chosen for."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    number = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CatalogQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} ({self.number})" if self.number else self.name


class Customer(Entry):
    """The company's own end customer; workers never read of it."""

    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company", Lower("name"), condition=Q(archived_at=None), name="customer_name_once"
            )
        ]
        indexes = [models.Index(fields=["company", "name", "id"], name="customer_list")]

    def get_absolute_url(self) -> str:
        return reverse("assignments:customer", args=[self.reference])


class Project(Entry):
    """Work that belongs together, of one customer or of the company itself.

    The budget is a figure to compare with; nothing is refused above it.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="projects"
    )
    budget = MoneyField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company", "customer", Lower("name"),
                condition=Q(archived_at=None), nulls_distinct=False, name="project_name_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="project_ends",
            ),
            models.CheckConstraint(condition=Q(budget=None) | Q(budget__gt=0),
                                   name="project_budget"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["company", "name", "id"], name="project_list")]

    def get_absolute_url(self) -> str:
        return reverse("assignments:project", args=[self.reference])


class Location(Entry):
    """A site where the company has work done; an assignment keeps its own copy of the address."""

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="locations"
    )
    street = models.CharField(max_length=200)
    city = models.CharField(max_length=80)
    region = models.CharField("state", max_length=40)
    postal_code = models.CharField("ZIP code", max_length=12)
    latitude = models.FloatField()
    longitude = models.FloatField()
    time_zone = models.CharField(max_length=60)
    dress_code = models.CharField(max_length=200, blank=True)
    access_instructions = models.TextField(max_length=2_000, blank=True)
    search = models.GeneratedField(
        expression=(
            SearchVector("name", config="simple")
            + SearchVector("number", config="simple")
            + SearchVector("street", config="simple")
            + SearchVector("city", config="simple")
            + SearchVector("region", config="simple")
            + SearchVector("postal_code", config="simple")
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company", Lower("name"), condition=Q(archived_at=None), name="location_name_once"
            )
        ]
        indexes = [
            models.Index(fields=["company", "name", "id"], name="location_list"),
            GinIndex(fields=["search"], name="location_words"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("assignments:location", args=[self.reference])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def address(self) -> str:
        """``12 High Street, Columbus, OH 43215``."""
        return f"{self.street}, {self.city}, {self.region} {self.postal_code}"


class LocationContact(models.Model):
    """Somebody to ask for at a location."""

    location = models.ForeignKey(Location, models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField("e-mail", max_length=254, blank=True)
    note = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["location", "position"], name="location_contact_order")
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.phone}" if self.phone else self.name
