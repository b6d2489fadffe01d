"""A chart from nothing into the half-month briefing, in two languages: issued, and the same a month later."""

import io
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import openpyxl
import pytest
from playwright.sync_api import Browser, expect
from pptx import Presentation
from sqlalchemy import func, select, update

from components.labels import ROLES
from db import clock, engine
from db.documents.chart_words import HIDDEN
from db.engine import Database
from db.languages import translate
from db.models import Briefing, BriefingBlock, Case, ChartShare, Code, SavedChart
from db.rules.case_words import TABLES
from db.rules.permissions import Role
from db.services.briefings.registers import REGISTERS
from tests.browser.effects import comes_to, rows
from tests.browser.files import rows as rows_of
from tests.browser.people import Seat, sit_down
from tests.browser.rosters import the_database, unfold
from tests.factories import NOW, Office, a_case, a_database
from tests.opened import pages_of
from tests.serving import Served, give_passwords, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.in_turn(0, of=4)]

ZONE = ZoneInfo("Asia/Shanghai")
LATER = datetime(2026, 12, 21, 9, 0, tzinfo=ZONE)
# What came in the half month, by channel; few enough of one that a viewer must not see them.
CAME = {"visit": 14, "telephone": 9, "letter": 6, "online": 3}
SINCE = 4
CATEGORIES = ("construction", "environment", "neighbours", "transport")
CONCLUSION = {"en": "In this half month {registered} came in.", "zh": "本期来件{登记件数}件，多数已有着落。"}
CONCLUDED = {"en": "In this half month 32 came in.", "zh": "本期来件32件，多数已有着落。"}
STATES = ("registered", "handling", "replied", "closed")
NAME = "=1+1 本期来件"
RETIRED = "已停用的名称"
WIDE = {"viewport": {"width": 1440, "height": 1000}}


@dataclass(frozen=True)
class Told:
    """What one briefing said when it was issued and a month later: page, texts of the files, and the files."""

    page: tuple[str, str]
    texts: tuple[Mapping[str, list[str]], Mapping[str, list[str]]]
    files: Mapping[str, bytes]


@pytest.fixture(scope="module", params=["en-GB", "zh-CN"])
def locale(request: pytest.FixtureRequest) -> str:
    """The language the office speaks."""
    return str(request.param)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, browser: Browser, locale: str) -> Iterator[Told]:
    """The whole story, once for each language."""
    folder = tmp_path_factory.mktemp(f"briefing-{locale[:2]}") / "data"
    with clock.at(NOW):
        database, office = a_database(folder)
        with closing(database), engine.using(database):
            give_passwords(database)
            came_in(database, office)
    with served_at(folder, NOW) as served:
        clerk, director, viewer = (
            sit_down(browser, served, who, locale, **WIDE) for who in ("clerk", "director", "viewer")
        )
        draw(clerk)
        keep(clerk)
        write(clerk)
        issue(director)
        look(viewer)
        page, files = read(director), papers(director)
        book = fetched(clerk, "chart-file?chart=1&as=xlsx")
    with clock.at(LATER), closing(engine.open_database(database.settings)) as again, engine.using(again):
        change(again, office)
    with served_at(folder, LATER) as served:
        clerk, director = (sit_down(browser, served, who, locale, **WIDE) for who in ("clerk", "director"))
        open_chart(clerk)
        clerk.reads(clerk.say("Nothing was counted for this question."))
        yield Told((page, read(director)), (texts(files), texts(papers(director))), files | {"xlsx": book})


def served_at(folder: Path, now: datetime) -> Served:
    """The office at its browser, at this moment."""
    return Served(folder, environ={"SET_CLOCK": now.isoformat()}, script="tests/stopped_app.py")


def came_in(database: Database, office: Office) -> None:
    """Matters of the half month and of the days after it, and one accusation nobody may count."""
    channels = [channel for channel, count in CAME.items() for _ in range(count)]
    with database.transaction(office.clerk) as session:
        for number, channel in enumerate(channels):
            at = datetime(2026, 11, 1 + number % 15, 8 + number % 9, tzinfo=ZONE)
            about = {"category": CATEGORIES[number % 4], "state": STATES[number // 4 % 4]}
            closed = at.date() + timedelta(days=1) if about["state"] == "closed" else None
            a_case(session, office, channel=channel, received_at=at, closed_on=closed, subject=f"来件{number}", **about)
        for number in range(SINCE):
            a_case(session, office, received_at=NOW - timedelta(days=1, hours=number), subject=f"后来的{number}")
        sealed = {"kind": "accusation", "sealed": True, "subject": "检举材料"}
        a_case(session, office, channel="letter", received_at=NOW - timedelta(days=9), **sealed)


def change(database: Database, office: Office) -> None:
    """A month on: matters entered late, others put right, and a category that is not called so any more."""
    with database.transaction(office.clerk) as session:
        for number in range(3):
            a_case(session, office, received_at=NOW - timedelta(days=10), subject=f"补录{number}")
        session.execute(update(Case).where(Case.channel == "telephone").values(channel="fax"))
        retired = update(Code).where(Code.list_name == "category", Code.code == CATEGORIES[0])
        session.execute(retired.values(label_zh=RETIRED, label_en=RETIRED, active=False))


def channel_name(seat: Seat, code: str) -> str:
    """A way to come in this person's language."""
    return translate(TABLES["channel"][code], seat.language)


def counted(seat: Seat) -> dict[str, int]:
    """What a chart of this month must say, asked of the database: matters by channel, but for what is sealed."""
    this_month = Case.received_at >= datetime(2026, 11, 1, tzinfo=ZONE)
    query = select(Case.channel, func.count().label("matters")).where(this_month, ~Case.sealed).group_by(Case.channel)
    with the_database(seat) as connection:
        return {row.channel: row.matters for row in connection.execute(query)}


def draw(clerk: Seat) -> None:
    """Two clicks from nothing to a chart; its figures are those of the database, its bars lead to the records."""
    register = REGISTERS["cases"]
    clerk.open("charts")
    clerk.press("New chart")
    clerk.click(clerk.page.get_by_role("button", name=register.name.within(clerk.language), exact=True))
    clerk.page.wait_for_url("**register=cases*")
    clerk.choose("Divided by", register.dimensions["channel"].name.within(clerk.language))
    clerk.page.wait_for_url("**split=channel*")
    unfold(clerk, "Table")
    found = counted(clerk)
    assert found == CAME | {"visit": CAME["visit"] + SINCE}
    for channel, count in found.items():
        expect(rows_of(clerk, channel_name(clerk, channel), str(count)).first).to_be_attached()
    clerk.click(clerk.page.locator("[data-testid=stVegaLiteChart] .mark-rect path").first)
    clerk.reads(clerk.say("{n} records", n=found["visit"]))


def open_chart(seat: Seat) -> None:
    """Look at the saved chart."""
    seat.open("chart?id=1")
    expect(seat.page.get_by_role("heading", name=NAME)).to_be_visible()


def keep(clerk: Seat) -> None:
    """Save it under a name that looks like a formula, and share it with viewers."""
    clerk.press("Save")
    clerk.write("Name", NAME)
    clerk.click(clerk.page.get_by_test_id("stForm").get_by_role("button", name=clerk.say("Save"), exact=True).first)
    comes_to(clerk, 1, SavedChart.id)
    open_chart(clerk)
    clerk.press("Share")
    clerk.choose("Shared with", clerk.say(ROLES[Role.VIEWER]))
    clerk.click(clerk.page.get_by_test_id("stForm").get_by_role("button", name=clerk.say("Share"), exact=True).first)
    comes_to(clerk, 1, ChartShare.chart_id)


def write(clerk: Seat) -> None:
    """Write the half-month's briefing that is due, with the chart and a text with a figure in it."""
    clerk.open("briefings")
    due = clerk.page.locator("[class*='st-key-briefing-due-half_month-2026-11-01']")
    clerk.click(due.get_by_role("button", name=clerk.say("Write it"), exact=True))
    comes_to(clerk, 1, Briefing.id)
    clerk.page.wait_for_url("**/briefing?id=1")
    before = rows(clerk, func.count(BriefingBlock.id))[0][0]
    open_chart(clerk)
    clerk.press("Put into a briefing")
    clerk.press("Put in")
    comes_to(clerk, before + 1, BriefingBlock.id)
    clerk.open("briefing?id=1&add=text")
    clerk.page.locator(".st-key-briefing-add textarea").fill(CONCLUSION[clerk.language])
    clerk.page.keyboard.press("Tab")
    clerk.reads(clerk.say("As it would read now"))
    clerk.press("Add")
    comes_to(clerk, before + 2, BriefingBlock.id)
    clerk.reads(CONCLUDED[clerk.language])


def issue(director: Seat) -> None:
    """The director reads it and issues it."""
    director.open("briefing?id=1")
    director.reads(CONCLUDED[director.language])
    director.press("Issue")
    director.press("Issue edition {n}", n=1)
    comes_to(director, 1, Briefing.issued_at)
    director.reads(director.say("Corrected edition"))


def look(viewer: Seat) -> None:
    """Who reads figures only sees the saved chart and the briefing without small counts."""
    hidden = viewer.say("* stands for a number below {n}, or for one that would give such a number away.", n=5)
    viewer.open("briefing?id=1")
    viewer.reads(hidden)
    viewer.open("charts")
    viewer.reads(NAME)
    open_chart(viewer)
    viewer.reads(hidden)
    unfold(viewer, "Table")
    expect(rows_of(viewer, channel_name(viewer, "online"), HIDDEN).first).to_be_attached()
    expect(rows_of(viewer, channel_name(viewer, "online"), str(CAME["online"]))).to_have_count(0)


def read(seat: Seat) -> str:
    """What the page of the briefing says, once all of it is drawn."""
    seat.open("briefing?id=1")
    seat.reads(CONCLUDED[seat.language])
    settle(seat.page)
    return seat.page.get_by_test_id("stMain").inner_text()


def papers(seat: Seat) -> dict[str, bytes]:
    """The briefing as Word and as slides."""
    return {kind: fetched(seat, f"briefing-file/1?as={kind}") for kind in ("docx", "pptx")}


def fetched(seat: Seat, path: str) -> bytes:
    """A file, as its link gives it."""
    answer = seat.page.request.get(f"{seat.served.url}/{path}&lang={seat.language}")
    assert answer.ok
    return answer.body()


def texts(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """All that Word and the slides of a briefing say, figures of charts too."""
    paper, deck = docx.Document(io.BytesIO(files["docx"])), Presentation(io.BytesIO(files["pptx"]))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    plots = [plot for shape in shapes if shape.has_chart for plot in shape.chart.plots]
    return {
        "docx": [one.text for one in paper.paragraphs]
        + [cell.text for table in paper.tables for row in table.rows for cell in row.cells],
        "pptx": [shape.text_frame.text for shape in shapes if shape.has_text_frame]
        + [cell.text for shape in shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
        + [str((list(plot.categories), [tuple(one.values) for one in plot.series])) for plot in plots],
    }


def test_what_was_issued_is_the_same_a_month_later(told: Told, locale: str) -> None:
    page, later = told.page
    assert CONCLUDED[locale[:2]] in page
    assert NAME in page
    assert later == page
    said, again = told.texts
    for kind in ("docx", "pptx"):
        assert said[kind] == again[kind]
        assert any(NAME in line for line in said[kind])
        assert any(CONCLUDED[locale[:2]] in line for line in said[kind])
        assert not [line for line in said[kind] if RETIRED in line]


def test_a_name_like_a_formula_stays_text_in_a_workbook(told: Told) -> None:
    sheets = openpyxl.load_workbook(io.BytesIO(told.files["xlsx"])).worksheets
    assert sheets[0]["A1"].value == NAME
    assert not [cell for sheet in sheets for row in sheet for cell in row if cell.data_type == "f"]


@pytest.mark.office
@pytest.mark.parametrize("locale", ["zh-CN"], indirect=True)
def test_libreoffice_opens_the_briefing(told: Told, tmp_path: Path) -> None:
    opened = pages_of({f"{kind}.{kind}": content for kind, content in told.files.items()}, tmp_path)
    for name, pages in opened.items():
        assert NAME in "".join(pages), name
    for name in ("docx.docx", "pptx.pptx"):
        assert CONCLUDED["zh"] in "".join("".join(opened[name]).split())
