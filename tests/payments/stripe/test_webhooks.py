"""What reaches the address of the webhooks: genuine, forged, twice, late, odd, too much."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse

from core.webhooks import LARGEST
from payments import audit, provider_events, refunds, webhooks
from payments.models import Funding, ProviderEvent, Refund
from payments.providers.base import Answer
from tests.payments.stripe.conftest import SECRET
from tests.racing import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(stand_in, add, answer) -> Funding:
    session = answer("checkout_session")
    stand_in.route("POST", "/v1/checkout/sessions", lambda asked: (200, session))
    return add("500", session["client_reference_id"])


@pytest.fixture
def session(answer):
    """The session of ``opened``, as it stands later."""

    def make(**more: object) -> dict:
        return answer("checkout_session", **more)

    return make


PAID = {"status": "complete", "payment_status": "paid", "payment_intent": "pi_1", "url": None}


def test_a_paid_session_is_cash_once_however_often_it_is_told(opened, session, event, tell, cash):
    told = event("checkout.session.completed", session(**PAID))
    for _ in range(3):
        assert tell(told).status_code == 200
    again = event("checkout.session.completed", session(**PAID))
    intent = {
        "id": "pi_1", "object": "payment_intent", "amount": 50000, "currency": "usd",
        "status": "succeeded", "metadata": session()["metadata"],
    }  # fmt: skip
    assert tell(again).status_code == tell(event("payment_intent.succeeded", intent)).status_code
    assert cash() == Decimal(500)
    assert list(audit.findings()) == []


def test_a_bank_transfer_arrives_days_after_the_page_was_left(
    stand_in, add, session, event, tell, cash
):
    bank = {"payment_method_types": ["us_bank_account"]}
    stand_in.route("POST", "/v1/checkout/sessions", lambda asked: (200, session(**bank)))
    made = add("500", session()["client_reference_id"], "bank")
    waiting = session(**bank, **(PAID | {"payment_status": "unpaid"}))
    assert tell(event("checkout.session.completed", waiting)).status_code == 200
    assert made.waits_for_payer
    made.refresh_from_db()
    assert made.is_open and not made.waits_for_payer and cash() == 0
    assert tell(event("checkout.session.async_payment_succeeded", session(**bank, **PAID)))
    assert cash() == Decimal(500)


def test_a_bank_transfer_that_fails_says_so(opened, session, event, tell, cash):
    failed = session(**(PAID | {"payment_status": "unpaid"}))
    assert tell(event("checkout.session.async_payment_failed", failed)).status_code == 200
    opened.refresh_from_db()
    assert opened.status == "failed" and "declined" in opened.failure
    assert cash() == 0


def test_late_and_out_of_order_is_the_same_in_the_end(opened, session, event, tell, cash):
    """Expired is told after paid, and the opening last of all."""
    assert tell(event("checkout.session.completed", session(**PAID))).status_code == 200
    assert tell(event("checkout.session.expired", session(status="expired"))).status_code == 200
    assert tell(event("checkout.session.completed", session())).status_code == 200
    opened.refresh_from_db()
    assert opened.has_arrived and cash() == Decimal(500)
    (odd,) = ProviderEvent.objects.exclude(error="")
    assert "after it was settled" in odd.error, "kept for staff: two things cannot both be"


def test_an_event_before_its_funding_is_applied_when_it_is_there(
    stand_in, session, event, tell, add, cash, now
):
    assert tell(event("checkout.session.completed", session(**PAID))).status_code == 200
    assert "no funding" in ProviderEvent.objects.get(kind="funding.settled").error
    stand_in.route("POST", "/v1/checkout/sessions", lambda asked: (200, session()))
    add("500", session()["client_reference_id"])
    told = StringIO()
    call_command("replay_provider_events", stdout=told)
    assert "1 applied, 0 still cannot be." in told.getvalue()
    assert cash() == Decimal(500)


def test_another_amount_is_not_believed(opened, session, event, tell, cash):
    assert tell(event("checkout.session.completed", session(**PAID, amount_total=1)))
    assert cash() == 0
    assert "differs" in ProviderEvent.objects.get(kind="funding.settled").error


@pytest.mark.parametrize("kind", ["customer.created", "product.updated", "a.kind.of.the.future"])
def test_what_does_not_concern_us_is_kept_and_acknowledged(stand_in, event, tell, kind):
    assert tell(event(kind, {"id": "x_1"})).status_code == 200
    kept = ProviderEvent.objects.get()
    assert kept.kind == f"webhook.{kind}" and kept.applied_at
    assert kept.payload["data"]["object"] == {"id": "x_1"}


def test_objects_that_are_not_ours_move_nothing(stand_in, event, tell):
    """Another system of the same account has payments and payouts of its own."""
    for kind in ("checkout.session.completed", "payment_intent.succeeded", "refund.updated",
                 "payout.paid"):  # fmt: skip
        assert tell(event(kind, {"id": "x_1", "metadata": {}})).status_code == 200
    assert ProviderEvent.objects.count() == 4
    assert not ProviderEvent.objects.filter(applied_at=None).exists()


def test_a_dispute_is_for_staff(opened, session, event, tell):
    dispute = {
        "id": "dp_1", "object": "dispute", "amount": 50000, "currency": "usd",
        "payment_intent": "pi_1", "charge": "ch_1", "reason": "fraudulent",
    }  # fmt: skip
    assert tell(event("charge.dispute.created", dispute)).status_code == 200
    (finding,) = audit.findings()
    assert finding.check.name == "provider_event_unmatched" and "pi_1" in finding.where


def test_a_refund_that_fails_days_later_is_cash_again(
    opened, session, event, tell, answer, stand_in, acme, alice, now, cash
):
    tell(event("checkout.session.completed", session(**PAID)))
    stand_in.route("GET", "/v1/checkout/sessions/([^/]+)", lambda *a: (200, session(**PAID)))
    pending = answer("refund_pending", metadata={"squarely": "refund", "key": "back:1"})
    stand_in.route("POST", "/v1/refunds", lambda asked: (200, pending))
    (made,) = refunds.request(acme, Decimal(100), key="back", by=alice, at=now)
    waiting = refunds.drive(made, at=now)
    assert waiting.is_under_way and waiting.provider_reference == pending["id"]
    assert stand_in.posts("/v1/refunds")[0].form["payment_intent"] == "pi_1"

    tell(event("refund.updated", pending | {"status": "succeeded"}))
    assert Refund.objects.get().is_sent and cash() == Decimal(400)
    failed = pending | {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    tell(event("refund.failed", failed))
    back = Refund.objects.get()
    assert back.status == "returned" and back.failure == "The card was reported lost or stolen."
    assert cash() == Decimal(500)
    assert list(audit.findings()) == []


# who is heard


def test_only_what_is_signed_by_one_of_our_secrets_is_heard(stand_in, event, tell, settings):
    told = event("customer.created", {"id": "x_1"})
    assert tell(told, secret="whsec_another").status_code == 400
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_another", SECRET]
    assert tell(told, secret="whsec_another").status_code == 200
    assert tell(told).status_code == 200, "the old secret serves until it is taken out"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_another"]
    assert tell(told).status_code == 400
    assert ProviderEvent.objects.count() == 1


def test_an_old_signature_is_refused(stand_in, event, tell):
    told = event("customer.created", {"id": "x_1"})
    assert tell(told, age=200).status_code == 200
    assert tell(told, age=302).status_code == 400


@pytest.mark.parametrize(
    "signature",
    ["", "t=1", "v1=abc", "t=x,v1=abc", "t=99999999999999999999,v1=abc", "=,=,=", "t=1,v1=é",
     "t=1,v1=" + "a" * 100_000, "t={now},v0=abc", "x" * 10_000],
)  # fmt: skip
def test_a_forged_signature_leaves_no_trace(stand_in, client, signature):
    signature = signature.replace("{now}", str(int(time.time())))
    answered = client.post(
        "/payments/webhooks/stripe/", b'{"id": "evt_1", "type": "x"}',
        content_type="application/json", headers={"Stripe-Signature": signature},
    )  # fmt: skip
    assert answered.status_code == 400
    assert not ProviderEvent.objects.exists()


def test_without_secrets_nobody_is_heard(client, settings, tell, event):
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert tell(event("customer.created", {"id": "x"})).status_code == 400
    assert client.post("/payments/webhooks/sandbox/").status_code == 404
    assert client.post("/payments/webhooks/nobody/").status_code == 404
    assert client.get("/payments/webhooks/stripe/").status_code == 405


def test_forgers_are_counted_and_the_provider_is_heard_all_the_same(stand_in, event, tell):
    cache.clear()
    told = event("customer.created", {"id": "x_1"})
    answers = [tell(told, secret="whsec_wrong").status_code for _ in range(35)]
    assert answers[0] == 400 and answers[-1] == 429
    assert tell(told).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"7", b'"x"', b"{}", b"{", b'{"id": 1, "type": "x"}',
        b'{"id": "", "type": "x"}', b'{"id": "evt_1"}', b'{"id": "evt_1", "type": ["x"]}',
        b'{"id": "' + b"e" * 200 + b'", "type": "x"}', b'{"id": "evt_1", "type": "x", "a": NaN}',
        b"[" * 100_000, b'{"id": "e", "type": "x", "n": ' + b"9" * 5000 + b"}",
        b'{"id": "e", "type": "x", "deep": ' + b"[" * 200 + b"]" * 200 + b"}",
    ],
    ids=range(16),
)  # fmt: skip
def test_what_is_signed_and_no_event_is_refused_in_words(stand_in, tell, body):
    answered = tell(body)
    assert answered.status_code == 400 and answered.text
    assert not ProviderEvent.objects.exists()


def test_bytes_that_are_no_text_are_refused(stand_in, client):
    answered = client.post(
        "/payments/webhooks/stripe/", b"\xff\xfe{}", content_type="application/json",
        headers={"Stripe-Signature": "t=1,v1=a"},
    )  # fmt: skip
    assert answered.status_code == 400


def test_what_a_database_cannot_hold_is_kept_without_it(stand_in, tell, event):
    odd = {"id": "x", "nul": "a\0b", "half": "\ud800", "\0": 1, "far": 1e300}
    assert tell(event("customer.created", odd)).status_code == 200
    body = json.dumps(event("customer.created", {"id": "x"})).replace('"x"', "1e400").encode()
    assert tell(body).status_code == 200
    kept = ProviderEvent.objects.order_by("pk")[0].payload["data"]["object"]
    assert kept["nul"] == "ab" and kept["half"] == "?"


@pytest.mark.parametrize(
    "about",
    [None, [], "x", {}, {"id": "x", "metadata": "y"}, {"metadata": {"squarely": "funding"}},
     {"metadata": {"squarely": "funding", "key": "k"}, "id": "x", "status": "open",
      "amount_total": "many", "currency": "usd", "payment_status": "unpaid"}],
)  # fmt: skip
def test_an_event_of_a_shape_nobody_knows_is_kept_for_staff(stand_in, tell, event, about):
    for kind in webhooks.providers.telling("stripe").read.__globals__["READERS"]:
        assert tell(event(kind, about)).status_code == 200
    odd = ProviderEvent.objects.exclude(error="")
    assert odd.exists() and "cannot be read" in odd.first().error


def test_a_message_too_large_is_refused(stand_in, tell, event):
    large = event("customer.created", {"id": "x", "text": "a" * LARGEST})
    assert tell(large).status_code == 413
    assert not ProviderEvent.objects.exists()


def test_a_fault_of_ours_is_acknowledged_and_tried_again(
    opened, session, event, tell, cash, monkeypatch, now
):
    """Stripe need not tell again what is kept; one fault does not stop what is behind it."""
    fault = {"on": True}
    honest = provider_events._appliers["funding"]

    def applier(event, *, at):
        if fault["on"]:
            raise RuntimeError("a fault of ours")
        return honest(event, at=at)

    monkeypatch.setitem(provider_events._appliers, "funding", applier)
    assert tell(event("checkout.session.completed", session(**PAID))).status_code == 200
    assert tell(event("customer.created", {"id": "x"})).status_code == 200
    provider_events.settle_waiting(at=now, limit=10)
    assert cash() == 0
    waiting = ProviderEvent.objects.get(applied_at=None)
    assert waiting.kind == "webhook.checkout.session.completed" and not waiting.error
    fault["on"] = False
    provider_events.settle_waiting(at=now, limit=10)
    assert cash() == Decimal(500)


def test_a_hundred_that_fail_for_ever_hold_no_new_one_back(
    opened, session, event, tell, cash, monkeypatch, now
):
    """They go last, and after a day they are for staff, who can apply them once they are mended."""

    def broken(event, *, at):
        raise RuntimeError("a fault\0 of ours")

    monkeypatch.setitem(provider_events._appliers, "broken", broken)
    answers = [Answer(f"b-{n}", "broken.thing", "x", Decimal(1), "USD") for n in range(105)]
    provider_events.store("stripe", answers, at=now)
    provider_events.settle_waiting(at=now, limit=100)
    webhooks.keep("stripe", event("checkout.session.completed", session(**PAID)), at=now)
    assert cash() == 0
    provider_events.settle_waiting(at=now, limit=100)
    assert cash() == Decimal(500)
    failing = ProviderEvent.objects.filter(kind="broken.thing")
    assert set(failing.values_list("error", "applied_at")) == {("", None)}
    assert set(failing.values_list("tries", flat=True)) <= {1, 2}
    later = now + timedelta(days=1)
    for _ in range(2):
        provider_events.settle_waiting(at=later, limit=100)
    assert set(failing.values_list("error", flat=True)) == {"RuntimeError: a fault of ours"}
    assert sum(one.check.name == "provider_event_unmatched" for one in audit.findings()) == 105
    monkeypatch.setitem(provider_events._appliers, "broken", lambda event, *, at: "")
    assert provider_events.retry(failing.first(), at=later).applied_at == later


@pytest.mark.django_db(transaction=True)
def test_the_same_message_at_once_is_applied_once(opened, session, event, cash, now):
    told = event("checkout.session.completed", session(**PAID))

    def hear():
        return provider_events.settle(webhooks.keep("stripe", told, at=now), at=now)

    race(*[hear] * 4)
    assert cash() == Decimal(500)
    assert ProviderEvent.objects.filter(kind="funding.settled").count() == 1


@pytest.mark.django_db(transaction=True)
def test_kept_and_not_applied_is_applied_by_the_sweep(opened, session, event, cash, now):
    """The process died between keeping a message and believing it."""
    webhooks.keep("stripe", event("checkout.session.completed", session(**PAID)), at=now)
    assert cash() == 0
    provider_events.settle_waiting(at=now, limit=10)
    assert cash() == Decimal(500)


def test_a_kind_that_a_later_release_can_read_is_read_again(
    opened, session, event, tell, cash, admin_client, monkeypatch
):
    from payments.providers.stripe import telling

    reader = telling.READERS.pop("checkout.session.completed")
    try:
        assert tell(event("checkout.session.completed", session(**PAID))).status_code == 200
    finally:
        telling.READERS["checkout.session.completed"] = reader
    assert cash() == 0
    kept = ProviderEvent.objects.get(kind="webhook.checkout.session.completed")
    act = {"action": "read_again", "_selected_action": [kept.pk]}
    listing = reverse("admin:payments_providerevent_changelist")
    for _ in range(2):
        assert "1 read again." in admin_client.post(listing, act, follow=True).text
    assert cash() == Decimal(500)


def test_the_command_says_when_the_provider_is_silent(use_stripe):
    use_stripe("http://127.0.0.1:9")
    with pytest.raises(CommandError, match="does not answer"):
        call_command("replay_provider_events", hours=1)
    with pytest.raises(CommandError, match="between 1 and"):
        call_command("replay_provider_events", hours=0)


def test_events_of_an_hour_ago_are_heard_when_told_anew(opened, session, event, tell, cash):
    """Stripe tries for three days, each time with a new signature over the old event."""
    old = event("checkout.session.completed", session(**PAID))
    old["created"] -= int(timedelta(days=2).total_seconds())
    assert tell(old).status_code == 200
    assert cash() == Decimal(500)
