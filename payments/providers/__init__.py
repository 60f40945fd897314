"""Where money comes from: one module per provider, all of the same shape.

``PAYMENT_PROVIDER`` names the one that new fundings use. An older funding goes on with the
provider that was asked first, so a retired one stays listed here until its last is done.
"""

from payments.providers.base import Provider
from payments.providers.sandbox import Sandbox

_PROVIDERS: dict[str, Provider] = {found.name: found for found in (Sandbox(),)}


def provider(name: str) -> Provider:
    """The provider of this name; ``KeyError`` for one nobody has written."""
    return _PROVIDERS[name]


def names() -> list[str]:
    """What ``PAYMENT_PROVIDER`` may be."""
    return sorted(_PROVIDERS)
