"""The transcript of a conversation: a page to print, and a PDF."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from messaging import transcript as transcripts
from messaging.forms import TranscriptForm
from messaging.transcript import Transcript
from messaging.transcript_paper import closing, transcript_pdf
from messaging.views.loading import load


@login_required
@require_safe
def transcript(request: HttpRequest, reference: str) -> HttpResponse:
    made = _made(request, reference)
    context = {
        "transcript": made,
        "closing": closing(made),
        "may_add_notes": not request.actor.is_worker,
        "worker": "" if request.actor.is_worker else made.conversation.worker.reference,
    }
    return render(request, "messaging/transcript.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, reference: str) -> HttpResponse:
    paper = transcript_pdf(_made(request, reference))
    answer = HttpResponse(paper.content, content_type=paper.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{paper.name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _made(request: HttpRequest, reference: str) -> Transcript:
    form = TranscriptForm(request.GET)
    form.is_valid()
    chosen = load(request, reference, form.cleaned_data.get("worker", ""))[2]
    if chosen is None:
        raise Http404
    notes = bool(form.cleaned_data.get("notes")) and not request.actor.is_worker
    return transcripts.of(chosen, request.actor, at=timezone.now(), with_notes=notes)
