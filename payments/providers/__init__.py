"""Where money comes from and goes to: one module per provider, all of the same shape.

``PAYMENT_PROVIDER`` names the one that new fundings and bank accounts use. An older one goes on
with the provider that was asked first, so a retired one stays listed here until its last is done.
"""

from payments.providers.base import Provider, Tells
from payments.providers.sandbox import Sandbox
from payments.providers.stripe import Stripe

_PROVIDERS: dict[str, Provider] = {found.name: found for found in (Sandbox(), Stripe())}


def provider(name: str) -> Provider:
    """The provider of this name; ``KeyError`` for one nobody has written."""
    return _PROVIDERS[name]


def telling(name: str) -> Tells | None:
    """The provider of this name if it tells by itself what has happened."""
    found = _PROVIDERS.get(name)
    return found if isinstance(found, Tells) else None


def names() -> list[str]:
    """What ``PAYMENT_PROVIDER`` may be."""
    return sorted(_PROVIDERS)
