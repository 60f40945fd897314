"""Ratings and scorecards for staff: ratings can be hidden, never edited; figures only read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.views.decorators.http import require_POST

from accounts.actors import Actor
from core.errors import DomainError
from core.read_only import ReadOnlyAdmin
from scorecards import comparing, moderating
from scorecards.formulas import counted
from scorecards.models import (
    CompanyScorecard,
    FormulaEdition,
    MarketFigure,
    Rating,
    ScorecardCheck,
    WorkerScorecard,
)
from scorecards.views import moderation


class UncountedAdmin(ReadOnlyAdmin):
    """Over tables that grow: never counted as a whole."""

    show_full_result_count = False


class Sight(admin.SimpleListFilter):
    """Where a rating stands: to be read, hidden, contested, not published yet."""

    title, parameter_name = "what is seen of it", "sight"
    CONDITIONS = {
        "shown": ("Shown", Q(published_at__isnull=False, hidden_at=None)),
        "words": ("Shown, with a comment", Q(published_at__isnull=False, hidden_at=None)
                  & ~Q(comment="") & Q(comment_hidden_at=None)),
        "hidden": ("Hidden", Q(hidden_at__isnull=False)),
        "parts": ("Comment or reply hidden",
                  Q(comment_hidden_at__isnull=False) | Q(reply__hidden_at__isnull=False)),
        "contested": ("Contested now", Q(hidings__contested=True, hidings__settled_at=None,
                                         hidings__restored_at=None)),
        "waiting": ("Not published yet", Q(published_at=None)),
    }  # fmt: skip

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in self.CONDITIONS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> QuerySet[Rating]:
        chosen = self.CONDITIONS.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


class WithReason(ActionForm):
    """The bar of actions, with the reason that both sides read."""

    reason = forms.CharField(
        label="Why (both sides read it)", required=False, max_length=moderating.LONGEST_REASON
    )


@admin.register(Rating)
class RatingAdmin(UncountedAdmin):
    """The list for moderating; the page of a rating is ``views.moderation``."""

    list_display = [
        "rated_at", "assignment", "by", "overall", "said", "company", "worker", "published_at",
        "hidden_at",
    ]  # fmt: skip
    list_filter = [Sight, "by", "overall"]
    list_select_related = ["assignment", "company", "worker__user"]
    search_fields = [
        "assignment__reference", "company__name", "worker__user__full_name", "comment",
    ]  # fmt: skip
    ordering = ["-pk"]
    actions = ["hide_ratings", "hide_comments"]
    action_form = WithReason

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<int:pk>/change/", self.admin_site.admin_view(moderation.page),
            name="scorecards_rating_change",
        )  # fmt: skip
        return [page, *super().get_urls()]

    def has_hide_permission(self, request: HttpRequest) -> bool:
        return Actor.as_staff(request.user).can("scorecards.moderate")

    @admin.display(description="Comment")
    def said(self, found: Rating) -> str:
        return Truncator(found.comment).chars(80)

    @admin.action(description="Hide ratings from pages and figures", permissions=["hide"])
    def hide_ratings(self, request: HttpRequest, queryset: QuerySet[Rating]) -> None:
        self._hide(request, queryset, moderating.Part.RATING)

    @admin.action(description="Hide comments", permissions=["hide"])
    def hide_comments(self, request: HttpRequest, queryset: QuerySet[Rating]) -> None:
        self._hide(request, queryset, moderating.Part.COMMENT)

    def _hide(self, request: HttpRequest, chosen: QuerySet[Rating], part: str) -> None:
        by, at, hidden = Actor.as_staff(request.user), timezone.now(), 0
        for found in chosen:
            try:
                reason = request.POST.get("reason", "").replace("\x00", "")
                moderating.hide(found, part=part, reason=reason, by=by, at=at)
            except moderating.NothingToHide:
                continue
            except DomainError as refused:
                self.message_user(request, str(refused), messages.ERROR)
                return
            hidden += 1
        self.message_user(request, f"{counted(hidden, part)} hidden.", messages.SUCCESS)


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


@admin.register(MarketFigure)
class MarketFigureAdmin(ReadOnlyAdmin):
    list_display = ["side", "window", "figure", "median", "owners", "drawn_at"]
    list_filter = ["side", "window"]
    ordering = ["side", "window", "figure"]


@admin.register(FormulaEdition)
class FormulaEditionAdmin(ReadOnlyAdmin):
    list_display = ["version", "began_at", "recomputed_at", "owners"]


@admin.register(ScorecardCheck)
class ScorecardCheckAdmin(UncountedAdmin):
    """Every comparison of the rolled-up rows with the facts; it puts right what it finds."""

    list_display = ["checked_at", "__str__", "owners", "count", "seconds"]
    fields = ("checked_at", "owners", "seconds", "count", "named")
    readonly_fields = ("named",)
    ordering = ["-pk"]
    change_list_template = "admin/scorecards/checks.html"

    @admin.display(description="drifted figures")
    def named(self, check: ScorecardCheck) -> SafeString | str:
        rows = (
            (one["side"], one["owner"], one["window"], one["figure"], one["stored"], one["fact"])
            for one in check.findings
        )
        words = "<p><strong>{} {}</strong>, {}, {}: {} was stored, the rows come to {}</p>"
        return format_html_join("", words, rows) or "None"

    def get_urls(self) -> list[URLPattern]:
        now = self.admin_site.admin_view(require_POST(self.check_now))
        return [path("now/", now, name="scorecards_scorecardcheck_now"), *super().get_urls()]

    def check_now(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("scorecards.view_scorecardcheck"):
            raise PermissionDenied
        found = comparing.compare_all(at=timezone.now())
        tone = messages.ERROR if found.count else messages.SUCCESS
        said = (
            f"{found.count} figures had drifted and are drawn anew."
            if found.count
            else f"The figures of {found.owners} companies and workers are right."
        )
        messages.add_message(request, tone, said)
        return redirect("admin:scorecards_scorecardcheck_change", found.pk)
