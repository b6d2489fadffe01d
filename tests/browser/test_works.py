"""A meeting through two languages: entered with a draft, called over in one click, taken back, a unit changed."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from components.works_labels import TABLES
from db import clock, engine
from db.models import WorkUnit
from db.rules.scoring.works import Stand
from tests.browser.people import Seat, sit_down
from tests.browser.rosters import the_database
from tests.factories import NOW, a_database
from tests.serving import PATIENCE, Served, give_passwords

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TITLE = "十一月防汛例会"


@pytest.fixture(scope="module", params=["en-GB", "zh-CN"])
def clerk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Seat]:
    """A clerk of an office without a single line, in each language."""
    folder = tmp_path_factory.mktemp("works") / "data"
    with clock.at(NOW):
        database, _ = a_database(folder)
        with closing(database), engine.using(database):
            give_passwords(database)
    with Served(folder) as served:
        yield sit_down(browser, served, "clerk", request.param)


def stands(seat: Seat) -> list[tuple[str, int]]:
    """Standing and people absent of every unit, as the database has it."""
    query = select(WorkUnit.standing, WorkUnit.persons).order_by(WorkUnit.unit_id)
    with the_database(seat) as connection:
        return [(row.standing, row.persons) for row in connection.execute(query)]


def until(seat: Seat, fine: Callable[[], bool]) -> None:
    """Wait for what the database says."""
    for _ in range(PATIENCE // 200):
        if fine():
            return
        seat.page.wait_for_timeout(200)
    raise AssertionError(stands(seat))


def test_a_meeting_is_entered_called_over_and_changed(clerk: Seat) -> None:
    clerk.open("works")
    clerk.press("Enter")
    clerk.reads(clerk.say("Nothing was saved yet. Please look at what is marked."))
    clerk.write("Title", TITLE)
    expect(clerk.page.get_by_text(re.compile(clerk.say("Draft kept {time}", time="")))).to_be_visible()
    clerk.open("works?tab=meeting&new=meeting")
    expect(clerk.page.get_by_label(clerk.say("Title")).first).to_have_value(TITLE)
    clerk.press("Enter")
    expect(clerk.page.get_by_role("heading", name=TITLE)).to_be_visible()
    until(clerk, lambda: stands(clerk) == [("present", 0), ("present", 0)])

    grid = clerk.page.locator("[data-testid=stDataFrame]").first
    absent = clerk.say(TABLES["stand"][Stand.ABSENT])
    clerk.click_cell(grid, {"x": 300, "y": 52})
    clerk.page.keyboard.press("Enter")
    clerk.page.get_by_role("option", name=absent, exact=True).click()
    clerk.reads(re.compile(clerk.say("Draft kept {time}", time="")))  # a grid keeps an edit back for a moment
    clerk.press("Save changes")
    until(clerk, lambda: stands(clerk)[0] == ("absent", 1))

    everybody = clerk.say("All: {standing}", standing=clerk.say(TABLES["stand"][Stand.PRESENT]))
    clerk.click(clerk.page.get_by_role("button", name=everybody))
    until(clerk, lambda: stands(clerk)[0] == ("present", 0))
    clerk.press("Take it back")
    until(clerk, lambda: stands(clerk)[0] == ("absent", 1))

    clerk.click(clerk.page.get_by_text(clerk.say("Who changed what"), exact=True))
    clerk.reads(clerk.say("The line was entered."))
    clerk.click(clerk.page.get_by_text(clerk.say("Correct"), exact=True))
    clerk.press("Remove")
    clerk.reads(clerk.say("This line was removed; it counts nowhere."))
    clerk.press("Restore")
    expect(clerk.page.get_by_text(clerk.say("This line was removed; it counts nowhere."))).to_have_count(0)
