"""The admin's part of escalations: the addresses of the desk, and who is let in."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from accounts.actors import Actor
from core.read_only import ReadOnlyAdmin
from escalations.models import Case
from escalations.views import desk


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    """The list and the page of a case are the desk's own; there is no form dump behind them."""

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("", guard(desk.queue), name="escalations_case_changelist"),
            path("<int:pk>/change/", guard(desk.page), name="escalations_case_change"),
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
        return self._works_cases(request)

    def has_view_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return self._works_cases(request)

    def _works_cases(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and Actor.as_staff(request.user).can(
            "escalations.work"
        )
