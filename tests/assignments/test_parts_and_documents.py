"""What the client hands over: documents for everybody or the worker alone, parts and their way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activity import reactions
from assignments import contents, lifecycle
from assignments.contents import Contents, GivenPart, PartUnderWay
from assignments.models import Assignment, Document, Part
from core.errors import DomainError
from tests.assignments.pages import HOSTILE, errors_of, hidden, typed, words_of
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NEW = "/assignments/new/"
SWITCH = {
    "parts-TOTAL_FORMS": "2", "parts-INITIAL_FORMS": "0", "parts-0-name": "Switch",
    "parts-0-number": "SW-24", "parts-0-value": "412.50", "parts-0-return_wanted": "on",
    "parts-1-name": "",
}  # fmt: skip


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


def plan(name="plan.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"The rack stands left of the door.", content_type="text/plain")


def post_new(as_alice, **changes):
    return as_alice.post(NEW, typed(reference=hidden(as_alice, NEW, "reference"), **changes))


def with_switch(alice, at, **fields) -> Assignment:
    draft = work.draft(alice, at=at, **fields)
    part = GivenPart("Switch", "SW-24", Decimal("412.50"), return_wanted=True)
    return lifecycle.edit(draft, Contents(parts=(part,)), revision=0, by=alice, at=at)


def test_parts_and_documents_are_kept_with_the_posting(as_alice):
    files = {"document-files": [plan(), plan("door code.txt")], "document-audience": "worker"}
    post_new(as_alice, **SWITCH, **files)
    made = Assignment.objects.get()
    part = made.parts.get()
    assert (part.name, part.value, part.return_wanted) == ("Switch", Decimal("412.50"), True)
    assert [str(row) for row in made.documents.order_by("position")] == [
        "plan.txt",
        "door code.txt",
    ]
    assert {row.audience for row in made.documents.all()} == {"worker"}
    shown = words_of(as_alice.get(made.get_absolute_url()))
    assert "plan.txt" in shown and "Switch SW-24 · not shipped yet To be returned" in shown


def test_a_file_survives_an_error_elsewhere_on_the_page(as_alice):
    page = post_new(as_alice, title="", **{"document-files": [plan()]})
    assert "plan.txt" in page.content.decode() and not Document.objects.exists()
    token = hidden(as_alice, NEW, "reference"), page.context["sheet"].documents.rows[0]["token"]
    as_alice.post(NEW, typed(reference=token[0], document=token[1], document_private="0"))
    made = Document.objects.get()
    assert (made.name, made.audience) == ("plan.txt", "worker")
    with made.file.open("rb") as stored:
        assert b"left of the door" in stored.read()


def test_files_that_cannot_be_are_named_and_the_good_ones_stay(as_alice):
    page = post_new(as_alice, **{"document-files": [plan(), plan("virus.exe")]})
    assert "virus.exe" in errors_of(page) and "plan.txt" in page.content.decode()
    assert not Assignment.objects.exists()
    page = post_new(as_alice, **{"document-files": [plan(f"{n}.txt") for n in range(11)]})
    assert "at most 10 files" in errors_of(page)


def test_a_token_of_another_company_or_made_up_brings_nothing(as_alice, charlie, client_of):
    theirs = client_of(charlie)
    fields = typed(title="", **{"document-files": [plan("secret.txt")]})
    token = theirs.post(NEW, fields).context["sheet"].documents.rows[0]["token"]
    for stolen in (token, "made:up", "\x00", "x" * 20_000):
        post_new(as_alice, document=stolen)
    assert not Document.objects.exists()


def test_documents_are_taken_off_and_parts_change_in_place(as_alice, alice, at):
    made = with_switch(alice, at)
    part, document = made.parts.get(), work.document(made)
    url = reverse("assignments:edit", args=[made.reference])
    page = as_alice.get(url)
    token = page.context["sheet"].documents.rows[0]["token"]
    changed = {**SWITCH, "parts-0-key": part.pk, "parts-0-name": "Bigger switch"}
    fields = typed(revision=hidden(as_alice, url, "revision"), document=token,
                   document_removed="0", **changed)  # fmt: skip
    as_alice.post(url, fields)
    assert not Document.objects.filter(pk=document.pk).exists()
    assert made.parts.get().pk == part.pk and made.parts.get().name == "Bigger switch"
    assert as_alice.post(url, fields).status_code == 302, "sent twice is no conflict"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"parts-0-name": ""}, "Say what this is"),
        ({"parts-0-name": "x" * 121}, "at most 120"),
        ({"parts-0-value": "much"}, "Enter an amount"),
        ({"parts-0-value": "-1"}, "cannot be negative"),
        ({"parts-TOTAL_FORMS": "x"}, "out of date"),
    ],
)
def test_parts_that_cannot_be_are_refused_beside_their_field(as_alice, changes, sentence):
    page = post_new(as_alice, **{**SWITCH, **changes})
    assert page.status_code == 200 and sentence in errors_of(page)


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_parts_and_documents_are_answered_with_words(as_alice, assigned, poison):
    fields = dict.fromkeys(SWITCH, poison) | dict.fromkeys(
        ("document", "document_private", "document_removed", "document-audience",
         "document-files", "add_documents"), poison,
    )  # fmt: skip
    assert as_alice.post(NEW, typed(**fields)).status_code == 200
    url = reverse("assignments:parts", args=[assigned.reference])
    assert as_alice.get(url, {"part": poison}).status_code == 200
    step = {"act": poison, "part": poison, "carrier": poison, "tracking": poison}
    assert as_alice.post(url, step).status_code == 404
    part = assigned.parts.create(name="Switch")
    step = {"act": "ship", "part": part.pk, "carrier": poison, "tracking": poison}
    assert as_alice.post(url, step).status_code in (200, 302)


def test_a_part_travels_there_and_back_and_each_side_hears_of_it(
    client_of, alice, wanda, at, funds, today
):
    funds(alice.company, 1000)
    made = with_switch(alice, at)
    work.assigned(work.sent(made, alice, at=at), alice, wanda, at=at)
    part, url = made.parts.get(), reverse("assignments:parts", args=[made.reference])
    client, worker = client_of(alice), client_of(wanda)

    def step(browser, act, **more):
        page = browser.post(url, {"act": act, "part": part.pk, **more}, follow=True)
        part.refresh_from_db()
        return words_of(page)

    assert "Mark as shipped" in words_of(client.get(url))
    step(client, "ship", carrier="UPS", tracking="1Z999")
    assert "1Z999" in words_of(worker.get(url))
    step(worker, "receive")
    assert part.received_at and part.whereabouts == "with the worker"
    assert "Return: Switch" in words_of(worker.get(made.get_absolute_url()))
    work.in_progress(Assignment.objects.get(pk=made.pk), wanda)
    step(worker, "return", carrier="FedEx", tracking="77")
    step(worker, "return", carrier="FedEx", tracking="78")
    assert part.return_tracking == "78"
    assert "Received back" in step(client, "take_back") and part.back_at
    assert "We have it back" not in words_of(client.get(url))
    history = words_of(client.get(made.get_absolute_url()))
    for sentence in ("sent Switch on its way", "received Switch", "sent Switch back",
                     "received Switch back"):  # fmt: skip
        assert sentence in history
    while reactions.dispatch(at=at):
        pass
    told = [str(notice.title) for notice in wanda.user.notices.all()]
    assert any("sent Switch for" in title for title in told)
    assert any("sent Switch back" in notice.title for notice in alice.user.notices.all())


def test_a_step_that_is_not_yours_or_not_possible_is_refused(
    client_of, alice, wanda, walt, at, funds
):
    funds(alice.company, 1000)
    made = with_switch(alice, at)
    sent = work.sent(made, alice, at=at)
    part, url = made.parts.get(), reverse("assignments:parts", args=[made.reference])
    assert client_of(walt).get(url).status_code == 403
    assert client_of(alice).post(url, {"act": "receive", "part": part.pk}).status_code == 403
    work.assigned(sent, alice, wanda, at=at)
    other = work.draft(alice, at=at).parts.create(name="Elsewhere")
    assert client_of(alice).post(url, {"act": "ship", "part": other.pk}).status_code == 404
    part.return_wanted = False
    part.save()
    Assignment.objects.filter(pk=made.pk).update(status="in_progress", started_at=at)
    with pytest.raises(DomainError, match="not asked for back"):
        lifecycle.take_back(part, by=alice, at=at)
    with pytest.raises(DomainError, match="does not want"):
        lifecycle.return_part(part, carrier="", tracking="", by=wanda, at=at)


def test_a_part_on_its_way_stays_on_the_posting(alice, at, funds):
    funds(alice.company, 1000)
    made = work.sent(with_switch(alice, at), alice, at=at)
    lifecycle.ship(made.parts.get(), carrier="UPS", tracking="1Z", by=alice, at=at)
    with pytest.raises(PartUnderWay, match="already on its way"):
        lifecycle.edit(made, Contents(parts=()), revision=1, by=alice, at=at)
    assert made.parts.count() == 1


def test_what_is_for_the_assigned_worker_is_hidden_before_assignment(
    client_of, alice, wanda, walt, sent, at
):
    public, private = (work.document(sent, audience=who) for who in ("everybody", "worker"))
    Document.objects.filter(pk=private.pk).update(name="door code.txt")
    sent.parts.create(name="Switch", carrier="UPS", tracking="1Z999")
    looking = client_of(walt)
    shown = words_of(looking.get(sent.get_absolute_url()))
    assert "plan.txt" in shown and "door code.txt" not in shown
    assert "Switch" in shown and "1Z999" not in shown

    def answer(browser, row):
        url = reverse("assignments:document", args=[sent.reference, row.pk])
        return browser.get(url).status_code

    assert (answer(looking, public), answer(looking, private)) == (200, 403)
    preview = client_of(alice).get(reverse("assignments:preview", args=[sent.reference]))
    assert "plan.txt" in words_of(preview) and "door code.txt" not in words_of(preview)
    work.assigned(sent, alice, wanda, at=at)
    assert "door code.txt" in words_of(client_of(wanda).get(sent.get_absolute_url()))
    assert answer(client_of(wanda), private) == 200


def test_a_copy_has_documents_and_parts_of_its_own_not_shipped_yet(alice, at):
    made = with_switch(alice, at)
    work.document(made)
    Part.objects.update(carrier="UPS", tracking="1Z", shipped_at=at)
    copy = lifecycle.duplicate(made, by=alice, at=at)
    assert contents.of(copy).documents == contents.of(made).documents
    part = copy.parts.get()
    assert (part.name, part.tracking, part.shipped_at) == ("Switch", "", None)
    lifecycle.delete(copy, by=alice, at=at)
    assert made.parts.count() == made.documents.count() == 1


def test_the_parts_page_costs_the_same_for_many(as_alice, assigned, django_assert_max_num_queries):
    url = reverse("assignments:parts", args=[assigned.reference])
    assigned.parts.create(name="One")
    with django_assert_max_num_queries(12) as one:
        as_alice.get(url)
    for n in range(29):
        assigned.parts.create(name=f"Part {n}", return_wanted=True)
    with django_assert_max_num_queries(len(one)):
        as_alice.get(url)


def rows_of_parts(*rows: dict[str, object], seen: str = "") -> dict[str, object]:
    fields: dict[str, object] = {
        "seen": seen, "parts-TOTAL_FORMS": len(rows), "parts-INITIAL_FORMS": 0,
    }  # fmt: skip
    for number, row in enumerate(rows):
        fields |= {f"parts-{number}-{name}": value for name, value in row.items()}
    return fields


class TestAfterAssigning:
    def url(self, assignment):
        return reverse("assignments:change_parts", args=[assignment.reference])

    def test_parts_are_added_changed_and_taken_off_while_the_work_goes_on(
        self, as_alice, client_of, alice, wanda, assigned, today, at
    ):
        old = assigned.parts.create(name="Switch")
        gone = assigned.parts.create(name="Bracket", position=1)
        seen = hidden(as_alice, self.url(assigned), "seen")
        fields = rows_of_parts(
            {"key": old.pk, "name": "Switch", "number": "SW-48", "carrier": "UPS",
             "tracking": "1Z999"},
            {"key": gone.pk, "name": ""}, {"name": "Antenna", "return_wanted": "on"}, seen=seen,
        )  # fmt: skip
        assert as_alice.post(self.url(assigned), fields).status_code == 302
        assert [(row.pk == old.pk, row.name, row.number) for row in
                assigned.parts.order_by("position")] == [
            (True, "Switch", "SW-48"), (False, "Antenna", ""),
        ]  # fmt: skip
        shown = words_of(client_of(wanda).get(assigned.get_absolute_url()))
        assert (
            "changed the parts: added “Antenna” and changed “Switch” and removed “Bracket”" in shown
        )
        reactions.dispatch(at=at)
        inbox = words_of(client_of(wanda).get("/notifications/"))
        assert f"The parts for “{assigned.title}” have changed" in inbox
        assert as_alice.post(self.url(assigned), fields).status_code == 302, "sent twice"
        assert assigned.parts.count() == 2

    def test_what_another_member_changed_meanwhile_is_not_overwritten(
        self, as_alice, mona, assigned, at
    ):
        seen = hidden(as_alice, self.url(assigned), "seen")
        lifecycle.change_parts(assigned, [GivenPart("Router")], seen=seen, by=mona, at=at)
        page = as_alice.post(self.url(assigned), rows_of_parts({"name": "Switch"}, seen=seen))
        assert "Somebody else changed the parts" in errors_of(page)
        assert 'value="Switch"' in page.content.decode()
        assert assigned.parts.get().name == "Router"

    def test_a_part_on_its_way_stays(self, as_alice, alice, assigned, at):
        part = assigned.parts.create(name="Switch")
        lifecycle.ship(part, carrier="UPS", tracking="1Z", by=alice, at=at)
        seen = hidden(as_alice, self.url(assigned), "seen")
        page = as_alice.post(self.url(assigned), rows_of_parts(seen=seen))
        assert "on its way" in errors_of(page) and assigned.parts.exists()

    def test_a_row_more_keeps_everything_typed(self, as_alice, assigned):
        fields = rows_of_parts({"name": "Antenna"}, seen="abc") | {"add_parts": "yes"}
        page = as_alice.post(self.url(assigned), fields).content.decode()
        assert 'value="Antenna"' in page and "parts-2-name" in page and 'value="abc"' in page

    @pytest.mark.parametrize("poison", HOSTILE)
    def test_hostile_rows_are_answered_with_words(self, as_alice, assigned, poison):
        row = dict.fromkeys(
            ("name", "number", "value", "carrier", "tracking", "return_wanted", "key"), poison
        )
        page = as_alice.post(self.url(assigned), rows_of_parts(row, seen=poison))
        assert page.status_code in (200, 302)
        assert page.status_code == 302 or errors_of(page)

    def test_once_handed_over_the_parts_are_what_they_were(self, as_alice, submitted):
        page = as_alice.get(self.url(submitted), follow=True)
        assert "no longer possible" in words_of(page)

    def test_the_gear_leads_to_the_parts_where_there_are_any_or_may_be(
        self, as_alice, client_of, wanda, abel, assigned
    ):
        here = f'href="{reverse("assignments:parts", args=[assigned.reference])}"'
        page = assigned.get_absolute_url()
        assert here in as_alice.get(page).content.decode()
        for reader in (wanda, abel):
            assert here not in client_of(reader).get(page).content.decode()
        assigned.parts.create(name="Switch")
        for reader in (wanda, abel):
            assert here in client_of(reader).get(page).content.decode()
        empty = words_of(as_alice.get(reverse("assignments:parts", args=[assigned.reference])))
        assert "Add or change parts" in empty

    def test_many_parts_cost_no_more_queries(
        self, as_alice, assigned, django_assert_max_num_queries
    ):
        assigned.parts.create(name="One")
        as_alice.get(self.url(assigned))
        with django_assert_max_num_queries(12) as few:
            as_alice.get(self.url(assigned))
        for n in range(2, 30):
            assigned.parts.create(name=f"Part {n}", position=n)
        with django_assert_max_num_queries(len(few.captured_queries)):
            as_alice.get(self.url(assigned))
