"""Text that is kept encrypted: what the database and its backups must not tell.

Sealed with the first of ``SEALING_KEYS``; opened with any of them, so that a new key is put
in front, ``reseal`` run over what is kept, and the old key dropped.
"""

import base64
import hashlib
from collections.abc import Callable
from typing import TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


class SealBroken(Exception):
    """None of the keys opens it: a key was dropped too early, or the bytes were changed."""


def _fernet(key: str) -> Fernet:
    """Any long secret is a key: it is stretched to the length that the cipher takes."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))


def _keys() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in settings.SEALING_KEYS])


def seal(text: str) -> bytes:
    """Encrypt and sign (AES-128-CBC with HMAC-SHA256, the Fernet format)."""
    return _keys().encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """What was sealed; raises ``SealBroken``."""
    try:
        return _keys().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise SealBroken from None


def reseal(sealed: bytes | memoryview) -> bytes:
    """The same text under the first key; raises ``SealBroken``."""
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken:
        raise SealBroken from None


def reseal_rows(
    rows: QuerySet[Row, Row], renew: Callable[[Row], object], fields: list[str], *, batch: int = 500
) -> int:
    """Let ``renew`` put what these fields of each row hold under the first key; returns how many.

    A batch is one transaction over locked rows. Stops at a row that no key opens: ``SealBroken``.
    """
    count, last = 0, 0
    while True:
        with transaction.atomic():
            found = list(rows.select_for_update().filter(pk__gt=last).order_by("pk")[:batch])
            for row in found:
                renew(row)
            rows.model._default_manager.bulk_update(found, fields)
        if not found:
            return count
        count, last = count + len(found), found[-1].pk
