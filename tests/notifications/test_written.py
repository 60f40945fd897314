"""Letters written out quickly are the letters that the library would have written."""

from __future__ import annotations

import email
import email.header
import email.policy

import pytest
from django.core.mail import EmailMultiAlternatives

from notifications.written import Letter, Written

PLAIN = {"Message-ID": "<delivery-1@x.example>", "Date": "Sat, 28 Nov 2026 09:00:00 -0000"}


def letter(kind=Letter, *, subject="Hello", body="One\nTwo\n", html="<p>é</p>\n", headers=PLAIN):
    made = kind(subject, body, "Squarely <a@x.example>", ["b@x.example"], headers=headers)
    made.attach_alternative(html, "text/html")
    return made


def read(content: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    """The headers but for the boundary, and the texts."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    headers = [
        (name, " ".join(str(value).split("; boundary")[0].split())) for name, value in mail.items()
    ]
    return headers, [part.get_content() for part in mail.iter_parts()]


@pytest.mark.parametrize(
    ("words", "quick"),
    [
        ({}, True),
        ({"body": "שלום 🛠️\r\nNext.\n", "html": "<p>מ</p>"}, True),
        ({"body": "--\n--===\n.\n..\n"}, True),
        ({"headers": PLAIN | {"List-Unsubscribe": f"<https://x.example/{'a' * 200}>"}}, True),
        ({"subject": "Grüße"}, True),
        ({"subject": "Grüße " * 30}, True),
        ({"subject": "“" + "Ж" * 150 + "” 🛠️"}, True),
        ({"subject": "Words that have to be folded " * 6}, True),
        ({"subject": "x" * 2_000}, False),
        ({"body": "x" * 2_000}, False),
        ({"headers": PLAIN | {"X-Long": "word " * 300}}, False),
    ],
    ids=[
        "plain",
        "scripts",
        "dots",
        "stop",
        "subject",
        "long-subject",
        "no-space",
        "folded",
        "long-word",
        "line",
        "header",
    ],
)
@pytest.mark.parametrize("linesep", ["\n", "\r\n"])
def test_a_letter_reads_the_same_and_only_a_plain_one_is_written_here(words, quick, linesep):
    expected = letter(EmailMultiAlternatives, **words).message().as_bytes(linesep=linesep)
    whole = letter(**words).message()
    content = whole.as_bytes(linesep=linesep)
    assert read(content) == read(expected)
    assert isinstance(whole, Written) == quick
    assert content.count(b"\r\n") == (content.count(b"\n") if linesep == "\r\n" else 0)


def test_a_subject_in_another_script_stands_in_whole_characters_on_short_lines():
    content = letter(subject="Ж" * 199 + "🛠").message().as_bytes().decode()
    subject = content[content.index("Subject: ") :].split("\nFrom:")[0]
    words = subject.removeprefix("Subject: ").split("\n ")
    assert max(map(len, subject.splitlines())) <= 76
    assert "".join(email.header.decode_header(word)[0][0].decode() for word in words) == (
        "Ж" * 199 + "🛠"
    )


def test_a_letter_with_a_file_is_left_to_the_library():
    made = letter()
    made.attach("a.txt", "Kept", "text/plain")
    assert b"a.txt" in made.message().as_bytes()


def test_a_line_break_in_a_header_is_refused_as_before():
    from django.core.mail import BadHeaderError

    with pytest.raises(BadHeaderError):
        letter(subject="One\nBcc: all@example.com").message()


def test_each_letter_has_a_boundary_of_its_own():
    first, second = (letter().message().as_bytes() for _ in range(2))
    assert first != second and len(first) == len(second)
