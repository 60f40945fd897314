"""The kinds of credentials a new site begins with, and the group of staff who review them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission

from vetting.models import CredentialKind, Family, Reviewer

REVIEWERS = "Credential reviewers"
PERMISSIONS = (
    "review_credential",
    "view_credential",
    "view_credentialkind",
    "change_credentialkind",
)

KINDS: tuple[dict[str, Any], ...] = (
    {"slug": "low-voltage-license", "name": "Low voltage license", "family": Family.LICENSE,
     "needs_issuer": True, "needs_number": True, "needs_state": True,
     "help": "The license of a state, both sides where the back says something."},
    {"slug": "electrician-license", "name": "Electrician license", "family": Family.LICENSE,
     "needs_issuer": True, "needs_number": True, "needs_state": True,
     "help": "Journeyman or master, as the state gave it."},
    {"slug": "driver-license", "name": "Driver license", "family": Family.LICENSE,
     "needs_number": True, "needs_state": True, "help": "Front and back, all four corners."},
    {"slug": "bicsi-technician", "name": "BICSI Technician", "family": Family.CERTIFICATION,
     "needs_issuer": True, "needs_number": True, "help": "The certificate or the card."},
    {"slug": "osha-10", "name": "OSHA 10-hour", "family": Family.CERTIFICATION,
     "needs_issuer": True, "has_expiry": False, "help": "The card of the course."},
    {"slug": "comptia-network", "name": "CompTIA Network+", "family": Family.CERTIFICATION,
     "needs_number": True, "help": "The certificate with its number."},
    {"slug": "general-liability", "name": "General liability insurance",
     "family": Family.INSURANCE, "needs_issuer": True, "needs_number": True, "needs_amount": True,
     "help": "The certificate of insurance (ACORD 25) with you as the insured."},
    {"slug": "workers-compensation", "name": "Workers’ compensation insurance",
     "family": Family.INSURANCE, "needs_issuer": True, "needs_number": True, "needs_state": True,
     "help": "The certificate, or the state’s exemption."},
    {"slug": "background-check", "name": "Background check", "family": Family.BACKGROUND,
     "needs_issuer": True, "help": "The whole report of an accredited agency, not older than "
     "a year. Clients never read it."},
    {"slug": "drug-test", "name": "Drug test", "family": Family.DRUG_TEST, "needs_issuer": True,
     "help": "The laboratory’s result. Clients never read it."},
    {"slug": "identity", "name": "Identity", "family": Family.IDENTITY,
     "help": "Passport or driver license: your name and photo must be readable. Clients never "
     "see it."},
    {"slug": "site-orientation", "name": "Site orientation", "family": Family.CERTIFICATION,
     "reviewed_by": Reviewer.COMPANY, "help": "The client’s own orientation, as it signed it off."},
)  # fmt: skip


def establish_kinds() -> None:
    """Fill an empty table; once there are kinds they belong to the staff who edit them."""
    if not CredentialKind.objects.exists():
        CredentialKind.objects.bulk_create(
            CredentialKind(position=10 * place, **facts) for place, facts in enumerate(KINDS)
        )


def ensure_reviewers() -> None:
    """The group with its permissions, as often as asked; runs after every migrate."""
    group, _ = Group.objects.get_or_create(name=REVIEWERS)
    group.permissions.add(
        *Permission.objects.filter(content_type__app_label="vetting", codename__in=PERMISSIONS)
    )
