"""Short public references (``A-7KQ4M2``) that stand in URLs instead of primary keys."""

import secrets

from django.db import models

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and capitals without those that are misread: no 0, 1, I, L, O, U."""


def candidate(prefix: str, length: int = 6) -> str:
    """One random reference such as ``A-7KQ4M2``; not yet known to be free."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(length))


def unused(model: type[models.Model], prefix: str, length: int = 6) -> str:
    """A reference that no row of ``model`` has; its unique constraint stands behind it."""
    while True:
        reference = candidate(prefix, length)
        if not model._default_manager.filter(reference=reference).exists():
            return reference
