"""Was this helpful? One answer a person and text; the last one counts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from conduct.models import Helpfulness, PolicyVersion


@transaction.atomic
def say(
    version: PolicyVersion, *, helped: bool, words: str, by: Actor, at: datetime
) -> Helpfulness:
    """Note the person's opinion; saying it again changes it."""
    assert by.user is not None
    said, _ = Helpfulness.objects.update_or_create(
        version=version, user=by.user,
        defaults={"helped": helped, "words": words, "given_at": at},
    )  # fmt: skip
    return said
