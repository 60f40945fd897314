"""The minimal site, in one file: session and person, then each page's own queries.

``/list`` and ``/search`` show 25 open assignments, ``/detail`` one with its last 20
messages, ``/write`` locks a row, changes it, notes it and moves money between two accounts.
"""

import os
from pathlib import Path

import environs
from django.conf import settings

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ["SECRET_KEY"],
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.sessions", "tests.bench.limits.apps.LimitsConfig"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        DATABASES={"default": {**environs.Env().dj_db_url("DATABASE_URL"), "CONN_MAX_AGE": 600}},
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [Path(__file__).parent / "templates"],
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    import django

    django.setup()

from django.contrib.postgres.search import SearchQuery
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import path

from tests.bench.limits.models import (
    Account,
    Assignment,
    Entry,
    History,
    Industry,
    Message,
    User,
)

ROWS = 25


def person(request: HttpRequest) -> User:
    return User.objects.get(pk=request.session["_auth_user_id"])


def page_of(request: HttpRequest, found) -> HttpResponse:
    user = person(request)
    context = {
        "user": user,
        "rows": found.select_related("company").order_by("-sent_at", "-id")[:ROWS],
        "total": found.order_by()[:201].count(),
        "industries": list(Industry.objects.order_by("name")),
    }
    return render(request, "list.html", context)


def list_page(request: HttpRequest) -> HttpResponse:
    return page_of(request, Assignment.objects.filter(status="sent", on_marketplace=True))


def search_page(request: HttpRequest) -> HttpResponse:
    query = SearchQuery(request.GET["words"], config="english")
    found = Assignment.objects.filter(status="sent", on_marketplace=True, search=query)
    return page_of(request, found)


def detail_page(request: HttpRequest, reference: str) -> HttpResponse:
    found = Assignment.objects.select_related("company", "industry").get(reference=reference)
    messages = Message.objects.filter(thread_id=found.pk).select_related("author")
    context = {
        "user": person(request),
        "assignment": found,
        "messages": list(messages.order_by("-id")[:20]),
    }
    return render(request, "detail.html", context)


def write(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    with transaction.atomic():
        found = Assignment.objects.select_for_update().get(reference=reference)
        found.revision += 1
        found.save(update_fields=["revision"])
        History.objects.create(assignment=found, user=user, what="changed")
        first, second = sorted([1 + found.pk % 1000, 1 + (found.pk * 7 + 1) % 1000])
        if first != second:
            accounts = Account.objects.select_for_update().filter(pk__in=[first, second])
            known = {account.pk: account for account in accounts.order_by("pk")}
            Entry.objects.bulk_create(
                [Entry(account=known[first], amount=-5), Entry(account=known[second], amount=5)]
            )
            known[first].balance -= 5
            known[second].balance += 5
            Account.objects.bulk_update(known.values(), ["balance"])
    return HttpResponse(status=302, headers={"Location": f"/detail/{reference}/"})


def token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


urlpatterns = [
    path("list/", list_page),
    path("search/", search_page),
    path("detail/<slug:reference>/", detail_page),
    path("write/<slug:reference>/", write),
    path("token/", token),
]
application = get_wsgi_application()
