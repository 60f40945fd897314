"""Templates: the list, writing one from scratch or from an assignment, changing, archiving."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignments import contents, snapshots, templating
from assignments.forms.sheet import Sheet
from assignments.forms.templates import TemplateForm
from assignments.models import Template
from assignments.views.loading import load, posted, refusals_in
from assignments.views.posting import drawn, without_saving
from conduct.gate import policies_accepted
from core.errors import DomainError
from core.paging import cursors_of, number_key, page_of, text_key
from core.permissions import demand

PAGE = 30
BY_NAME = [text_key("name"), number_key("pk")]


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    demand(request, "assignments.see_templates")
    rows = Template.objects.filter(company=request.actor.company).defer("content")
    archived = "archived" in request.GET
    rows = rows.filter(archived_at__isnull=not archived).select_related("made_by")
    page = page_of(rows, BY_NAME, size=PAGE, **cursors_of(request.GET))
    context = {
        "rows": page.rows,
        "archived": archived,
        "tabs": [
            {"label": "In use", "url": "?", "active": not archived},
            {"label": "Archived", "url": "?archived=yes", "active": archived},
        ],
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }
    return render(request, "assignments/templates.html", context)


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A template from scratch."""
    demand(request, "assignments.create")
    at = timezone.now()
    sheet = Sheet(posted(request), uploads=request.FILES, actor=request.actor, at=at)
    return _written(request, sheet, TemplateForm(posted(request)), {"draft_key": "template"}, at)


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, reference: str) -> HttpResponse:
    """One template: read by everybody of the company, changed by whoever may post."""
    template = load_template(request, reference)
    at = timezone.now()
    like = contents.again(snapshots.contents_of(template.content), at=at)
    sheet = Sheet(posted(request), uploads=request.FILES, actor=request.actor, at=at, like=like)
    form = TemplateForm(
        posted(request), initial={"name": template.name, "revision": template.revision}
    )
    context = {"template": template, "draft_key": template.reference}
    return _written(request, sheet, form, context, at)


@login_required
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep an assignment as a template under a name."""
    assignment = load(request, reference, "assignments.save_template")
    form = TemplateForm(posted(request), initial={"name": assignment.title[:80]})
    if form.is_valid():
        content = snapshots.of_assignment(assignment)
        with refusals_in(form):
            made = templating.keep(
                form.cleaned_data["name"], content, by=request.actor, at=timezone.now()
            )
            messages.success(request, f"Template “{made.name}” kept. Start new postings from it.")
            return redirect("assignments:templates")
    context = {"assignment": assignment, "form": form}
    return render(request, "assignments/template_keep.html", context)


@login_required
@require_POST
def archive(request: HttpRequest, reference: str) -> HttpResponse:
    """Archive a template, or bring it back."""
    template = load_template(request, reference)
    verb = templating.bring_back if template.archived_at else templating.archive
    try:
        done = verb(template, by=request.actor, at=timezone.now())
    except DomainError as refused:
        messages.error(request, str(refused))
    else:
        said = "archived. Find it under Archived." if done.archived_at else "can be used again."
        messages.success(request, f"“{done.name}” {said}")
    return redirect("assignments:templates")


def load_template(request: HttpRequest, reference: str) -> Template:
    rows = Template.objects.visible_to(request.actor).select_related("company")
    template: Template = get_object_or_404(rows, reference=reference)
    demand(request, "assignments.change_template", template)
    return template


def _written(
    request: HttpRequest, sheet: Sheet, form: TemplateForm, context: dict[str, Any], at: datetime
) -> HttpResponse:
    """The posting page in the clothes of a template, or what saving it leads to."""
    context |= {"page": "assignments/template.html", "lead_form": form, "saves_only": True}
    if (page := without_saving(request, sheet, context)) is not None:
        return page
    if all([form.is_valid(), sheet.is_valid()]):
        content, name = snapshots.take(sheet.contents), form.cleaned_data["name"]
        with refusals_in(form):
            saved = _save(request, name, content, form, context, at)
            messages.success(request, f"Template “{saved.name}” saved.")
            return redirect("assignments:templates")
    return drawn(request, sheet, context)


def _save(
    request: HttpRequest, name: str, content: Any, form: TemplateForm, context: Any, at: datetime
) -> Template:
    template = context.get("template")
    if template is None:
        return templating.keep(name, content, by=request.actor, at=at)
    return templating.change(
        template, name, content, revision=form.cleaned_data["revision"] or 0,
        by=request.actor, at=at,
    )  # fmt: skip
