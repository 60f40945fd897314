"""The demo's mail: kept in a table and readable at a page, never sent."""

from collections.abc import Iterator, Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class MailboxBackend(BaseEmailBackend):
    """Keeps each mail once per recipient; one that is sent again under its Message-ID is not."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        from notifications.models import DemoMail

        mails = [
            DemoMail(
                recipient=recipient,
                sender=message.from_email,
                subject=str(message.subject)[:300],
                text=str(message.body),
                html=next(_html_parts(message), ""),
                message_id=str(message.extra_headers.get("Message-ID", ""))[:200],
                sent_at=timezone.now(),
            )
            for message in email_messages
            for recipient in message.recipients()
        ]
        DemoMail.objects.bulk_create(mails, ignore_conflicts=True)
        return len(email_messages)


def _html_parts(message: EmailMessage) -> Iterator[str]:
    for part in getattr(message, "alternatives", ()):
        if part.mimetype == "text/html":
            yield str(part.content)
