"""Two at one case, and the record of who looked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.files import CleanUpload
from escalations import casework
from escalations.casework import watching
from escalations.casework.watching import ChangedMeanwhile
from escalations.models import CaseLook, Presence
from tests.escalations.making import opened
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
DESK = "/admin/escalations/case/"


@pytest.fixture
def case(alice, wanda):
    now = timezone.now()
    assignment = work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9))
    return opened(assignment, wanda, at=now - timedelta(hours=2))


def sent(browser, case, name, seen, **given):
    data = {f"{name}-{field}": value for field, value in given.items()}
    form = browser.get(f"{DESK}{case.pk}/change/").context["forms"][name]
    if "key" in form.fields:
        data[f"{name}-key"] = form["key"].value()
    return browser.post(f"{DESK}{case.pk}/{name}/", {**data, "seen": seen})


def test_the_second_of_two_is_shown_first_what_is_new(case, olga, lena, client_of):
    browser = client_of(olga)
    seen = browser.get(f"{DESK}{case.pk}/change/").context["seen"]
    casework.reply(case, body="I have it.", by=lena, at=timezone.now())
    refused = sent(browser, case, "reply", seen, body="We are looking at it.", to="parties")
    assert refused.status_code == 200
    assert "Lena Lund wrote a message." in refused.text
    assert "We are looking at it." in refused.text, "what was typed is kept"
    assert not case.entries.filter(body="We are looking at it.").exists()

    again = refused.context["seen"]
    done = sent(browser, case, "reply", again, body="We are looking at it.", to="parties")
    assert done.status_code == 302
    assert case.entries.filter(body="We are looking at it.").count() == 1


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("refile", {"kind": "other", "priority": "1"}),
        ("let_talk", {"allowed": "staff"}),
        ("ask", {"side": "worker", "body": "When?"}),
        ("withdraw_for", {"words": "They asked."}),
    ],
)
def test_nothing_is_done_on_what_was_not_seen(name, given, case, olga, wanda, client_of):
    browser = client_of(olga)
    seen = browser.get(f"{DESK}{case.pk}/change/").context["seen"]
    casework.reply(case, body="One more thing.", by=wanda, at=timezone.now())
    assert "Wanda Wells wrote a message." in sent(browser, case, name, seen, **given).text
    case.refresh_from_db()
    assert (case.status, case.kind) == ("open", "payment_dispute")


def test_a_decision_is_previewed_and_not_confirmed_on_what_was_not_seen(
    case, olga, wanda, client_of
):
    browser, given = client_of(olga), {"effect": "no_money", "words": "Nothing."}
    seen = browser.get(f"{DESK}{case.pk}/change/").context["seen"]
    previewed = sent(browser, case, "decide", seen, **given)
    expects = previewed.context["foreseen"].digest
    casework.reply(case, body="One more thing.", by=wanda, at=timezone.now())
    refused = sent(browser, case, "decide", seen, **given, expects=expects)
    assert "Wanda Wells wrote a message." in refused.text
    case.refresh_from_db()
    assert (case.status, case.decisions.count()) == ("open", 0)


def test_ones_own_lines_are_no_news(case, olga, client_of):
    browser = client_of(olga)
    seen = browser.get(f"{DESK}{case.pk}/change/").context["seen"]
    casework.note(case, body="Mine.", by=olga, at=timezone.now())
    assert sent(browser, case, "reply", seen, body="Hello.", to="parties").status_code == 302


def test_a_note_is_kept_whatever_is_new(case, olga, wanda, client_of):
    browser = client_of(olga)
    seen = browser.get(f"{DESK}{case.pk}/change/").context["seen"]
    casework.reply(case, body="One more thing.", by=wanda, at=timezone.now())
    assert sent(browser, case, "note", seen, body="Clear.").status_code == 302


@pytest.mark.parametrize("seen", ["x", "-1", "\x00", "9" * 40])
def test_a_made_up_place_is_survived(seen, case, olga, client_of):
    answer = sent(client_of(olga), case, "reply", seen, body="Hello.", to="parties")
    assert answer.status_code == 302


def test_the_news_names_who_did_what(case, olga, lena):
    seen = watching.newest(case)
    casework.take(case, by=lena, at=timezone.now())
    casework.note(case, body="Hm.", by=lena, at=timezone.now())
    with pytest.raises(ChangedMeanwhile) as refused, transaction.atomic():
        watching.require_unchanged(case, seen=seen, by=olga, moves_money=True)
    said = str(refused.value)
    assert "Lena Lund: started the review of this case." in said
    assert "Lena Lund kept a note." in said


def test_two_agents_see_each_other(case, olga, lena, client_of):
    first, second = client_of(olga), client_of(lena)
    first.get(f"{DESK}{case.pk}/change/")
    assert "Olga Olsen" in second.get(f"{DESK}{case.pk}/change/").text.split("desk-facts")[0]
    beat = {"seen": watching.newest(case), "state": "writing"}
    second.post(f"{DESK}{case.pk}/presence/", beat)
    heard = first.post(f"{DESK}{case.pk}/presence/", {**beat, "state": "reading"}).text
    assert "Lena Lund</strong> is writing here now" in heard
    assert "something new" not in heard

    assert second.post(f"{DESK}{case.pk}/presence/", {"state": "gone"}).status_code == 204
    assert "Lena" not in first.post(f"{DESK}{case.pk}/presence/", {"state": "reading"}).text


def test_the_page_hears_that_something_is_new(case, olga, wanda, client_of):
    beat = {"seen": watching.newest(case), "state": "reading"}
    casework.reply(case, body="One more thing.", by=wanda, at=timezone.now())
    heard = client_of(olga).post(f"{DESK}{case.pk}/presence/", beat).text
    assert "There is something new in this case." in heard


def test_somebody_silent_for_a_minute_is_gone(case, olga, lena):
    now = timezone.now()
    watching.be_present(case, by=lena, at=now - watching.PRESENT)
    assert watching.others_at(case, by=olga, at=now) == []
    watching.be_present(case, by=lena, at=now)
    assert [other.user for other in watching.others_at(case, by=olga, at=now)] == [lena.user]
    assert Presence.objects.count() == 1


def looks(case):
    return list(case.looks.order_by("pk").values_list("user__full_name", "what", "detail"))


def test_every_look_is_recorded(case, olga, lena, client_of):
    browser, path = client_of(olga), f"{DESK}{case.pk}/change/"
    hidden = browser.get(path)
    assert case.worker.user.email not in hidden.text
    shown = browser.get(path, {"contacts": "1"})
    assert case.worker.user.email in shown.text
    browser.get(path)
    assert looks(case) == [
        ("Olga Olsen", "page", ""), ("Olga Olsen", "contacts", ""), ("Olga Olsen", "page", ""),
    ]  # fmt: skip
    record = client_of(lena).get("/admin/escalations/caselook/", {"q": case.number}).text
    assert record.count("Olga Olsen") >= 3


def test_opening_evidence_is_recorded_by_either_address(case, wanda, olga, client_of):
    picture = CleanUpload(people.png(), "rack.png", "image/png", 3)
    casework.add_evidence(case, files=[picture], by=wanda, at=timezone.now())
    kept, browser = case.evidence.get(), client_of(olga)
    shown = browser.get(f"{DESK}{case.pk}/evidence/{kept.reference}/")
    assert shown["Content-Disposition"].startswith("inline")
    saved = browser.get(f"{DESK}{case.pk}/evidence/{kept.reference}/", {"download": "1"})
    assert saved["Content-Disposition"].startswith("attachment")
    browser.get(f"{DESK}{case.pk}/change/")
    assert browser.get(f"/cases/{case.label}/evidence/{kept.reference}/").status_code == 200
    files = [look for look in looks(case) if look[1] == "evidence"]
    assert files == [("Olga Olsen", "evidence", "rack.png")] * 3


def test_a_file_handed_in_is_seen_and_recorded_in_its_own_case_only(
    case, alice, walt, olga, client_of
):
    now = timezone.now()
    other = opened(work.in_stage("pending_approval", alice, walt, at=now - timedelta(days=9)), walt)
    file, browser = case.assignment.deliverables.get(), client_of(olga)
    url = f"{DESK}{case.pk}/handed-in/{file.pk}/"
    assert url in browser.get(f"{DESK}{case.pk}/change/").text
    framed = browser.get(url)
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert ("Olga Olsen", "evidence", file.name) in looks(case)
    assert browser.get(f"{DESK}{other.pk}/handed-in/{file.pk}/").status_code == 404


def test_the_parties_own_looks_are_not_recorded(case, wanda, client_of):
    client_of(wanda).get(f"/cases/{case.label}/")
    assert not CaseLook.objects.exists()


@pytest.mark.parametrize(
    "sql",
    ["UPDATE escalations_caselook SET what = 'export'", "DELETE FROM escalations_caselook"],
)
def test_the_record_of_looks_is_kept_from_psql_too(sql, case, olga):
    watching.look(case, "page", by=olga, at=timezone.now())
    refused = pytest.raises(DatabaseError, match="Cannot update or delete rows")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert CaseLook.objects.count() == 1
