"""The policies of the site and their publication from ``conduct/texts/<slug>.<number>.md``.

A published wording never changes: a new wording is a new file with the next number, and
everybody it concerns is asked again.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from conduct.models import Audience, Policy, PolicyVersion
from core.errors import DomainError

TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Entry:
    slug: str
    title: str
    summary: str
    audience: Audience


CATALOG = (
    Entry(
        "terms-of-service",
        "Terms of service",
        "What you can expect of us, what we expect of you, and how money moves.",
        Audience.EVERYBODY,
    ),
    Entry(
        "guidelines-for-clients",
        "Community guidelines for clients",
        "How to describe, staff, approve and pay work so that good workers come back.",
        Audience.CLIENTS,
    ),
    Entry(
        "guidelines-for-workers",
        "Community guidelines for workers",
        "How to choose, agree and do work, and what to do when something goes wrong.",
        Audience.WORKERS,
    ),
    Entry(
        "violation-guideline",
        "Community violation guideline",
        "What counts as a violation, what follows from it, and how to appeal.",
        Audience.EVERYBODY,
    ),
)


class PublishedTextChanged(DomainError):
    message = (
        "{name} differs from the text that was published and accepted. "
        "Restore it and put the new wording into a file with the next number."
    )


@transaction.atomic
def publish(*, at: datetime) -> list[PolicyVersion]:
    """Bring every policy and every numbered text into the database; returns what is new.

    New versions are in force from ``at``. Running it again changes nothing. A policy that staff
    of this site have written a version of is theirs: later texts of the release are left out.
    Raises ``PublishedTextChanged`` when the file of a published version was edited.
    """
    published = []
    for entry in CATALOG:
        policy, _ = Policy.objects.get_or_create(
            slug=entry.slug,
            defaults={
                "title": entry.title,
                "summary": entry.summary,
                "audience": entry.audience,
            },
        )
        known = {one.release: one for one in policy.versions.all()}
        for number, text in texts_of(entry.slug):
            standing = known.get(number)
            if standing is not None and standing.text != text:
                raise PublishedTextChanged(name=f"{entry.slug}.{number}.md")
            if standing is None and None not in known:
                published.append(
                    PolicyVersion.objects.create(
                        policy=policy, number=number, text=text, in_force_from=at, release=number
                    )
                )
    return published


def texts_of(slug: str) -> list[tuple[int, str]]:
    """The numbered texts of one policy, first version first."""
    found = [
        (int(path.name.split(".")[1]), path.read_text(encoding="utf-8").strip())
        for path in TEXTS.glob(f"{slug}.*.md")
    ]
    return sorted(found)
