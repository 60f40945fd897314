"""The books, to read: money moves by verbs alone. What staff set is a company's credit limit."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts.actors import Actor
from core.read_only import ReadOnly, ReadOnlyAdmin
from payments import credit
from payments.models import (
    CompanyBooks,
    CreditNote,
    Funding,
    Invoice,
    InvoiceLine,
    LedgerAccount,
    Payout,
    PayoutAccount,
    PayoutAttempt,
    Posting,
    Refund,
    Reservation,
    Transfer,
)


class Record(ReadOnlyAdmin):
    """A list over a table that grows: newest first, and never counted as a whole."""

    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False


class Lines(ReadOnly, admin.TabularInline):
    extra = 0
    show_change_link = False


class PostingLines(Lines):
    model = Posting
    fields = ("account", "side", "amount")

    def get_queryset(self, request: HttpRequest) -> Any:
        owners = ("account__company", "account__worker__user")
        return super().get_queryset(request).select_related(*owners).order_by("pk")


class InvoiceLines(Lines):
    model = InvoiceLine
    fields = ("kind", "description", "quantity", "unit_price", "amount")


@admin.register(Transfer)
class TransferAdmin(Record):
    list_display = ("key", "kind", "amount", "currency", "company", "memo", "at")
    list_select_related = ("company",)
    list_filter = ("kind", "currency")
    search_fields = ("=key", "memo", "=company__slug")
    inlines = (PostingLines,)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(Record):
    list_display = ("__str__", "kind", "currency", "balance")
    list_select_related = ("company", "worker__user")
    list_filter = ("kind", "currency")
    search_fields = ("company__name", "worker__user__full_name", "=provider")


@admin.register(Invoice)
class InvoiceAdmin(Record):
    list_display = (
        "label", "company", "worker", "reference", "total", "currency", "due_on", "paid_at",
        "withdrawn_at",
    )  # fmt: skip
    list_select_related = ("company", "worker__user")
    list_filter = ("terms_days", ("paid_at", admin.EmptyFieldListFilter))
    search_fields = ("=reference", "=company__slug", "company__name", "worker__user__full_name")
    inlines = (InvoiceLines,)


@admin.register(CreditNote)
class CreditNoteAdmin(Record):
    list_display = (
        "label", "company", "invoice", "total", "from_worker", "currency", "reason", "issued_at",
    )  # fmt: skip
    list_select_related = ("company", "invoice")
    search_fields = ("=invoice__reference", "=company__slug", "company__name")


@admin.register(Funding)
class FundingAdmin(Record):
    list_display = (
        "company", "amount", "currency", "method", "provider", "status", "tries", "requested_at",
        "settled_at",
    )  # fmt: skip
    list_select_related = ("company",)
    list_filter = ("status", "provider", "method")
    search_fields = ("=key", "=provider_reference", "company__name")


@admin.register(Refund)
class RefundAdmin(Record):
    list_display = (
        "reference", "company", "funding", "amount", "currency", "provider", "status", "tries",
        "requested_at", "failure",
    )  # fmt: skip
    list_select_related = ("company", "funding__company")
    list_filter = ("status", "provider")
    search_fields = ("=reference", "=key", "=provider_reference", "company__name")


class PayoutAttemptLines(Lines):
    model = PayoutAttempt
    fields = ("at", "answer")


@admin.register(Payout)
class PayoutAdmin(Record):
    list_display = (
        "reference", "worker", "bank_account", "amount", "currency", "provider", "status",
        "is_automatic", "tries", "requested_at", "failure",
    )  # fmt: skip
    list_select_related = ("worker__user", "bank_account")
    list_filter = ("status", "provider", "is_automatic")
    search_fields = ("=reference", "=key", "worker__user__full_name")
    inlines = (PayoutAttemptLines,)


@admin.register(PayoutAccount)
class PayoutAccountAdmin(Record):
    list_display = ("worker", "provider", "account", "begun_at", "left_at", "lease_until", "tries")
    list_select_related = ("worker__user",)
    list_filter = ("provider",)
    search_fields = ("=account", "worker__user__full_name")


@admin.register(Reservation)
class ReservationAdmin(Record):
    list_display = ("reference", "company", "basis", "amount", "made_at", "closed_at")
    list_select_related = ("company",)
    list_filter = ("basis", ("closed_at", admin.EmptyFieldListFilter))
    search_fields = ("=reference", "company__name")


@admin.register(CompanyBooks)
class CompanyBooksAdmin(admin.ModelAdmin):
    """A higher limit lets more work out on terms; a lower one stops nothing that is agreed."""

    list_display = ("company", "credit_limit", "last_invoice_number")
    list_select_related = ("company",)
    search_fields = ("company__name", "=company__slug")
    fields = ("company", "credit_limit", "exposure", "last_invoice_number")
    readonly_fields = ("company", "exposure", "last_invoice_number")
    list_per_page = 25

    @admin.display(description="credit used")
    def exposure(self, books: CompanyBooks) -> Any:
        return credit.exposure(books.company)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: CompanyBooks, form: Any, change: bool) -> None:
        credit.set_limit(
            obj.company, form.cleaned_data["credit_limit"],
            by=Actor.as_staff(request.user), at=timezone.now(),
        )  # fmt: skip
