"""A Monday meeting in two languages: planned, held by two people who edit at once, decided, shown, closed, written."""

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import docx
import pytest
from playwright.sync_api import Browser, expect

from db import clock, engine
from db.models import Case, Meeting, MeetingDecision, MeetingEdit
from tests.browser.effects import comes_to, rows
from tests.browser.files import day
from tests.browser.people import Seat, sit_down
from tests.factories import NOW, a_case, a_database
from tests.serving import Served, give_passwords

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])]

MONDAY = datetime(2026, 11, 23, 9, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
CASES = 8
DECISION = "东村路灯一周内修好，修好后拍照报中心。"
# Where the cells of a column are, seen from the grid's left edge; rows lie below a head of the same height.
NEXT_STEP, ROW = 745, 35


@dataclass(frozen=True)
class Room:
    """The two people who sit at the meeting, each with the page open."""

    served: Served
    chair: Seat
    clerk: Seat


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory, browser: Browser, locale: str) -> Iterator[Room]:
    """An office that counts its meetings since last week, with eight new matters."""
    folder = tmp_path_factory.mktemp(f"monday-{locale[:2]}") / "data"
    with clock.at(NOW):
        database, office = a_database(folder)
        with closing(database), engine.using(database):
            give_passwords(database)
            with database.transaction(office.clerk) as session:
                for number in range(CASES):
                    a_case(session, office, subject=f"路灯不亮{number}", received_at=NOW + timedelta(minutes=number))
    with Served(folder, environ={"SET_CLOCK": MONDAY.isoformat()}, script="tests/stopped_app.py") as served:
        wide = {"viewport": {"width": 1440, "height": 1000}}
        yield Room(served, *(sit_down(browser, served, name, locale, **wide) for name in ("director", "clerk")))


def plan(seat: Seat) -> None:
    """From the day it is due to the open meeting."""
    seat.open("meetings")
    due = seat.page.locator("[class*='st-key-meeting-entry-']").filter(
        has_text=seat.say("Directors' meeting") if seat.language == "en" else "中心主任例会"
    )
    seat.click(due.first.get_by_role("button", name=seat.say("Plan it"), exact=True))
    seat.choose("In the chair", "周主任")
    seat.choose("Writes", "陈接访")
    seat.press("Plan it")
    comes_to(seat, 1, Meeting.id)
    seat.press("Open the meeting")
    seat.reads(seat.say("Edit in the lists"))


def new_matters(seat: Seat) -> Any:
    """The grid of what came in, unfolded."""
    line = seat.page.locator("[class*='st-key-agenda-head-']").filter(has_text=seat.say("New matters"))
    grid = seat.page.get_by_test_id("stDataFrame").first
    if not grid.is_visible():
        seat.click(line.get_by_role("button").first)
    expect(grid).to_be_visible()
    return grid


def type_into(seat: Seat, row: int, words: str) -> None:
    """Type over a cell of the column of next steps, and leave it."""
    seat.click_cell(new_matters(seat), {"x": NEXT_STEP, "y": ROW * (row + 1) + ROW // 2})
    seat.page.keyboard.press("Enter")
    editor = seat.page.locator("#portal textarea").first
    editor.fill(words)
    # Not Enter: it goes on to the cell below, and a click on a cell that is chosen opens it.
    editor.press("Tab")
    expect(editor).to_be_hidden()


@pytest.mark.in_turn(3, of=4)
def test_two_people_hold_a_monday_meeting(room: Room) -> None:
    chair, clerk = room.chair, room.clerk
    plan(clerk)
    chair.open("meeting?id=1")
    for row in range(CASES):
        type_into((chair, clerk)[row % 2], row, f"step {row}")
    type_into(clerk, 0, "from the clerk")
    chair.press("Save changes")
    comes_to(chair, CASES // 2, MeetingEdit.id)
    clerk.press("Save changes")
    comes_to(clerk, CASES, MeetingEdit.id)
    clerk.reads(clerk.say("Somebody saved these rows first. Nothing of yours is lost: choose."))
    steps = [step for (step,) in rows(clerk, Case.next_step)]
    assert sorted(steps) == [f"step {row}" for row in range(CASES)]

    clerk.open("meeting?id=1")
    clerk.click(clerk.page.get_by_role("tab", name=clerk.say("Decisions"), exact=True))
    clerk.write("What was decided", DECISION)
    clerk.choose("Unit that owes it", "East village" if clerk.language == "en" else "东村")
    day(clerk, "Until", MONDAY.date() + timedelta(days=7))
    clerk.press("Write it down")
    comes_to(clerk, 1, MeetingDecision.id)

    wall = chair.page.context.new_page()
    wall.goto(f"{room.served.url}/present/meeting/1?lang={chair.language}")
    matter = wall.get_by_text("路灯不亮0").first
    expect(matter).to_be_hidden()
    for _ in range(12):
        wall.keyboard.press("ArrowRight")
        if matter.is_visible():
            break
    expect(matter).to_be_visible()
    wall.keyboard.press("Home")
    expect(matter).to_be_hidden()
    wall.close()

    chair.open("meeting?id=1")
    chair.click(chair.page.get_by_role("tab", name=chair.say("Who came"), exact=True))
    chair.press("Everybody present")
    chair.reads(chair.say("Take it back"))
    chair.click(chair.page.get_by_role("tab", name=chair.say("Record"), exact=True))
    chair.press("Close the meeting")
    chair.reads(chair.say("Minutes as Word"))
    answer = chair.page.request.get(f"{room.served.url}/minutes/1?lang={chair.language}")
    assert answer.ok
    document = docx.Document(io.BytesIO(answer.body()))
    written = "\n".join(
        [one.text for one in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    assert DECISION in written
    assert all(f"step {row}" in written for row in range(CASES))
