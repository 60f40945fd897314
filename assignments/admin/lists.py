"""A company's own field sets and labels, and what the rules and people have labelled."""

from __future__ import annotations

from django.contrib import admin

from assignments.models import AssignmentField, AssignmentLabel, CustomField, FieldSet, Label
from payments.admin import Lines, Record


class FieldLines(Lines):
    model = CustomField
    fields = (
        "position", "label", "kind", "filled_by", "required", "for_worker", "choices", "help",
        "archived_at",
    )  # fmt: skip


@admin.register(FieldSet)
class FieldSetAdmin(Record):
    list_display = ("reference", "name", "company", "use", "customer", "project", "archived_at")
    list_select_related = ("company", "customer", "project")
    list_filter = ("use", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("=reference", "=company__slug", "name")
    search_help_text = "Reference, the company’s short name, or words of the name."
    inlines = (FieldLines,)


@admin.register(AssignmentField)
class AssignmentFieldAdmin(Record):
    """What assignments ask and what was answered."""

    list_display = ("assignment", "set_name", "label", "kind", "filled_by", "answered_at")
    list_select_related = ("assignment",)
    list_filter = ("kind", "filled_by", "is_survey", ("answered_at", admin.EmptyFieldListFilter))
    search_fields = ("=assignment__reference", "=field_set__reference")
    search_help_text = "Reference of the assignment or of the field set."


@admin.register(Label)
class LabelAdmin(Record):
    list_display = ("reference", "name", "company", "tone", "icon", "created_at", "archived_at")
    list_select_related = ("company",)
    list_filter = ("tone", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("=reference", "=company__slug", "name")
    search_help_text = "Reference, the company’s short name, or words of the name."


@admin.register(AssignmentLabel)
class AssignmentLabelAdmin(Record):
    """The log: who or which rule put a label on, and who took it off."""

    list_display = (
        "assignment", "label", "rule", "opened_at", "opened_by", "resolved_at", "resolved_by",
    )  # fmt: skip
    list_select_related = ("assignment", "label", "opened_by", "resolved_by")
    list_filter = ("rule", ("resolved_at", admin.EmptyFieldListFilter))
    search_fields = ("=assignment__reference", "=label__reference")
    search_help_text = "Reference of the assignment or of the label."
