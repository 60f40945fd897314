"""A real Celery worker on the real broker: nudged, killed, followed by another."""

from __future__ import annotations

import pytest
from django.utils import timezone

from activity.models import Event
from activity.tasks import dispatch_events, nudge
from notifications import delivering
from notifications.models import Delivery, DemoMail
from notifications.tasks import deliver_due
from tests.celery_workers import a_worker, broker_is_up, kill, wait_for
from tests.escalations.making import opened
from tests.notifications.moments import a_delivery

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not broker_is_up(), reason="needs the broker at REDIS_URL"),
]


def test_what_a_page_did_reaches_the_other_side_by_mail(submitted, wanda, alice):
    case = opened(submitted, wanda, at=timezone.now())
    wanted = DemoMail.objects.filter(recipient=alice.user.email, subject__contains=case.label)
    with a_worker():
        wait_for(wanted.exists, lambda: nudge(dispatch_events))
    assert wanted.count() == 1
    assert Event.objects.get(kind="case.opened").dispatched_at is not None


def test_a_worker_killed_while_sending_is_followed_by_one_that_sends_the_rest_once(alice, settings):
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    number = 60
    for key in range(number):
        a_delivery(alice, at=timezone.now(), key=str(key))
    with a_worker() as first:
        wait_for(DemoMail.objects.exists, lambda: nudge(deliver_due))
        kill(first)
    assert Delivery.objects.filter(status="due").exists() or DemoMail.objects.count() == number

    later = timezone.now() + delivering.LEASE
    while delivering.deliver(at=later).handled:
        pass

    assert not Delivery.objects.filter(status="due").exists()
    assert DemoMail.objects.count() == number
