"""What leads keep in the admin: the team's skills and absences, canned answers; and the record of
looks, which nobody changes."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import DateField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from core.errors import DomainError
from core.read_only import ReadOnlyAdmin
from escalations import canned
from escalations.models import Absence, Agent, CannedAnswer, CaseLook, Interest
from escalations.states import KIND_CHOICES
from escalations.team import members

DAYS = {DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}}
"""Days on the calendar of the team, in the browser's own field."""


def _can(request: HttpRequest, permission: str) -> bool:
    return request.user.is_authenticated and Actor.as_staff(request.user).can(permission)


class KeptByLeads:
    """Read by whoever reads cases, kept by those who lead the desk; for admins and inlines."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _can(request, "escalations.read")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _can(request, "escalations.read")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _can(request, "escalations.lead")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _can(request, "escalations.lead")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _can(request, "escalations.lead")


class AbsenceInline(KeptByLeads, admin.TabularInline):
    model = Absence
    formfield_overrides: ClassVar = DAYS
    extra = 0


class InterestForm(forms.ModelForm):
    """The party by its name or reference: nobody at the desk knows keys."""

    party = forms.CharField(
        label="Client or worker",
        max_length=120,
        help_text="The client’s name, or the worker’s reference such as W-7KQ4M2.",
    )

    class Meta:
        model = Interest
        fields = ("words",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance
        if kept.pk:
            self.initial["party"] = kept.company.name if kept.company else kept.worker.reference

    def clean_party(self) -> str:
        party = self.cleaned_data["party"]
        worker = WorkerProfile.objects.filter(reference__iexact=party).first()
        company = None if worker else Company.objects.filter(name__iexact=party).first()
        if not worker and not company:
            raise forms.ValidationError("No client has this name, and no worker this reference.")
        self.instance.company, self.instance.worker = company, worker
        return party


class InterestInline(KeptByLeads, admin.TabularInline):
    model = Interest
    form = InterestForm
    extra = 0
    fields = ("party", "words")


class AgentForm(forms.ModelForm):
    kinds = forms.MultipleChoiceField(
        label="Skills",
        required=False,
        choices=KIND_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        help_text="The kinds of case this person knows; none chosen means all of them.",
    )

    class Meta:
        model = Agent
        fields = ("user", "takes_new", "kinds", "most_open")


@admin.register(Agent)
class AgentAdmin(KeptByLeads, admin.ModelAdmin):
    """What routing knows of each member of the team."""

    form = AgentForm
    inlines = [AbsenceInline, InterestInline]
    list_display = ("user", "takes_new", "skills", "most_open")
    list_select_related = ("user",)
    search_fields = ("user__full_name", "user__email")

    @admin.display(description="skills")
    def skills(self, agent: Agent) -> str:
        labels = dict(KIND_CHOICES)
        return ", ".join(labels[kind] for kind in agent.kinds) or "All kinds"

    def formfield_for_foreignkey(self, field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if field.name == "user":
            kwargs["queryset"] = members()
        return super().formfield_for_foreignkey(field, request, **kwargs)


class CannedAnswerForm(forms.ModelForm):
    class Meta:
        model = CannedAnswer
        fields = ("title", "use", "kind", "body", "is_offered")

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        try:
            canned.check(body)
        except DomainError as refused:
            raise forms.ValidationError(str(refused))
        return body


@admin.register(CannedAnswer)
class CannedAnswerAdmin(KeptByLeads, admin.ModelAdmin):
    """The texts the desk offers, with the variables they may hold listed beside them."""

    form = CannedAnswerForm
    list_display = ("title", "use", "kind", "is_offered", "changed_by")
    list_filter = ("use", "kind", "is_offered")
    list_select_related = ("changed_by",)
    search_fields = ("title", "body")
    readonly_fields = ("variables", "changed_by", "changed_at")
    fields = ("title", "use", "kind", "body", "variables", "is_offered", "changed_by", "changed_at")

    @admin.display(description="variables")
    def variables(self, answer: CannedAnswer) -> SafeString:
        rows = ((f"{{{one.name}}}", one.words) for one in canned.VARIABLES.values())
        return format_html_join("", "<p><code>{}</code> {}</p>", rows)

    def save_model(
        self, request: HttpRequest, obj: CannedAnswer, form: forms.ModelForm, change: bool
    ) -> None:
        obj.changed_by, obj.changed_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)


@admin.register(CaseLook)
class CaseLookAdmin(ReadOnlyAdmin):
    """Who looked at which case, and at what; for auditors and leads."""

    list_display = ("at", "user", "case", "what", "detail")
    list_select_related = ("user", "case")
    list_filter = ("what", "at")
    search_fields = ("=case__number", "user__full_name", "user__email")
    show_full_result_count = False
    ordering = ("-pk",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _can(request, "escalations.audit")

    def has_view_permission(self, request: HttpRequest, obj: CaseLook | None = None) -> bool:
        return _can(request, "escalations.audit")
