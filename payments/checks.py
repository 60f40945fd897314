"""What ``manage.py check --deploy`` says about money."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from payments.providers import names

SANDBOX = "sandbox"


@register(Tags.security, deploy=True)
def check_provider(**kwargs: Any) -> list[CheckMessage]:
    """Real money needs a real provider: the sandbox settles whatever it is asked to."""
    if settings.PAYMENT_PROVIDER not in names():
        return [
            Error(
                f"PAYMENT_PROVIDER is {settings.PAYMENT_PROVIDER!r}, which is no provider.",
                hint=f"Set it to one of: {', '.join(names())}.",
                id="payments.E001",
            )
        ]
    pretends = settings.PAYMENT_PROVIDER == SANDBOX
    if pretends and not (settings.DEBUG or settings.DEMO or settings.SANDBOX_PAYMENTS):
        return [
            Error(
                "PAYMENT_PROVIDER is the sandbox: everybody can add money that does not exist.",
                hint="Set PAYMENT_PROVIDER to a real provider. For a trial without real money "
                "say so with SANDBOX_PAYMENTS=1.",
                id="payments.E002",
            )
        ]
    return []
