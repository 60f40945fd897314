"""Mail that came back, and mail reported as unwanted: the address gets no more.

What a provider reports is stored once, then applied. A first bounce for good or a complaint is
enough; one for now changes nothing, since the provider tries again by itself.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from notifications.models import DeadAddress, MailReport

log = logging.getLogger(__name__)
DEADLY = {
    MailReport.Kind.BOUNCED: DeadAddress.Cause.BOUNCED,
    MailReport.Kind.COMPLAINED: DeadAddress.Cause.COMPLAINED,
}


@dataclass(frozen=True)
class Report:
    """One report in the words of the house; ``key`` is the provider's own."""

    key: str
    kind: MailReport.Kind
    address: str
    said: str = ""


@transaction.atomic
def hear(provider: str, report: Report, *, at: datetime) -> bool:
    """Keep the report and switch the address off where it says so; False for one known already."""
    address = report.address.strip().lower()[:254]
    row = MailReport(
        provider=provider, key=report.key[:200], kind=report.kind, address=address,
        said=report.said[:300], received_at=at,
    )  # fmt: skip
    known = MailReport.objects.filter(provider=provider, key=row.key)
    if known.exists():
        return False
    MailReport.objects.bulk_create([row], ignore_conflicts=True)
    if cause := DEADLY.get(report.kind):
        DeadAddress.objects.bulk_create(
            [DeadAddress(address=address, cause=cause, said=row.said, since=at)],
            ignore_conflicts=True,
        )
        log.info("mail to an address is switched off: %s", cause)
    return True
