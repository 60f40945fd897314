"""Companies: starting one, and what its administrators set."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts.actors import Actor
from accounts.models import Company, Membership, Role, User
from activity.record import record
from core.errors import DomainError
from core.references import candidate

FIELDS = (
    "name", "industry", "about", "website", "city", "region",
    "default_terms_days", "default_cancellation_percent", "auto_approve_after_days",
)  # fmt: skip
"""What an administrator sets."""

NOT_SLUGS = {"new", "settings"}


class CompaniesEnough(DomainError):
    message = (
        "You are already a member of {count} companies, which is the most one login can have. "
        "Leave one of them first."
    )


MOST_COMPANIES = 20


@transaction.atomic
def start(user: User, fields: Mapping[str, Any], *, by: Actor, at: datetime) -> Membership:
    """Make a company with this person as its first administrator.

    Sent twice, the second gets the company of the first: a person administers no two
    companies of one name. Raises ``CompaniesEnough``.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    mine = Membership.objects.current().filter(user=user).select_related("company", "user")
    for membership in mine:
        if membership.company.name.casefold() == fields["name"].casefold():
            return membership
    if len(mine) >= MOST_COMPANIES:
        raise CompaniesEnough(count=len(mine))
    company = Company.objects.create(
        slug=_free_slug(fields["name"]),
        created_at=at,
        **{name: fields[name] for name in FIELDS if name in fields},
    )
    membership = Membership.objects.create(
        user=user, company=company, roles=[Role.ADMINISTRATOR], joined_at=at
    )
    record("company.created", company, by=by, at=at, company_key=company.pk, name=company.name)
    return membership


@transaction.atomic
def change(company: Company, fields: Mapping[str, Any], *, by: Actor, at: datetime) -> Company:
    """Change the profile and the defaults of a company; fields not given stay.

    The address of its page stays too, whatever the new name.
    """
    company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    given = {name: fields[name] for name in FIELDS if name in fields}
    changed = [name for name, value in given.items() if getattr(company, name) != value]
    if not changed:
        return company
    for name in changed:
        setattr(company, name, given[name])
    company.save(update_fields=changed)
    record("company.changed", company, by=by, at=at, company_key=company.pk, fields=changed)
    return company


def _free_slug(name: str) -> str:
    """The name as an address; a short code is added when another company has it."""
    slug = slugify(name)[:50].strip("-") or "company"
    if slug in NOT_SLUGS or Company.objects.filter(slug=slug).exists():
        slug = f"{slug}-{candidate('', 5).strip('-').lower()}"
    return slug
