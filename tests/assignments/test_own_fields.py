"""A company's own fields: defined once, asked on the right work, answered, never rewritten."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from activity.models import Event
from assignments import asked, catalog, contents, field_sets, lifecycle, snapshots
from assignments.field_sets import Given, Use
from assignments.filling_in import NoLongerAsked
from assignments.models import Assignment, AssignmentField, Customer, CustomField, FieldSet, Project
from assignments.working import SomethingMissing
from tests.assignments.pages import HOSTILE, errors_of, hidden, said, typed, words_of
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SETS, NEW = "/settings/fields/", "/assignments/new/"
ROWS = {
    "name": "Switch swap", "use": "always",
    "fields-TOTAL_FORMS": "2", "fields-INITIAL_FORMS": "0",
    "fields-0-label": "Old serial number", "fields-0-kind": "text", "fields-0-required": "on",
    "fields-0-filled_by": "worker", "fields-0-help": "On the label at the back",
    "fields-1-label": "State", "fields-1-kind": "choice",
    "fields-1-choices": "Good\nFair\nPoor\nGood", "fields-1-filled_by": "worker",
}  # fmt: skip


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def brightmart(alice, at) -> Customer:
    return catalog.add(Customer, {"name": "Brightmart"}, by=alice, at=at)


def post(client, **changes):
    reference = hidden(client, NEW, "reference")
    return client.post(NEW, typed(reference=reference, **changes))


def question(assignment, label) -> AssignmentField:
    return assignment.asked.current().get(label=label)


# the settings


def test_a_set_is_written_down_listed_changed_and_archived(as_alice, alice):
    page = as_alice.post(f"{SETS}new/", ROWS, follow=True)
    made = FieldSet.objects.get()
    assert "Switch swap is saved" in said(page) and "On every assignment" in words_of(page)
    first, second = made.fields.order_by("position")
    assert (first.label, first.required, second.choices) == (
        "Old serial number", True, ["Good", "Fair", "Poor"],
    )  # fmt: skip
    again = {**ROWS, "fields-0-key": first.pk, "fields-1-key": second.pk}
    as_alice.post(
        made.get_absolute_url(),
        {**again, "fields-0-label": "Serial number", "fields-1-removed": "on"},
    )
    assert list(made.fields.filter(archived_at=None).values_list("label", flat=True)) == [
        "Serial number"
    ]
    as_alice.post(made.get_absolute_url(), {"shelve": "yes"})
    assert as_alice.get(SETS).context["rows"] == []
    assert "Switch swap" in words_of(as_alice.get(SETS, {"archived": "on"}))
    as_alice.post(made.get_absolute_url(), {"shelve": "yes"})
    kinds = list(Event.objects.about(made).values_list("kind", flat=True))
    assert kinds == [f"field_set.{what}" for what in ("added", "changed", "archived", "restored")]


def test_rows_are_moved_and_added_without_a_script_and_nothing_is_lost(as_alice):
    page = as_alice.post(f"{SETS}new/", {**ROWS, "down": "0"})
    labels = [row["label"].value() for row in page.context["rows"]]
    assert labels == ["State", "Old serial number"] and not FieldSet.objects.exists()
    assert "Good\nFair" in page.context["rows"][0]["choices"].value()
    page = as_alice.post(f"{SETS}new/", {**ROWS, "add": "rows"})
    assert len(page.context["rows"].forms) == 4 and not errors_of(page)


@pytest.mark.parametrize("place", ["", "-1", "7", "x", "²", "9" * 50])
def test_a_place_that_is_not_there_moves_nothing(as_alice, place):
    page = as_alice.post(f"{SETS}new/", {**ROWS, "up": place})
    assert [row["label"].value() for row in page.context["rows"]] == ["Old serial number", "State"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Fill this in"),
        ({"use": "customer"}, "Choose the customer"),
        ({"use": "project"}, "Choose the project"),
        ({"use": "never"}, "Asked"),
        ({"fields-0-label": "", "fields-0-help": "Help"}, "Say what is asked"),
        ({"fields-0-kind": "blob"}, "Kind of answer"),
        ({"fields-1-choices": "Only one"}, "at least two choices"),
        ({"fields-1-choices": "\n".join(map(str, range(31)))}, "at most 30 choices"),
        ({"fields-1-choices": "x" * 121 + "\ny"}, "under 120 characters"),
        ({"fields-0-label": "", "fields-0-help": "", "fields-1-removed": "on"}, "at least one"),
        ({"fields-TOTAL_FORMS": "x"}, "out of date"),
        ({"fields-0-key": "999999"}, "Somebody else changed"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(as_alice, changes, sentence):
    page = as_alice.post(f"{SETS}new/", {**ROWS, **changes})
    assert page.status_code == 200 and sentence in errors_of(page), errors_of(page)
    assert not FieldSet.objects.exists()


def test_a_name_is_taken_once_and_a_kind_stays(as_alice, alice, at):
    made = work.field_set(alice, Given("Serial", "text"), at=at)
    assert "already a set" in errors_of(
        as_alice.post(f"{SETS}new/", {**ROWS, "name": "SWITCH swap"})
    )
    key = made.fields.get().pk
    page = as_alice.post(
        made.get_absolute_url(), {**ROWS, "fields-0-key": key, "fields-0-kind": "number"}
    )
    assert "has been asked as text before" in errors_of(page)


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_settings_are_answered_with_words(as_alice, poison):
    assert (
        as_alice.get(SETS, dict.fromkeys(("words", "archived", "after"), poison)).status_code == 200
    )
    names = (*ROWS, "customer", "project", "fields-0-key", "fields-0-choices")
    for more in ({}, {"add": "rows"}, {"up": poison}):
        answer = as_alice.post(f"{SETS}new/", {**dict.fromkeys(names, poison), **more})
        assert answer.status_code in (200, 302)


def test_another_companys_sets_are_neither_seen_nor_asked(client_of, charlie, alice, abel, at):
    made = work.field_set(alice, at=at)
    theirs = client_of(charlie)
    assert theirs.get(SETS).context["rows"] == []
    assert theirs.post(made.get_absolute_url(), ROWS).status_code == 404
    assert work.draft(charlie, at=at).asked.count() == 0
    reading = client_of(abel)
    assert "New set" not in words_of(reading.get(SETS))
    assert reading.post(made.get_absolute_url(), ROWS).status_code == 403


def test_thirty_sets_cost_the_queries_of_one(as_alice, alice, at, django_assert_max_num_queries):
    work.field_set(alice, name="Set 0", at=at)
    with django_assert_max_num_queries(10) as one:
        as_alice.get(SETS)
    for n in range(1, 30):
        work.field_set(alice, name=f"Set {n}", at=at)
    with django_assert_max_num_queries(len(one)):
        as_alice.get(SETS)


# the posting


def test_the_fields_of_customer_and_project_are_asked_on_their_work_only(
    as_alice, alice, brightmart, at
):
    refresh = catalog.add(Project, {"name": "Refresh", "customer": brightmart}, by=alice, at=at)
    ours = Given("Cost center", "text", filled_by="client")
    work.field_set(alice, ours, name="Always", at=at)
    work.field_set(alice, Given("Store number", "number"), name="Of Brightmart",
                   use="customer", customer=brightmart, at=at)  # fmt: skip
    work.field_set(alice, Given("Phase", "text"), name="Of Refresh",
                   use="project", project=refresh, at=at)  # fmt: skip
    assert "Cost center" in words_of(as_alice.get(NEW))
    assert post(as_alice).status_code == 302
    assert [row.label for row in Assignment.objects.get().asked.all()] == ["Cost center"]
    post(as_alice, project=refresh.pk)
    latest = Assignment.objects.latest("pk")
    assert {row.label for row in latest.asked.all()} == {"Cost center", "Store number", "Phase"}
    assert latest.customer == brightmart


def test_the_clients_fields_are_wanted_validated_kept_and_shown(as_alice, alice, at):
    found = work.field_set(
        alice,
        Given("Ticket", "text", filled_by="client", required=True),
        Given("Racks", "number", filled_by="client", for_worker=False),
        at=at,
    )
    ticket, racks = found.fields.order_by("position")
    names = {"ticket": f"own-f{ticket.pk}", "racks": f"own-f{racks.pk}"}
    page = post(as_alice, **{names["ticket"]: "", names["racks"]: "two"})
    assert "Ticket: Fill this in" in errors_of(page)
    assert "Enter a number such as" in errors_of(page) and 'value="two"' in page.content.decode()
    post(as_alice, **{names["ticket"]: "INC-77", names["racks"]: "1,204.5"})
    made = Assignment.objects.get()
    assert {row.label: row.value for row in made.asked.all()} == {
        "Ticket": "INC-77", "Racks": "1204.5",
    }  # fmt: skip
    shown = words_of(as_alice.get(made.get_absolute_url()))
    assert "INC-77" in shown and "1,204.5" in shown
    edit = as_alice.get(f"{made.get_absolute_url()}edit/").content.decode()
    assert "INC-77" in edit and "1204.5" in edit


def test_sets_are_chosen_on_the_posting_and_a_script_redraws_them(as_alice, alice, at):
    chosen = work.field_set(alice, Given("Lift", "yes_no", filled_by="client"), name="Lift",
                            use="chosen", at=at)  # fmt: skip
    survey = work.field_set(
        alice, Given("How was it?", "text"), name="Closing", use="survey", at=at
    )
    page = post(as_alice, **{"own-sets": [str(chosen.pk)], "show_fields": "yes", "title": "Kept"})
    assert f"own-f{chosen.fields.get().pk}" in page.content.decode()
    assert page.context["sheet"].form["title"].value() == "Kept"
    data = typed(**{"own-sets": [str(chosen.pk)], "own-survey": str(survey.pk)})
    part = as_alice.post(NEW, data, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="own-fields")
    assert "How was it?" in words_of(part) and "<html" not in part.content.decode()
    post(as_alice, **{"own-sets": [str(chosen.pk)], "own-survey": str(survey.pk),
                      f"own-f{chosen.fields.get().pk}": "no"})  # fmt: skip
    made = Assignment.objects.get()
    assert {row.label: (row.value, row.is_survey) for row in made.asked.all()} == {
        "Lift": (False, False), "How was it?": (None, True),
    }  # fmt: skip


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_answers_are_answered_with_words(as_alice, alice, at, poison):
    found = work.field_set(
        alice,
        *(Given(k, k, filled_by="client", choices=("a", "b")) for k in CustomField.Kind.values),
        at=at,
    )  # fmt: skip
    names = [f"own-f{key}" for key in found.fields.values_list("pk", flat=True)]
    kept = {f"{name}-kept": poison for name in names}
    page = post(as_alice, **dict.fromkeys([*names, "own-sets", "own-survey"], poison), **kept)
    assert page.status_code in (200, 302)


def test_a_file_of_the_client_survives_an_error_elsewhere_and_another_company_cannot_name_it(
    as_alice, alice, charlie, client_of, at
):
    found = work.field_set(alice, Given("Plan", "file", filled_by="client", required=True), at=at)
    name = f"own-f{found.fields.get().pk}"
    page = post(as_alice, **{name: work.photo("plan.txt"), "title": ""})
    token = page.content.decode().split(f'name="{name}-kept" value="')[1].split('"')[0]
    post(as_alice, **{f"{name}-kept": token})
    made = Assignment.objects.get()
    assert made.asked.get().value["name"] == "plan.txt"
    answer = as_alice.get(f"{made.get_absolute_url()}fields/{made.asked.get().pk}/")
    assert b"".join(answer.streaming_content).startswith(b"Port 1")
    theirs = work.field_set(charlie, Given("Plan", "file", filled_by="client"), at=at)
    sly = f"own-f{theirs.fields.get().pk}"
    browser = client_of(charlie)
    reference = hidden(browser, NEW, "reference")
    browser.post(NEW, typed(reference=reference, owner=charlie.user.pk, **{f"{sly}-kept": token}))
    assert Assignment.objects.get(company=charlie.company).asked.get().value is None


def test_what_was_sent_keeps_the_definition_it_was_sent_with(as_alice, alice, at, funds):
    found = work.field_set(alice, Given("Serial", "text"), at=at)
    sent = work.draft(alice, at=at)
    drafted = work.draft(alice, at=at)
    funds(alice.company, 1000)
    lifecycle.send(sent, by=alice, at=at)
    field = found.fields.get()
    field_sets.change(
        found,
        "Renamed",
        Use(),
        [Given("Serial of the rack", "text", key=field.pk)],
        by=alice,
        at=at,
    )
    for one in (sent, drafted):
        revision = one.revision
        page = as_alice.post(
            f"{one.get_absolute_url()}edit/", typed(revision=revision, title="Replace three points")
        )
        assert page.status_code == 302, errors_of(page)
    assert sent.asked.get().label == "Serial"
    assert drafted.asked.get().label == "Serial of the rack"


def test_contents_carry_the_questions_to_copies_and_snapshots(alice, wanda, at, funds):
    work.field_set(
        alice, Given("Ticket", "text", filled_by="client"), Given("Serial", "text"), at=at
    )
    done = work.in_stage("in_progress", alice, wanda, at=at)
    AssignmentField.objects.filter(label="Ticket").update(value="INC-1")
    lifecycle.fill_in(done, {question(done, "Serial").pk: "S1"}, by=wanda, at=at)
    copy = lifecycle.duplicate(done, by=alice, at=at)
    assert {row.label: row.value for row in copy.asked.all()} == {"Ticket": "INC-1", "Serial": None}
    taken = snapshots.of_assignment(copy)
    assert snapshots.rows_of(taken).asked == contents.of(copy).asked


def test_an_import_or_another_verb_asks_what_always_is_asked_and_sending_wants_it(alice, at, funds):
    work.field_set(alice, Given("Ticket", "text", filled_by="client", required=True), at=at)
    made = work.draft(alice, at=at)
    funds(alice.company, 1000)
    with pytest.raises(asked.AnswersWanted, match="Ticket"):
        lifecycle.send(made, by=alice, at=at)


# the worker


def test_the_worker_fills_in_the_fields_and_submits(client_of, alice, wanda, at):
    work.field_set(alice, at=at)
    going = work.in_stage("in_progress", alice, wanda, at=at)
    url, browser = f"{going.get_absolute_url()}fields/", client_of(wanda)
    assert "Fill in: Old serial number" in words_of(browser.get(going.get_absolute_url()))
    with pytest.raises(
        SomethingMissing, match="Fill in: Old serial number; Fill in: Uplink tested"
    ):
        work.submitted(going, wanda)
    names = {row.label: f"own-f{row.pk}" for row in going.asked.all()}
    page = browser.post(url, {names["Signal strength"]: "strong", names["Old serial number"]: "A1"})
    assert "Enter a number" in errors_of(page) and "A1" in page.content.decode()
    browser.post(url, {names["Old serial number"]: "A1"})
    page = browser.get(url)
    assert "Still missing: Uplink tested" in said(page)
    browser.post(
        url,
        {
            names["Old serial number"]: "A1", names["Uplink tested"]: "no",
            names["Signal strength"]: "-61.5", names["Installed on"]: "2026-11-10",
            names["State of the rack"]: "Fair", names["Tools used"]: ["Ladder", "Tester"],
            names["Signed form"]: SimpleUploadedFile("form.txt", b"Signed"),
        },
    )  # fmt: skip
    values = {row.label: row.value for row in going.asked.all()}
    assert values["Uplink tested"] is False and values["Signal strength"] == "-61.5"
    assert values["Tools used"] == ["Ladder", "Tester"] and values["Signed form"]["size"] == 6
    done = work.submitted(going, wanda)
    shown = words_of(client_of(alice).get(f"{done.get_absolute_url()}approval/"))
    for words in ("A1", "No", "-61.5", "Nov 10, 2026", "Fair", "Ladder, Tester", "form.txt"):
        assert words in shown, words
    history = words_of(client_of(alice).get(done.get_absolute_url()))
    assert "filled in “Old serial number”" in history


def test_answers_can_be_taken_back_and_nothing_changed_records_nothing(alice, wanda, at):
    work.field_set(alice, Given("Serial", "text"), at=at)
    going = work.in_stage("in_progress", alice, wanda, at=at)
    key = going.asked.get().pk
    lifecycle.fill_in(going, {key: "A1"}, by=wanda, at=at)
    known = Event.objects.count()
    lifecycle.fill_in(going, {key: "A1"}, by=wanda, at=at)
    assert Event.objects.count() == known
    lifecycle.fill_in(going, {key: None}, by=wanda, at=at)
    row = going.asked.get()
    assert (row.value, row.answered_by, row.answered_at) == (None, None, None)
    assert AssignmentField.objects.filter(value__isnull=True).exists()


def test_the_worker_reads_of_the_clients_fields_only_those_for_them(
    client_of, alice, wanda, walt, at
):
    work.field_set(
        alice,
        Given("Door code", "text", filled_by="client"),
        Given("Margin", "text", filled_by="client", for_worker=False),
        at=at,
    )
    going = work.in_stage("assigned", alice, wanda, at=at)
    AssignmentField.objects.filter(label="Door code").update(value="4711")
    AssignmentField.objects.filter(label="Margin").update(value="Secret")
    shown = words_of(client_of(wanda).get(going.get_absolute_url()))
    assert "4711" in shown and "Secret" not in shown and "Margin" not in shown
    assert "Secret" in words_of(client_of(alice).get(going.get_absolute_url()))


def test_a_worker_who_leaves_takes_the_answers_along(client_of, alice, wanda, walt, at):
    work.field_set(alice, Given("Serial", "text", required=True), at=at)
    going = work.in_stage("in_progress", alice, wanda, at=at)
    lifecycle.fill_in(going, {going.asked.get().pk: "A1"}, by=wanda, at=at)
    moment = going.starts_at
    lifecycle.unassign(going, reason="plans_changed", note="", by=alice, at=moment)
    assert going.asked.current().get().value is None
    old = going.asked.exclude(unassignment=None).get()
    assert (old.value, old.unassignment.worker) == ("A1", wanda.worker)
    theirs = work.in_stage("in_progress", alice, walt, at=at)
    with pytest.raises(NoLongerAsked):
        lifecycle.fill_in(theirs, {old.pk: "B"}, by=walt, at=at)


def test_more_fields_cost_the_worker_no_more_queries(
    client_of, alice, wanda, at, django_assert_max_num_queries
):
    work.field_set(alice, Given("Serial", "text"), at=at)
    few = work.in_stage("in_progress", alice, wanda, at=at)
    work.field_set(alice, *(Given(f"Port {n}", "text") for n in range(30)), name="Ports", at=at)
    many = work.in_stage("in_progress", alice, wanda, at=at)
    browser = client_of(wanda)
    for page in ("", "fields/", "submission/"):
        browser.get(f"{few.get_absolute_url()}{page}")
        with django_assert_max_num_queries(12) as one:
            browser.get(f"{few.get_absolute_url()}{page}")
        with django_assert_max_num_queries(len(one)):
            browser.get(f"{many.get_absolute_url()}{page}")


# the survey, and the answers summed up


def surveyed(alice, wanda, at, *, number=0, **answers) -> Assignment:
    """Submitted work with these answers to its closing survey."""
    set_of = FieldSet.objects.get(use="survey")
    going = work.in_stage("in_progress", alice, wanda, at=at, title=f"Work {number}")
    rows = asked.rows_for(
        going, asked.questions_of(asked.sets_of(alice.company)[-1]), by=None, at=at
    )
    for row in rows:
        row.save()
    given = {going.asked.get(label=label).pk: value for label, value in answers.items()}
    assert set_of.is_survey
    return work.submitted(going, wanda, answers=given)


@pytest.fixture
def survey(alice, at) -> FieldSet:
    return work.field_set(
        alice,
        Given("Site", "choice", required=True, choices=("Ready", "Half ready")),
        Given("Hours", "number"),
        Given("Again", "yes_no"),
        Given("Words", "text"),
        Given("Met", "choices", choices=("Manager", "Guard")),
        name="How did it go?", use="survey", at=at,
    )  # fmt: skip


def test_the_survey_is_asked_while_submitting(client_of, alice, wanda, at, survey):
    going = work.in_stage("in_progress", alice, wanda, at=at)
    for row in asked.rows_for(
        going, asked.questions_of(asked.sets_of(alice.company)[0]), by=None, at=at
    ):
        row.save()
    moment = going.starts_at
    lifecycle.hand_in(going.deliverable_requests.get(), work.files.check_upload(work.photo()),
                      by=wanda, at=moment)  # fmt: skip
    lifecycle.check_out(going, by=wanda, at=moment)
    url, browser = f"{going.get_absolute_url()}submission/", client_of(wanda)
    shown = browser.get(url)
    assert "How did it go?" in words_of(shown) and shown.context["complete"]
    page = browser.post(url, {"resolution": "Done."})
    assert "Site: Choose one" in errors_of(page)
    with pytest.raises(SomethingMissing, match="Answer: Site"):
        lifecycle.submit(going, resolution="Done.", by=wanda, at=moment)
    names = {row.label: f"survey-f{row.pk}" for row in going.asked.all()}
    browser.post(url, {"resolution": "Done.", names["Site"]: "Ready", names["Hours"]: "3"})
    going.refresh_from_db()
    assert going.submitted_at and question(going, "Site").value == "Ready"
    assert "Half ready" not in words_of(
        client_of(alice).get(f"{going.get_absolute_url()}approval/")
    )


def test_answers_are_summed_up_question_by_question(as_alice, alice, wanda, at, survey):
    url = f"{survey.get_absolute_url()}answers/"
    assert "Nothing answered yet" in words_of(as_alice.get(url))
    surveyed(alice, wanda, at, number=1, Site="Ready", Hours="3", Again=True, Words="=1+1",
             Met=["Manager", "Guard"])  # fmt: skip
    surveyed(alice, wanda, at, number=2, Site="Half ready", Hours="4.5", Again=True, Met=["Guard"])
    surveyed(alice, wanda, at, number=3, Site="Ready", Again=False)
    page = as_alice.get(url)
    found = {one.question.label: one for one, _ in page.context["questions"]}
    shares = {
        label: [(s.label, s.count, s.percent) for s in one.shares] for label, one in found.items()
    }
    assert shares["Site"] == [("Ready", 2, 67), ("Half ready", 1, 33)]
    assert shares["Again"] == [("Yes", 2, 67), ("No", 1, 33)]
    assert shares["Met"] == [("Manager", 1, 50), ("Guard", 2, 100)]
    assert (str(found["Hours"].average), found["Hours"].least, found["Hours"].count) == (
        "3.75",
        3,
        2,
    )
    assert "=1+1" in words_of(page)
    lines = as_alice.get(f"{survey.get_absolute_url()}answers.csv")
    rows = list(csv.reader(io.StringIO(b"".join(lines.streaming_content).decode("utf-8-sig"))))
    assert rows[0][4:] == ["Site", "Hours", "Again", "Words", "Met"]
    assert rows[3][4:] == ["Ready", "3", "Yes", "'=1+1", "Manager, Guard"]
    assert len(rows) == 4


def test_more_answers_cost_no_more_queries(
    as_alice, alice, wanda, at, survey, django_assert_max_num_queries
):
    url = f"{survey.get_absolute_url()}answers/"
    surveyed(alice, wanda, at, Site="Ready", Words="Fine")
    as_alice.get(url)
    with django_assert_max_num_queries(10) as one:
        as_alice.get(url)
    for number in range(6):
        surveyed(alice, wanda, at, number=number, Site="Ready", Words=f"Fine {number}")
    with django_assert_max_num_queries(len(one)):
        as_alice.get(url)


def test_the_export_has_a_column_for_each_field(as_alice, alice, wanda, at):
    work.field_set(alice, Given("Serial", "text"), Given("Signal", "number"), at=at)
    going = work.in_stage("in_progress", alice, wanda, at=at)
    answers = {question(going, "Serial").pk: "A1", question(going, "Signal").pk: "-3"}
    lifecycle.fill_in(going, answers, by=wanda, at=at)
    answer = as_alice.get("/assignments/export.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0][-2:] == ["Switch swap: Serial", "Switch swap: Signal"]
    assert rows[1][-2:] == ["A1", "-3"]
