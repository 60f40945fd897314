"""Asking people into a group by e-mail, and the page behind the link in that mail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.acting import SESSION_KEY
from accounts.actors import Actor
from accounts.models import WorkerProfile
from accounts.team import digest
from core.errors import DomainError
from core.forms import refusals_in
from core.paging import cursors_of, moment_key, number_key, page_of
from vetting import inviting
from vetting.forms.groups import InviteByEmailForm, InviteeForm, LinkForm
from vetting.models import Group, GroupInvitee
from vetting.moving import screened
from vetting.queries import groups as queries
from vetting.views.loading import load

LATEST = [moment_key("invited_at", descending=True), number_key(descending=True)]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def by_email(request: HttpRequest, reference: str) -> HttpResponse:
    """Write addresses, see who was asked, ask again, take back."""
    group = load(request, reference, "vetting.manage_group")
    if request.method == "POST" and "invitee" in request.POST:
        return again_or_not(request, group)
    form = InviteByEmailForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        emails = form.cleaned_data["emails"]
        with refusals_in(form):
            inviting.invite(group, emails, by=request.actor, at=timezone.now())
            who = emails[0] if len(emails) == 1 else f"{len(emails)} addresses"
            days = inviting.INVITATION_DAYS
            messages.success(
                request, f"The invitation of {who} is on its way; it works {days} days."
            )
            return redirect("vetting:group_invitations", group.reference)
    page = page_of(queries.invitees_of(group), LATEST, **cursors_of(request.GET))
    context = {
        "group": group, "form": form, "rows": page.rows, "now": timezone.now(),
        "newer": page.newer_url(request.GET), "older": page.older_url(request.GET),
    }  # fmt: skip
    return render(request, "vetting/group_invitations.html", context)


def again_or_not(request: HttpRequest, group: Group) -> HttpResponse:
    form = InviteeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose an invitation from the list.")
        return redirect("vetting:group_invitations", group.reference)
    rows = GroupInvitee.objects.filter(group=group).select_related("group")
    invitee = get_object_or_404(rows, pk=form.cleaned_data["invitee"])
    acting = {"by": request.actor, "at": timezone.now()}
    try:
        if form.cleaned_data["act"] == "withdraw":
            inviting.withdraw(invitee, **acting)
            messages.success(request, f"The invitation of {invitee.email} is taken back.")
        else:
            inviting.invite(group, [invitee.email], **acting)
            messages.success(request, f"{invitee.email} gets a new link; the old one is over.")
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect("vetting:group_invitations", group.reference)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link: join, sign in, or become a worker first.

    A link that is unknown, taken back, used or too old gets one and the same answer (410).
    """
    invitee = queries.invitation_with(digest(token))
    if invitee is None:
        return render(request, "vetting/invitation_closed.html", status=410)
    worker = None
    if request.user.is_authenticated:
        worker = WorkerProfile.objects.filter(user=request.user).select_related("user").first()
    form = LinkForm(request.POST if request.method == "POST" and worker else None)
    if worker and form.is_valid():
        with refusals_in(form):
            return joined(request, invitee, worker, form.cleaned_data)
    status = 422 if form.is_bound else 200
    context = page_of_link(invitee, worker, form)
    return render(request, "vetting/group_invitation.html", context, status=status)


def page_of_link(
    invitee: GroupInvitee, worker: WorkerProfile | None, form: LinkForm
) -> dict[str, Any]:
    asked = screened(invitee.group, worker, timezone.now()) if worker else None
    return {
        "invitee": invitee, "group": invitee.group, "form": form, "worker": worker,
        "asked": asked,
    }  # fmt: skip


def joined(
    request: HttpRequest, invitee: GroupInvitee, worker: WorkerProfile, data: dict[str, Any]
) -> HttpResponse:
    membership = inviting.accept(
        invitee, by=Actor.as_worker(worker), at=timezone.now(), words=data["words"],
        asks_exception=data["act"] == "request",
    )  # fmt: skip
    request.session[SESSION_KEY] = "worker"
    said = "You are a member now. Work sent to this group is in your list."
    if not membership.is_member:
        said = f"{invitee.group.company} reads your words and decides. You are told."
    messages.success(request, said)
    return redirect(invitee.group)
