"""``seed_demo``: make the demonstration world, once, through the verbs themselves."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from activity import reactions
from conduct import policies
from marketplace.demo import world
from marketplace.demo.logins import LOGINS, PASSWORD
from notifications import delivering, reading
from scorecards import editions, keeping
from scorecards.formulas import VERSION
from scorecards.reactions import refresh_figures


class Command(BaseCommand):
    help = "Make the demonstration world: companies, workers, 150 assignments, a dozen cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where the world is there already"
        )

        parser.add_argument(
            "--small", action="store_true", help="few assignments in each status, as for a test"
        )

    def handle(self, *args: Any, if_empty: bool, small: bool, **options: Any) -> None:
        if not (settings.DEBUG or settings.DEMO):
            raise CommandError("The demonstration is made only with DEBUG or DEMO switched on.")
        if User.objects.filter(email=LOGINS[0][0]).exists():
            if if_empty:
                return
            raise CommandError("The demonstration is there already. Start with an empty database.")
        now = timezone.now()
        with transaction.atomic():
            policies.publish(at=now)
            world.build(now=now, small=small)
            drawn_at_the_end = (refresh_figures,)
            while reactions.dispatch(at=now, leave_out=drawn_at_the_end):
                pass
            reading.mark_older_read(than=now - timedelta(hours=20), at=now)
            for moment in (now - timedelta(hours=30), now):  # the first fills the digests of today
                delivering.deliver(at=moment, limit=10_000)
            editions.begin(version=VERSION - 1, at=now - timedelta(days=300))
            editions.begin(at=now - timedelta(days=16))
            keeping.rebuild(at=now)
        self.stdout.write(f"The demonstration is ready; every password is {PASSWORD}.")
