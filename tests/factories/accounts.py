"""People and companies, with the guidelines accepted unless a test says otherwise."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from django.utils.text import slugify
from PIL import Image

from accounts import companies
from accounts.actors import Actor
from accounts.models import Company, Industry, Membership, User, WorkerProfile
from core.files import CleanUpload
from core.references import unused
from payments.models import CompanyBooks
from tests import quick

EPOCH = datetime(2026, 1, 2, tzinfo=UTC)


def user(name: str, **fields: Any) -> User:
    email = fields.pop("email", f"{slugify(name).replace('-', '.')}@example.com")
    return User.objects.create_user(email, "correct horse battery", full_name=name, **fields)


def industry(name: str = "Networking") -> Industry:
    found, _ = Industry.objects.get_or_create(slug=slugify(name), defaults={"name": name})
    return found


def company(name: str, *, credit_limit: Decimal = Decimal(0), **fields: Any) -> Company:
    made = Company.objects.create(
        name=name, slug=slugify(name), industry=industry(), created_at=EPOCH, **fields
    )
    CompanyBooks.objects.update_or_create(company=made, defaults={"credit_limit": credit_limit})
    return made


def logo(of: Actor, *, at: datetime, picture: bytes = b"") -> Company:
    """A company with a logo."""
    assert of.company is not None
    drawn = picture or png()
    clean = CleanUpload(drawn, "logo.png", "image/png", len(drawn))
    return companies.set_logo(of.company, clean, by=of, at=at)


def png(width: int = 60, height: int = 30, shade: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (width, height), shade).save(out, "PNG")
    return out.getvalue()


def member(
    of: Company, name: str, roles: Sequence[str], *, at: datetime = EPOCH, accepts: bool = True,
    **fields: Any,
) -> Actor:  # fmt: skip
    membership = Membership.objects.create(
        user=user(name), company=of, roles=list(roles), joined_at=EPOCH, **fields
    )
    return _accepting(Actor.as_client(membership), at, accepts)


def worker(name: str, *, at: datetime = EPOCH, accepts: bool = True, **fields: Any) -> Actor:
    profile = WorkerProfile.objects.create(
        user=user(name),
        reference=unused(WorkerProfile, "W"),
        created_at=EPOCH,
        **{"city": "Columbus", "region": "OH", "postal_code": "43215",
           "latitude": 39.967, "longitude": -83.004, "skills": ["cabling"], **fields},
    )  # fmt: skip
    return _accepting(Actor.as_worker(profile), at, accepts)


def agent(name: str) -> Actor:
    return _desk(name, "Escalations agents")


def lead(name: str) -> Actor:
    return _desk(name, "Escalations leads")


def auditor(name: str) -> Actor:
    return _desk(name, "Escalations auditors")


def _desk(name: str, group: str) -> Actor:
    person = user(name, is_staff=True)
    person.groups.add(Group.objects.get_or_create(name=group)[0])
    return Actor.as_staff(person)


def _accepting(actor: Actor, at: datetime, accepts: bool) -> Actor:
    if accepts and actor.user:
        quick.accept_policies(actor, at=at)
    return actor
