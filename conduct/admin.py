"""Policies, their versions and who accepted them: to read, since a published text stays."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conduct.models import Acceptance, Policy, PolicyVersion
from core.markdown import render
from core.read_only import ReadOnlyAdmin


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    list_display = ("title", "audience", "slug")


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    list_display = ("policy", "number", "in_force_from", "accepted_by")
    list_select_related = ("policy",)
    list_filter = ("policy",)
    fields = ("policy", "number", "in_force_from", "as_read")
    readonly_fields = ("as_read",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[PolicyVersion]":
        return super().get_queryset(request).annotate(yes=Count("acceptances"))

    @admin.display(description="people who accepted", ordering="yes")
    def accepted_by(self, version: Any) -> int:
        return int(version.yes)

    @admin.display(description="text")
    def as_read(self, version: PolicyVersion) -> SafeString:
        return format_html('<div class="prose">{}</div>', render(version.text))


@admin.register(Acceptance)
class AcceptanceAdmin(ReadOnlyAdmin):
    list_display = ("user", "version", "accepted_at", "ip_address")
    list_select_related = ("user", "version__policy")
    list_filter = ("version__policy",)
    search_fields = ("user__email", "user__full_name")
    date_hierarchy = "accepted_at"
