"""What carries deliveries of one channel."""

from __future__ import annotations

from abc import ABC, abstractmethod

from notifications.models import Delivery


class Refused(Exception):
    """It will never arrive there: trying again helps nobody."""


class Gone(Refused):
    """The address itself is no more."""


class Down(Exception):
    """The provider does not answer: the channel rests for a while, the others go on."""


class Carrier(ABC):
    """Carries a batch of deliveries, one after the other.

    ``carry`` returns the address it went to. It raises ``Refused`` or ``Down``, or anything else
    for a try that may succeed later. A delivery carried twice has the same key both times. No
    call may take longer than ``PROVIDER_TIMEOUT`` (mail: ``EMAIL_TIMEOUT``).
    """

    @abstractmethod
    def carry(self, delivery: Delivery) -> str: ...

    def close(self) -> None:
        """The batch is over, or broke."""
        return
