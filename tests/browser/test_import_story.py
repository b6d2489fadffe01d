"""A file of another system in two languages: mapped, looked at, brought in, found, taken back and brought in again.

IMPORT_ROWS=50000 runs it with as many rows; 2,000 otherwise.
"""

import os
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func

from components.import_labels import TABLES
from db import clock, engine
from db.models import Case, CaseImport
from db.rules.importing.headings import FIELDS
from tests.browser.effects import rows
from tests.browser.files import rows as listed
from tests.browser.people import Seat, sit_down
from tests.factories import NOW, a_database
from tests.made_imports import RARE, UNKNOWN, Orders, orders
from tests.serving import PATIENCE, Served, give_passwords, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = int(os.environ.get("IMPORT_ROWS", "2000"))
# Milliseconds for what goes through every row: a slow machine's share on top of the usual patience.
LONG = PATIENCE + 12 * ROWS


@pytest.fixture(scope="module")
def made() -> Orders:
    """The file."""
    return orders(ROWS)


@pytest.fixture(scope="module", params=["en-GB", "zh-CN"])
def clerk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Seat]:
    """A clerk of an office without a single case, in each language."""
    folder = tmp_path_factory.mktemp("import") / "data"
    with clock.at(NOW):
        database, _ = a_database(folder)
        with closing(database), engine.using(database):
            give_passwords(database)
    with Served(folder) as served:
        yield sit_down(browser, served, "clerk", request.param)


def put_by(seat: Seat, made: Orders) -> None:
    """Choose the file, and come to its import."""
    file = {"name": "热线工单.csv", "mimeType": "text/csv", "buffer": made.content}
    seat.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    seat.page.wait_for_url("**/import?*id=*")
    expect(seat.page.locator(".st-key-import-heading-0")).to_be_visible()


def press_and_watch(seat: Seat, message: str) -> None:
    """Press the button of what goes through every row; the page rests only when that is over."""
    settle(seat.page)
    seat.page.get_by_role("button", name=seat.say(message), exact=True).click()


def bring_in(seat: Seat, made: Orders) -> None:
    """Look at every row, see what would happen, and press the button that says so, twice as people do."""
    press_and_watch(seat, "Look at every row")
    counted = seat.page.locator(".st-key-import-counts")
    expect(counted).to_be_visible(timeout=LONG)
    for verdict, many in (("added", made.added), ("updated", made.updated), ("rejected", made.rejected)):
        told = counted.get_by_test_id("stMetric").filter(has_text=seat.say(TABLES["verdict"][verdict]))
        expect(told).to_contain_text(f"{many:,}")
    expect(listed(seat, seat.say("Nothing stands in subject and text.")).first).to_be_attached()
    begin = seat.page.locator("[class*='st-key-import-begin'] button")
    expect(begin).to_contain_text(f"{made.added:,}")
    begin.dblclick()
    cases_come_to(seat, made.added)
    expect(seat.page.get_by_text(seat.say(TABLES["state"]["done"]), exact=True)).to_be_visible(timeout=LONG)


def cases_come_to(seat: Seat, wanted: int) -> None:
    """Wait until the database holds so many cases."""
    found = -1
    for _ in range(LONG // 500):
        found = rows(seat, func.count(Case.id))[0][0]
        if found == wanted:
            return
        seat.page.wait_for_timeout(500)
    raise AssertionError(f"{found} and not {wanted}; {seat.page.get_by_role('alert').all_inner_texts()}")


@pytest.mark.in_turn(3, of=4)
def test_a_file_is_brought_in_taken_back_and_brought_in_again(clerk: Seat, made: Orders) -> None:
    clerk.open("imports")
    clerk.press("Bring in a file")
    clerk.page.wait_for_url("**/import")
    put_by(clerk, made)
    text = clerk.say(FIELDS["text"].name)
    clerk.choose(UNKNOWN, text)
    field = clerk.page.get_by_role("combobox", name=UNKNOWN)
    expect(field).to_have_value(text)
    clerk.open("import?id=1")
    expect(field).to_have_value(text)
    bring_in(clerk, made)
    assert [state for (state,) in rows(clerk, CaseImport.state)] == ["done"]

    clerk.open("cases?tab=all")
    search = clerk.page.locator(".st-key-list-text input")
    search.fill(RARE)
    search.press("Enter")
    clerk.reads(clerk.say("1 case"))
    expect(listed(clerk, made.subject)).to_have_count(1)

    clerk.open("import?id=1")
    press_and_watch(clerk, "Take it back")
    cases_come_to(clerk, 0)
    expect(clerk.page.get_by_text(clerk.say(TABLES["state"]["taken_back"]), exact=True)).to_be_visible(timeout=LONG)

    clerk.press("Bring in another file with the same mapping")
    clerk.page.wait_for_url("**/import?like=1")
    put_by(clerk, made)
    expect(field).to_have_value(text)
    bring_in(clerk, made)
    assert [state for (state,) in rows(clerk, CaseImport.state)] == ["taken_back", "done"]
