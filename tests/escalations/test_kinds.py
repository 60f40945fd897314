"""Each kind with its own parts of the form, and evidence by reference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from activity.models import Event
from assignments.models import Part
from escalations import casework
from escalations.casework.exhibits import NotOfThisAssignment
from escalations.casework.opening import days_left, last_day
from escalations.forms.report import kinds_for
from escalations.models import Case, Exhibit
from escalations.particulars import PARTS
from escalations.states import KINDS
from messaging import posting
from scorecards import rating
from tests.escalations.making import AFTER, opened
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
SAID = {
    "what_happened": "It went wrong.",
    "outcome": "explanation",
    "outcome_words": "Say why.",
}
GIVEN: dict[str, tuple[str, str, dict[str, object], list[str]]] = {
    "abandoned_site": ("in_progress", "company",
                       {"left_at": "2026-11-20T16:30", "left_undone": "Two racks."},
                       ["4:30 PM", "Two racks."]),
    "no_show": ("assigned", "company", {"tried": ["message", "phone"], "replaced": "own"},
                ["a message here, a call", "Our own people"]),
    "equipment": ("paid", "company", {"piece_1": "Router, SN 1", "value_1": "80"},
                  ["Router, SN 1, worth $80.00"]),
    "payment_dispute": ("pending_approval", "worker", {"disputed_amount": "50", "about": "hours"},
                        ["$50.00", "The hours or units"]),
    "circumvention": ("paid", "worker", {"how": "pay", "elsewhere": "By telephone."},
                      ["outside the platform", "By telephone."]),
    "deliverables": ("pending_approval", "company", {"missing": "EACH", "wrong": "Blurred."},
                     ["Missing", "Blurred."]),
    "conduct": ("paid", "worker", {"happened_on": "2026-11-20", "witnesses": "The guard."},
                ["Fri, Nov 20, 2026", "The guard."]),
    "approval_late": ("pending_approval", "worker", {"told": "silent"}, ["No answer at all"]),
    "payment_late": ("invoiced", "worker", {"told": "soon"}, ["They said they would", "INV-"]),
    "cancelled": ("cancelled", "worker", {"costs": "35"}, ["$35.00"]),
    "rating": ("paid", "worker", {"unfair": "insult"}, ["It insults or threatens"]),
    "other": ("paid", "company", {"subject": "A key"}, ["A key"]),
}  # fmt: skip


def page_of(assignment) -> str:
    return f"/assignments/{assignment.reference}/escalation/"


@pytest.fixture
def recently() -> datetime:
    return timezone.now() - timedelta(days=9)


def rated(assignment, alice, wanda):
    for by, marks in ((alice, (1, 1, 1)), (wanda, (5, 5, 5))):
        rating.rate(assignment=assignment, overall="unsatisfied", marks=marks, comment="Bad.",
                    by=by, at=assignment.paid_at)  # fmt: skip


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_is_opened_by_the_side_that_may_with_its_own_parts(
    kind, alice, wanda, recently, client_of
):
    stage, side, own, words = GIVEN[kind]
    assignment = work.in_stage(stage, alice, wanda, at=recently)
    if kind == "rating":
        rated(assignment, alice, wanda)
    own = {
        name: list(assignment.deliverable_requests.values_list("pk", flat=True))
        if given == "EACH" else given
        for name, given in own.items()
    }  # fmt: skip
    browser = client_of(alice if side == "company" else wanda)
    page = browser.get(f"{page_of(assignment)}?kind={kind}").text
    assert all(f'name="{name}"' in page for name in own)

    response = browser.post(page_of(assignment), {"kind": kind, "key": uuid4(), **SAID, **own})

    assert response.status_code == 302, response.context["form"].errors
    case = Case.objects.get()
    assert (case.kind, case.side) == (kind, side)
    shown = browser.get(response.url).text
    for word in words:
        assert word in shown


def test_every_kind_has_its_parts(submitted):
    assert set(PARTS) == set(KINDS) == set(GIVEN)
    offered = [*kinds_for("company", submitted), *kinds_for("worker", submitted)]
    assert {code for code, _ in offered} == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "stage", "by", "changed", "said"),
    [
        ("payment_dispute", "paid", "wanda", {"disputed_amount": ""}, "required"),
        ("payment_dispute", "paid", "wanda", {"disputed_amount": "1e999"}, "or less"),
        ("payment_dispute", "paid", "wanda", {"about": "aliens"}, "valid choice"),
        ("equipment", "paid", "alice", {"piece_1": ""}, "Say what is worth this"),
        ("equipment", "paid", "alice", {"piece_1": "", "value_1": ""}, "Name at least one piece"),
        ("equipment", "paid", "alice", {"piece_1": "x" * 121}, "120 characters"),
        ("equipment", "paid", "alice", {"piece_1": "a\x00b"}, "signs that print"),
        ("deliverables", "paid", "alice", {"missing": "999999"}, "valid choice"),
        ("circumvention", "paid", "wanda", {"elsewhere": ""}, "Choose the messages below"),
        ("abandoned_site", "paid", "alice", {"left_at": "0001-01-01T00:00"}, "2000"),
        ("abandoned_site", "paid", "alice", {"left_at": "yesterday"}, "valid date"),
        ("conduct", "paid", "wanda", {"happened_on": "9999-12-31"}, "2100"),
        ("cancelled", "paid", "wanda", {}, "This assignment is not cancelled"),
        ("approval_late", "paid", "wanda", {}, "Nothing of yours waits"),
        ("payment_late", "paid", "wanda", {}, "No invoice of yours is unpaid"),
        ("rating", "paid", "wanda", {}, "Nothing has been published about you"),
    ],
)
def test_bad_parts_are_explained_and_nothing_typed_is_lost(
    kind, stage, by, changed, said, request, alice, wanda, recently, client_of
):
    assignment = work.in_stage(stage, alice, wanda, at=recently)
    own = {**GIVEN[kind][2], **changed}
    own.pop("missing", None) if own.get("missing") == "EACH" else None
    browser = client_of(request.getfixturevalue(by))
    response = browser.post(page_of(assignment), {"kind": kind, "key": uuid4(), **SAID, **own})
    assert response.status_code == 200
    assert said in response.text
    assert "It went wrong." in response.text
    assert not Case.objects.exists()


def test_a_kind_that_does_not_fit_says_why_before_it_is_chosen(alice, wanda, recently, client_of):
    assignment = work.in_stage("paid", alice, wanda, at=recently)
    page = client_of(wanda).get(page_of(assignment)).text
    assert "No invoice of yours is unpaid here." in page
    assert "?kind=payment_late" not in page
    assert "?kind=payment_dispute" in page


def test_a_kind_says_what_it_does_to_the_money_as_it_stands(alice, wanda, recently, submitted):
    paid = work.in_stage("paid", alice, wanda, at=recently)
    held, moved = (dict(kinds_for("worker", one))["payment_dispute"] for one in (submitted, paid))
    assert held.endswith("|Approval and payment wait for the decision.")
    assert moved.endswith("|The money has moved already; a decision can give it back.")


def test_the_parts_that_should_have_come_back_are_on_the_list(alice, wanda, recently, client_of):
    assignment = work.in_stage("paid", alice, wanda, at=recently)
    part = Part.objects.create(assignment=assignment, name="Router", number="R-7",
                               value=Decimal(90), return_wanted=True)  # fmt: skip
    data = {"kind": "equipment", "key": uuid4(), "parts": part.pk, **SAID}
    assert client_of(alice).post(page_of(assignment), data).status_code == 302
    assert Case.objects.get().particulars == [["Part", "Router (R-7), worth $90.00"]]


def test_a_second_report_joins_the_open_case_once(alice, wanda, recently, client_of):
    assignment = work.in_stage("pending_approval", alice, wanda, at=recently)
    case = opened(assignment, wanda)
    own = {"kind": "payment_dispute", "key": uuid4(), "disputed_amount": "20", "about": "bonus"}
    browser = client_of(wanda)
    page = browser.get(f"{page_of(assignment)}?kind=payment_dispute").text
    assert f"Add to case {case.label}" in page
    for _ in range(2):
        again = {**SAID, **own, "what_happened": "And the bonus is missing."}
        response = browser.post(page_of(assignment), again)
        assert response.url == case.get_absolute_url()

    assert Case.objects.count() == 1
    joined = case.entries.get(body__startswith="And the bonus is missing.")
    assert "Amount in dispute: $20.00" in joined.body
    assert Event.objects.filter(kind="case.joined").count() == 1


class TestExhibits:
    @pytest.fixture
    def case(self, submitted, wanda):
        return opened(submitted, wanda)

    @pytest.fixture
    def said(self, submitted, alice, wanda):
        """A message of each side, and a note that one side keeps to itself."""

        def write(by, key, **more):
            return posting.post(assignment=submitted, worker=wanda.worker, body=f"From {key}.",
                                by=by, at=submitted.submitted_at, key=key, **more)  # fmt: skip

        return write(alice, "alice"), write(wanda, "wanda"), write(alice, "note",
                                                                  visibility="company")  # fmt: skip

    def test_messages_visits_and_files_are_shown_with_the_case(
        self, case, said, submitted, wanda, alice, client_of
    ):
        browser = client_of(wanda)
        url = f"/cases/{case.label}/evidence/choose/"
        page = browser.get(url).text
        assert "From alice." in page
        assert "From note." not in page
        data = {
            "key": uuid4(), "messages": [said[0].pk, said[1].pk],
            "visits": submitted.visits.get().pk, "deliverables": submitted.deliverables.get().pk,
        }  # fmt: skip
        for _ in range(2):
            assert browser.post(url, data).status_code == 302
        assert case.exhibits.count() == 4
        assert case.entries.filter(
            body="Added evidence: 2 messages, 1 visit and 1 file."
        ).count() == 1  # fmt: skip
        theirs = client_of(alice).get(case.get_absolute_url()).text
        assert "From alice." in theirs
        assert "put forward by Wanda Wells" in theirs

    def test_what_stands_in_the_case_already_is_not_added_again(self, case, said, alice, wanda):
        at = case.opened_at + AFTER
        casework.point_at(case, things=[said[0]], by=wanda, at=at)
        assert casework.point_at(case, things=[said[0]], by=alice, at=at) == []
        assert Exhibit.objects.get().side == "worker"

    def test_an_inner_note_cannot_be_put_forward(self, case, said, alice):
        with pytest.raises(NotOfThisAssignment):
            casework.point_at(case, things=[said[2]], by=alice, at=case.opened_at)

    def test_nothing_of_another_assignment_can(self, case, alice, wanda, at):
        other = work.in_stage("pending_approval", alice, wanda, at=at)
        for thing in (other.visits.get(), other.deliverables.get()):
            with pytest.raises(NotOfThisAssignment):
                casework.point_at(case, things=[thing], by=wanda, at=case.opened_at)

    @pytest.mark.parametrize("kind", ["messages", "visits", "deliverables"])
    @pytest.mark.parametrize("key", ["999999", "-1", "x", "1\x00", "9" * 30])
    def test_made_up_keys_are_refused_on_the_page(self, kind, key, case, said, wanda, client_of):
        url = f"/cases/{case.label}/evidence/choose/"
        response = client_of(wanda).post(url, {"key": uuid4(), kind: key})
        assert response.status_code == 200
        assert "Choose from the list" in response.text

    def test_choosing_nothing_is_explained(self, case, said, wanda, client_of):
        response = client_of(wanda).post(
            f"/cases/{case.label}/evidence/choose/", {"key": uuid4()}
        )  # fmt: skip
        assert "Choose at least one" in response.text

    def test_after_the_end_nothing_is_added(self, case, said, wanda, client_of):
        casework.withdraw(case, by=wanda, at=case.opened_at + AFTER)
        url = f"/cases/{case.label}/evidence/choose/"
        assert "has ended" in client_of(wanda).get(url).text
        response = client_of(wanda).post(url, {"key": uuid4(), "messages": said[0].pk})
        assert response.status_code == 200
        assert not Exhibit.objects.exists()


@pytest.mark.parametrize(
    ("zone", "ends", "last_second"),
    [
        ("America/New_York", (2026, 9, 10, 18), (2026, 11, 9, 23, 59, 59)),
        ("America/New_York", (2027, 1, 20, 18), (2027, 3, 21, 23, 59, 59)),
        ("Europe/London", (2026, 8, 30, 23), (2026, 10, 29, 23, 59, 59)),
        ("Pacific/Apia", (2026, 11, 5, 1), (2027, 1, 4, 23, 59, 59)),
        ("America/New_York", (2026, 9, 2, 18), (2026, 11, 1, 23, 59, 59)),
        ("Europe/London", (2027, 2, 10, 18), (2027, 4, 11, 23, 59, 59)),
        ("Australia/Sydney", (2026, 9, 1, 18), (2026, 10, 31, 23, 59, 59)),
    ],
    ids=[
        "clock-set-back",
        "clock-set-forward",
        "london",
        "apia",
        "ends-on-a-day-of-25-hours",
        "london-in-spring",
        "sydney",
    ],
)
def test_sixty_days_to_the_second_over_the_change_of_the_clock(
    zone, ends, last_second, alice, wanda
):
    place = ZoneInfo(zone)
    end = datetime(*ends, tzinfo=place)
    assignment = work.in_stage(
        "assigned", alice, wanda, at=end - timedelta(days=4), time_zone=zone,
        starts_at=end - timedelta(hours=2), ends_at=end,
    )  # fmt: skip
    last = datetime(*last_second, tzinfo=place).astimezone(UTC)
    assert last_day(assignment) == last.astimezone(place).date()
    assert days_left(assignment, at=last) == 0
    assert days_left(assignment, at=end) == 60
    assert opened(assignment, alice, at=last).status == "open"
    with pytest.raises(Exception, match="until 60 days"):
        opened(assignment, alice, at=last + timedelta(seconds=1), kind="no_show")


def test_the_countdown_is_on_the_page(alice, wanda, client_of):
    assignment = work.in_stage("paid", alice, wanda, at=timezone.now() - timedelta(days=20))
    left = days_left(assignment, at=timezone.now())
    assert f"{left} days left" in client_of(wanda).get(page_of(assignment)).text


def test_where_the_sides_may_not_talk_each_writes_to_staff_alone(
    alice, wanda, olga, recently, client_of
):
    case = opened(work.in_stage("paid", alice, wanda, at=recently), wanda, kind="conduct")
    browser = client_of(alice)
    url = f"/cases/{case.label}/messages/"
    assert "writes to the Escalations Team alone" in browser.get(case.get_absolute_url()).text
    refused = {"reply-key": uuid4(), "reply-body": "You started it.", "reply-to": "parties"}
    assert browser.post(url, refused).status_code == 200
    assert browser.post(url, {**refused, "reply-to": "staff"}).status_code == 302
    assert "You started it." not in client_of(wanda).get(case.get_absolute_url()).text

    desk = f"/admin/escalations/case/{case.pk}"
    seen = client_of(olga).get(f"{desk}/change/").context["seen"]
    client_of(olga).post(f"{desk}/let_talk/", {"let_talk-allowed": "both", "seen": seen})
    assert browser.post(url, {**refused, "reply-key": uuid4()}).status_code == 302
    assert "You started it." in client_of(wanda).get(case.get_absolute_url()).text


def test_a_side_says_what_it_thinks_of_the_handling_and_staff_alone_read_it(
    alice, wanda, olga, recently, client_of
):
    case = opened(work.in_stage("paid", alice, wanda, at=recently), wanda)
    url, browser = f"/cases/{case.label}/opinion/", client_of(wanda)
    assert "Once the case has ended" in browser.post(url, {"opinion-mark": "good"}).text
    casework.decide(case, effect="as_it_is", words="No.", by=olga, at=timezone.now())

    assert browser.post(url, {"opinion-mark": "great"}).status_code == 200
    for mark in ("bad", "fair", "fair"):
        given = {"opinion-mark": mark, "opinion-words": "Slow."}
        assert browser.post(url, given).status_code == 302
    opinion = case.opinions.get()
    assert (opinion.mark, opinion.side) == ("fair", "worker")
    assert "could have been better" in browser.get(case.get_absolute_url()).text
    assert "Slow." not in client_of(alice).get(case.get_absolute_url()).text
    assert case.entries.filter(body__startswith="Said of the handling").count() == 2
