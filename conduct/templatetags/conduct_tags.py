"""How a party stands, on pages of other apps and at the desk."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.actors import Actor
from accounts.models import Company
from conduct.models import Measure
from conduct.parties import sides
from conduct.queries import desk
from conduct.queries.standing import Standing, holding_for, standing_of
from core.badges import badge_for
from core.components.small import badge

register = template.Library()


@register.simple_tag
def party_desk(party: Any) -> str:
    """The desk's page about a company or worker."""
    side = "company" if isinstance(party, Company) else "worker"
    return reverse("admin:conduct_party", args=[side, party.pk])


@register.simple_tag
def record_desk(party: Any) -> str:
    """The form of a violation of theirs."""
    side = "company" if isinstance(party, Company) else "worker"
    return reverse("admin:conduct_record", args=[side, party.pk])


@register.simple_tag(takes_context=True)
def may_record(context: template.Context) -> bool:
    """Whether the member of staff who reads may record a violation."""
    return Actor.as_staff(context["request"].user).can("conduct.record")


@register.simple_tag
def measure_badge(measure: Measure, now: datetime) -> SafeString:
    """What follows, and whether it still holds."""
    label = measure.get_effect_display()
    if measure.is_taken_back:
        return badge(f"{label}, taken away", icon="undo-2")
    if measure.holds(now) or measure.ended_at == measure.begins_at:
        return badge(badge_for(measure.effect, label))
    return badge(f"{label}, over", icon="check")


@register.inclusion_tag("conduct/_standing_card.html")
def standing_card(
    party: Any, standing: Standing | None = None, linked: bool = True
) -> dict[str, Any]:
    """Beside anything about a party in the admin; reads three rows of facts where not given.
    ``linked`` leads to the party's page at the desk."""
    if standing is None:
        company, worker = sides(party)
        standing = standing_of(company=company, worker=worker, at=timezone.now())
    word = badge_for(standing.word)
    return {"party": party, "standing": standing, "word": word, "linked": linked}


@register.inclusion_tag("conduct/_standing_notice.html", takes_context=True)
def standing_notice(context: template.Context) -> dict[str, Any]:
    """On one's own pages: what holds now (one query)."""
    actor = context["request"].actor
    if not (actor.is_client or actor.is_worker):
        return {"holding": []}
    company = actor.company.pk if actor.company else None
    worker = actor.worker.pk if actor.worker else None
    return {"holding": holding_for(company, worker, at=timezone.now())[:1]}


@register.inclusion_tag("conduct/_desk_waiting.html", takes_context=True)
def conduct_queue(context: template.Context) -> dict[str, Any]:
    """How much waits at the conduct desk, for those who work there (one query)."""
    works = Actor.as_staff(context["request"].user).can("conduct.work_queue")
    return {"waiting": desk.waiting(at=timezone.now()) if works else None}
