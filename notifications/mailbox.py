"""The demo's mail: kept in a table and readable at a page, never sent."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class MailboxBackend(BaseEmailBackend):
    """Stores each message once per recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        from notifications.models import DemoMail

        mails = [
            DemoMail(
                recipient=recipient,
                sender=message.from_email,
                subject=message.subject[:300],
                text=str(message.body),
                html=next(
                    (
                        str(part.content)
                        for part in getattr(message, "alternatives", ())
                        if part.mimetype == "text/html"
                    ),
                    "",
                ),
                sent_at=timezone.now(),
            )
            for message in email_messages
            for recipient in message.recipients()
        ]
        DemoMail.objects.bulk_create(mails)
        return len(email_messages)
