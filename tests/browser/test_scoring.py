"""Scoring in two languages: a year scored to its end, published, appealed against, announced again, and noticed."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import docx
import pytest
from playwright.sync_api import Browser, FilePayload, expect
from sqlalchemy import ColumnElement, Executable, create_engine, func, select

from db import clock, engine
from db.models import AssessedUnit, ScoreAppeal, ScoreEntry, ScorePublication, ScoreResult, ScoreSheet
from db.rules.permissions import Actor
from db.rules.scoring.entries import entered
from db.services.office.presets import preset
from db.services.scoring import computing, entries, ledger, sheets
from tests.browser.people import Seat, sit_down
from tests.browser.walking import STILL
from tests.factories import Office, a_database, an_assessment
from tests.serving import Served, give_passwords, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])]

# The year is over; its last sheet is still empty.
NOW = datetime(2027, 1, 6, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ITEMS = {"publicity": "9", "plans": "6", "streets": "9", "places": "8"}
WHY = {"plans": "年终检查时缺一份方案，方案已于12月补交。", "streets": "标志已更换，请复核。"}
RULED = {"plans": "补交属实，予以更正。", "streets": "检查当日确有缺损，维持原分。"}
CRITICISM = "夜间值班检查时无人应答。"
WAIT = 60_000


@dataclass(frozen=True)
class Ground:
    """A served office whose township was scored up to the year-end check, and who sits down there."""

    served: Served
    seat: Callable[[str], Seat]
    unit: int

    def rows(self, query: Executable) -> list[Any]:
        """What stands in the file, read beside the server."""
        reader = create_engine(f"sqlite:///file:{self.served.folder / 'linli.db'}?mode=ro&uri=true")
        with reader.connect() as connection:
            found = list(connection.execute(query))
        reader.dispose()
        return found

    def count(self, model: Any, *where: ColumnElement[bool]) -> int:
        """How many rows of a table are so."""
        return int(self.rows(select(func.count()).select_from(model).where(*where))[0][0])

    def comes_to(self, seat: Seat, wanted: int, model: Any, *where: ColumnElement[bool]) -> None:
        """Wait until so many rows stand there."""
        for _ in range(WAIT // 200):
            if self.count(model, *where) == wanted:
                settle(seat.page)
                return
            seat.page.wait_for_timeout(200)
        alerts = seat.page.get_by_role("alert").all_inner_texts()
        raise AssertionError(f"{model.__name__}: {self.count(model, *where)} and not {wanted}; {alerts}")


def scored(office: Office) -> int:
    """Every sheet but the year-end check of the first unit, whose points differ from the other's; its id."""
    assessment_id = an_assessment(office)
    with engine.reading() as session:
        rubric = ledger.must_be_in_force(session, assessment_id).rubric
        units = list(session.scalars(select(AssessedUnit.id).order_by(AssessedUnit.id)))
    computing.compute(office.assessor, assessment_id=assessment_id, key="computed")
    for unit, points in zip(units, ("9", "8.5"), strict=True):
        for period in rubric.periods():
            if (unit, period.code) == (units[0], "year"):
                continue
            for item in entered(rubric, period.code):
                if not item.trigger and item.code in ITEMS:
                    give(office.assessor, unit, period.code, item.code, period.ends, points)
            which: dict[str, Any] = {"assessed_unit_id": unit, "period": period.code, "version": 0}
            sheets.finish(office.assessor, **which, key=f"finished {unit} {period.code}")
    return units[0]


def give(actor: Actor, unit: int, period: str, item: str, on_day: date, points: str) -> None:
    """Points of one item."""
    key = f"{unit} {period} {item}"
    where: dict[str, Any] = {"assessed_unit_id": unit, "period": period, "item": item}
    entries.add_entry(actor, **where, on_day=on_day, points=points, key=key)


@pytest.fixture
def ground(tmp_path_factory: pytest.TempPathFactory, browser: Browser, locale: str) -> Iterator[Ground]:
    """The same office for each language."""
    folder = tmp_path_factory.mktemp(f"scoring-{locale[:2]}") / "data"
    with clock.at(NOW):
        database, office = a_database(folder)
        with closing(database), engine.using(database):
            unit = scored(office)
            give_passwords(database)
    with Served(folder, environ={"SET_CLOCK": NOW.isoformat()}, script="tests/stopped_app.py") as served:
        seats: dict[str, Seat] = {}

        def seat(person: str) -> Seat:
            if person not in seats:
                seats[person] = sit_down(browser, served, person, locale)
            return seats[person]

        yield Ground(served, seat, unit)


def names_of(language: str) -> Mapping[str, str]:
    """What the items and periods of the preset are called."""
    document = preset("rubrics")["rubric"][0]
    rows = [*document["items"], *(one for part in document["parts"] for one in part["periods"])]
    return {row["code"]: row["name_en" if language == "en" else "name"] for row in rows}


def score_the_year_end(ground: Ground, names: Mapping[str, str]) -> None:
    """The assessor fills in the empty sheet, takes a point off in the year's book, and finishes the sheet."""
    assessor = ground.seat("assessor")
    assessor.open(f"sheet?id={ground.unit}&period=year")
    standing = ground.count(ScoreEntry, ScoreEntry.computed.is_(None))
    assessor.click(assessor.page.locator("summary").filter(has_text=assessor.say("Enter a point with evidence")))
    for number, (item, points) in enumerate(ITEMS.items(), start=1):
        assessor.choose("Item", names[item])
        field = assessor.page.get_by_label(assessor.say("Points"), exact=True)
        field.fill(points)
        field.press("Tab")
        assessor.press("Enter")
        ground.comes_to(assessor, standing + number, ScoreEntry, ScoreEntry.computed.is_(None))
    assessor.press_key("score-finish")
    ground.comes_to(assessor, 12, ScoreSheet, ScoreSheet.finished_at.is_not(None))

    assessor.open(f"sheet?id={ground.unit}&period=book")
    assessor.choose("Item", names["criticism"])
    assessor.press("Enter")
    expect(assessor.page.get_by_text(assessor.say("Say why.")).first).to_be_visible()
    assessor.page.get_by_label(assessor.say("Reason"), exact=True).fill(CRITICISM)
    paper = FilePayload(name="通报.txt", mimeType="text/plain", buffer=CRITICISM.encode())
    assessor.page.locator("input[type=file]").set_input_files(paper)
    expect(assessor.page.get_by_text("通报.txt").first).to_be_visible()
    settle(assessor.page)
    assessor.press("Enter")
    ground.comes_to(assessor, 1, ScoreEntry, ScoreEntry.item == "criticism")


def publish(ground: Ground, message: str, editions: int, **values: object) -> None:
    """The director looks at the total of the year and publishes it."""
    director = ground.seat("director")
    director.open("scores")
    director.click(director.page.locator("[class*='st-key-publish-panel'] summary"))
    expect(director.page.locator("[class*='st-key-publish-scope'] input")).to_be_visible()
    director.page.evaluate(STILL)  # a list that opens while the fold still moves closes again
    director.choose("What to publish", {"en": "Total of the year", "zh": "全年总分"}[director.language])
    director.click(director.page.locator("[class*='st-key-publish-look'] label"))
    button = director.page.get_by_role("button", name=director.say(message, **values), exact=True)
    expect(button).to_be_visible(timeout=WAIT)
    if editions > 1:
        director.reads(director.say("What differs from the edition before"))
    director.click(button)
    ground.comes_to(director, editions, ScorePublication)


def appeal(ground: Ground, names: Mapping[str, str], item: str, row: int, number: int) -> None:
    """The head of the unit appeals against a line of the published year-end sheet."""
    head = ground.seat("head")
    head.open(f"results?id=1&unit={unit_id(ground)}")
    head.click(head.page.get_by_role("radio", name=names["year"], exact=True))
    lines = head.page.locator("[data-testid=stDataFrame]").first.locator(".dvn-scroller")
    head.click_cell(lines, {"x": 18, "y": 36 + 35 * row + 17})
    fold = head.page.locator("[class*='st-key-appeal-form'] summary")
    expect(fold).to_contain_text(names[item])
    head.click(fold)
    head.page.get_by_label(head.say("Why is it wrong?"), exact=True).fill(WHY[item])
    head.press("Appeal")
    ground.comes_to(head, number, ScoreAppeal, ScoreAppeal.state == "asked")


def rule(ground: Ground, item: str, message: str, state: str) -> None:
    """The director rules on the appeal against an item, with a reason."""
    director = ground.seat("director")
    director.open("results?id=1")
    director.click(director.page.get_by_role("tab").last)
    box = director.page.locator("[class*='st-key-appeal-']").filter(has_text=WHY[item]).first
    director.click(box.get_by_role("button", name=director.say("Rule on it")))
    reason = director.page.get_by_label(director.say("Reason of the ruling"), exact=True)
    reason.last.fill(RULED[item])
    director.click(director.page.get_by_role("button", name=director.say(message), exact=True).last)
    ground.comes_to(director, 1, ScoreAppeal, ScoreAppeal.state == state)


def unit_id(ground: Ground) -> int:
    """The unit behind the assessed one."""
    return int(ground.rows(select(AssessedUnit.unit_id).where(AssessedUnit.id == ground.unit))[0][0])


def correct(ground: Ground) -> None:
    """The assessor reopens the sheet, corrects the entry that was accepted, and finishes it again."""
    assessor = ground.seat("assessor")
    newest = select(ScoreEntry.id).where(ScoreEntry.item == "plans").order_by(ScoreEntry.id.desc()).limit(1)
    entry = ground.rows(newest)[0][0]
    assessor.open(f"sheet?id={ground.unit}&period=year&entry={entry}")
    assessor.press_key("score-reopen")
    ground.comes_to(assessor, 11, ScoreSheet, ScoreSheet.finished_at.is_not(None))
    form = assessor.page.locator("[class*=st-key-kept_form]").last
    expect(form).to_be_visible(timeout=WAIT)
    form.get_by_label(assessor.say("Points"), exact=True).fill("9")
    form.get_by_label(assessor.say("Reason"), exact=True).fill(RULED["plans"])
    assessor.click(form.get_by_role("button", name=assessor.say("Save"), exact=True))
    ground.comes_to(assessor, 1, ScoreEntry, ScoreEntry.item == "plans", ScoreEntry.reason == RULED["plans"])
    assessor.press_key("score-finish")
    ground.comes_to(assessor, 12, ScoreSheet, ScoreSheet.finished_at.is_not(None))


def tenths(ground: Ground, publication_id: int) -> list[tuple[int | None, int | None]]:
    """Total and rank of each unit as published."""
    query = select(ScoreResult.tenths, ScoreResult.rank).where(ScoreResult.publication_id == publication_id)
    return [(row.tenths, row.rank) for row in ground.rows(query.order_by(ScoreResult.unit_id))]


@pytest.mark.in_turn(1, of=4)
def test_a_year_is_scored_published_appealed_against_and_announced_again(ground: Ground, locale: str) -> None:
    names = names_of(locale[:2])
    score_the_year_end(ground, names)
    publish(ground, "Publish this result", 1)
    appeal(ground, names, "plans", 7, 1)
    appeal(ground, names, "streets", 8, 2)
    rule(ground, "plans", "Accept", "accepted")
    rule(ground, "streets", "Refuse", "refused")
    correct(ground)
    publish(ground, "Publish edition {n}", 2, n=2)

    before, after = tenths(ground, 1), tenths(ground, 2)
    assert after[0][0] is not None
    assert before[0][0] is not None
    assert after[0][0] > before[0][0]
    assert after[1] == before[1] or after[1][0] == before[1][0]

    head = ground.seat("head")
    head.open(f"results?id=1&unit={unit_id(ground)}")
    head.reads(RULED["streets"])
    director = ground.seat("director")
    for kind in ("docx", "xlsx"):
        fetched = director.page.context.request.get(
            f"{ground.served.url}/score-notice/2?as={kind}&lang={director.language}"
        )
        assert fetched.ok
        if kind == "docx":
            paper = docx.Document(io.BytesIO(fetched.body()))
            words = " ".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
            assert f"{after[0][0] / 10:.1f}" in words

    viewer = ground.seat("viewer")
    viewer.open("results?id=2")
    expect(viewer.page.locator("[data-testid=stDataFrame]").first).to_be_visible()
    viewer.open(f"results?id=2&unit={unit_id(ground)}")
    viewer.reads(viewer.say("This does not exist, or it is not yours to see."))
    viewer.open("scores")
    viewer.reads(viewer.say("You may not open this page."))
