"""What staff do about money: unmatched events, the check of the books, corrections by two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from accounts.actors import Actor
from core.errors import DomainError
from core.forms import MoneyInput
from core.read_only import ReadOnlyAdmin
from core.text_fields import LineField
from payments import adjustments, checking, provider_events, webhooks
from payments.admin.books import Record
from payments.models import Adjustment, BooksCheck, LedgerAccount, ProviderEvent


@admin.register(ProviderEvent)
class ProviderEventAdmin(Record):
    """What could not be believed stands here with its reason until it fits, or is understood."""

    list_display = ("event_id", "provider", "kind", "received_at", "applied_at", "error", "note")
    list_filter = (
        "provider", "kind", ("error", admin.EmptyFieldListFilter),
        ("note", admin.EmptyFieldListFilter),
    )  # fmt: skip
    fields = (
        "event_id", "provider", "kind", "payload", "received_at", "applied_at", "error", "note",
    )  # fmt: skip
    readonly_fields = fields[:-1]
    search_fields = ("=event_id",)
    actions = ("apply_again", "read_again")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what staff found may be written, and only about what could not be applied."""
        may = request.user.has_perm("payments.change_providerevent")
        return may and (obj is None or bool(obj.error))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        provider_events.understand(
            obj, form.cleaned_data["note"], by=Actor.as_staff(request.user), at=timezone.now()
        )

    @admin.action(description="Apply the chosen events again")
    def apply_again(self, request: HttpRequest, events: QuerySet[Any, Any]) -> None:
        if not request.user.has_perm("payments.change_providerevent"):
            raise PermissionDenied
        tried = [provider_events.retry(one, at=timezone.now()) for one in events if one.error]
        left = sum(bool(one.error) for one in tried)
        self.message_user(
            request,
            f"{len(tried) - left} applied, {left} still cannot be.",
            messages.WARNING if left else messages.SUCCESS,
        )

    @admin.action(description="Read the chosen messages again")
    def read_again(self, request: HttpRequest, events: QuerySet[Any, Any]) -> None:
        """For messages that were kept before this release could read them."""
        if not request.user.has_perm("payments.change_providerevent"):
            raise PermissionDenied
        for event in events.order_by("pk"):
            webhooks.replay(event, at=timezone.now())
        self.message_user(request, f"{len(events)} read again.", messages.SUCCESS)


@admin.register(BooksCheck)
class BooksCheckAdmin(Record):
    list_display = ("checked_at", "__str__", "count", "seconds")
    fields = ("checked_at", "seconds", "count", "named")
    readonly_fields = ("named",)
    change_list_template = "admin/payments/books_checks.html"

    @admin.display(description="findings")
    def named(self, check: BooksCheck) -> SafeString | str:
        rows = ((one["check"], one["where"], one["meaning"]) for one in check.findings)
        return format_html_join("", "<p><strong>{}</strong>: {} ({})</p>", rows) or "None"

    def get_urls(self) -> list[URLPattern]:
        now = self.admin_site.admin_view(require_POST(self.check_now))
        return [path("now/", now, name="payments_bookscheck_now"), *super().get_urls()]

    def check_now(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("payments.view_bookscheck"):
            raise PermissionDenied
        found = checking.check_books(at=timezone.now())
        tone = messages.ERROR if found.count else messages.SUCCESS
        said = f"{found.count} findings." if found.count else "The books are right."
        messages.add_message(request, tone, said)
        return redirect("admin:payments_bookscheck_change", found.pk)


class ProposeForm(forms.ModelForm):
    amount = MoneyInput(label="Amount")
    reason = LineField(
        label="Reason",
        max_length=200,
        help_text="The owner of the account reads it on their statement.",
    )

    class Meta:
        model = Adjustment
        fields = ("account", "direction", "amount", "reason")


@admin.register(Adjustment)
class AdjustmentAdmin(ReadOnlyAdmin):
    """Proposed here by one, posted or refused by another, through the actions of the list."""

    form = ProposeForm
    list_display = (
        "account", "direction", "amount", "reason", "status", "proposed_by", "proposed_at",
        "decided_by", "reversed_at",
    )  # fmt: skip
    list_select_related = (
        "account__company", "account__worker__user", "proposed_by", "decided_by",
        "transfer__reversed_by",
    )  # fmt: skip
    list_filter = ("status", "direction")
    ordering = ("-pk",)
    list_per_page = 50
    actions = ("approve", "turn_down", "reverse")
    autocomplete_fields = ("account",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.add_adjustment")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "account":
            kinds = adjustments.CORRECTABLE
            kwargs["queryset"] = LedgerAccount.objects.filter(kind__in=kinds)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Adjustment, form: Any, change: bool) -> None:
        said = form.cleaned_data
        made = adjustments.propose(
            said["account"], direction=said["direction"], amount=said["amount"],
            reason=said["reason"], by=Actor.as_staff(request.user), at=timezone.now(),
        )  # fmt: skip
        obj.pk = made.pk

    @admin.action(description="Post the chosen corrections")
    def approve(self, request: HttpRequest, chosen: QuerySet[Any, Any]) -> None:
        self._decide(request, chosen, adjustments.approve, "posted")

    @admin.action(description="Refuse the chosen corrections")
    def turn_down(self, request: HttpRequest, chosen: QuerySet[Any, Any]) -> None:
        self._decide(request, chosen, adjustments.refuse, "refused")

    @admin.action(description="Reverse the chosen posted corrections")
    def reverse(self, request: HttpRequest, chosen: QuerySet[Any, Any]) -> None:
        self._decide(request, chosen, adjustments.reverse, "reversed")

    @admin.display(description="reversed")
    def reversed_at(self, adjustment: Adjustment) -> datetime | None:
        back = getattr(adjustment.transfer, "reversed_by", None)
        return back.at if back else None

    def _decide(
        self, request: HttpRequest, chosen: QuerySet[Any, Any], verb: Callable, word: str
    ) -> None:
        if not request.user.has_perm("payments.change_adjustment"):
            raise PermissionDenied
        done = 0
        for one in chosen.order_by("pk"):
            try:
                verb(one, by=Actor.as_staff(request.user), at=timezone.now())
                done += 1
            except DomainError as refusal:
                self.message_user(request, f"{one}: {refusal}", messages.ERROR)
        if done:
            self.message_user(request, f"{done} {word}.", messages.SUCCESS)
