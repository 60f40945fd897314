"""Who is told what about credentials and agreements; part of the table in
``notifications.audience``. What a review found is told to nobody but the worker."""

from __future__ import annotations

from notifications import people
from notifications.facts import Fact
from notifications.lines import Telling, own_page


def _handed_in(fact: Fact) -> bool:
    """For a company that reviews it itself."""
    return fact.subject.company_id is not None


def _with_note(fact: Fact) -> bool:
    return bool(fact.event.data.get("note"))


PROOFS: dict[str, tuple[Telling, ...]] = {
    "credential.added": (
        Telling(people.reviewing_company, "{worker} handed in “{credential}”",
                "You review this kind yourself.", "Look at it", own_page, when=_handed_in),
    ),
    "credential.changed": (
        Telling(people.reviewing_company, "{worker} handed in “{credential}” again",
                "It was changed since you asked for something more.", "Look at it", own_page,
                email=False, when=_handed_in),
    ),
    "credential.verified": (
        Telling(people.its_worker, "Your “{credential}” is verified", "", "See it", own_page),
    ),
    "credential.returned": (
        Telling(people.its_worker, "Your “{credential}” needs something more", "{reason}",
                "Put it right", own_page),
    ),
    "credential.refused": (
        Telling(people.its_worker, "Your “{credential}” was not accepted", "{reason}",
                "See what you can do", own_page),
    ),
    "agreement.signed": (
        Telling(people.agreement_keepers, "{worker} signed “{title}”", "Version {number}.",
                "See who has signed", own_page, email=False),
    ),
    "agreement.published": (
        Telling(people.earlier_signers, "{company} has a new version of “{title}”",
                "You signed an earlier one. What has changed: {note}", "Read and sign it", own_page,
                when=_with_note),
        Telling(people.earlier_signers, "{company} has a new version of “{title}”",
                "You signed an earlier one. Read what has changed, and sign again.",
                "Read and sign it", own_page),
    ),
}  # fmt: skip
