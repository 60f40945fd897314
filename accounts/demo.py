"""The logins of the demo world, as the sign-in page of a demonstration lists them."""

from dataclasses import dataclass

from django.conf import settings

from accounts.models import User

DEMO_PASSWORD = "demo-pass-2026"  # noqa: S105


@dataclass(frozen=True)
class DemoLogin:
    email: str
    who: str


DEMO_LOGINS = (
    DemoLogin("client@demo.test", "Client: administrator of Harbor Retail Services"),
    DemoLogin("manager@demo.test", "Client: manager"),
    DemoLogin("controller@demo.test", "Client: controller, money only"),
    DemoLogin("redclient@demo.test", "Client with a red scorecard"),
    DemoLogin("worker@demo.test", "Worker: Dana Whitfield"),
    DemoLogin("worker2@demo.test", "Worker"),
    DemoLogin("agent@demo.test", "Escalations agent"),
    DemoLogin("lead@demo.test", "Escalations lead"),
    DemoLogin("admin@demo.test", "Superuser"),
)


def logins_on_show() -> list[DemoLogin]:
    """Those of the list that exist here; none outside a demonstration."""
    if not settings.DEMO:
        return []
    emails = [login.email for login in DEMO_LOGINS]
    known = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    return [login for login in DEMO_LOGINS if login.email in known]
