"""The minimal pages: each does the statements its page of the site cannot do without.

``found`` shows 25 open assignments, each with what the worker lacks of what it asks,
``board`` 30 or more of a company, each as the address
filters them, ``detail`` one with everything its page names and its last 20 messages. Rows and
columns are those of the site; the design, the rules of access, the forms and the acts are not.
"""

import math
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Exists, FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tests.bench.limits.asked import ask
from tests.bench.limits.models import (
    Application,
    Assignment,
    AssignmentLabel,
    Case,
    CompanyMark,
    Decline,
    Deliverable,
    DeliverableRequest,
    Event,
    Hold,
    Industry,
    Invitation,
    Label,
    Membership,
    Message,
    Notice,
    Rating,
    ReadMark,
    SavedView,
    Scorecard,
    Thread,
    User,
    Visit,
    Worker,
    WorkerMark,
    WorkerScorecard,
)

ROWS, BOARD_ROWS, COUNTED = 25, 30, 201
MILES_PER_DEGREE = 69.0
FILTERS = {
    "status": "status",
    "owner": "owner",
    "industry": "industry",
    "from": "starts_at__gte",
    "to": "starts_at__lt",
    "on_site": "on_site",
}
MILES = (
    "7917.6 * asin(sqrt(least(1, power(sind((latitude - %s) / 2), 2)"
    " + %s * cosd(latitude) * power(sind((longitude - %s) / 2), 2))))"
)


def person(request: HttpRequest) -> dict[str, Any]:
    """Who asks, in which capacities, and what waits for them: the frame of every page."""
    user = User.objects.get(pk=request.session["_auth_user_id"])
    member = Membership.objects.filter(user=user, removed_at=None).select_related("company").first()
    worker = Worker.objects.filter(user=user).first()
    threads = Thread.objects.filter(worker=worker) if worker else Thread.objects.none()
    if member:
        threads = Thread.objects.filter(company_id=member.company_id)
    read = ReadMark.objects.filter(thread=OuterRef("thread"), user=user).values("message_key")
    news = (
        Message.objects.filter(thread=OuterRef("pk"), pk__gt=Coalesce(Subquery(read[:1]), 0))
        .exclude(author=user)
    )  # fmt: skip
    newest = threads.order_by("-last_message_at", "-pk").values("pk")[:500]
    return {
        "user": user,
        "member": member,
        "worker": worker,
        "unread": Thread.objects.filter(pk__in=newest).filter(Exists(news)).count(),
        "notices": Notice.objects.filter(recipient=user, read_at=None)[:100].count(),
    }


def found(request: HttpRequest) -> HttpResponse:
    context = person(request)
    worker = context["worker"]
    rows = Assignment.objects.filter(status="sent", is_listed=True, ends_at__gt=timezone.now())
    for marks in (CompanyMark, WorkerMark):
        blocked = marks.objects.filter(worker=worker, standing="blocked")
        rows = rows.exclude(company__in=blocked.values("company"))
    rows = rows.exclude(pk__in=Decline.objects.filter(worker=worker).values("assignment"))
    if words := request.GET.get("words"):
        rows = rows.filter(search=SearchQuery(f"{words}:*", config="english", search_type="raw"))
    mine = {"assignment": OuterRef("pk"), "worker": worker}
    cosine = math.cos(math.radians(worker.latitude))
    rows = rows.annotate(
        miles=RawSQL(MILES, [worker.latitude, cosine, worker.longitude], FloatField())
    )
    order = ["-sent_at", "-pk"]
    if within := request.GET.get("miles"):
        rows, order = near(rows, worker, int(within), cosine), ["miles", "pk"]
    shown = rows.select_related("company").annotate(
        invited=Exists(Invitation.objects.filter(**mine)),
        applied=Exists(Application.objects.filter(**mine, status="open")),
    )
    shown = shown.defer("description", "search").order_by(*order)
    if request.GET.get("qualified"):
        every = list(shown)
        ask(every, worker)
        met = [row for row in every if not row.lacks]
        shown, total = met[:ROWS], len(met[:COUNTED])
    else:
        shown, total = list(shown[:ROWS]), rows.order_by()[:COUNTED].count()
        ask(shown, worker)
    companies = {row.company_id for row in shown}
    cards = Scorecard.objects.filter(company_id__in=companies, window="recent")
    by_company = {card.company_id: card for card in cards}
    for row in shown:
        row.card = by_company.get(row.company_id)
    context["rows"] = shown
    context["total"] = total
    context["industries"] = list(Industry.objects.order_by("name"))
    return render(request, "list.html", context)


def near(rows: QuerySet[Assignment], worker: Worker, miles: int, cosine: float) -> Any:
    tall, wide = miles / MILES_PER_DEGREE, miles / MILES_PER_DEGREE / cosine
    return rows.filter(
        on_site=True,
        latitude__range=(worker.latitude - tall, worker.latitude + tall),
        longitude__range=(worker.longitude - wide, worker.longitude + wide),
        miles__lte=miles,
    )


def board(request: HttpRequest, company: int) -> HttpResponse:
    context = person(request)
    every = Assignment.objects.filter(company=company)
    asked = {FILTERS[name]: value for name, value in request.GET.items() if name in FILTERS}
    rows = every.filter(**asked)
    if words := request.GET.get("words"):
        query = f"{words}:* & ofcompany{company}"
        rows = rows.filter(search=SearchQuery(query, config="english", search_type="raw"))
    on = AssignmentLabel.objects.filter(assignment=OuterRef("pk"), resolved_at=None)
    if label := request.GET.get("label"):
        rows = rows.filter(Exists(on.filter(label__reference=label)))
    waiting = Application.objects.filter(assignment=OuterRef("pk"), status="open").order_by()
    held = Hold.objects.filter(assignment=OuterRef("pk"), kind="schedule", released_at=None)
    labels = on.order_by().values("assignment").annotate(
        all=JSONBAgg(JSONObject(rule="rule", name="label__name", tone="label__tone"))
    )  # fmt: skip
    shown = (
        rows.select_related("owner", "worker__user", "invoice").defer("description", "search")
        .annotate(
            applicants=Coalesce(
                Subquery(waiting.values("assignment").annotate(n=Count("pk")).values("n")), 0
            ),
            on_hold=Exists(held),
            labels=Subquery(labels.values("all")),
        )
    )  # fmt: skip
    size = int(request.GET.get("rows", BOARD_ROWS))
    context |= {
        "rows": list(shown.order_by("-pk")[:size]),
        "counts": counts_of(every),
        "owners": list(User.objects.filter(membership__company=company).order_by("full_name")),
        "industries": list(Industry.objects.order_by("name")),
        "labels": list(Label.objects.filter(company=company, archived_at=None).order_by("name")),
        "views": list(
            SavedView.objects.filter(Q(owner=context["user"]) | Q(is_shared=True), company=company)
        ),
    }
    return render(request, "board.html", context)


def counts_of(every: QuerySet[Assignment]) -> dict[str, int]:
    parts = [
        every.order_by().filter(status=status).values_list("status")[:101]
        for status in ("draft", "sent", "assigned", "in_progress", "pending_approval",
                       "invoiced", "paid", "cancelled", "voided")
    ]  # fmt: skip
    counts: dict[str, int] = {}
    for (status,) in parts[0].union(*parts[1:], all=True):
        counts[status] = counts.get(status, 0) + 1
    return counts


def detail(request: HttpRequest, reference: str) -> HttpResponse:
    context = person(request)
    found = Assignment.objects.select_related(
        "company", "industry", "owner", "worker__user", "invoice"
    ).defer("search").get(reference=reference)  # fmt: skip
    events = Event.objects.filter(subject_kind="assignments.assignment", subject_key=found.pk)
    requests = DeliverableRequest.objects.filter(assignment=found)
    thread = Thread.objects.filter(assignment_id=found.pk).first()
    said = Message.objects.filter(thread=thread).select_related("author")
    context |= {
        "assignment": found,
        "visits": list(Visit.objects.filter(assignment=found)),
        "requests": list(requests),
        "files": list(Deliverable.objects.filter(request__in=requests)),
        "events": list(events.select_related("user").order_by("at", "pk")),
        "cases": list(Case.objects.filter(assignment_id=found.pk)),
        "ratings": list(Rating.objects.filter(assignment_id=found.pk)),
        "cards": list(WorkerScorecard.objects.filter(worker_id=found.worker_id)),
        "messages": list(said.prefetch_related("attachments").order_by("-pk")[:20]),
    }
    return render(request, "detail.html", context)
