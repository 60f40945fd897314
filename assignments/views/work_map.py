"""Find work on a plain map: sites around the worker, and the same as a table."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments import rings
from assignments.forms.find_work import FindWorkForm
from assignments.queries import find_work as queries
from assignments.queries import sites
from assignments.rings import Spot
from core.money import format_money
from core.permissions import demand
from core.places import away_words

NEXT_DOOR = 10
"""Miles around a site that its link lists: the smallest circle the filters offer."""


@login_required
@require_safe
def work_map(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.find_work")
    worker = request.actor.worker
    form = FindWorkForm(request.GET, worker=worker)
    form.is_valid()
    wanted = {**form.cleaned_data, "sort": "nearest"}
    context: dict[str, Any] = {"form": form, "asked": form.asked, "worker": worker}
    if form.origin:
        miles = wanted.get("miles") or queries.FURTHEST_NEAREST
        matches = queries.found(worker, wanted, origin=form.origin, at=timezone.now())
        drawn = rings.draw(form.origin, sites.around(matches), miles=miles)
        context |= {
            "map": drawn,
            "origin": form.origin,
            "miles": miles,
            "spots": [_words(spot, form) for spot in drawn.spots],
            "count": sum(spot.site["count"] for spot in drawn.spots),
            "is_cut": len(drawn.spots) == sites.MOST_SITES,
        }
    return render(request, "assignments/work_map.html", context)


def _words(spot: Spot, form: FindWorkForm) -> dict[str, Any]:
    site = spot.site
    kept = [(name, value) for name, value in form.others if name not in ("zip", "miles", "where")]
    near = [*kept, ("zip", site["postal_code"][:5]), ("miles", NEXT_DOOR), ("sort", "nearest")]
    count = site["count"]
    return {
        "x": spot.x,
        "y": spot.y,
        "radius": spot.radius,
        "url": f"{reverse('assignments:find_work')}?{urlencode(near)}",
        "place": f"{site['city']}, {site['region']}",
        "away": away_words(site["miles"]),
        "direction": spot.direction,
        "count": f"{count} assignment{'' if count == 1 else 's'}",
        "best_pay": format_money(site["best_pay"]),
    }
