"""What the page of preferences and the notifications' pages of the admin ask, for one and many."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.kinds import all_kinds
from notifications.models import (
    DeadAddress,
    Delivery,
    Digest,
    MailReport,
    Preference,
    PushSubscription,
    Reach,
    Reminder,
    Rest,
    RuleRun,
)
from tests.factories import accounts as people
from tests.notifications.moments import DAY, a_delivery

pytestmark = pytest.mark.django_db
PAGE = "/settings/notifications/"


def asked(browser, address) -> int:
    with CaptureQueriesContext(connection) as found:
        assert browser.get(address).status_code == 200
    return len(found)


def test_the_page_of_preferences_asks_the_same_whatever_was_chosen(wanda, at, client_of):
    browser = client_of(wanda)
    browser.get(PAGE)
    few = asked(browser, PAGE)
    Reach.objects.create(person=wanda.user, phone="+13125550142", phone_confirmed_at=at)
    for number in range(9):
        PushSubscription.objects.create(
            person=wanda.user, endpoint=f"https://fcm.googleapis.com/{number}", p256dh="p" * 87,
            auth="a" * 22, added_at=at,
        )  # fmt: skip
    Preference.objects.bulk_create(
        Preference(person=wanda.user, kind=kind.name, way="email", choice="daily", chosen_at=at)
        for kind in all_kinds()
    )
    assert asked(browser, PAGE) == few <= 12


def some_rows(number: int, at) -> None:
    """So many rows of each kind, each about somebody else."""
    first = Reminder.objects.count()
    for one in range(first, first + number):
        who = people.worker(f"Worker {one}", at=at)
        delivery = a_delivery(who, at=at, key=f"admin-{one}")
        Delivery.objects.filter(pk=delivery.pk).update(status="dead", error="x")
        Digest.objects.create(recipient=who.user, day=date(2026, 1, 1), due_at=at)
        Reminder.objects.create(
            rule="confirm", object_key=one, recipient=who.user, due_at=at, made_at=at,
            notice=delivery.notice,
        )  # fmt: skip
        DeadAddress.objects.create(address=f"{one}@x.example", cause="bounced", since=at)
        MailReport.objects.create(
            provider="signed", key=str(one), kind="bounced", address=f"{one}@x.example",
            received_at=at + DAY,
        )  # fmt: skip
        RuleRun.objects.get_or_create(rule=f"rule-{one}", defaults={"swept_at": at})
    Rest.objects.get_or_create(channel="email", defaults={"until": at, "why": "x"})


def test_the_lists_of_the_admin_ask_the_same_for_one_and_for_thirty(olga, at, client_of):
    rights = Permission.objects.filter(content_type__app_label="notifications")
    olga.user.user_permissions.set(rights)
    names = ["notice", "delivery", "digest", "reminder", "deadaddress", "mailreport", "rest"]
    pages = [f"/admin/notifications/{name}/" for name in names]
    browser = client_of(olga)
    some_rows(1, at)
    for page in pages:
        browser.get(page)
    few = {page: asked(browser, page) for page in pages}
    some_rows(29, at)
    assert {page: asked(browser, page) for page in pages} == few
    assert max(few.values()) <= 10
