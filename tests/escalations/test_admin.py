"""The desk in the admin: who gets in, queues, the page, every act, one screen."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership
from escalations import casework, queries
from escalations.models import Case
from escalations.team import AGENTS, AUDITORS, LEADS
from messaging import posting
from payments.models import CreditNote
from tests.conduct.making import recorded
from tests.escalations.making import opened
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
DESK = "/admin/escalations/case/"


@pytest.fixture
def recent(alice, wanda):
    return work.in_stage("pending_approval", alice, wanda, at=timezone.now() - timedelta(days=9))


@pytest.fixture
def case(recent, wanda):
    return opened(recent, wanda, at=timezone.now() - timedelta(hours=2))


@pytest.fixture
def sheet(case):
    return f"{DESK}{case.pk}/change/"


def act(browser, case, name: str, **given):
    shown = browser.get(f"{DESK}{case.pk}/change/")
    form = shown.context["forms"].get(name)
    data = {f"{name}-{field}": value for field, value in given.items()}
    if form is not None and "key" in form.fields:
        data[f"{name}-key"] = form["key"].value()
    response = browser.post(f"{DESK}{case.pk}/{name}/", data)
    if foreseen := response.context and response.context.get("foreseen"):
        confirmed = {**data, f"{name}-expects": foreseen.digest}
        return browser.post(f"{DESK}{case.pk}/{name}/", confirmed)
    return response


def test_the_groups_have_their_permissions(db):
    codes = {
        name: set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))
        for name in (AGENTS, AUDITORS, LEADS)
    }
    moderating = {"view_rating", "change_rating"}
    assert codes[AGENTS] == {"view_case", "work_case", "record_violation"} | moderating
    assert codes[LEADS] == codes[AGENTS] | {"lead_desk", "decide_appeal", "work_concern"}
    assert codes[AUDITORS] == {"view_case", "audit_case"}


def test_making_the_groups_again_changes_nothing(db):
    call_command("migrate", verbosity=0)
    assert Group.objects.filter(name__startswith="Escalations").count() == 3


def test_only_the_team_gets_in(case, sheet, olga, lena, alice, wanda, client_of):
    plain = people.user("Percy Plain", is_staff=True)
    percy = type(olga).as_staff(plain)
    for actor in (olga, lena):
        assert client_of(actor).get(DESK).status_code == 200
        assert client_of(actor).get(sheet).status_code == 200
    for url in (DESK, sheet):
        assert client_of(percy).get(url).status_code == 403
        for actor in (alice, wanda):
            assert client_of(actor).get(url).status_code == 302


def test_a_superuser_works_cases_too(sheet, db, client_of, olga):
    root = people.user("Rita Root", is_staff=True, is_superuser=True)
    assert client_of(type(olga).as_staff(root)).get(sheet).status_code == 200


def test_staff_are_led_from_the_case_to_the_desk(case, sheet, olga, client_of):
    browser = client_of(olga)
    assert browser.get(f"/cases/{case.label}/").url == sheet
    assert browser.get("/cases/").url == DESK


@pytest.fixture
def world(alice, wanda, olga, lena):
    """Cases in every queue, by the real clock."""
    now = timezone.now()

    def fresh(hours_ago, **given):
        assignment = work.in_stage("assigned", alice, wanda, at=now - timedelta(days=9))
        return opened(assignment, alice, at=now - timedelta(hours=hours_ago), **given)

    made = {
        "fresh": fresh(1),
        "soon": fresh(21),
        "late": fresh(30, kind="abandoned_site"),
        "mine": fresh(2),
        "ended": fresh(5),
    }
    casework.take(made["mine"], by=olga, at=now)
    casework.withdraw(made["ended"], by=alice, at=now)
    return made


def test_live_counts_and_queues(world, olga, client_of):
    counts = queries.queue_counts(user=olga.user, at=timezone.now())
    assert counts == {
        "mine": 1, "unassigned": 3, "due_soon": 1, "overdue": 1, "waiting": 0, "proposed": 0,
        "open": 4,
    }  # fmt: skip
    browser = client_of(olga)
    expected = {
        "mine": {"mine"}, "unassigned": {"fresh", "soon", "late"}, "due_soon": {"soon"},
        "overdue": {"late"}, "open": {"fresh", "soon", "late", "mine"}, "closed": {"ended"},
    }  # fmt: skip
    for queue, names in expected.items():
        shown = {row.pk for row in browser.get(DESK, {"queue": queue}).context["rows"]}
        assert shown == {world[name].pk for name in names}, queue


def test_due_soon_is_within_four_hours_to_the_microsecond(case, olga):
    due = case.first_answer_due_at
    tick = timedelta(microseconds=1)
    for at, queue in (
        (due - queries.DUE_SOON - tick, None),
        (due - queries.DUE_SOON, "due_soon"),
        (due - tick, "due_soon"),
        (due, "overdue"),
    ):
        counts = queries.queue_counts(user=olga.user, at=at)
        assert (counts["due_soon"], counts["overdue"]) == (queue == "due_soon", queue == "overdue")


def test_the_most_urgent_and_then_the_soonest_due_stand_first(world, olga, client_of):
    rows = client_of(olga).get(DESK).context["rows"]
    keys = [(row.priority, row.due_at) for row in rows]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    "words",
    ["{label}", "{number}", "{reference}", "acme", "wanda w", "network switch"],
)
def test_search(words, case, olga, client_of):
    typed = words.format(
        label=case.label.lower(), number=case.number, reference=case.assignment.reference.lower()
    )
    rows = client_of(olga).get(DESK, {"q": typed}).context["rows"]
    assert [row.pk for row in rows] == [case.pk]


def test_search_that_finds_nothing(case, olga, client_of):
    assert "No case matches" in client_of(olga).get(DESK, {"q": "C-99999999"}).text


def test_filters(world, olga, client_of):
    rows = client_of(olga).get(DESK, {"kind": "abandoned_site", "priority": "1"}).context["rows"]
    assert [row.pk for row in rows] == [world["late"].pk]


@pytest.mark.parametrize(
    "query", ["q=%00", "queue=x", "kind=x", "priority=high", "after=%00", "q=" + "x" * 500]
)
def test_made_up_filters_are_survived(query, case, olga, client_of):
    assert client_of(olga).get(f"{DESK}?{query}").status_code == 200


def test_the_page_shows_everything_in_one_screen(
    case, recent, sheet, alice, wanda, olga, client_of
):
    posting.post(
        assignment=recent, worker=wanda.worker, body="Please pay what we agreed.", by=wanda,
        at=timezone.now() - timedelta(hours=3), key="m",
    )  # fmt: skip
    earlier = opened(recent, alice, kind="conduct")
    text = client_of(olga).get(sheet).text
    for wanted in (
        case.label, "Acme", "Wanda Wells", "The price was cut after the work was done.",
        "Pay what was agreed.", "Please pay what we agreed.", earlier.label, recent.reference,
        "$250.00", "$275.00", "Held by this case", "rack.txt", "Checked in",
    ):  # fmt: skip
        assert wanted in text, wanted


def test_the_preview_says_what_each_decision_moves(sheet, olga, client_of):
    options = {o["effect"]: o for o in client_of(olga).get(sheet).context["options"]}
    assert "$250.00" in options["pay_in_full"]["sentence"]
    impossible = {effect for effect, option in options.items() if not option["possible"]}
    assert impossible == {"refund"}, "nothing was paid yet"


def test_what_is_not_possible_is_disabled_with_its_reason(alice, wanda, olga, client_of):
    assignment = work.in_stage("paid", alice, wanda, at=timezone.now() - timedelta(days=9))
    paid = opened(assignment, wanda)
    text = client_of(olga).get(f"{DESK}{paid.pk}/change/").text
    assert "has been paid already" in text
    radio = re.search(
        r'<input type="radio" name="decide-effect"[^>]*value="pay_in_full"[^>]*>', text
    )
    assert radio
    assert "disabled" in radio.group()


def test_a_refund_is_decided_at_the_desk(alice, wanda, olga, client_of):
    assignment = work.in_stage("paid", alice, wanda, at=timezone.now() - timedelta(days=9))
    case = opened(assignment, alice)
    browser = client_of(olga)
    act(browser, case, "take")
    missing = act(browser, case, "decide", effect="refund", words="Two ports are dead.")
    assert "Enter the amount" in missing.text
    done = act(browser, case, "decide", effect="refund", amount="50", words="Two ports are dead.")
    assert done.status_code == 302
    note = CreditNote.objects.get()
    assert (note.total, note.from_worker) == (Decimal(55), Decimal(50))
    assert "$55.00 back to the client’s cash" in browser.get(f"{DESK}{case.pk}/change/").text


def test_working_a_case_from_taking_to_deciding(case, recent, olga, client_of):
    browser = client_of(olga)
    assert act(browser, case, "take").status_code == 302
    assert act(browser, case, "reply", body="Looking.", to="parties").status_code == 302
    assert act(browser, case, "note", body="Clear.").status_code == 302
    assert act(browser, case, "ask", side="worker", body="When?").status_code == 302
    decided = act(browser, case, "decide", effect="pay_amount", amount="$100", words="Half.")
    assert decided.status_code == 302
    case.refresh_from_db()
    recent.refresh_from_db()
    assert (case.status, recent.status) == ("resolved", "paid")
    assert case.decisions.get().amount == Decimal("100.00")
    page = browser.get(decided.url)
    assert "is decided" in page.text
    assert "$100.00 to the worker" in page.text


def test_proposing_from_the_desk(case, olga, client_of):
    response = act(client_of(olga), case, "propose", effect="no_money", words="Nothing.")
    assert response.status_code == 302
    assert case.proposals.get().effect == "no_money"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"effect": "", "words": "x"}, "required"),
        ({"effect": "pay_amount", "words": "x"}, "Enter the amount"),
        ({"effect": "pay_amount", "amount": "1000", "words": "x"}, "Enter an amount between"),
        ({"effect": "pay_amount", "amount": "-1", "words": "x"}, "cannot be negative"),
        ({"effect": "no_money", "words": ""}, "required"),
        ({"effect": "no_money", "words": "a\x00"}, "Null characters"),
    ],
)
def test_a_decision_is_checked_and_nothing_moves(given, said, case, olga, client_of):
    response = act(client_of(olga), case, "decide", **given)
    assert response.status_code == 200
    assert said in response.text
    case.refresh_from_db()
    assert case.status == "open"


def test_deciding_a_decided_case_otherwise_shows_the_first_decision(case, olga, lena, client_of):
    casework.decide(case, effect="pay_in_full", words="Pay.", by=lena, at=timezone.now())
    response = client_of(olga).post(
        f"{DESK}{case.pk}/decide/", {"decide-effect": "no_money", "decide-words": "No."}
    )
    assert "Lena Lund decided this case already: pay in full" in response.text


def test_assigning_is_for_leads(case, olga, lena, client_of):
    data = {"assign-assignee": olga.user_id}
    assert client_of(olga).post(f"{DESK}{case.pk}/assign/", data).status_code == 403
    assert client_of(lena).post(f"{DESK}{case.pk}/assign/", data).status_code == 302
    case.refresh_from_db()
    assert case.assignee == olga.user


def test_a_case_is_never_given_to_an_outsider(case, lena, alice, client_of):
    response = client_of(lena).post(f"{DESK}{case.pk}/assign/", {"assign-assignee": alice.user_id})
    assert response.status_code == 200
    case.refresh_from_db()
    assert case.assignee is None


def test_reopening_is_offered_for_fourteen_days(case, wanda, olga, client_of):
    casework.withdraw(case, by=wanda, at=timezone.now() - timedelta(hours=1))
    browser = client_of(olga)
    assert act(browser, case, "reopen", words="More to see.").status_code == 302
    case.refresh_from_db()
    assert case.status == "in_review"
    casework.withdraw(case, by=wanda, at=timezone.now())
    Case.objects.update(closed_at=timezone.now() - timedelta(days=15))
    assert "Reopen the case" not in browser.get(f"{DESK}{case.pk}/change/").text


def test_acts_need_a_post_and_a_known_case(case, olga, client_of):
    browser = client_of(olga)
    assert browser.get(f"{DESK}{case.pk}/decide/").status_code == 405
    assert browser.post(f"{DESK}999999/take/").status_code == 404
    assert browser.get(f"{DESK}99999999999999999999999/change/").status_code == 404


def test_the_queue_and_the_page_have_a_bounded_number_of_queries(
    world, olga, client_of, django_assert_max_num_queries
):
    browser = client_of(olga)
    browser.get(DESK)
    with django_assert_max_num_queries(10):
        browser.get(DESK)
    browser.get(f"{DESK}{world['late'].pk}/change/")
    with django_assert_max_num_queries(25):
        browser.get(f"{DESK}{world['late'].pk}/change/")
    reply = {"reply-body": "We have it.", "reply-to": "parties", "seen": 2**40}
    page = f"{DESK}{world['late'].pk}/reply/"
    browser.post(page, reply | {"reply-key": str(uuid.uuid4())})
    with django_assert_max_num_queries(16):
        assert browser.post(page, reply | {"reply-key": str(uuid.uuid4())}).status_code == 302
    assert world["late"].entries.filter(body="We have it.").count() == 2


def test_two_rows_cost_as_many_queries_as_one(alice, wanda, olga, client_of):
    at = timezone.now() - timedelta(days=9)
    browser = client_of(olga)
    counts = []
    for size in (1, 4):
        for _ in range(size):
            opened(work.in_stage("assigned", alice, wanda, at=at), alice)
        browser.get(DESK)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            browser.get(DESK)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_links_of_the_desk_open_for_staff_who_are_members_too(
    case, sheet, acme, globex, client_of, lena
):
    both = Actor.as_staff(lena.user)
    Membership.objects.create(
        user=lena.user, company=globex, roles=["viewer"], joined_at=timezone.now()
    )
    browser = client_of(both)
    session = browser.session
    session["acting_as"] = f"company:{globex.slug}"
    session.save()
    assert browser.get(case.assignment.get_absolute_url()).status_code == 404
    assert browser.get(sheet).status_code == 200
    assert browser.get(case.assignment.get_absolute_url()).status_code == 200


def test_the_page_of_the_assignment_names_its_cases(case, wanda, olga, alice, client_of):
    address = case.assignment.get_absolute_url()
    casework.ask_party(case, side="worker", question="When?", by=olga, at=timezone.now())
    assert "Your answer is awaited" in client_of(wanda).get(address).text
    assert "tell your side of it" in client_of(alice).get(address).text
    assert f"{DESK}{case.pk}/change/" in client_of(olga).get(address).text
    casework.withdraw(case, by=wanda, at=timezone.now())
    assert "is withdrawn" in client_of(alice).get(address).text


def test_the_violations_of_both_parties_stand_beside_the_case(
    case, sheet, acme, walt, olga, client_of
):
    assert "None on record for either side." in client_of(olga).get(sheet).text
    now = timezone.now()
    ours = recorded(acme, olga, at=now)
    strangers = recorded(walt.worker, olga, at=now)
    shown = client_of(olga).get(sheet)
    assert ours.reference in shown.text
    assert strangers.reference not in shown.text
    assert [counts for _, _, counts in shown.context["dossier"].violations] == [True]
