"""Writing the questions of a test: one page each, their order, pools, pictures, the preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import files
from core.errors import DomainError
from core.forms import refusals_in
from vetting import composing
from vetting.forms.answers import AnswerForm
from vetting.forms.tests import MoveForm, PoolForm, QuestionForm
from vetting.models import Answer, Attempt, Question, QuestionKind, QuestionPool, Test
from vetting.queries import tests as queries
from vetting.queries.results import right_words
from vetting.views.loading import load_question, load_test

METHODS = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(METHODS)
def new(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a question of the kind that the address names."""
    test = load_test(request, reference, "vetting.manage_test")
    kind = request.GET.get("kind", "")
    if kind not in QuestionKind.values:
        kind = QuestionKind.SINGLE
    form = form_of(request, test, kind)
    if form.is_bound and "more" not in request.POST and form.is_valid():
        data = form.cleaned_data
        given = {"pool": data["pool"], "image": data["image"]}
        acting = {"by": request.actor, "at": timezone.now()}
        with refusals_in(form):
            composing.add_question(test, form.facts(), **given, **acting)
            messages.success(request, "The question is added.")
            again = "again" in request.POST
            return redirect(request.get_full_path() if again else test.get_absolute_url())
    return question_page(request, test, form)


@login_required
@require_http_methods(METHODS)
def question(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    found = load_question(request, reference, key)
    test = found.version.test
    form = form_of(request, test, found.kind, found)
    if form.is_bound and "more" not in request.POST and form.is_valid():
        data = form.cleaned_data
        given = {"pool": data["pool"], "image": data["image"]}
        given["drop_image"] = bool(data.get("drop_image"))
        acting = {"by": request.actor, "at": timezone.now()}
        with refusals_in(form):
            composing.change_question(found, form.facts(), **given, **acting)
            messages.success(request, "Saved.")
            return redirect(test)
    return question_page(request, test, form, found)


def form_of(
    request: HttpRequest, test: Test, kind: str, question: Question | None = None
) -> QuestionForm:
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return QuestionForm(*posted, kind=kind, is_survey=test.is_survey, question=question)


def question_page(
    request: HttpRequest, test: Test, form: QuestionForm, question: Question | None = None
) -> HttpResponse:
    more = form.is_bound and "more" in request.POST
    if more:
        form._errors = {}
    context = {
        "test": test,
        "form": form,
        "question": question,
        "kind": form.kind,
        "more": more,
        "pools": list(composing.shown(test).pools.values_list("name", flat=True)),
        "locked": question is not None and not question.version.is_draft,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "vetting/tests/question_form.html", context, status=status)


@require_POST
@login_required
def remove(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    found = load_question(request, reference, key)
    try:
        composing.remove_question(found, by=request.actor, at=timezone.now())
        messages.success(request, "The question is removed.")
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(found.version.test)


@require_POST
@login_required
def order(request: HttpRequest, reference: str) -> HttpResponse:
    """One question up or down, or all of them in the order in which they were dropped."""
    test = load_test(request, reference, "vetting.manage_test")
    form = MoveForm(request.POST)
    acting = {"by": request.actor, "at": timezone.now()}
    if not form.is_valid():
        messages.error(request, "Nothing was moved. Press “Move up” or “Move down” again.")
        return redirect(test)
    data = form.cleaned_data
    try:
        if data["question"] and data["to"]:
            rows = Question.objects.filter(version__test=test).select_related("version__test")
            found = rows.filter(reference=data["question"]).first()
            if found is None:
                raise composing.GoneMeanwhile
            composing.move(found, -1 if data["to"] == "up" else 1, **acting)
        elif data["order"]:
            composing.arrange(test, data["order"].split(","), **acting)
    except DomainError as refused:
        messages.error(request, str(refused))
    there = f"#{data['question']}" if data["question"] else "#questions"
    return redirect(test.get_absolute_url() + there)


@require_POST
@login_required
def pool(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """How many questions of a pool each attempt gets."""
    test = load_test(request, reference, "vetting.manage_test")
    rows = QuestionPool.objects.select_related("version__test").filter(version__test=test)
    found = get_object_or_404(rows, pk=key)
    form = PoolForm(request.POST)
    if not form.is_valid():
        said = "; ".join(form.errors.get("draw", ["Say how many are drawn."]))
        messages.error(request, f"Pool “{found}”: {said}")
        return redirect(test)
    try:
        composing.draw_from(found, form.cleaned_data["draw"], by=request.actor, at=timezone.now())
        messages.success(request, f"Each attempt gets {found.draw} of “{found}”.")
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(test)


@login_required
@require_safe
def preview(request: HttpRequest, reference: str, position: int) -> HttpResponse:
    """A question as workers see it; nothing that is answered here is kept."""
    test = load_test(request, reference, "vetting.see_results")
    version = composing.shown(test)
    questions = queries.questions_of(version)
    if not 1 <= position <= len(questions):
        raise Http404
    shown = questions[position - 1]
    context = {
        "test": test,
        "version": version,
        "question": shown,
        "answer": Answer(position=position),
        "form": AnswerForm(question=shown),
        "steps": steps_of([(n, False) for n in range(1, len(questions) + 1)], position),
        "position": position,
        "total": len(questions),
        "preview": True,
        "right": "" if test.is_survey else right_words(shown),
        "previous": position - 1,
        "next": position + 1 if position < len(questions) else 0,
    }
    return render(request, "vetting/tests/question.html", context)


def steps_of(places: list[tuple[int, bool]], here: int) -> list[dict[str, Any]]:
    """One mark a question: where one is, and what is answered."""
    return [{"number": n, "given": given, "current": n == here} for n, given in places]


@login_required
@require_safe
def image(request: HttpRequest, reference: str, key: str) -> HttpResponseBase:
    """The picture of a question: for the company, and for workers who are asked it."""
    found = load_question(request, reference, key, "vetting.see_test")
    if not found.image:
        raise Http404
    if request.actor.is_worker:
        asked = Attempt.objects.filter(worker=request.actor.worker, answers__question=found)
        if not asked.exists():
            raise Http404
    suffix = found.image.name.rsplit(".", 1)[-1]
    return files.serve(found.image, f"{found.reference}.{suffix}", found.image_type)
