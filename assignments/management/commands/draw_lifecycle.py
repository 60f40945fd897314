"""``draw_lifecycle``: write docs/lifecycle.md from the table of moves."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from assignments.drawing import page


class Command(BaseCommand):
    help = "Write docs/lifecycle.md from the table of moves."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "lifecycle.md"
        path.write_text(page())
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} is drawn.")
