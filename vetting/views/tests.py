"""Tests and surveys: a company's list, their rules, publishing, copying, archiving."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from core.forms import refusals_in
from core.paging import page_of
from core.permissions import demand
from vetting import composing, history, publishing
from vetting.forms.tests import (
    KIND_WORDS,
    ListForm,
    NewTestForm,
    PublishForm,
    TestForm,
    rules_of,
)
from vetting.models import QuestionKind, Test
from vetting.queries import tests as queries
from vetting.views import marking, taking
from vetting.views.loading import load_test


@login_required
@require_safe
def tests(request: HttpRequest) -> HttpResponse:
    """A company's tests; for a worker their own attempts, and what is listed."""
    demand(request, "vetting.see_tests")
    if request.actor.is_worker:
        return taking.own_tests(request)
    form = ListForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    rows = queries.of_company(
        request.actor.company, archived=bool(wanted.get("archived")), words=wanted.get("q") or ""
    )
    page = page_of(
        rows, queries.NEWEST, after=wanted.get("after", ""), before=wanted.get("before", "")
    )
    context = {
        "form": form,
        "rows": page.rows,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "filtered": bool(wanted.get("q") or wanted.get("archived")),
    }
    return render(request, "vetting/tests/list.html", context)


@login_required
@require_safe
def test(request: HttpRequest, reference: str) -> HttpResponse:
    found = load_test(request, reference, "vetting.see_test")
    if request.actor.is_worker:
        return taking.start_page(request, found)
    return builder_page(request, found)


def builder_page(
    request: HttpRequest, test: Test, publication: PublishForm | None = None, status: int = 200
) -> HttpResponse:
    """The questions in their order, the rules, and what stands against publishing."""
    version = composing.shown(test)
    questions, pools = queries.questions_of(version), queries.pools_of(version)
    against = publishing.problems(questions, pools, is_survey=test.is_survey)
    context = {
        "test": test,
        "version": version,
        "questions": questions,
        "pools": pools,
        "asked": queries.asked_in(questions, pools),
        "points": sum(question.points for question in questions),
        "problems": against,
        "wrong": {problem.question.pk for problem in against if problem.question},
        "form": publication or PublishForm(),
        "kinds": [(kind.value, kind.label, *KIND_WORDS[kind]) for kind in QuestionKind],
        "tabs": marking.tabs_of(test, "questions"),
        "history": history.of(test) if status == 200 else [],
    }
    return render(request, "vetting/tests/builder.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    demand(request, "vetting.create_test")
    posted = request.POST if request.method == "POST" else None
    is_survey = (posted or request.GET).get("kind") == "survey"
    initial = {"kind": "survey" if is_survey else "test"}
    form = NewTestForm(posted, initial=initial, is_survey=is_survey)
    if form.is_valid():
        facts = {name: value for name, value in form.cleaned_data.items() if name != "kind"}
        acting = {"by": request.actor, "at": timezone.now()}
        with refusals_in(form):
            made = composing.create(is_survey=is_survey, facts=facts, **acting)
            messages.success(request, f"“{made}” is there. Now add its questions.")
            return redirect(made)
    return render(request, "vetting/tests/settings.html", {"form": form, "test": None})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, reference: str) -> HttpResponse:
    test = load_test(request, reference, "vetting.manage_test")
    version = composing.shown(test)
    initial = {"name": test.name, "is_listed": test.is_listed}
    initial |= rules_of(version, composing.RULES)
    posted = request.POST if request.method == "POST" else None
    form = TestForm(posted, initial=initial, is_survey=test.is_survey)
    if form.is_valid():
        at = timezone.now()
        with refusals_in(form):
            composing.edit(test, form.cleaned_data, by=request.actor, at=at)
            rules = any(name in composing.RULES for name in form.changed_data)
            waits = rules and test.is_published
            messages.success(request, f"Saved.{' New rules hold once you publish.' * waits}")
            return redirect(test)
    return render(request, "vetting/tests/settings.html", {"form": form, "test": test})


@require_POST
@login_required
def publication(request: HttpRequest, reference: str) -> HttpResponse:
    """Publish the draft; posted with ``revise`` open one, with ``discard`` throw it away."""
    test = load_test(request, reference, "vetting.manage_test")
    acting = {"by": request.actor, "at": timezone.now()}
    if "revise" in request.POST:
        composing.revise(test, **acting)
        return redirect(test)
    if "discard" in request.POST:
        composing.discard(test, **acting)
        messages.success(request, "The draft is thrown away. What is published stays.")
        return redirect(test)
    form = PublishForm(request.POST)
    if form.is_valid():
        keeps = form.cleaned_data["passes"] == "keep"
        with refusals_in(form):
            version = publishing.publish(test, keeps_passes=keeps, **acting)
            messages.success(request, f"Version {version.number} is published.")
            return redirect(test)
    return builder_page(request, test, form, status=422)


@require_POST
@login_required
def copy(request: HttpRequest, reference: str) -> HttpResponse:
    test = load_test(request, reference, "vetting.manage_test")
    name = publishing.free_name(test)
    try:
        made = publishing.duplicate(test, name=name, by=request.actor, at=timezone.now())
    except DomainError as refused:
        messages.error(request, str(refused))
        return redirect(test)
    messages.success(request, f"“{made}” is a copy that nobody sees yet.")
    return redirect(made)


@require_POST
@login_required
def archive(request: HttpRequest, reference: str) -> HttpResponse:
    """Put it away; posted with ``back`` it comes back."""
    test = load_test(request, reference, "vetting.manage_test")
    acting = {"by": request.actor, "at": timezone.now()}
    try:
        if "back" in request.POST:
            publishing.restore(test, **acting)
            messages.success(request, f"“{test}” is in use again.")
        else:
            publishing.archive(test, **acting)
            messages.success(request, f"“{test}” is archived: nobody can start it.")
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(test)
