"""What is said to a mail server that lets several commands come in one write, answer by answer."""

from __future__ import annotations

import re
import smtplib
import socket

import dj_email_url
import pytest
from django.conf import settings

from notifications.smtp import Pipelining

OK, GO_ON, NO = b"250 OK\r\n", b"354 Go on\r\n", b"550 No\r\n"
FROM, TO = "us@x.example", "ann@y.example"
TEXT = b"Subject: Hi\r\n\r\n.Dot\r\nEnd\r\n"
ENVELOPE = b"mail FROM:<us@x.example> size=26\r\nrcpt TO:<ann@y.example>\r\ndata\r\n"
QUOTED = b"Subject: Hi\r\n\r\n..Dot\r\nEnd\r\n.\r\n"
START_OVER = b"rset\r\n"


class Talk:
    """A connection whose server has given all its answers already."""

    def __init__(self, *answers: bytes) -> None:
        ours, self.theirs = socket.socketpair()
        ours.settimeout(0.2)
        self.theirs.sendall(b"".join(answers))
        self.line = Pipelining()
        self.line.sock, self.line.does_esmtp, self.line.ehlo_resp = ours, True, b"here"
        self.line.esmtp_features = {"pipelining": "", "size": ""}

    def send(self, *recipients: str, text: bytes = TEXT):
        return self.line.sendmail(FROM, list(recipients) or TO, text)

    def said(self) -> bytes:
        return self.theirs.recv(65_536)


def test_all_before_the_text_is_one_write_and_dots_are_quoted():
    talk = Talk(OK, OK, GO_ON, OK)
    assert talk.send() == {}
    assert talk.said() == ENVELOPE + QUOTED


def test_a_server_that_does_not_offer_it_is_asked_step_by_step():
    talk = Talk(OK, OK, GO_ON, OK)
    talk.line.esmtp_features = {"size": ""}
    talk.line.mail = lambda *given: talk.line.docmd("MAIL")  # the library's way
    talk.send()
    assert talk.said().startswith(b"MAIL\r\nrcpt")


@pytest.mark.parametrize(
    ("answers", "error", "said"),
    [
        ((NO, NO, NO, OK), smtplib.SMTPSenderRefused, ENVELOPE + START_OVER),
        ((OK, NO, NO, OK), smtplib.SMTPRecipientsRefused, ENVELOPE + START_OVER),
        ((OK, NO, GO_ON, NO, OK), smtplib.SMTPRecipientsRefused, ENVELOPE + b".\r\n" + START_OVER),
        ((OK, OK, b"451 Later\r\n", OK), smtplib.SMTPDataError, ENVELOPE + START_OVER),
        ((OK, OK, GO_ON, NO, OK), smtplib.SMTPDataError, ENVELOPE + QUOTED + START_OVER),
        ((b"421 Too many\r\n",), smtplib.SMTPResponseException, ENVELOPE),
    ],
    ids=["sender", "recipient", "recipient-but-text", "text", "end", "closing"],
)
def test_a_refusal_is_raised_and_nothing_of_the_mail_is_left_behind(answers, error, said):
    talk = Talk(*answers)
    with pytest.raises(error):
        talk.send()
    assert talk.said() == said
    assert (talk.line.sock is None) == (error is smtplib.SMTPResponseException)


def test_who_is_refused_beside_others_is_named():
    talk = Talk(OK, OK, NO, GO_ON, OK)
    assert talk.send(TO, "bob@y.example") == {"bob@y.example": (550, b"No")}


def test_an_address_with_a_line_break_says_nothing_to_the_server():
    talk = Talk()
    with pytest.raises(ValueError, match="line break"):
        talk.send("<\r\n")
    talk.line.close()
    assert talk.said() == b""


def test_the_text_is_not_said_before_the_server_waits_for_it():
    talk = Talk(OK, OK)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        talk.send()
    assert talk.said() == ENVELOPE


def test_the_addresses_in_the_handbook_lead_to_a_mail_server():
    row = re.search(r"\| `EMAIL_URL` .*", (settings.BASE_DIR / "docs/operating.md").read_text())[0]
    read = [dj_email_url.parse(url) for url in re.findall(r"`(\w+://[^`]+)`", row)]
    encrypted = [(one["EMAIL_USE_TLS"], one["EMAIL_USE_SSL"]) for one in read]
    assert encrypted == [(True, False), (False, True), (False, False)]
    assert all(one["EMAIL_BACKEND"].endswith("smtp.EmailBackend") for one in read)
