"""Companies: starting one, and what its administrators set."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts.actors import Actor
from accounts.models import Company, CompanyLogo, Membership, Role, User
from activity.record import record
from core.errors import DomainError
from core.files import CleanUpload
from core.references import candidate

FIELDS = (
    "name", "industry", "about", "website", "city", "region",
    "default_terms_days", "default_cancellation_percent", "auto_approve_after_days",
)  # fmt: skip
"""What an administrator sets."""

LOGO_MOST_BYTES = 2 * 1024 * 1024
LOGO_WITHIN = (720, 360)
"""What is kept of a logo: sharp on paper and on a page, and small."""

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


@transaction.atomic
def publish_profile(company: Company, *, public: bool, by: Actor, at: datetime) -> Company:
    """Let everybody read the company's profile and ratings without login, or nobody any more."""
    company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    if company.is_public == public:
        return company
    company.is_public = public
    company.save(update_fields=["is_public"])
    record("company.changed", company, by=by, at=at, company_key=company.pk,
           fields=["is_public"], public=public)  # fmt: skip
    return company


@transaction.atomic
def set_logo(company: Company, picture: CleanUpload, *, by: Actor, at: datetime) -> Company:
    """Show this checked PNG as the company's logo, in place of an earlier one."""
    assert by.user is not None
    company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    CompanyLogo.objects.update_or_create(
        company=company,
        defaults={"content": picture.content, "uploaded_by": by.user, "uploaded_at": at},
    )
    return _save_logo(company, secrets.token_hex(6), by=by, at=at)


@transaction.atomic
def remove_logo(company: Company, *, by: Actor, at: datetime) -> Company:
    """Show no logo any more; without one nothing happens."""
    company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    if not company.logo_code:
        return company
    CompanyLogo.objects.filter(company=company).delete()
    return _save_logo(company, "", by=by, at=at)


def _save_logo(company: Company, code: str, *, by: Actor, at: datetime) -> Company:
    company.logo_code = code
    company.save(update_fields=["logo_code"])
    record("company.changed", company, by=by, at=at, company_key=company.pk, fields=["logo"])
    return company


def logo_of(company: Company) -> bytes:
    """The PNG of the company's logo; nothing where there is none (one query, or none)."""
    if not company.logo_code:
        return b""
    found = CompanyLogo.objects.filter(company=company).values_list("content", flat=True).first()
    return bytes(found or b"")


def _free_slug(name: str) -> str:
    """The name as an address; a short code is added when another company has it."""
    slug = slugify(name)[:50].strip("-") or "company"
    if slug in NOT_SLUGS or Company.objects.filter(slug=slug).exists():
        slug = f"{slug}-{candidate('', 5).strip('-').lower()}"
    return slug
