"""For whom and where on the posting form: the company's lists, and a copy that stays."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assignments import catalog, lifecycle
from assignments.models import Assignment, Customer, Location, Project
from tests.assignments.pages import HOSTILE, errors_of, hidden, said, typed, words_of
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NEW = "/assignments/new/"


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def brightmart(alice, at) -> Customer:
    return catalog.add(Customer, {"name": "Brightmart"}, by=alice, at=at)


@pytest.fixture
def refresh(alice, brightmart, at) -> Project:
    return catalog.add(Project, {"name": "Refresh", "customer": brightmart}, by=alice, at=at)


@pytest.fixture
def store(alice, at, brightmart) -> Location:
    store = work.location(alice, at=at, number="0114", customer=brightmart)
    contacts = [catalog.Contact("Priya Rao", "614 555 0114"), catalog.Contact("Tom Becker")]
    return catalog.change(store, {}, contacts=contacts, by=alice, at=at)


def post_new(as_alice, **changes):
    return as_alice.post(NEW, typed(reference=hidden(as_alice, NEW, "reference"), **changes))


def test_a_project_brings_its_customer_with_it(as_alice, refresh, brightmart):
    post_new(as_alice, project=refresh.pk)
    made = Assignment.objects.get()
    assert (made.project, made.customer) == (refresh, brightmart)


def test_a_project_of_another_customer_is_refused(as_alice, alice, refresh, at):
    other = catalog.add(Customer, {"name": "Other"}, by=alice, at=at)
    page = post_new(as_alice, project=refresh.pk, customer=other.pk)
    assert "is a project of Brightmart" in errors_of(page)


def test_what_is_not_on_the_companys_list_cannot_be_chosen(as_alice, charlie, at):
    customer = catalog.add(Customer, {"name": "Theirs"}, by=charlie, at=at)
    project = catalog.add(Project, {"name": "Theirs"}, by=charlie, at=at)
    site = work.location(charlie, at=at)
    page = post_new(
        as_alice, customer=customer.pk, project=project.pk, location=site.reference,
        support_contact=charlie.user.pk,
    )  # fmt: skip
    for label in ("Customer", "Project", "Location", "Whom the worker calls"):
        assert label in errors_of(page)
    assert not Assignment.objects.exists()


def test_an_archived_customer_stays_on_what_has_it_and_is_offered_to_nothing_else(
    as_alice, alice, brightmart, at
):
    draft = work.draft(alice, at=at, customer=brightmart)
    catalog.archive(brightmart, by=alice, at=at)
    assert "Brightmart" not in words_of(as_alice.get(NEW))
    url = reverse("assignments:edit", args=[draft.reference])
    assert "Brightmart" in words_of(as_alice.get(url))
    revision = hidden(as_alice, url, "revision")
    assert as_alice.post(url, typed(revision=revision, customer=brightmart.pk)).status_code == 302


def test_locations_are_searched_on_the_server_and_fill_the_form(as_alice, store):
    page = as_alice.post(NEW, typed(find_location="yes", location_words="high 0114", title=""))
    shown = page.content.decode()
    assert not errors_of(page) and f'value="{store.reference}"' in shown
    page = as_alice.post(
        NEW, typed(use_location=store.reference, title="", street="", contact_name="")
    )
    shown = page.content.decode()
    assert not errors_of(page) and not Assignment.objects.exists()
    for filled in ("12 High Street", "Priya Rao", "Dark shirt", "code 1234", "From your locations"):
        assert filled in shown
    assert f'name="location" value="{store.reference}"' in shown
    assert f'<option value="{store.customer.pk}" selected>' in shown
    assert "Photo of each access point" in shown
    page = as_alice.post(NEW, typed(use_location=f"{store.reference}:1"))
    assert 'value="Tom Becker"' in page.content.decode()


def test_the_parts_that_scripts_ask_for_come_alone(as_alice, store):
    def ask(part, **changes):
        headers = {"HX-Request": "true", "HX-Target": part}
        return as_alice.post(NEW, typed(**changes), headers=headers).content.decode()

    found = ask("found-locations", location_words="sto")
    assert store.address in found and "<form" not in found
    assert "None of your locations" in ask("found-locations", location_words="nowhere")
    site = ask("site", use_location=store.reference)
    assert site.lstrip().startswith('<div id="site"') and "12 High Street" in site


def test_the_assignment_keeps_its_own_copy_of_the_address(as_alice, alice, store, at):
    post_new(
        as_alice, location=store.reference, dress_code="Dark shirt",
        access_instructions="Back door.",
    )  # fmt: skip
    made = Assignment.objects.get()
    assert made.location == store
    catalog.change(store, {"street": "1 New Road"}, by=alice, at=at)
    made.refresh_from_db()
    assert (made.street, made.dress_code) == ("12 High Street", "Dark shirt")
    assert made.access_instructions == "Back door."


def test_another_street_is_no_longer_the_saved_location(as_alice, store):
    post_new(as_alice, location=store.reference, street="99 Elsewhere")
    assert Assignment.objects.get().location is None


def test_a_typed_site_is_saved_as_a_location_once(as_alice, alice):
    reference = hidden(as_alice, NEW, "reference")
    for _ in range(2):
        as_alice.post(NEW, typed(reference=reference, save_location="on", dress_code="Boots"))
    made = Assignment.objects.get()
    location = Location.objects.get()
    assert made.location == location
    assert (location.name, location.street, location.dress_code) == (
        "Store 114", "12 High Street", "Boots",
    )  # fmt: skip
    assert str(location.contacts.get()) == "Priya Rao, 614 555 0114"


def test_a_site_that_cannot_be_saved_says_why_beside_its_name(as_alice, store):
    page = post_new(as_alice, save_location="on", street="1 Other Street")
    assert "already a location with this name" in errors_of(page)
    assert "Site name" in errors_of(page) and not Assignment.objects.exists()
    page = post_new(as_alice, save_location="on", site_name="")
    assert "Give the site the name" in errors_of(page)


def test_the_support_contact_is_a_member_or_somebody_named(as_alice, mona):
    post_new(as_alice, support_contact=mona.user.pk, support_name="Ignored",
             support_phone="614 555 0199")  # fmt: skip
    made = Assignment.objects.get()
    assert (made.support_contact, made.support_name) == (mona.user, "")
    post_new(as_alice, support_name="Help desk", support_email="help@example.com")
    made = Assignment.objects.latest("pk")
    assert (made.support_contact, made.support_name) == (None, "Help desk")
    page = post_new(as_alice, support_email="not an address")
    assert "E-mail for help" in errors_of(page)


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_input_in_the_new_fields_is_answered_with_words(as_alice, store, poison):
    names = ("customer", "project", "location", "location_words", "save_location", "dress_code",
             "access_instructions", "support_contact", "support_name", "support_phone",
             "support_email", "use_location", "find_location")  # fmt: skip
    for name in names:
        assert as_alice.post(NEW, typed(**{name: poison})).status_code == 200, name
    assert as_alice.get(NEW, {"like": poison}).status_code == 200


def test_remote_work_keeps_nothing_of_a_site(as_alice, store):
    post_new(as_alice, place="remote", location=store.reference, access_instructions="Door",
             save_location="on")  # fmt: skip
    made = Assignment.objects.get()
    assert (made.location, made.access_instructions, made.street) == (None, "", "")


def test_the_detail_page_tells_each_side_what_is_theirs(
    client_of, alice, wanda, walt, store, refresh, mona, at, funds
):
    funds(alice.company, 1000)
    draft = work.draft(
        alice, at=at, customer=refresh.customer, project=refresh, location=store,
        dress_code="Dark shirt", access_instructions="Back door, code 1234.",
        support_contact=mona.user, support_phone="614 555 0199",
    )  # fmt: skip
    sent = work.sent(draft, alice, at=at)
    work.application(sent, walt, at=at)
    secrets = ("code 1234", "614 555 0199", "614 555 0114", "12 High Street", "Ask for Priya")
    looking = client_of(walt).get(sent.get_absolute_url()).content.decode()
    assert "Dark shirt" in looking
    for secret in (*secrets, "Brightmart", "Refresh", "Mona Marsh"):
        assert secret not in looking, secret
    preview = client_of(alice).get(reverse("assignments:preview", args=[sent.reference]))
    for secret in secrets:
        assert secret not in preview.content.decode(), secret
    work.assigned(sent, alice, wanda, at=at)
    doing = client_of(wanda).get(sent.get_absolute_url()).content.decode()
    for secret in (*secrets, "Mona Marsh", "Dark shirt"):
        assert secret in doing, secret
    assert "Brightmart" not in doing and "Refresh" not in doing
    ours = client_of(alice).get(sent.get_absolute_url()).content.decode()
    for fact in (*secrets, "Brightmart", "Refresh"):
        assert fact in ours, fact


def test_a_posting_is_duplicated_with_all_it_says_and_times_to_come(
    as_alice, alice, wanda, store, refresh, at, today
):
    paid = work.in_stage(
        "paid", alice, wanda, at=at, project=refresh, customer=refresh.customer, location=store,
        dress_code="Dark shirt",
    )  # fmt: skip
    today.shift(60 * 60 * 24 * 9)
    url = reverse("assignments:duplicate", args=[paid.reference])
    page = as_alice.get(url)
    shown = page.content.decode()
    for kept in (paid.title, "Photo of the rack", "Dark shirt", "Ask for Priya", "were moved"):
        assert kept in shown, kept
    assert 'value="2026-11-20T10:00"' in shown, "the Friday after, at the same time of day"
    fields = typed(reference=hidden(as_alice, url, "reference"), title="The same once more",
                   starts_at="2026-11-27T09:00", ends_at="2026-11-27T12:00")  # fmt: skip
    as_alice.post(url, fields)
    today.shift(2)
    page = as_alice.post(url, fields, follow=True)
    copy = Assignment.objects.exclude(pk=paid.pk).get()
    assert "was saved before" in said(page)
    assert (copy.status, copy.title) == ("draft", "The same once more")
    history = words_of(as_alice.get(paid.get_absolute_url()))
    assert history.count(f"copied it to {copy.reference}") == 1


def test_a_copy_made_without_a_form_keeps_weekday_and_time_of_day(alice, at):
    draft = work.draft(alice, at=at, deliverables=True)
    copy = lifecycle.duplicate(draft, by=alice, at=draft.starts_at)
    assert (copy.starts_at - draft.starts_at).days == 7
    assert copy.ends_at - copy.starts_at == draft.ends_at - draft.starts_at
    assert copy.deliverable_requests.get().title == "Photo of the rack"


def test_who_may_duplicate(client_of, abel, cody, wanda, charlie, assigned):
    url = reverse("assignments:duplicate", args=[assigned.reference])
    for actor, answer in ((abel, 403), (cody, 403), (wanda, 403), (charlie, 404)):
        assert client_of(actor).get(url).status_code == answer
