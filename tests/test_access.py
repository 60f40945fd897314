"""Every named address × every persona → the answer, in one table.

200 a page, 302 a way elsewhere (visitors to the login page), 403 seen but not allowed, 404 not
theirs to see, 405 a page that is only posted to. An address missing from the table fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts import team
from accounts.actors import Actor
from activity import reactions
from assignments import lifecycle
from assignments.models import Assignment
from core.files import CleanUpload
from escalations import casework
from messaging import posting
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db

PERSONAS = ("visitor", "alice", "cody", "dirk", "abel", "charlie", "wanda", "walt", "olga")
"""Nobody; Acme's administrator, controller, dispatcher and viewer; another company's
administrator; the assigned worker; another worker; an agent of the escalation desk."""

TABLE = """
# address                       of          visitor alice cody dirk abel charlie wanda walt olga
home                            -           200 200 200 200 200 200 200 200 200
"""


@dataclass
class World:
    """One thing of each kind that an address can name."""

    kwargs: dict[str, dict[str, Any]]
    clients: dict[str, Client]


@pytest.fixture
def world(alice, cody, dirk, abel, charlie, wanda, walt, olga, client_of, acme) -> World:
    now = timezone.now()
    actors: dict[str, Actor] = {
        "alice": alice, "cody": cody, "dirk": dirk, "abel": abel, "charlie": charlie,
        "wanda": wanda, "walt": walt, "olga": olga,
    }  # fmt: skip
    at = now - timedelta(days=5)
    stages = {
        stage: work.in_stage(stage, alice, wanda, at=at, title=f"Work that is {stage}")
        for stage in work.STAGES
        if stage != "sent"
    }
    sent = _sent(alice, at=now, title="Work that is sent")
    work.application(sent, walt, at=now)
    first = _sent(alice, at=now, title="Work for the first", first_to_accept=True)
    remote = work.in_stage("assigned", alice, wanda, at=at, on_site=False, wants_check_in=False)
    note = CleanUpload(b"Evidence", "evidence.txt", "text/plain", 8)
    done = stages["pending_approval"]
    message = posting.post(
        assignment=stages["assigned"], worker=wanda.worker, body="See the file", by=wanda,
        at=now, key="access", files=[note],
    )  # fmt: skip
    case = casework.open_case(
        assignment=stages["paid"], kind="conduct", what_happened="Rude", outcome="explanation",
        outcome_words="An apology", files=[note], by=alice, at=now,
    )  # fmt: skip
    while reactions.dispatch(at=now):
        pass
    invitee = team.invite(acme, email="new@example.com", roles=["viewer"], by=alice, at=now)
    of = {name: {"reference": found.reference} for name, found in stages.items()}
    of |= {
        "-": {},
        "sent": {"reference": sent.reference},
        "first": {"reference": first.reference},
        "remote": {"reference": remote.reference},
        "company": {"slug": acme.slug},
        "worker": {"reference": wanda.worker.reference},
        "member": {"reference": dirk.membership.reference},
        "invitation": {"token": "not-a-token"},
        "invoice": {"number": stages["paid"].invoice.number},
        "company_invoice": {"company": acme.slug, "number": stages["invoiced"].invoice.number},
        "file": {"reference": done.reference, "number": 1},
        "attachment": {"reference": message.attachments.get().reference},
        "case": {"label": case.label},
        "evidence": {"label": case.label, "reference": case.evidence.get().reference},
        "policy": {"slug": "terms-of-service"},
        "notice": {"pk": _notice_of(alice)},
        "none": {"pk": 0},
    }
    assert invitee.pk
    clients = {name: client_of(actor) for name, actor in actors.items()}
    return World(of, {"visitor": Client(), **clients})


def _sent(by: Actor, *, at, first_to_accept: bool = False, **fields: Any) -> Assignment:
    work.add_cash(by.company, 1000, at=at)
    draft = work.draft(by, at=at, **fields)
    return lifecycle.send(draft, by=by, at=at, first_to_accept=first_to_accept)


def _notice_of(actor: Actor) -> int:
    return actor.user.notices.order_by("pk").first().pk


def rows() -> Iterator[tuple[str, str, str, list[int]]]:
    for line in TABLE.strip().splitlines():
        if line.startswith("#"):
            continue
        name, of, *answers = line.split()
        method = "post" if of.startswith("post:") else "get"
        yield name, of.removeprefix("post:"), method, [int(answer) for answer in answers]


def named_addresses(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from named_addresses(entry, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            yield space + entry.name


@pytest.mark.parametrize("persona", PERSONAS)
def test_every_address_answers_this_persona_as_the_table_says(world: World, persona: str):
    column = PERSONAS.index(persona)
    wrong = []
    for name, of, method, answers in rows():
        path = reverse(name, kwargs=world.kwargs[of])
        answer = getattr(world.clients[persona], method)(path)
        if answer.status_code != answers[column]:
            wrong.append(f"{name} of {of}: {answer.status_code}, not {answers[column]}")

    assert wrong == []


def test_no_address_is_missing_from_the_table():
    in_table = {name for name, *_ in rows()}
    named = {name for name in named_addresses(get_resolver()) if not name.startswith("admin:")}

    assert named - in_table == set()


@pytest.mark.parametrize("persona", [p for p in PERSONAS if p != "olga"])
def test_the_admin_lets_nobody_in_but_staff(world: World, persona: str):
    let_in = []
    for name in sorted(set(named_addresses(get_resolver()))):
        if not name.startswith("admin:"):
            continue
        path = _admin_path(name)
        if path and world.clients[persona].get(path).status_code not in (302, 403, 404):
            let_in.append(name)

    assert let_in == []


def _admin_path(name: str) -> str | None:
    for kwargs in ({}, {"object_id": "1"}, {"app_label": "payments"}, {"url": "x"}):
        try:
            return reverse(name, kwargs=kwargs)
        except Exception:  # the next set of arguments may fit
            continue
    return None
