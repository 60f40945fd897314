"""What a decision gave back, when the card or bank it goes on to fails; the books stay whole."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.html import escape

from activity.models import Event
from core.errors import DomainError
from escalations import casework
from escalations.models import Reversal
from payments import audit, funding, refunds
from payments.ledger import Accounts
from payments.models import Refund
from tests.escalations.making import opened
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def paid(alice, wanda, at):
    """$250.00 of work, paid out of $600.00 that came by card."""
    added = funding.add(
        company=alice.company, amount=Decimal(600), method="card", key="card", by=alice, at=at
    )
    assert funding.drive(added, at=at + MINUTE).transfer
    posted = work.assigned(work.sent(work.draft(alice, at=at), alice, at=at), alice, wanda, at=at)
    return work.approved(work.submitted(work.in_progress(posted, wanda), wanda), alice)


@pytest.fixture
def given_back(paid, wanda, olga):
    """The decision: $50.00 of the pay and its fee of $5.00 are the client's cash again."""
    case = opened(paid, wanda, at=paid.paid_at + MINUTE)
    return casework.decide(case, effect="refund", amount=Decimal(50), words="The photos are of "
                           "another site.", by=olga, at=case.opened_at + MINUTE)  # fmt: skip


@pytest.fixture
def cash(alice):
    def read():
        assert list(audit.findings()) == []
        return Accounts("USD", company=alice.company).cash.balance

    return read


@pytest.mark.parametrize(
    ("cents", "at_once", "later", "left"),
    [
        ("00", Refund.Status.REFUNDED, Refund.Status.REFUNDED, "325.00"),
        ("13", Refund.Status.FAILED, Refund.Status.FAILED, "380.00"),
        ("91", None, Refund.Status.REFUNDED, "324.09"),
        ("37", None, Refund.Status.REFUNDED, "324.63"),
        ("73", Refund.Status.REFUNDED, Refund.Status.REFUNDED, "324.27"),
        ("53", Refund.Status.REFUNDED, Refund.Status.RETURNED, "380.00"),
    ],
    ids=["taken", "declined", "no-answer", "slow", "told-twice", "comes-back"],
)
def test_whatever_the_provider_does_the_decision_stands_and_is_carried_out_once(
    cents, at_once, later, left, given_back, alice, cash, client_of, olga
):
    assert cash() == Decimal("380.00")
    asked_at = given_back.decided_at + MINUTE
    amount = Decimal(f"55.{cents}")
    (sent,) = refunds.request(alice.company, amount, key="back", by=alice, at=asked_at)
    after = refunds.drive(sent, at=asked_at)
    assert after.status == at_once or (at_once is None and after.is_under_way)
    assert cash() == (Decimal("380.00") if after.came_back else Decimal("380.00") - amount)
    for _ in range(3):
        refunds.sweep(at=asked_at + 10 * MINUTE)
    after.refresh_from_db()
    assert (after.status, cash()) == (later, Decimal(left))

    case = given_back.case
    assert Event.objects.filter(kind="credit_note.issued").count() == 1
    for who, page in ((alice, case.get_absolute_url()),
                      (olga, f"/admin/escalations/case/{case.pk}/change/")):  # fmt: skip
        text = client_of(who).get(page).text
        assert "$55.00 back to the client’s cash" in text


def test_a_lead_takes_nothing_back_out_of_cash_that_is_on_its_way_to_the_card(
    given_back, alice, lena, cash, client_of
):
    """The outcome is unknown: the reversal waits, with words; once declined, it goes through."""
    at = given_back.decided_at + MINUTE
    (sent,) = refunds.request(alice.company, Decimal("379.91"), key="back", by=alice, at=at)
    assert refunds.drive(sent, at=at).is_under_way
    assert cash() == Decimal("0.09")
    for act in (casework.preview_reversal, casework.reverse):
        with pytest.raises(DomainError, match=r"The client’s cash is \$54\.91 short") as refused:
            act(given_back, words="It was the right site.", by=lena, at=at)
    page = f"/admin/escalations/case/{given_back.case_id}/reverse/"
    shown = client_of(lena).post(page, {"reverse-words": "It was the right site."})
    assert shown.status_code == 200
    assert escape(str(refused.value)) in shown.text and "It was the right site." in shown.text
    assert not Reversal.objects.exists()
    assert cash() == Decimal("0.09")

    refunds.sweep(at=at + 10 * MINUTE)
    assert cash() == Decimal("0.09"), "sent after all"
    funding_back = funding.add(company=alice.company, amount=Decimal(60), method="card",
                               key="again", by=alice, at=at + 11 * MINUTE)  # fmt: skip
    funding.drive(funding_back, at=at + 12 * MINUTE)
    for _ in range(2):
        casework.reverse(given_back, words="It was the right site.", by=lena, at=at + 13 * MINUTE)
    assert cash() == Decimal("5.09")
    assert Event.objects.filter(kind="case.reversed").count() == 1
