"""Sweep the reminders by hand, also as of another moment."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from notifications import delivering, reminders


class Command(BaseCommand):
    help = "Make and tell the reminders now due, and send the mails now due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", help="Sweep as of this moment (ISO 8601, UTC where no zone is given)."
        )
        parser.add_argument("--no-mail", action="store_true", help="Leave the mails to the worker.")

    def handle(self, *args: Any, **options: Any) -> None:
        at = self._moment(options["at"])
        for outcome in reminders.sweep(at=at):
            self.stdout.write(
                f"{outcome.rule}: {outcome.made} made, {outcome.told} told, "
                f"{outcome.stale} too late, {outcome.silent} no longer true"
            )
        if not options["no_mail"]:
            self.stdout.write(f"mails: {self._deliver(at)} sent")

    def _deliver(self, at: datetime) -> int:
        sent = 0
        while (tally := delivering.deliver(at=at)).handled:
            sent += tally.sent
        return sent

    def _moment(self, written: str | None) -> datetime:
        if not written:
            return timezone.now()
        try:
            moment = parse_datetime(written)
        except ValueError:
            moment = None
        if moment is None:
            raise CommandError(f"{written!r} is no moment such as 2026-11-23T09:00.")
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
