"""Who gets a new case: routing by kind, load and skill, never to whom it concerns."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import Cast, Greatest

from accounts.actors import SYSTEM, Actor
from accounts.models import User
from core.errors import DomainError
from escalations import office_hours
from escalations.casework.steps import (
    Visibility,
    entry,
    event,
    lock,
    require_open,
)
from escalations.interests import has_interest, without_interest
from escalations.models import Absence, Agent, Case
from escalations.states import CLOSED
from escalations.team import members


class CannotWorkCases(DomainError):
    message = "{name} may not work cases. Choose a member of the Escalations Team."
    field = "assignee"


class HasAnInterest(DomainError):
    message = (
        "{name} has an interest in {label}: they belong to a party, or have declared it. "
        "Choose somebody else."
    )
    field = "assignee"


class NobodyFits(DomainError):
    message = (
        "Routing finds nobody for {label}: no agent with this skill is there and has room. "
        "Assign it to somebody by name."
    )


def require_fit(case: Case, person: User) -> None:
    """Raise unless this person may work this case."""
    if not person.is_active or not person.has_perm("escalations.work_case"):
        raise CannotWorkCases(name=str(person))
    if has_interest(person, case):
        raise HasAnInterest(name=str(person), label=case.label)


def working_day(at: datetime) -> date:
    """The day on the desk's own calendar, by which absences are kept."""
    return at.astimezone(office_hours.current().zone).date()


def fitting(case: Case, *, at: datetime) -> QuerySet[Agent]:
    """The agents to whom routing may give the case, the best first.

    Whoever knows its kind, is there, has room and no interest in it: those with the kind among
    their skills before those who take all kinds, then by the share of their room in use.
    """
    day = working_day(at)
    away = Absence.objects.filter(agent=OuterRef("pk"), first_on__lte=day, last_on__gte=day)
    is_open = Q(user__cases__isnull=False) & ~Q(user__cases__status__in=CLOSED)
    return (
        Agent.objects.filter(takes_new=True, user__in=without_interest(members(), case))
        .filter(Q(kinds=[]) | Q(kinds__contains=[case.kind]))
        .exclude(Exists(away))
        .annotate(load=Count("user__cases", filter=is_open))
        .filter(load__lt=F("most_open"))
        .annotate(share=Cast("load", FloatField()) / Greatest(F("most_open"), 1))
        .annotate(takes_all=ExpressionWrapper(Q(kinds=[]), BooleanField()))
        .order_by("takes_all", "share", "load", "pk")
    )


@transaction.atomic
def route(case: Case, *, at: datetime, by: Actor = SYSTEM) -> Case:
    """Give an unassigned case to the agent who fits best; ``NobodyFits`` leaves it as it is.

    The agents who take new cases are locked, so that two cases at once count each other.
    """
    case = lock(case)
    require_open(case)
    if case.assignee_id is not None:
        return case
    list(Agent.objects.select_for_update().filter(takes_new=True).order_by("pk"))
    agent = fitting(case, at=at).select_related("user").first()
    if agent is None:
        raise NobodyFits(label=case.label)
    case.assignee = agent.user
    case.save(update_fields=["assignee"])
    entry(
        case, f"Assigned the case to {agent.user}, by routing.", by=by, at=at,
        visibility=Visibility.STAFF,
    )  # fmt: skip
    event("taken", case, by=by, at=at, assignee=agent.user_id, routed=True)
    return case


def route_new(case: Case, *, at: datetime) -> Case:
    """Route a case just opened; where nobody fits the whole team sees it as unassigned."""
    try:
        return route(case, at=at)
    except NobodyFits:
        return case
