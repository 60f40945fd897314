"""Templates: a posting kept under a name, to start others from."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from activity.record import record
from assignments.models import Template
from assignments.posting import ChangedMeanwhile
from assignments.snapshots import Content
from conduct import acceptance
from core.errors import DomainError
from core.references import unused


class TemplateNameTaken(DomainError):
    message = "There is a template with this name already. Choose another name."
    field = "name"


@transaction.atomic
def keep(name: str, content: Content, *, by: Actor, at: datetime) -> Template:
    """Keep a posting as a template of the actor's company."""
    assert by.membership is not None and by.user is not None
    acceptance.require(by, at=at)
    template = Template(
        company=by.membership.company,
        reference=unused(Template, "T"),
        name=name,
        content=content,
        made_by=by.user,
        made_at=at,
        changed_at=at,
    )
    _save(template)
    _note("template.kept", template, by=by, at=at)
    return template


@transaction.atomic
def change(
    template: Template, name: str, content: Content, *, revision: int, by: Actor, at: datetime
) -> Template:
    """Give a template another name or content; what was posted from it stays as it is."""
    template = _locked(template)
    if template.revision != revision:
        if (template.name, template.content) == (name, content):
            return template
        raise ChangedMeanwhile("Somebody else changed this template. Reload the page and compare.")
    template.name, template.content, template.changed_at = name, content, at
    template.revision += 1
    _save(template, ["name", "content", "changed_at", "revision"])
    _note("template.changed", template, by=by, at=at)
    return template


@transaction.atomic
def archive(template: Template, *, by: Actor, at: datetime) -> Template:
    """Take a template off the lists; it can be brought back."""
    template = _locked(template)
    if template.archived_at is None:
        template.archived_at = at
        template.save(update_fields=["archived_at"])
        _note("template.archived", template, by=by, at=at)
    return template


@transaction.atomic
def bring_back(template: Template, *, by: Actor, at: datetime) -> Template:
    template = _locked(template)
    if template.archived_at is not None:
        template.archived_at = None
        _save(template, ["archived_at"])
        _note("template.brought_back", template, by=by, at=at)
    return template


def _locked(template: Template) -> Template:
    return Template.objects.select_for_update().get(pk=template.pk)


def _save(template: Template, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            template.save(update_fields=fields)
    except IntegrityError:
        raise TemplateNameTaken


def _note(kind: str, template: Template, *, by: Actor, at: datetime) -> None:
    record(kind, template, by=by, at=at, company_key=template.company_id, name=template.name)
