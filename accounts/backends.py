"""Who is signed in, read together with what nearly every page asks about them next."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from core.compiled import Compiled


class _WithWorker(ModelBackend):
    def get_user(self, user_id: Any) -> User | None:
        """The person with their worker profile, if they have one, in one query."""
        user: User | None = WITH_WORKER.first(key=user_id)
        return user if user and self.user_can_authenticate(user) else None


WITH_WORKER = Compiled(lambda key: User.objects.select_related("worker").filter(pk=key), key=int)


class PasswordBackend(_WithWorker):
    """Django's own, with its permissions for the admin."""


class AccountBackend(_WithWorker, AuthenticationBackend):
    """allauth's: by e-mail address."""
