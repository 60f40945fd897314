"""Notices, deliveries and reminders for staff: read only, and a retry of what was given up."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from activity.tasks import nudge
from notifications import delivering
from notifications.models import Delivery, Notice, Reminder
from notifications.tasks import deliver_due


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows are made by the system alone; staff look at them."""

    ordering = ["-pk"]
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["made_at", "recipient", "kind", "title", "read_at"]
    list_filter = ["kind", "made_at"]
    list_select_related = ["recipient"]
    search_fields = ["recipient__email", "key"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Given-up deliveries can be sent again."""

    list_display = ["due_at", "recipient", "title", "channel", "status", "tries", "error"]
    list_filter = ["status", "channel", "due_at"]
    list_select_related = ["notice__recipient"]
    search_fields = ["notice__recipient__email"]
    actions = ["retry"]

    @admin.display(description="recipient")
    def recipient(self, delivery: Delivery) -> Any:
        return delivery.notice.recipient

    @admin.display(description="title")
    def title(self, delivery: Delivery) -> str:
        return delivery.notice.title

    @admin.action(description="Try again what was given up")
    def retry(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        dead = list(queryset.filter(status=Delivery.Status.DEAD))
        for delivery in dead:
            delivering.retry(delivery, at=timezone.now())
        nudge(deliver_due)
        messages.success(request, f"{len(dead)} will be tried again.")


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ["due_at", "rule", "step", "recipient", "object_key", "status", "settled_at"]
    list_filter = ["status", "rule", "due_at"]
    list_select_related = ["recipient"]
    search_fields = ["recipient__email"]
