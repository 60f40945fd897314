"""Notices, deliveries and reminders for staff: read only, and a retry of what was given up."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone

from activity.tasks import nudge
from core.read_only import ReadOnlyAdmin
from notifications import delivering, reminders
from notifications.forms.centre import PreviewForm
from notifications.models import (
    DeadAddress,
    Delivery,
    Digest,
    MailReport,
    Notice,
    Reminder,
    ReminderSwitch,
    Rest,
    RuleRun,
)
from notifications.reminders import catalogue
from notifications.reminders.sweeping import MOST_FORESEEN
from notifications.tasks import TASKS


class RowsAdmin(ReadOnlyAdmin):
    """Rows that the system alone makes, newest first and never counted as a whole."""

    ordering = ["-pk"]
    show_full_result_count = False
    list_per_page = 50


@admin.register(Notice)
class NoticeAdmin(RowsAdmin):
    list_display = ["made_at", "recipient", "kind", "title", "read_at"]
    list_filter = ["kind", "made_at"]
    list_select_related = ["recipient"]
    search_fields = ["recipient__email", "key"]


class RepeatableAdmin(RowsAdmin):
    """What was given up can be sent again by staff who may change deliveries."""

    actions = ["retry"]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_delivery")

    @admin.display(description="error", ordering="error")
    def why(self, row: Delivery | Digest) -> str:
        return row.error

    @admin.action(description="Try again what was given up", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        dead = list(queryset.filter(status=Delivery.Status.DEAD))
        for row in dead:
            delivering.retry(row, at=timezone.now())
        for task in TASKS.values():
            nudge(task)
        messages.success(request, f"{len(dead)} will be tried again.")


@admin.register(Delivery)
class DeliveryAdmin(RepeatableAdmin):
    list_display = ["due_at", "recipient", "title", "channel", "status", "tries", "why"]
    list_filter = ["status", "channel", "due_at"]
    list_select_related = ["notice__recipient"]
    search_fields = ["notice__recipient__email", "sent_to"]

    @admin.display(description="recipient")
    def recipient(self, delivery: Delivery) -> Any:
        return delivery.notice.recipient

    @admin.display(description="title")
    def title(self, delivery: Delivery) -> str:
        return delivery.notice.title


@admin.register(Digest)
class DigestAdmin(RepeatableAdmin):
    list_display = ["day", "due_at", "recipient", "status", "tries", "why"]
    list_filter = ["status", "due_at"]
    list_select_related = ["recipient"]
    search_fields = ["recipient__email"]


@admin.register(Rest)
class RestAdmin(RowsAdmin):
    list_display = ["channel", "until", "why"]


@admin.register(DeadAddress)
class DeadAddressAdmin(RowsAdmin):
    list_display = ["address", "cause", "since", "said"]
    list_filter = ["cause", "since"]
    search_fields = ["address"]


@admin.register(MailReport)
class MailReportAdmin(RowsAdmin):
    list_display = ["received_at", "kind", "address", "provider", "said"]
    list_filter = ["kind", "provider", "received_at"]
    search_fields = ["address", "key"]


@admin.register(Reminder)
class ReminderAdmin(RowsAdmin):
    list_display = [
        "due_at",
        "rule",
        "step",
        "recipient",
        "object_key",
        "status",
        "why",
        "settled_at",
    ]
    list_filter = ["status", "rule", "due_at"]
    list_select_related = ["recipient"]
    search_fields = ["recipient__email"]


@admin.register(RuleRun)
class RuleRunAdmin(RowsAdmin):
    """Every rule with its last sweep, and what sweeps would tell until a later moment."""

    def get_urls(self) -> list[URLPattern]:
        ahead = self.admin_site.admin_view(self.preview)
        return [path("preview/", ahead, name="notifications_reminder_preview"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Reminder rules",
            "opts": self.opts,
            "entries": catalogue.of_staff(),
        }
        return render(request, "admin/notifications/rules.html", context)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What would be told, were nothing else to happen until then."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        tomorrow = timezone.localtime() + timedelta(days=1)
        form = PreviewForm({"until": request.GET.get("until") or f"{tomorrow:%Y-%m-%dT%H:%M}"})
        found = []
        if form.is_valid():
            found = reminders.preview(since=timezone.now(), at=form.cleaned_data["until"])
        context = {
            **self.admin_site.each_context(request),
            "title": "What would be told",
            "opts": self.opts,
            "form": form,
            "found": found,
            "most": MOST_FORESEEN,
        }
        return render(request, "admin/notifications/preview.html", context)


@admin.register(ReminderSwitch)
class ReminderSwitchAdmin(RowsAdmin):
    list_display = ["company", "rule", "switched_off_at", "switched_off_by"]
    list_filter = ["rule"]
    list_select_related = ["company", "switched_off_by"]
    search_fields = ["company__name"]
