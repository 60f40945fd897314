"""E-mail, by the mail backend of the settings."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email

from notifications.channels.base import Carrier, Down, Refused
from notifications.letters import letter_for
from notifications.models import Delivery


class Mail(Carrier):
    def __init__(self) -> None:
        self._connection = get_connection()

    def carry(self, delivery: Delivery) -> str:
        return self.post(letter_for(delivery))

    def post(self, letter: EmailMessage) -> str:
        """An address that could break out of its header is refused, and never tried again."""
        [address] = letter.to
        try:
            validate_email(address)
        except ValidationError:
            raise Refused("This is no e-mail address.") from None
        try:
            self._connection.open()  # stays open until the batch is through
            self._connection.send_messages([letter])
        except Exception as error:
            self.close()
            if _does_not_answer(error):
                raise Down(f"{type(error).__name__}: {error}") from error
            raise
        return address

    def close(self) -> None:
        self._connection.close()


def _does_not_answer(error: Exception) -> bool:
    """Not reached, or silent for ``EMAIL_TIMEOUT``, which smtplib calls a disconnection. A server
    that closes after so many mails is merely connected to anew."""
    return any(
        isinstance(one, (TimeoutError, ConnectionError)) for one in (error, error.__context__)
    )
