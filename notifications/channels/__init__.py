"""The ways out of the house: one carrier a channel, each behind the same small interface.

- ``base``: what a carrier is, and how it says that something cannot go out
- ``mail``: by the configured mail backend
- ``sms``, ``push``: by a provider chosen in the settings
- ``sandbox``: the provider of demonstrations and tests, which keeps what it is given
- ``reports``: what mail providers tell afterwards
"""

from django.conf import settings

from notifications.channels.base import Carrier, Down, Refused
from notifications.channels.mail import Mail
from notifications.channels.push import Push
from notifications.channels.sms import Sms
from notifications.models import Channel

CARRIERS: dict[Channel, type[Carrier]] = {
    Channel.EMAIL: Mail,
    Channel.SMS: Sms,
    Channel.PUSH: Push,
}


def is_offered(channel: Channel) -> bool:
    """Mail always is; the others where a provider is chosen."""
    names = {Channel.SMS: settings.SMS_PROVIDER, Channel.PUSH: settings.PUSH_PROVIDER}
    return bool(names.get(channel, True))


__all__ = ["CARRIERS", "Carrier", "Down", "Refused", "is_offered"]
