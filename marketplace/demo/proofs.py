"""The demonstration's credentials and agreements: what workers have proved and signed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from accounts.actors import Actor
from core.files import CleanUpload
from core.paper import printed, text
from marketplace.demo.people import Cast, Client
from marketplace.demo.stories import Story
from vetting import agreements, credentials, requirement_sets, reviewing
from vetting.catalog_of_kinds import establish_kinds
from vetting.models import Agreement, Credential, CredentialKind

ISSUERS = {
    "low-voltage-license": "State licensing board", "bicsi-technician": "BICSI",
    "osha-10": "OSHA outreach trainer", "general-liability": "Midland Mutual",
    "background-check": "Checkwell Screening", "drug-test": "Prairie Labs",
}  # fmt: skip
MOST_WORKERS = 24

CONFIDENTIALITY = """# What you see stays with us

While you work in our stores you see prices, customers and networks.

- Take **no photos** of screens that show customers or card numbers.
- Keep passwords to yourself and give devices back when the work is done.
- Speak about our stores with nobody but the people named in the assignment.

This holds for two years after your last assignment.
"""
CONFIDENTIALITY_2 = CONFIDENTIALITY.replace("two years", "three years").replace(
    "- Speak about", "- Post **nothing** about our stores on social media.\n- Speak about"
)
SITE_RULES = """# Rules on our sites

1. Check in with the manager on duty before you start.
2. Wear closed shoes and the badge that you are given.
3. Leave the place as you found it, and say so when something was broken.
"""


def stories(cast: Cast, *, now: datetime) -> list[Story]:
    establish_kinds()
    kinds = {kind.slug: kind for kind in CredentialKind.objects.all()}
    random = Random(2028)
    lives = [
        _prove(actor, number, kinds, cast, Random(random.random()), now=now)
        for number, actor in enumerate(cast.workers[:MOST_WORKERS])
    ]
    harbor = cast.clients["harbor"]
    signing = [_signing(harbor, cast.workers[:14], now=now), _site_rules(cast, now=now)]
    return [*lives, *signing, _handed_in(cast, kinds, now=now)]


def _prove(
    actor: Actor, number: int, kinds: dict[str, CredentialKind], cast: Cast, rnd: Random, *,
    now: datetime,
) -> Story:  # fmt: skip
    """Dana's liability insurance expires within a month, and her drug test waits for review."""
    yield (at := now - timedelta(days=150 - number, hours=number))
    wanted = ["identity", "low-voltage-license", "general-liability", "background-check"]
    wanted += rnd.sample(["bicsi-technician", "osha-10"], rnd.randint(0, 2))
    for place, slug in enumerate(wanted if number < 2 else wanted[: rnd.randint(1, len(wanted))]):
        yield (at := at + timedelta(hours=1 + place))
        over = now.date() + timedelta(days=rnd.randint(40, 500))
        if number == 0 and slug == "general-liability":
            over = now.date() + timedelta(days=12)
        if number == 5 and slug == "low-voltage-license":
            over = now.date() - timedelta(days=3)
        made = _hand_in(actor, kinds[slug], over, rnd, at=at)
        yield (at := at + timedelta(hours=rnd.randint(2, 30)))
        _decide(made, number, cast.reviewer, at=at)
    if number in (0, 3, 7, 11):
        yield (at := now - timedelta(hours=3 + number))
        _hand_in(actor, kinds["drug-test"], now.date() + timedelta(days=365), rnd, at=at)


def _hand_in(
    actor: Actor, kind: CredentialKind, over: date, rnd: Random, *, at: datetime
) -> Credential:
    assert actor.worker is not None
    facts: dict[str, Any] = {
        "issuer": ISSUERS.get(kind.slug, "") if kind.needs_issuer else "",
        "number": f"{kind.slug[:2].upper()}-{rnd.randint(10_000, 99_999)}"
        if kind.needs_number else "",
        "region": actor.worker.region if kind.needs_state else "",
        "amount": Decimal(rnd.choice((1_000_000, 2_000_000))) if kind.needs_amount else None,
        "expires_on": over if kind.has_expiry else None,
        "is_shown": True,
    }  # fmt: skip
    return credentials.add(
        kind, facts, key=f"demo-{actor.worker.pk}-{kind.slug}", by=actor, at=at,
        documents=[_paper(kind, actor)],
    )  # fmt: skip


def _paper(kind: CredentialKind, actor: Actor) -> CleanUpload:
    title = f"{kind} of {actor.user}"
    content = printed(title, [text(title, 14, bold=True), text("A sample for the demonstration.")])
    return CleanUpload(content, f"{kind.slug}.pdf", "application/pdf", len(content))


def _decide(made: Credential, number: int, reviewer: Actor, *, at: datetime) -> None:
    acting: dict[str, Any] = {"revision": made.revision, "by": reviewer, "at": at}
    if number == 9 and made.kind.slug == "background-check":
        reviewing.refuse(made, reason="The report is older than a year. Order a new one.", **acting)
    elif number == 13 and made.kind.slug == "general-liability":
        reviewing.ask_again(made, reason="The second page with the amounts is missing.", **acting)
    elif made.expires_on is None or made.expires_on >= at.date():
        reviewing.verify(made, **acting)


def _signing(client: Client, workers: list[Actor], *, now: datetime) -> Story:
    """Two versions: some have signed the newer one, some have still to."""
    yield (at := now - timedelta(days=95))
    agreement = agreements.create(
        title="Confidentiality agreement", text=CONFIDENTIALITY, by=client.actor, at=at
    )
    _ask_for(agreement, client, at=at)
    for number, actor in enumerate(workers):
        yield (at := at + timedelta(hours=7 + number))
        _sign(agreement, actor, 1, at=at)
    yield (at := now - timedelta(days=9))
    agreements.publish(
        agreement, text=CONFIDENTIALITY_2, based_on=1, by=client.actor, at=at,
        note="Three years instead of two, and nothing on social media.",
    )  # fmt: skip
    for number, actor in enumerate(workers[1:8]):
        yield (at := at + timedelta(hours=4 + number))
        _sign(agreement, actor, 2, at=at)


def _ask_for(agreement: Agreement, client: Client, *, at: datetime) -> None:
    """A set that asks for it, beside insurance; on no assignment until somebody chooses it."""
    found = requirement_sets.create(
        name="Inside our stores", note="Before anybody sees a back office.", by=client.actor, at=at
    )
    asked: list[tuple[str, dict[str, Any]]] = [
        ("agreement", {"agreement": agreement.reference, "title": agreement.title}),
        ("credential", {"kind": "general-liability", "name": "General liability insurance",
                        "amount": "1000000.00", "region": ""}),
        ("identity", {}),
    ]  # fmt: skip
    for kind, values in asked:
        requirement_sets.add(found, kind=kind, values=values, by=client.actor, at=at)


def _site_rules(cast: Cast, *, now: datetime) -> Story:
    client = cast.clients["lakeshore"]
    yield (at := now - timedelta(days=70))
    agreement = agreements.create(
        title="Rules on our sites", text=SITE_RULES, by=client.actor, at=at
    )
    for actor in cast.workers[2:9]:
        yield (at := at + timedelta(hours=9))
        _sign(agreement, actor, 1, at=at)


def _sign(agreement: Agreement, actor: Actor, number: int, *, at: datetime) -> None:
    assert actor.user is not None
    agreements.sign(
        agreement, number=number, typed_name=actor.user.full_name, by=actor, at=at,
        ip_address="198.51.100.24",
    )  # fmt: skip


def _handed_in(cast: Cast, kinds: dict[str, CredentialKind], *, now: datetime) -> Story:
    """Two orientations wait for Harbor's own eyes, one it has verified."""
    harbor = cast.clients["harbor"]
    for number, actor in enumerate(cast.workers[1:4]):
        yield (at := now - timedelta(days=2, hours=number))
        assert actor.worker is not None
        made = credentials.add(
            kinds["site-orientation"],
            {"expires_on": now.date() + timedelta(days=330), "is_shown": True},
            key=f"demo-own-{number}", by=actor, at=at, company=harbor.actor.company,
            documents=[_paper(kinds["site-orientation"], actor)],
        )  # fmt: skip
        if number == 0:
            reviewing.verify(made, revision=1, by=harbor.manager, at=at + timedelta(hours=1))
