"""Writing an assignment down in the browser: what is kept, refused, shown and saved once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from assignments import quoting
from assignments.models import Assignment
from tests.assignments.pages import HOSTILE, errors_of, follow, hidden, said, typed
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NEW = "/assignments/new/"
EVERY_FIELD = (
    "title", "industry", "owner", "description", "skills", "special_instructions", "place",
    "site_name", "street", "postal_code", "city", "region", "contact_name", "contact_phone",
    "time_zone", "schedule", "starts_at", "ends_at", "pricing", "flat_price", "hourly_rate",
    "max_hours", "unit_price", "max_units", "unit_name", "first_rate", "first_hours",
    "second_rate", "second_hours", "entered_as", "price_is_fixed", "terms_days", "wants_check_in",
    "wants_confirmation",
    "confirm_hours_before", "reference", "wanted-TOTAL_FORMS", "wanted-INITIAL_FORMS",
    "wanted-0-title", "wanted-0-count", "wanted-0-instructions", "wanted-0-due_at",
)  # fmt: skip


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


def post_new(as_alice, **changes):
    return as_alice.post(NEW, typed(reference=hidden(as_alice, NEW, "reference"), **changes))


def test_a_posting_becomes_a_draft_with_place_zone_and_deliverables(as_alice, alice):
    page = follow(as_alice, post_new(as_alice))
    made = Assignment.objects.get()
    assert page.status_code == 200 and "saved" in said(page)
    assert (made.status, made.company, made.owner) == ("draft", alice.company, alice.user)
    assert (made.city, made.region, made.time_zone) == ("Columbus", "OH", "America/New_York")
    assert made.latitude == pytest.approx(39.96, abs=0.1)
    assert made.starts_at == datetime(2026, 11, 13, 14, tzinfo=UTC)
    assert (made.budget, made.fee_rate) == (Decimal("375.00"), Decimal("0.10"))
    assert made.skills == ["Wi-Fi", "cabling"]
    wanted = made.deliverable_requests.get()
    assert (wanted.title, wanted.count) == ("Photo of each access point", 2)


def test_the_zone_follows_the_zip_code_of_the_site(as_alice):
    post_new(as_alice, postal_code="85001", time_zone="America/New_York")
    made = Assignment.objects.get()
    assert made.time_zone == "America/Phoenix"
    assert made.starts_at == datetime(2026, 11, 13, 16, tzinfo=UTC)


def test_remote_work_keeps_no_address_and_takes_the_chosen_zone(as_alice):
    post_new(as_alice, place="remote", time_zone="America/Los_Angeles", postal_code="nonsense")
    made = Assignment.objects.get()
    assert (made.on_site, made.street, made.postal_code, made.latitude) == (False, "", "", None)
    assert made.starts_at == datetime(2026, 11, 13, 17, tzinfo=UTC)


def test_hourly_work_keeps_no_flat_price(as_alice):
    post_new(as_alice, pricing="hourly", flat_price="oops", hourly_rate="45", max_hours="6.5")
    made = Assignment.objects.get()
    assert (made.flat_price, made.hourly_rate, made.budget) == (None, 45, Decimal("292.50"))


def test_work_by_the_unit_keeps_only_its_own_fields(as_alice):
    post_new(as_alice, pricing="unit", unit_price="12", max_units="40", unit_name=" device ",
             hourly_rate="oops")  # fmt: skip
    made = Assignment.objects.get()
    assert (made.flat_price, made.hourly_rate, made.unit_name) == (None, None, "device")
    assert made.budget == Decimal("480.00")
    assert made.terms.sentence() == "$12.00 per device, up to 40"


def test_work_at_two_rates_adds_both_up(as_alice):
    post_new(as_alice, pricing="blended", first_rate="60", first_hours="2", second_rate="40",
             second_hours="4.5")  # fmt: skip
    made = Assignment.objects.get()
    assert made.budget == Decimal("300.00")
    words = "$60.00 an hour for the first 2 hours, then $40.00 an hour for up to 4.5 more"
    assert made.terms.sentence() == words


@pytest.mark.parametrize(
    "typed_price, pay, total",
    [
        ({"flat_price": "375"}, "340.91", "375.00"),
        ({"flat_price": "0.01"}, "0.01", "0.01"),
        ({"pricing": "hourly", "hourly_rate": "55", "max_hours": "6"}, "300.00", "330.00"),
        ({"pricing": "unit", "unit_price": "1", "max_units": "7", "unit_name": "tag"},
         "6.30", "6.93"),
    ],
)  # fmt: skip
def test_total_spend_leaves_the_worker_the_most_that_fits(as_alice, typed_price, pay, total):
    post_new(as_alice, entered_as="total", **typed_price)
    made = Assignment.objects.get()
    assert made.budget == Decimal(pay)
    assert quoting.of_budget(made).total == Decimal(total)


def test_the_other_side_of_the_price_is_shown_beside_it(as_alice):
    headers = {"HX-Request": "true", "HX-Target": "posting-aside"}
    page = as_alice.post(NEW, typed(entered_as="total"), headers=headers).content.decode()
    live = page[page.index('id="price-live"') :]
    assert "hx-swap-oob" in page and "$340.91 flat" in live and "$375.00" in live


def test_a_total_too_small_for_any_pay_is_refused_beside_the_rate(as_alice):
    page = post_new(as_alice, entered_as="total", pricing="hourly", hourly_rate="0.01",
                    max_hours="2")  # fmt: skip
    assert "Nothing is left of this for the worker" in errors_of(page)
    assert not Assignment.objects.exists()


def test_an_edited_price_is_shown_as_what_the_worker_gets(as_alice):
    post_new(as_alice, entered_as="total")
    form = as_alice.get(f"/assignments/{Assignment.objects.get().reference}/edit/").context["sheet"]
    assert form.form["flat_price"].value() == Decimal("340.91")
    assert form.form["entered_as"].value() == "pay"


def test_sending_the_form_twice_makes_one_assignment_and_says_so(as_alice, today):
    reference = hidden(as_alice, NEW, "reference")
    as_alice.post(NEW, typed(reference=reference))
    today.shift(2)
    page = follow(as_alice, as_alice.post(NEW, typed(reference=reference, title="Changed after")))
    assert Assignment.objects.count() == 1
    assert "was saved before" in said(page)


def test_a_page_without_its_reference_is_refused_once_and_then_works(as_alice):
    page = as_alice.post(NEW, typed(reference="made-up"))
    assert page.status_code == 200 and "out of date" in errors_of(page)
    again = page.context["sheet"].form["reference"].value()
    assert as_alice.post(NEW, typed(reference=again)).status_code == 302
    assert Assignment.objects.count() == 1


def test_somebody_elses_reference_is_not_taken(as_alice, charlie, client_of):
    stolen = hidden(client_of(charlie), NEW, "reference")
    assert "out of date" in errors_of(as_alice.post(NEW, typed(reference=stolen)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Title: Fill this in."),
        ({"title": "x" * 121}, "at most 120 characters"),
        ({"title": "a\x00b"}, "signs that print"),
        ({"industry": "999999"}, "Industry"),
        ({"owner": "999999"}, "Who looks after it"),
        ({"description": ""}, "Description"),
        ({"description": "x" * 10_001}, "at most 10000 characters"),
        ({"skills": ",".join(f"skill {n}" for n in range(21))}, "at most 20"),
        ({"skills": "x" * 41}, "is too long"),
        ({"street": ""}, "Enter the street and number"),
        ({"postal_code": ""}, "Enter the ZIP code"),
        ({"postal_code": "99999"}, "cannot find this ZIP code"),
        ({"postal_code": "４３２１５"}, "cannot find this ZIP code"),
        ({"region": "NY"}, "is in OH"),
        ({"place": "remote", "time_zone": ""}, "Choose the time zone"),
        ({"place": "remote", "time_zone": "Mars/Base"}, "Time zone"),
        ({"place": "moon"}, "Where is the work done"),
        ({"starts_at": "2026-11-09T09:00"}, "This is in the past"),
        ({"starts_at": "soon"}, "Enter a date and a time"),
        ({"starts_at": "0001-01-01T00:00"}, "Start"),
        ({"starts_at": "9999-12-31T23:59"}, "Start"),
        ({"starts_at": "2030-11-13T09:00", "ends_at": "2030-11-13T13:00"}, "next two years"),
        ({"ends_at": "2026-11-13T09:00"}, "must come after the start"),
        ({"ends_at": "2026-11-12T09:00"}, "must come after the start"),
        ({"ends_at": "2027-11-13T09:00"}, "within 180 days"),
        ({"starts_at": "2027-03-14T02:30", "ends_at": "2027-03-14T09:00"}, "clocks go forward"),
        ({"flat_price": ""}, "Enter the price"),
        ({"flat_price": "-5"}, "cannot be negative"),
        ({"flat_price": "0"}, "$0.01 or more"),
        ({"flat_price": "1000000.01"}, "or less"),
        ({"flat_price": "1e9999999"}, "or less"),
        ({"flat_price": "10.001"}, "two digits"),
        ({"flat_price": "NaN"}, "Enter an amount"),
        ({"flat_price": "many"}, "Enter an amount"),
        ({"pricing": "hourly"}, "Enter the rate"),
        ({"pricing": "hourly", "hourly_rate": "45"}, "Enter the most hours that are paid"),
        ({"pricing": "hourly", "hourly_rate": "9000", "max_hours": "2000"}, "more than $1,000,000"),
        ({"pricing": "hourly", "hourly_rate": "45", "max_hours": "-3"}, "Most hours"),
        ({"pricing": "unit", "unit_price": "9", "max_units": "3"}, "what one unit is"),
        (
            {"pricing": "unit", "unit_price": "9", "max_units": "3", "unit_name": "a\x00"},
            "One unit",
        ),
        (
            {"pricing": "unit", "unit_price": "99999", "max_units": "100000", "unit_name": "tag"},
            "more than $1,000,000",
        ),
        ({"pricing": "blended", "first_rate": "60", "first_hours": "2"}, "each hour after them"),
        ({"entered_as": "gold"}, "The amounts you enter are"),
        ({"pricing": "barter"}, "How is the worker paid"),
        ({"terms_days": "13"}, "When is it paid"),
        ({"wants_confirmation": "on", "confirm_hours_before": "0"}, "Confirmation asked for"),
        ({"wanted-0-title": "", "wanted-0-instructions": "All of them"}, "Say what is to be"),
        ({"wanted-0-count": "0"}, "How many files"),
        ({"wanted-0-count": "lots"}, "How many files"),
        ({"wanted-0-due_at": "2026-11-12T09:00"}, "before the start"),
        ({"wanted-0-due_at": "whenever"}, "Enter a date and a time"),
        ({"wanted-TOTAL_FORMS": "hello"}, "out of date"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_lost(
    as_alice, changes, sentence
):
    page = post_new(as_alice, **changes)
    assert page.status_code == 200
    assert sentence in errors_of(page)
    assert not Assignment.objects.exists()
    shown = page.content.decode()
    for kept in ("Ask for Priya at the counter.", "Store 114"):
        assert kept in shown
    if "title" not in changes:
        assert "Replace two access points" in shown
    if "wanted-TOTAL_FORMS" not in changes and "wanted-0-title" not in changes:
        assert "Photo of each access point" in shown


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_input_in_every_field_at_once_is_answered_with_words(as_alice, poison):
    reference = hidden(as_alice, NEW, "reference")
    poisoned = dict.fromkeys(EVERY_FIELD, poison)
    page = as_alice.post(NEW, poisoned | {"reference": reference, "save": "yes"})
    assert page.status_code == 200 and errors_of(page)
    for choices in (
        {"place": "on_site", "pricing": "flat"},
        {"place": "remote", "pricing": "hourly"},
    ):
        fields = poisoned | choices | {"schedule": "fixed", "reference": reference}
        assert as_alice.post(NEW, fields).status_code == 200
    headers = {"HX-Request": "true", "HX-Target": "posting-aside"}
    assert as_alice.post(NEW, poisoned, headers=headers).status_code == 200
    assert as_alice.post(NEW, poisoned | {"add": "rows"}).status_code == 200


def test_no_single_field_is_a_way_to_crash_the_page(as_alice):
    reference = hidden(as_alice, NEW, "reference")
    for name in EVERY_FIELD:
        page = as_alice.post(NEW, typed(reference=reference) | {name: "\x00"})
        assert page.status_code in (200, 302), name


def test_script_in_a_text_is_shown_as_text(as_alice):
    post_new(as_alice, title="<script>alert(1)</script> & more", description="<img src=x>" * 3)
    made = Assignment.objects.get()
    page = as_alice.get(reverse("assignments:edit", args=[made.reference])).content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
    assert "<img src=x>" not in page


def test_more_rows_can_be_asked_for_without_a_script_and_nothing_is_judged(as_alice):
    page = as_alice.post(NEW, typed(add="rows", title="", reference="", save=None))
    shown = page.content.decode()
    assert page.status_code == 200 and not errors_of(page)
    assert 'name="wanted-5-title"' in shown and "Photo of each access point" in shown
    assert "$412.50" in shown
    assert not Assignment.objects.exists()


def test_the_figures_beside_the_form_follow_what_is_typed(as_alice):
    headers = {"HX-Request": "true", "HX-Target": "posting-aside"}
    page = as_alice.post(NEW, typed(flat_price="99.99", title=""), headers=headers)
    shown = page.content.decode()
    assert "$99.99" in shown and "$10.00" in shown and "$109.99" in shown
    assert "<form" not in shown and not Assignment.objects.exists()


def test_the_form_of_an_incomplete_posting_names_what_is_missing(as_alice):
    shown = as_alice.get(NEW).content.decode()
    assert "Whom to ask for on site" in shown and "Deliverables" in shown


def test_editing_changes_the_draft_and_its_deliverables(as_alice, draft):
    url = reverse("assignments:edit", args=[draft.reference])
    revision = hidden(as_alice, url, "revision")
    page = as_alice.post(url, typed(revision=revision, flat_price="400"))
    draft.refresh_from_db()
    assert page.status_code == 302
    assert (draft.title, draft.budget) == ("Replace two access points", 400)
    assert draft.deliverable_requests.get().count == 2


def test_saving_an_edit_twice_is_no_conflict(as_alice, draft):
    url = reverse("assignments:edit", args=[draft.reference])
    revision = hidden(as_alice, url, "revision")
    as_alice.post(url, typed(revision=revision))
    assert as_alice.post(url, typed(revision=revision)).status_code == 302
    draft.refresh_from_db()
    assert draft.revision == 1


def test_an_edit_of_what_somebody_else_changed_is_refused_and_kept_on_the_page(as_alice, draft):
    url = reverse("assignments:edit", args=[draft.reference])
    revision = hidden(as_alice, url, "revision")
    as_alice.post(url, typed(revision=revision, title="The first to save wins"))
    page = as_alice.post(url, typed(revision=revision, title="The second is told"))
    assert "Somebody else changed" in errors_of(page)
    assert "The second is told" in page.content.decode()
    draft.refresh_from_db()
    assert draft.title == "The first to save wins"


def test_the_terms_of_a_sent_assignment_stay(as_alice, sent):
    url = reverse("assignments:edit", args=[sent.reference])
    as_alice.post(url, typed(revision=hidden(as_alice, url, "revision"), terms_days="30"))
    sent.refresh_from_db()
    assert (sent.terms_days, sent.title) == (0, "Replace two access points")


def test_a_dearer_sent_assignment_says_how_much_is_missing(as_alice, sent):
    url = reverse("assignments:edit", args=[sent.reference])
    page = as_alice.post(
        url, typed(revision=hidden(as_alice, url, "revision"), flat_price="2000.00")
    )
    assert "short" in errors_of(page) and "$1,200.00" in page.content.decode()
    sent.refresh_from_db()
    assert sent.budget == 250


def test_an_assignment_under_way_is_not_edited_but_says_why(as_alice, assigned):
    page = as_alice.get(reverse("assignments:edit", args=[assigned.reference]), follow=True)
    assert page.redirect_chain[-1][0] == assigned.get_absolute_url()
    assert "no longer possible" in said(page)


def test_the_preview_shows_what_a_worker_sees_and_not_what_only_the_assigned_one_does(
    as_alice, draft
):
    shown = as_alice.get(reverse("assignments:preview", args=[draft.reference])).content.decode()
    assert draft.title in shown and "Photo of the rack" in shown and "$275.00" in shown
    assert "Ask for Priya" not in shown and "12 High Street" not in shown


def test_who_may_write_assignments(client_of, dirk, abel, cody, wanda, charlie, draft):
    edit = reverse("assignments:edit", args=[draft.reference])
    assert client_of(dirk).get(NEW).status_code == 200
    for actor in (abel, cody, wanda):
        assert client_of(actor).get(NEW).status_code == 403
    assert client_of(abel).get(edit).status_code == 403
    assert client_of(charlie).get(edit).status_code == 404


def test_a_draft_of_another_company_cannot_be_had_by_its_reference(as_alice, charlie, at):
    theirs = work.draft(charlie, at=at)
    url = reverse("assignments:edit", args=[theirs.reference])
    assert as_alice.post(url, typed(revision="0")).status_code == 404
