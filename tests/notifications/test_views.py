"""The notification centre and the demo's mailbox."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications import delivering, queries, telling
from notifications.models import Delivery, DemoMail, Notice, Reminder
from tests.factories import accounts as people
from tests.notifications.moments import a_delivery

pytestmark = pytest.mark.django_db


def notice(actor, at, number=1, **fields) -> Notice:
    given = {
        "recipient": actor.user, "kind": "test", "title": f"Notice {number}", "url": "/cases/",
        "action": "Look", "key": f"n{actor.user_id}-{number}", "made_at": at,
        "acting_as": "company:acme" if actor.is_client else "worker", **fields,
    }  # fmt: skip
    return telling.keep([Notice(**given)], by_mail=[])[0]


def test_the_list_shows_the_newest_first_and_only_ones_own(alice, mona, at, client_of):
    for number in (2, 1, 3):
        notice(alice, at + timedelta(hours=number), number)
    notice(mona, at, 4)
    page = client_of(alice).get("/notifications/").text
    places = [page.index(f"Notice {number}</strong>") for number in (3, 2, 1)]
    assert places == sorted(places)
    assert "Notice 4" not in page


def test_opening_marks_it_read_and_leads_there_in_the_capacity_it_was_told_in(alice, at, client_of):
    shown = notice(alice, at)
    browser = client_of(alice)
    session = browser.session
    session["acting_as"] = "worker"
    session.save()
    response = browser.post(f"/notifications/{shown.pk}/")
    assert response.url == "/cases/"
    assert browser.session["acting_as"] == "company:acme"
    shown.refresh_from_db()
    assert shown.read_at is not None


def test_opening_again_keeps_the_first_moment(alice, at, client_of):
    shown = notice(alice, at)
    browser = client_of(alice)
    browser.post(f"/notifications/{shown.pk}/")
    shown.refresh_from_db()
    first = shown.read_at
    browser.post(f"/notifications/{shown.pk}/")
    shown.refresh_from_db()
    assert shown.read_at == first


def test_a_link_in_a_mail_leads_there_without_marking(alice, at, client_of):
    shown = notice(alice, at)
    assert client_of(alice).get(f"/notifications/{shown.pk}/").url == "/cases/"
    shown.refresh_from_db()
    assert shown.read_at is None


@pytest.mark.parametrize("url", ["", "https://evil.example/", "//evil.example"])
def test_a_notice_leads_nowhere_else(url, alice, at, client_of):
    shown = notice(alice, at, url=url)
    assert client_of(alice).post(f"/notifications/{shown.pk}/").url == "/notifications/"


def test_somebody_elses_notice_is_not_found(alice, mona, at, client_of, client):
    shown = notice(alice, at)
    for method in ("get", "post"):
        assert getattr(client_of(mona), method)(f"/notifications/{shown.pk}/").status_code == 404
        assert getattr(client, method)(f"/notifications/{shown.pk}/").status_code == 302
    huge = "/notifications/99999999999999999999999/"
    assert client_of(alice).get(huge).status_code == 404


def test_reading_all(alice, mona, at, client_of):
    for number in range(3):
        notice(alice, at, number)
    notice(mona, at, 9)
    browser = client_of(alice)
    assert browser.get("/notifications/read/").status_code == 405
    assert browser.post("/notifications/read/").url == "/notifications/"
    assert queries.unread_count(alice.user) == 0
    assert queries.unread_count(mona.user) == 1
    assert "Nothing unread" in browser.get("/notifications/?show=unread").text


def test_the_bell_counts_no_further_than_it_shows(alice, at, django_assert_num_queries):
    telling.keep(
        [
            Notice(recipient=alice.user, kind="t", title="t", key=str(n), made_at=at)
            for n in range(queries.MOST_COUNTED + 20)
        ],
        by_mail=[],
    )
    with django_assert_num_queries(1):
        assert queries.unread_count(alice.user) == queries.MOST_COUNTED


def test_paging_by_key_shows_every_notice_once(alice, at, client_of):
    for number in range(60):
        notice(alice, at + timedelta(minutes=number // 2), number)
    browser = client_of(alice)
    seen, address = [], "/notifications/"
    while address:
        page = browser.get(address)
        seen += [shown.pk for shown in page.context["notices"]]
        older = page.context["older_url"]
        address = f"/notifications/{older}" if older else ""
    assert len(seen) == len(set(seen)) == 60


def test_made_up_places_are_survived(alice, client_of):
    for query in ("?after=%00", "?before=zz", "?show=x", "?after=" + "W" * 500):
        assert client_of(alice).get(f"/notifications/{query}").status_code == 200


def test_one_row_and_thirty_cost_the_same(alice, mona, at, client_of):
    counts = []
    for actor, size in ((alice, 1), (mona, 25)):
        for number in range(size):
            notice(actor, at, number)
        browser = client_of(actor)
        browser.get("/notifications/")
        with CaptureQueriesContext(connection) as captured:
            browser.get("/notifications/")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10


@pytest.fixture
def demo(settings):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"


def sent(subject="Your code", to=("new@example.com",), text="Code: ABC123", html="") -> DemoMail:
    mail = EmailMultiAlternatives(subject, text, to=list(to))
    if html:
        mail.attach_alternative(html, "text/html")
    mail.send()
    return DemoMail.objects.latest("pk")


def test_a_visitor_reads_the_mails_of_the_demo(demo, client):
    mail = sent(text="Open http://testserver/welcome/ now")
    sent("Another", to=("other@example.com", "third@example.com"))
    page = client.get("/demo/mailbox/").text
    assert page.count("list-item-main") == 3
    only = client.get("/demo/mailbox/", {"to": "New@example"}).text
    assert "Your code" in only
    assert "Another" not in only
    shown = client.get(f"/demo/mailbox/{mail.pk}/").text
    assert 'href="http://testserver/welcome/"' in shown


def test_outside_of_a_demo_there_is_no_mailbox(demo, settings, client):
    mail = sent(html="<p>Hi</p>")
    settings.DEMO = False
    for path in ("/demo/mailbox/", f"/demo/mailbox/{mail.pk}/", f"/demo/mailbox/{mail.pk}/html/"):
        assert client.get(path).status_code == 404


def test_a_mail_is_framed_in_a_sandbox(demo, client):
    mail = sent(html="<html><head></head><body><script>alert(1)</script><a href='/'>x</a></body>")
    page = client.get(f"/demo/mailbox/{mail.pk}/")
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "<script>alert" not in page.text
    framed = client.get(f"/demo/mailbox/{mail.pk}/html/")
    policy = framed["Content-Security-Policy"]
    assert "sandbox allow-popups allow-top-navigation-by-user-activation" in policy
    assert "script-src 'none'" in policy
    assert "default-src 'none'" in policy
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in framed.text


def test_made_up_mails_and_filters_are_survived(demo, client):
    for path in ("/demo/mailbox/0/", "/demo/mailbox/99999999999999999999999/"):
        assert client.get(path).status_code == 404
    for query in ("?to=%00", "?after=%00", "?to=" + "x" * 300):
        assert client.get(f"/demo/mailbox/{query}").status_code == 200


def test_a_new_user_finds_the_code_in_the_mailbox_and_gets_in(demo, client):
    industry = people.industry()
    client.post(
        "/join/client/",
        {
            "full_name": "Nora North", "email": "nora@example.com", "postal_code": "60601",
            "password1": "a calm blue harbor", "company_name": "North Dock",
            "industry": industry.pk,
        },
    )  # fmt: skip
    mail = client.get("/demo/mailbox/", {"to": "nora@example.com"}).context["mails"][0]
    shown = client.get(f"/demo/mailbox/{mail.pk}/").text
    code = re.search(r"\b([A-Z0-9]{3,}-[A-Z0-9]{2,})\b", mail.text).group(1)
    assert code in shown
    answer = client.post(reverse("account_email_verification_sent"), {"code": code})
    assert answer.url == "/"
    assert "_auth_user_id" in client.session


@pytest.fixture
def root(client_of, olga):
    user = people.user("Rita Root", is_staff=True, is_superuser=True)
    return client_of(type(olga).as_staff(user))


def test_operations_read_notices_deliveries_and_reminders(root, alice, at):
    delivery = a_delivery(alice, at=at)
    Reminder.objects.create(
        rule="r", object_key=1, recipient=alice.user, due_at=at, made_at=at, step=1
    )
    for model in ("notice", "delivery", "reminder"):
        url = f"/admin/notifications/{model}/"
        assert alice.user.full_name in root.get(url).text
        assert root.get(f"{url}add/").status_code == 403
    page = root.get(f"/admin/notifications/delivery/{delivery.pk}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.text


def test_operations_try_a_given_up_delivery_again(root, alice, at, mailoutbox):
    delivery = a_delivery(alice, at=at)
    Delivery.objects.update(status="dead", tries=6)
    root.post(
        "/admin/notifications/delivery/", {"action": "retry", "_selected_action": [delivery.pk]}
    )
    delivery.refresh_from_db()
    assert (delivery.status, delivery.tries) == ("due", 0)
    Notice.objects.update(made_at=timezone.now())
    assert delivering.deliver(at=timezone.now()).sent == 1
