"""The site set up for Stripe, with the fake server and what stands in front of it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe
from django.core.cache import cache

from payments import funding
from payments.models import Funding
from tests.payments.stripe.checkout import Checkout
from tests.payments.stripe.stand_in import StandIn

SECRET = "whsec_the_one_in_use"
ANSWERS = Path(__file__).parent / "answers"

FAKE = """
import sys
from aiohttp import web
from localstripe import resources
from localstripe.server import app
resources.Store.dump_to_disk = lambda store: None
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""
"""Its own command listens on IPv6 alone and keeps a file under /tmp."""


@pytest.fixture(scope="session")
def fake_server() -> Iterator[str]:
    """The local fake server (localstripe) as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", FAKE, str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        assert process.poll() is None, "the fake server ended by itself"
        try:
            requests.get(f"{address}/v1/events", auth=("sk_test_payer", ""), timeout=1)
            return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the fake server does not answer")


@pytest.fixture(autouse=True)
def nobody_counted():
    """Refused messages are counted by address, and all tests have the same."""
    cache.clear()


@pytest.fixture
def use_stripe(settings) -> Callable[[str], None]:
    def point_to(address: str) -> None:
        settings.PAYMENT_PROVIDER = "stripe"
        settings.STRIPE_SECRET_KEY = "sk_test_site"
        settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
        settings.STRIPE_API_BASE = address

    return point_to


@pytest.fixture
def checkout(fake_server, use_stripe) -> Iterator[Checkout]:
    requests.delete(f"{fake_server}/_config/data", timeout=10)
    front = Checkout(fake_server)
    use_stripe(front.address)
    yield front
    front.close()


@pytest.fixture
def stand_in(use_stripe) -> Iterator[StandIn]:
    server = StandIn()
    use_stripe(server.address)
    yield server
    server.close()


@pytest.fixture
def now():
    """These tests speak to servers with clocks of their own."""
    from django.utils import timezone

    return timezone.now()


@pytest.fixture
def add(acme, alice, now) -> Callable[..., Funding]:
    def make(amount: str = "500", key: str = "f-1", method: str = "card") -> Funding:
        return funding.add(
            company=acme, amount=Decimal(amount), method=method, key=key, by=alice, at=now
        )

    return make


@pytest.fixture
def answer() -> Callable[..., dict[str, Any]]:
    """One recorded answer of the API by its name, with what differs."""

    def read(name: str, **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((ANSWERS / f"{name}.json").read_text())
        return found | more

    return read


@pytest.fixture
def tell(client) -> Callable[..., Any]:
    """Posts an event as Stripe does, signed with the secret in use."""

    def post(event: dict[str, Any] | bytes, *, secret: str = SECRET, age: int = 0) -> Any:
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        text = body.decode("utf-8", "surrogateescape")
        signature = stripe.WebhookSignature.generate_signature_header(
            text, secret, timestamp=int(time.time()) - age
        )
        return client.post(
            "/payments/webhooks/stripe/", body, content_type="application/json",
            headers={"Stripe-Signature": signature},
        )  # fmt: skip

    return post


@pytest.fixture
def event() -> Callable[..., dict[str, Any]]:
    """An event around an object, as the API reference shows it."""
    numbers = iter(range(1, 1000))

    def make(kind: str, about: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "id": f"evt_{next(numbers)}",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(time.time()),
            "data": {"object": about},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        } | more

    return make
