"""Marks, groups and requirement sets, to read: they belong to those who made them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from vetting.models import (
    CompanyMark,
    Group,
    GroupMembership,
    RequirementOverride,
    RequirementSet,
    WorkerMark,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MarkAdmin(ReadOnlyAdmin):
    list_display = ("company", "worker", "standing", "marked_at")
    list_select_related = ("company", "worker__user")
    list_filter = ("standing",)
    search_fields = ("company__name", "worker__user__full_name", "worker__reference")


class GroupAdmin(ReadOnlyAdmin):
    list_display = ("reference", "name", "company", "kind", "created_at", "archived_at")
    list_select_related = ("company",)
    list_filter = ("kind",)
    search_fields = ("reference", "name", "company__name")


class GroupMembershipAdmin(ReadOnlyAdmin):
    list_display = ("group", "worker", "status", "changed_at", "reason")
    list_select_related = ("group", "worker__user")
    list_filter = ("status",)
    search_fields = ("group__name", "worker__user__full_name", "worker__reference")


class RequirementSetAdmin(ReadOnlyAdmin):
    list_display = ("reference", "name", "company", "on_all", "revision", "archived_at")
    list_select_related = ("company",)
    list_filter = ("on_all",)
    search_fields = ("reference", "name", "company__name")


class RequirementOverrideAdmin(ReadOnlyAdmin):
    list_display = ("requirement_set", "worker", "note", "made_by", "made_at", "ended_at")
    list_select_related = ("requirement_set", "worker__user", "made_by")
    search_fields = ("requirement_set__name", "worker__user__full_name", "worker__reference")


admin.site.register(CompanyMark, MarkAdmin)
admin.site.register(WorkerMark, MarkAdmin)
admin.site.register(Group, GroupAdmin)
admin.site.register(GroupMembership, GroupMembershipAdmin)
admin.site.register(RequirementSet, RequirementSetAdmin)
admin.site.register(RequirementOverride, RequirementOverrideAdmin)
