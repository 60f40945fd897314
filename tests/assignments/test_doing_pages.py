"""The pages of the work while it is done: one press where one press is enough."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assignments import lifecycle
from assignments.models import AssignmentField, Deliverable, Missing, Visit
from tests.assignments.pages import errors_of, said, words_of
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def url():
    return lambda assignment, noun="": f"/assignments/{assignment.reference}/{noun}"


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def as_wanda(wanda, client_of):
    return client_of(wanda)


def test_one_press_tells_the_arrival_and_the_client_sees_it(
    as_wanda, as_alice, url, assigned, today
):
    today.move_to(assigned.starts_at - 10 * MINUTE)
    page = as_wanda.post(url(assigned, "on-my-way/"), {"minutes": "20"}, follow=True)
    assert "you arrive at 10:10 AM EST" in said(page)
    assert "arrives at 10:10 AM EST" in words_of(as_alice.get(url(assigned)))
    assert "On the way, arrives 10:10 AM EST" in words_of(as_alice.get("/assignments/"))


@pytest.mark.parametrize(
    ("typed", "moment"), [("10:30", "10:30 AM EST"), ("00:15", "12:15 AM EST")]
)
def test_a_time_of_the_day_is_its_next_occurrence(as_wanda, url, assigned, today, typed, moment):
    start = assigned.starts_at if typed == "10:30" else assigned.starts_at + 13 * HOUR
    today.move_to(start)
    page = as_wanda.post(url(assigned, "on-my-way/"), {"arriving": typed}, follow=True)
    assert moment in said(page)


@pytest.mark.parametrize(
    "typed", [{}, {"arriving": "25:99"}, {"minutes": "7"}, {"arriving": "09:00"}]
)
def test_an_arrival_that_makes_no_sense_is_refused(as_wanda, url, assigned, today, typed):
    today.move_to(assigned.starts_at)
    page = as_wanda.post(url(assigned, "on-my-way/"), typed)
    assert page.status_code == 200 and errors_of(page)


def test_corrected_times_stand_beside_what_they_were(as_wanda, as_alice, url, in_progress, wanda,
                                                     today):  # fmt: skip
    lifecycle.check_out(in_progress, by=wanda, at=in_progress.starts_at + HOUR)
    today.move_to(in_progress.starts_at + 5 * HOUR)
    page = url(in_progress, f"visits/{Visit.objects.get().pk}/")
    typed = {"checked_in_at": "2026-11-13T10:00", "checked_out_at": "2026-11-13T13:30"}
    assert "Say in a few words" in errors_of(as_wanda.post(page, typed))
    answer = as_wanda.post(page, typed | {"reason": "Flat phone"})
    assert answer.status_code == 302
    shown = words_of(as_alice.get(url(in_progress)))
    assert "3.50" in shown and "Corrected by Wanda Wells" in shown and "Flat phone" in shown
    late = as_alice.post(page, {"checked_in_at": "2026-11-13T10:00",
                                "checked_out_at": "2026-11-13T18:00", "reason": "x"})  # fmt: skip
    assert "not in the future" in errors_of(late)


def test_a_refused_file_is_shown_with_its_reason_and_replaced(
    as_alice, as_wanda, url, submitted, today
):
    today.move_to(submitted.submitted_at + HOUR)
    page = url(submitted, f"deliverables/{Deliverable.objects.get().pk}/verdict/")
    assert "Say what is wrong" in errors_of(as_alice.post(page, {"verdict": "refused"}))
    answer = as_alice.post(page, {"verdict": "refused", "reason": "Too dark"})
    assert answer["Location"] == url(submitted, "approval/") + "#deliverables"
    form = as_alice.get(url(submitted, "approval/"))
    assert form.context["back_form"]["missing"].value() == ["Photo of the rack"]
    as_alice.post(url(submitted, "approval/"), {
        "send_back": "y", "note": "One more try", "missing": ["Photo of the rack"],
        "more": "The label of port 3\n\n  The key  ",
    })  # fmt: skip
    texts = list(Missing.objects.values_list("text", flat=True))
    assert texts == ["Photo of the rack", "The label of port 3", "The key"]
    shown = words_of(as_wanda.get(url(submitted, "deliverables/")))
    assert "Refused" in shown and "Too dark" in shown and "To replace" in shown
    for item in Missing.objects.all():
        as_wanda.post(url(submitted, f"missing/{item.pk}/"), {"done": "on"})
    assert not Missing.objects.filter(ticked_at=None).exists()
    as_wanda.post(url(submitted, f"missing/{item.pk}/"))
    assert Missing.objects.filter(ticked_at=None).count() == 1


def test_too_many_or_too_long_lines_are_refused(as_alice, url, submitted):
    for more, words in (
        ("x" * 301, "under 300"),
        ("\n".join("ab" for _ in range(21)), "at most 20"),
    ):
        page = as_alice.post(url(submitted, "approval/"),
                             {"send_back": "y", "note": "n", "more": more})  # fmt: skip
        assert words in errors_of(page)


def test_a_hold_is_placed_with_a_reason_and_shown_to_both(as_alice, as_wanda, url, assigned):
    assert "Say in a few words" in errors_of(as_alice.post(url(assigned, "hold/"), {"reason": ""}))
    as_alice.post(url(assigned, "hold/"), {"reason": "No power until Monday"})
    for client in (as_alice, as_wanda):
        assert "On hold: No power until Monday" in words_of(client.get(url(assigned)))
    assert "On hold" in words_of(as_alice.get("/assignments/"))
    assert "On hold" in words_of(as_wanda.get("/work/mine/"))
    page = as_wanda.post(url(assigned, "visits/"), {"act": "check_in", "seen": 0}, follow=True)
    assert "on hold" in said(page)
    assert "already" in words_of(as_alice.get(url(assigned, "hold/")))


def test_the_client_completes_it_with_times_and_files(as_alice, url, assigned, today):
    today.move_to(assigned.starts_at + 6 * HOUR)
    page = url(assigned, "completion/")
    request = assigned.deliverable_requests.get()
    typed = {"reason": "No signal on site", "resolution": "All swapped.",
             "visit-0-checked_in_at": "2026-11-13T10:00"}  # fmt: skip
    assert "both times" in errors_of(as_alice.post(page, typed))
    typed["visit-0-checked_out_at"] = "2026-11-13T12:00"
    missing = as_alice.post(page, typed)
    assert "Photo of the rack" in errors_of(missing) and "No signal" in missing.content.decode()
    photo = SimpleUploadedFile("rack.txt", b"Port 1", content_type="text/plain")
    answer = as_alice.post(page, typed | {f"files_{request.pk}": photo})
    assert answer["Location"] == url(assigned, "approval/")
    assigned.refresh_from_db()
    assert assigned.status == "pending_approval"
    assert Visit.objects.get().note == "Entered by the client"


def test_everything_the_page_of_completing_names_can_be_done_there(
    as_alice, url, alice, assigned, today, at
):
    """Its checklist led to the worker’s own pages, which answer 403 to a client."""
    number = work.question(assigned, alice, at=at)
    AssignmentField.objects.filter(pk=number.pk).update(required=True)
    today.move_to(assigned.starts_at + 6 * HOUR)
    page = url(assigned, "completion/")
    shown = as_alice.get(page).content.decode()
    for item in as_alice.get(page).context["items"]:
        assert item.url.startswith("#") and f'id="{item.url[1:]}"' in shown, item
    request = assigned.deliverable_requests.get()
    photo = SimpleUploadedFile("rack.txt", b"Port 1", content_type="text/plain")
    typed = {
        "reason": "No signal", "resolution": "Swapped.", f"files_{request.pk}": photo,
        "visit-0-checked_in_at": "2026-11-13T10:00", "visit-0-checked_out_at": "2026-11-13T12:00",
    }  # fmt: skip
    assert number.label in errors_of(as_alice.post(page, typed)), "a field is missing still"
    photo.seek(0)
    answer = as_alice.post(page, typed | {f"own-f{number.pk}": "4711"})
    assert answer["Location"] == url(assigned, "approval/")
    number.refresh_from_db()
    assert (number.value, number.answered_by) == ("4711", alice.user)
    approving = words_of(as_alice.get(url(assigned, "approval/")))
    assert "4711" in approving and "Swapped." in approving
    as_alice.post(url(assigned, "approval/"), {"submitted_at": _submitted_at(assigned)})
    assigned.refresh_from_db()
    assert assigned.status == "paid"


def _submitted_at(assignment) -> str:
    assignment.refresh_from_db()
    return assignment.submitted_at.isoformat()


def test_whoever_completes_it_claims_expenses_and_hours_like_the_worker(
    as_alice, url, alice, wanda, at, today, funds
):
    funds(alice.company, 1000)
    draft = work.draft(
        alice, at=at, pricing="hourly", flat_price=None, hourly_rate=Decimal(40),
        max_hours=Decimal(4),
        deliverables=False, wants_check_in=False,
    )  # fmt: skip
    given = work.assigned(work.sent(draft, alice, at=at), alice, wanda, at=at)
    lifecycle.add_expense(given, amount=Decimal(20), reason="Toll", by=alice, at=at)
    today.move_to(given.starts_at + 6 * HOUR)
    page = url(given, "completion/")
    typed = {"reason": "No signal", "resolution": "Done.", "hours": "2.5", "expenses": "12.40"}
    assert "$20.00 or less" in errors_of(as_alice.post(page, typed | {"expenses": "30"}))
    as_alice.post(page, typed)
    given.refresh_from_db()
    assert (given.hours_claimed, given.amount_claimed) == (Decimal("2.5"), Decimal("112.40"))


def test_releasing_offers_the_agreed_times_only_while_they_can_be_kept(
    as_alice, as_wanda, url, assigned, today
):
    as_alice.post(url(assigned, "hold/"), {"reason": "No power"})
    page = as_alice.get(url(assigned, "release/"))
    assert "At the times agreed" in words_of(page)
    today.move_to(assigned.starts_at + HOUR)
    page = as_alice.post(url(assigned, "release/"), {"how": "keep"})
    assert "Select a valid choice" in errors_of(page)
    page = as_alice.post(url(assigned, "release/"), {"how": "move", "starts_at": "soon"})
    assert "date and a time" in errors_of(page) and "Enter the new time" in errors_of(page)
    past = {"how": "move", "starts_at": "2026-11-01T09:00", "ends_at": "2026-11-01T10:00"}
    assert "has passed" in errors_of(as_alice.post(url(assigned, "release/"), past))
    new = {"how": "move", "starts_at": "2026-11-20T09:00", "ends_at": "2026-11-20T12:00"}
    page = as_alice.post(url(assigned, "release/"), new, follow=True)
    assert "is asked for the new times" in said(page)
    assert "has not answered yet" in words_of(as_alice.get(url(assigned, "release/")))
    assert "off without a mark" in words_of(as_wanda.get(url(assigned)))
    change = assigned.changes.get()
    answer = {"change": change.pk, "act": "decline", "reason": "No"}
    page = as_wanda.post(url(assigned, "changes/"), answer, follow=True)
    assert page.status_code == 200 and "without a mark" in said(page)
    assigned.refresh_from_db()
    assert assigned.status == "sent" and assigned.worker is None
