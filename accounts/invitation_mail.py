"""The e-mail that carries an invitation's link, the only place where its token is readable."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Invitee, Role


def send_invitation(invitee: Invitee, token: str) -> None:
    """Send the link, as HTML with a text twin. Called after commit; a failure is logged there."""
    context = {
        "company": invitee.company,
        "invited_by": invitee.invited_by,
        "roles": [Role(role).label for role in invitee.roles],
        "expires_at": invitee.expires_at,
        "url": settings.SITE_URL + reverse("accounts:invitation", args=[token]),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    message = EmailMultiAlternatives(
        subject=f"{invitee.invited_by} invites you to join {invitee.company} "
        f"on {settings.SITE_NAME}",
        body=render_to_string("accounts/email/invitation.txt", context),
        to=[invitee.email],
    )
    message.attach_alternative(
        render_to_string("accounts/email/invitation.html", context), "text/html"
    )
    message.send()
