"""The admin of second steps and sessions shows no secret, and only takes away."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(django_user_model, client):
    user = django_user_model.objects.create_superuser("ada@marketplace.test", "x" * 20)
    client.force_login(user)
    return client


def test_a_lost_phone_is_removed_without_seeing_its_secret(ada, wanda):
    TOTP.activate(wanda.user, "JBSWY3DPEHPK3PXP")
    row = Authenticator.objects.get(user=wanda.user)
    page = ada.get(reverse("admin:mfa_authenticator_change", args=[row.pk]))
    assert page.status_code == 200
    assert "secret" not in page.content.decode().replace("csrf", "")
    assert ada.get(reverse("admin:mfa_authenticator_add")).status_code == 403
    ada.post(reverse("admin:mfa_authenticator_delete", args=[row.pk]), {"post": "yes"})
    assert not Authenticator.objects.filter(user=wanda.user).exists()


def test_a_sessions_key_is_not_shown(ada, wanda):
    row = UserSession.objects.create(
        user=wanda.user, ip="192.0.2.1", session_key="k" * 32, user_agent="A browser"
    )
    page = ada.get(reverse("admin:usersessions_usersession_change", args=[row.pk]))
    assert page.status_code == 200 and "A browser" in page.content.decode()
    assert "k" * 32 not in page.content.decode()
    assert ada.get(reverse("admin:usersessions_usersession_add")).status_code == 403
