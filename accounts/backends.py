"""Who is signed in, read together with what nearly every page asks about them next."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class _WithWorker(ModelBackend):
    def get_user(self, user_id: Any) -> User | None:
        """The person with their worker profile, if they have one, in one query."""
        user = User.objects.select_related("worker").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


class PasswordBackend(_WithWorker):
    """Django's own, with its permissions for the admin."""


class AccountBackend(_WithWorker, AuthenticationBackend):
    """allauth's: by e-mail address."""
