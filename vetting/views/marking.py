"""The company's side of results: the queue, one attempt, the table, the figures, the file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import WorkerProfile
from core import charts, spreadsheets
from core.errors import DomainError
from core.forms import refusals_in
from core.paging import page_of
from core.permissions import demand
from vetting import marking as verbs
from vetting.forms.answers import GrantForm, MarksForm, QueueForm, ResultsForm
from vetting.models import Attempt, Test, TestVersion
from vetting.queries import results as queries
from vetting.queries.tests import NEWEST
from vetting.views.loading import load_test


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Everything of the company that waits for a mark, the oldest first."""
    demand(request, "vetting.see_marking")
    form = QueueForm(request.GET)
    form.is_valid()
    page = page_of(
        queries.to_mark(request.actor.company), queries.OLDEST_WAITING,
        after=form.cleaned_data.get("after", ""), before=form.cleaned_data.get("before", ""),
    )  # fmt: skip
    context = {
        "rows": page.rows,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }
    return render(request, "vetting/tests/queue.html", context)


def attempt_page(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """What the worker answered; whoever may mark, marks here."""
    answers = queries.answers_of(attempt)
    waiting = [answer for answer in answers if answer.question.by_hand and answer.is_given]
    may_mark = attempt.is_marking and request.actor.can("vetting.mark_attempt", attempt.test)
    posted = request.POST if request.method == "POST" else None
    if posted is not None:
        demand(request, "vetting.mark_attempt", attempt.test)
    form = MarksForm(posted, answers=waiting) if attempt.is_marking or posted else None
    if form is not None and form.is_valid():
        with refusals_in(form):
            done = verbs.mark(attempt, form.marks, by=request.actor, at=timezone.now())
            return marked(request, done)
    context = {
        "attempt": attempt,
        "test": attempt.test,
        "form": form if may_mark or posted else None,
        "answers": [
            (answer, queries.answer_words(answer), queries.right_words(answer.question),
             form.of(answer) if form and answer in waiting else None)
            for answer in answers
        ],
        "grant": GrantForm(),
        "may_grant": verbs.may_be_granted(attempt),
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return render(request, "vetting/tests/attempt.html", context, status=status)


def marked(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """On to the next one that waits, as long as there is one."""
    if attempt.is_marking:
        messages.success(request, "Saved. Some answers still wait for their points.")
        return redirect(attempt)
    result = f"{attempt.get_status_display().lower()} with {attempt.score:.0f} %"
    messages.success(request, f"{attempt.worker} is told: {result}.")
    following = queries.to_mark(request.actor.company).order_by("submitted_at", "pk").first()
    return redirect(following or "vetting:marking")


@login_required
@require_safe
def results(request: HttpRequest, reference: str) -> HttpResponse:
    """Who reached what, and how each question was answered."""
    test = load_test(request, reference, "vetting.see_results")
    form, version = chosen(request, test)
    context = {"test": test, "form": form, "tabs": tabs_of(test, "results"), "version": version}
    if version is not None:
        wanted = form.cleaned_data
        rows = queries.results_of(
            version, status=wanted.get("status") or "", words=wanted.get("q") or ""
        )
        page = page_of(rows, NEWEST, after=wanted.get("after", ""), before=wanted.get("before", ""))
        tallies = queries.tallies(version, is_survey=test.is_survey)
        context |= {
            "rows": page.rows,
            "newer": page.newer_url(request.GET),
            "older": page.older_url(request.GET),
            "filtered": bool(wanted.get("q") or wanted.get("status")),
            "figures": queries.figures_of(version),
            "tallies": tallies,
            "chart": chart_of(test, tallies),
            "query": request.GET.urlencode(),
        }
    return render(request, "vetting/tests/results.html", context)


def chosen(request: HttpRequest, test: Test) -> tuple[ResultsForm, TestVersion | None]:
    """The filter, and the version it shows; none before anything is published."""
    versions = {
        version.number: version
        for version in test.versions.exclude(published_at=None).order_by("-number")
    }
    current = max(versions, default=0)
    form = ResultsForm(request.GET, numbers=list(versions), current=current)
    form.is_valid()
    return form, versions.get(form.shown)


def chart_of(test: Test, tallies: list[queries.Tally]) -> charts.Chart | None:
    """The share right of each question; of a survey the share that answered it."""
    if test.is_survey:
        shares = [t.given * 100 / t.asked if t.asked else None for t in tallies]
        title, series = "Share of answers to each question", "Answered"
    else:
        shares = [tally.share for tally in tallies]
        title, series = "Share right of each question", "Right"
    known = [round(share, 1) for share in shares if share is not None]
    if not known:
        return None
    return charts.bars(
        title=title, labels=[str(n) for n in range(1, len(tallies) + 1)],
        series=[(series, [None if s is None else round(s, 1) for s in shares])],
        desc=f"From {min(known):g}% to {max(known):g}%, over {len(tallies)} questions.",
        x_label="Question", y_label="Percent", unit="%",
    )  # fmt: skip


@login_required
@require_safe
def export(request: HttpRequest, reference: str) -> StreamingHttpResponse | HttpResponse:
    """Every attempt that the same address would list, with each answer."""
    test = load_test(request, reference, "vetting.see_results")
    form, version = chosen(request, test)
    if version is None:
        return redirect("vetting:results", reference)
    wanted = form.cleaned_data
    rows = queries.results_of(
        version, status=wanted.get("status") or "", words=wanted.get("q") or ""
    )
    questions = list(version.questions.all())
    headings = [f"{n}. {question.text[:80]}" for n, question in enumerate(questions, start=1)]
    name = f"{test.reference}-version-{version.number}.csv"
    return spreadsheets.download(
        name, [*queries.COLUMNS, *headings], queries.export_rows(rows, questions)
    )


@require_POST
@login_required
def grant(request: HttpRequest, reference: str, worker: str) -> HttpResponse:
    """One more attempt for one worker who has taken it."""
    test = load_test(request, reference, "vetting.manage_test")
    rows = WorkerProfile.objects.filter(test_attempts__test=test).select_related("user").distinct()
    found = get_object_or_404(rows, reference=worker)
    form = GrantForm(request.POST)
    last = test.attempts.filter(worker=found).order_by("-number").first()
    if not form.is_valid():
        messages.error(request, "The word to the worker is too long, or does not print.")
        return redirect(last)
    try:
        verbs.grant(
            test, found, note=form.cleaned_data["note"], by=request.actor, at=timezone.now()
        )
        messages.success(request, f"{found} may try once more and is told.")
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(last)


def tabs_of(test: Test, here: str) -> list[dict[str, Any]]:
    """The pages of one test, for whoever keeps it."""
    waiting = 0 if test.is_survey else queries.waiting_for_mark(test)
    pages = [("questions", "Questions", "vetting:test"), ("results", "Results", "vetting:results")]
    return [
        {
            "label": label,
            "url": reverse(name, args=[test.reference]),
            "active": key == here,
            "count": waiting if key == "results" else 0,
        }
        for key, label, name in pages
    ]
