"""The one table of who is told what: event kind, people, words, place, channels.

A kind without a line tells nobody: what staff decide is told by the case, not once more by
the assignment, and a dispute hold by the case that placed it. A person is told once of one
event, by the first line that names them, and never of what they did themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.urls import reverse

from notifications import people
from notifications.audience_of_cases import CASES
from notifications.audience_of_conduct import CONDUCT
from notifications.audience_of_groups import GROUPS
from notifications.audience_of_money import MONEY
from notifications.audience_of_proofs import PROOFS
from notifications.audience_of_ratings import RATINGS
from notifications.audience_of_tests import TESTS
from notifications.facts import Fact
from notifications.lines import Telling, own_page, place


def _page(name: str) -> Callable[[Fact], str]:
    return lambda fact: reverse(name, args=[fact.assignment.reference])


def _conversation(fact: Fact) -> str:
    """The one with the worker whom the message was written to, or by."""
    query = urlencode({"worker": fact.event.data.get("worker", "")})
    return f"{_page('messaging:post')(fact)}?{query}#messages"


def _on_net_terms(fact: Fact) -> bool:
    return bool(fact.assignment.terms_days)


def _of_schedule(fact: Fact) -> bool:
    """A hold of the client's; one that a case placed is told by the case."""
    return fact.event.data.get("kind") == "schedule"


def _by_worker(fact: Fact) -> bool:
    return fact.event.acting_as == "worker"


def _not_by_worker(fact: Fact) -> bool:
    return not _by_worker(fact)


def _asked_by_worker(fact: Fact) -> bool:
    return fact.event.data.get("side") == "worker"


OPEN_AGAIN = Telling(
    people.passed_over_before, "“{title}” is open again",
    "The worker who was chosen is no longer assigned. You may apply again.", email=False,
)  # fmt: skip


def _all_good(fact: Fact) -> bool:
    return not fact.event.data.get("bad")


SEE_APPLICANTS = "See the applicants"


def _across(does: str, *, body: str = "{note}", email: bool = True) -> tuple[Telling, ...]:
    """What one side did about a change, told to the other."""
    more = ("Open the changes", _page("assignments:changes"), email)
    return (
        Telling(people.owner, "{worker} " + does, body, *more, when=_by_worker),
        Telling(people.assigned_worker, "{company} " + does, body, *more, when=_not_by_worker),
    )


ASSIGNMENTS: dict[str, tuple[Telling, ...]] = {
    "application.made": (
        Telling(people.owner, "{worker} made a counteroffer for “{title}”",
                "Compare it with what you posted, and the applicants with each other.",
                SEE_APPLICANTS, _page("assignments:applications"),
                when=lambda fact: bool(fact.event.data.get("counteroffer"))),
        Telling(people.owner, "{worker} applied for “{title}”",
                "Compare the applicants and choose one.", SEE_APPLICANTS,
                _page("assignments:applications"),
                when=lambda fact: not fact.event.data.get("counteroffer")),
    ),
    "application.withdrawn": (
        Telling(people.owner, "{worker} withdrew the application for “{title}”",
                action=SEE_APPLICANTS, url=_page("assignments:applications"), email=False),
    ),
    "application.declined": (
        Telling(people.applicant, "Your application for “{title}” was declined",
                "{company} says: {reason}", "Find work", place("assignments:find_work"),
                email=False),
    ),
    "application.expired": (
        Telling(people.applicant, "Your offer for “{title}” has expired",
                "{company} had not answered by the time you set. You may apply again while it "
                "is open.", email=False),
        Telling(people.owner, "The offer of {worker} for “{title}” has expired",
                "You may invite them to make another one.", SEE_APPLICANTS,
                _page("assignments:applications"), email=False),
    ),
    "question.asked": (
        Telling(people.owner, "A worker asks about “{title}”", "{excerpt}", "Answer for all",
                lambda fact: fact.assignment.get_absolute_url() + "#questions"),
    ),
    "question.answered": (
        Telling(people.applicant, "{company} answered your question about “{title}”",
                "{excerpt}", "Read the answer",
                lambda fact: fact.assignment.get_absolute_url() + "#questions", email=False),
    ),
    "assignment.edited": (
        Telling(people.open_applicants, "“{title}” was changed after you applied",
                "Read it again; withdraw your application if it no longer suits you."),
    ),
    "assignment.invited": (
        Telling(people.invited, "{company} invited you to “{title}”",
                "Read it and answer, whether you take it or not."),
    ),
    "assignment.routed": (
        Telling(people.reached_by_groups, "{company} offers you “{title}”",
                "You are among the first who are asked. Read it and answer.",
                "Read and answer"),
    ),
    "assignment.declined": (
        Telling(people.owner, "{worker} declined “{title}”", email=False),
    ),
    "assignment.assigned": (
        Telling(people.the_worker, "You are assigned to “{title}”",
                "{company} is counting on you. The site and the instructions are on the page.",
                when=_not_by_worker),
        Telling(people.owner, "{worker} accepted “{title}”", when=_by_worker),
        Telling(people.passed_over, "Somebody else was chosen for “{title}”",
                "Other work is waiting.", "Find work", place("assignments:find_work"),
                email=False),
    ),
    "assignment.confirmed": (
        Telling(people.owner, "{worker} confirmed for “{title}”", email=False),
    ),
    "assignment.unconfirmed": (
        Telling(people.owner, "{worker} took the confirmation for “{title}” back",
                "Ask whether they will be there, or look for somebody else in time."),
    ),
    "assignment.on_my_way": (
        Telling(people.owner, "{worker} is on the way to “{title}”", "Arriving {arrival}. {note}",
                email=False),
    ),
    "assignment.visit_corrected": (
        Telling(people.owner, "{worker} corrected the times of “{title}”",
                "The reason: {note} What was logged before is on the page.", "See the visits",
                lambda fact: fact.assignment.get_absolute_url() + "#visits", email=False,
                when=_by_worker),
        Telling(people.assigned_worker, "{company} corrected your times on “{title}”",
                "The reason: {note} What was logged before is on the page.", "See the visits",
                lambda fact: fact.assignment.get_absolute_url() + "#visits",
                when=_not_by_worker),
    ),
    "assignment.deliverable_refused": (
        Telling(people.assigned_worker, "{company} refused “{name}” for “{title}”",
                "{note} Hand in another in its place.", "Replace it",
                _page("assignments:deliverables")),
    ),
    "assignment.completed_for": (
        Telling(people.assigned_worker, "{company} completed “{title}” for you",
                "The reason: {note} Look at the times and the amount they entered, and write to "
                "them if something is wrong."),
    ),
    "assignment.held": (
        Telling(people.assigned_worker, "{company} put “{title}” on hold",
                "{reason} You cannot check in until it goes on, and nothing counts as late.",
                when=_of_schedule),
    ),
    "assignment.released": (
        Telling(people.assigned_worker, "“{title}” goes on", "The hold is over.",
                when=_of_schedule),
    ),
    "assignment.started": (
        Telling(people.owner, "{worker} started work on “{title}”", email=False),
    ),
    "assignment.checked_in": (
        Telling(people.owner, "{worker} checked in for “{title}”", email=False),
    ),
    "assignment.parts_changed": (
        Telling(people.assigned_worker, "The parts for “{title}” have changed",
                "{company} {parts}.", "See the parts", _page("assignments:parts"), email=False),
    ),
    "assignment.part_shipped": (
        Telling(people.assigned_worker, "{company} sent {part} for “{title}”",
                "Carrier and tracking number are on the page; say when you have it.",
                "See the parts", _page("assignments:parts")),
    ),
    "assignment.part_received": (
        Telling(people.owner, "{worker} received {part} for “{title}”", "", "See the parts",
                _page("assignments:parts"), email=False),
    ),
    "assignment.part_returned": (
        Telling(people.owner, "{worker} sent {part} back",
                "Carrier and tracking number are on the page; say when you have it.",
                "See the parts", _page("assignments:parts")),
    ),
    "assignment.part_back": (
        Telling(people.assigned_worker, "{company} received {part} back", "", "See the parts",
                _page("assignments:parts"), email=False),
    ),
    "assignment.submitted": (
        Telling(people.approvers, "“{title}” is waiting for your approval",
                "{worker} submitted the work and asks for {amount}. Approve it, or send it back "
                "with what is missing.", "Review and approve", _page("assignments:approval")),
    ),
    "assignment.sent_back": (
        Telling(people.assigned_worker, "{company} sent “{title}” back", "{note}"),
    ),
    "assignment.approved": (
        Telling(
            people.assigned_worker,
            "{company} approved “{title}”",
            "{amount} will be paid under the agreed terms.",
            when=lambda fact: _on_net_terms(fact) and not fact.by_staff,
        ),
    ),
    "assignment.paid": (
        Telling(
            people.assigned_worker,
            "You were paid {amount} for “{title}”",
            "The money is in your earnings. Say how it went: rate {company}.",
        ),
    ),
    "assignment.cancelled": (
        Telling(
            people.assigned_worker,
            "{company} cancelled “{title}”",
            "The reason, and the fee if there is one, are on the page.",
            when=lambda fact: not fact.by_staff,
        ),
    ),
    "assignment.unassigned": (
        Telling(people.the_worker, "{company} took you off “{title}”",
                "The reason: {why}. {note} {marked}", "Open my work",
                place("assignments:my_work")),
        OPEN_AGAIN,
    ),
    "assignment.backed_out": (
        Telling(people.owner, "{worker} backed out of “{title}”",
                "The reason: {why}. {note} It is open again as before: look who else could do it.",
                "Find somebody else", _page("assignments:routing")),
        OPEN_AGAIN,
    ),
    "assignment.voided": (
        Telling(
            people.passed_over,
            "{company} took “{title}” back",
            "It is no longer open.",
            "Find work",
            place("assignments:find_work"),
            email=False,
        ),
    ),
    "change.asked": _across("asks for {change} on “{title}”"),
    "change.added": _across("added {change} to “{title}”"),
    "change.accepted": _across("agreed to {change} on “{title}”", body=""),
    "change.declined": _across("declined {change} on “{title}”"),
    "change.expired": (
        Telling(people.assigned_worker, "Nobody answered your request for {change} on “{title}”",
                "The time you set for an answer is over. Ask again if you still need it.",
                "Open the changes", _page("assignments:changes"), when=_asked_by_worker),
        Telling(people.owner, "{worker}’s request for {change} on “{title}” has lapsed",
                "Nobody answered it in time. They may ask again.", "Open the changes",
                _page("assignments:changes"), email=False, when=_asked_by_worker),
        Telling(people.owner, "Your request for {change} on “{title}” has lapsed",
                "{worker} did not answer by the time you set. Ask again if you still need it.",
                "Open the changes", _page("assignments:changes"),
                when=lambda fact: not _asked_by_worker(fact)),
        Telling(people.assigned_worker, "{company}’s request for {change} on “{title}” has lapsed",
                "You did not answer in time. What was agreed stands.", "Open the changes",
                _page("assignments:changes"), email=False,
                when=lambda fact: not _asked_by_worker(fact)),
    ),
    "change.withdrawn": _across("took back its request on “{title}”", body="", email=False),
    "message.noted": (
        Telling(people.named_in_message, "You are named in a note about “{title}”", "{excerpt}",
                "Read it", _conversation),
    ),
    "message.posted": (
        Telling(people.named_in_message, "You are named in a message about “{title}”",
                "{excerpt}", "Read it", _conversation),
        Telling(people.message_readers, "New message about “{title}”", "{excerpt}",
                "Read and answer",
                lambda fact: fact.assignment.get_absolute_url() + "#messages"),
    ),
}  # fmt: skip

IMPORTS: dict[str, tuple[Telling, ...]] = {
    "import.checked": (
        Telling(people.importer, "“{file}” is checked: all rows are good",
                "Look at them and create the drafts.", "Open the import", own_page,
                email=False, when=_all_good),
        Telling(people.importer, "“{file}” is checked: {bad} of {rows} rows have errors",
                "Correct them in the file and upload it again.", "See the errors", own_page,
                email=False, when=lambda fact: not _all_good(fact)),
    ),
    "import.created": (
        Telling(people.importer, "“{file}” is imported", "{rows} drafts are on the board.",
                "Open the import", own_page, email=False),
    ),
    "import.undone": (
        Telling(people.importer, "The import of “{file}” is undone",
                "Its drafts are deleted.", "Open the import", own_page, email=False),
    ),
    "series.paused": (
        Telling(people.looks_after_series, "The series “{title}” is paused",
                "{note}", "Open the series", own_page,
                when=lambda fact: fact.event.acting_as == "system"),
    ),
    "series.not_sent": (
        Telling(people.owner, "“{title}” could not be sent by its series",
                "It stays a draft. {note}"),
    ),
    "import.stopped": (
        Telling(people.importer, "The import of “{file}” could not go on", "{why}",
                "Open the import", own_page, email=False),
    ),
}  # fmt: skip

TABLE: dict[str, tuple[Telling, ...]] = {
    **ASSIGNMENTS, **IMPORTS, **MONEY, **GROUPS, **PROOFS, **TESTS, **CASES, **CONDUCT,
    **RATINGS,
}  # fmt: skip
