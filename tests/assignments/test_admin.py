"""Staff read assignments in the admin, and change nothing there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assignments.models import Application, Assignment, Hold, Invitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_admin(db):
    user = User.objects.create_superuser("root@example.com", "correct horse", full_name="Root")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_stage_of_an_assignment_can_be_read(as_admin, submitted):
    url = reverse("admin:assignments_assignment_change", args=[submitted.pk])
    page = as_admin.get(url).content.decode()
    assert submitted.reference in page and "Photo of the rack" in page
    assert 'name="_save"' not in page
    assert as_admin.post(url, {"status": "paid"}).status_code == 403
    submitted.refresh_from_db()
    assert submitted.status == "pending_approval"


@pytest.mark.parametrize("model", [Assignment, Application, Invitation, Hold])
def test_lists_can_be_searched_and_nothing_added_or_deleted(as_admin, submitted, model):
    name = f"admin:assignments_{model._meta.model_name}"
    assert as_admin.get(reverse(f"{name}_changelist"), {"q": "A-1"}).status_code == 200
    assert as_admin.get(reverse(f"{name}_add")).status_code == 403
