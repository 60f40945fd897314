"""What postings are made of by others: templates, series, imports of files."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assignments.models import (
    Import,
    ImportMapping,
    Series,
    SeriesDate,
    SeriesPart,
    Template,
)
from payments.admin import Lines, Record

MOST_ERRORS = 20


def _written(content: Any) -> SafeString:
    return format_html("<pre>{}</pre>", json.dumps(content, indent=2, ensure_ascii=False))


@admin.register(Template)
class TemplateAdmin(Record):
    list_display = ("reference", "name", "company", "made_by", "changed_at", "archived_at")
    list_select_related = ("company", "made_by")
    list_filter = (("archived_at", admin.EmptyFieldListFilter),)
    search_fields = ("=reference", "=company__slug", "name")
    search_help_text = "Reference, the company’s short name, or words of the name."
    fields = (
        "reference", "name", "company", "revision", "made_by", "made_at", "changed_at",
        "archived_at", "posting",
    )  # fmt: skip
    readonly_fields = ("posting",)

    @admin.display(description="What it posts")
    def posting(self, template: Template) -> SafeString:
        return _written(template.content)


class PartLines(Lines):
    model = SeriesPart
    fields = ("first_on", "rule")


class DateLines(Lines):
    model = SeriesDate
    fields = ("on", "skipped_at", "moved_to", "assignment", "made_at", "note")

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("assignment").order_by("-on")


@admin.register(Series)
class SeriesAdmin(Record):
    list_display = ("reference", "title", "company", "state", "sends", "due_at", "member")
    list_select_related = ("company", "member__user", "member__company")
    list_filter = ("state", "sends")
    search_fields = ("=reference", "=company__slug", "title")
    search_help_text = "Reference, the company’s short name, or words of the title."
    inlines = (PartLines, DateLines)


@admin.register(Import)
class ImportAdmin(Record):
    """The file itself is not offered: it is the company's, and the rows say what was in it."""

    list_display = (
        "reference", "file_name", "company", "stage", "rows_in_all", "rows_bad", "uploaded_at",
    )  # fmt: skip
    list_select_related = ("company",)
    list_filter = ("stage",)
    search_fields = ("=reference", "=company__slug", "file_name")
    search_help_text = "Reference, the company’s short name, or words of the file’s name."
    fields = (
        "reference", "company", "member", "stage", "file_name", "size", "like", "rows_in_all",
        "rows_done", "rows_bad", "note", "uploaded_at", "created_at", "ended_at", "lease_until",
        "tries", "first_errors",
    )  # fmt: skip
    readonly_fields = ("first_errors",)

    @admin.display(description="First rows with errors")
    def first_errors(self, given: Import) -> SafeString | str:
        bad = given.rows.filter(is_bad=True).order_by("number")[:MOST_ERRORS]
        lines = [
            (row.number, error.get("label", ""), error.get("message", ""))
            for row in bad
            for error in row.errors
        ]
        found = format_html_join("", "<li>Row {}, {}: {}</li>", lines)
        return format_html("<ol>{}</ol>", found) if lines else "None"


@admin.register(ImportMapping)
class ImportMappingAdmin(Record):
    list_display = ("name", "company", "saved_by", "saved_at")
    list_select_related = ("company", "saved_by")
    search_fields = ("=company__slug", "name")
