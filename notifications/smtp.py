"""Mail over SMTP in fewer turns, where the server offers it (PIPELINING, RFC 2920).

The library waits for the server's answer four times a mail: sender, recipient, the word that the
text follows, the text. A server that offers pipelining is told the first three in one write; so a
mail waits twice. The text goes out only once all three are answered well, and the next mail only
once the server has taken this one, so that at most one mail is in doubt when a sender dies.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Sequence
from contextlib import suppress
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.message import sanitize_address

from notifications.written import ENCODING

TAKEN, GO_ON, CLOSING = (250, 251), 354, 421
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""One that is written the same in an envelope and in a header, with nothing to quote."""

Answer = tuple[int, bytes]


class Backend(smtp.EmailBackend):
    """Django's, with connections that pipeline, and addresses parsed only where need be."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return PipeliningSSL if self.use_ssl else Pipelining

    def _send(self, email_message: EmailMessage) -> bool:
        if self.fail_silently or not all(map(PLAIN_ADDRESS.fullmatch, email_message.recipients())):
            return bool(super()._send(email_message))  # type: ignore[misc]
        assert self.connection is not None
        sender = _in_envelope(email_message.from_email)
        content = email_message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
        self.connection.sendmail(sender, email_message.recipients(), content)
        return True


class Pipelining(smtplib.SMTP):
    def sendmail(
        self,
        from_addr: str,
        to_addrs: str | Sequence[str],
        msg: Any,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[str] = (),
    ) -> dict[str, Answer]:
        """As the library's: returns the recipients that were refused, and raises where all were,
        or where the server takes the sender or the text not; the connection stays of use."""
        self.ehlo_or_helo_if_needed()
        is_plain = isinstance(msg, bytes) and not (mail_options or rcpt_options)
        if not (is_plain and self.has_extn("pipelining")):
            return super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)
        recipients = [to_addrs] if isinstance(to_addrs, str) else list(to_addrs)
        refused = self._introduce(from_addr, recipients, len(msg))
        self.send(_as_text(msg))
        code, said = self._answer()
        if code not in TAKEN:
            self._start_over()
            raise smtplib.SMTPDataError(code, said)
        return refused

    def _introduce(self, sender: str, recipients: Sequence[str], size: int) -> dict[str, Answer]:
        """All that precedes the text, in one write; the server waits for the text then."""
        option = f" size={size}" if self.has_extn("size") else ""
        lines = [
            f"mail FROM:{_quoted(sender)}{option}",
            *(f"rcpt TO:{_quoted(recipient)}" for recipient in recipients),
            "data",
        ]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("An address holds a line break.")
        self.send("\r\n".join([*lines, ""]))
        of_sender = self._answer()
        of_recipients = {recipient: self._answer() for recipient in recipients}
        of_text = self._answer()
        refused = {who: told for who, told in of_recipients.items() if told[0] not in TAKEN}
        if of_sender[0] in TAKEN and len(refused) < len(recipients) and of_text[0] == GO_ON:
            return refused
        self._take_back(of_text)
        if of_sender[0] not in TAKEN:
            raise smtplib.SMTPSenderRefused(*of_sender, sender)
        if len(refused) == len(recipients):
            raise smtplib.SMTPRecipientsRefused(refused)
        raise smtplib.SMTPDataError(*of_text)

    def _take_back(self, of_text: Answer) -> None:
        """Nobody would get it. A server that waits for the text all the same gets an empty one,
        which it can only refuse (RFC 2920, 3.1)."""
        if of_text[0] == GO_ON:
            self.send(b".\r\n")
            self._answer()
        self._start_over()

    def _start_over(self) -> None:
        with suppress(smtplib.SMTPServerDisconnected):
            self.rset()

    def _answer(self) -> Answer:
        """Raises what the server says when it closes the connection, in place of any answer."""
        code, said = self.getreply()
        if code == CLOSING:
            self.close()
            raise smtplib.SMTPResponseException(code, said)
        return code, said


class PipeliningSSL(Pipelining, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _as_text(content: bytes) -> bytes:
    """With lines that begin with a dot quoted, and the end of the text (RFC 5321, 4.5.2)."""
    if content.startswith(b".") or b"\n." in content:
        content = re.sub(rb"(?m)^\.", b"..", content)
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


def _quoted(address: str) -> str:
    return f"<{address}>" if PLAIN_ADDRESS.fullmatch(address) else smtplib.quoteaddr(address)


@lru_cache(maxsize=16)
def _in_envelope(sender: str) -> str:
    """The address alone; parsed once for the few that the site has."""
    return parseaddr(sanitize_address(sender, ENCODING))[1]
