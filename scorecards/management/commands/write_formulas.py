"""``write_formulas``: write docs/formulas.md from the formulas."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from scorecards.handbook import page


class Command(BaseCommand):
    help = "Write docs/formulas.md from the definitions of the figures."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "formulas.md"
        path.write_text(page())
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} is written.")
