"""A site that pretends to move money says so before it is deployed."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.checks import run_checks

from payments import checks


@pytest.fixture
def production(settings):
    settings.DEBUG = settings.DEMO = settings.SANDBOX_PAYMENTS = False
    settings.PAYMENT_PROVIDER = "sandbox"
    return settings


def found(**kwargs):
    return [message.id for message in run_checks(tags=["security"], **kwargs)]


def test_the_sandbox_is_an_error_in_production(production):
    assert "payments.E002" in found(include_deployment_checks=True)
    (message,) = checks.check_provider()
    assert message.is_serious()
    assert "SANDBOX_PAYMENTS=1" in message.hint


def test_only_a_deployment_is_asked(production):
    assert "payments.E002" not in found()


@pytest.mark.parametrize("reason", ["DEBUG", "DEMO", "SANDBOX_PAYMENTS"])
def test_the_sandbox_may_serve_where_nobody_expects_money(production, reason):
    setattr(production, reason, True)
    assert checks.check_provider() == []


def test_a_provider_that_nobody_has_written_is_an_error(production):
    production.PAYMENT_PROVIDER = "goldbank"
    (message,) = checks.check_provider()
    assert message.id == "payments.E001"
    assert "sandbox" in message.hint


@pytest.fixture
def stripe(production):
    production.PAYMENT_PROVIDER = "stripe"
    production.STRIPE_SECRET_KEY = "sk_live_1"
    production.STRIPE_WEBHOOK_SECRETS = ["whsec_1", "whsec_2"]
    production.STRIPE_API_BASE = ""
    return production


def test_a_provider_that_is_set_up_passes(stripe):
    assert [one for one in found(include_deployment_checks=True) if "payments" in one] == []


@pytest.mark.parametrize(
    ("setting", "value", "error"),
    [
        ("STRIPE_SECRET_KEY", "", "payments.E004"),
        ("STRIPE_SECRET_KEY", "pk_live_1", "payments.E004"),
        ("STRIPE_WEBHOOK_SECRETS", [], "payments.E005"),
        ("STRIPE_WEBHOOK_SECRETS", ["whsec_1", "sk_live_1"], "payments.E005"),
        ("STRIPE_SECRET_KEY", "sk_test_1", "payments.E006"),
        ("STRIPE_API_BASE", "http://localhost:8420", "payments.E007"),
    ],
)
def test_a_provider_half_set_up_is_an_error(stripe, setting, value, error):
    setattr(stripe, setting, value)
    assert [one for one in found() if "payments" in one] == [error]


def test_a_provider_without_its_client_is_an_error(stripe, monkeypatch):
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    assert "payments.E003" in found()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PAYMENT_PROVIDER": "stripe"}, "set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRETS"),
        ({"PAYMENT_PROVIDER": "stripe", "STRIPE_SECRET_KEY": "sk_live_1"}, "_WEBHOOK_SECRETS"),
        (
            {"PAYMENT_PROVIDER": "stripe", "STRIPE_SECRET_KEY": "sk_live_1",
             "STRIPE_WEBHOOK_SECRETS": "whsec_1", "DEMO": "1"},
            "A demonstration moves no real money",
        ),
    ],
)  # fmt: skip
def test_the_site_does_not_start_half_set_up(environment, words):
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ended = subprocess.run(
        [sys.executable, "-c", "import marketplace.settings"], capture_output=True, text=True,
        env=bare | {"DEBUG": "1", "DATABASE_URL": "postgres://nowhere.invalid/none"} | environment,
        cwd=settings.BASE_DIR, check=False,
    )  # fmt: skip
    assert ended.returncode and words in ended.stderr
