"""A company's dealings as files for its own bookkeeping."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Company
from core import spreadsheets
from core.permissions import demand
from payments import book_files, subjects
from payments.days import utc_day
from payments.forms.exports import ExportForm
from payments.queries.bookkeeping import Account

CSV = {
    "journal": (book_files.JOURNAL, book_files.journal_rows),
    "bills": (book_files.BILLS, book_files.bill_rows),
}


@login_required
@require_safe
def exports(request: HttpRequest) -> HttpResponseBase:
    """Asks for days and file, and sends it while it is read."""
    demand(request, "payments.view")
    form = ExportForm(request.GET, today=utc_day(timezone.now()))
    if form.is_bound and form.is_valid():
        return _file(request.actor.company, form)
    return render(request, "payments/exports.html", {"form": form})


def _file(company: Company, form: ExportForm) -> StreamingHttpResponse:
    kind, period = form.cleaned_data["format"], form.period
    name = f"{company.slug}-{kind}-{period.first:%Y-%m-%d}-{period.last:%Y-%m-%d}"
    if kind in CSV:
        columns, rows_of = CSV[kind]
        rows = rows_of(company, period, form.names, subjects.about)
        headings = [column.heading for column in columns]
        return spreadsheets.download(f"{name}.csv", headings, rows)
    lines = book_files.iif_lines(company, period, form.names, subjects.about)
    response = StreamingHttpResponse(lines, content_type="text/plain; charset=windows-1252")
    response["Content-Disposition"] = f'attachment; filename="{name}.iif"'
    return response


@login_required
@require_safe
def export_help(request: HttpRequest) -> HttpResponse:
    """What each column holds, and how the file gets into a program."""
    demand(request, "payments.view")
    accounts = [
        {
            "label": ExportForm.LABELS[account],
            "name": book_files.DEFAULT_NAMES[account],
            "type": book_files.TYPES[account],
        }
        for account in Account
    ]
    context = {
        "journal": book_files.JOURNAL,
        "bills": book_files.BILLS,
        "accounts": accounts,
        "entries": [(kind, keyword) for kind, keyword in book_files.KEYWORDS.items()],
    }
    return render(request, "payments/export_help.html", context)
