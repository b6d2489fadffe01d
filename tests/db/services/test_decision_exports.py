"""Taking the list of decisions away as a workbook: once, by its owner, as it was seen."""

from io import BytesIO

import openpyxl
import pytest

from components.decision_list import EXPORTED
from components.front_door import exports as route
from db.engine import Database
from db.rules.problems import NotThere, Problems, Refused
from db.services import exports as doors
from db.services.meetings import decision_exports
from db.services.meetings.decisions import Choice, Tab
from tests.db.services.agendas import a_decision
from tests.db.services.meeting import a_meeting
from tests.factories import Office

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    doors._asked._inside._left.clear()


def test_the_list_is_fetched_once_as_it_was_seen(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    a_decision(database, office, meeting, text="=HYPERLINK(1)", owner_id=None, unit_id=office.unit_a)
    a_decision(database, office, meeting, owner_id=office.handler.id)
    asked = decision_exports.ask(office.head, choice=Choice(tab=Tab.OPEN), columns=EXPORTED, language="en")
    assert asked.rows == 2
    with pytest.raises(NotThere):
        route._workbook(office.handler, asked.token)
    name, content = route._workbook(office.head, asked.token)
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    rows = [dict(zip((c.value for c in sheet[1]), (c.value for c in row), strict=True)) for row in sheet.iter_rows(2)]
    assert name.startswith("Decisions")
    assert [row["Decision"] for row in rows] == ["=HYPERLINK(1)", "下周前拆除围挡"]
    assert [row["Unit that owes it"] for row in rows] == ["Building office", None]
    assert [row["Person who owes it"] for row in rows] == [None, "王经办"]
    assert {row["State"] for row in rows} == {"Open"}
    with pytest.raises(NotThere):
        route._workbook(office.head, asked.token)


def test_only_columns_of_the_list_and_only_who_may_settle(office: Office) -> None:
    with pytest.raises(Problems):
        decision_exports.ask(office.head, choice=Choice(), columns=["password"], language="en")
    with pytest.raises(Refused):
        decision_exports.ask(office.viewer, choice=Choice(), columns=EXPORTED, language="en")
