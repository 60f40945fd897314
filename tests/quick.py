"""What keeps thousands of tests quick without making them tell less.

The standing cast needs the policies in force and accepted in nearly every test, and Django's
test client notes the context of every template, each widget's too. Here both cost little.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.template.base import Template
from django.test.signals import template_rendered

from accounts.models import User
from conduct import policies
from conduct.models import Acceptance, Policy, PolicyVersion

IN_FORCE_FROM = datetime(2026, 1, 1, tzinfo=UTC)
_published: tuple[list[Policy], list[PolicyVersion]] = ([], [])


def publish_policies() -> None:
    """As ``policies.publish`` does; after the first time, by two statements."""
    global _published
    if not _published[0]:
        policies.publish(at=IN_FORCE_FROM)
        _published = list(Policy.objects.all()), list(PolicyVersion.objects.all())
    elif not Policy.objects.exists():
        Policy.objects.bulk_create(_published[0])
        PolicyVersion.objects.bulk_create(_published[1])


def accept_policies(user: User, versions: Iterable[PolicyVersion], *, at: datetime) -> None:
    """The person's yes, without the events that ``acceptance.accept`` records of it."""
    Acceptance.objects.bulk_create(
        [Acceptance(user=user, version=version, accepted_at=at) for version in versions]
    )


def note_pages_only() -> None:
    """Let the test client keep the contexts of pages, not those of widgets and inclusions."""

    def render(self: Template, context: Any) -> Any:
        if context.template is self and not str(self.name).startswith("django/forms/"):
            template_rendered.send(sender=self, template=self, context=context)
        return self.nodelist.render(context)

    Template._render = render
