"""The kinds of requirements. An app adds one in one file, and registers it when it is ready.

A kind answers from one definition: does this worker meet it, and if not what is missing and
where can they mend it (``check``); which workers meet it (``condition``, on which ``filter``
builds); and for which of many pieces of work one worker meets it (``met``).
``tests/vetting/test_agreement.py`` proves that the three agree.

A requirement that refers to something deleted or archived, or whose kind nobody has
registered, fails closed: nobody meets it, and it says why.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import OuterRef, Q, QuerySet

from accounts.models import Company, WorkerProfile

Values = Mapping[str, Any]

NOBODY = Q(pk__in=())
"""The condition that no worker meets."""

EVERYBODY = ~NOBODY

ONE_BY_ONE = Q(worker__gte=OuterRef("pk"))
"""Beside ``worker=OuterRef("pk")`` it asks nothing more, but keeps PostgreSQL from gathering all
that have passed a test, or signed: it takes them for a few, and the large company has thousands."""


@dataclass(frozen=True)
class On:
    """For what the question is asked: whose, when, and where.

    ``day`` is the day of the work, or today where there is none. A group has no site.
    """

    company: Company
    at: datetime
    day: date
    latitude: float | None = None
    longitude: float | None = None
    country: str = "US"
    region: str = ""
    assignment: int | None = None

    @classmethod
    def today(cls, company: Company, at: datetime) -> On:
        """For no piece of work in particular, as for a group."""
        return cls(company=company, at=at, day=at.date())

    @property
    def has_site(self) -> bool:
        return self.latitude is not None and self.longitude is not None


@dataclass(frozen=True)
class Finding:
    """Whether one worker meets one requirement.

    ``reason`` is for the worker's eyes: what they have, or what is missing; ``fix_url`` is where
    they can mend it, in words ``fix_label``. ``for_client`` is what the client may read of it;
    empty where the bare answer is all they may know.
    """

    met: bool
    reason: str = ""
    fix_url: str = ""
    fix_label: str = ""
    for_client: str = ""


class ValuesForm(forms.Form):
    """The values of one requirement. ``company`` is whose requirement it is."""

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        self.company = company
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        """What is stored, as JSON can hold it."""
        return dict(self.cleaned_data)


class Kind(ABC):
    """One kind of requirement.

    ``asks`` names the parts of ``On`` besides the company that the answer depends on: ``site``,
    ``day``. Who screens many assignments at once asks the rest only once.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    """For the menu of the builder: ``Lives near the site``."""

    heading: ClassVar[str] = "Other"
    """The part of the menu where it stands."""

    help: ClassVar[str] = ""
    asks: ClassVar[frozenset[str]] = frozenset()
    form: ClassVar[type[ValuesForm]] = ValuesForm

    @property
    def has_values(self) -> bool:
        """Whether there is anything to say about it, or to change later."""
        return bool(self.form.base_fields)

    @abstractmethod
    def sentence(self, values: Values) -> str:
        """What is asked, as one clear phrase: ``Lives within 50 miles of the site``; no query."""

    @abstractmethod
    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        """Whether this worker meets it, and if not what is missing and where to mend it."""

    def check_all(self, worker: WorkerProfile, asked: Sequence[Values], on: On) -> list[Finding]:
        """The same of several requirements of this kind, in their order."""
        return [self.check(worker, values, on) for values in asked]

    @abstractmethod
    def condition(self, values: Values, on: On) -> Q:
        """The same as a condition on ``WorkerProfile``: set-based, its outer query the workers'
        (``Exists(Row.objects.filter(worker=OuterRef("pk")))``)."""

    def met(self) -> Q:
        """The same once more with the requirement as a row: a condition on ``Requirement`` beside a
        row of ``WORK``, in the words of ``beside``; who asks is ``WORK.worker``. A kind that does
        not say it bars the worker from what asks it, in lists of work they qualify for."""
        return NOBODY

    def filter(
        self, workers: QuerySet[WorkerProfile, WorkerProfile], values: Values, on: On
    ) -> QuerySet[WorkerProfile, WorkerProfile]:
        """Of these workers, those who meet it."""
        return workers.filter(self.condition(values, on))

    def initial(self, values: Values) -> dict[str, Any]:
        """What the form shows for stored values."""
        return dict(values)

    def remedy(self, values: Values) -> tuple[str, str]:
        """Where any worker would get it, and what the link says; no query. Empty for nowhere."""
        return "", ""

    def is_per_company(self, values: Values) -> bool:
        """Whether meeting it for one company says nothing about another that asks the same."""
        return False

    def gone(self, values: Values, company: Company) -> str:
        """Why nobody can meet it, because what it refers to is gone; empty while it is there.
        Shown to the client where the set is built."""
        return ""

    refers: ClassVar[str] = ""
    """Which of the values names what it refers to, for kinds that refer to something."""

    def present(self, keys: Collection[str]) -> QuerySet[Any, Any]:
        """Of what is named so, that which is still there: one column, the names."""
        raise NotImplementedError(f"{self.slug} refers to nothing")


class Reading(Kind):
    """A kind whose answers are rows: it reads them once for all requirements of the kind."""

    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        return self.check_all(worker, [values], on)[0]

    @abstractmethod
    def check_all(self, worker: WorkerProfile, asked: Sequence[Values], on: On) -> list[Finding]:
        """In as many statements for thirty as for one."""


class Unknown(Kind):
    """Stands for a kind that no app has registered: nobody meets it."""

    label = "Unknown"

    def __init__(self, slug: str) -> None:
        self.named = slug

    def sentence(self, values: Values) -> str:
        return "Something this site can no longer check"

    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        reason = "This requirement cannot be checked any more. Ask the client to change it."
        return Finding(met=False, reason=reason, for_client=self.gone(values, on.company))

    def condition(self, values: Values, on: On) -> Q:
        return NOBODY

    def gone(self, values: Values, company: Company) -> str:
        return "This kind of requirement is not available any more. Remove it."


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind; called from ``AppConfig.ready``. Registering it again replaces it."""
    _kinds[kind.slug] = kind
    return kind


def kinds() -> list[Kind]:
    """Every registered kind, as the builder's menu lists them."""
    return sorted(_kinds.values(), key=lambda kind: (kind.heading, kind.label))


def kind(slug: str) -> Kind:
    """The kind of this name; one that nobody can meet where there is none."""
    return _kinds.get(slug) or Unknown(slug)
