"""An invoice is due: 3 days before, on the day, and 1, 3 and 7 days after (product §11)."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from core.dates import date_words
from core.money import format_money
from notifications.people import COMPANY, PAYING, PAYS
from notifications.reminders.rule import AT_NINE, ZONE, Rule, Words, loader
from payments.models import Invoice

SOURCE = f"""
SELECT bill.id AS object_key,
       member.user_id AS recipient_id,
       (bill.due_on - 5)::timestamp AT TIME ZONE 'UTC' AS occasion,
       {AT_NINE.format(day="bill.due_on - 3")} AS since,
       {ZONE} AS zone
  FROM payments_invoice AS bill
  JOIN accounts_membership AS member
    ON member.company_id = bill.company_id
   AND member.removed_at IS NULL
   AND member.roles && %(paying)s::varchar[]
  JOIN accounts_user AS person ON person.id = member.user_id AND person.is_active
 WHERE bill.paid_at IS NULL
   AND bill.withdrawn_at IS NULL
   AND bill.terms_days > 0
   AND bill.due_on <= (%(at)s + interval '4 days')::date
   AND bill.due_on > %(horizon)s::date
   AND NOT EXISTS (
       SELECT FROM assignments_assignment AS work
         JOIN assignments_hold AS hold ON hold.assignment_id = work.id
        WHERE work.invoice_id = bill.id
          AND hold.kind = 'dispute'
          AND hold.released_at IS NULL)
"""  # noqa: S608 - made of constants

TITLES = {
    1: "{label} is due on {day}: {total}",
    2: "{label} is due on {day}, the last day to pay it in time: {total}",
    3: "{label} is past due since {day}: {total}",
    4: "{label} is still past due since {day}: {total}",
    5: "{label} is past due since {day}: new assignments are blocked",
}
BODIES = {
    1: "It bills “{title}”, done by {worker}.",
    2: "{worker} is waiting for it. Paid on that day, it leaves your scorecard as it is.",
    3: "Days past due stand on your scorecard, which every worker sees before they apply.",
    4: "Days past due stand on your scorecard, which every worker sees before they apply.",
    5: "Nothing new can be sent until it is paid; then sending works again at once.",
}


def write(invoice: Invoice, recipient: User, step: int) -> Words:
    words = {
        "label": invoice.label,
        "day": date_words(invoice.due_on),
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
    sides=(COMPANY,),
    clock="3 days before it is due, at nine where they live",
    silent="once paid or withdrawn, under a dispute",
    source=SOURCE,
    params={"paying": [str(role) for role in PAYING]},
    delays=tuple(timedelta(days=days) for days in (0, 3, 4, 6, 10)),
    stale_after=timedelta(days=3),
    load=loader(Invoice, "company", "worker__user"),
    write=write,
    by_calendar=True,
)
