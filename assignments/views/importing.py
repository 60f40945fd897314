"""Drafts from a file: upload, choose the columns, look at the rows, create, undo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activity.tasks import nudge_after_commit
from assignments import import_steps, importing
from assignments.forms.import_columns import LEFT_OUT
from assignments.forms.import_own import Own
from assignments.forms.importing import MappingForm, UploadForm
from assignments.forms.posting import PostingForm
from assignments.importing import NotNow
from assignments.models import Import
from assignments.models.imports import Stage
from assignments.queries import imports
from assignments.tasks import import_files
from assignments.views import import_rows
from assignments.views.loading import posted, refusals_in
from conduct.gate import policies_accepted
from core import spreadsheets
from core.errors import DomainError
from core.paging import cursors_of, page_of
from core.permissions import demand
from core.upload_limits import limits_upload

PAGE = 25
STATE = "import-state"
PARTS = {
    Stage.READING: "working", Stage.CHECKING: "working", Stage.CREATING: "working",
    Stage.UNDOING: "working", Stage.MAPPING: "to_map", Stage.CHECKED: "checked",
    Stage.CREATED: "created", Stage.UNDONE: "ended", Stage.REFUSED: "refused",
    Stage.DISCARDED: "ended",
}  # fmt: skip
"""By stage the part of the page that says what there is to do."""


@login_required
@limits_upload(lambda: settings.IMPORT_MAX_BYTES)
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """A new file, and every earlier one."""
    demand(request, "assignments.create")
    form = UploadForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        actor=request.actor,
        too_large=request.upload_too_large,
    )
    if form.is_valid():
        with refusals_in(form):
            return redirect(_upload(request, form))
    page = page_of(
        imports.for_list(request.actor), imports.NEWEST, size=PAGE, **cursors_of(request.GET)
    )
    context = {
        "form": form,
        "rows": page.rows,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "most_rows": settings.IMPORT_MAX_ROWS,
    }
    return render(request, "assignments/imports.html", context)


@login_required
@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """A file with every usual heading, those of the company's own fields too, and good rows."""
    demand(request, "assignments.create")
    now = timezone.now()
    fields = PostingForm(actor=request.actor, at=now).fields
    own = Own(request.actor.company)
    headings, rows = import_rows.sample_of(own.columns(fields), fields, own, now)
    return spreadsheets.download("assignments-sample.csv", headings, rows)


@login_required
@require_safe
def columns_help(request: HttpRequest) -> HttpResponse:
    """Everything that a column may hold, and what a file cannot carry."""
    demand(request, "assignments.create")
    fields = PostingForm(actor=request.actor, at=timezone.now()).fields
    groups = import_rows.in_words(Own(request.actor.company).columns(fields), fields)
    context = {"groups": groups, "left_out": LEFT_OUT}
    return render(request, "assignments/import_help.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """How far an import is, and what can be done with it now."""
    imported = load(request, reference)
    if request.htmx and request.htmx.target == STATE:
        return _state(request, imported)
    context = {"imported": imported, **_part(imported)}
    if imported.stage == Stage.CHECKED:
        context |= import_rows.preview(request, imported)
        context["not_read"] = import_rows.not_read(imported)
    context["form"] = UploadForm(actor=request.actor, initial={"like": imported.reference})
    return render(request, "assignments/import.html", context)


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, reference: str) -> HttpResponse:
    imported = load(request, reference)
    if imported.stage not in importing.MOVES["choose"]:
        return redirect(imported)
    form = MappingForm(posted(request), imported=imported, actor=request.actor, at=timezone.now())
    if form.is_valid():
        with refusals_in(form):
            _choose(request, imported, form)
            return redirect(imported)
    return render(request, "assignments/import_columns.html", {"imported": imported, "form": form})


@login_required
@require_safe
def errors(request: HttpRequest, reference: str) -> HttpResponse:
    """The rows with errors as a file, each with what is to be changed."""
    imported = load(request, reference)
    heading = ["Row", "What to change", *imported.shape.get("headings", [])]
    name = f"{imported.file_name.rpartition('.')[0] or 'import'}-errors.csv"
    return spreadsheets.download(name, heading, imports.bad_rows(imported))


@login_required
@policies_accepted
@require_POST
def creation(request: HttpRequest, reference: str) -> HttpResponse:
    return _acted(request, reference, importing.create)


@login_required
@require_POST
def discard(request: HttpRequest, reference: str) -> HttpResponse:
    return _acted(request, reference, importing.discard, done="{name} was put aside.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, reference: str) -> HttpResponse:
    """Delete every draft of an import, after one look at what that means."""
    if request.method == "POST":
        return _acted(request, reference, importing.undo)
    imported = load(request, reference)
    if imported.stage not in importing.MOVES["undo"]:
        return redirect(imported)
    count = importing.drafts_of(imported).count()
    return render(request, "assignments/import_undo.html", {"imported": imported, "count": count})


def load(request: HttpRequest, reference: str) -> Import:
    """The import: 404 where it is not the company's, 403 for whoever may not post."""
    rows = Import.objects.visible_to(request.actor).select_related("member__user", "company")
    imported = get_object_or_404(rows, reference=reference)
    demand(request, "assignments.import", imported)
    return imported


def _acted(request: HttpRequest, reference: str, verb: Any, done: str = "") -> HttpResponse:
    """Call a verb and go to the page of the import, with its refusal or what was done."""
    imported = load(request, reference)
    try:
        verb(imported, by=request.actor, at=timezone.now())
        nudge_after_commit(import_files)
        if done:
            messages.success(request, done.format(name=f"“{imported.file_name}”"))
    except NotNow as refused:
        messages.info(request, str(refused))
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(imported)


def _upload(request: HttpRequest, form: UploadForm) -> Import:
    file = form.cleaned_data["file"]
    made = importing.upload(
        file, file.name, reference=form.cleaned_data["reference"], like=form.cleaned_data["like"],
        by=request.actor, at=timezone.now(),
    )  # fmt: skip
    nudge_after_commit(import_files)
    return made


def _choose(request: HttpRequest, imported: Import, form: MappingForm) -> None:
    importing.choose(
        imported, columns=form.columns, formats=form.formats, defaults=form.defaults,
        save_as=form.cleaned_data["save_as"], by=request.actor, at=timezone.now(),
    )  # fmt: skip
    nudge_after_commit(import_files)


def _state(request: HttpRequest, imported: Import) -> HttpResponse:
    """Only the progress, for the page that asks again and again; the whole page once it is over."""
    if not imported.in_the_background:
        response = HttpResponse(status=204)
        if imported.stage == Stage.MAPPING:
            response["HX-Redirect"] = reverse(
                "assignments:import_columns", args=[imported.reference]
            )
        else:
            response["HX-Refresh"] = "true"
        return response
    return render(
        request, "assignments/imports/_working.html", {"imported": imported, **_part(imported)}
    )


def _part(imported: Import) -> dict[str, Any]:
    """The part of the page for its stage, and how far a stage in the background is."""
    done = imported.rows_done
    if imported.stage == Stage.CREATING:
        done = cache.get(import_steps.progress_key(imported)) or 0
    return {
        "part": f"assignments/imports/_{PARTS[Stage(imported.stage)]}.html",
        "done": done,
        "counts": imported.stage in (Stage.CHECKING, Stage.CREATING),
    }
