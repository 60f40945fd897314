"""Hostile and unusual text in real mails: what a mail server really gets."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from messaging import posting
from notifications import delivering
from notifications.models import Delivery, Notice, Rest
from tests.notifications.moments import HOUR, a_delivery, tell_everything
from tests.smtp_sink import Sink, a_sink

pytestmark = pytest.mark.django_db
LONGEST_LINE = 998
"""Octets, without the line end (RFC 5321)."""
RIGHT_TO_LEFT = "שלום עולם, مرحبا \u202eevil\u202c 🛠️👩🏽‍🔧"


@pytest.fixture
def sink(settings):
    with a_sink() as sink:
        for name, value in sink.backend.items():
            setattr(settings, name, value)
        yield sink


def sent(sink: Sink, at) -> dict[str, str]:
    """Deliver all; the headers and decoded texts of the one mail."""
    delivering.deliver(at=at)
    (mail,) = sink.mails()
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    return {**dict(mail.items()), "text": text.get_content(), "html": html.get_content()}


def rewritten(delivery: Delivery, **fields: str) -> None:
    Notice.objects.filter(pk=delivery.notice_id).update(**fields)


def test_right_to_left_text_and_emoji_arrive_as_they_were_written(alice, at, sink):
    rewritten(a_delivery(alice, at=at), title=RIGHT_TO_LEFT, body=f"{RIGHT_TO_LEFT}\nNext line.")
    mail = sent(sink, at)
    assert mail["Subject"].strip() == RIGHT_TO_LEFT
    assert f"{RIGHT_TO_LEFT}\nNext line." in mail["text"].replace("\r\n", "\n")
    assert RIGHT_TO_LEFT in mail["html"]


@pytest.mark.parametrize("pipelines", [True, False])
def test_a_batch_goes_out_over_one_connection(alice, wanda, at, sink, pipelines):
    sink.pipelines = pipelines
    for key, who in enumerate((alice, wanda, alice)):
        a_delivery(who, at=at, key=f"k{key}")
    delivering.deliver(at=at)
    assert len(sink.arrived) == 3 and len(sink.connections) == 1


def test_a_message_in_any_script_reaches_the_other_side_by_mail(assigned, wanda, alice, sink):
    at = assigned.assigned_at + HOUR
    said = f"{RIGHT_TO_LEFT} <script>alert(1)</script>"
    posting.post(assignment=assigned, worker=wanda.worker, body=said, by=wanda, at=at, key="m")
    Delivery.objects.all().delete()
    tell_everything(at)
    Delivery.objects.exclude(notice__recipient=alice.user, notice__kind="message.posted").delete()
    mail = sent(sink, at + timedelta(minutes=10))
    assert RIGHT_TO_LEFT in mail["text"]
    assert "<script>" not in mail["html"]
    assert RIGHT_TO_LEFT in mail["html"]


@pytest.mark.parametrize("said", ["x" * 100_000, "long words " * 9_100, "é🛠️" * 25_000])
def test_a_hundred_thousand_characters_arrive_whole_in_lines_a_server_takes(alice, at, sink, said):
    rewritten(a_delivery(alice, at=at), body=said)
    mail = sent(sink, at)
    assert said.strip() in mail["text"]
    assert said.strip() in mail["html"]
    ((_, content),) = sink.arrived
    assert max(map(len, content.split(b"\r\n"))) <= LONGEST_LINE


@pytest.mark.parametrize(
    "address",
    ["eve@example.com\nBcc: all@example.com", "eve@example.com\r\nSubject: Hi", "eve",
     "eve@example.com, all@example.com", "a" * 240 + "@example.com"],
)  # fmt: skip
def test_an_address_that_carries_more_than_an_address_reaches_nobody_else(
    alice, mona, at, sink, address
):
    a_delivery(alice, at=at, key="a")
    a_delivery(mona, at=at, key="b")
    get_user_model().objects.filter(pk=alice.user_id).update(email=address)
    moment = at
    for wait in (*delivering.BACK_OFF, timedelta()):
        delivering.deliver(at=moment)
        moment += wait
    delivering.deliver(at=moment)
    reached = {recipient for recipients, _ in sink.arrived for recipient in recipients}
    assert reached - {address} == {mona.user.email}
    assert not any(mail["Bcc"] or mail["Subject"] == "Hi" for mail in sink.mails())
    bad = Delivery.objects.get(notice__recipient=alice.user)
    assert bad.status != "sent" or address in reached
    assert bad.status == "sent" or bad.error


def test_a_line_break_in_a_title_is_no_header(alice, at, sink):
    rewritten(a_delivery(alice, at=at), title="One\r\nBcc: all@example.com\r\n\r\nBody")
    assert sent(sink, at)["Subject"] == "One Bcc: all@example.com Body"
    ((recipients, _),) = sink.arrived
    assert recipients == [alice.user.email]


def test_an_address_in_another_script_is_reached(alice, at, sink):
    get_user_model().objects.filter(pk=alice.user_id).update(email="ann@bücher.example")
    a_delivery(alice, at=at)
    sent(sink, at)
    ((recipients, _),) = sink.arrived
    assert recipients == ["ann@xn--bcher-kva.example"]


def test_a_server_that_says_later_gets_it_later(alice, at, sink):
    a_delivery(alice, at=at)
    sink.refusing = True
    assert delivering.deliver(at=at).failed == 1
    assert "Try again later" in Delivery.objects.get().error
    sink.refusing = False
    assert sent(sink, at + delivering.BACK_OFF[0])["Subject"] == "Something happened"


def test_a_server_that_takes_the_call_and_says_nothing_lets_mail_rest(alice, mona, at, settings):
    """One try of ``EMAIL_TIMEOUT`` for all that waits, not one for each mail."""
    for key, who in enumerate((alice, mona)):
        a_delivery(who, at=at, key=f"k{key}")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "notifications.smtp.Backend", 0.1
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        assert delivering.deliver(at=at).failed == 1
    assert Rest.objects.get().channel == "email"
    assert Delivery.objects.filter(tries=0, lease_until=None).count() == 1
