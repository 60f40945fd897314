"""Marks, groups, requirement sets, agreements and tests, to read: they belong to their makers.
The kinds of credentials are edited here, and the review of credentials has its own pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from accounts.actors import Actor
from core.read_only import ReadOnlyAdmin
from vetting.models import (
    Agreement,
    AgreementSignature,
    Attempt,
    Broadcast,
    CompanyMark,
    Credential,
    CredentialKind,
    ExtraAttempt,
    Group,
    GroupInvitee,
    GroupMembership,
    RequirementOverride,
    RequirementSet,
    Test,
    WorkerMark,
)
from vetting.requirement_sets import call_by_present_name
from vetting.requirements.credentials import told_of
from vetting.views import credential_desk


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


class GroupInviteeAdmin(ReadOnlyAdmin):
    list_display = (
        "group", "group__company", "email", "invited_by", "invited_at", "accepted_at",
        "withdrawn_at",
    )  # fmt: skip
    list_select_related = ("group__company", "invited_by")
    search_fields = ("group__name", "group__company__name", "email")
    exclude = ("token_hash",)


class BroadcastAdmin(ReadOnlyAdmin):
    list_display = ("group", "group__company", "subject", "told", "sent_by", "sent_at")
    list_select_related = ("group__company", "sent_by")
    search_fields = ("group__name", "group__company__name", "subject")
    exclude = ("key",)


class RequirementSetAdmin(ReadOnlyAdmin):
    list_display = ("reference", "name", "company", "on_all", "revision", "archived_at")
    list_select_related = ("company",)
    list_filter = ("on_all",)
    search_fields = ("reference", "name", "company__name")


class RequirementOverrideAdmin(ReadOnlyAdmin):
    list_display = ("requirement_set", "worker", "note", "made_by", "made_at", "ended_at")
    list_select_related = ("requirement_set", "worker__user", "made_by")
    search_fields = ("requirement_set__name", "worker__user__full_name", "worker__reference")


class CredentialKindAdmin(admin.ModelAdmin):
    """A kind that is in use keeps who reviews it; none is deleted, only put out of use."""

    list_display = ("name", "family", "reviewed_by", "has_expiry", "position", "archived_at")
    list_editable = ("position",)
    list_filter = ("family", "reviewed_by")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "slug", "family", "help", "reviewed_by", "position")}),
        ("What it asks for", {"fields": (
            "needs_document", "has_expiry", "needs_issuer", "needs_number", "needs_state",
            "needs_amount",
        )}),
        ("Out of use", {"fields": ("archived_at",)}),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        used = obj is not None and obj.credentials.exists()
        return ("slug", "family", "reviewed_by") if used else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if "slug" in self.get_readonly_fields(request, obj) else {"slug": ("name",)}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        call_by_present_name("credential", obj.slug, told_of(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CredentialAdmin(ReadOnlyAdmin):
    """The queue and the page of a credential are the reviewers' own."""

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("", guard(credential_desk.queue), name="vetting_credential_changelist"),
            path("<int:pk>/change/", guard(credential_desk.page), name="vetting_credential_change"),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._reviews(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._reviews(request)

    def _reviews(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and Actor.as_staff(request.user).can(
            "vetting.review_credentials"
        )


class AgreementAdmin(ReadOnlyAdmin):
    list_display = ("reference", "title", "company", "current", "created_at", "archived_at")
    list_select_related = ("company",)
    search_fields = ("reference", "title", "company__name")


class AgreementSignatureAdmin(ReadOnlyAdmin):
    list_display = ("reference", "version", "worker", "typed_name", "signed_at", "ip_address")
    list_select_related = ("version__agreement", "worker__user")
    search_fields = ("reference", "worker__user__full_name", "version__agreement__title")
    date_hierarchy = "signed_at"


admin.site.register(CompanyMark, MarkAdmin)
admin.site.register(WorkerMark, MarkAdmin)
admin.site.register(Group, GroupAdmin)
admin.site.register(GroupMembership, GroupMembershipAdmin)
admin.site.register(GroupInvitee, GroupInviteeAdmin)
admin.site.register(Broadcast, BroadcastAdmin)
admin.site.register(RequirementSet, RequirementSetAdmin)
admin.site.register(RequirementOverride, RequirementOverrideAdmin)
admin.site.register(CredentialKind, CredentialKindAdmin)
admin.site.register(Credential, CredentialAdmin)
admin.site.register(Agreement, AgreementAdmin)
admin.site.register(AgreementSignature, AgreementSignatureAdmin)


class TestAdmin(ReadOnlyAdmin):
    __test__ = False

    list_display = ("reference", "name", "company", "is_survey", "created_at", "archived_at")
    list_select_related = ("company",)
    list_filter = ("is_survey",)
    search_fields = ("reference", "name", "company__name")


class ExtraAttemptAdmin(ReadOnlyAdmin):
    list_display = (
        "test", "test__company", "worker", "note", "granted_by", "granted_at", "used_by",
    )  # fmt: skip
    list_select_related = ("test__company", "worker__user", "granted_by", "used_by")
    search_fields = (
        "test__name", "test__company__name", "worker__user__full_name", "worker__reference",
    )  # fmt: skip


class AttemptAdmin(ReadOnlyAdmin):
    list_display = ("reference", "test", "worker", "number", "status", "score", "started_at")
    list_select_related = ("test", "worker__user")
    list_filter = ("status",)
    search_fields = ("reference", "test__name", "worker__user__full_name", "worker__reference")


admin.site.register(Test, TestAdmin)
admin.site.register(Attempt, AttemptAdmin)
admin.site.register(ExtraAttempt, ExtraAttemptAdmin)
