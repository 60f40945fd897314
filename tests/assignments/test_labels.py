"""Labels: a company's own, and those that rules set and resolve by themselves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from activity.models import Event
from assignments import bulk, label_rules, labelling, lifecycle, snapshots
from assignments.models import Assignment, AssignmentLabel, Hold, Label
from tests.assignments.pages import HOSTILE, errors_of, follow, typed, words_of
from tests.factories import assignments as work
from tests.racing import race

HOUR = timedelta(hours=1)
LABELS, BOARD = "/settings/labels/", "/assignments/"


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


def label(by, at, name="Key account") -> Label:
    return labelling.add_label(name=name, tone="info", icon="star", by=by, at=at)


def standing(assignment) -> list[str]:
    rows = assignment.labels.filter(resolved_at=None, label=None)
    return sorted(rows.values_list("rule", flat=True))


def on(assignment) -> set[str]:
    rows = assignment.labels.filter(resolved_at=None, label__isnull=False)
    return set(rows.values_list("label__name", flat=True))


@pytest.mark.django_db
class TestOwn:
    pytestmark = pytest.mark.usefixtures("today")

    def test_a_label_is_written_changed_and_archived(self, as_alice):
        as_alice.post(f"{LABELS}new/", {"name": "Key account", "tone": "info", "icon": "star"})
        made = Label.objects.get()
        page = as_alice.post(f"{LABELS}new/", {"name": "KEY account", "tone": "bad", "icon": "tag"})
        assert "already a label" in errors_of(page)
        as_alice.post(made.get_absolute_url(), {"name": "Key", "tone": "bad", "icon": "tag"})
        assert "Key" in words_of(as_alice.get(LABELS))
        as_alice.post(made.get_absolute_url(), {"shelve": "yes"})
        made.refresh_from_db()
        assert made.archived_at and made.name == "Key"

    @pytest.mark.parametrize("poison", HOSTILE)
    def test_hostile_input_is_answered_with_words(self, as_alice, draft, poison):
        page = as_alice.post(f"{LABELS}new/", dict.fromkeys(("name", "tone", "icon"), poison))
        assert page.status_code == 200 and errors_of(page)
        url = f"{draft.get_absolute_url()}labels/"
        assert as_alice.post(url, {"labels": poison}).status_code == 200
        assert as_alice.post(url, {"resolved": poison, "note": "x"}).status_code in (200, 404)
        assert as_alice.get(BOARD, {"label": poison}).status_code == 200

    def test_it_is_put_on_found_on_the_board_and_taken_off(self, as_alice, alice, draft, at):
        key, other = label(alice, at), work.draft(alice, at=at, title="Something else")
        url = f"{draft.get_absolute_url()}labels/"
        as_alice.post(url, {"labels": [key.pk]})
        assert "Key account" in words_of(as_alice.get(BOARD))
        found = as_alice.get(BOARD, {"label": key.reference}).context["rows"]
        assert [row.reference for row in found] == [draft.reference] != [other.reference]
        shown = words_of(as_alice.get(draft.get_absolute_url()))
        assert "put on “Key account”" in shown
        as_alice.post(url, {"save": "yes"})
        assert as_alice.get(BOARD, {"label": key.reference}).context["rows"] == []
        assert "took off “Key account”" in words_of(as_alice.get(draft.get_absolute_url()))

    def test_nothing_changed_records_nothing_and_strange_labels_are_refused(
        self, alice, charlie, draft, at
    ):
        key = label(alice, at)
        lifecycle.relabel(draft, [key], by=alice, at=at)
        known = Event.objects.count()
        lifecycle.relabel(draft, [key], by=alice, at=at)
        labelling.put_on(draft, key, by=alice, at=at)
        assert Event.objects.count() == known
        with pytest.raises(labelling.NotYours):
            lifecycle.relabel(draft, [label(charlie, at)], by=alice, at=at)

    def test_the_posting_form_puts_them_on_carries_them_and_takes_them_off(
        self, as_alice, alice, draft, charlie, at
    ):
        key, night, other = label(alice, at), label(alice, at, "Night"), label(charlie, at)
        field = f"{draft.get_absolute_url()}edit/"
        page = as_alice.get(field).content.decode()
        assert "Key account" in page and f'name="labels" value="{other.pk}"' not in page
        lifecycle.relabel(draft, [night], by=alice, at=at)
        sent = typed(revision="0", labels=[str(key.pk)])
        follow(as_alice, as_alice.post(field, sent))
        assert on(draft) == {"Key account"}
        assert "took off “Night”" in words_of(as_alice.get(draft.get_absolute_url()))
        refused = as_alice.post(field, typed(revision="1", labels=[str(other.pk)], title=""))
        assert "Select a valid choice" in errors_of(refused)
        again = as_alice.post(field, typed(revision="1", labels=[str(key.pk)], add="yes"))
        assert re.search(rf'value="{key.pk}"[^>]*checked', again.content.decode())

        copied = lifecycle.duplicate(draft, by=alice, at=at)
        assert on(copied) == {"Key account"}
        kept = snapshots.contents_of(snapshots.of_assignment(draft))
        labelling.shelve_label(key, by=alice, at=at)
        assert on(lifecycle.create(kept, by=alice, at=at)) == set()  # archived since
        assert on(lifecycle.edit(draft, kept, revision=1, by=alice, at=at)) == {"Key account"}

    def test_many_are_labelled_at_once(self, as_alice, alice, at):
        key = label(alice, at)
        drafts = [work.draft(alice, at=at) for _ in range(2)]
        act = bulk.ACTS["relabel"]
        for one in drafts:
            act.run(one, {"label": key}, by=alice, at=at)
            assert one.labels.get(resolved_at=None).label == key

    def test_workers_read_nothing_of_it(self, client_of, alice, wanda, assigned, at):
        lifecycle.relabel(assigned, [label(alice, at)], by=alice, at=at)
        label_rules.sweep(at=assigned.starts_at + HOUR)
        shown = words_of(client_of(wanda).get(assigned.get_absolute_url()))
        assert "Key account" not in shown and "put on" not in shown

    def test_labels_cost_the_board_no_more_queries(
        self, as_alice, alice, at, django_assert_max_num_queries
    ):
        labels = [label(alice, at, f"Label {n}") for n in range(5)]
        lifecycle.relabel(work.draft(alice, at=at), labels[:1], by=alice, at=at)
        as_alice.get(BOARD)
        with django_assert_max_num_queries(10) as one:
            as_alice.get(BOARD)
        for _ in range(30):
            lifecycle.relabel(work.draft(alice, at=at), labels, by=alice, at=at)
        with django_assert_max_num_queries(len(one)):
            as_alice.get(BOARD)


@pytest.mark.django_db
class TestRules:
    def test_late_from_a_quarter_hour_after_the_start_until_check_in(self, assigned, wanda):
        start = assigned.starts_at
        label_rules.sweep(at=start + timedelta(minutes=14))
        assert standing(assigned) == []
        label_rules.sweep(at=start + timedelta(minutes=15))
        assert standing(assigned) == ["late"]
        lifecycle.check_in(assigned, by=wanda, at=start + HOUR)
        label_rules.sweep(at=start + HOUR)
        assert standing(assigned) == []

    def test_a_schedule_hold_stops_lateness(self, assigned, olga):
        start = assigned.starts_at
        label_rules.sweep(at=start + HOUR)
        lifecycle.hold(assigned, kind=Hold.Kind.SCHEDULE, reason="No power", by=olga, at=start)
        label_rules.sweep(at=start + 2 * HOUR)
        assert standing(assigned) == []

    def test_unfilled_not_confirmed_cancelled_late_and_abandoned(self, alice, wanda, at):
        sent = work.in_stage("sent", alice, wanda, at=at)
        label_rules.sweep(at=sent.starts_at - 49 * HOUR)
        assert standing(sent) == []
        label_rules.sweep(at=sent.starts_at - 47 * HOUR)
        assert standing(sent) == ["unfilled_soon"]
        wanted = work.in_stage("assigned", alice, wanda, at=at, wants_confirmation=True)
        label_rules.sweep(at=wanted.starts_at - 23 * HOUR)
        assert standing(wanted) == ["not_confirmed"] and standing(sent) == ["unfilled_soon"]
        lifecycle.cancel(wanted, reason="other", note="x", by=alice, at=wanted.starts_at - 2 * HOUR)
        label_rules.sweep(at=wanted.starts_at - HOUR)
        assert standing(wanted) == ["cancelled_late"]
        left = work.in_stage("assigned", alice, wanda, at=at)
        lifecycle.unassign(left, reason="no_show", note="x", by=alice, at=left.starts_at + HOUR)
        label_rules.sweep(at=left.starts_at + 2 * HOUR)
        assert standing(left) == ["abandoned", "unfilled_soon"]

    def test_deliverables_are_late_until_they_are_there(self, in_progress, wanda):
        due = in_progress.starts_at + HOUR
        in_progress.deliverable_requests.update(due_at=due)
        label_rules.sweep(at=due)
        assert standing(in_progress) == ["deliverables_late"]
        request = in_progress.deliverable_requests.get()
        lifecycle.hand_in(request, work.files.check_upload(work.photo()), by=wanda, at=due)
        label_rules.sweep(at=due + HOUR)
        assert standing(in_progress) == []

    def test_what_a_person_resolves_stays_so_for_that_occasion_only(self, assigned, alice):
        start = assigned.starts_at
        label_rules.sweep(at=start + HOUR)
        opened = assigned.labels.get()
        lifecycle.resolve_label(opened, note="He is on site", by=alice, at=start + HOUR)
        assert label_rules.sweep(at=start + 2 * HOUR) == 0
        Assignment.objects.filter(pk=assigned.pk).update(starts_at=start + HOUR)
        label_rules.sweep(at=start + 2 * HOUR)
        assert standing(assigned) == ["late"]

    def test_sweeping_again_or_after_a_silence_comes_to_the_same_rows(self, assigned):
        label_rules.sweep(at=assigned.starts_at + timedelta(days=3))
        assert label_rules.sweep(at=assigned.starts_at + timedelta(days=4)) == 0
        assert AssignmentLabel.objects.count() == 1

    def test_the_client_resolves_it_on_the_page_and_home_counts_it(
        self, as_alice, assigned, time_machine
    ):
        moment = assigned.starts_at + HOUR
        time_machine.move_to(moment, tick=False)
        label_rules.sweep(at=moment)
        assert "Needs attention" in words_of(as_alice.get("/"))
        url = f"{assigned.get_absolute_url()}labels/"
        opened = assigned.labels.get()
        assert "Say what was done" in errors_of(as_alice.post(url, {"resolved": opened.pk}))
        as_alice.post(url, {"resolved": opened.pk, "note": "Called: ten minutes away"})
        assert standing(assigned) == []
        shown = words_of(as_alice.get(url))
        assert "Called: ten minutes away" in shown and "Alice Adams" in shown


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_open_one_label(assigned):
    at = assigned.starts_at + HOUR
    race(lambda: label_rules.sweep(at=at), lambda: label_rules.sweep(at=at))
    assert AssignmentLabel.objects.filter(rule="late").count() == 1
