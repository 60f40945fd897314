"""A worker takes a test: what it is, one page a question, handing in, the result."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import files
from core.dates import moment_words
from core.errors import DomainError
from core.forms import refuse
from core.paging import page_of
from vetting import taking as verbs
from vetting.forms.answers import AnswerForm, shown
from vetting.forms.tests import OpenTestsForm
from vetting.models import Answer, Attempt, Test
from vetting.queries import results
from vetting.queries import tests as queries
from vetting.views import marking
from vetting.views.loading import load_attempt, load_test
from vetting.views.questions import steps_of


def own_tests(request: HttpRequest) -> HttpResponse:
    form = OpenTestsForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    page = page_of(
        queries.open_to_take(request.actor, words=wanted.get("q") or ""),
        queries.NEWEST, after=wanted.get("after", ""), before=wanted.get("before", ""),
    )  # fmt: skip
    context = {
        "form": form,
        "own": queries.own_attempts(request.actor.worker),
        "open": page.rows,
        "searched": bool(wanted.get("q")),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "today": timezone.localdate(),
    }
    return render(request, "vetting/tests/mine.html", context)


def start_page(
    request: HttpRequest, test: Test, refused: str = "", status: int = 200
) -> HttpResponse:
    """What a worker reads before starting, their attempts, and whether they may start now."""
    at = timezone.now()
    chance = queries.chance_of(test, request.actor.worker, at=at)
    version = test.current
    questions = queries.questions_of(version) if version else []
    pools = queries.pools_of(version) if version else []
    context = {
        "test": test,
        "version": version,
        "asked": queries.asked_in(questions, pools),
        "by_hand": any(question.by_hand for question in questions),
        "chance": chance,
        "attempts": list(reversed(chance.attempts)),
        "refused": refused,
        "at": at,
    }
    return render(request, "vetting/tests/start.html", context, status=status)


@require_POST
@login_required
def start(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin, or go on where one left off."""
    test = load_test(request, reference, "vetting.take_test")
    try:
        attempt = verbs.start(test, by=request.actor, at=timezone.now())
    except DomainError as refused:
        return start_page(request, test, refused=str(refused), status=422)
    first = attempt.answers.filter(answered_at=None).order_by("position").first()
    place = first.position if first else 1
    return redirect("vetting:take_question", attempt.reference, place)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: HttpRequest, reference: str) -> HttpResponse:
    """Under way: the list of questions; then the result. A company reads and marks the answers."""
    found = load_attempt(request, reference, "vetting.see_test")
    if request.actor.is_client:
        return marking.attempt_page(request, found)
    if request.method == "POST":
        return redirect(found)
    found = closed_if_over(found, request, at=timezone.now())
    answers = results.answers_of(found)
    if found.is_open:
        return overview(request, found, answers)
    return result_page(request, found, answers)


def overview(request: HttpRequest, attempt: Attempt, answers: list[Answer]) -> HttpResponse:
    open_places = [answer.position for answer in answers if not answer.is_given]
    context = {
        "attempt": attempt,
        "test": attempt.test,
        "answers": answers,
        "open_places": open_places,
        "now": timezone.now(),
    }
    return render(request, "vetting/tests/overview.html", context)


def result_page(
    request: HttpRequest, attempt: Attempt, answers: list[Answer], late: str = "", status: int = 200
) -> HttpResponse:
    at = timezone.now()
    test = attempt.test
    chance = queries.chance_of(test, attempt.worker, at=at)
    shows = attempt.version.shows_answers and not attempt.is_marking
    context = {
        "attempt": attempt,
        "test": test,
        "chance": chance,
        "late": late,
        "latest": bool(chance.attempts) and chance.attempts[-1].pk == attempt.pk,
        "shows": shows,
        "answers": [
            (answer, results.answer_words(answer), results.right_words(answer.question))
            for answer in answers
        ],
        "remarks": [answer for answer in answers if answer.remark],
    }
    return render(request, "vetting/tests/result.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, reference: str, position: int) -> HttpResponse:
    """One question. Every button of the page saves first; the script saves while one types."""
    found = load_attempt(request, reference, "vetting.take_test")
    found = closed_if_over(found, request, at=timezone.now()) if request.method != "POST" else found
    answers = results.answers_of(found)
    answer = next((one for one in answers if one.position == position), None)
    if answer is None:
        raise Http404
    if not found.is_open and request.method != "POST":
        return redirect(found)
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = AnswerForm(
        *posted, question=answer.question, initial=shown(answer),
        shuffle=f"{found.pk}-{answer.pk}" if found.version.random_order else "",
    )  # fmt: skip
    if request.method == "POST":
        return answered(request, found, answers, answer, form)
    return question_page(request, found, answers, answer, form)


def answered(
    request: HttpRequest, attempt: Attempt, answers: list[Answer], answer: Answer, form: AnswerForm
) -> HttpResponse:
    quietly = request.headers.get("X-Autosave") == "yes"
    at = timezone.now()
    clash = None
    if not form.is_valid() and is_through(attempt, at, quietly=quietly):
        return ended(request, attempt, answer, form, quietly, at)
    if form.is_valid():
        try:
            kept = saved(attempt, answer, form, request, at)
        except (verbs.TimeIsUp, verbs.HandedIn) as refused:
            return too_late(request, attempt, answer, form, str(refused), quietly)
        except verbs.ChangedElsewhere as refused:
            clash = refused.answer
            form.now_seen(clash.revision)
            form.add_error("answer", str(refused))
        except DomainError as refused:
            refuse(form, refused)
        else:
            return on_from(request, attempt, answers, kept, quietly, at)
    if quietly:
        words = next((str(e) for errors in form.errors.values() for e in errors), "")
        return JsonResponse({"saved": False, "words": words}, status=409 if clash else 422)
    return question_page(request, attempt, answers, answer, form, clash=clash, status=422)


def is_through(attempt: Attempt, at: datetime, *, quietly: bool) -> bool:
    """Whether nothing can be mended any more: a script that saves leaves the grace to whoever
    presses."""
    if not attempt.is_open or attempt.is_over(at):
        return True
    return not quietly and attempt.ends_at is not None and at >= attempt.ends_at


def ended(
    request: HttpRequest, attempt: Attempt, answer: Answer, form: AnswerForm, quietly: bool,
    at: datetime,
) -> HttpResponse:  # fmt: skip
    """What cannot be kept does not hold up the end: what was saved before is handed in."""
    why = verbs.TimeIsUp() if attempt.is_open else verbs.HandedIn()
    verbs.hand_in(attempt, by=request.actor, at=at)
    return too_late(request, attempt, answer, form, str(why), quietly)


def saved(
    attempt: Attempt, answer: Answer, form: AnswerForm, request: HttpRequest, at: datetime
) -> Answer:
    data = form.cleaned_data
    given = {"upload": data["answer"]} if answer.question.takes_file else {"value": data["answer"]}
    return verbs.save(attempt, answer.position, seen=data["seen"], by=request.actor, at=at, **given)


def on_from(
    request: HttpRequest, attempt: Attempt, answers: list[Answer], answer: Answer,
    quietly: bool, at: datetime,
) -> HttpResponse:  # fmt: skip
    """Where the button that was pressed leads."""
    if quietly:
        words = f"Saved at {moment_words(at, style='time')}"
        return JsonResponse({"saved": True, "seen": answer.revision, "words": words})
    go = request.POST.get("go", "next")
    if go == "over" and attempt.ends_at is not None and at >= attempt.ends_at:
        verbs.hand_in(attempt, by=request.actor, at=at)
        return redirect(attempt)
    places = [one.position for one in answers]
    wanted = answer.position + {"next": 1, "back": -1}.get(go, 0)
    if go == "list" or wanted not in places:
        return redirect(attempt)
    return redirect("vetting:take_question", attempt.reference, wanted)


def too_late(
    request: HttpRequest, attempt: Attempt, answer: Answer, form: AnswerForm, why: str,
    quietly: bool,
) -> HttpResponse:  # fmt: skip
    """The result, and the answer that came too late, so that it is not lost to its writer."""
    if quietly:
        there = attempt.get_absolute_url()
        return JsonResponse({"saved": False, "words": why, "leave": there}, status=409)
    typed = None if answer.question.chooses else form["answer"].data
    value = form.cleaned_data.get("answer") if form.is_valid() else typed
    late = Answer(question=answer.question, position=answer.position)
    if answer.question.takes_file:
        late.name = value.name if value else ""
    else:
        late.value = str(value) if value is not None and not isinstance(value, list) else value
    attempt = load_attempt(request, attempt.reference, "vetting.take_test")
    messages.warning(request, why)
    answers = results.answers_of(attempt)
    words = results.answer_words(late) if late.value or late.name else ""
    return result_page(request, attempt, answers, late=words, status=409)


def question_page(
    request: HttpRequest, attempt: Attempt, answers: list[Answer], answer: Answer,
    form: AnswerForm, clash: Answer | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    total = len(answers)
    here = answer.position
    context = {
        "attempt": attempt,
        "test": attempt.test,
        "version": attempt.version,
        "question": answer.question,
        "answer": answer,
        "form": form,
        "clash": results.answer_words(clash) or "nothing" if clash else "",
        "steps": steps_of([(one.position, one.is_given) for one in answers], here),
        "position": here,
        "total": total,
        "previous": here - 1,
        "next": here + 1 if here < total else 0,
        "now": timezone.now(),
    }
    return render(request, "vetting/tests/question.html", context, status=status)


@require_POST
@login_required
def hand_in(request: HttpRequest, reference: str) -> HttpResponse:
    found = load_attempt(request, reference, "vetting.take_test")
    verbs.hand_in(found, by=request.actor, at=timezone.now())
    return redirect(found)


@login_required
@require_safe
def file(request: HttpRequest, reference: str, position: int) -> HttpResponseBase:
    """A file that was handed in, for its worker and the company."""
    found = load_attempt(request, reference, "vetting.see_test")
    answer = get_object_or_404(found.answers.exclude(file=""), position=position)
    return files.serve(answer.file, answer.name, answer.content_type)


def closed_if_over(attempt: Attempt, request: HttpRequest, *, at: datetime) -> Attempt:
    """Handed in where the time is up: the page must not wait for the sweep to say so."""
    if attempt.is_open and attempt.is_over(at):
        verbs.hand_in(attempt, by=request.actor, at=at)
        return load_attempt(request, attempt.reference, "vetting.take_test")
    return attempt
