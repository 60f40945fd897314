"""Every kind of requirement gives one answer: asked of one worker, and of all of them.

A kind that is registered and not among ``MAKERS`` fails here. ``values`` draws what a
requirement may say; ``facts`` gives the population random facts of that sort.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import BigIntegerField, DateField, F, FloatField, TextField, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from assignments.models import Assignment, Mark, Reason, Unassignment
from core.languages import LANGUAGES
from core.places import STATES
from scorecards.models import Window, WorkerScorecard
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories import credentials as proofs_of
from vetting.credential_states import Stage
from vetting.models import (
    Agreement,
    AgreementSignature,
    AgreementVersion,
    Attempt,
    CompanyMark,
    Credential,
    Group,
    GroupKind,
    GroupMembership,
    Requirement,
    RequirementSet,
    Test,
    TestVersion,
)
from vetting.requirements import registry, screening
from vetting.requirements.reach import Lacked, MeetsAll
from vetting.requirements.registry import On
from vetting.states import Membership as Standings

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)
WORKERS = 8
CODES = [code for code, _ in STATES]
PLACES = st.one_of(
    st.tuples(st.floats(-89.9, 89.9), st.floats(-180, 180)),
    st.tuples(st.floats(39, 41), st.floats(-84, -82)),
).map(lambda place: (round(place[0], 6), round(place[1], 6)))
"""To a tenth of a meter: differences without any length are too small for the database."""
Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class World:
    """One company, its people and the workers who are asked."""

    company: Company
    member: Actor
    workers: list[WorkerProfile]
    done: list[Assignment]
    """Paid assignments of the company, and one of another."""


@dataclass(frozen=True)
class Maker:
    values: Callable[[Draw, World], dict[str, Any]]
    facts: Callable[[Draw, World], None]


def fields_of(**strategies: st.SearchStrategy[Any]) -> Callable[[Draw, World], None]:
    """Random values in these columns of every worker."""

    def facts(draw: Draw, world: World) -> None:
        for worker in world.workers:
            for name, strategy in strategies.items():
                setattr(worker, name, draw(strategy))
        WorkerProfile.objects.bulk_update(world.workers, list(strategies))

    return facts


def places(draw: Draw, world: World) -> None:
    """Some near the site, some at the other end of the world, some nowhere."""
    for worker in world.workers:
        worker.latitude, worker.longitude = draw(st.one_of(st.just((None, None)), PLACES))
    WorkerProfile.objects.bulk_update(world.workers, ["latitude", "longitude"])


def blocks(draw: Draw, world: World) -> None:
    marks = [
        CompanyMark(
            company=world.company, worker=worker, standing=standing,
            marked_by=world.member.user, marked_at=AT,
        )
        for worker in world.workers
        if (standing := draw(st.sampled_from(["", "blocked", "favorite"])))
    ]  # fmt: skip
    CompanyMark.objects.bulk_create(marks)


TESTS = {"open": "T-AAAA22", "archived": "T-BBBB22", "foreign": "T-CCCC22", "survey": "T-DDDD22"}


def names_of_tests(draw: Draw, world: World) -> dict[str, Any]:
    """One of the company's tests, one of somebody else's, or one that never was."""
    names = [*TESTS.values(), "T-222222"]
    return {"test": draw(st.sampled_from(names)), "name": "Cabling", "survey": False}


def attempts(draw: Draw, world: World) -> None:
    """Attempts in every state on tests that are open, archived, another's, or a survey."""
    other, by = people.company("Initech"), world.member.user
    rows = []
    for name, reference in TESTS.items():
        test = Test.objects.create(
            company=other if name == "foreign" else world.company, reference=reference, name=name,
            is_survey=name == "survey", created_by=by, created_at=AT,
            archived_at=AT if name == "archived" else None,
            counts_from=draw(st.sampled_from([1, 2])),
        )  # fmt: skip
        test.current = TestVersion.objects.create(
            test=test, number=1, created_at=AT, published_at=AT, published_by=by
        )
        test.save(update_fields=["current"])
        for worker in world.workers:
            first, second = draw(SITTINGS), draw(SITTINGS)
            rows += [_attempt(test, worker, 1, *first), _attempt(test, worker, 2, *second)]
    Attempt.objects.bulk_create(row for row in rows if row.status)


SITTINGS = st.tuples(
    st.sampled_from(["", "marking", "passed", "failed", "done"]),
    st.sampled_from([None, -1, 0, 5, 30, 90]),
)


def _attempt(
    test: Test, worker: WorkerProfile, number: int, status: str, away: int | None
) -> Attempt:
    is_result = status in ("passed", "failed")
    return Attempt(
        test=test, version=test.current, worker=worker, number=number, status=status,
        reference=f"{test.pk % 1000}-{worker.pk % 1000}-{number}", started_at=AT, submitted_at=AT,
        finished_at=AT if is_result else None, score=80 if is_result else None,
        expires_on=None if away is None else (AT + timedelta(days=away)).date(),
    )  # fmt: skip


def drawn(**strategies: st.SearchStrategy[Any]) -> Callable[[Draw, World], dict[str, Any]]:
    return lambda draw, world: draw(st.fixed_dictionaries(strategies))


def cards(draw: Draw, world: World) -> None:
    """No card, an empty one, or one with figures at and around what is asked."""
    shares = st.one_of(st.none(), st.sampled_from([0.0, 0.5, 0.899, 0.9, 1.0]), st.floats(0, 1))
    WorkerScorecard.objects.bulk_create(
        WorkerScorecard(
            worker=worker, window=window, satisfaction=draw(shares), on_time=draw(shares),
            deliverables_on_time=draw(shares), completed=draw(st.integers(0, 6)),
            formula_version=1, computed_at=AT,
        )
        for worker in world.workers
        for window in Window.values
        if draw(st.booleans())
    )  # fmt: skip


def paid_work(draw: Draw, world: World) -> None:
    for assignment in world.done:
        assignment.worker = draw(st.sampled_from(world.workers[:3]))
    Assignment.objects.bulk_update(world.done, ["worker"])


def leavings(draw: Draw, world: World) -> None:
    reason = Reason.objects.order_by("pk")[0]
    Unassignment.objects.bulk_create(
        Unassignment(
            assignment=world.done[0], worker=worker, side="worker", reason=reason,
            late_notice=True, mark=draw(st.sampled_from(Mark.values)), assigned_at=AT,
            unassigned_at=AT - timedelta(days=draw(st.integers(0, 120))),
        )
        for worker in world.workers
        for _ in range(draw(st.integers(0, 2)))
    )  # fmt: skip


KINDS = ("license", "background", "identity", "liability", "company_card", "gone")


def proofs(draw: Draw, world: World) -> None:
    """Credentials of every family, stage and date, shown or not, and for whichever company."""
    made = {
        slug: proofs_of.kind(
            slug, family={"liability": "insurance", "company_card": "license"}.get(slug, slug)
        )
        for slug in KINDS[:-1]
    }
    gone = proofs_of.kind("gone", archived_at=AT)
    other = people.company(f"Other {draw(st.uuids())}")
    days = st.one_of(st.none(), st.integers(-40, 80).map(lambda n: AT.date() + timedelta(days=n)))
    rows = []
    for worker in world.workers:
        for _ in range(draw(st.integers(0, 3))):
            ends = sorted(filter(None, [draw(days), draw(days)]))
            slug = draw(st.sampled_from(KINDS))
            rows.append(
                Credential(
                    worker=worker,
                    kind=made.get(slug, gone),
                    key=str(draw(st.uuids())),
                    reference=f"K-{len(rows)}",
                    status=draw(st.sampled_from(Stage.values)),
                    company=draw(st.sampled_from([world.company, other]))
                    if slug == "company_card"
                    else None,
                    region=draw(st.sampled_from(["", "OH", "NY"])),
                    is_shown=draw(st.booleans()),
                    amount=draw(st.sampled_from([None, 1_000, 999_999, 1_000_000])),
                    issued_on=ends[0] if len(ends) > 1 else None,
                    expires_on=ends[-1] if ends else None,
                    submitted_at=AT,
                    decided_at=AT,
                    decided_by=world.member.user,
                )
            )
    Credential.objects.bulk_create(rows)


def signatures(draw: Draw, world: World) -> None:
    """Two agreements, some signed in the version in force, some in an older one, one archived."""
    for reference in ("AG-ONE", "AG-TWO"):
        agreement = Agreement.objects.create(
            company=world.company,
            reference=reference,
            title=reference,
            created_at=AT,
            created_by=world.member.user,
            current=draw(st.integers(1, 2)),
            archived_at=draw(st.sampled_from([None, None, AT])),
        )
        for number in (1, 2):
            version = AgreementVersion.objects.create(
                agreement=agreement,
                number=number,
                text="Text",
                published_at=AT,
                published_by=world.member.user,
            )
            AgreementSignature.objects.bulk_create(
                AgreementSignature(
                    version=version, worker=worker, typed_name="Name", signed_at=AT,
                    reference=f"{version.pk:x}.{worker.pk:x}",
                )
                for worker in world.workers
                if draw(st.booleans())
            )  # fmt: skip


def pools(draw: Draw, world: World) -> None:
    """A group of ours, an archived one and a stranger's, with workers standing anyhow in each."""
    stranger = Company.objects.get(name="Globex")
    for reference, company, archived in (
        ("G-OURS", world.company, None), ("G-OLD", world.company, AT), ("G-THEIRS", stranger, None)
    ):  # fmt: skip
        group = Group.objects.create(
            company=company, reference=reference, name=reference, created_at=AT,
            kind=draw(st.sampled_from(GroupKind.values)), created_by=world.member.user,
            archived_at=archived,
        )  # fmt: skip
        GroupMembership.objects.bulk_create(
            GroupMembership(group=group, worker=worker, status=status, changed_at=AT, joined_at=AT)
            for worker in world.workers
            if (status := draw(st.sampled_from(["", *Standings.values])))
        )


WORDS = st.sampled_from(["", "Network technician"])
SHARE = Maker(
    drawn(
        percent=st.one_of(st.just(90), st.integers(1, 100)),
        window=st.sampled_from(Window.values),
        newcomers=st.booleans(),
    ),
    cards,
)
MAKERS: dict[str, Maker] = {
    "credential": Maker(
        drawn(
            kind=st.sampled_from([*KINDS, "never_was"]), name=st.just("some license"),
            amount=st.sampled_from(["", "1000", "1000000.00"]),
            region=st.sampled_from(["", "", "OH"]),
        ),
        proofs,
    ),
    "identity": Maker(drawn(), proofs),
    "agreement": Maker(
        drawn(
            agreement=st.sampled_from(["AG-ONE", "AG-TWO", "AG-GONE"]), title=st.just("Terms")
        ),
        signatures,
    ),
    "distance": Maker(drawn(miles=st.integers(1, 500)), places),
    "region": Maker(
        drawn(
            where=st.sampled_from(["named", "site"]),
            country=st.sampled_from(["US", "CA"]),
            states=st.lists(st.sampled_from(CODES), max_size=3, unique=True),
        ),
        fields_of(
            country=st.sampled_from(["US", "CA"]), region=st.sampled_from(["", "OH", *CODES])
        ),
    ),
    "language": Maker(
        drawn(language=st.sampled_from(LANGUAGES[:4])),
        fields_of(languages=st.lists(st.sampled_from([*LANGUAGES[:4], "english"]), max_size=3)),
    ),
    "profile": Maker(
        drawn(),
        fields_of(
            headline=WORDS, about=WORDS, phone=st.sampled_from(["", "312 555 0123"]),
            postal_code=st.sampled_from(["", "43215"]),
            skills=st.lists(st.sampled_from(["cabling", "POS"]), max_size=2),
        ),
    ),
    "not_blocked": Maker(drawn(), blocks),
    "group": Maker(
        drawn(
            group=st.sampled_from(["G-OURS", "G-OLD", "G-THEIRS", "G-GONE"]),
            name=st.just("Installers"),
            private=st.booleans(),
        ),
        pools,
    ),
    "satisfaction": SHARE,
    "on_time": SHARE,
    "deliverables_on_time": SHARE,
    "completed": Maker(drawn(count=st.integers(1, 6)), cards),
    "completed_with_us": Maker(drawn(count=st.integers(1, 4)), paid_work),
    "no_late_cancellation": Maker(drawn(days=st.integers(1, 120)), leavings),
    "test": Maker(names_of_tests, attempts),
}  # fmt: skip


@pytest.fixture
def world(published) -> World:
    company = people.company("Acme")
    member = people.member(company, "Alice Adams", ["administrator"])
    stranger = people.member(people.company("Globex"), "Charlie Cole", ["administrator"])
    actors = [people.worker(f"Worker {n}") for n in range(WORKERS)]
    done = [
        work.in_stage("paid", client, actors[0], at=AT - timedelta(days=9))
        for client in (member, member, member, stranger)
    ]
    return World(company, member, [actor.worker for actor in actors], done)


def test_every_registered_kind_has_a_maker():
    assert {kind.slug for kind in registry.kinds()} == set(MAKERS)


@pytest.mark.parametrize("slug", sorted(MAKERS))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_kind_gives_one_answer(world, slug, data):
    kind, maker = registry.kind(slug), MAKERS[slug]
    with transaction.atomic():
        maker.facts(data.draw, world)
        values = maker.values(data.draw, world)
        site = data.draw(st.one_of(st.just((None, None)), PLACES))
        on = On(
            world.company, AT, (AT + timedelta(days=data.draw(st.integers(0, 60)))).date(),
            *site, region=data.draw(st.sampled_from(["", "OH", "NY"])),
        )  # fmt: skip
        workers = list(WorkerProfile.objects.order_by("pk"))
        met = {worker.pk for worker in workers if kind.check(worker, values, on).met}
        other = maker.values(data.draw, world)
        for worker in workers[:2]:
            both = [kind.check(worker, one, on) for one in (other, values)]
            assert kind.check_all(worker, [other, values], on) == both
        found = kind.filter(WorkerProfile.objects.all(), values, on)
        assert set(found.values_list("pk", flat=True)) == met
        row = Requirement(kind=slug, values=values, requirement_set=RequirementSet())
        assert {w.pk for w in workers if screening.met_by(w, [(row, on)]) == [True]} == met
        assert met_beside(world, slug, values, on) == met
        explained(kind, workers, values, on)
        transaction.set_rollback(True)


def met_beside(world, slug, values, on) -> set[int]:
    """Who meets it where the requirement and the work are rows; the company stands for the work."""
    asked = RequirementSet.objects.create(
        company=world.company, reference="R-ASKED", name="Asked", created_at=AT,
        created_by=world.member.user,
    )  # fmt: skip
    Requirement.objects.create(kind=slug, values=values, requirement_set=asked)
    work = {
        "key": Value(0, BigIntegerField()), "company": F("pk"),
        "sets": Value([asked.pk], ArrayField(BigIntegerField())), "day": Value(on.day, DateField()),
        "latitude": Value(on.latitude, FloatField()),
        "longitude": Value(on.longitude, FloatField()),
        "country": Value(on.country, TextField()), "region": Value(on.region, TextField()),
    }  # fmt: skip
    company = Company.objects.filter(pk=world.company.pk)
    met = {w.pk for w in world.workers if company.filter(MeetsAll(w.pk, on.at, work)).exists()}
    worker = world.workers[0].pk
    assert company.values_list(Lacked(worker, on.at, work), flat=True).get() == (
        [] if worker in met else [asked.requirements.get().pk]
    )
    return met


def explained(kind, workers, values, on) -> None:
    """Every answer reads as a sentence, and a no says what is missing."""
    sentence = kind.sentence(values)
    assert sentence[0].isupper() and not sentence.endswith(".")
    for worker in workers:
        finding = kind.check(worker, values, on)
        assert finding.met or finding.reason.endswith(".")
        assert bool(finding.fix_url) == bool(finding.fix_label)


def test_a_kind_nobody_registered_lets_nobody_pass(world):
    on = On.today(world.company, AT)
    unknown = registry.kind("moon_walk")
    finding = unknown.check(world.workers[0], {}, on)
    assert not finding.met and "cannot be checked" in finding.reason
    assert not unknown.filter(WorkerProfile.objects.all(), {}, on).exists()
    assert unknown.gone({}, world.company)
