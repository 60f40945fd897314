"""Staff read broadcasts, invitations by e-mail and extra attempts in the admin, and change none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.assignments.pages import HOSTILE, words_of
from tests.factories import accounts as people
from tests.factories import tests as quizzes
from vetting import broadcasting, groups, inviting, marking
from vetting.models import Broadcast, ExtraAttempt, Group, GroupInvitee

pytestmark = pytest.mark.django_db
LONG = "Structured cabling " * 6


@pytest.fixture
def root(django_user_model) -> Client:
    user = django_user_model.objects.create_superuser("root@example.com", "correct horse")
    client = Client()
    client.force_login(user, backend="accounts.backends.PasswordBackend")
    return client


@pytest.fixture
def crew(alice, wanda, at) -> Group:
    made = groups.create(name="Night crew", kind="public", by=alice, at=at)
    groups.apply(made, by=wanda, at=at)
    groups.approve(made, [wanda.worker], by=alice, at=at)
    return made


def sent(crew, alice, at, number: int = 0) -> Broadcast:
    return broadcasting.send(
        crew, subject=f"Storm {number}", body=f"Call {LONG}first.", key=f"secret-key-{number}",
        by=alice, at=at,
    )  # fmt: skip


def asked(crew, alice, at, number: int = 0) -> GroupInvitee:
    [row] = inviting.invite(crew, [f"new{number}@example.com"], by=alice, at=at)
    return row


def granted(crew, alice, at, number: int = 0) -> ExtraAttempt:
    worker = people.worker(f"Pat Quill {number}")
    test = quizzes.published(alice, at=at, name=f"Cabling {number}", kinds=("single",))
    quizzes.answered(test, worker, at=at, right=0)
    return marking.grant(test, worker.worker, note="The page was down", by=alice, at=at)


KINDS = {
    "broadcast": (sent, "Storm 0", ["Night crew", "Acme", "Storm 0", "Alice Adams", "1"],
                  ["Call Structured cabling"], ["secret-key-0"]),
    "groupinvitee": (asked, "new0@", ["Night crew", "Acme", "new0@example.com", "Alice Adams"],
                     ["new0@example.com"], []),
    "extraattempt": (granted, "Quill 0",  ["Cabling 0", "Acme", "Pat Quill", "The page was down",
                                        "Alice Adams"], ["The page was down"], []),
}  # fmt: skip
"""By the admin's name of each: how one is made, a word that finds it, what its row says, what
its page says too, and what neither may show."""


def address(kind: str, page: str, *args: Any) -> str:
    return reverse(f"admin:vetting_{kind}_{page}", args=args)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_listed_found_and_read(kind, root, crew, alice, at):
    make, word, row, more, secret = KINDS[kind]
    made = make(crew, alice, at)
    make(crew, alice, at, 7)
    listed = words_of(root.get(address(kind, "changelist")))
    assert all(part in listed for part in row), listed
    assert "1 result" in words_of(root.get(address(kind, "changelist"), {"q": word}))
    assert "2 total" in words_of(root.get(address(kind, "changelist"), {"q": "nothing such"}))
    assert "2 " in words_of(root.get(address(kind, "changelist"), {"q": "Acme"}))
    page = root.get(address(kind, "change", made.pk))
    assert all(part in words_of(page) for part in more)
    shown = page.content.decode() + listed
    assert not any(part in shown for part in [*secret, getattr(made, "token_hash", "\x00")])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_added_changed_or_deleted_there(kind, root, crew, alice, at):
    made = KINDS[kind][0](crew, alice, at)
    before = type(made).objects.values().get()
    page = root.get(address(kind, "change", made.pk)).content.decode()
    assert 'name="_save"' not in page and "deletelink" not in page
    assert root.get(address(kind, "add")).status_code == 403
    assert root.post(address(kind, "change", made.pk), {"note": "x"}).status_code == 403
    assert root.post(address(kind, "delete", made.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [made.pk], "post": "yes"}
    root.post(address(kind, "changelist"), chosen)
    assert type(made).objects.values().get() == before


@pytest.mark.parametrize("kind", KINDS)
def test_only_staff_with_the_permission_read_it(kind, crew, alice, wanda, olga, at, client_of):
    made = KINDS[kind][0](crew, alice, at)
    pages = [address(kind, "changelist"), address(kind, "change", made.pk)]

    def answers(client: Client) -> list[int]:
        return [client.get(page).status_code for page in pages]

    assert answers(Client()) == answers(client_of(alice)) == answers(client_of(wanda)) == [302] * 2
    assert answers(client_of(olga)) == [403, 403]
    olga.user.user_permissions.add(
        Permission.objects.get(content_type__app_label="vetting", codename=f"view_{kind}")
    )
    assert answers(client_of(olga)) == [200, 200]


@pytest.mark.parametrize("kind", KINDS)
def test_the_list_costs_the_same_for_one_row_and_for_thirty(kind, root, crew, alice, at):
    make, counts = KINDS[kind][0], []
    for numbers in (range(1), range(1, 30)):
        for number in numbers:
            make(crew, alice, at + timedelta(minutes=number), number)
        root.get(address(kind, "changelist"))
        with CaptureQueriesContext(connection) as captured:
            root.get(address(kind, "changelist"))
        counts.append(len(captured))
    assert type(make(crew, alice, at + timedelta(hours=1), 31)).objects.count() == 31
    assert counts[0] == counts[1] <= 10


@pytest.mark.parametrize("poison", HOSTILE)
@pytest.mark.parametrize("kind", KINDS)
def test_no_search_answers_hostile_input_with_a_crash(kind, poison, root, crew):
    for field in ("q", "o"):
        answer = root.get(address(kind, "changelist"), {field: poison})
        assert answer.status_code in (200, 302, 400), field
