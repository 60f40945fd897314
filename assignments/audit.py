"""What must agree between assignments and money; added to the checks of the books."""

from payments import audit

STATUS_AND_MONEY = audit.register(
    audit.Check(
        "status_without_money",
        "a paid assignment has an unpaid invoice, or an unpaid one a paid",
        """
        SELECT 'assignment ' || a.reference FROM assignments_assignment a
        JOIN payments_invoice i ON i.id = a.invoice_id
        WHERE (a.status = 'paid') <> (i.paid_at IS NOT NULL) AND a.status <> 'cancelled'
        """,
    )
)
RESERVED_AND_ENDED = audit.register(
    audit.Check(
        "reserved_after_the_end",
        "money is still set aside for work that has ended",
        """
        SELECT 'assignment ' || a.reference FROM assignments_assignment a
        JOIN payments_reservation r ON r.id = a.reservation_id
        WHERE r.closed_at IS NULL AND a.status IN ('paid', 'invoiced', 'cancelled', 'voided')
        """,
    )
)
