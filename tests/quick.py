"""What keeps thousands of tests quick without making them tell less.

The standing cast needs the policies in force and accepted in nearly every test, and Django's
test client notes the context of every template, each widget's too. Here both cost little.
"""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from typing import Any

from django.template.base import Template
from django.test.signals import template_rendered

from accounts.actors import Actor
from conduct import acceptance, policies
from conduct.models import Acceptance, Policy, PolicyVersion

IN_FORCE_FROM = datetime(2026, 1, 1, tzinfo=UTC)
_published: tuple[list[Policy], list[PolicyVersion]] = ([], [])
_asked: dict[tuple[str, datetime, tuple[int, ...]], list[int]] = {}


def publish_policies() -> None:
    """As ``policies.publish`` does; after the first time, by two statements."""
    global _published
    if not _published[0]:
        policies.publish(at=IN_FORCE_FROM)
        _published = list(Policy.objects.all()), list(PolicyVersion.objects.all())
    elif not Policy.objects.exists():
        Policy.objects.bulk_create(_published[0])
        PolicyVersion.objects.bulk_create(_published[1])


def accept_policies(actor: Actor, *, at: datetime) -> None:
    """The yes of somebody new to all that asks for it, without the events that ``accept`` records.

    What that is, is asked once for the same versions.
    """
    there = tuple(PolicyVersion.objects.order_by("pk").values_list("pk", flat=True))
    asked = actor.kind, at, there
    if asked not in _asked:
        _asked[asked] = [version.pk for version in acceptance.outstanding(actor, at=at)]
    Acceptance.objects.bulk_create(
        [
            Acceptance(user=actor.user, version_id=key, accepted_at=IN_FORCE_FROM)
            for key in _asked[asked]
        ]
    )


def look_for_rubbish_seldom() -> None:
    """Django's apps and pytest's tests are kept to the end: the collector need not read them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def note_pages_only() -> None:
    """Let the test client keep the contexts of pages, not those of widgets and inclusions."""

    def render(self: Template, context: Any) -> Any:
        if context.template is self and not str(self.name).startswith("django/forms/"):
            template_rendered.send(sender=self, template=self, context=context)
        return self.nodelist.render(context)

    Template._render = render
