"""Who is signed in, read together with what nearly every page asks about them next."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from accounts.models import User
from core.compiled import Compiled


class _WithWorker(ModelBackend):
    def get_user(self, user_id: Any) -> User | None:
        """The person with their worker profile, if they have one, in one query."""
        user: User | None = WITH_WORKER.first(key=user_id)
        return user if user and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """As Django's: the person's own and those of their groups, here in one query."""
        if obj is not None or not user_obj.is_active or user_obj.is_anonymous:
            return set()
        if user_obj.is_superuser:
            return super().get_all_permissions(user_obj)
        if not hasattr(user_obj, "_perm_cache"):
            found = PERMISSIONS.all(user=user_obj.pk)
            user_obj._perm_cache = {f"{app}.{codename}" for app, codename in found}
        return user_obj._perm_cache


WITH_WORKER = Compiled(lambda key: User.objects.select_related("worker").filter(pk=key), key=int)


def _permissions(user: int) -> QuerySet[Permission, Any]:
    own, of_groups = (
        Permission.objects.filter(**{path: user})
        .order_by().values_list("content_type__app_label", "codename")
        for path in ("user", "group__user")
    )  # fmt: skip
    return own.union(of_groups)


PERMISSIONS = Compiled(_permissions, user=int)


class PasswordBackend(_WithWorker):
    """Django's own, with its permissions for the admin."""


class AccountBackend(_WithWorker, AuthenticationBackend):
    """allauth's: by e-mail address."""
