"""People, companies and industries for operations staff.

What has a verb is shown here and not changed: a membership without its lock could leave a
company without an administrator. Signing in to the admin goes through allauth, with its rate
limits and second factors.
"""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.admin import AuthenticatorAdmin
from allauth.mfa.models import Authenticator
from allauth.usersessions.admin import UserSessionAdmin
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Company, Industry, Invitee, Membership, User, WorkerProfile
from core.read_only import ReadOnly, ReadOnlyAdmin, Unchanged

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class MembershipInline(ReadOnly, admin.TabularInline):
    model = Membership
    fields = ("user", "company", "roles", "send_limit", "approve_limit", "joined_at", "removed_at")
    extra = 0
    show_change_link = True


class PersonCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "full_name")


class PersonChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class PersonAdmin(UserAdmin):
    form = PersonChangeForm
    add_form = PersonCreationForm
    ordering = ("-date_joined",)
    list_display = ("email", "full_name", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("email", "full_name")
    readonly_fields = ("date_joined", "last_login")
    inlines = [MembershipInline]
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("full_name", "time_zone")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "full_name", "usable_password",
                                                 "password1", "password2")}),
    )  # fmt: skip
    filter_horizontal = ("groups",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People stay: what they did refers to them. Take ``is_active`` away instead."""
        return False

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        return list(self.inlines) if obj else []


@admin.register(Industry)
class IndustryAdmin(admin.ModelAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):
    list_display = ("name", "industry", "city", "region", "currency", "created_at")
    list_filter = ("industry", "default_terms_days")
    list_select_related = ("industry",)
    search_fields = ("name", "slug", "memberships__user__email")
    readonly_fields = ("slug", "currency", "created_at")
    inlines = [MembershipInline]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "website":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A company begins with its first administrator, on the join page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("reference", "user", "company", "roles", "joined_at", "removed_at")
    list_filter = (("removed_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user", "company")
    search_fields = ("reference", "user__email", "user__full_name", "company__name")


@admin.register(Invitee)
class InviteeAdmin(ReadOnlyAdmin):
    list_display = ("email", "company", "invited_at", "expires_at", "accepted_at", "withdrawn_at")
    list_select_related = ("company",)
    search_fields = ("email", "company__name")
    exclude = ("token_hash",)


@admin.register(WorkerProfile)
class WorkerProfileAdmin(admin.ModelAdmin):
    list_display = ("reference", "user", "headline", "place", "available", "created_at")
    list_filter = ("available", "industries", "region")
    list_select_related = ("user",)
    search_fields = ("reference", "user__email", "user__full_name")
    readonly_fields = ("user", "reference", "city", "region", "latitude", "longitude", "created_at")
    filter_horizontal = ("industries",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[WorkerProfile]":
        return super().get_queryset(request).defer("search")


admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class SecondStepAdmin(Unchanged, AuthenticatorAdmin):
    """Second steps without their secrets; removing one lets a locked-out person set up another."""

    fields = ("user", "type", "created_at", "last_used_at")
    search_fields = ("user__email", "user__full_name")


admin.site.unregister(UserSession)


@admin.register(UserSession)
class SignedInAdmin(Unchanged, UserSessionAdmin):
    """Where people are signed in, without the key of the session."""

    fields = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    search_fields = ("user__email", "user__full_name", "ip")
