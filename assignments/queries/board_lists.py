"""What the client's board may be filtered by: the lists of its panel."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection

from accounts.models import Company, Industry, Membership, User
from assignments.models import Customer, Label, Project

MOST_CHOICES = 400
"""A list that is longer than this offers its first ones, and whatever is chosen already."""

Lists = dict[str, list[tuple[str, str]]]
"""Pairs of value and label by the name of the filter."""

NAMES = {
    "label": Label, "customer": Customer, "project": Project,
    "industry": Industry, "user": User, "membership": Membership,
}  # fmt: skip
OFFERED = """
(SELECT 'label', reference, name, false FROM {label}
  WHERE company_id = %(company)s AND archived_at IS NULL
  ORDER BY reference <> ALL (%(chosen)s), name, id LIMIT %(most)s)
 UNION ALL
(SELECT 'customer', reference, name, archived_at IS NOT NULL FROM {customer}
  WHERE company_id = %(company)s
  ORDER BY reference <> ALL (%(chosen)s), archived_at IS NOT NULL, name, id LIMIT %(most)s)
 UNION ALL
(SELECT 'project', reference, name, archived_at IS NOT NULL FROM {project}
  WHERE company_id = %(company)s
  ORDER BY reference <> ALL (%(chosen)s), archived_at IS NOT NULL, name, id LIMIT %(most)s)
 UNION ALL
(SELECT 'owner', id::text, coalesce(nullif(full_name, ''), email), false FROM {user}
  WHERE id IN (SELECT user_id FROM {membership} WHERE company_id = %(company)s)
  ORDER BY id::text <> ALL (%(chosen)s), full_name, id LIMIT %(most)s)
 UNION ALL
(SELECT 'industry', id::text, name, false FROM {industry} ORDER BY name)
""".format(**{name: f'"{model._meta.db_table}"' for name, model in NAMES.items()})  # noqa: S608


def offered(company: Company, chosen: Collection[str] = ()) -> Lists:
    """A company's labels, customers, projects and people, and all industries (one query).

    Archived customers and projects come last: work posted for them stays on the board.
    """
    found: Lists = {name: [] for name in ("label", "customer", "project", "owner", "industry")}
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "company": company.pk,
            "chosen": list(chosen),
            "most": MOST_CHOICES,
        }
        cursor.execute(OFFERED, values)
        for name, value, label, archived in cursor.fetchall():
            found[name].append((value, f"{label} (archived)" if archived else label))
    return found
