"""Conduct for staff: the desk with its own pages, the catalogue and the ladder to edit, and
policies to write (``conduct.views.editing``)."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.actors import Actor
from conduct.models import (
    Acceptance,
    Concern,
    LadderStep,
    Measure,
    Policy,
    PolicyVersion,
    Violation,
    ViolationKind,
)
from conduct.views import desk, editing, recording
from core.markdown import render
from core.read_only import ReadOnlyAdmin


class Allowed(ReadOnlyAdmin):
    """Shown to whoever one of the rules lets in; the pages behind ask anew."""

    rules: tuple[str, ...] = ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def _may(self, request: HttpRequest) -> bool:
        if not request.user.is_authenticated:
            return False
        actor = Actor.as_staff(request.user)
        return any(actor.can(rule) for rule in self.rules)


@admin.register(Policy)
class PolicyAdmin(Allowed):
    """The list and the editor are conduct's own pages."""

    rules = ("conduct.edit_policies",)

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("", guard(editing.listing), name="conduct_policy_changelist"),
            path("add/", guard(editing.add), name="conduct_policy_add"),
            path("<int:pk>/change/", guard(editing.page), name="conduct_policy_change"),
        ]


@admin.register(PolicyVersion)
class PolicyVersionAdmin(Allowed):
    rules = ("conduct.edit_policies",)
    list_display = ("policy", "number", "in_force_from", "published_by", "accepted_by")
    list_select_related = ("policy", "published_by")
    list_filter = ("policy",)
    fields = ("policy", "number", "note", "in_force_from", "published_by", "as_read")
    readonly_fields = ("as_read",)

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("<int:pk>/acceptance/", guard(editing.acceptance), name="conduct_acceptance"),
            path(
                "<int:pk>/acceptance.csv", guard(editing.acceptance_csv),
                name="conduct_acceptance_csv",
            ),
            *super().get_urls(),
        ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> "QuerySet[PolicyVersion]":
        return super().get_queryset(request).annotate(yes=Count("acceptances"))

    @admin.display(description="people who accepted", ordering="yes")
    def accepted_by(self, version: Any) -> int:
        return int(version.yes)

    @admin.display(description="text")
    def as_read(self, version: PolicyVersion) -> SafeString:
        return format_html('<div class="prose">{}</div>', render(version.text))


@admin.register(Acceptance)
class AcceptanceAdmin(Allowed):
    rules = ("conduct.edit_policies",)
    list_display = ("user", "version", "accepted_at", "ip_address")
    list_select_related = ("user", "version__policy")
    list_filter = ("version__policy",)
    search_fields = ("user__email", "user__full_name")
    date_hierarchy = "accepted_at"


@admin.register(Concern)
class ConcernAdmin(Allowed):
    """The queue and the page of a concern are the desk's own."""

    rules = ("conduct.work_queue", "conduct.decide_appeals")

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("", guard(desk.queue), name="conduct_concern_changelist"),
            path("<int:pk>/change/", guard(desk.concern), name="conduct_concern_change"),
            *(
                path(
                    f"<int:pk>/{name}/",
                    guard(desk.act),
                    {"name": name},
                    name=f"conduct_concern_{name}",
                )
                for name in desk.ACTS
            ),
        ]


@admin.register(Violation)
class ViolationAdmin(Allowed):
    """The list is to search; a row leads to the page of what followed."""

    rules = ("conduct.record", "conduct.work_queue")
    list_display = (
        "reference", "kind", "party", "severity", "number", "recorded_by", "recorded_at",
        "withdrawn_at",
    )  # fmt: skip
    list_select_related = ("kind", "company", "worker__user", "recorded_by")
    list_filter = ("severity", "kind", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = (
        "=reference", "company__name", "worker__user__full_name", "=assignment_reference",
        "=case_label",
    )  # fmt: skip
    date_hierarchy = "recorded_at"
    ordering = ("-recorded_at", "-pk")

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("<str:side>/<int:pk>/", guard(recording.party), name="conduct_party"),
            path("<str:side>/<int:pk>/record/", guard(recording.record), name="conduct_record"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        if found is None or not self.has_view_permission(request, found):
            return super().change_view(request, object_id, *args, **kwargs)
        return redirect("admin:conduct_measure_change", found.measure.pk)


@admin.register(Measure)
class MeasureAdmin(Allowed):
    rules = ("conduct.record", "conduct.work_queue", "conduct.decide_appeals")
    list_display = ("reference", "effect", "party", "begins_at", "ends_at", "ended_at", "ending")
    list_select_related = ("company", "worker__user")
    list_filter = ("effect", ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("=reference", "company__name", "worker__user__full_name")
    ordering = ("-begins_at", "-pk")

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("<int:pk>/change/", guard(recording.measure), name="conduct_measure_change"),
            *(
                path(
                    f"<int:pk>/{name}/",
                    guard(recording.decide),
                    {"name": name},
                    name=f"conduct_measure_{name}",
                )
                for name in recording.ACTS
            ),
            path(
                "<int:pk>/files/<slug:code>/", guard(recording.appeal_file),
                name="conduct_appeal_file",
            ),
            *super().get_urls(),
        ]  # fmt: skip


@admin.register(ViolationKind)
class ViolationKindAdmin(admin.ModelAdmin):
    """The catalogue. A kind that was recorded keeps its name and severity; none is deleted."""

    list_display = ("name", "side", "severity", "position", "archived_at")
    list_editable = ("position",)
    list_filter = ("side", "severity", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug", "passage")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        used = obj is not None and obj.violations.exists()
        return ("slug", "name", "severity") if used else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if self.get_readonly_fields(request, obj) else {"slug": ("name",)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LadderStep)
class LadderStepAdmin(admin.ModelAdmin):
    """What follows from which violation; a change holds for what is recorded from then on."""

    list_display = ("severity", "count", "effect", "days", "stops_new_work", "words")
    list_display_links = ("severity", "count")
    list_filter = ("severity",)
