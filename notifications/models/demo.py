"""What a demonstration keeps instead of sending it."""

from django.db import models
from django.db.models import Q


class DemoMail(models.Model):
    """An e-mail kept instead of sent, readable at the demo mailbox; demos only.

    The same Message-ID to the same recipient is kept once, as a mail server would.
    """

    recipient = models.CharField(max_length=254, db_index=True)
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message_id", "recipient"],
                condition=~Q(message_id=""),
                name="demo_mail_once",
            )
        ]

    def __str__(self) -> str:
        return self.subject


class DemoMessage(models.Model):
    """A text message or a web push kept instead of sent; the same key arrives once."""

    channel = models.CharField(max_length=8)
    address = models.CharField(max_length=500, db_index=True)
    text = models.TextField()
    key = models.CharField(max_length=100, unique=True)
    arrivals = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.channel} to {self.address}"

    @property
    def way(self) -> str:
        return {"sms": "SMS", "push": "Web push"}.get(self.channel, self.channel)

    @property
    def arrived_again(self) -> bool:
        return self.arrivals > 1
