"""The worker's pages: answering, working, handing in, submitting; once, whatever is pressed."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from assignments import cautions, lifecycle
from assignments.contents import Contents
from assignments.models import Application, Assignment, Decline, Deliverable, Visit
from tests.factories import assignments as work


@pytest.fixture(autouse=True)
def clock(at):
    with time_machine.travel(at, tick=False) as moving:
        yield moving


@pytest.fixture
def wandas(client_of, wanda):
    return client_of(wanda)


@pytest.fixture
def url():
    return lambda assignment, noun="": f"/assignments/{assignment.reference}/{noun}"


@pytest.fixture
def red(monkeypatch):
    """Every client has a caution against it."""
    monkeypatch.setattr(cautions, "_cautions", [lambda assignment: ["satisfaction 60%"]])


def said(response):
    return " ".join(str(message) for message in response.context["messages"])


def applied(wandas, url, sent, **typed):
    data = {"revision": sent.revision, "note": "", **typed}
    return wandas.post(url(sent, "apply/"), data, follow=True)


# Answering


def test_applying_as_posted_is_no_counteroffer(wandas, url, sent):
    response = applied(wandas, url, sent, note="I live next door.")
    made = Application.objects.get()
    assert not made.is_counteroffer and made.terms == sent.terms
    assert made.note == "I live next door."
    assert "Applied: $250.00 flat." in said(response)


def test_a_counteroffer_keeps_the_length_and_names_its_price(wandas, url, sent):
    response = applied(
        wandas, url, sent, pricing="hourly", hourly_rate="60", max_hours="5",
        starts_at="2026-11-15T09:00", expires_at="2026-11-12T18:00",
    )  # fmt: skip
    made = Application.objects.get()
    assert made.is_counteroffer and made.terms.most == Decimal("300.00")
    assert made.ends_at - made.starts_at == sent.ends_at - sent.starts_at
    assert made.starts_at.isoformat() == "2026-11-15T14:00:00+00:00", "typed in the site's zone"
    assert "Counteroffer sent" in said(response)


def test_applying_twice_makes_one_application(wandas, url, sent):
    applied(wandas, url, sent)
    response = applied(wandas, url, sent, flat_price="300")
    assert Application.objects.count() == 1
    assert "applied already" in said(response)


def test_a_red_client_must_be_confirmed_with_its_figures_named(wandas, url, sent, red):
    shown = wandas.get(url(sent, "apply/")).content.decode()
    assert "satisfaction 60%" in shown
    refused = applied(wandas, url, sent)
    assert "red_scorecard_seen" in refused.context["form"].errors
    assert not Application.objects.exists()
    applied(wandas, url, sent, red_scorecard_seen="on")
    assert Application.objects.get().red_scorecard_seen


def test_a_changed_assignment_is_read_again_before_applying(wandas, url, sent, alice, at):
    revision = sent.revision
    lifecycle.edit(sent, Contents({"title": "Something else"}), revision=revision, by=alice, at=at)
    response = wandas.post(url(sent, "apply/"), {"revision": revision, "note": "Kept."})
    content = response.content.decode()
    assert "changed this assignment" in content and "Kept." in content
    assert f'value="{revision + 1}"' in content
    assert not Application.objects.exists()


BAD_BIDS = [
    ({"flat_price": "-5"}, "flat_price"), ({"flat_price": "NaN"}, "flat_price"),
    ({"flat_price": "9" * 30}, "flat_price"), ({"flat_price": "1.999"}, "flat_price"),
    ({"pricing": "barter"}, "pricing"), ({"pricing": "unit", "unit_price": "9"}, "unit_name"),
    ({"pricing": "blended", "first_rate": "60", "first_hours": "2"}, "second_rate"),
    ({"unit_name": "device"}, "unit_name"),
    ({"pricing": "hourly", "hourly_rate": "50"}, "max_hours"),
    ({"pricing": "hourly", "hourly_rate": "x", "max_hours": "2"}, "hourly_rate"),
    ({"pricing": "hourly", "hourly_rate": "9999", "max_hours": "2000"}, "max_hours"),
    ({"hourly_rate": "50"}, "hourly_rate"), ({"starts_at": "2020-01-01T09:00"}, "starts_at"),
    ({"starts_at": "9999-12-31T23:59"}, "starts_at"), ({"starts_at": "soon"}, "starts_at"),
    ({"expires_at": "2026-11-01T09:00"}, "expires_at"), ({"note": "x" * 2001}, "note"),
    ({"note": "a\x00b"}, "note"), ({"revision": "x"}, "revision"), ({"revision": ""}, "revision"),
]  # fmt: skip


@pytest.mark.parametrize("typed, field", BAD_BIDS, ids=lambda value: repr(value)[:40])
def test_a_bad_bid_is_refused_beside_its_field(wandas, url, sent, typed, field):
    note = {"note": "Kept <script>alert(1)</script>"} if "note" not in typed else {}
    response = applied(wandas, url, sent, **(note | typed))
    assert field in response.context["form"].errors
    assert not Application.objects.exists()
    content = response.content.decode()
    assert "<script>alert" not in content
    if note:
        assert "Kept &lt;script&gt;" in content


def test_a_fixed_price_offers_no_other_price(wandas, url, alice, at, funds):
    funds(alice.company, 1000)
    fixed = work.sent(work.draft(alice, at=at, price_is_fixed=True), alice, at=at)
    assert "flat_price" not in wandas.get(url(fixed, "apply/")).context["form"].fields
    applied(wandas, url, fixed, flat_price="900")
    assert Application.objects.get().terms == fixed.terms


def test_withdrawing_and_applying_again(wandas, url, sent):
    applied(wandas, url, sent)
    wandas.post(url(sent, "withdraw/"))
    assert "no application here" in said(wandas.post(url(sent, "withdraw/"), follow=True))
    applied(wandas, url, sent)
    assert sorted(Application.objects.values_list("status", flat=True)) == ["open", "withdrawn"]


def test_declining_tells_why_and_happens_once(wandas, url, sent):
    data = {"reason": "It is too far away.", "words": "Two hours each way."}
    for _ in range(2):
        assert wandas.post(url(sent, "decline/"), data).status_code == 302
    assert Decline.objects.get().reason == "It is too far away. Two hours each way."
    bad = wandas.post(url(sent, "decline/"), {"reason": "made up", "words": "x" * 500})
    assert set(bad.context["form"].errors) == {"reason", "words"}


def test_accepting_first_wins_and_the_other_reads_who_was_quicker(
    wandas, client_of, url, draft, alice, wanda, walt, at, funds
):
    funds(alice.company, 1000)
    sent = work.sent(draft, alice, at=at, first_to_accept=True)
    other = client_of(walt)
    data = {"revision": sent.revision}
    assert "It is yours" in said(wandas.post(url(sent, "accept/"), data, follow=True))
    assert "yours already" in said(wandas.post(url(sent, "accept/"), data, follow=True))
    assert other.post(url(sent, "accept/"), data).status_code == 404
    sent.refresh_from_db()
    assert sent.worker == wanda.worker and sent.status == "assigned"


def test_accepting_where_the_client_chooses_leads_to_applying(wandas, url, sent):
    response = wandas.get(url(sent, "accept/"))
    assert response.status_code == 302 and response["Location"] == url(sent, "apply/")


# Doing the work


def press(wandas, url, assignment, act, seen, **typed):
    data = {"act": act, "seen": seen, **typed}
    return wandas.post(url(assignment, "visits/"), data, follow=True)


def test_checking_in_and_out_with_a_place(wandas, url, assigned, clock):
    place = {"latitude": "39.967", "longitude": "-83.004"}
    press(wandas, url, assigned, "check_in", 0, **place)
    clock.shift(timedelta(hours=2))
    response = press(wandas, url, assigned, "check_out", 1, note="Waited for a key.")
    visit = Visit.objects.get()
    assert (visit.latitude, visit.longitude) == (39.967, -83.004)
    assert visit.hours == Decimal("2.00") and visit.note == "Waited for a key."
    assert "after 2.00 hours" in said(response)


def test_a_place_that_makes_no_sense_counts_as_not_given(wandas, url, assigned):
    press(wandas, url, assigned, "check_in", 0, latitude="north", longitude="900")
    visit = Visit.objects.get()
    assert visit.latitude is None and visit.longitude is None


def test_pressing_twice_and_an_old_tab_make_one_visit(wandas, url, assigned, clock):
    press(wandas, url, assigned, "check_in", 0)
    press(wandas, url, assigned, "check_in", 0)
    assert Visit.objects.count() == 1
    clock.shift(timedelta(hours=1))
    press(wandas, url, assigned, "check_out", 1)
    press(wandas, url, assigned, "check_out", 1)
    response = press(wandas, url, assigned, "check_in", 0)
    assert Visit.objects.count() == 1
    assert "If you are back on site, check in again." in said(response)
    press(wandas, url, assigned, "check_in", 1)
    assert Visit.objects.count() == 2


@pytest.mark.parametrize(
    "data", [{}, {"act": "fly", "seen": 0}, {"act": "check_in", "seen": "x\x00"},
             {"act": "check_in", "seen": "-1"}, {"act": "check_in", "seen": "9" * 30}]
)  # fmt: skip
def test_a_broken_press_does_nothing(wandas, url, assigned, data):
    assert wandas.post(url(assigned, "visits/"), data).status_code == 200
    assert not Visit.objects.exists()


def test_confirming_and_starting_happen_once(wandas, url, alice, wanda, at, funds):
    funds(alice.company, 1000)
    draft = work.draft(
        alice, at=at, wants_confirmation=True, wants_check_in=False, deliverables=False
    )
    assigned = work.assigned(work.sent(draft, alice, at=at), alice, wanda, at=at)
    for noun in ("confirmation/", "start/"):
        assert wandas.get(url(assigned, noun)).status_code == 200
        for _ in range(2):
            assert wandas.post(url(assigned, noun)).status_code == 302
    assigned.refresh_from_db()
    assert assigned.confirmed_at and assigned.status == "in_progress"


def test_starting_where_check_in_is_wanted_says_so(wandas, url, assigned):
    content = wandas.post(url(assigned, "start/")).content.decode()
    assert "Check in when you arrive" in content


# Handing in


def upload(name, content=b"Port 1: till."):
    return SimpleUploadedFile(name, content, content_type="text/plain")


def hand_in(wandas, url, assignment, *files, request=None):
    key = request or assignment.deliverable_requests.get().pk
    data = {"request": key, "files": list(files)}
    return wandas.post(url(assignment, "deliverables/"), data, follow=True)


def test_good_files_are_kept_where_another_is_refused_by_name(wandas, url, in_progress):
    response = hand_in(
        wandas, url, in_progress, upload("a.txt"), upload("bad.exe"), upload("b.txt")
    )
    assert list(Deliverable.objects.order_by("pk").values_list("name", flat=True)) == [
        "a.txt",
        "b.txt",
    ]
    assert "2 files handed in" in said(response) and "bad.exe" in said(response)


REFUSED = [("x.exe", b"MZ"), ("x.pdf", b"no"), ("e.txt", b""), ("x.svg", b"<svg/>"),
           ("x.txt", b"<script>")]  # fmt: skip


@pytest.mark.parametrize("name, content", REFUSED)
def test_refused_files_are_named_beside_the_field(wandas, url, in_progress, name, content):
    response = hand_in(wandas, url, in_progress, upload(name, content))
    assert name in str(response.context["form"].errors["files"])
    assert not Deliverable.objects.exists()


def test_no_file_or_a_request_of_somebody_else_is_refused(wandas, url, in_progress):
    assert "files" in hand_in(wandas, url, in_progress).context["form"].errors
    for key in ("999999", "x", "\x00"):
        response = hand_in(wandas, url, in_progress, upload("a.txt"), request=key)
        assert "request" in response.context["form"].errors


def test_a_file_too_large_is_refused(wandas, url, in_progress, settings):
    settings.MAX_UPLOAD_BYTES = 10
    response = hand_in(wandas, url, in_progress, upload("big.txt"))
    assert "too large" in str(response.context["form"].errors["files"])


def test_who_may_download(client_of, url, submitted, wanda, walt, alice, charlie, olga):
    file = Deliverable.objects.get()
    address = url(submitted, f"deliverables/{file.pk}/")
    expected = {wanda: 200, alice: 200, olga: 200, walt: 404, charlie: 404}
    assert {a: client_of(a).get(address).status_code for a in expected} == expected
    response = client_of(alice).get(address)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client_of(alice).post(address).status_code == 403
    assert client_of(alice).get(url(submitted, f"deliverables/{10**25}/")).status_code == 404


def test_taking_a_file_back_hides_it(wandas, url, in_progress):
    hand_in(wandas, url, in_progress, upload("a.txt"))
    address = url(in_progress, f"deliverables/{Deliverable.objects.get().pk}/")
    wandas.post(address)
    assert wandas.get(address).status_code == 404
    assert wandas.post(address).status_code == 404
    assert Deliverable.objects.get().removed_at


# Submitting


@pytest.fixture
def hourly(alice, wanda, at, funds):
    """Three hours on site, of at most six, at $45."""
    funds(alice.company, 1000)
    draft = work.draft(alice, at=at, pricing="hourly", flat_price=None, deliverables=False,
                       hourly_rate=Decimal(45), max_hours=Decimal(6))  # fmt: skip
    assigned = work.assigned(work.sent(draft, alice, at=at), alice, wanda, at=at)
    lifecycle.check_in(assigned, by=wanda, at=at)
    lifecycle.check_out(assigned, by=wanda, at=at + timedelta(hours=3))
    assigned.refresh_from_db()
    return assigned


def submit(wandas, url, assignment, **typed):
    return wandas.post(url(assignment, "submission/"), {"resolution": "All done.", **typed})


def test_hours_come_from_the_visits_and_may_be_fewer(wandas, url, hourly):
    form = wandas.get(url(hourly, "submission/")).context["form"]
    assert form["hours"].value() == Decimal("3.00")
    assert submit(wandas, url, hourly, hours="2.5").status_code == 302
    hourly.refresh_from_db()
    assert hourly.status == "pending_approval" and hourly.amount_claimed == Decimal("112.50")


@pytest.mark.parametrize(
    "typed, field, words",
    [
        ({"hours": "7"}, "hours", "At most 6 hours are agreed"),
        ({"hours": "4"}, "hours", "Your visits come to"),
        ({"hours": "-1"}, "hours", "greater than or equal"),
        ({"hours": "NaN"}, "hours", "number"),
        ({"hours": ""}, "hours", "Fill this in"),
        ({"hours": "1", "amount": "45.01"}, "amount", "$45.00 or less"),
        ({"hours": "1", "amount": "-1"}, "amount", "negative"),
        ({"hours": "1", "resolution": ""}, "resolution", "Fill this in"),
        ({"hours": "1", "resolution": "x" * 5001}, "resolution", "at most"),
        ({"hours": "1", "resolution": "a\x00"}, "resolution", "Null"),
    ],
)
def test_a_claim_that_is_too_much_is_refused_with_words(wandas, url, hourly, typed, field, words):
    response = submit(wandas, url, hourly, **typed)
    assert words in str(response.context["form"].errors[field])
    assert Assignment.objects.get(pk=hourly.pk).status == "in_progress"


def test_asking_for_less_is_possible(wandas, url, hourly):
    submit(wandas, url, hourly, hours="3", amount="100")
    hourly.refresh_from_db()
    assert hourly.amount_claimed == Decimal("100.00")


@pytest.fixture
def by_the_unit(alice, wanda, at, funds):
    """At most forty devices at $12, work begun."""
    funds(alice.company, 1000)
    draft = work.draft(alice, at=at, deliverables=False, wants_check_in=False, **work.BY_THE_UNIT)
    assigned = work.assigned(work.sent(draft, alice, at=at), alice, wanda, at=at)
    return lifecycle.start(assigned, by=wanda, at=at)


def test_units_are_claimed_and_paid_by_their_number(wandas, url, by_the_unit, alice, at):
    page = wandas.get(url(by_the_unit, "submission/"))
    assert "hours" not in page.context["form"].fields
    assert "At most 40 × device." in page.content.decode()

    assert submit(wandas, url, by_the_unit, units="31").status_code == 302

    by_the_unit.refresh_from_db()
    assert (by_the_unit.units_claimed, by_the_unit.amount_claimed) == (31, Decimal("372.00"))
    done = lifecycle.approve(by_the_unit, by=alice, at=at + timedelta(days=4))
    line = done.invoice.lines.get(kind="units")
    assert (line.quantity, line.unit_price, line.amount) == (31, 12, Decimal("372.00"))
    assert line.description.endswith("device")


@pytest.mark.parametrize(
    "typed, field, words",
    [
        ({"units": "41"}, "units", "At most 40 × device are agreed"),
        ({"units": "0"}, "units", "greater than or equal"),
        ({"units": "x"}, "units", "number"),
        ({"units": "1e9999"}, "units", "9 digits"),
        ({}, "units", "Fill this in"),
        ({"units": "2", "amount": "24.01"}, "amount", "$24.00 or less"),
    ],
)
def test_a_claim_of_too_many_units_is_refused(wandas, url, by_the_unit, typed, field, words):
    response = submit(wandas, url, by_the_unit, **typed)
    assert response.status_code == 200
    assert words in str(response.context["form"].errors[field])
    assert Assignment.objects.get(pk=by_the_unit.pk).status == "in_progress"


def test_two_rates_bill_two_lines(alice, wanda, wandas, url, at, funds):
    funds(alice.company, 1000)
    draft = work.draft(alice, at=at, deliverables=False, wants_check_in=False, **work.TWO_RATES)
    assigned = work.assigned(work.sent(draft, alice, at=at), alice, wanda, at=at)
    begun = lifecycle.start(assigned, by=wanda, at=at)

    assert submit(wandas, url, begun, hours="3.5").status_code == 302

    begun.refresh_from_db()
    done = lifecycle.approve(begun, by=alice, at=at + timedelta(days=4))
    lines = done.invoice.lines.filter(kind="hours").order_by("pk")
    assert [(line.quantity, line.unit_price, line.amount) for line in lines] == [
        (Decimal(2), Decimal(60), Decimal("120.00")),
        (Decimal("1.5"), Decimal(40), Decimal("60.00")),
    ]


def test_what_is_missing_is_named_and_what_was_typed_is_kept(wandas, url, in_progress):
    response = submit(wandas, url, in_progress, resolution="Half done.")
    content = response.content.decode()
    assert "Before you can submit" in content and "Half done." in content
    assert not response.context["complete"]


def test_submitting_twice_submits_once_and_says_so(wandas, url, hourly):
    submit(wandas, url, hourly, hours="3")
    response = wandas.post(
        url(hourly, "submission/"), {"hours": "1", "resolution": "Again."}, follow=True
    )
    assert "pending approval" in said(response)
    hourly.refresh_from_db()
    assert hourly.hours_claimed == Decimal("3.00")


def test_what_was_sent_back_keeps_its_words_and_says_put_right(wandas, url, hourly, alice, at):
    submit(wandas, url, hourly, hours="3", resolution="All six are up.")
    hourly.refresh_from_db()
    lifecycle.send_back(
        hourly, note="No photo", missing=["A photo"], by=alice, at=at + timedelta(days=4)
    )
    page = wandas.get(url(hourly, "submission/")).content.decode()
    assert "All six are up." in page and "No photo" in page
    assert [row.mark for row in wandas.get("/work/mine/").context["rows"]] == ["Put right"]
    item = hourly.send_backs.get().items.get()
    wandas.post(url(hourly, f"missing/{item.pk}/"), {"done": "on"})
    assert [row.mark for row in wandas.get("/work/mine/").context["rows"]] == ["Submit"]
    assert "Everything is put right" in wandas.get(url(hourly)).content.decode()


# My work


def test_each_tab_holds_what_it_says(wandas, alice, wanda, at):
    for stage in ("assigned", "in_progress", "pending_approval", "invoiced", "paid", "cancelled"):
        work.in_stage(stage, alice, wanda, at=at, title=stage)
    asked = work.draft(alice, at=at, title="asked", deliverables=False)
    bid = work.draft(alice, at=at, title="bid", deliverables=False)
    work.sent(asked, alice, at=at, on_marketplace=False, workers=[wanda.worker])
    lifecycle.apply(work.sent(bid, alice, at=at), by=wanda, at=at)

    def shown(tab):
        return {row.title for row in wandas.get(f"/work/mine/?tab={tab}").context["rows"]}

    assert shown("todo") == {"assigned", "in_progress"}
    assert shown("waiting") == {"pending_approval", "invoiced"}
    assert shown("done") == {"paid", "cancelled"}
    assert shown("invitations") == {"asked"}
    assert shown("applied") == {"bid"}
    assert shown("\x00nonsense") == shown("todo")


def test_the_next_start_stands_first(wandas, alice, wanda, at):
    for days in (5, 2, 9):
        start = at + timedelta(days=days)
        times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
        work.in_stage("assigned", alice, wanda, at=at, title=f"in {days}", **times)
    rows = wandas.get("/work/mine/").context["rows"]
    assert [row.title for row in rows] == ["in 2", "in 5", "in 9"]


@pytest.mark.parametrize("tab", ["todo", "invitations", "applied", "waiting", "done"])
def test_my_work_costs_the_same_for_one_and_for_many(
    wandas, alice, wanda, at, tab, django_assert_max_num_queries
):
    def more():
        for stage in ("assigned", "in_progress", "invoiced", "paid"):
            work.in_stage(stage, alice, wanda, at=at)
        for routing in ({"workers": [wanda.worker]}, {}):
            draft = work.draft(alice, at=at, deliverables=False)
            sent = work.sent(draft, alice, at=at, **routing)
            if not routing:
                lifecycle.apply(sent, by=wanda, at=at)

    more()
    wandas.get(f"/work/mine/?tab={tab}")
    with django_assert_max_num_queries(10) as one:
        wandas.get(f"/work/mine/?tab={tab}")
    for _ in range(5):
        more()
    with django_assert_max_num_queries(10) as many:
        wandas.get(f"/work/mine/?tab={tab}")
    assert len(one) == len(many)


PAGES = ["apply/", "accept/", "withdraw/", "decline/", "confirmation/", "start/", "visits/",
         "deliverables/", "submission/"]  # fmt: skip


@pytest.mark.parametrize("noun", PAGES)
def test_a_page_opened_too_late_leads_back_with_words(wandas, url, alice, wanda, at, noun):
    paid = work.in_stage("paid", alice, wanda, at=at)
    response = wandas.get(url(paid, noun), follow=True)
    assert response.status_code == 200
    assert said(response)


@pytest.mark.parametrize("noun", PAGES)
def test_other_sides_cannot_act_for_the_worker(client_of, url, assigned, alice, charlie, noun):
    assert client_of(alice).get(url(assigned, noun)).status_code == 403
    assert client_of(charlie).get(url(assigned, noun)).status_code == 404
