"""Checkout in front of the local fake server, which has cards and refunds but no Checkout.

Everything else is handed on to the fake, a process of its own. A session is what the API
reference says of it; paying it makes a payment at the fake, with the session's metadata, and the
fake tells of that by its webhook.
"""

from __future__ import annotations

import itertools
import time
from typing import Any
from urllib.parse import urlencode

import requests

from tests.payments.stripe.stand_in import Asked, Reply, StandIn, refusal

GOOD, DECLINED = "4242424242424242", "4000000000000341"
EXPIRES = str(time.gmtime().tm_year + 3)


class Checkout(StandIn):
    def __init__(self, fake: str) -> None:
        super().__init__()
        self.fake, self.sessions = fake, {}
        self._numbers = itertools.count(1)
        self.route("GET", "/v1/.*", self._hand_on)
        self.route("POST", "/v1/.*", self._hand_on)
        self.route("GET", "/v1/checkout/sessions", self._list)
        self.route("POST", "/v1/checkout/sessions", self._create)
        self.route("GET", "/v1/checkout/sessions/([^/]+)", self._retrieve)

    def _hand_on(self, asked: Asked) -> Reply:
        said = requests.request(
            asked.method, f"{self.fake}{asked.path}",
            params=asked.form if asked.method == "GET" else None,
            data=asked.body if asked.method == "POST" else None,
            headers={
                "Authorization": asked.headers["Authorization"],
                "Content-Type": "application/x-www-form-urlencoded",
            },
            timeout=10,
        )  # fmt: skip
        return said.status_code, said.json()

    def _create(self, asked: Asked) -> Reply:
        form, number = asked.form, next(self._numbers)
        if int(form["line_items[0][price_data][unit_amount]"]) > 99_999_999:
            return refusal(400, "Amount must be no more than $999,999.99", "amount_too_large")
        session = {
            "id": f"cs_test_{number}",
            "object": "checkout.session",
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
            "client_reference_id": form["client_reference_id"],
            "created": int(time.time()),
            "currency": form["line_items[0][price_data][currency]"],
            "expires_at": int(form["expires_at"]),
            "metadata": {name: form[f"metadata[{name}]"] for name in ("squarely", "key")},
            "mode": form["mode"],
            "payment_intent": None,
            "payment_method_types": [form["payment_method_types[0]"]],
            "payment_status": "unpaid",
            "status": "open",
            "success_url": form["success_url"],
            "url": f"https://checkout.stripe.test/c/pay/cs_test_{number}#fid",
        }
        self.sessions[session["id"]] = session
        return 200, session

    def _retrieve(self, asked: Asked, name: str) -> Reply:
        session = self.sessions.get(name)
        if session is None:
            return refusal(404, f"No such checkout.session: {name}", "resource_missing")
        intent = session["payment_intent"]
        if intent and asked.form.get("expand[0]") == "payment_intent":
            return 200, session | {
                "payment_intent": self.at_fake("GET", f"payment_intents/{intent}")
            }
        return 200, session

    def _list(self, asked: Asked) -> Reply:
        since = int(asked.form.get("created[gte]", 0))
        found = [one for one in self.sessions.values() if one["created"] >= since]
        return 200, {"object": "list", "data": found, "has_more": False, "url": asked.path}

    def at_fake(self, method: str, path: str, **form: Any) -> dict[str, Any]:
        said = requests.request(
            method, f"{self.fake}/v1/{path}", data=urlencode(form) or None, timeout=10,
            headers={
                "Authorization": "Bearer sk_test_payer",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )  # fmt: skip
        found: dict[str, Any] = said.json()
        return found

    def pay(self, name: str, number: str = GOOD) -> bool:
        """What the payer does on Stripe's page; a declined card leaves the session open."""
        session = self.sessions[name]
        card = {"number": number, "exp_month": 12, "exp_year": EXPIRES, "cvc": "123"}
        method = self.at_fake(
            "POST", "payment_methods", type="card",
            **{f"card[{field}]": value for field, value in card.items()},
        )  # fmt: skip
        intent = self.at_fake(
            "POST", "payment_intents", amount=session["amount_total"], confirm="true",
            currency=session["currency"], payment_method=method["id"],
            **{f"metadata[{field}]": value for field, value in session["metadata"].items()},
        )  # fmt: skip
        if intent.get("status") != "succeeded":
            return False
        session |= {
            "payment_intent": intent["id"], "payment_status": "paid", "status": "complete",
            "url": None,
        }  # fmt: skip
        return True

    def expire(self, name: str) -> None:
        self.sessions[name] |= {"status": "expired", "url": None}
