"""Export what you see: kept hidden, fetched once by its owner, journalled, and only of lists one may see."""

import json
from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import select

from components import shown_lists as drawn
from components.front_door import exports as door
from db.engine import Database
from db.journal import JournalRow
from db.rules.problems import NotThere, Problems, Refused
from db.services import exports as doors
from db.services import shown_lists
from tests.factories import Office

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
ROWS = [["=1+1", date(2026, 11, 22), datetime(2026, 11, 22, 1, 30, tzinfo=UTC), 3, None]]
ASKED = {"title": "Units", "headings": ["A", "B", "C", "D", "E"], "rows": ROWS, "language": "en"}


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    doors._asked._inside._left.clear()


def test_what_was_drawn_leaves_once(database: Database, office: Office) -> None:
    asked = shown_lists.ask(office.admin, shown="people", about=[("List", "all")], **ASKED)  # type: ignore[arg-type]
    with pytest.raises(NotThere):
        door._workbook(office.director, asked.token)
    name, content = door._workbook(office.admin, asked.token)
    with pytest.raises(NotThere):
        door._workbook(office.admin, asked.token)
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    assert name.startswith("Units ")
    assert [cell.value for cell in sheet[2]] == ["=1+1", datetime(2026, 11, 22), datetime(2026, 11, 22, 9, 30), 3, None]  # noqa: DTZ001 - a cell has no zone
    with database.reading() as session:
        told = session.scalars(select(JournalRow.after).where(JournalRow.event == "export", JournalRow.tbl == "person"))
        detail = json.loads(told.one() or "{}")
    assert (detail["rows"], detail["personal"], detail["list"]) == (1, True, "people")


def test_only_lists_one_may_see(office: Office) -> None:
    with pytest.raises(Refused):
        shown_lists.ask(office.clerk, shown="people", **ASKED)  # type: ignore[arg-type]
    with pytest.raises(NotThere):
        shown_lists.ask(office.admin, shown="secrets", **ASKED)  # type: ignore[arg-type]
    with pytest.raises(Problems):
        shown_lists.ask(office.admin, shown="people", **(ASKED | {"headings": ["A"]}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (pd.NaT, None),
        (pd.NA, None),
        (["a", "b"], "a, b"),
        (True, "Yes"),
        (pd.Series([4]).iloc[0], 4),
        (pd.Timestamp("2026-11-22T09:30", tz="UTC"), datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        (date(2026, 11, 22), date(2026, 11, 22)),
        ("", ""),
    ],
)
def test_cells_as_they_are_shown(office: Office, value: object, told: object) -> None:
    assert office
    assert drawn._cell(value, None) == told
