"""The landing page, and the home page of each kind of user."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from marketplace import landing
from marketplace.home import client, staff, worker

RECIPES = {
    "client": (client.home_of, "marketplace/home_client.html"),
    "worker": (worker.home_of, "marketplace/home_worker.html"),
    "staff": (staff.home_of, "marketplace/home_staff.html"),
}


def home(request: HttpRequest) -> HttpResponse:
    """What needs the person now; visitors get the landing page, newcomers the choice to join."""
    actor = request.actor
    if actor.kind == "anonymous":
        return landing.show(request)
    if actor.kind not in RECIPES:
        return redirect("accounts:join")
    recipe, template = RECIPES[actor.kind]
    now = timezone.now()
    context = {"home": recipe(actor, at=now), "now": now, "actor": actor}
    return render(request, template, context)
