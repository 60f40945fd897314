"""An invoice is due: 3 days before, on the day, and 1, 3 and 7 days after (product §11)."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from core.money import format_money
from notifications.people import PAYING, PAYS
from notifications.reminders.rule import Rule, Words, loader
from payments.models import Invoice

SOURCE = """
SELECT bill.id AS object_key,
       member.user_id AS recipient_id,
       bill.issued_at AS occasion,
       (bill.due_on - 3)::timestamp AT TIME ZONE 'UTC' + %(morning)s AS since
  FROM payments_invoice AS bill
  JOIN accounts_membership AS member
    ON member.company_id = bill.company_id
   AND member.removed_at IS NULL
   AND member.roles && %(paying)s::varchar[]
  JOIN accounts_user AS person ON person.id = member.user_id AND person.is_active
 WHERE bill.paid_at IS NULL
   AND bill.withdrawn_at IS NULL
   AND bill.terms_days > 0
   AND (bill.due_on - 3)::timestamp AT TIME ZONE 'UTC' + %(morning)s
       <= %(at)s - %(first_delay)s
   AND NOT EXISTS (
       SELECT FROM assignments_assignment AS work
         JOIN assignments_hold AS hold ON hold.assignment_id = work.id
        WHERE work.invoice_id = bill.id
          AND hold.kind = 'dispute'
          AND hold.released_at IS NULL)
"""

MORNING = timedelta(hours=14)
"""Due days are days of UTC; at two in the afternoon it is morning all over the United States."""

TITLES = {
    1: "{label} is due in 3 days: {total}",
    2: "{label} is due today: {total}",
    3: "{label} was due yesterday: {total}",
    4: "{label} is 3 days past due: {total}",
    5: "{label} is 7 days past due: new assignments are blocked",
}
BODIES = {
    1: "It bills “{title}”, done by {worker}.",
    2: "{worker} is waiting for it. Pay it today and your scorecard stays as it is.",
    3: "Days past due stand on your scorecard, which every worker sees before they apply.",
    4: "Days past due stand on your scorecard, which every worker sees before they apply.",
    5: "Nothing new can be sent until it is paid; then sending works again at once.",
}


def write(invoice: Invoice, recipient: User, step: int) -> Words:
    words = {
        "label": invoice.label,
        "total": format_money(invoice.total, invoice.currency),
        "title": invoice.title,
        "worker": str(invoice.worker),
    }
    return Words(
        title=TITLES[step].format(**words),
        body=BODIES[step].format(**words),
        url=f"{invoice.get_absolute_url()}payment/",
        action="Pay the invoice",
        acting_as=f"company:{invoice.company.slug}",
        reason=PAYS.format(company=invoice.company.name),
    )


PAYMENT_DUE = Rule(
    name="payment_due",
    label="An invoice is due",
    to="those who pay for the company",
    clock="3 days before it is due, in the morning",
    silent="once paid or withdrawn, under a dispute",
    source=SOURCE,
    params={"paying": [str(role) for role in PAYING], "morning": MORNING},
    delays=tuple(timedelta(days=days) for days in (0, 3, 4, 6, 10)),
    stale_after=timedelta(hours=24),
    load=loader(Invoice, "company", "worker__user"),
    write=write,
)
