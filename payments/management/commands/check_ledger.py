"""``check_ledger``: prove the books; names every finding, and fails where there is one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments import audit


class Command(BaseCommand):
    help = "Prove the books: exits 0 where every invariant holds, and names what does not."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(audit.findings())
        for finding in found:
            self.stderr.write(str(finding))
        if found:
            raise CommandError(f"{len(found)} findings in the books.")
        self.stdout.write(f"The books are right: {len(audit.CHECKS)} checks found nothing.")
