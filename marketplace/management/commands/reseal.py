"""Seal what is kept sealed under the first of ``SEALING_KEYS``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.second_step import reseal_secrets
from core.sealing import SealBroken
from payments.payout_settings import reseal_tax_details


class Command(BaseCommand):
    help = (
        "Seals all tax details and the secrets of one-time codes under the first of SEALING_KEYS. "
        "To change the key: put a new one in front, restart, run this, then drop the old one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = reseal_tax_details() + reseal_secrets()
        except SealBroken:
            raise CommandError(
                "A row cannot be opened: put the key that sealed it back into SEALING_KEYS."
            ) from None
        self.stdout.write(f"Sealed {count} rows under the first key.")
