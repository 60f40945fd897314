"""The conduct desk in the admin and one's own standing: who gets in, every act, hostile input."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from activity import reactions
from conduct import appeals, concerns, measures
from conduct.models import Appeal, AppealFile, Concern, LadderStep, Measure, Violation
from notifications.models import Notice
from tests.assignments.pages import FORBIDDEN_FILES
from tests.conduct.making import concern, kind, measure, recorded
from tests.factories import accounts as people

pytestmark = pytest.mark.django_db
DESK = "/admin/conduct/concern/"
VIOLATIONS = "/admin/conduct/violation/"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def reported(acme, wanda, now):
    return concern(acme, wanda, at=now)


def act(browser, row, name, **given):
    place = row._meta.model_name
    data = {f"{name}-{field}": value for field, value in given.items()}
    return browser.post(f"/admin/conduct/{place}/{row.pk}/{name}/", data)


# Who gets in.


def test_agents_record_and_leads_work_the_queue(acme, olga, lena, alice, reported, client_of, now):
    placed = measure(acme, olga, at=now)
    plain = Actor.as_staff(people.user("Percy Plain", is_staff=True))
    expected = {
        DESK: (403, 200), f"{DESK}{reported.pk}/change/": (403, 200), VIOLATIONS: (200, 200),
        f"{VIOLATIONS}company/{acme.pk}/": (200, 200),
        f"{VIOLATIONS}company/{acme.pk}/record/": (200, 200),
        f"/admin/conduct/measure/{placed.pk}/change/": (200, 200),
        f"{VIOLATIONS}{placed.violation_id}/change/": (302, 302),
    }  # fmt: skip
    for url, answers in expected.items():
        for actor, answer in zip((olga, lena), answers, strict=True):
            assert client_of(actor).get(url).status_code == answer, url
        assert client_of(plain).get(url).status_code == 403, url
        assert client_of(alice).get(url).status_code == 302, url


def test_an_agent_neither_decides_nor_closes(acme, olga, reported, alice, client_of, now):
    placed = measure(acme, olga, at=now)
    appeals.appeal(placed, words="No.", by=alice, at=now)
    browser = client_of(olga)
    refused = [
        act(browser, placed, "appeal", verdict="lifted", reasons="x"),
        act(browser, placed, "lift", words="x"),
        act(browser, reported, "dismiss", outcome="dismissed", words="x"),
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403]


@pytest.mark.parametrize("path", ["company/999999999999999999999/", "worker/0/", "x/1/"])
def test_a_party_that_is_not_there(path, lena, client_of):
    assert client_of(lena).get(VIOLATIONS + path).status_code == 404


def test_the_catalogue_and_the_ladder_are_edited_by_safety_staff(olga, client_of):
    from django.contrib.auth.models import Group

    safe = Actor.as_staff(people.user("Sven Safe", is_staff=True))
    safe.user.groups.add(Group.objects.get(name="Trust and safety"))
    step = LadderStep.objects.get(severity="ordinary", count=3)
    url = f"/admin/conduct/ladderstep/{step.pk}/change/"
    assert client_of(olga).get(url).status_code == 403
    data = {"severity": "ordinary", "count": 3, "effect": "restriction", "days": 14,
            "stops_new_work": "on", "words": "No new work for 14 days."}  # fmt: skip
    assert client_of(safe).post(url, data).status_code == 302
    step.refresh_from_db()
    assert step.days == 14
    changed = client_of(safe).get(f"/admin/conduct/violationkind/{kind().pk}/change/")
    assert changed.status_code == 200


# Recording.


def record_url(acme):
    return f"{VIOLATIONS}company/{acme.pk}/record/"


def good(**given):
    return {
        "kind": kind().pk, "happened_on": timezone.localdate().isoformat(),
        "words": "Shouted at the worker.", "key": str(uuid.uuid4()), "note": "", **given,
    }  # fmt: skip


def test_recording_from_a_case_shows_what_follows_and_tells_the_party(
    acme, alice, olga, client_of, now
):
    browser = client_of(olga)
    shown = browser.get(record_url(acme), {"case": "C-1001", "assignment": "A-7KQ4M2"})
    for words in ("C-1001", "A-7KQ4M2", "A reminder", "No new work for 30 days"):
        assert words in shown.text
    data = good(case_label="C-1001", assignment_reference="A-7KQ4M2")
    assert browser.post(record_url(acme), data).status_code == 302
    assert browser.post(record_url(acme), data).status_code == 302
    violation = Violation.objects.get()
    assert (violation.case_label, violation.recorded_by) == ("C-1001", olga.user)
    while reactions.dispatch(at=timezone.now()):
        pass
    notice = Notice.objects.get(recipient=alice.user)
    assert notice.title == "A violation was recorded: Rude or unprofessional conduct"
    assert client_of(alice).get(notice.url).status_code == 200


@pytest.mark.parametrize(
    "given,said",
    [
        ({"kind": ""}, "required"), ({"kind": "x"}, "Select a valid choice"),
        ({"words": ""}, "required"), ({"words": "a\x00b"}, "Null characters"),
        ({"words": "x" * 2_001}, "at most 2000"), ({"happened_on": "x"}, "Enter a valid date"),
        ({"happened_on": "1999-01-01"}, "from the year 2000"),
        ({"happened_on": "2099-01-01"}, "today or before"), ({"key": "x"}, "out of date"),
        ({"assignment_reference": "A" * 13}, "at most 12"),
    ],
    ids=["no-kind", "odd-kind", "no-words", "nul", "long", "no-day", "old", "future", "key", "ref"],
)  # fmt: skip
def test_bad_input_is_said_beside_the_field_and_kept(given, said, acme, olga, client_of):
    answer = client_of(olga).post(record_url(acme), good(note="<script>ü", **given))
    assert answer.status_code == 422
    assert said in answer.text
    assert "&lt;script&gt;ü" in answer.text
    assert not Violation.objects.exists()


def test_a_kind_of_the_other_side_cannot_be_chosen(acme, olga, client_of):
    answer = client_of(olga).post(record_url(acme), good(kind=kind("no_show").pk))
    assert answer.status_code == 422


# One's own standing.


def test_one_sees_ones_own_and_appeals_once(wanda, walt, olga, client_of, now):
    placed = measure(wanda.worker, olga, at=now, slug="fraud")
    browser = client_of(wanda)
    page = browser.get("/standing/").text
    assert "Fraud" in page
    assert "No new work for 30 days" in browser.get("/").text
    url = placed.get_absolute_url()
    assert client_of(walt).get(url).status_code == 404
    assert "Olga" not in browser.get(url).text
    assert browser.post(url, {"words": ""}).status_code == 422
    assert browser.post(url, {"words": "a\x00"}).status_code == 422
    assert browser.post(url, {"words": "It was <b>not</b> me."}).status_code == 302
    shown = browser.get(url).text
    assert "It was &lt;b&gt;not&lt;/b&gt; me." in shown
    assert "Waiting for an answer" in shown
    again = browser.post(url, {"words": "Once more"})
    assert "can be appealed once" in again.text


@pytest.mark.parametrize(("name", "content"), FORBIDDEN_FILES)
def test_an_appeal_takes_no_forbidden_file(name, content, wanda, olga, client_of, now):
    placed, browser = measure(wanda.worker, olga, at=now), client_of(wanda)
    upload = SimpleUploadedFile(name, content)
    shown = browser.post(placed.get_absolute_url(), {"words": "Not me.", "files": [upload]})
    assert shown.status_code == 422
    assert "Not me." in shown.text and name in shown.text
    assert not Appeal.objects.exists()


def test_the_files_of_an_appeal_are_read_by_its_party_and_the_desk(
    wanda, walt, alice, olga, lena, client_of, now
):
    placed, browser = measure(wanda.worker, olga, at=now), client_of(wanda)
    url = placed.get_absolute_url()

    def handed_in(count):
        files = [SimpleUploadedFile(f"{n}.txt", b"Log") for n in range(count)]
        return browser.post(url, {"words": "Not me.", "files": files})

    assert "at most 5" in handed_in(6).text
    assert handed_in(2).status_code == 302
    kept = AppealFile.objects.order_by("pk")[0]
    assert kept.url in browser.get(url).text
    for actor, answer in ((wanda, 200), (walt, 404), (alice, 404)):
        assert client_of(actor).get(kept.url).status_code == answer
    desk = client_of(lena)
    assert kept.desk_url in desk.get(f"/admin/conduct/measure/{placed.pk}/change/").text
    opened = desk.get(kept.desk_url)
    assert opened["Content-Disposition"] == 'attachment; filename="0.txt"'
    assert client_of(alice).get(kept.desk_url).status_code == 302
    with pytest.raises(DatabaseError), transaction.atomic():
        AppealFile.objects.filter(pk=kept.pk).update(name="other.txt")


def test_only_managers_appeal_for_a_company(acme, abel, mona, olga, client_of, now):
    placed = measure(acme, olga, at=now)
    url = placed.get_absolute_url()
    assert "administrator or manager" in client_of(abel).get(url).text
    assert client_of(abel).post(url, {"words": "No."}).status_code == 403
    assert client_of(mona).post(url, {"words": "No."}).status_code == 302


def test_nothing_recorded_says_so(wanda, client_of):
    page = client_of(wanda).get("/standing/").text
    assert "Nothing counts against you" in page
    assert "Nothing was ever recorded" in page


@pytest.mark.parametrize("reference", ["S-000000", "x" * 50, "S-%00"])
def test_a_measure_that_is_not_there(reference, wanda, client_of):
    assert client_of(wanda).get(f"/standing/{reference}/").status_code == 404


# Appeals, reviews and lifting at the desk.


def test_the_appeal_is_answered_by_another_and_the_party_reads_it(
    wanda, olga, lena, client_of, now
):
    placed = measure(wanda.worker, lena, at=now, slug="fraud")
    appeals.appeal(placed, words="No.", by=wanda, at=now)
    mina = people.lead("Mina Moss")
    own = client_of(lena).get(f"/admin/conduct/measure/{placed.pk}/change/").text
    assert "Somebody else decides the appeal" in own
    assert (
        "another member of staff"
        in act(client_of(lena), placed, "appeal", verdict="lifted", reasons="x").text.lower()
    )
    assert act(client_of(mina), placed, "appeal", verdict="", reasons="").status_code == 422
    done = act(client_of(mina), placed, "appeal", verdict="lifted", reasons="You were right.")
    assert done.status_code == 302
    page = client_of(wanda).get(placed.get_absolute_url()).text
    assert "Taken away on appeal" in page
    assert "You were right." in page
    assert "No appeal waits" in client_of(mina).get(DESK, {"queue": "appeals"}).text


def test_a_review_is_decided_at_the_desk(wanda, olga, lena, client_of, now):
    recorded(wanda.worker, olga, at=now, slug="fraud")
    review = measure(wanda.worker, olga, at=now, slug="threats")
    browser = client_of(lena)
    assert "Wanda Wells" in browser.get(DESK, {"queue": "reviews"}).text
    assert act(browser, review, "review", close="maybe", words="x").status_code == 422
    assert act(browser, review, "review", close="yes", words="Twice.").status_code == 302
    closed = Measure.objects.get(effect="closed")
    assert closed.holds(timezone.now())
    assert "Twice." in client_of(wanda).get(closed.get_absolute_url()).text
    assert act(browser, closed, "lift", words="Court said so.").status_code == 302


def test_the_page_of_a_party_says_everything(acme, alice, olga, lena, client_of, reported, now):
    placed = measure(acme, olga, at=now)
    page = client_of(lena).get(f"{VIOLATIONS}company/{acme.pk}/").text
    for words in ("Rude or unprofessional conduct", "Reminder", "Report", "Olga Olsen"):
        assert words in page
    root = Actor.as_staff(people.user("Rita Root", is_staff=True, is_superuser=True))
    for path in (f"company/{acme.pk}", f"workerprofile/{people.worker('Wim').worker.pk}"):
        admin_page = client_of(root).get(f"/admin/accounts/{path}/change/").text
        assert "Standing and history" in admin_page
    assert str(placed.violation.kind) in page


# Concerns.


def test_a_concern_becomes_a_violation(reported, acme, lena, client_of):
    browser = client_of(lena)
    assert "We were asked to pay in cash" in browser.get(f"{DESK}{reported.pk}/change/").text
    assert act(browser, reported, "confirm", kind="", words="").status_code == 422
    done = act(browser, reported, "confirm", kind=kind("fraud").pk, words="A fake posting.")
    assert done.status_code == 302
    reported.refresh_from_db()
    assert (reported.outcome, reported.violation.measure.effect) == ("violation", "suspension")
    again = act(browser, reported, "dismiss", outcome="dismissed", words="x")
    assert "closed this already" in again.text


def test_a_stop_holds_until_the_concern_is_closed(reported, acme, alice, lena, client_of, now):
    browser = client_of(lena)
    assert act(browser, reported, "stop", words="").status_code == 422
    assert act(browser, reported, "stop", words="We look at your posting.").status_code == 302
    stop = Measure.objects.get()
    assert (stop.effect, stop.ends_at - stop.begins_at) == ("stop", timedelta(days=7))
    assert "We look at your posting." in client_of(alice).get("/").text
    done = act(browser, reported, "dismiss", outcome="cleared", words="It was real.")
    assert done.status_code == 302
    stop.refresh_from_db()
    assert not stop.holds(timezone.now())
    assert "We look at" not in client_of(alice).get("/").text


def test_the_reporter_hears_that_we_looked_and_not_what_we_did(reported, wanda, lena, now):
    concerns.confirm(reported, kind=kind("fraud"), words="Fake.", by=lena, at=now)
    while reactions.dispatch(at=now):
        pass
    notice = Notice.objects.get(recipient=wanda.user)
    assert notice.title.startswith("We looked at your report")
    assert "iolation" not in notice.title + notice.body


def test_queues_count_and_filter(reported, acme, wanda, lena, client_of, now):
    browser = client_of(lena)
    rows = {
        name: len(browser.get(DESK, {"queue": name}).context["rows"])
        for name in ("open", "report", "new_client", "suggestions", "closed")
    }
    assert rows == {"open": 1, "report": 1, "new_client": 0, "suggestions": 0, "closed": 0}
    assert browser.get(DESK, {"q": "acme"}).context["rows"] == [reported]
    assert "Nothing matches" in browser.get(DESK, {"q": "nobody"}).text
    concerns.dismiss(reported, words="x", by=lena, at=now)
    assert browser.get(DESK, {"queue": "closed"}).context["rows"] == [reported]


@pytest.mark.parametrize("query", ["q=%00", "queue=x", "after=%00", "q=" + "x" * 500])
def test_made_up_filters_are_survived(query, reported, lena, client_of):
    assert client_of(lena).get(f"{DESK}?{query}").status_code == 200


def test_lists_cost_the_same_for_one_and_thirty(acme, wanda, olga, lena, client_of, now):
    staff, worker = client_of(lena), client_of(wanda)
    pages = (
        (staff, DESK), (staff, f"{VIOLATIONS}worker/{wanda.worker.pk}/"), (staff, VIOLATIONS),
        (worker, "/standing/"),
    )  # fmt: skip
    counts = []
    for number in (1, 29):
        for _ in range(number):
            recorded(wanda.worker, olga, at=now)
            concern(wanda.worker, wanda, at=now, reporter=people.member(
                acme, f"Member {Concern.objects.count()}", ["manager"]
            ))  # fmt: skip
        for browser, url in pages:
            browser.get(url)
        found = []
        for browser, url in pages:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert browser.get(url).status_code == 200
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16, counts[0]


def test_a_sweep_ends_what_is_over_and_says_so(wanda, olga, client_of, now):
    placed = measure(wanda.worker, olga, at=now - timedelta(days=31), slug="fraud")
    assert measures.sweep(at=now) == 1
    while reactions.dispatch(at=now):
        pass
    titles = set(Notice.objects.filter(recipient=wanda.user).values_list("title", flat=True))
    assert "You can take on new work again" in titles
    assert "over" in client_of(wanda).get(placed.get_absolute_url()).text
