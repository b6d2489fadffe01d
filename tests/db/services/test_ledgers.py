"""The eight ledgers: what is in each, who reads which part, names masked or in clear, a workbook made to be printed."""

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from components.front_door import exports as door
from components.front_door.ledger_workbooks import notes_of
from db.engine import Database
from db.journal import JournalRow
from db.models import Briefing, CaseParty, MeetingAttendance, MeetingMinutes
from db.rules.ledgers import LEDGERS, Code
from db.rules.permissions import Actor, Permission, Role
from db.rules.problems import Named, NotThere, Problems, Refused
from db.rules.scoring.formulas import FORMULAS
from db.services import exports as doors
from db.services.duty.rows import records
from db.services.ledgers import books, contents, exports
from db.services.ledgers.asking import Choice
from db.services.records import Values
from tests.db.services import stages
from tests.db.services.meeting import a_meeting as held
from tests.db.services.test_scoring_computing import compute, rated
from tests.db.services.test_works import a_meeting, a_report
from tests.factories import NOW, SYSTEM, Office, a_case, a_dispute, an_assessment

YEAR: Any = {"begins": date(2026, 1, 1), "ends": date(2026, 12, 31)}
ALL = [code.value for code in Code]


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    doors._asked._inside._left.clear()


def read(actor: Actor, code: str, **more: object) -> list[dict[str, object]]:
    """A ledger of the year as it is looked at."""
    choice = Choice(**(YEAR | more))
    return contents.preview(actor, code=code, choice=choice).lines


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
    assert not contents.preview(office.clerk, code="inspection", choice=Choice(**YEAR)).whole
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
    assert read(office.people["deputy"], "disputes") == [], "who only knows of a dispute takes nothing of it away"
    assert read(office.people["director"], "matters", unit_id=office.unit_b) == []
    with pytest.raises(NotThere):
        read(office.people["head"], "matters", unit_id=office.unit_b)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_unit_s_ledger_tells_of_a_common_meeting_only_its_own_part(office: Office) -> None:
    a_meeting(office)
    (whole,), (own,) = (read(office.people[who], "meetings") for who in ("director", "head"))
    assert (str(whole["away"]), str(own["away"])) == ("东村", "")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_computed_points_stand_beside_those_that_were_given(office: Office) -> None:
    assessment_id = an_assessment(office)
    rated(office, "satisfied", "dissatisfied")
    compute(office, assessment_id, "first")
    lines = read(office.people["director"], "inspection", begins=NOW.date(), unit_id=office.unit_a)
    line = next(line for line in lines if str(line["item"]) == "群众满意率")
    assert line["points"] == 5
    both = frozenset({Role.CLERK, Role.UNIT_HEAD})  # takes ledgers of all, opens the scores of the own unit
    told = {
        str(one["unit"])
        for one in read(replace(office.people["outsider"], roles=both), "inspection", begins=date(2026, 7, 1))
    }
    assert str(line["unit"]) not in told
    others = read(office.people["director"], "inspection", begins=date(2026, 7, 1), unit_id=office.unit_b)
    assert not [line for line in others if "/0" in str(line["reason"])], "nothing to measure is no line"
    reason = line["reason"]
    assert isinstance(reason, Named)
    assert reason.within("en") == f"Computed: {FORMULAS['satisfaction']} (1/2)"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_ledger_of_one_unit_holds_nothing_of_others(database: Database, office: Office) -> None:
    meeting_id = held(database, office, state="closed")
    with database.transaction(SYSTEM) as session:
        session.add(MeetingAttendance(meeting_id=meeting_id, unit_id=office.unit_a, standing="present"))
        session.add(MeetingMinutes(meeting_id=meeting_id, edition=1, closed_at=NOW, document="{}"))
        told = {
            "kind": "monthly",
            "title": "月报",
            "state": "issued",
            "issued_at": NOW,
            "drafted_by_id": office.director.id,
        }
        days = {"begins": date(2026, 10, 1), "ends": date(2026, 10, 31), "drafted_at": NOW}
        session.add(Briefing(**told, **days))
    director = office.people["director"]
    kinds = {
        unit_id: [line["kind"] for line in read(director, "information", unit_id=unit_id)]
        for unit_id in (None, office.unit_a, office.unit_b)
    }
    assert kinds == {None: ["briefing", "minutes"], office.unit_a: ["minutes"], office.unit_b: []}
    book = contents.preview(director, code="information", choice=Choice(unit_id=office.unit_a, **YEAR))
    assert "Briefings are about the whole office; they are in no ledger of one unit." in notes_of(book, "en")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_workbook_is_made_for_paper_and_nothing_in_it_acts(database: Database, office: Office) -> None:
    with database.transaction(office.clerk) as session:
        a_case(session, office, number="2026-000001", subject="=HYPERLINK(1)", place="+861\t@x")
    asked = exports.ask(office.clerk, code="matters", choice=Choice(**YEAR), paper="A3", language="zh")
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
    asked = exports.ask(director, code="matters", choice=Choice(plain=True, **YEAR), language="en")
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
