"""How allauth meets this project."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import PermissionDenied
from django.core.validators import validate_ipv46_address
from django.forms import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import User
from activity.record import record


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up happens on the client's and the worker's own pages; the rest is allauth's."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": "That is not the code. Copy it from the newest mail we sent you.",
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        place = getattr(form, "place", None)
        user.full_name = form.cleaned_data.get("full_name", "")
        if place:
            user.time_zone = place.time_zone
        return super().save_user(request, user, form, commit)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """As allauth's; that an address is somebody's becomes an event of theirs."""
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            user = email_address.user
            by = Actor("person", user=user)
            record("email.verified", user, by=by, at=timezone.now(), email=email_address.email)
        return confirmed

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")


def client_ip(request: HttpRequest) -> str | None:
    """The visitor's address, from as many proxies as we trust; None over a unix socket."""
    try:
        address = AccountAdapter(request).get_client_ip(request)
        validate_ipv46_address(address)
    except (PermissionDenied, ValidationError):
        return None
    return address
