"""The team page, its members and its invitations."""

from typing import Any

from allauth.account.views import SignupView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import team
from accounts.acting import SESSION_KEY
from accounts.actors import Actor
from accounts.forms.joining import InvitedSignupForm
from accounts.forms.team import InvitationForm, InviteForm, RolesForm
from accounts.models import Company, Invitee, Membership, User
from accounts.queries import invitation_with, open_invitations, team_of
from core.errors import DomainError
from core.forms import refusals_in
from core.permissions import demand


def _company(request: HttpRequest) -> Company:
    if request.actor.company is None:
        raise Http404
    return request.actor.company


@login_required
def members(request: HttpRequest) -> HttpResponse:
    company = _company(request)
    demand(request, "accounts.see_team", company)
    invitations = open_invitations(company)
    context = {"company": company, "members": team_of(company), "now": timezone.now()}
    if request.actor.can("accounts.manage_team", company):
        context["invitations"] = invitations
    return render(request, "accounts/team.html", context)


@login_required
def invite(request: HttpRequest) -> HttpResponse:
    company = _company(request)
    demand(request, "accounts.manage_team", company)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            invitee = team.invite(company, **form.cleaned_data, by=request.actor, at=timezone.now())
            messages.success(
                request, f"We sent {invitee.email} an invitation. Its link works for 7 days."
            )
            return redirect("accounts:team")
    return render(request, "accounts/invite.html", {"form": form, "company": company})


@require_POST
@login_required
def invitations(request: HttpRequest) -> HttpResponse:
    """Send an open invitation again, with a new link, or withdraw it."""
    company = _company(request)
    demand(request, "accounts.manage_team", company)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose an invitation from the list.")
        return redirect("accounts:team")
    invitee = get_object_or_404(open_invitations(company), email=form.cleaned_data["email"])
    now = timezone.now()
    try:
        if form.cleaned_data["act"] == "withdraw":
            team.withdraw_invitation(invitee, by=request.actor, at=now)
            messages.success(request, f"The invitation of {invitee.email} is withdrawn.")
        else:
            team.renew_invitation(invitee, by=request.actor, at=now)
            messages.success(request, f"We sent {invitee.email} a new link. It works for 7 days.")
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("accounts:team")


@login_required
def member(request: HttpRequest, reference: str) -> HttpResponse:
    """One member's roles and limits; ``remove`` ends the membership, one's own too."""
    current = Membership.objects.visible_to(request.actor).current()
    membership = get_object_or_404(current.select_related("user", "company"), reference=reference)
    is_self = request.actor.can("accounts.leave_company", membership)
    if request.method == "POST" and "remove" in request.POST:
        return _remove(request, membership, is_self=is_self)
    if not (request.method == "GET" and is_self):
        demand(request, "accounts.manage_team", membership)
    form = RolesForm.of(membership, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            team.change_member(membership, **form.cleaned_data, by=request.actor, at=timezone.now())
            messages.success(request, f"{membership.user}'s roles and limits are saved.")
            return redirect("accounts:team")
    context = {"form": form, "member": membership, "is_self": is_self}
    return render(request, "accounts/member.html", context)


def _remove(request: HttpRequest, membership: Membership, *, is_self: bool) -> HttpResponse:
    if not is_self:
        demand(request, "accounts.manage_team", membership)
    try:
        team.remove(membership, by=request.actor, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("accounts:member", membership.reference)
    if is_self:
        messages.success(request, f"You have left {membership.company}.")
        return redirect("home")
    messages.success(request, f"{membership.user} is no longer a member.")
    return redirect("accounts:team")


class InvitedSignupView(SignupView):
    """A new login for the invited address, then straight into the team."""

    template_name = "accounts/invitation_signup.html"
    form_class = InvitedSignupForm
    invitee: Invitee | None = None

    def get_form_class(self) -> type:
        return self.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"invited_email": self.invitee.email}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.request.session.pop("account_verified_email", None)
        return super().get_context_data(invitee=self.invitee, **kwargs)

    def form_valid(self, form: InvitedSignupForm) -> HttpResponse:
        response = super().form_valid(form)
        if self.user:
            _join(self.request, self.invitee, self.user)
        return response


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in the mail: join as who is signed in, sign in, or sign up.

    A link that is unknown, withdrawn, used or too old gets one and the same answer (410).
    """
    invitee = invitation_with(team.digest(token), at=timezone.now())
    if invitee is None or invitee.accepted_at:
        return render(request, "accounts/invitation_closed.html", status=410)
    known = User.objects.filter(email=invitee.email).exists()
    if not request.user.is_authenticated and not known:
        return InvitedSignupView.as_view(invitee=invitee)(request)
    if request.method == "POST" and request.user.is_authenticated:
        _join(request, invitee, request.user)
        return redirect("home")
    return render(request, "accounts/invitation.html", {"invitee": invitee})


def _join(request: HttpRequest, invitee: Invitee, user: User) -> None:
    try:
        membership = team.accept_invitation(
            invitee, user, by=Actor("person", user=user), at=timezone.now()
        )
    except DomainError as error:
        messages.error(request, str(error))
        return
    request.session[SESSION_KEY] = f"company:{membership.company.slug}"
    messages.success(request, f"Welcome to the team of {membership.company}.")
