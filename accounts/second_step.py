"""The secrets of the second step at sign-in: sealed in the database, resealed for a new key."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction

from core.sealing import reseal, seal, unseal

SECRETS = {"totp": "secret", "recovery_codes": "seed"}
"""By type of authenticator, where its secret is; a passkey has only a public key here."""


class SealedSecrets(DefaultMFAAdapter):
    """Who reads the database, or a backup of it, learns no one-time code from it."""

    def encrypt(self, text: str) -> str:
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode())


def reseal_secrets(*, batch: int = 500) -> int:
    """Seal every secret under the first key; returns how many. Stops at one that no key opens."""
    count, last = 0, 0
    while True:
        with transaction.atomic():
            rows = Authenticator.objects.select_for_update().filter(
                type__in=SECRETS, pk__gt=last
            ).order_by("pk")  # fmt: skip
            found = list(rows[:batch])
            for row in found:
                name = SECRETS[row.type]
                row.data[name] = reseal(row.data[name].encode()).decode()
            Authenticator.objects.bulk_update(found, ["data"])
        if not found:
            return count
        count, last = count + len(found), found[-1].pk
