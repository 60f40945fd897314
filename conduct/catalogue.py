"""The catalogue of violations and the ladder a new site begins with; staff edit both in admin."""

from __future__ import annotations

from typing import Any

from conduct.models import Effect, LadderStep, Severity, Side, ViolationKind

CLIENTS, WORKERS = "guidelines-for-clients", "guidelines-for-workers"
GUIDELINE, TERMS = "violation-guideline", "terms-of-service"

KINDS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("promise", "A promise not kept", Side.BOTH, Severity.ORDINARY, GUIDELINE,
     "Promising and not keeping it."),
    ("no_answer", "No answer", Side.BOTH, Severity.ORDINARY, GUIDELINE, "Not answering."),
    ("rudeness", "Rude or unprofessional conduct", Side.BOTH, Severity.ORDINARY, GUIDELINE,
     "Rude or unprofessional conduct."),
    ("contact", "Contact outside of the site before assignment", Side.BOTH, Severity.ORDINARY,
     GUIDELINE, "Asking for contact outside of the site before assignment."),
    ("description", "A description that leaves out what matters", Side.COMPANY, Severity.ORDINARY,
     CLIENTS, "Descriptions that leave out what matters."),
    ("unpaid_work", "Work added without pay", Side.COMPANY, Severity.ORDINARY, CLIENTS,
     "Adding work without pay."),
    ("late_payment", "Approval or payment late again and again", Side.COMPANY, Severity.ORDINARY,
     CLIENTS, "Approval or payment that is late again and again."),
    ("late_cancellation", "Cancelled late without a reason", Side.COMPANY, Severity.ORDINARY,
     CLIENTS, "Canceling late without a reason."),
    ("withheld_pay", "Pay withheld for a reason that was not agreed", Side.COMPANY,
     Severity.ORDINARY, CLIENTS,
     "Withholding pay for reasons that the assignment does not contain."),
    ("no_show", "Did not turn up", Side.WORKER, Severity.ORDINARY, WORKERS, "Not turning up."),
    ("left_site", "Left the site without a word", Side.WORKER, Severity.ORDINARY, WORKERS,
     "Leaving a site before the work is done without telling anybody."),
    ("late_back_out", "Backed out late again and again", Side.WORKER, Severity.ORDINARY, WORKERS,
     "Take work that you are able to do at the time agreed; the earlier a company knows, the "
     "easier it is to forgive."),
    ("substitute", "Sent somebody else without consent", Side.WORKER, Severity.ORDINARY, WORKERS,
     "Sending somebody else without consent."),
    ("not_handed_in", "Did not hand in what was agreed", Side.WORKER, Severity.ORDINARY, WORKERS,
     "Not handing in what was agreed."),
    ("equipment", "Equipment not returned", Side.WORKER, Severity.ORDINARY, WORKERS,
     "Not returning equipment."),
    ("claims", "Claimed skills or documents one does not have", Side.WORKER, Severity.ORDINARY,
     WORKERS, "Claiming skills or documents that one does not have."),
    ("fraud", "Fraud", Side.BOTH, Severity.SEVERE, GUIDELINE,
     "Fraud, such as false documents, false hours or a false identity."),
    ("threats", "Threats, violence or harassment", Side.BOTH, Severity.SEVERE, GUIDELINE,
     "Threats, violence or harassment."),
    ("discrimination", "Discrimination", Side.BOTH, Severity.SEVERE, GUIDELINE, "Discrimination."),
    ("circumvention", "Circumvention of the site", Side.BOTH, Severity.SEVERE, GUIDELINE,
     "Arranging payment around the site for work found on it."),
    ("safety", "Putting somebody’s safety at risk", Side.BOTH, Severity.SEVERE, GUIDELINE,
     "Putting somebody’s safety at risk."),
    ("traded_ratings", "Trading ratings", Side.BOTH, Severity.SEVERE, GUIDELINE,
     "Trading ratings."),
)  # fmt: skip
"""Slug, name, side, severity, guideline and its words; in the order in which they are offered."""

LADDER: tuple[tuple[str, int, str, int | None, bool, str], ...] = (
    (Severity.ORDINARY, 1, Effect.REMINDER, None, False,
     "A reminder: what happened, and what we ask for."),
    (Severity.ORDINARY, 2, Effect.WARNING, 90, False,
     "A warning, shown on your own home page for 90 days."),
    (Severity.ORDINARY, 3, Effect.RESTRICTION, 7, True, "No new work for 7 days."),
    (Severity.ORDINARY, 4, Effect.SUSPENSION, 30, True, "No new work for 30 days."),
    (Severity.ORDINARY, 5, Effect.REVIEW, None, True,
     "A review in which we may close the account; no new work until it is decided."),
    (Severity.SEVERE, 1, Effect.SUSPENSION, 30, True, "No new work for 30 days."),
    (Severity.SEVERE, 2, Effect.REVIEW, None, True,
     "A review in which we may close the account; no new work until it is decided."),
)  # fmt: skip
"""Severity, count, effect, days, whether new work stops, and the words."""


def establish(kinds: Any = ViolationKind, steps: Any = LadderStep) -> None:
    """Fill empty tables; once there are rows they belong to the staff who edit them."""
    if not kinds.objects.exists():
        kinds.objects.bulk_create(
            kinds(
                slug=slug, name=name, side=side, severity=severity, policy=policy,
                passage=passage, position=10 * place,
            )
            for place, (slug, name, side, severity, policy, passage) in enumerate(KINDS)
        )  # fmt: skip
    if not steps.objects.exists():
        steps.objects.bulk_create(
            steps(
                severity=severity, count=count, effect=effect, days=days, stops_new_work=stops,
                words=words,
            )
            for severity, count, effect, days, stops, words in LADDER
        )  # fmt: skip
