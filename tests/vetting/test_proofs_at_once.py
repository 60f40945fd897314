"""Reviews and signatures at the same moment: one outcome, in real transactions."""

import pytest

from activity.models import Event
from tests.factories import credentials as proofs
from tests.racing import race
from vetting import agreements, credentials, reviewing
from vetting.models import AgreementSignature, Credential

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_reviewers_one_decides_and_the_other_reads_it(wanda, olga, lena, at):
    for number in range(4):
        made = proofs.pending(wanda, proofs.kind(f"kind{number}"), at=at)
        outcomes = race(
            lambda c=made: reviewing.verify(c, revision=1, by=olga, at=at),
            lambda c=made: reviewing.refuse(c, revision=1, reason="No", by=lena, at=at),
        )
        made.refresh_from_db()
        verified, refused = (outcome.won for outcome in outcomes)
        decisions = Event.objects.about(made).exclude(kind="credential.added")
        if verified and refused:  # first verified, then taken back: the revision forbids it
            pytest.fail("both decided on the same revision")
        assert made.status == ("verified" if verified else "refused")
        assert decisions.count() == 1


def test_withdrawing_while_it_is_verified_never_leaves_it_valid(wanda, olga, at):
    for number in range(4):
        made = proofs.pending(wanda, proofs.kind(f"kind{number}"), at=at)
        race(
            lambda c=made: reviewing.verify(c, revision=1, by=olga, at=at),
            lambda c=made: credentials.withdraw(c, by=wanda, at=at),
        )
        made.refresh_from_db()
        assert made.status == "withdrawn"


def test_a_form_sent_twice_at_once_hands_in_once(wanda, at):
    kind = proofs.kind()
    facts = {"expires_on": at.date(), "is_shown": True}

    def add():
        return credentials.add(kind, facts, key="once", by=wanda, at=at, documents=[proofs.PAGE])

    first, second = race(add, add)
    assert first.result == second.result
    assert Credential.objects.count() == 1


def test_signing_while_a_version_is_published_signs_what_was_read_or_nothing(alice, wanda, at):
    for number in range(4):
        agreement = proofs.agreement(alice, f"Agreement {number}", at=at)
        signed, published = race(
            lambda a=agreement: agreements.sign(
                a, number=1, typed_name="Wanda Wells", by=wanda, at=at
            ),
            lambda a=agreement: agreements.publish(a, text="New", based_on=1, by=alice, at=at),
        )
        assert published.won
        rows = AgreementSignature.objects.filter(version__agreement=agreement)
        assert [row.version.number for row in rows.select_related("version")] == [1] * signed.won


def test_two_versions_published_at_once_are_two_or_one_never_the_same(alice, mona, at):
    agreement = proofs.agreement(alice, at=at)
    outcomes = race(
        lambda: agreements.publish(agreement, text="Alice", based_on=1, by=alice, at=at),
        lambda: agreements.publish(agreement, text="Mona", based_on=1, by=mona, at=at),
    )
    assert sorted(outcome.won for outcome in outcomes) == [False, True]
    assert agreement.versions.count() == 2
