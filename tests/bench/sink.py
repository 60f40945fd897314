"""A mail server that takes mails and keeps how often each came, and costs next to nothing.

That of the tests (aiosmtpd) is a whole server in Python; its part was a quarter of what a mail
costs on the machine that is measured.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

END = b"\r\n.\r\n"
MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n", b"HELO": b"250 sink\r\n",
    b"MAIL": b"250 OK\r\n", b"RCPT": b"250 OK\r\n", b"DATA": b"354 Go on\r\n",
    b"RSET": b"250 OK\r\n", b"NOOP": b"250 OK\r\n", b"QUIT": b"221 Bye\r\n",
}  # fmt: skip


class Sink:
    def __init__(self) -> None:
        self.ids: list[bytes] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def by_id(self) -> Counter[bytes]:
        """How often each Message-ID arrived."""
        return Counter(self.ids)


class Line(asyncio.Protocol):
    """One sender's connection."""

    def __init__(self, sink: Sink) -> None:
        self.sink, self.came, self.in_mail = sink, b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.came += data
        while self._took_one():
            pass

    def _took_one(self) -> bool:
        """A command or a whole mail of what came; False where it is not all there yet."""
        taken, end, rest = self.came.partition(END if self.in_mail else b"\r\n")
        if not end:
            return False
        self.came = rest
        if self.in_mail:
            found = MESSAGE_ID.search(taken)
            self.sink.ids.append(found[1] if found else b"")
            self.transport.write(b"250 Kept\r\n")
            self.in_mail = False
            return True
        word = taken[:4].upper()
        self.transport.write(ANSWERS.get(word, b"502 No\r\n"))
        self.in_mail = word == b"DATA"
        if word == b"QUIT":
            self.transport.close()
        return True


@contextmanager
def a_sink() -> Iterator[Sink]:
    """In a thread; stopped with the block."""
    sink, loop = Sink(), asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: Line(sink), "127.0.0.1", 0))
    sink.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()
