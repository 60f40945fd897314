"""The company's own lists: what the settings pages show, and what a posting may choose from."""

from __future__ import annotations

from functools import reduce
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Q, QuerySet

from accounts.models import Company
from assignments.models import Customer, Location, Project
from assignments.queries.find_work import MOST_WORDS, WORD
from assignments.queries.spend import with_spend
from core.paging import Key, number_key, text_key

BY_NAME: list[Key] = [text_key("name"), number_key("pk")]
MOST_CHOICES = 8


def named(rows: Any, text: str) -> Any:
    """Rows whose name or number holds every typed word."""
    words = text.split()[:MOST_WORDS]
    holds = (Q(name__icontains=word) | Q(number__icontains=word) for word in words)
    return rows.filter(reduce(Q.__and__, holds, Q()))


def with_words(rows: Any, text: str) -> Any:
    """Rows whose name holds every typed word."""
    holds = (Q(name__icontains=word) for word in text.split()[:MOST_WORDS])
    return rows.filter(reduce(Q.__and__, holds, Q()))


def customers(company: Company | None) -> QuerySet[Customer, Customer]:
    """For the list of customers, with how many current projects each has."""
    current = Count("projects", filter=Q(projects__archived_at=None))
    return Customer.objects.of(company).annotate(project_count=current)


def projects(company: Company | None) -> QuerySet[Project, Project]:
    """For the list of projects, with what is spent and reserved for each."""
    return with_spend(Project.objects.of(company).select_related("customer"))


def locations(company: Company | None) -> QuerySet[Location, Location]:
    """For the list of locations."""
    return Location.objects.of(company).select_related("customer").defer("search")


def found_locations(rows: Any, text: str) -> Any:
    """Locations that hold every typed word, or a word beginning with it."""
    words = WORD.findall(text.lower())[:MOST_WORDS]
    if not words:
        return rows
    query = " & ".join(f"{word}:*" for word in words)
    return rows.filter(search=SearchQuery(query, config="simple", search_type="raw"))


def location_choices(
    company: Company | None, text: str, *, customer: Customer | None = None
) -> list[Location]:
    """The first few current locations for what is typed; those of the customer come first."""
    rows = found_locations(locations(company).filter(archived_at=None), text)
    if customer is not None:
        own = list(rows.filter(customer=customer).order_by("name", "pk")[:MOST_CHOICES])
        if len(own) == MOST_CHOICES:
            return own
        rest = rows.exclude(customer=customer).order_by("name", "pk")
        return own + list(rest[: MOST_CHOICES - len(own)])
    return list(rows.order_by("name", "pk")[:MOST_CHOICES])
