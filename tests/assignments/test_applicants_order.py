"""Applicants: stars, orders, what is shown of each, and offers whose time is over."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from activity.models import Event
from assignments import applications, lifecycle
from assignments.models import Application
from assignments.pricing import Terms
from tests.assignments.pages import HOSTILE, follow, said, words_of
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.notifications.moments import tell_everything, told
from tests.racing import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(sent):
    return reverse("assignments:applications", args=[sent.reference])


@pytest.fixture
def three(sent, at):
    """Ada is near and as posted, Bea far and cheap, Cal unskilled and dear."""
    ada = people.worker("Ada", at=at)
    bea = people.worker("Bea", at=at, latitude=40.4, longitude=-80.0)
    cal = people.worker("Cal", at=at, skills=["painting"], latitude=39.9, longitude=-82.5)
    cheap = Terms("flat", flat_price=Decimal("200.00"))
    dear = Terms("flat", flat_price=Decimal("320.00"))
    work.application(sent, cal, at=at, terms=dear, starts_at=sent.starts_at - timedelta(hours=2))
    work.application(sent, bea, at=at + timedelta(minutes=1), terms=cheap)
    work.application(sent, ada, at=at + timedelta(minutes=2))


def order(response) -> list[str]:
    return [str(one.worker) for one in response.context["applicants"]]


@pytest.mark.usefixtures("today", "three")
def test_applicants_come_in_the_order_asked_for(alice, client_of, url):
    browser = client_of(alice)
    assert order(browser.get(url)) == ["Cal", "Bea", "Ada"]
    assert order(browser.get(url + "?sort=price")) == ["Bea", "Ada", "Cal"]
    assert order(browser.get(url + "?sort=nearest")) == ["Ada", "Cal", "Bea"]
    assert order(browser.get(url + "?sort=soonest")) == ["Cal", "Bea", "Ada"]
    assert order(browser.get(url + "?sort=match"))[0] == "Ada"
    shown = words_of(browser.get(url))
    assert "1 of 1 skills: cabling" in shown and "0 of 1 skills" in shown


@pytest.mark.usefixtures("today", "three")
def test_a_star_brings_an_applicant_first_and_is_the_companys_own(
    sent, alice, dirk, abel, client_of, url
):
    browser = client_of(dirk)
    ada = sent.applications.get(worker__user__full_name="Ada")
    follow(browser, browser.post(url + "?sort=price", {"application": ada.pk, "star": "on"}))
    assert order(browser.get(url)) == ["Ada", "Cal", "Bea"]
    assert order(browser.get(url + "?starred=on")) == ["Ada"]
    worker = people.Actor.as_worker(ada.worker)
    assert "is-starred" not in client_of(worker).get(sent.get_absolute_url()).content.decode()
    browser.post(url, {"application": ada.pk, "star": "off"})
    assert "No applicant has a star" in words_of(browser.get(url + "?starred=on"))
    assert client_of(abel).post(url, {"application": ada.pk, "star": "on"}).status_code == 403
    kinds = Event.objects.about(sent).filter(kind="application.shortlisted")
    assert [event.data["starred"] for event in kinds] == [True, False]


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_of_the_order_or_the_star_crashes(sent, alice, wanda, client_of, url, poison, at):
    work.application(sent, wanda, at=at)
    browser = client_of(alice)
    assert browser.get(url, {"sort": poison, "starred": poison}).status_code == 200
    pk = sent.applications.get().pk
    for fields in ({"application": poison, "star": "on"}, {"application": pk, "star": poison}):
        assert browser.post(url, fields).status_code == 302


def test_a_decline_tells_the_worker_why(sent, alice, wanda, at):
    application = work.application(sent, wanda, at=at)
    lifecycle.decline_application(application, reason="Too far away", by=alice, at=at)
    tell_everything(at)
    assert wanda.user.notices.get().body == "Acme says: Too far away"


def test_an_offer_whose_time_is_over_is_closed_and_both_are_told(sent, alice, wanda, client_of, at):
    offer = work.application(
        sent, wanda, at=at, terms=Terms("flat", flat_price=Decimal("300.00")),
        expires_at=at + timedelta(hours=2),
    )  # fmt: skip
    work.application(sent, people.worker("Stays", at=at), at=at)
    assert applications.sweep_expired(at=at + timedelta(hours=1)) == 0
    assert applications.sweep_expired(at=at + timedelta(hours=3)) == 1
    assert applications.sweep_expired(at=at + timedelta(hours=3)) == 0
    offer.refresh_from_db()
    assert offer.status == Application.Status.EXPIRED
    tell_everything(at + timedelta(hours=3))
    assert told(wanda) == ["Your offer for “Replace a network switch” has expired"]
    assert "The offer of Wanda Wells for" in told(alice, "application.expired")[0]
    shown = words_of(client_of(wanda).get(sent.get_absolute_url()))
    assert "Your offer has expired" in shown and "Apply again" in shown
    again = work.application(sent, wanda, at=at + timedelta(hours=4))
    assert again.pk != offer.pk and again.status == "open"


def test_an_offer_that_stands_does_not_expire(sent, wanda, olga, at):
    offer = work.application(sent, wanda, at=at)
    with pytest.raises(applications.StillStands):
        lifecycle.expire(offer, by=olga, at=at + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_assigning_while_the_offer_expires_ends_in_one_outcome(alice, wanda, at, funds):
    for _ in range(4):
        funds(alice.company, 1000)
        offered = work.sent(work.draft(alice, at=at), alice, at=at)
        offer = work.application(offered, wanda, at=at, expires_at=at + timedelta(hours=1))
        late = at + timedelta(hours=1)
        assigned, swept = race(
            lambda a=offer: lifecycle.assign(Application.objects.get(pk=a.pk), by=alice, at=at),
            lambda t=late: applications.sweep_expired(at=t),
        )
        offer.refresh_from_db()
        assert assigned.won != bool(swept.result)
        assert offer.status == ("accepted" if assigned.won else "expired")


@pytest.mark.usefixtures("today")
def test_the_page_costs_the_same_for_one_applicant_and_for_thirty(
    sent, alice, wanda, client_of, url, at, django_assert_max_num_queries
):
    work.application(sent, wanda, at=at)
    browser = client_of(alice)
    browser.get(url)
    with django_assert_max_num_queries(18) as few:
        browser.get(url + "?sort=match")
    for number in range(29):
        work.application(sent, people.worker(f"Worker {number}", at=at), at=at)
    with django_assert_max_num_queries(len(few.captured_queries)):
        page = browser.get(url + "?sort=match")
    assert len(order(page)) == 30
    assert not said(page)
