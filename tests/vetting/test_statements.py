"""What vetting may ask of the database, however many workers, questions and requirements.

Each act is done once with one of everything and once with many: 18 statements at most, and no
more for many. So are the pages that show each requirement with what is missing: 12.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.assignments.pages import hidden
from tests.bench.jobs import CONTROL
from tests.factories import accounts as people
from tests.factories import credentials as proofs
from tests.factories import tests as quizzes
from tests.vetting.many import Cast
from tests.vetting.test_credential_pages import asked, pdf
from tests.vetting.test_inviting import verify
from tests.vetting.test_test_pages import typed
from vetting import (
    composing,
    inviting,
    requirement_sets,
    reviewing,
    taking,
)
from vetting.models import GroupMembership, Question, QuestionPool
from vetting.states import Membership

WRITE = 18
MANY = 12
RULES = {"kind": "test", "name": "Rules", "pass_mark": "80", "most_attempts": "3",
         "wait_hours": "24", "minutes": "20"}  # fmt: skip
pytestmark = pytest.mark.django_db


Act = Callable[[Cast], tuple[Any, str, dict[str, Any]]]


def members(act: str, status: str, **more: Any) -> Act:
    def prepared(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
        path, workers = cast.standing(status, asks=act == "admit")
        return cast.browser, path, {"act": act, "workers": workers, **more}

    return prepared


def answer(act: str, status: str = "") -> Act:
    """A worker answers a group; ``request`` of one that asks much, the others meet all of it."""

    def prepared(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
        group = cast.group(cast.set() if act == "request" else None)
        if status:
            GroupMembership.objects.create(
                group=group, worker=cast.wanda.worker, status=status, changed_at=cast.at,
                joined_at=cast.at,
            )  # fmt: skip
        return cast.phone, f"/groups/{group.reference}/answer/", {"act": act, "words": "I am near"}

    return prepared


def refused_with_reasons(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    group = cast.group(cast.set())
    return cast.phone, f"/groups/{group.reference}/answer/", {"act": "apply", "words": ""}


def invited(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    group = cast.group(None)
    chosen = [worker.reference for worker in cast.workers()]
    return cast.browser, f"/groups/{group.reference}/add/", {"workers": chosen}


def invited_by_email(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    group = cast.group(None)
    emails = "\n".join(f"{n}-{uuid.uuid4()}@example.com" for n in range(cast.number))
    return cast.browser, f"/groups/{group.reference}/invitations/", {"emails": emails}


def joined_by_link(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    group, address = cast.group(None), "wanda@private.example"
    if cast.number == 1:
        verify(cast.wanda, address)
    inviting.invite(group, [address], by=cast.alice, at=timezone.now())
    inviting.find_workers_of(group, [address], by=cast.alice, at=timezone.now())
    return cast.phone, f"/groups/{group.reference}/answer/", {"act": "accept", "words": ""}


def told(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    path, _ = cast.standing(Membership.MEMBER)
    page = path.replace("members/", "broadcasts/")
    data = {"subject": "Storm", "body": "Call first.", "key": hidden(cast.browser, page, "key")}
    return cast.browser, page, data


def group_edited(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    path, _ = cast.standing(Membership.MEMBER, asks=True)
    data = {
        "name": f"New {uuid.uuid4()}",
        "kind": "public",
        "description": "",
        "requirement_set": "",
    }
    return cast.browser, path.replace("members/", "edit/"), data


def of_group(noun: str, **data: Any) -> Act:
    def prepared(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
        path, _ = cast.standing(Membership.MEMBER)
        return cast.browser, path.replace("members/", noun), data

    return prepared


def of_set(noun: str, **data: Any) -> Act:
    def prepared(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
        made = cast.set(kinds=19)
        return cast.browser, f"/requirements/{made.reference}/{noun}", fresh(data)

    return prepared


def of_requirement(**data: Any) -> Act:
    def prepared(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
        row = cast.set().requirements.get(kind="distance")
        path = f"/requirements/{row.requirement_set.reference}/{row.pk}/"
        return cast.browser, path, data

    return prepared


def passing(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    chosen = [worker.reference for worker in cast.workers()]
    path = f"/requirements/{cast.set().reference}/overrides/"
    return cast.browser, path, {"workers": chosen, "note": "They know the site"}


def asked_again(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    made = cast.set()
    row = requirement_sets.override(made, cast.wanda.worker, note="x", by=cast.alice, at=cast.at)
    return cast.browser, f"/requirements/{made.reference}/overrides/", {"end": row.pk}


def credential_added(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    kind = proofs.kind()
    files = [pdf(name=f"{n}.pdf") for n in range(min(cast.number, 5))]
    return (
        cast.phone,
        f"/credentials/new/?kind={kind.slug}",
        asked(cast.phone, kind, documents=files),
    )


def of_credential(
    noun: str, *, by_company: bool = False, verified: bool = False, **data: Any
) -> Act:
    def prepared(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
        kind = proofs.kind("orientation", reviewed_by="company") if by_company else proofs.kind()
        company = cast.alice.company if by_company else None
        now = timezone.now()
        found = proofs.pending(cast.wanda, kind, company=company, at=now)
        if verified:
            reviewer = people.agent(f"Rita {uuid.uuid4()}")
            reviewing.verify(found, revision=1, by=reviewer, at=now)
        path = f"/credentials/{found.reference}/{noun}"
        facts = dict(data)
        if noun in ("change/", "renew/"):
            facts |= asked(cast.phone, kind)
        if noun == "renew/":
            facts["key"] = hidden(cast.phone, path, "key")
        if noun == "decision/":
            facts |= {"expires_on": found.expires_on}
        return (cast.browser if by_company else cast.phone), path, facts

    return prepared


def of_agreement(noun: str, **data: Any) -> Act:
    def prepared(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
        made = proofs.agreement(cast.alice, f"Words {uuid.uuid4()}", at=cast.at)
        who = cast.phone if noun == "sign/" else cast.browser
        return who, f"/agreements/{made.reference}/{noun}", data

    return prepared


def of_test(noun: str, *, publish: bool = False, **data: Any) -> Act:
    def prepared(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
        test = cast.test(publish=publish)
        return cast.browser, f"/tests/{test.reference}/{noun}", fresh(data)

    return prepared


def of_question(noun: str, kind: str = "single", **data: Any) -> Act:
    def prepared(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
        test = cast.test(publish=True)
        composing.revise(test, by=cast.alice, at=cast.at)
        question = Question.objects.filter(
            version__test=test, version__published_at=None, kind=kind
        ).first()
        assert question is not None
        return cast.browser, f"/tests/{test.reference}/questions/{question.reference}/{noun}", data

    return prepared


def arranged(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    test = cast.test()
    keys = [question.reference for question in Question.objects.filter(version__test=test)]
    return cast.browser, f"/tests/{test.reference}/order/", {"order": ",".join(keys[::-1])}


def drawn(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    test = cast.test()
    pool = QuestionPool.objects.filter(version__test=test).first()
    assert pool is not None
    return cast.browser, f"/tests/{test.reference}/pools/{pool.pk}/", {"draw": "1"}


def started(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    test = cast.test(publish=True, is_listed=True)
    return cast.phone, f"/tests/{test.reference}/start/", {}


def saved(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    attempt = taking.start(cast.test(publish=True, pools=False), by=cast.wanda, at=timezone.now())
    data = {"seen": "0", "answer": "c0", "go": "next"}
    return cast.phone, f"/tests/attempts/{attempt.reference}/1/", data


def handed_in(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    test = cast.test(publish=True)
    attempt = quizzes.answered(test, cast.wanda, at=timezone.now(), right=3, hand_in=False)
    return cast.phone, f"/tests/attempts/{attempt.reference}/handover/", {}


def marked(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    test = cast.test(publish=True, pools=False)
    attempt = taking.start(test, by=cast.wanda, at=timezone.now())
    data = {}
    for row in attempt.answers.filter(question__kind="long"):
        taking.save(attempt, row.position, "Words", seen=0, by=cast.wanda, at=timezone.now())
        data |= {f"points_{row.position}": "1", f"remark_{row.position}": "Good"}
    taking.hand_in(attempt, by=cast.wanda, at=timezone.now())
    return cast.browser, f"/tests/attempts/{attempt.reference}/", data


def granted(cast: Cast) -> tuple[Any, str, dict[str, Any]]:
    test = quizzes.published(cast.alice, at=cast.at, name=f"Test {uuid.uuid4()}")
    quizzes.answered(test, cast.wanda, at=cast.at, right=0)
    path = f"/tests/{test.reference}/grants/{cast.wanda.worker.reference}/"  # type: ignore[union-attr]
    return cast.browser, path, {"note": "Once more"}


def fresh(data: dict[str, Any]) -> dict[str, Any]:
    """With names that nothing has yet."""
    mark = f"{uuid.uuid4()}"
    return {name: v.replace("#", mark) if isinstance(v, str) else v for name, v in data.items()}


def made(path: str, **data: Any) -> Act:
    return lambda cast: (cast.browser, path, fresh(data))


ACTS: dict[str, Act] = {
    "favorite": lambda cast: (
        cast.browser, f"/workers/{cast.workers()[0].reference}/mark/", {"standing": "favorite"}
    ),
    "block a client": lambda cast: (
        cast.phone, f"/companies/{cast.alice.company.slug}/mark/", {"standing": "blocked"}  # type: ignore[union-attr]
    ),
    "new group": made("/groups/new/", name="G #", kind="public", description="Tills"),
    "edit group": group_edited,
    "archive group": of_group("archive/"),
    "invite": invited,
    "invite by e-mail": invited_by_email,
    "broadcast": told,
    "approve": members("approve", Membership.APPLIED),
    "admit": members("admit", Membership.APPLIED, reason="Passed at our office"),
    "decline": members("decline", Membership.APPLIED, reason="Full"),
    "remove": members("remove", Membership.MEMBER, reason="Closed"),
    "apply": answer("apply"),
    "request": answer("request"),
    "accept": answer("accept", Membership.INVITED),
    "refuse": answer("refuse", Membership.INVITED),
    "leave": answer("leave", Membership.MEMBER),
    "join by an e-mailed invitation": joined_by_link,
    "new set": made("/requirements/new/", name="S #"),
    "edit set": of_set("edit/", name="S #", note="", on_all="on"),
    "copy set": of_set("copy/"),
    "archive set": of_set("archive/"),
    "add requirement": of_set("add/language/", language="French"),
    "change requirement": of_requirement(miles="20"),
    "move requirement": of_requirement(act="up"),
    "remove requirement": of_requirement(act="remove"),
    "override": passing,
    "end override": asked_again,
    "add credential": credential_added,
    "change credential": of_credential("change/"),
    "renew credential": of_credential("renew/", verified=True),
    "withdraw credential": of_credential("withdraw/"),
    "show credential": of_credential("shown/", verified=True),
    "verify": of_credential("decision/", by_company=True, act="verify", revision=1),
    "refuse credential": of_credential("decision/", by_company=True, act="refuse", revision=1,
                                       reason="Not readable"),
    "new agreement": made("/agreements/new/", title="A #", text="Say nothing."),
    "publish agreement": of_agreement("publish/", text="New words", note="", based_on=1),
    "archive agreement": of_agreement("archive/"),
    "sign": of_agreement("sign/", number=1, agree="on", typed_name="Wanda Wells"),
    "new test": made("/tests/new/", **{**RULES, "name": "T #"}),
    "rules of a test": of_test("settings/", publish=True, **{**RULES, "name": "T #"}),
    "publish test": of_test("publication/", passes="renew"),
    "copy test": of_test("copy/", publish=True),
    "archive test": of_test("archive/"),
    "add question": of_test("questions/new/?kind=single", **typed("single", pool="Copper")),
    "change question": of_question("", **typed("single", pool="Copper")),
    "remove question": of_question("removal/"),
    "order questions": arranged,
    "draw from a pool": drawn,
    "start": started,
    "answer": saved,
    "hand in": handed_in,
    "mark": marked,
    "grant an attempt": granted,
}  # fmt: skip


@pytest.fixture
def cast(alice, wanda, at, client_of) -> Cast:
    return Cast(alice, wanda, at, client_of)


def asked_by(client: Any, path: str, data: dict[str, Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(path, data)
    assert answer.status_code in (200, 302), answer.content.decode()[:2_000]
    assert answer.status_code == 302, "refused"
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(CONTROL)]


@pytest.mark.parametrize("name", ACTS)
def test_an_act_costs_the_same_for_many_and_no_more_than_a_write_may(name, cast):
    counts = []
    for cast.number in (1, MANY):
        said = asked_by(*ACTS[name](cast))
        counts.append(len(said))
        assert len(said) <= WRITE, "\n".join(sql[:200] for sql in said)
    assert counts[1] <= counts[0] + 1, counts


@pytest.mark.parametrize("who, noun", [("wanda", "groups"), ("alice", "requirements")])
def test_a_page_costs_the_same_for_many_requirements(who, noun, cast, client_of, request):
    client, counts = client_of(request.getfixturevalue(who)), []
    for cast.number in (1, 5):
        wanted = cast.set()
        found = wanted if noun == "requirements" else cast.group(wanted)
        assert client.get(found.get_absolute_url()).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            client.get(found.get_absolute_url())
        counts.append(len(captured))
    assert wanted.requirements.count() == 19
    assert counts[1] == counts[0] <= 13
