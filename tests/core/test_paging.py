"""Lists paged by key: a stable place, both directions, and made-up cursors."""

import base64
import json

import pytest
from django.http import QueryDict

from accounts.models import Industry
from core.paging import Key, cursors_of, number_key, page_of, text_key

KEYS = [Key("name", read=str), number_key("pk")]


@pytest.fixture
def rows(db):
    Industry.objects.all().delete()
    return [Industry.objects.create(name=f"Trade {n:02}", slug=f"t{n}") for n in range(7)]


def names(page):
    return [row.name for row in page.rows]


def test_pages_follow_each_other_without_gap_or_repeat(rows):
    seen, after = [], ""
    for _ in range(3):
        page = page_of(Industry.objects.all(), KEYS, size=3, after=after)
        seen += names(page)
        after = page.after
    assert seen == [row.name for row in rows]
    assert after == ""


def test_going_back_shows_the_page_before(rows):
    first = page_of(Industry.objects.all(), KEYS, size=3)
    second = page_of(Industry.objects.all(), KEYS, size=3, after=first.after)
    back = page_of(Industry.objects.all(), KEYS, size=3, before=second.before)
    assert names(back) == names(first)
    assert back.before == "" and back.after


def test_a_row_added_before_the_place_moves_nothing(rows):
    first = page_of(Industry.objects.all(), KEYS, size=3)
    Industry.objects.create(name="Aardvarks", slug="a")
    second = page_of(Industry.objects.all(), KEYS, size=3, after=first.after)
    assert names(second) == ["Trade 03", "Trade 04", "Trade 05"]


def test_a_page_costs_one_query(rows, django_assert_num_queries):
    with django_assert_num_queries(1):
        page_of(Industry.objects.all(), KEYS, size=3)


def packed(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    ["x", "%%%", "\x00", "é", packed("only one"), packed("a", "b"), packed("a", "9" * 40),
     base64.urlsafe_b64encode(b"{}").decode(), "A" * 199],
)  # fmt: skip
def test_a_made_up_cursor_shows_the_first_page(rows, cursor):
    page = page_of(Industry.objects.all(), KEYS, size=3, after=cursor)
    assert names(page)[0] == "Trade 00"
    assert page.before == ""


@pytest.mark.parametrize("name", ["\x00", "\ud800"])
def test_a_made_up_name_in_a_cursor_shows_the_first_page(rows, name):
    keys = [text_key("name"), number_key("pk")]
    page = page_of(Industry.objects.all(), keys, size=3, after=packed(name, 1))
    assert names(page)[0] == "Trade 00"


def test_addresses_keep_the_filters_and_replace_the_place(rows):
    page = page_of(Industry.objects.all(), KEYS, size=3)
    url = page.older_url(QueryDict("q=a%26b&before=old"))
    assert QueryDict(url[1:]).dict() == {"q": "a&b", "after": page.after}
    assert page.newer_url(QueryDict("q=a")) == ""


def test_cursors_are_read_through_a_form():
    assert cursors_of(QueryDict("after=abc")) == {"after": "abc", "before": ""}
    assert cursors_of(QueryDict("after=" + "x" * 2000)) == {"after": "", "before": ""}
    assert cursors_of(QueryDict("after=a%00b")) == {"after": "", "before": ""}
