"""Policies before staff: drafts, preview, publishing on a day, re-acceptance, reports."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from conduct import acceptance, editing
from conduct.models import Acceptance, Helpfulness, Policy, PolicyDraft, PolicyVersion
from conduct.parties import StaffDecide
from conduct.queries import in_force, reports
from notifications import reminders
from notifications.models import Notice, Reminder
from notifications.reminders.policies import POLICY_IN_FORCE
from tests.factories import accounts as people
from tests.notifications.moments import told
from tests.racing import race

pytestmark = pytest.mark.django_db
LIST = "/admin/conduct/policy/"
DAY = timedelta(days=1)


@pytest.fixture
def edith(published) -> Actor:
    editor = Actor.as_staff(people.user("Edith Ede", is_staff=True))
    editor.user.groups.add(Group.objects.get_or_create(name="Policy editors")[0])
    return editor


@pytest.fixture
def terms(published) -> Policy:
    return Policy.objects.get(slug="terms-of-service")


@pytest.fixture
def url(terms):
    return f"{LIST}{terms.pk}/change/"


def draft(policy, by, at, text="# New terms\n\nShort.", revision=0, note="Shorter."):
    return editing.save_draft(policy, text=text, note=note, revision=revision, by=by, at=at)


def published(policy, by, at, **given):
    made = draft(policy, by, at, text=f"# Terms of {at}")
    return editing.publish(policy, revision=made.revision, by=by, at=at, **given)


def test_whoever_is_bound_hears_of_a_new_version(edith, terms, alice, walt, acme, at):
    """Scheduled, and in force; not who never accepted one, or accepted this one meanwhile."""
    newcomer = people.member(acme, "Nina New", ["viewer"], accepts=False)
    made = published(terms, edith, at, in_force_from=at + 9 * DAY)
    reminders.sweep(at=at)
    assert told(alice) == told(walt) == ["Terms of service will change on Thu, Nov 19, 2026"]
    day = made.in_force_from
    acceptance.accept(walt.user, [made], by=walt, at=day)
    reminders.sweep(at=day)
    assert told(alice)[1:] == [
        "Terms of service: a new version has been in force since Thu, Nov 19, 2026"
    ]
    assert len(told(walt)) == 1 and told(newcomer) == []
    notice = Notice.objects.filter(recipient=alice.user).latest("pk")
    assert notice.body.startswith("Shorter. We ask you")
    assert notice.deliveries.get().channel == "email"
    assert "What changed" in Client().get(notice.url).text


def test_bound_are_told_by_the_batch(edith, terms, acme, at):
    """So many statements for a batch, whoever is in it."""

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            reminders.settle(POLICY_IN_FORCE, at=at)
        return len(asked)

    for number in range(12):
        people.member(acme, f"Bo Bound {number}", ["viewer"])
    published(terms, edith, at)
    reminders.make(POLICY_IN_FORCE, at=at)
    rest = Reminder.objects.order_by("pk")[1:].values("pk")
    few = Reminder.objects.filter(pk__in=list(rest.values_list("pk", flat=True)))
    few.update(status="stale", settled_at=at)
    one = cost()
    few.update(status="due", settled_at=None)
    assert few.count() > 10 and cost() == one


def test_only_editors_get_in(edith, olga, alice, url, terms, client_of):
    version = terms.versions.get()
    pages = (
        LIST, f"{LIST}add/", url, f"/admin/conduct/policyversion/{version.pk}/acceptance/",
        f"/admin/conduct/policyversion/{version.pk}/acceptance.csv",
    )  # fmt: skip
    for page in pages:
        assert client_of(edith).get(page).status_code == 200, page
        assert client_of(olga).get(page).status_code == 403, page
        assert client_of(alice).get(page).status_code == 302, page


def test_from_draft_over_preview_to_a_version_that_is_asked_for(
    edith, alice, url, terms, client_of
):
    browser, now = client_of(edith), timezone.now()
    text = terms.versions.get().text.replace("promise", "pledge")
    given = {"text": text, "note": "One word.", "revision": "0"}
    shown = browser.post(url, {**given, "act": "preview"}).text
    assert "<ins>pledge</ins>" in shown
    assert "<del>promise</del>" in shown
    assert not PolicyDraft.objects.exists()
    assert browser.post(url, {**given, "act": "save"}).status_code == 302
    assert "pledge" not in Client().get(terms.get_absolute_url()).text
    done = browser.post(url, {"revision": "1", "in_force_from": "", "act": "publish"})
    assert done.status_code == 302
    assert not PolicyDraft.objects.exists()
    page = Client().get(terms.get_absolute_url()).text
    assert "pledge" in page
    assert "One word." in page
    (asked,) = acceptance.outstanding(alice, at=timezone.now() + DAY)
    assert (asked.number, asked.published_by) == (2, edith.user)
    again = client_of(alice).get("/policies/accept/").text
    assert "What has changed since version 1, which you accepted" in again
    assert "<ins>pledge</ins>" in again
    assert now


@pytest.mark.parametrize(
    "given,said",
    [
        ({"text": ""}, "required"), ({"text": "  "}, "Write the text"),
        ({"text": "a\x00"}, "Null characters"), ({"text": "x" * 10_001}, "at most 10000"),
        ({"note": "x" * 301}, "at most 300"), ({"revision": "7"}, "changed this draft"),
        ({"revision": "x"}, "whole number"),
    ],
    ids=["none", "blank", "nul", "long", "note", "old", "odd"],
)  # fmt: skip
def test_a_draft_is_checked_and_kept_on_the_page(given, said, edith, url, client_of):
    data = {"text": "<script>ü", "note": "n", "revision": "0", "act": "save", **given}
    answer = client_of(edith).post(url, data)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<script>ü" not in answer.text
    assert not PolicyDraft.objects.exists()


@pytest.mark.parametrize(
    "moment,said",
    [("x", "valid date"), ("1999-01-01T00:00", "from 2000"), ("2026-01-01T00:00", "from now on"),
     ("9999-01-01T00:00", "from 2000"), ("\x00", "valid date")],
    ids=["odd", "old", "past", "far", "nul"],
)  # fmt: skip
def test_the_moment_is_checked(moment, said, edith, terms, url, client_of):
    draft(terms, edith, timezone.now())
    answer = client_of(edith).post(
        url, {"revision": "1", "in_force_from": moment, "act": "publish"}
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert terms.versions.count() == 1


def test_an_act_that_is_none_changes_nothing(edith, url, client_of):
    assert client_of(edith).post(url, {"act": "\x00"}).status_code == 200


def test_two_editors_do_not_undo_each_other(edith, terms, at):
    draft(terms, edith, at)
    with pytest.raises(editing.DraftChanged, match="Edith Ede"):
        draft(terms, edith, at, text="Other")
    assert draft(terms, edith, at, text="Other", revision=1).revision == 2
    with pytest.raises(editing.DraftChanged):
        editing.publish(terms, revision=1, by=edith, at=at)


def test_what_cannot_be_published(edith, terms, alice, at):
    with pytest.raises(editing.NoDraft):
        editing.publish(terms, revision=0, by=edith, at=at)
    draft(terms, edith, at, text=terms.versions.get().text)
    with pytest.raises(editing.NothingChanged):
        editing.publish(terms, revision=1, by=edith, at=at)
    with pytest.raises(editing.InThePast):
        editing.publish(terms, revision=1, by=edith, at=at, in_force_from=at - DAY)
    with pytest.raises(StaffDecide):
        draft(terms, alice, at)


def test_a_scheduled_version_comes_into_force_to_the_microsecond(edith, terms, alice, client_of):
    now = timezone.now()
    moment, tick = now + 3 * DAY, timedelta(microseconds=1)
    waiting = published(terms, edith, now, in_force_from=moment)
    assert in_force(at=moment - tick).get(policy=terms).number == 1
    assert in_force(at=moment).get(policy=terms) == waiting
    assert acceptance.passed(alice, at=moment - tick)
    assert not acceptance.passed(Actor.as_client(alice.membership), at=moment)
    page = Client().get(terms.get_absolute_url()).text
    assert "A new version is on its way" in page
    assert "Not yet in force" in Client().get(terms.get_absolute_url(), {"version": 2}).text
    draft(terms, edith, now)
    with pytest.raises(editing.OneIsScheduled):
        editing.publish(terms, revision=1, by=edith, at=now)


def test_a_scheduled_version_is_taken_back_and_is_a_draft_again(edith, terms, url, client_of):
    now = timezone.now()
    waiting = published(terms, edith, now, in_force_from=now + DAY)
    assert client_of(edith).post(url, {"act": "take_back"}).status_code == 302
    assert (terms.versions.count(), terms.draft.text) == (1, waiting.text)
    with pytest.raises(editing.InForceAlready):
        editing.take_back(terms.versions.get(), by=edith, at=now)


def test_a_new_policy_is_seen_once_it_is_published(edith, client_of):
    data = {"title": "Late payment", "slug": "Late-Payment", "summary": "What happens then.",
            "audience": "clients"}  # fmt: skip
    browser = client_of(edith)
    assert browser.post(f"{LIST}add/", {**data, "slug": "accept"}).status_code == 422
    assert browser.post(f"{LIST}add/", data).status_code == 302
    assert "at this address already" in browser.post(f"{LIST}add/", data).text
    assert Client().get("/policies/late-payment/").status_code == 404
    policy = Policy.objects.get(slug="late-payment")
    published(policy, edith, timezone.now())
    assert Client().get("/policies/late-payment/").status_code == 200
    assert not policy.asks_acceptance


def test_a_policy_only_to_read_holds_nobody_up(edith, alice, at):
    policy = editing.add_policy(
        title="Tips", slug="tips", summary="Tips.", audience="everybody", asks_acceptance=False,
        by=edith, at=at,
    )  # fmt: skip
    published(policy, edith, at)
    assert acceptance.outstanding(alice, at=at) == []
    assert acceptance.passed(alice, at=at)


# Reports.


def test_who_has_accepted_and_who_has_not(edith, alice, mona, wanda, terms, client_of, at):
    version = published(terms, edith, at)
    acceptance.accept(alice.user, [version], by=alice, at=at, ip_address="203.0.113.9")
    assert reports.acceptance_counts(version) == {"concerned": 3, "accepted": 1}
    base = f"/admin/conduct/policyversion/{version.pk}/acceptance"
    browser = client_of(edith)
    rows = {
        which: {person.full_name for person in browser.get(
            f"{base}/", {"which": which}).context["rows"]}
        for which in ("", "accepted", "outstanding")
    }  # fmt: skip
    assert rows == {
        "": {"Alice Adams", "Mona Marsh", "Wanda Wells"}, "accepted": {"Alice Adams"},
        "outstanding": {"Mona Marsh", "Wanda Wells"},
    }  # fmt: skip
    assert len(browser.get(f"{base}/", {"q": "mona"}).context["rows"]) == 1
    csv = b"".join(browser.get(f"{base}.csv", {"which": "accepted"}).streaming_content).decode()
    assert csv.splitlines()[1:] == [
        "Alice Adams,alice.adams@example.com,2026-11-10 15:00:00,203.0.113.9"
    ]


def test_a_name_is_no_formula_in_the_csv(edith, terms, client_of):
    people.worker("=1+1")
    version = terms.versions.get()
    answer = client_of(edith).get(f"/admin/conduct/policyversion/{version.pk}/acceptance.csv")
    assert "'=1+1" in b"".join(answer.streaming_content).decode()


def test_guidelines_for_clients_concern_clients_alone(edith, alice, wanda):
    version = PolicyVersion.objects.get(policy__slug="guidelines-for-clients")
    names = set(reports.concerned(version.policy).values_list("full_name", flat=True))
    assert names == {"Alice Adams"}


@pytest.mark.parametrize("query", ["q=%00", "which=x", "after=%00", "q=" + "x" * 300])
def test_made_up_filters_are_survived(query, edith, terms, client_of):
    page = f"/admin/conduct/policyversion/{terms.versions.get().pk}/acceptance/"
    assert client_of(edith).get(f"{page}?{query}").status_code == 200


def test_reports_cost_the_same_for_one_and_thirty(edith, acme, terms, url, client_of):
    browser = client_of(edith)
    pages = (LIST, url, f"/admin/conduct/policyversion/{terms.versions.get().pk}/acceptance/")
    counts = []
    for number in (1, 29):
        for _ in range(number):
            reader = people.worker(f"Reader {Acceptance.objects.count()}")
            Helpfulness.objects.create(
                version=terms.versions.get(), user=reader.user, helped=True, words="Thanks",
                given_at=timezone.now(),
            )  # fmt: skip
        found = []
        for page in pages:
            browser.get(page)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(page).status_code == 200
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12, counts[0]


# Was this helpful?


def test_an_answer_counts_once_a_person_and_can_be_changed(wanda, alice, edith, terms, client_of):
    say = f"/policies/{terms.slug}/helpful/"
    for actor, helped in ((wanda, "yes"), (alice, "yes"), (wanda, "no")):
        answer = client_of(actor).post(say, {"version": "1", "helped": helped, "words": "Hm"})
        assert answer.status_code == 302
    (row,) = reports.versions_of(terms)
    assert (row.answers, row.helped) == (2, 1)
    assert "You said no" in client_of(wanda).get(terms.get_absolute_url()).text
    assert "1 of 2" in client_of(edith).get(LIST).text
    assert "helpful to 1 of 2" in client_of(edith).get(f"{LIST}{terms.pk}/change/").text


def test_visitors_are_asked_to_sign_in(terms):
    assert "Sign in" in Client().get(terms.get_absolute_url()).text
    answer = Client().post(f"/policies/{terms.slug}/helpful/", {"version": "1", "helped": "yes"})
    assert answer.url.startswith("/accounts/login/")


@pytest.mark.parametrize(
    "given,status",
    [
        ({"version": "9"}, 404), ({"version": "x"}, 422), ({"helped": "perhaps"}, 422),
        ({"helped": ""}, 422), ({"words": "a\x00"}, 422), ({"words": "x" * 501}, 422),
    ],
    ids=["no-version", "odd-version", "odd", "none", "nul", "long"],
)  # fmt: skip
def test_odd_answers(given, status, wanda, terms, client_of):
    data = {"version": "1", "helped": "yes", "words": "", **given}
    assert client_of(wanda).post(f"/policies/{terms.slug}/helpful/", data).status_code == status
    assert not Helpfulness.objects.exists()


def test_what_changed_is_read_by_everybody(edith, terms):
    published(terms, edith, timezone.now())
    page = Client().get(f"/policies/{terms.slug}/difference/").text
    assert "Shorter." in page
    assert "<ins>" in page
    same = Client().get(f"/policies/{terms.slug}/difference/", {"before": 1, "after": 1}).text
    assert "Choose two different versions" in same


@pytest.mark.parametrize("query", ["after=9", "before=9", "after=x", "after=%00", "after=0"])
def test_versions_that_are_not_there(query, terms):
    assert Client().get(f"/policies/{terms.slug}/difference/?{query}").status_code == 404


# What the database refuses.


def test_a_version_keeps_its_words_and_its_row(terms, alice):
    version = terms.versions.get()
    for attack in ({"text": "Other"}, {"number": 7}, {"in_force_from": timezone.now() + DAY}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PolicyVersion.objects.filter(pk=version.pk).update(**attack)
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk)._raw_delete("default")
    yes = Acceptance.objects.filter(user=alice.user)
    with pytest.raises(DatabaseError), transaction.atomic():
        yes.update(ip_address="203.0.113.1")
    with pytest.raises(DatabaseError), transaction.atomic():
        yes._raw_delete("default")


@pytest.mark.django_db(transaction=True)
def test_publishing_twice_at_once_publishes_once(edith, terms, at):
    made = draft(terms, edith, at)
    outcomes = race(*[lambda: editing.publish(terms, revision=made.revision, by=edith, at=at)] * 2)
    assert sorted(one.won for one in outcomes) == [False, True]
    assert terms.versions.count() == 2
