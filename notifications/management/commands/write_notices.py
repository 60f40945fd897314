"""``write_notices``: write docs/reminders.md and docs/notices.md from the rules and the table."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from notifications import handbook
from notifications.reminders import catalogue

PAGES = {"reminders.md": catalogue.page, "notices.md": handbook.page}


class Command(BaseCommand):
    help = "Write docs/reminders.md and docs/notices.md from the rules and the audience table."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, page in PAGES.items():
            path = settings.BASE_DIR / "docs" / name
            path.write_text(page())
            self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} is written.")
