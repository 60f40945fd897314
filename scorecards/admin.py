"""Ratings and scorecards for staff: ratings can be hidden, never edited; figures only read."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.actors import Actor
from core.read_only import ReadOnlyAdmin
from scorecards import rating
from scorecards.models import CompanyScorecard, Rating, WorkerScorecard


class UncountedAdmin(ReadOnlyAdmin):
    """Over tables that grow: never counted as a whole."""

    show_full_result_count = False


@admin.register(Rating)
class RatingAdmin(UncountedAdmin):
    list_display = [
        "rated_at", "assignment", "by", "overall", "company", "worker", "published_at", "hidden_at",
    ]  # fmt: skip
    list_filter = ["by", "overall", ("hidden_at", admin.EmptyFieldListFilter)]
    list_select_related = ["assignment", "company", "worker__user"]
    search_fields = ["assignment__reference", "company__name", "worker__user__full_name"]
    ordering = ["-pk"]
    actions = ["hide"]

    def has_hide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scorecards.change_rating")

    @admin.action(description="Hide from pages and figures", permissions=["hide"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Rating]) -> None:
        published = queryset.filter(published_at__isnull=False, hidden_at=None)
        by, at = Actor.as_staff(request.user), timezone.now()
        hidden = [rating.hide(found, by=by, at=at) for found in published]
        self.message_user(request, f"{len(hidden)} ratings are hidden.", messages.SUCCESS)


@admin.register(CompanyScorecard)
class CompanyScorecardAdmin(UncountedAdmin):
    list_display = [
        "company", "window", "ratings", "satisfaction", "approval_days", "days_past_due", "is_red",
    ]  # fmt: skip
    list_filter = ["window", "is_red", "is_new"]
    list_select_related = ["company"]
    search_fields = ["company__name"]
    ordering = ["company__name", "window"]


@admin.register(WorkerScorecard)
class WorkerScorecardAdmin(UncountedAdmin):
    list_display = [
        "worker", "window", "ratings", "satisfaction", "on_time", "deliverables_on_time",
        "completed",
    ]  # fmt: skip
    list_filter = ["window"]
    list_select_related = ["worker__user"]
    search_fields = ["worker__user__full_name", "worker__reference"]
    ordering = ["worker__user__full_name", "window"]
