"""The secrets of the second step at sign-in: sealed in the database, resealed for a new key."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from core.sealing import reseal, reseal_rows, seal, unseal

SECRETS = {"totp": "secret", "recovery_codes": "seed"}
"""By type of authenticator, where its secret is; a passkey has only a public key here."""


class SealedSecrets(DefaultMFAAdapter):
    """Who reads the database, or a backup of it, learns no one-time code from it."""

    def encrypt(self, text: str) -> str:
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode())


def reseal_secrets() -> int:
    """Seal every secret under the first key; returns how many. Stops at one that no key opens."""
    return reseal_rows(Authenticator.objects.filter(type__in=SECRETS), _renew, ["data"])


def _renew(row: Authenticator) -> None:
    name = SECRETS[row.type]
    row.data[name] = reseal(row.data[name].encode()).decode()
