"""A series that sends each of its dates by itself: to groups, named workers, and step by step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from assignments import recurring, snapshots, standing_routing, templating, waterfall
from assignments.models import Series
from assignments.reaching import MatchesWanted
from assignments.recurrence import WEEKLY, Pattern
from assignments.waterfall import StepWanted
from tests.assignments.pages import HOSTILE, errors_of, hidden, words_of
from tests.assignments.test_series_pages import rule
from vetting import groups, marks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def trusted(alice, wanda, at):
    return pool(alice, "Trusted", [wanda], at=at)


@pytest.fixture
def second(alice, at):
    return pool(alice, "Second row", [], at=at)


@pytest.fixture
def template(draft, alice, at):
    return templating.keep("Till check", snapshots.of_assignment(draft), by=alice, at=at)


def pool(by, name, workers, *, at):
    made = groups.create(name=name, kind="private", by=by, at=at)
    if workers:
        groups.invite(made, [one.worker for one in workers], by=by, at=at)
    return made


def begun(draft, alice, at, **routing) -> Series:
    wanted = standing_routing.take(**{"on_marketplace": False, "first_to_accept": True, **routing})
    pattern = Pattern(WEEKLY, (at + timedelta(days=7)).date())
    content = snapshots.of_assignment(draft)
    return recurring.begin(content, pattern, days_ahead=10, routing=wanted, by=alice, at=at)


def test_a_date_goes_to_the_group_then_further_step_by_step(
    draft, alice, wanda, at, funds, trusted, second
):
    funds(alice.company, 1000)
    steps = [StepWanted(60, group=second), StepWanted(30, matches=MatchesWanted(5, 50)),
             StepWanted(240)]  # fmt: skip
    series = begun(draft, alice, at, groups=[trusted], steps=steps)
    recurring.write_due(at=at)
    sent = series.dates.get().assignment
    assert (sent.status, sent.on_marketplace, sent.first_to_accept) == ("sent", False, True)
    assert sent.routed_groups == [trusted.pk]
    targets = [step.target for step in sent.routing_plans.get().steps.order_by("position")]
    assert targets == ["group", "matches", "marketplace"]
    waterfall.sweep(at=at + timedelta(minutes=61))
    sent.refresh_from_db()
    assert set(sent.routed_groups) == {trusted.pk, second.pk}


def test_named_workers_are_invited_to_every_date(draft, alice, wanda, at, funds):
    funds(alice.company, 1000)
    series = begun(draft, alice, at, workers=[wanda.worker])
    recurring.write_due(at=at)
    sent = series.dates.get().assignment
    assert [one.worker for one in sent.invitations.all()] == [wanda.worker]


def test_what_is_gone_by_then_is_left_out_and_nobody_left_keeps_the_draft(
    draft, alice, wanda, at, funds, trusted
):
    funds(alice.company, 1000)
    series = begun(
        draft, alice, at, groups=[trusted], workers=[wanda.worker],
        steps=[StepWanted(30, group=trusted)],
    )  # fmt: skip
    groups.archive(trusted, by=alice, at=at)
    read = standing_routing.read(series.routing, alice.company)
    assert (read["groups"], read["steps"], read["workers"]) == ([], [], [wanda.worker])
    marks.mark_worker(wanda.worker, "blocked", by=alice, at=at)
    recurring.write_due(at=at)
    row = series.dates.get()
    assert row.assignment.status == "draft" and "Choose where to send it" in row.note


def test_the_form_takes_it_shows_it_again_and_says_it_in_words(
    as_alice, alice, wanda, at, template, trusted
):
    marks.mark_worker(wanda.worker, "favorite", by=alice, at=at)
    url = reverse("assignments:repeat_template", args=[template.reference])
    chosen = rule(
        sends="first", groups=[trusted.reference], workers=[wanda.worker.reference],
        matching="on", most="5", miles="25", after_0="30", to_0="marketplace",
    ) | {"reference": hidden(as_alice, url, "reference")}  # fmt: skip
    as_alice.post(url, chosen)
    series = Series.objects.get()
    assert series.routing == {
        "on_marketplace": False, "first_to_accept": True, "groups": [trusted.reference],
        "workers": [wanda.worker.reference], "matches": {"most": 5, "miles": 25},
        "steps": [{"delay_minutes": 30, "group": None, "matches": None}],
    }  # fmt: skip
    shown = words_of(as_alice.get(series.get_absolute_url()))
    assert "Sent to group “Trusted”; 1 chosen worker; the 5 best matches within 25 miles, " in shown
    assert "then 1 more step; first to accept" in shown
    form = as_alice.get(reverse("assignments:series_rhythm", args=[series.reference]))
    form = form.context["form"]
    assert [form[name].value() for name in ("sends", "groups", "on_marketplace", "to_0")] == [
        "first", [trusted.reference], False, "marketplace",
    ]  # fmt: skip


def test_sending_by_itself_needs_somebody_to_send_to(as_alice, template):
    url = reverse("assignments:repeat_template", args=[template.reference])
    reference = hidden(as_alice, url, "reference")
    page = as_alice.post(url, rule(sends="apply") | {"reference": reference})
    assert "Choose where to send it" in errors_of(page) and not Series.objects.exists()
    page = as_alice.post(
        url, rule(sends="apply", after_0="30", on_marketplace="on") | {"reference": reference}
    )
    assert "Say to whom" in errors_of(page)


def test_a_group_of_a_stranger_cannot_be_named(as_alice, charlie, template, at):
    theirs = pool(charlie, "Theirs", [], at=at)
    url = reverse("assignments:repeat_template", args=[template.reference])
    fields = rule(sends="apply", groups=[theirs.reference], to_0=theirs.reference, after_0="30")
    page = as_alice.post(url, fields | {"reference": hidden(as_alice, url, "reference")})
    assert "cannot be chosen any more" in errors_of(page)


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_routing_is_answered_with_words(as_alice, template, poison):
    url = reverse("assignments:repeat_template", args=[template.reference])
    names = ("groups", "workers", "matching", "most", "miles", "after_0", "to_0")
    fields = rule(sends="apply", **dict.fromkeys(names, poison))
    page = as_alice.post(url, fields | {"reference": hidden(as_alice, url, "reference")})
    assert page.status_code == 200 and errors_of(page)
