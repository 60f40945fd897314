"""Keeping views of the board: save, change, remove."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Membership
from activity.record import record
from assignments.models import SavedView
from core.errors import DomainError
from core.references import unused

MOST_VIEWS = 50


class TooManyViews(DomainError):
    message = "You have {most} saved views. Remove one before you save another."


class ViewNameTaken(DomainError):
    message = "You already have a view named “{name}”. Choose another name."
    field = "name"


@transaction.atomic
def save_view(name: str, query: str, *, is_shared: bool, by: Actor, at: datetime) -> SavedView:
    """Keep a query under a name of the member's own; the same name again changes that view."""
    assert by.membership is not None and by.user is not None
    Membership.objects.select_for_update(no_key=True).get(pk=by.membership.pk)
    own = SavedView.objects.filter(company=by.membership.company, owner=by.user)
    view = own.filter(name__iexact=name).first()
    if view is None:
        if own.count() >= MOST_VIEWS:
            raise TooManyViews(most=MOST_VIEWS)
        view = SavedView(
            company=by.membership.company,
            owner=by.user,
            reference=unused(SavedView, "V"),
            created_at=at,
        )
    view.name, view.query, view.is_shared = name, query, is_shared
    view.save()
    record("view.saved", view, by=by, at=at, company_key=view.company_id, name=name)
    return view


@transaction.atomic
def change_view(
    view: SavedView, *, name: str, is_shared: bool, by: Actor, at: datetime
) -> SavedView:
    """Give a view another name, or share it or not."""
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    others = SavedView.objects.filter(company_id=view.company_id, owner_id=view.owner_id)
    if others.filter(name__iexact=name).exclude(pk=view.pk).exists():
        raise ViewNameTaken(name=name)
    view.name, view.is_shared = name, is_shared
    view.save(update_fields=["name", "is_shared"])
    record("view.changed", view, by=by, at=at, company_key=view.company_id, name=name)
    return view


@transaction.atomic
def remove_view(view: SavedView, *, by: Actor, at: datetime) -> None:
    """Remove a view; what it showed is untouched. Removing it twice removes it once."""
    locked = SavedView.objects.select_for_update().filter(pk=view.pk).first()
    if locked is None:
        return
    record("view.removed", locked, by=by, at=at, company_key=locked.company_id, name=locked.name)
    locked.delete()
