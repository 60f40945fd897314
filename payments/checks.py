"""What ``manage.py check`` says about money; with ``--deploy``, about real money."""

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from payments.providers import names

SANDBOX, STRIPE = "sandbox", "stripe"


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


@register(Tags.security)
def check_stripe(**kwargs: Any) -> list[CheckMessage]:
    """A provider that is only half set up takes money of which nobody hears."""
    if settings.PAYMENT_PROVIDER != STRIPE:
        return []
    return [Error(said, hint=hint, id=f"payments.E{number}") for number, said, hint in _missing()]


def _missing() -> list[tuple[str, str, str]]:
    key, secrets = settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS
    trial = settings.DEBUG or settings.SANDBOX_PAYMENTS
    rules = [
        (
            find_spec("stripe") is not None,
            "003", "PAYMENT_PROVIDER is stripe, and its client is not installed.",
            "Install requirements-stripe.txt in place of requirements.txt.",
        ),
        (
            key.startswith(("sk_", "rk_")),
            "004", "STRIPE_SECRET_KEY is no secret key of Stripe.",
            "It begins with sk_ or rk_; the publishable key (pk_) moves no money.",
        ),
        (
            bool(secrets) and all(one.startswith("whsec_") for one in secrets),
            "005", "STRIPE_WEBHOOK_SECRETS are no signing secrets of webhook endpoints.",
            "Each begins with whsec_; put commas between several.",
        ),
        (
            trial or "_test_" not in key,
            "006", "STRIPE_SECRET_KEY is a test key: companies would pay with made-up cards.",
            "Set the live key. For a trial without real money say so with SANDBOX_PAYMENTS=1.",
        ),
        (
            trial or not settings.STRIPE_API_BASE,
            "007", "STRIPE_API_BASE leads payments to a stand-in.",
            "Unset it: the client knows the address of Stripe.",
        ),
    ]  # fmt: skip
    return [(number, said, hint) for right, number, said, hint in rules if not right]
