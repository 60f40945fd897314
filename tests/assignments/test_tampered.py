"""Forms whose hidden or chosen values were swapped for those of another company or assignment."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from assignments import (
    catalog,
    field_sets,
    labelling,
    lifecycle,
    saved_views,
    snapshots,
    templating,
)
from assignments.field_sets import Given, Use
from assignments.models import Assignment, Customer, Part, Project
from tests.assignments.pages import errors_of, hidden, typed
from tests.factories import assignments as work
from vetting import requirement_sets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NEW = "/assignments/new/"


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def theirs(charlie, at) -> dict[str, object]:
    """What Globex has, by the field of the posting form that could name it."""
    customer = catalog.add(Customer, {"name": "Theirs"}, by=charlie, at=at)
    return {
        "customer": customer.pk,
        "project": catalog.add(Project, {"name": "Theirs"}, by=charlie, at=at).pk,
        "location": work.location(charlie, at=at).reference,
        "owner": charlie.user.pk,
        "support_contact": charlie.user.pk,
        "requirement_sets": requirement_sets.create(name="Theirs", by=charlie, at=at).pk,
        "own-sets": field_sets.add(
            "Theirs", Use("chosen"), [Given("Secret", "text")], by=charlie, at=at
        ).pk,
    }


@pytest.mark.parametrize(
    "name",
    ["customer", "project", "location", "owner", "support_contact", "requirement_sets"],
)
def test_a_posting_cannot_name_what_another_company_has(as_alice, theirs, name):
    fields = typed(reference=hidden(as_alice, NEW, "reference"), **{name: theirs[name]})
    assert errors_of(as_alice.post(NEW, fields))
    assert not Assignment.objects.exists()


def test_a_set_of_fields_of_another_company_is_not_asked(as_alice, alice, theirs, at):
    field_sets.add("Ours", Use("chosen"), [Given("Fine", "text")], by=alice, at=at)
    fields = typed(reference=hidden(as_alice, NEW, "reference"), **{"own-sets": theirs["own-sets"]})
    assert errors_of(as_alice.post(NEW, fields))
    assert not Assignment.objects.exists()


def test_a_label_of_another_company_is_not_put_on(as_alice, charlie, draft, at):
    label = labelling.add_label(name="Theirs", tone="info", icon="tag", by=charlie, at=at)
    url = reverse("assignments:labels_of", args=[draft.reference])
    assert errors_of(as_alice.post(url, {"labels": label.pk}))
    assert not draft.labels.exists()


def test_a_request_of_another_assignment_is_not_answered(
    as_alice, charlie, alice, assigned, walt, at, funds
):
    funds(charlie.company, 1000)
    there = work.assigned(
        work.sent(work.draft(charlie, at=at), charlie, at=at), charlie, walt, at=at
    )
    asked = lifecycle.add_bonus(there, amount=Decimal(5), reason="More", by=walt, at=at)
    for path in (assigned.reference, there.reference):
        url = reverse("assignments:changes", args=[path])
        answer = as_alice.post(url, {"change": asked.pk, "act": "accept"})
        assert answer.status_code == 404
    asked.refresh_from_db()
    assert asked.status == "open"


def test_a_part_of_another_assignment_is_not_moved(as_alice, charlie, assigned, at):
    there = work.draft(charlie, at=at)
    part = Part.objects.create(assignment=there, name="Switch")
    url = reverse("assignments:parts", args=[assigned.reference])
    answer = as_alice.post(url, {"act": "ship", "part": part.pk, "carrier": "UPS"})
    assert answer.status_code == 404
    part.refresh_from_db()
    assert part.shipped_at is None


def test_a_part_of_another_assignment_is_not_taken_over_by_its_key(as_alice, charlie, draft, at):
    there = work.draft(charlie, at=at)
    part = Part.objects.create(assignment=there, name="Switch")
    url = reverse("assignments:edit", args=[draft.reference])
    fields = typed(
        revision=draft.revision,
        **{"parts-TOTAL_FORMS": 1, "parts-INITIAL_FORMS": 0, "parts-0-name": "Mine now",
           "parts-0-key": part.pk},
    )  # fmt: skip
    as_alice.post(url, fields)
    part.refresh_from_db()
    assert (part.name, part.assignment) == ("Switch", there)
    assert [one.name for one in draft.parts.all()] in ([], ["Mine now"])


@pytest.mark.parametrize("name", ["template", "view", "label", "field_set", "customer"])
def test_an_address_of_another_company_s_thing_is_not_there(as_alice, charlie, at, name):
    draft = work.draft(charlie, at=at)
    made = {
        "template": lambda: templating.keep(
            "Theirs", snapshots.of_assignment(draft), by=charlie, at=at),
        "view": lambda: saved_views.save_view(
            name="Theirs", query="status=sent", is_shared=True, by=charlie, at=at),
        "label": lambda: labelling.add_label(
            name="Theirs", tone="info", icon="tag", by=charlie, at=at),
        "field_set": lambda: field_sets.add(
            "Theirs", Use(), [Given("Secret", "text")], by=charlie, at=at),
        "customer": lambda: catalog.add(Customer, {"name": "Theirs"}, by=charlie, at=at),
    }[name]()  # fmt: skip
    url = reverse(f"assignments:{name}", args=[made.reference])
    for answer in (as_alice.get(url), as_alice.post(url, {"name": "Mine", "remove": "yes"})):
        assert answer.status_code == 404
    made.refresh_from_db()
    assert made.name == "Theirs"
