"""What a company spent: by month, by project, by customer, and beside the projects' budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import Company
from assignments.models import Assignment, Project
from core.money import ZERO
from payments.days import months_before
from payments.models import CreditNote

MONTHS = 12
MOST_NAMED = 8
MOST_BUDGETS = 8
AMOUNT: DecimalField[Decimal, Decimal] = DecimalField(max_digits=14, decimal_places=2)

SPENT = """
WITH moved AS (
    SELECT id AS invoice_id, total AS amount, issued_at AS at
      FROM payments_invoice
     WHERE company_id = %(company)s AND issued_at >= %(since)s AND withdrawn_at IS NULL
       AND currency = %(currency)s
     UNION ALL
    SELECT invoice_id, -total, issued_at
      FROM payments_creditnote
     WHERE company_id = %(company)s AND issued_at >= %(since)s AND currency = %(currency)s
), told AS (
    SELECT moved.amount,
           date_trunc('month', moved.at AT TIME ZONE 'UTC')::date AS month,
           work.project_id,
           COALESCE(work.customer_id, project.customer_id) AS customer_id
      FROM moved
      LEFT JOIN assignments_assignment AS work ON work.invoice_id = moved.invoice_id
      LEFT JOIN assignments_project AS project ON project.id = work.project_id
), sums AS (
    SELECT CASE WHEN grouping(month) = 0 THEN 'month'
                WHEN grouping(project_id) = 0 THEN 'project' ELSE 'customer' END AS kind,
           month, project_id, customer_id, sum(amount) AS amount
      FROM told
     GROUP BY GROUPING SETS ((month), (project_id), (customer_id))
), placed AS (
    SELECT *, COALESCE(project_id, customer_id) IS NULL AS is_rest,
           row_number() OVER (
               PARTITION BY kind, COALESCE(project_id, customer_id) IS NULL
               ORDER BY amount DESC, project_id, customer_id) AS place,
           count(*) OVER (PARTITION BY kind) AS many
      FROM sums
)
SELECT placed.kind, placed.month, COALESCE(project.name, customer.name) AS name,
       COALESCE(project.reference, customer.reference) AS reference, placed.amount, placed.many
  FROM placed
  LEFT JOIN assignments_project AS project ON project.id = placed.project_id
  LEFT JOIN assignments_customer AS customer ON customer.id = placed.customer_id
 WHERE placed.kind = 'month' OR placed.is_rest OR placed.place <= %(most)s
 ORDER BY placed.kind, placed.is_rest, placed.place
"""
"""Invoices less credit notes, each in its own month (UTC), added up three ways in one reading."""


@dataclass(frozen=True)
class Share:
    """What one project or customer took; ``reference`` is empty for work without one, and for
    the others together."""

    name: str
    reference: str
    amount: Decimal


@dataclass(frozen=True)
class Spend:
    months: list[tuple[date, Decimal]]
    projects: list[Share]
    customers: list[Share]

    @property
    def total(self) -> Decimal:
        return sum((amount for _, amount in self.months), ZERO)

    @property
    def is_nothing(self) -> bool:
        return not any(amount for _, amount in self.months)

    @property
    def has_names(self) -> bool:
        """Whether any of it was for a project or a customer."""
        return any(share.reference for share in (*self.projects, *self.customers))


def spend_of(company: Company, *, today: date, months: int = MONTHS) -> Spend:
    """What was invoiced in the last months with the fees, less what was given back (one query)."""
    firsts = [months_before(today, back) for back in range(months - 1, -1, -1)]
    asked: dict[str, Any] = {
        "company": company.pk,
        "currency": company.currency,
        "since": datetime.combine(firsts[0], time(), UTC),
        "most": MOST_NAMED,
    }
    with connection.cursor() as cursor:
        cursor.execute(SPENT, asked)
        rows = cursor.fetchall()
    found = {month: amount for kind, month, _, _, amount, _ in rows if kind == "month"}
    by_month = [(first, found.get(first, ZERO)) for first in firsts]
    whole = sum(found.values(), ZERO)
    return Spend(by_month, _shares(rows, "project", whole), _shares(rows, "customer", whole))


def _shares(rows: list[tuple], kind: str, whole: Decimal) -> list[Share]:
    """The largest by name, then the others together, then what has no such name."""
    own = [row for row in rows if row[0] == kind]
    named = [Share(row[2], row[3], row[4]) for row in own if row[3]]
    without = [Share(f"Without a {kind}", "", row[4]) for row in own if not row[3]]
    left = (own[0][5] if own else 0) - len(own)
    if left:
        rest = whole - sum((share.amount for share in (*named, *without)), ZERO)
        words = f"{left} other {kind}{'' if left == 1 else 's'}"
        named.append(Share(words, "", rest))
    return named + without


def with_spend(projects: QuerySet[Project, Project]) -> QuerySet[Project, Project]:
    """Projects with ``spent`` (invoiced, less what was given back) and ``reserved`` (set aside
    for work under way), both with the service fee, and what is ``left`` of their budget."""
    work = Assignment.objects.filter(project=OuterRef("pk")).order_by().values("project")
    notes = CreditNote.objects.filter(
        invoice__in=Assignment.objects.filter(project=OuterRef(OuterRef("pk"))).values("invoice")
    )
    given_back = notes.order_by().values("company").annotate(total=Sum("total")).values("total")
    invoiced = work.filter(invoice__withdrawn_at=None).annotate(total=Sum("invoice__total"))
    held = work.filter(reservation__closed_at=None).annotate(total=Sum("reservation__amount"))

    def amount(rows: QuerySet) -> Coalesce:
        return Coalesce(Subquery(rows.values("total"), output_field=AMOUNT), ZERO)

    return projects.annotate(
        spent=amount(invoiced) - amount(given_back), reserved=amount(held)
    ).annotate(used=F("spent") + F("reserved"), left=F("budget") - F("spent") - F("reserved"))


def budgets_of(company: Company) -> list[Project]:
    """Current projects that have a budget, the most used first (one query)."""
    rows = Project.objects.of(company).filter(archived_at=None, budget__isnull=False)
    shared = with_spend(rows.select_related("customer")).annotate(share=F("used") / F("budget"))
    return list(shared.order_by("-share", "name", "pk")[:MOST_BUDGETS])


def names_of(invoices: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Customer and project of the work that invoices bill, by the invoice's key (one query)."""
    customer = Coalesce("customer__name", "project__customer__name", Value(""))
    rows = Assignment.objects.filter(invoice__in=invoices).order_by()
    told = rows.values_list("invoice", customer, Coalesce("project__name", Value("")))
    return {key: (customer, project) for key, customer, project in told}
