"""A credential from being handed in to being renewed, and the one table of its moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from activity.models import Event
from core.errors import DomainError
from tests.factories import credentials as proofs
from vetting import credentials, reviewing
from vetting.credential_states import MOVES, Stage
from vetting.models import Credential, CredentialDocument, CredentialKind

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def in_stage(stage: str, wanda, olga, *, at) -> Credential:
    made = proofs.pending(wanda, at=at)
    acting = {"revision": made.revision, "by": olga, "at": at}
    if stage == Stage.VERIFIED:
        return reviewing.verify(made, **acting)
    if stage == Stage.REFUSED:
        return reviewing.refuse(made, reason="Not readable", **acting)
    if stage == Stage.RETURNED:
        return reviewing.ask_again(made, reason="The back is missing", **acting)
    if stage == Stage.WITHDRAWN:
        return credentials.withdraw(made, by=wanda, at=at)
    return made


def attempt(name: str, credential: Credential, wanda, olga, *, at) -> Credential:
    if name == "withdraw":
        return credentials.withdraw(credential, by=wanda, at=at)
    if name == "change":
        return credentials.change(credential, {"issuer": "Ohio"}, by=wanda, at=at)
    acting = {"revision": credential.revision, "by": olga, "at": at}
    if name == "verify":
        return reviewing.verify(credential, **acting)
    verb = reviewing.refuse if name == "refuse" else reviewing.ask_again
    return verb(credential, reason="Look again", **acting)


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("name", list(MOVES))
def test_the_verbs_do_what_the_table_of_moves_says(name, stage, wanda, olga, at):
    credential = in_stage(stage, wanda, olga, at=at)
    move = MOVES[name]
    before = Event.objects.about(credential).count()
    if stage in move.sources:
        attempt(name, credential, wanda, olga, at=at)
        credential.refresh_from_db()
        assert credential.status == move.target
        assert Event.objects.about(credential).last().kind == move.event
    else:
        if stage == move.target == Stage.WITHDRAWN:
            attempt(name, credential, wanda, olga, at=at)  # already there
        else:
            with pytest.raises(DomainError):
                attempt(name, credential, wanda, olga, at=at)
        credential.refresh_from_db()
        assert credential.status == stage
        assert Event.objects.about(credential).count() == before


def test_a_form_sent_twice_hands_in_once(wanda, at):
    facts = {"expires_on": at.date() + DAY, "is_shown": True}
    made = [
        credentials.add(proofs.kind(), facts, key="k", by=wanda, at=at, documents=[proofs.PAGE])
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert Credential.objects.count() == CredentialDocument.objects.count() == 1


def test_what_has_expired_or_lacks_its_document_is_refused(wanda, at):
    kind = proofs.kind()
    yesterday = at.date() - DAY
    with pytest.raises(credentials.AlreadyExpired, match="November 9, 2026"):
        credentials.add(kind, {"expires_on": yesterday, "is_shown": True}, key="a", by=wanda,
                        at=at, documents=[proofs.PAGE])  # fmt: skip
    facts = {"expires_on": at.date(), "is_shown": True}
    with pytest.raises(credentials.DocumentMissing):
        credentials.add(kind, facts, key="b", by=wanda, at=at)
    assert not Credential.objects.exists()
    assert credentials.add(kind, facts, key="c", by=wanda, at=at, documents=[proofs.PAGE])


def test_what_expires_today_where_the_worker_lives_can_still_be_handed_in(wanda, at):
    wanda.user.time_zone = "Pacific/Honolulu"
    wanda.user.save()
    late = at.replace(hour=9)  # 11 PM the day before in Honolulu
    before = at.date() - DAY
    assert proofs.pending(wanda, at=late, expires_on=before).expires_on == before


def test_a_kind_put_out_of_use_cannot_be_added(wanda, at):
    gone = proofs.kind("old", archived_at=at)
    with pytest.raises(credentials.KindGone, match="Choose another kind"):
        proofs.pending(wanda, gone, at=at)


def test_nobody_decides_on_what_the_worker_changed_meanwhile(wanda, olga, at):
    seen = proofs.pending(wanda, at=at)
    credentials.change(seen, {"number": "999"}, by=wanda, at=at + HOUR)
    with pytest.raises(reviewing.ChangedMeanwhile):
        reviewing.verify(seen, revision=seen.revision, by=olga, at=at + HOUR)


def test_a_reviewer_puts_right_what_the_document_says(wanda, olga, at):
    kind = proofs.kind("liability", family="insurance", needs_amount=True)
    made = proofs.pending(wanda, kind, at=at, amount=2_000_000)
    ends = at.date() + 10 * DAY
    done = reviewing.verify(made, revision=1, by=olga, at=at, expires_on=ends, amount=1_000_000)
    done.refresh_from_db()
    assert (done.expires_on, done.amount) == (ends, 1_000_000)


def test_what_expired_while_it_waited_is_not_verified(wanda, olga, at):
    made = proofs.pending(wanda, at=at, expires_on=at.date() + DAY)
    with pytest.raises(credentials.AlreadyExpired, match="Ask for a new one"):
        reviewing.verify(made, revision=1, by=olga, at=at + 3 * DAY)


def test_a_renewal_waits_while_the_old_one_counts(wanda, olga, at):
    old = proofs.verified(wanda, reviewer=olga, at=at, expires_on=at.date() + 20 * DAY)
    new = proofs.pending(wanda, at=at + DAY, renews=old)
    valid = Credential.objects.valid_on(at.date() + DAY)
    assert list(valid) == [old]
    with pytest.raises(credentials.RenewedAlready):
        proofs.pending(wanda, at=at + DAY, renews=old)
    reviewing.verify(new, revision=1, by=olga, at=at + 2 * DAY)
    assert list(Credential.objects.valid_on(at.date() + 21 * DAY)) == [new]


def test_valid_holds_from_the_first_day_to_the_last(wanda, olga, at):
    first, last = at.date() + DAY, at.date() + 5 * DAY
    made = proofs.verified(wanda, reviewer=olga, at=at, issued_on=first, expires_on=last)
    days = [first - DAY, first, last, last + DAY]
    found = [Credential.objects.valid_on(day).exists() for day in days]
    assert found == [made.is_valid_on(day) for day in days] == [False, True, True, False]


def test_files_of_a_form_that_was_never_sent_are_swept_after_a_day(wanda, at):
    [loose] = credentials.park([proofs.PAGE], by=wanda, at=at)
    kept = proofs.pending(wanda, at=at).documents.get()
    assert credentials.drop_loose(at=at + DAY) == 0
    assert credentials.drop_loose(at=at + DAY + HOUR) == 1
    assert not default_storage.exists(loose.file.name)
    assert default_storage.exists(kept.file.name)


def test_nobody_attaches_the_files_of_another(wanda, walt, at):
    [loose] = credentials.park([proofs.PAGE], by=walt, at=at)
    facts = {"expires_on": at.date() + DAY, "is_shown": True}
    with pytest.raises(credentials.DocumentMissing):
        credentials.add(proofs.kind(), facts, key="x", by=wanda, at=at, kept=[loose.reference])


def test_at_most_ten_files_stay_with_one(wanda, at):
    pages = [replace(proofs.PAGE, name=f"{number}.pdf") for number in range(11)]
    facts = {"expires_on": at.date() + DAY, "is_shown": True}
    with pytest.raises(credentials.TooManyDocuments):
        credentials.add(proofs.kind(), facts, key="x", by=wanda, at=at, documents=pages)


def test_a_check_that_a_company_reviews_cannot_even_be_stored():
    with pytest.raises(IntegrityError), transaction.atomic():
        CredentialKind.objects.create(
            slug="own-check", name="Own check", family="background", reviewed_by="company"
        )
