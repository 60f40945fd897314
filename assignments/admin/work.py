"""Assignments and what hangs on them; codes of reasons are edited here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assignments import pricing
from assignments.models import (
    Application,
    Assignment,
    Cancellation,
    ChangeRequest,
    Customer,
    Deliverable,
    DeliverableRequest,
    Hold,
    Invitation,
    Location,
    LocationContact,
    Project,
    Reason,
    SendBack,
    Unassignment,
    Visit,
)
from payments.admin import Lines, Record


class RequestLines(Lines):
    model = DeliverableRequest
    fields = ("title", "count", "due_at")


class ChangeLines(Lines):
    model = ChangeRequest
    fields = ("kind", "side", "status", "amount", "reason", "asked_by", "asked_at", "answered_at")


class DeliverableLines(Lines):
    model = Deliverable
    fields = ("name", "size", "handed_in_by", "handed_in_at", "removed_at")


class VisitLines(Lines):
    model = Visit
    fields = ("checked_in_at", "checked_out_at", "note")


class HoldLines(Lines):
    model = Hold
    fields = ("kind", "reason", "placed_by", "placed_at", "released_at")


class SendBackLines(Lines):
    model = SendBack
    fields = ("note", "sent_back_by", "sent_back_at")


class CancellationLines(Lines):
    model = Cancellation
    fields = ("reason", "note", "late_notice", "fee", "cancelled_by", "cancelled_at")


class ApplicationLines(Lines):
    model = Application
    fields = ("worker", "status", "is_counteroffer", "applied_at", "decided_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("worker__user")


@admin.register(Assignment)
class AssignmentAdmin(Record):
    list_display = ("reference", "title", "company", "status", "worker", "budget", "starts_at")
    list_select_related = ("company", "worker__user")
    list_filter = ("status", "industry", "on_site", "terms_days")
    search_fields = ("=reference", "=company__slug", "title")
    search_help_text = "Reference, the company’s short name, or words of the title."
    inlines = (
        HoldLines, ChangeLines, CancellationLines, ApplicationLines, RequestLines, DeliverableLines,
        VisitLines, SendBackLines,
    )  # fmt: skip
    readonly_fields = ("page",)
    fieldsets = (
        (None, {"fields": ("reference", "page", "status", "company", "worker", "owner")}),
        ("What", {"fields": ("title", "industry", "description", "skills", "resolution")}),
        ("Where", {"fields": ("on_site", "site_name", "street", "city", "region", "postal_code")}),
        ("When", {"fields": ("starts_at", "ends_at", "time_zone", "is_window")}),
        (
            "Money",
            {
                "fields": (
                    *pricing.FIELDS, "budget", "expenses", "bonus", "fee_rate",
                    "terms_days", "hours_claimed", "units_claimed", "amount_claimed", "reservation",
                    "invoice",
                )
            },
        ),
        (
            "How far",
            {
                "fields": (
                    "created_at", "sent_at", "assigned_at", "confirmed_at", "started_at",
                    "submitted_at", "approved_at", "paid_at", "cancelled_at", "voided_at",
                    "void_note",
                )
            },
        ),
    )  # fmt: skip

    @admin.display(description="On the site")
    def page(self, assignment: Assignment) -> SafeString:
        return format_html(
            '<a href="{}">Open {}</a>', assignment.get_absolute_url(), assignment.reference
        )


@admin.register(Application)
class ApplicationAdmin(Record):
    list_display = ("assignment", "worker", "status", "is_counteroffer", "applied_at")
    list_select_related = ("assignment", "worker__user")
    list_filter = ("status", "is_counteroffer")
    search_fields = ("=assignment__reference", "=worker__reference")


@admin.register(Invitation)
class InvitationAdmin(Record):
    list_display = ("assignment", "worker", "invited_by", "invited_at")
    list_select_related = ("assignment", "worker__user", "invited_by")
    search_fields = ("=assignment__reference", "=worker__reference")


@admin.register(Hold)
class HoldAdmin(Record):
    list_display = ("assignment", "kind", "reason", "placed_at", "released_at")
    list_select_related = ("assignment",)
    list_filter = ("kind", ("released_at", admin.EmptyFieldListFilter))
    search_fields = ("=assignment__reference",)


@admin.register(Customer)
class CustomerAdmin(Record):
    list_display = ("reference", "name", "number", "company", "archived_at")
    list_select_related = ("company",)
    search_fields = ("=reference", "=company__slug", "name")


@admin.register(Project)
class ProjectAdmin(Record):
    list_display = ("reference", "name", "company", "customer", "budget", "starts_on", "ends_on")
    list_select_related = ("company", "customer")
    search_fields = ("=reference", "=company__slug", "name")


class ContactLines(Lines):
    model = LocationContact
    fields = ("name", "phone", "email", "note")


@admin.register(Location)
class LocationAdmin(Record):
    list_display = ("reference", "name", "number", "company", "city", "region", "archived_at")
    list_select_related = ("company",)
    search_fields = ("=reference", "=company__slug", "name", "=postal_code")
    inlines = (ContactLines,)


@admin.register(Unassignment)
class UnassignmentAdmin(Record):
    list_display = ("assignment", "worker", "side", "reason", "mark", "unassigned_at")
    list_select_related = ("assignment", "worker__user", "reason")
    list_filter = ("side", "mark", "reason")
    search_fields = ("=assignment__reference", "=worker__reference")


@admin.register(Reason)
class ReasonAdmin(admin.ModelAdmin):
    """What people choose from when they cancel, take a worker off or back out.

    Codes in use are never deleted; taking one off the list leaves the past as it is.
    """

    list_display = (
        "label", "act", "chosen_by", "effect", "counts_for", "position", "is_active",
    )  # fmt: skip
    list_filter = ("act", "effect", "is_active")
    list_editable = ("position", "is_active")
    search_fields = ("label", "code")
    prepopulated_fields = {"code": ("label",)}
    fields = ("act", "label", "code", "effect", "position", "is_active")

    @admin.display(description="Chosen by")
    def chosen_by(self, reason: Reason) -> str:
        return "the site" if reason.is_internal else f"the {reason.side}"

    @admin.display(description="Counts for")
    def counts_for(self, reason: Reason) -> str:
        nothing = reason.effect == Reason.Effect.NONE
        return "nobody" if nothing else f"the {reason.counts_for}"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("act", "code") if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
