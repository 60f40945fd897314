"""Text that is kept encrypted: what the database and its backups must not tell.

Sealed with the first of ``SEALING_KEYS``; opened with any of them, so that a new key is put
in front, ``reseal`` run over what is kept, and the old key dropped.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


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
