"""A real mail server in a thread of the test: takes what is sent over SMTP, or fails as told."""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """What arrived: each mail with the addresses it was really sent to."""

    def __init__(self) -> None:
        self.arrived: list[tuple[list[str], bytes]] = []
        self.refusing = False
        self.pipelines = True
        self.holds = self.held = False
        """A mail that arrives while it ``holds`` is answered later; ``held``: one was."""
        self.connections: set[object] = set()
        self._lock = threading.Lock()
        self.port = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, offers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return ["250-PIPELINING", *offers] if self.pipelines else offers

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.connections.add(session.peer)
        while self.holds:
            self.held = True
            await asyncio.sleep(0.05)
        if self.refusing:
            return "451 Try again later"
        content = envelope.content
        assert isinstance(content, bytes)
        with self._lock:
            self.arrived.append((list(envelope.rcpt_tos), content))
        return "250 Kept"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def backend(self) -> dict[str, Any]:
        """The settings that lead there."""
        return {
            "EMAIL_BACKEND": "notifications.smtp.Backend",
            "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": self.port,
            "EMAIL_HOST_USER": "", "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False,
        }  # fmt: skip

    def mails(self) -> list[EmailMessage]:
        policy = email.policy.default
        return [email.message_from_bytes(content, policy=policy) for _, content in self.arrived]

    def by_id(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(mail["Message-ID"]) for mail in self.mails())


@contextmanager
def a_sink() -> Iterator[Sink]:
    sink = Sink()
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        sink.port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
