"""Marks, to read: they belong to those who made them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from vetting.models import CompanyMark, WorkerMark


class MarkAdmin(admin.ModelAdmin):
    list_display = ("company", "worker", "standing", "marked_at")
    list_select_related = ("company", "worker__user")
    list_filter = ("standing",)
    search_fields = ("company__name", "worker__user__full_name", "worker__reference")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.register(CompanyMark, MarkAdmin)
admin.site.register(WorkerMark, MarkAdmin)
