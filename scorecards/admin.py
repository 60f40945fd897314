"""Ratings and scorecards for staff: ratings can be hidden, never edited; figures only read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.views.decorators.http import require_POST

from accounts.actors import Actor
from core.components.small import badge
from core.errors import DomainError
from core.read_only import ReadOnlyAdmin
from scorecards import comparing, moderating
from scorecards.formulas import counted
from scorecards.models import (
    CompanyScorecard,
    FormulaEdition,
    MarketFigure,
    Overall,
    Rating,
    RatingHiding,
    ScorecardCheck,
    WorkerScorecard,
)
from scorecards.views import moderation

TONES = {
    Overall.EXCELLENT: ("good", "star"),
    Overall.SATISFIED: ("neutral", "check"),
    Overall.UNSATISFIED: ("bad", "triangle-alert"),
}


class UncountedAdmin(ReadOnlyAdmin):
    """Over tables that grow: never counted as a whole."""

    show_full_result_count = False


class WhoRated(admin.ChoicesFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "who rated"


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
        "bad": ("Unsatisfied, with a comment", Q(published_at__isnull=False, hidden_at=None,
                overall="unsatisfied", comment_hidden_at=None) & ~Q(comment="")),
    }  # fmt: skip

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in self.CONDITIONS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> QuerySet[Rating]:
        chosen = self.CONDITIONS.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


USUAL_REASONS = (
    "It insults or threatens somebody.",
    "It names a person who has no part in the work, or private matters.",
    "It is about something other than this assignment.",
    "It was written to put pressure on the other side.",
    "It carries contact details or advertising.",
)


class WithReason(ActionForm):
    """The bar of actions, with the reason that both sides read."""

    usual = forms.ChoiceField(
        label="Why (both sides read it)", required=False,
        choices=[("", "Choose, or write beside it"), *((why, why) for why in USUAL_REASONS)],
    )  # fmt: skip
    reason = forms.CharField(
        label="In your own words", required=False, max_length=moderating.LONGEST_REASON
    )


@admin.register(Rating)
class RatingAdmin(UncountedAdmin):
    """The list for moderating; the page of a rating is ``views.moderation``."""

    list_display = ["parties", "said", "seen", "rated_at"]
    list_filter = [Sight, ("by", WhoRated), "overall", "rated_at"]
    list_per_page = 50
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rating]:
        standing = RatingHiding.objects.filter(restored_at=None).order_by("pk")
        at_hand = Prefetch("hidings", standing, to_attr="standing")
        return super().get_queryset(request).prefetch_related(at_hand)

    @admin.display(description="What was said")
    def said(self, found: Rating) -> SafeString:
        tone, icon = TONES[found.overall]
        word = badge(found.get_overall_display(), tone, icon)
        marks = f"{found.mark_1} · {found.mark_2} · {found.mark_3}"
        comment = Truncator(found.comment).chars(280) or "No comment"
        return format_html('{} <span class="text-nowrap">{}</span><br>{}', word, marks, comment)

    @admin.display(description="By whom, about whom")
    def parties(self, found: Rating) -> SafeString:
        by, about = str(found.company), str(found.worker)
        if found.by == Rating.By.WORKER:
            by, about = about, by
        return format_html("{} about {}<br>{}", by, about, found.assignment.reference)

    @admin.display(description="What is seen of it")
    def seen(self, found: Any) -> SafeString:
        if found.published_at is None:
            return badge("Not shown yet", "neutral", "eye-off")
        rows = (
            (badge(f"{one.get_part_display()} {'contested' if one.is_contest else 'hidden'}",
                   "warning", "scale" if one.is_contest else "eye-off"), one.reason)
            for one in found.standing
        )  # fmt: skip
        return format_html_join("", "<p>{}<br>{}</p>", rows) or badge("Shown", "good", "eye")

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
                own, usual = request.POST.get("reason", ""), request.POST.get("usual", "")
                reason = (own.strip() or usual).replace("\x00", "")
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
