"""``reseal``: the key of what is kept sealed can be changed while the site runs."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command

from core.sealing import unseal
from payments.models import TaxDetails
from tests.factories.payments import make_payable

pytestmark = pytest.mark.django_db


def test_a_new_key_takes_over(wanda, walt, at, settings, capsys):
    settings.SEALING_KEYS = ["old"]
    for who in (wanda, walt):
        make_payable(who, at=at)
    settings.SEALING_KEYS = ["new", "old"]
    call_command("reseal")
    assert "Sealed 2 rows" in capsys.readouterr().out
    settings.SEALING_KEYS = ["new"]
    assert {unseal(row.sealed_number) for row in TaxDetails.objects.all()} == {"123456789"}


def test_a_key_dropped_too_early_changes_nothing(wanda, at, settings):
    settings.SEALING_KEYS = ["old"]
    make_payable(wanda, at=at)
    before = bytes(TaxDetails.objects.get().sealed_number)
    settings.SEALING_KEYS = ["new"]
    with pytest.raises(CommandError, match="put the key that sealed it back"):
        call_command("reseal")
    assert bytes(TaxDetails.objects.get().sealed_number) == before


def test_one_time_codes_survive_a_new_key(wanda, settings, capsys):
    settings.SEALING_KEYS = ["old"]
    secret, user = "JBSWY3DPEHPK3PXP", wanda.user
    TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user).generate_codes()
    settings.SEALING_KEYS = ["new", "old"]
    call_command("reseal")
    assert "Sealed 2 rows" in capsys.readouterr().out
    settings.SEALING_KEYS = ["new"]
    kept = {row.type: row for row in Authenticator.objects.filter(user=user)}
    assert secret not in str(kept["totp"].data)
    assert unseal(kept["totp"].data["secret"].encode()) == secret
    assert RecoveryCodes(kept["recovery_codes"]).generate_codes() == codes
