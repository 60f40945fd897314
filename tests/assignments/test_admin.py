"""Staff read assignments in the admin, and change nothing there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assignments import labelling, reasons, recurring, snapshots, templating
from assignments.models import (
    Application,
    Assignment,
    AssignmentField,
    AssignmentLabel,
    FieldSet,
    Hold,
    Import,
    ImportMapping,
    Invitation,
    Label,
    Reason,
    Series,
    Template,
    Unassignment,
)
from assignments.recurrence import WEEKLY, Pattern
from tests.assignments.imports.files import checked, row, text
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_admin(db):
    user = User.objects.create_superuser("root@example.com", "correct horse", full_name="Root")
    client = Client()
    client.force_login(user, backend="accounts.backends.PasswordBackend")
    return client


def test_every_stage_of_an_assignment_can_be_read(as_admin, submitted):
    url = reverse("admin:assignments_assignment_change", args=[submitted.pk])
    page = as_admin.get(url).content.decode()
    assert submitted.reference in page and "Photo of the rack" in page
    assert 'name="_save"' not in page
    assert as_admin.post(url, {"status": "paid"}).status_code == 403
    submitted.refresh_from_db()
    assert submitted.status == "pending_approval"


@pytest.mark.parametrize(
    "model",
    [
        Assignment,
        Application,
        Invitation,
        Hold,
        Unassignment,
        FieldSet,
        AssignmentField,
        Label,
        AssignmentLabel,
        Template,
        Series,
        Import,
        ImportMapping,
    ],
)
def test_lists_can_be_searched_and_nothing_added_or_deleted(as_admin, submitted, model):
    name = f"admin:assignments_{model._meta.model_name}"
    assert as_admin.get(reverse(f"{name}_changelist"), {"q": "A-1"}).status_code == 200
    assert as_admin.get(reverse(f"{name}_add")).status_code == 403


def test_staff_edit_reasons_and_their_effect_but_not_the_past(as_admin, published):
    listed = as_admin.get(reverse("admin:assignments_reason_changelist")).content.decode()
    assert "Our customer cancelled" in listed and "the worker" in listed
    reason = Reason.objects.get(code="illness")
    url = reverse("admin:assignments_reason_change", args=[reason.pk])
    fields = {"label": "Ill", "effect": "none", "position": "3", "is_active": "on"}
    assert as_admin.post(url, fields).status_code == 302
    reason.refresh_from_db()
    assert (reason.label, reason.effect, reason.code) == ("Ill", "none", "illness")
    assert as_admin.post(url.replace("change", "delete")).status_code == 403


def test_staff_add_a_reason_and_a_client_cannot_abandon(as_admin, published):
    url = reverse("admin:assignments_reason_add")
    fields = {"act": "cancel", "label": "Strike", "code": "strike", "effect": "abandoned",
              "position": "9", "is_active": "on"}  # fmt: skip
    assert "only a worker can abandon" in as_admin.post(url, fields).content.decode()
    assert as_admin.post(url, fields | {"effect": "none"}).status_code == 302
    assert reasons.offered("cancel").filter(code="strike").exists()


@pytest.fixture
def kept(alice, draft, at) -> dict[str, object]:
    """One of each thing that a company keeps for its postings."""
    label = labelling.add_label(name="Rush job", tone="bad", icon="zap", by=alice, at=at)
    labelling.relabel(draft, [label], by=alice, at=at)
    content = snapshots.of_assignment(draft)
    bad = row(1, Price="a lot")
    return {
        "label": label,
        "assignmentlabel": AssignmentLabel.objects.get(),
        "fieldset": work.field_set(alice, at=at),
        "template": templating.keep("Weekly swap", content, by=alice, at=at),
        "series": recurring.begin(
            content, Pattern(WEEKLY, draft.starts_at.date()), days_ahead=3, routing=None,
            by=alice, at=at,
        ),
        "import": checked(text([bad, row(2)]), alice, at=at),
    }  # fmt: skip


def test_staff_read_what_a_company_keeps_and_change_nothing(as_admin, kept):
    for name, thing in kept.items():
        url = reverse(f"admin:assignments_{name}_change", args=[thing.pk])
        page = as_admin.get(url)
        assert page.status_code == 200, name
        assert 'name="_save"' not in page.content.decode(), name
        assert as_admin.post(url, {"name": "Taken"}).status_code == 403, name
    assert Label.objects.get().name == "Rush job"


def test_staff_find_it_by_company_and_words(as_admin, kept, alice):
    for name, words in (
        ("label", "rush"), ("template", "weekly"), ("series", "replace"),
        ("fieldset", alice.company.slug), ("import", alice.company.slug),
    ):  # fmt: skip
        url = reverse(f"admin:assignments_{name}_changelist")
        assert str(kept[name].reference) in as_admin.get(url, {"q": words}).content.decode()
        assert kept[name].reference not in as_admin.get(url, {"q": "nothingofit"}).content.decode()


def test_staff_read_why_rows_of_an_import_are_bad_but_not_its_file(as_admin, kept):
    url = reverse("admin:assignments_import_change", args=[kept["import"].pk])
    page = as_admin.get(url).content.decode()
    assert "Row " in page and kept["import"].file.name not in page


def test_lists_of_many_cost_no_more_than_lists_of_one(as_admin, kept, alice, at):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url = reverse("admin:assignments_label_changelist")
    counts = []
    for more in (0, 29):
        for n in range(more):
            labelling.add_label(name=f"Label {n}", tone="info", icon="tag", by=alice, at=at)
        with CaptureQueriesContext(connection) as captured:
            as_admin.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]
