"""Work that comes again, and work that comes in hundreds: series and imports, in a browser."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from assignments import import_steps, recurring
from assignments.models import Assignment, Import, Series
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.journeys.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def client(person, live_server, client_of, published) -> Person:
    """Ruth of Bright Bakeries, signed in."""
    bakeries = people.company("Bright Bakeries")
    ruth = people.member(bakeries, "Ruth Okafor", ["administrator"], at=timezone.now())
    somebody = person()
    cookie = client_of(ruth).cookies["sessionid"].value
    somebody.page.context.add_cookies(
        [{"name": "sessionid", "value": cookie, "url": live_server.url}]
    )
    somebody.actor = ruth
    return somebody


def behind_the_pages() -> None:
    """What the worker of imports does between two clicks."""
    while import_steps.run_one(clock=timezone.now):
        pass


def test_from_a_template_to_a_series_that_writes_by_itself(client):
    draft = work.draft(client.actor, at=timezone.now(), title="Clean the ovens")
    client.opens(draft.get_absolute_url())
    client.page.locator("details.gear summary").click()
    client.follows("Save as template")
    client.writes(name="Oven cleaning")
    client.presses("Save the template")
    client.sees("“Oven cleaning” kept")

    client.follows("Make recurring")
    begun = timezone.localdate(draft.starts_at, draft.zone)
    first = begun + timedelta(days=7)
    client.writes(first_on=first.isoformat(), starts="08:00", days_ahead="14")
    client.chooses("frequency", "monthly")
    client.page.locator("#series-preview li").nth(4).wait_for()
    client.sees(re.compile(f"Every month on day {first.day}"))
    client.chooses("frequency", "weekly")
    client.sees(re.compile("Every week on"))
    client.presses("Begin the series")
    series = Series.objects.get()
    written = series.dates.exclude(assignment=None)
    assert written.count() == 1
    assert written.get().assignment.title == "Clean the ovens"

    client.page.locator("main a", has_text="Change").nth(2).click()
    client.presses("Leave it out")
    client.sees("Left out.")
    recurring.write_due(at=timezone.now() + timedelta(days=14))
    assert written.count() == 2
    client.presses("Pause")
    client.sees("No date is written until you resume it.")
    assert recurring.write_due(at=timezone.now() + timedelta(days=21)) == 0


def test_a_file_with_errors_is_repaired_imported_and_undone(client, tmp_path):
    sheet = tmp_path / "stores.csv"
    write(sheet, bad=True)
    client.opens("/assignments/")
    client.page.locator(".page-head details summary").click()
    client.follows("Import")
    client.page.set_input_files("main input[type=file]", str(sheet))
    client.presses("Upload the file")
    client.sees("Reading the file")
    behind_the_pages()
    client.page.wait_for_url("**/columns/")
    client.presses(re.compile("^Check 30 rows"))
    client.sees("can be read as two different days")
    client.chooses("dates", "mdy")
    client.presses(re.compile("^Check 30 rows"))
    behind_the_pages()
    client.sees("2 of 30 rows cannot become drafts yet")
    client.sees(re.compile(r"We cannot find this ZIP code"))
    client.sees("call me")
    assert Assignment.objects.count() == 0

    write(sheet, bad=False)
    client.page.set_input_files("main input[type=file]", str(sheet))
    client.presses("Upload the repaired file")
    behind_the_pages()
    client.presses("Create 30 drafts")
    behind_the_pages()
    client.sees("30 drafts were created")
    assert Assignment.objects.filter(status="draft").count() == 30

    client.follows("Undo the import")
    client.presses("Delete 30 drafts")
    behind_the_pages()
    client.sees("Nothing of this file is left on the board.")
    assert Assignment.objects.count() == 0
    assert set(Import.objects.values_list("stage", flat=True)) == {"checked", "undone"}


def write(path: Path, *, bad: bool) -> None:
    """Thirty stores, on days that may be read in two ways; two rows that nobody can read."""
    year = timezone.localdate().year + 1
    rows = [
        [f"Replace the till {n}", "Networking", "Swap it, test it, take a photo.",
         f"{n} High Street", "43215", f"3/{n % 12 + 1}/{year} 9:00 AM", "3", "120.00"]
        for n in range(1, 31)
    ]  # fmt: skip
    if bad:
        rows[3][4], rows[8][7] = "1", "call me"
    with path.open("w", newline="") as file:
        heads = ["Title", "Industry", "Description", "Address", "ZIP", "Start", "Duration", "Price"]
        csv.writer(file).writerows([heads, *rows])
