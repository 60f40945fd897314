"""The e-mail that asks somebody into a group, the only place where its token is readable."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from vetting.models import GroupInvitee


def send_invitation(invitee: GroupInvitee, token: str) -> None:
    """Send the link, as HTML with a text twin. Called after commit; a failure is logged there."""
    context = {
        "group": invitee.group,
        "company": invitee.group.company,
        "invited_by": invitee.invited_by,
        "expires_at": invitee.expires_at,
        "url": settings.SITE_URL + reverse("vetting:group_invitation", args=[token]),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    message = EmailMultiAlternatives(
        subject=f"{invitee.group.company} invites you to its group of workers "
        f"on {settings.SITE_NAME}",
        body=render_to_string("vetting/email/invitation.txt", context),
        to=[invitee.email],
    )
    message.attach_alternative(
        render_to_string("vetting/email/invitation.html", context), "text/html"
    )
    message.send()
