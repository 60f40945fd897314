"""The admin's part of escalations: the addresses of the desk, and who is let in."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import TimeField
from django.http import HttpRequest
from django.urls import URLPattern, path

from accounts.actors import Actor
from core.read_only import ReadOnlyAdmin
from escalations.admin.keeping import DAYS
from escalations.models import Case, Holiday, Office, OfficeDay
from escalations.views import desk, presence, queue, report, settling


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    """The list and the page of a case are the desk's own; there is no form dump behind them."""

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("", guard(queue.queue), name="escalations_case_changelist"),
            path("assign/", guard(queue.assign_many), name="escalations_case_assign_many"),
            path("report/", guard(report.report), name="escalations_case_report"),
            path("report/csv/", guard(report.report_csv), name="escalations_case_report_csv"),
            path("<int:pk>/change/", guard(desk.page), name="escalations_case_change"),
            path("<int:pk>/presence/", guard(presence.presence), name="escalations_case_presence"),
            path(
                "<int:pk>/evidence/<slug:reference>/",
                guard(presence.evidence),
                name="escalations_case_evidence",
            ),
            path(
                "<int:pk>/handed-in/<int:number>/",
                guard(presence.handed_in),
                name="escalations_case_handed_in",
            ),
            path("<int:pk>/reverse/", guard(settling.reverse), name="escalations_case_reverse"),
            *(
                path(
                    f"<int:pk>/{name}/",
                    guard(settling.settle),
                    {"name": name},
                    name=f"escalations_case_{name}",
                )
                for name in ("propose", "decide")
            ),
            *(
                path(
                    f"<int:pk>/{name}/",
                    guard(desk.act),
                    {"name": name},
                    name=f"escalations_case_{name}",
                )
                for name in desk.ACTS
            ),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._reads_cases(request)

    def has_view_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return self._reads_cases(request)

    def _reads_cases(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and Actor.as_staff(request.user).can(
            "escalations.read"
        )


class LeadsOnly:
    """Leads set the calendar of the desk; agents read it. No rule of one table says so."""

    def _leads(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and Actor.as_staff(request.user).can(
            "escalations.lead"
        )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_authenticated and Actor.as_staff(request.user).can(
            "escalations.read"
        )

    has_module_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._leads(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._leads(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._leads(request)


class OpenDays(LeadsOnly, admin.TabularInline):
    """Times on the wall of the team: the browser's own fields, without its "now"."""

    model = OfficeDay
    formfield_overrides: ClassVar = {
        TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
    }
    max_num = 7
    extra = 0


class Holidays(LeadsOnly, admin.TabularInline):
    model = Holiday
    formfield_overrides: ClassVar = DAYS
    extra = 1


@admin.register(Office)
class OfficeAdmin(LeadsOnly, admin.ModelAdmin):
    """One row: open days and holidays, the deadlines counted in them, the amount for leads.

    Deadlines that stand keep their moment; the next ones are counted by the new calendar.
    """

    inlines = (OpenDays, Holidays)
    fieldsets = (
        (None, {"fields": ["time_zone", "lead_above"]}),
        (
            "Deadlines, in open hours",
            {"fields": ["first_answer_hours", "update_hours", "answer_hours", "proposal_hours"]},
        ),
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and not Office.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The calendar is changed, not removed."""
        return False
