"""``manage.py build_assets``: join the sources of style, script and icons into their bundles."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.assets import bundles


class Command(BaseCommand):
    help = "Write static/css/site.css, static/js/site.js and static/img/icons.svg."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Only say whether the bundles are in step."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stale = {
            path: text
            for path, text in bundles().items()
            if not path.exists() or path.read_text(encoding="utf-8") != text
        }
        if options["check"] and stale:
            names = ", ".join(sorted(path.name for path in stale))
            raise CommandError(f"Out of step: {names}. Run manage.py build_assets.")
        for path, text in stale.items():
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{path.name}: {len(text)} bytes")
