"""Hear again what a payment provider told, and apply again what did not fit."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from payments import provider_events, webhooks
from payments.models import ProviderEvent
from payments.providers.base import ProviderUnavailable

LONGEST_HOURS = 24 * 30
"""Stripe keeps its events for thirty days."""


class Command(BaseCommand):
    help = (
        "Applies again every event of a provider that could not be applied and that nobody has "
        "closed. With --hours, first asks the provider what it has told since, as after a time "
        "in which its messages did not reach this site. What is known already changes nothing."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--hours", type=int, help="ask for what was told in so many hours")

    def handle(self, *args: Any, hours: int | None, **options: Any) -> None:
        at = timezone.now()
        if hours is not None:
            if not 0 < hours <= LONGEST_HOURS:
                raise CommandError(f"Give between 1 and {LONGEST_HOURS} hours.")
            self._catch_up(at - timedelta(hours=hours), at)
        open_ones = ProviderEvent.objects.exclude(error="").filter(note="").order_by("pk")
        tried = [provider_events.retry(event, at=at) for event in open_ones.iterator()]
        left = sum(bool(event.error) for event in tried)
        self.stdout.write(f"{len(tried) - left} applied, {left} still cannot be.")

    def _catch_up(self, since: Any, at: Any) -> None:
        name = settings.PAYMENT_PROVIDER
        try:
            heard, new = webhooks.catch_up(name, since=since, at=at)
        except ProviderUnavailable as error:
            raise CommandError(f"{name} does not answer: {error}") from None
        self.stdout.write(f"{name} told of {heard} events, {new} of them new.")
