"""What is kept sealed: opened with any key, sealed with the first, and never readable."""

import pytest

from core.sealing import SealBroken, reseal, seal, unseal


def test_what_is_sealed_can_be_opened_and_not_read(settings):
    sealed = seal("Dana Whitfield 123456789")
    assert unseal(sealed) == "Dana Whitfield 123456789"
    assert b"123456789" not in sealed
    assert seal("same") != seal("same")


def test_a_new_key_in_front_opens_the_old_and_seals_the_new(settings):
    settings.SEALING_KEYS = ["old"]
    sealed = seal("secret")
    settings.SEALING_KEYS = ["new", "old"]
    assert unseal(sealed) == "secret"
    renewed = reseal(sealed)
    settings.SEALING_KEYS = ["new"]
    assert unseal(renewed) == "secret"
    with pytest.raises(SealBroken):
        unseal(sealed)


def test_changed_bytes_do_not_open(settings):
    sealed = bytearray(seal("secret"))
    sealed[20] ^= 1
    with pytest.raises(SealBroken):
        unseal(bytes(sealed))
    with pytest.raises(SealBroken):
        reseal(bytes(sealed))
