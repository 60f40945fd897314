"""Kinds of credentials, credentials in each stage of their review, and agreements."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group

from accounts.actors import Actor
from core.files import CleanUpload
from vetting import agreements, credentials, reviewing
from vetting.catalog_of_kinds import REVIEWERS, ensure_reviewers
from vetting.models import Agreement, Credential, CredentialKind

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PAGE = CleanUpload(PDF, "license.pdf", "application/pdf", len(PDF))


def kind(slug: str = "license", **fields: Any) -> CredentialKind:
    facts = {"family": "license", "name": slug.replace("_", " ").capitalize(), **fields}
    made, _ = CredentialKind.objects.get_or_create(slug=slug, defaults=facts)
    return made


def background(**fields: Any) -> CredentialKind:
    return kind("background-check", family="background", **fields)


def pending(by: Actor, of: CredentialKind | None = None, *, at: datetime, **facts: Any) -> Any:
    """Handed in, with one document, valid for a year unless said otherwise."""
    found = of or kind()
    company, renews = facts.pop("company", None), facts.pop("renews", None)
    said: dict[str, Any] = {
        "expires_on": at.date() + timedelta(days=365) if found.has_expiry else None,
        "is_shown": True,
        **facts,
    }
    return credentials.add(
        found, said, key=str(uuid.uuid4()), by=by, at=at, documents=[PAGE], company=company,
        renews=renews,
    )  # fmt: skip


def verified(
    by: Actor, of: CredentialKind | None = None, *, reviewer: Actor, at: datetime, **facts: Any
) -> Credential:
    made = pending(by, of, at=at, **facts)
    return reviewing.verify(made, revision=made.revision, by=reviewer, at=at)


def refused(
    by: Actor, of: CredentialKind | None = None, *, reviewer: Actor, at: datetime,
    reason: str = "A conviction in 2024.", **facts: Any,
) -> Credential:  # fmt: skip
    made = pending(by, of, at=at, **facts)
    return reviewing.refuse(made, revision=made.revision, reason=reason, by=reviewer, at=at)


def agreement(
    by: Actor, title: str = "Confidentiality", *, at: datetime, text: str = "Say nothing."
) -> Agreement:
    return agreements.create(title=title, text=text, by=by, at=at)


def reviewers() -> Group:
    """The group of staff who review, as migrating makes it."""
    ensure_reviewers()
    return Group.objects.get(name=REVIEWERS)
