"""Staff read assignments in the admin, and change nothing there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assignments import reasons
from assignments.models import (
    Application,
    Assignment,
    Hold,
    Invitation,
    Reason,
    Unassignment,
)

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


@pytest.mark.parametrize("model", [Assignment, Application, Invitation, Hold, Unassignment])
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
