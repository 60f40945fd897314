"""``manage.py rebuild_scorecards``: draw every figure anew from the rows."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from scorecards import keeping


class Command(BaseCommand):
    help = "Draw every figure of every company and worker anew from the facts."

    def handle(self, *args: Any, **options: Any) -> None:
        owners = keeping.rebuild(at=timezone.now())
        self.stdout.write(f"Scorecards of {owners} companies and workers are drawn anew.")
