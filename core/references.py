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


def many_unused(model: type[models.Model], prefix: str, count: int) -> list[str]:
    """So many different references that no row of ``model`` has, in few queries."""
    found: dict[str, None] = {}
    while len(found) < count:
        fresh = {candidate(prefix) for _ in range(count - len(found))} - found.keys()
        rows = model._default_manager.filter(reference__in=fresh)
        found |= dict.fromkeys(fresh - set(rows.values_list("reference", flat=True)))
    return list(found)
