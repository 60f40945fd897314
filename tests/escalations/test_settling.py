"""Decisions shown before they are made: the exact money, the marks, who may, and taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from activity.models import Event
from activity.reactions import dispatch
from assignments import lifecycle
from assignments.models import AssignmentLabel, Label, Unassignment
from conduct.models import Violation
from conduct.queries.standing import holding_for
from escalations import casework, marks
from escalations.casework.deciding import ChangedMeanwhile, NeedsALead, NoProposal, WordsMissing
from escalations.casework.reversing import LeadsReverse, NotPaidYet
from escalations.models import Decision, DecisionMark, Reversal
from payments import audit
from payments.models import LedgerAccount, Transfer
from scorecards import rating
from tests.escalations.making import opened
from tests.escalations.offices import office
from tests.factories import assignments as work
from tests.factories.payments import add_cash

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def books(alice, wanda):
    """Cash, held and earned after a clean look through the whole book."""

    def balance(kind, **owner):
        account = LedgerAccount.objects.filter(kind=kind, **owner).first()
        return account.balance if account else Decimal(0)

    def read():
        assert list(audit.findings()) == []
        found = (
            balance("company_cash", company=alice.company),
            balance("company_reserved", company=alice.company),
            balance("worker_earnings", worker=wanda.worker),
        )
        return tuple(f"{amount:.2f}" for amount in found)

    return read


@pytest.fixture
def story(alice, wanda, at, books):
    """Work for $250.00 of a company with $600.00, brought to a stage; terms 30 where invoiced."""

    def bring(stage):
        add_cash(alice.company, Decimal(600), at=at)
        posted = work.sent(work.draft(alice, at=at), alice, at=at)
        posted = work.assigned(posted, alice, wanda, at=at)
        if stage in ("submitted", "paid"):
            posted = work.submitted(work.in_progress(posted, wanda), wanda)
        return work.approved(posted, alice) if stage == "paid" else posted

    return bring


STORIES = {
    "pay_in_full": ("submitted", None, ("325.00", "0.00", "250.00"), ("600.00", "0.00", "0.00")),
    "pay_amount": ("submitted", 100, ("490.00", "0.00", "100.00"), ("600.00", "0.00", "0.00")),
    "cancel_fee": ("submitted", 80, ("512.00", "0.00", "80.00"), ("600.00", "0.00", "0.00")),
    "no_money": ("submitted", None, ("600.00", "0.00", "0.00"), ("325.00", "0.00", "250.00")),
    "refund": ("paid", 50, ("380.00", "0.00", "200.00"), ("325.00", "0.00", "250.00")),
    "as_it_is": ("submitted", None, ("325.00", "275.00", "0.00"), ("325.00", "275.00", "0.00")),
}


@pytest.mark.parametrize("effect", sorted(STORIES))
def test_the_money_of_each_effect_and_of_its_reversal(effect, story, books, wanda, olga, lena):
    stage, amount, after, back = STORIES[effect]
    case = opened(story(stage), wanda)
    at = case.opened_at + HOUR
    given = {"effect": effect, "words": "So.", "amount": Decimal(amount) if amount else None}
    before = books()

    seen = casework.preview(case, **given, by=olga, at=at)
    assert books() == before
    assert not Decision.objects.exists()
    assert all(move.amount > 0 and move.source != move.target for move in seen.movements)

    decision = casework.decide(case, **given, expects=seen.digest, by=olga, at=at)
    assert books() == after
    assert decision.applied == list(seen.sentences)

    foreseen = casework.preview_reversal(decision, words="Wrong.", by=lena, at=at + HOUR)
    assert books() == after
    for _ in range(2):
        casework.reverse(
            decision, words="Wrong.", expects=foreseen.digest, by=lena, at=at + HOUR
        )  # fmt: skip
    assert books() == back
    assert Reversal.objects.get().applied == list(foreseen.sentences)
    assert Event.objects.filter(kind="case.reversed").count() == 1


@pytest.mark.parametrize("stage", ["assigned", "in_progress", "pending_approval", "invoiced"])
def test_cancelling_with_a_fee_works_from_every_stage(stage, alice, wanda, olga, at):
    assignment = work.in_stage(stage, alice, wanda, at=at)
    case = opened(assignment, alice)
    casework.decide(case, effect="cancel_fee", amount=Decimal(40), words="x", by=olga,
                    at=case.opened_at + HOUR)  # fmt: skip
    assignment.refresh_from_db()
    assert (assignment.status, assignment.cancellation.fee) == ("cancelled", Decimal("40.00"))
    assert list(audit.findings()) == []


def test_what_changed_since_the_preview_is_not_carried_out(submitted, wanda, alice, olga):
    case = opened(submitted, wanda, kind="approval_late")
    given = {"effect": "pay_in_full", "words": "Pay.", "by": olga, "at": case.opened_at + HOUR}
    seen = casework.preview(case, **given)
    lifecycle.send_back(submitted, note="More.", by=alice, at=case.opened_at)
    submitted.refresh_from_db()
    with pytest.raises(ChangedMeanwhile):
        casework.decide(case, **{**given, "effect": "no_money"}, expects=seen.digest)
    case.refresh_from_db()
    assert case.status == "open"
    assert not Decision.objects.exists()


@pytest.mark.parametrize("effect", ["pay_in_full", "no_money"])
def test_above_the_amount_of_the_office_a_lead_decides(effect, submitted, wanda, olga, lena):
    office(lead_above=Decimal("249.99"))
    case = opened(submitted, wanda)
    at = case.opened_at + HOUR
    for act in (casework.decide, casework.propose, casework.preview):
        with pytest.raises(NeedsALead, match=r"\$249\.99"):
            act(case, effect=effect, words="x", by=olga, at=at)
    assert casework.decide(case, effect=effect, words="x", by=lena, at=at)


def test_up_to_the_amount_an_agent_decides(submitted, wanda, olga):
    office(lead_above=Decimal("250.00"))
    case = opened(submitted, wanda)
    assert casework.decide(case, effect="pay_in_full", words="x", by=olga, at=case.opened_at)


@pytest.mark.parametrize("words", ["", "  \n"])
def test_nothing_is_resolved_without_words_to_both_sides(words, submitted, wanda, olga):
    case = opened(submitted, wanda)
    for act in (casework.decide, casework.propose, casework.preview):
        with pytest.raises(WordsMissing):
            act(case, effect="as_it_is", words=words, by=olga, at=case.opened_at)


def test_a_proposal_that_both_accept_carries_itself_out_once(
    submitted, wanda, alice, olga, books
):  # fmt: skip
    case = opened(submitted, wanda)
    at = case.opened_at + HOUR
    casework.propose(
        case, effect="pay_amount", amount=Decimal(200), words="Most.", by=olga, at=at
    )  # fmt: skip
    casework.answer_proposal(case, accept=True, by=wanda, at=at)
    case.refresh_from_db()
    assert case.status == "proposed"
    casework.answer_proposal(case, accept=True, by=alice, at=at + HOUR)
    with pytest.raises(NoProposal):
        casework.answer_proposal(case, accept=True, by=alice, at=at + HOUR)
    case.refresh_from_db()
    assert case.status == "resolved"
    decision = case.decisions.get()
    assert (decision.amount, decision.decided_by) == (Decimal(200), olga.user)
    assert Transfer.objects.filter(kind="payment").count() == 1
    books()


def test_what_both_accepted_and_cannot_be_done_is_told_to_staff(alice, wanda, olga, at):
    assignment = work.in_stage("invoiced", alice, wanda, at=at)
    case = opened(assignment, wanda, kind="payment_late")
    at = case.opened_at + HOUR
    casework.propose(case, effect="pay_in_full", words="Pay.", by=olga, at=at)
    lifecycle.pay(assignment, by=alice, at=at)
    for actor in (alice, wanda):
        casework.answer_proposal(case, accept=True, by=actor, at=at)
    case.refresh_from_db()
    assert case.status == "proposed"
    assert case.entries.filter(visibility="staff", body__contains="not carried out").exists()
    assert Event.objects.filter(kind="case.stuck").count() == 1
    assert casework.decide(case, effect="as_it_is", words="Paid already.", by=olga, at=at)


def test_labels_marks_and_ratings_are_taken_away_once_and_put_back(
    alice, wanda, olga, lena, at
):  # fmt: skip
    assignment = work.in_stage("paid", alice, wanda, at=at)
    label = Label.objects.create(company=alice.company, reference="L-TEST1", name="Trouble",
                                 created_at=at)  # fmt: skip
    AssignmentLabel.objects.create(assignment=assignment, label=label, opened_at=at)
    for by in (alice, wanda):
        rating.rate(assignment=assignment, overall="unsatisfied", marks=(1, 1, 1), comment="Bad.",
                    by=by, at=assignment.paid_at)  # fmt: skip
    case = opened(assignment, wanda)
    offers = marks.offered(case)
    assert [offer.kind for offer in offers] == ["label", "rating", "rating"]
    chosen = [offer.key for offer in offers]

    at = case.opened_at + HOUR
    decision = casework.decide(
        case, effect="as_it_is", words="Unfair.", marks=[*chosen, chosen[0]], by=olga, at=at
    )  # fmt: skip
    assert DecisionMark.objects.count() == 3
    assert len(decision.applied) == 4
    assert not assignment.labels.filter(resolved_at=None).exists()
    assert not assignment.ratings.filter(hidden_at=None).exists()
    assert marks.offered(case) == []

    casework.reverse(decision, words="Fair after all.", by=lena, at=at + HOUR)
    assert assignment.labels.get(resolved_at=None).label == label
    assert assignment.ratings.filter(hidden_at=None).count() == 2


def test_a_mark_of_a_cancellation_is_taken_off_the_scorecard(alice, wanda, olga, lena, at):
    assignment = work.in_stage("assigned", alice, wanda, at=at)
    late = assignment.starts_at - HOUR
    lifecycle.cancel(assignment, reason="other", note="x", by=alice, at=late)
    case = opened(assignment, alice, kind="other", at=late + HOUR)
    (offer,) = marks.offered(case)
    assert "cancelled late" in offer.label
    decision = casework.decide(case, effect="as_it_is", words="Storm.", marks=[offer.key],
                               by=olga, at=late + 2 * HOUR)  # fmt: skip
    assignment.cancellation.refresh_from_db()
    assert assignment.cancellation.mark == "none"
    assert Event.objects.filter(kind="assignment.mark_changed").count() == 1
    casework.reverse(decision, words="No storm.", by=lena, at=late + 3 * HOUR)
    assignment.cancellation.refresh_from_db()
    assert assignment.cancellation.mark == "cancelled_late"
    assert not Unassignment.objects.exists()


def test_a_decision_records_a_violation_once_and_its_reversal_takes_it_back(
    submitted, alice, wanda, olga, lena
):
    case = opened(submitted, wanda)
    at = case.opened_at + HOUR
    severe = next(o for o in marks.violations_offered(case, "company") if o.label == "Fraud")
    for _ in range(2):  # the second is the answer of the first
        decision = casework.decide(case, effect="as_it_is", words="False hours.",
                                   marks=[severe.key], by=olga, at=at)  # fmt: skip
    assert severe.sentence in decision.applied
    violation = Violation.objects.get(company=alice.company)
    assert (violation.case_label, violation.words) == (case.label, "False hours.")
    assert violation.happened_on == min(submitted.occurred_at, at).date()
    assert [one.violation for one in holding_for(alice.company.pk, None, at=at)] == [violation]

    later = at + HOUR
    taken_back = casework.reverse(decision, words="The hours were right.", by=lena, at=later)
    assert f"The violation {violation.reference} was taken away" in " ".join(taken_back.applied)
    violation.refresh_from_db()
    assert violation.withdrawn_at == later
    assert holding_for(alice.company.pk, None, at=later) == []
    assert Event.objects.filter(kind="violation.withdrawn").count() == 1


@pytest.mark.parametrize("effect", sorted(STORIES))
def test_a_case_of_closed_accounts_is_decided_and_taken_back_like_any_other(
    effect, story, books, alice, wanda, olga, lena, client_of
):
    stage, amount, after, back = STORIES[effect]
    case = opened(story(stage), wanda)
    at = case.opened_at + HOUR
    closed = [alice.user.pk, wanda.user.pk]
    User.objects.filter(pk__in=closed).update(is_active=False)
    decision = casework.decide(
        case, effect=effect, words="It was earned.", amount=Decimal(amount) if amount else None,
        by=olga, at=at,
    )  # fmt: skip
    assert books() == after
    casework.reverse(decision, words="It was not.", by=lena, at=at + HOUR)
    assert books() == back
    dispatch(at=at + HOUR)
    assert not Event.objects.undispatched().exists()
    page = client_of(olga).get(f"/admin/escalations/case/{case.pk}/change/")
    assert (page.status_code, "It was earned." in page.text) == (200, True)
    User.objects.filter(pk__in=closed).update(is_active=True)
    assert "It was earned." in client_of(alice).get(case.get_absolute_url()).text


def test_violations_are_chosen_for_the_side_that_can_have_done_them(submitted, wanda):
    case = opened(submitted, wanda)
    offered = {side: marks.violations_offered(case, side) for side in ("company", "worker")}
    names = {side: {offer.label for offer in offers} for side, offers in offered.items()}
    assert "Did not turn up" in names["worker"] - names["company"]
    assert "Work added without pay" in names["company"] - names["worker"]
    assert "Fraud" in names["company"] & names["worker"]
    forged = offered["worker"][0].key.replace("worker", "company").replace(":", ":9", 1)
    with pytest.raises(marks.NoSuchMark):
        marks.chosen_of(case, [forged])


def test_made_up_marks_are_refused_and_nothing_is_decided(submitted, wanda, olga):
    case = opened(submitted, wanda)
    with pytest.raises(marks.NoSuchMark):
        casework.decide(case, effect="no_money", words="x", marks=["rating:9:"], by=olga,
                        at=case.opened_at)  # fmt: skip
    case.refresh_from_db()
    assert case.status == "open"


def test_an_agent_takes_nothing_back_and_an_unpaid_invoice_is_reopened_instead(
    alice, wanda, olga, lena, at
):  # fmt: skip
    assignment = work.in_stage("pending_approval", alice, wanda, at=at, terms_days=30)
    case = opened(assignment, wanda)
    at = case.opened_at + HOUR
    decision = casework.decide(case, effect="pay_in_full", words="x", by=olga, at=at)
    with pytest.raises(LeadsReverse):
        casework.reverse(decision, words="x", by=olga, at=at)
    assignment.refresh_from_db()
    if assignment.invoice.paid_at is None:
        with pytest.raises(NotPaidYet):
            casework.reverse(decision, words="x", by=lena, at=at)


class TestPages:
    @pytest.fixture
    def case(self, alice, wanda):
        recently = timezone.now() - timedelta(days=9)
        return opened(work.in_stage("pending_approval", alice, wanda, at=recently), wanda)

    def test_nothing_is_decided_before_the_preview_is_confirmed(self, case, olga, client_of):
        browser, url = client_of(olga), f"/admin/escalations/case/{case.pk}/decide/"
        data = {"decide-effect": "pay_in_full", "decide-words": "Pay."}
        shown = browser.post(url, data)
        assert shown.status_code == 200
        assert "Acme: company reserved" in shown.text
        rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td>.*?(\$[\d.,]+)", shown.text, re.S)
        assert rows == [
            ("Acme: company reserved", "Wanda Wells: worker earnings", "$250.00"),
            ("Acme: company reserved", "Platform fees", "$25.00"),
        ]
        assert not Decision.objects.exists()

        wrong = browser.post(url, {**data, "decide-expects": "0" * 32})
        assert "has changed since you looked" in wrong.text
        assert not Decision.objects.exists()

        done = browser.post(url, {**data, "decide-expects": shown.context["foreseen"].digest})
        assert done.status_code == 302
        assert Decision.objects.get().effect == "pay_in_full"

    def test_a_violation_is_chosen_and_shown_before_it_is_recorded(self, case, olga, client_of):
        browser, url = client_of(olga), f"/admin/escalations/case/{case.pk}/decide/"
        rude = marks.violations_offered(case, "worker")[2]
        data = {"decide-effect": "pay_in_full", "decide-words": "Pay, and be civil.",
                "decide-worker_violation": rude.key}  # fmt: skip
        shown = browser.post(url, data)
        assert rude.sentence in shown.text
        assert not Violation.objects.exists()
        browser.post(url, {**data, "decide-expects": shown.context["foreseen"].digest})
        assert Violation.objects.get().kind.name == rude.label

    @pytest.mark.parametrize(
        "changed", [{"decide-marks": "rating:1:"}, {"decide-marks": "x\x00"},
                    {"decide-expects": "<script>"}, {"decide-words": ""},
                    {"decide-company_violation": "violation:1:worker"}]
    )  # fmt: skip
    def test_bad_input_is_explained(self, changed, case, olga, client_of):
        url = f"/admin/escalations/case/{case.pk}/decide/"
        data = {"decide-effect": "pay_in_full", "decide-words": "Pay.", **changed}
        assert client_of(olga).post(url, data).status_code == 200
        assert not Decision.objects.exists()

    def test_a_lead_takes_a_decision_back_and_both_sides_read_why(
        self, case, olga, lena, wanda, alice, client_of
    ):
        casework.decide(case, effect="pay_in_full", words="Pay.", by=olga, at=timezone.now())
        url = f"/admin/escalations/case/{case.pk}/reverse/"
        assert client_of(olga).get(url).status_code == 403
        browser = client_of(lena)
        assert url in browser.get(f"/admin/escalations/case/{case.pk}/change/").text
        assert browser.get(url).status_code == 200
        assert browser.post(url, {"reverse-words": " "}).status_code == 200
        shown = browser.post(url, {"reverse-words": "The photos were old."})
        assert "$275.00" in shown.text
        data = {"reverse-words": "The photos were old.",
                "reverse-expects": shown.context["foreseen"].digest}  # fmt: skip
        assert browser.post(url, data).status_code == 302
        for actor in (wanda, alice):
            assert "The photos were old." in client_of(actor).get(case.get_absolute_url()).text
