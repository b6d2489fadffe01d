"""Taking a register of work away as a workbook: once, by its owner, counting only what they read."""

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from components.front_door import exports as route
from components.works_list import EXPORTED
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services import exports as doors
from db.services.works import exports
from db.services.works.lists import Choice, Tab
from tests.db.services.test_works import TODAY, a_meeting, a_report
from tests.factories import Office

Row = tuple[object, ...]
Workbook = tuple[str, list[dict[object, object]], list[Row]]


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    doors._asked._inside._left.clear()


def workbook_of(office: Office, who: str, choice: Choice, language: str) -> Workbook:
    """A list taken away by somebody."""
    actor = office.people[who]
    return fetched(actor, exports.ask(actor, choice=choice, columns=EXPORTED, language=language).token)


def fetched(actor: Actor, token: str) -> Workbook:
    """The name of the workbook, its lines by heading, and what it says of itself; it leaves once."""
    name, content = route._workbook(actor, token)
    with pytest.raises(NotThere):
        route._workbook(actor, token)
    table, about = (
        list(page.iter_rows(values_only=True)) for page in openpyxl.load_workbook(BytesIO(content)).worksheets
    )
    return name, [dict(zip(table[0], row, strict=True)) for row in table[1:]], about


def test_the_lines_as_shown(office: Office) -> None:
    a_meeting(office, title="=1+1")
    name, (line,), about = workbook_of(office, "director", Choice(text="1"), "en")
    assert name == f"Registers of work {TODAY}.xlsx"
    assert line["Day"].date() == TODAY  # type: ignore[attr-defined]
    assert [line[heading] for heading in ("Kind", "Title", "What kind", "Units")] == [
        "Meeting",
        "=1+1",
        "Regular meeting",
        3,
    ]
    assert [line[heading] for heading in ("Attended", "Absent", "People absent")] == [2, 1, 2]
    assert ("Searched for", "1") in about


def test_the_columns_are_those_that_were_asked_for(office: Office) -> None:
    a_meeting(office)
    asked = exports.ask(office.director, choice=Choice(), columns=["title", "on_day"], language="en")
    _, (line,), _ = fetched(office.director, asked.token)
    assert list(line) == ["Title", "Day"]


def test_a_head_of_unit_takes_the_own_parts_only(office: Office) -> None:
    a_meeting(office)
    _, (line,), _ = workbook_of(office, "head", Choice(), "en")
    assert [line[heading] for heading in ("Units", "Attended", "Absent", "People absent")] == [2, 2, 0, 0]


def test_adopted_information_and_papers_are_in_words(office: Office) -> None:
    a_report(office, TODAY, about="information", level="city", unit_ids=[office.unit_b])
    a_meeting(office, kind="activity", about="large", papers=["plan", "final"], parts=[])
    _, lines, _ = workbook_of(office, "assessor", Choice(tab=Tab.ALL), "en")
    told = {line["Kind"]: line for line in lines}
    assert (told["Report"]["Adopted at"], told["Report"]["The one unit"]) == ("City or province", "东村")
    assert told["Activity"]["Papers"] == "Plan, Final summary"


def test_an_empty_register_leaves_with_its_headings(office: Office) -> None:
    _, lines, about = workbook_of(office, "clerk", Choice(tab=Tab.REMOVED), "zh")
    assert lines == []
    assert len(about) >= 4


def test_a_year_by_unit_and_month(office: Office) -> None:
    """R-05: months left out stand in a row of their own; people absent are people."""
    a_meeting(office)
    told: dict[str, Any] = {"kind": "inspection", "about": "month", "parts": [], "unit_ids": [office.unit_a]}
    a_meeting(office, **told, on_day=date(2026, 3, 5), key="inspected")
    asked = exports.ask_year(office.director, kind="inspection", year=2026, language="en")
    name, lines, about = fetched(office.director, asked.token)
    assert name == f"Registers of work by unit {TODAY}.xlsx"
    assert {("List", "Inspections"), ("Year", "2026")} <= set(about)
    rows = {(line["Unit"], line["Standing"]): line for line in lines}
    unit = next(str(line["Unit"]) for line in lines if line["Standing"] == "Done")
    assert (rows[unit, "Done"]["Mar"], rows[unit, "Done"]["In the year"]) == (1, 1)
    assert rows[unit, "No monthly inspection"]["In the year"] == 9
    assert rows[unit, "No monthly inspection"]["Mar"] is None
    asked = exports.ask_year(office.head, kind="meeting", year=2026, language="zh")
    _, lines, _ = fetched(office.head, asked.token)
    assert [(line["参与情况"], line["全年"]) for line in lines] == [("到会", 1), ("到会", 1)]
