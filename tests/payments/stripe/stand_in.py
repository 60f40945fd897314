"""A small HTTP server in the place of api.stripe.com, which notes what it was asked."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request, with its form as Stripe's client sends it: flat, ``metadata[key]`` and so on."""

    method: str
    path: str
    form: dict[str, str]
    key: str
    account: str
    body: bytes
    headers: dict[str, str]


Reply = tuple[int, dict[str, Any]]


class StandIn:
    """Answers by its routes, the first that fits; what none fits is a 404 as Stripe words it.

    As the real API does, it answers a POST with an idempotency key it has seen with what it
    answered then. ``lose`` makes it act and hang up before the answer, so many times, where the
    path begins with ``lose_path``.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.lose, self.lose_path = 0, ""
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Reply]]] = []
        self._answered: dict[tuple[str, str], Reply] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def route(self, method: str, path: str, reply: Callable[..., Reply]) -> None:
        """``reply`` takes the request and the groups of the path."""
        self._routes.insert(0, (method, re.compile(f"^{path}$"), reply))

    def forget_keys(self) -> None:
        """As Stripe does a day later."""
        self._answered.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def posts(self, path: str) -> list[Asked]:
        return [one for one in self.asked if (one.method, one.path) == ("POST", path)]

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        known = (asked.account, asked.key)
        if asked.key and known in self._answered:
            return self._answered[known]
        for method, path, reply in self._routes:
            fits = path.match(asked.path) if method == asked.method else None
            if fits:
                answered = reply(asked, *fits.groups())
                if asked.key and answered[0] < 500:
                    self._answered[known] = answered
                return answered
        return refusal(404, f"Unrecognized request URL ({asked.method}: {asked.path}).")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _do(self) -> None:
                address = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(
                    method=self.command,
                    path=address.path,
                    form=dict(parse_qsl(address.query) + parse_qsl(body.decode())),
                    key=self.headers.get("Idempotency-Key", ""),
                    account=self.headers.get("Stripe-Account", ""),
                    body=body,
                    headers=dict(self.headers),
                )
                status, told = stand_in.answer(asked)
                if stand_in.lose and address.path.startswith(stand_in.lose_path):
                    stand_in.lose -= 1
                    self.close_connection = True
                    return
                text = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_DELETE = _do

            def log_message(self, *args: Any) -> None: ...

        return Handler


def refusal(
    status: int, message: str, code: str = "", kind: str = "invalid_request_error"
) -> Reply:
    """An error as the API words it."""
    error = {"type": kind, "message": message} | ({"code": code} if code else {})
    return status, {"error": error}
