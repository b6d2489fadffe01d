"""The eight ledgers: what is in each, who reads which part, names masked or in clear, a workbook made to be printed."""

import json
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from components.front_door import exports as door
from db.engine import Database
from db.journal import JournalRow
from db.models import CaseParty
from db.rules.ledgers import LEDGERS, Code
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere, Problems, Refused
from db.services import exports as doors
from db.services.duty.rows import records
from db.services.ledgers import books, contents, exports
from db.services.ledgers.contents import Choice
from db.services.records import Values
from tests.db.services import stages
from tests.db.services.test_works import a_meeting, a_report
from tests.factories import Office, a_case, a_dispute

YEAR = {"begins": date(2026, 1, 1), "ends": date(2026, 12, 31)}
ALL = [code.value for code in Code]


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    doors._asked._left.clear()


def read(actor: Actor, code: str, **more: object) -> list[dict[str, object]]:
    """A ledger of the year as it is looked at."""
    choice = Choice(code=code, **(YEAR | more))  # type: ignore[arg-type]
    return contents.preview(actor, choice=choice).lines


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_who_is_shown_which_ledgers_and_parts(office: Office) -> None:
    shown = {
        who: list(books.ledgers(actor)["code"])
        for who, actor in office.people.items()
        if actor.may(Permission.LEDGERS_EXPORT)
    }
    assert shown["director"] == shown["clerk"] == ALL
    assert "disputes" not in shown["head"]
    assert set(shown) == {"clerk", "deputy", "leader", "director", "head"}
    # A clerk reads no open score sheets: what is left out is told.
    assert not contents.preview(office.clerk, choice=Choice(code="inspection", **YEAR)).whole  # type: ignore[arg-type]
    with pytest.raises(Refused):
        read(office.people["handler"], "matters")
    with pytest.raises(NotThere):
        read(office.people["head"], "disputes")


def test_every_ledger_is_made_from_the_records(database: Database, office: Office) -> None:
    with database.transaction(office.clerk) as session:
        a_case(session, office, number="2026-000001", source="patrol", lead_unit_id=office.unit_a)
        a_case(session, office, number="2026-000002", running=2, sealed=True)
        a_case(session, office, number="2026-000003", running=3, kind="accusation")
        a_dispute(session, office)
    a_meeting(office, title="=1+1")
    a_report(office, date(2026, 11, 1), about="information", level="city", unit_ids=[office.unit_b])
    found = {code: read(office.people["director"], code) for code in ALL}
    assert [line["number"] for line in found["matters"]] == ["2026-000001"]
    assert [line["number"] for line in found["hazards"]] == ["2026-000001"]
    assert len(found["disputes"]) == len(found["meetings"]) == len(found["information"]) == 1
    for code, lines in found.items():
        assert all(set(line) & {field.name for field in LEDGERS[Code(code)]} for line in lines)
    assert read(office.people["director"], "matters", unit_id=office.unit_b) == []
    with pytest.raises(NotThere):
        read(office.people["head"], "matters", unit_id=office.unit_b)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_workbook_is_made_for_paper_and_nothing_in_it_acts(database: Database, office: Office) -> None:
    with database.transaction(office.clerk) as session:
        a_case(session, office, number="2026-000001", subject="=HYPERLINK(1)", place="+861\t@x")
    asked = exports.ask(office.clerk, choice=Choice(code="matters", **YEAR), paper="A3", language="zh")  # type: ignore[arg-type]
    name, content = door._workbook(office.clerk, asked.token)
    with pytest.raises(NotThere):
        door._workbook(office.clerk, asked.token)
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    assert name.startswith("求决事项受理台账 ")
    assert sheet["A1"].value == "求决事项受理台账"
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "8")
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_area
    cells = {cell.value: cell for row in sheet.iter_rows(min_row=4) for cell in row if cell.value is not None}
    assert cells["=HYPERLINK(1)"].data_type == "s"
    assert cells["=HYPERLINK(1)"].quotePrefix
    assert "&P" in str(sheet.oddFooter.center.text)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_names_are_masked_unless_asked_for_in_clear(database: Database, office: Office) -> None:
    director = office.people["director"]
    case_id = stages.brought(office)
    with database.reading() as session:
        party = session.scalars(select(CaseParty).where(CaseParty.case_id == case_id)).one()
    (line,) = read(director, "matters")
    assert line["resident"] == party.name_mask
    with pytest.raises(Refused):
        read(office.clerk, "matters", plain=True)
    with pytest.raises(Problems):
        read(director, "duty", plain=True)
    asked = exports.ask(director, choice=Choice(code="matters", plain=True, **YEAR), language="en")  # type: ignore[arg-type]
    taken = exports.fetch(director, token=asked.token)
    assert "*" not in str(taken.book.lines[0]["resident"])
    with database.reading() as session:
        rows = session.scalars(select(JournalRow).where(JournalRow.event == "export")).all()
        noted = [(row.tbl, row.pk, row.case_id, row.after) for row in rows]
    assert ("case_file", str(case_id), case_id) in [row[:3] for row in noted]
    ledger = next(json.loads(row[3] or "{}") for row in noted if row[0] == "ledger")
    assert (ledger["plain"], ledger["rows"]) == (True, 1)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_office_names_orders_and_hides_its_ledgers(office: Office) -> None:
    admin = office.people["admin"]
    rows = {row["code"]: row for row in records(books.every(admin))}
    first, last = rows["matters"], rows["information"]
    change: dict[int, tuple[int, Values]] = {
        first["id"]: (first["version"], {"name": "登记台账", "position": 9}),
        last["id"]: (last["version"], {"active": False}),
    }
    assert len(books.edit(admin, rows=change, key="k").saved) == 2
    shown = books.ledgers(office.clerk)
    assert list(shown["code"])[-1] == "matters"
    assert "information" not in set(shown["code"])
    assert list(shown["name"])[-1] == "登记台账"
    saved = books.edit(admin, rows={first["id"]: (first["version"] + 1, {"name": " "})}, key="k2")
    assert saved.rejected
