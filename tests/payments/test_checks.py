"""A site that pretends to move money says so before it is deployed."""

import pytest
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
