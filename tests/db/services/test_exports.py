"""Taking a list away: the rows and columns on screen, once, by their owner, masked unless allowed otherwise."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from components.front_door import exports as route
from db import clock
from db.engine import Database
from db.journal import JournalRow
from db.rules.intake import Party
from db.rules.problems import NotThere, Problems, Refused
from db.rules.rates import TooMany
from db.services import cases, exports
from db.services.cases import Choice, Tab
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.factories import NOW, Office

COLUMNS = ("number", "subject", "resident", "contact", "received_at", "next_due_on", "days_left")
ALL = Choice(tab=Tab.ALL)


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    exports._asked._inside._left.clear()


def asked(office: Office, who: str = "clerk", choice: Choice = ALL, **more: object) -> exports.Asked:
    """An export by somebody."""
    values: dict[str, object] = {"choice": choice, "columns": COLUMNS, "language": "en"}
    return exports.ask(office.people[who], **(values | more))  # type: ignore[arg-type]


def sheet_of(office: Office, who: str, token: str) -> list[tuple[object, ...]]:
    """The first sheet of the fetched workbook."""
    name, content = route._workbook(office.people[who], token)
    assert name.endswith(".xlsx")
    book = openpyxl.load_workbook(BytesIO(content))
    assert all(cell.data_type != "f" for page in book for row in page for cell in row)
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_exactly_the_rows_and_columns_on_screen(office: Office) -> None:
    brought(office, subject="=1+1", parties=(Party(name="李小明", contact="15400000001"),))
    brought(office, stages.HANDLING)
    choice = Choice(tab=Tab.OPEN, state="registered")
    shown = cases.register(office.clerk, choice=choice).rows
    made = asked(office, choice=choice)
    assert made.rows == len(shown) == 1
    head, row = sheet_of(office, "clerk", made.token)
    assert head == ("Number", "Subject", "Resident", "Contact", "Received", "Due", "Days left")
    assert row[:4] == (shown["number"][0], "=1+1", shown["resident"][0], shown["contact"][0])
    assert "李小明" not in row
    assert row[6] == 7


def test_names_only_for_those_who_may_and_then_it_is_written_on_every_case(database: Database, office: Office) -> None:
    case_id = brought(office, parties=(Party(name="李小明", contact="15400000001"),))
    for who in ("clerk", "deputy", "leader", "head"):
        with pytest.raises(Refused):
            asked(office, who, plain=True)
    made = asked(office, "director", plain=True)
    _, row = sheet_of(office, "director", made.token)
    assert row[2:4] == ("李小明", "15400000001"), "a telephone number is text"
    with database.reading() as session:
        noted = session.scalars(select(JournalRow.case_id).where(JournalRow.event == "export")).all()
    assert sorted(noted, key=str) == [case_id, None]


def test_only_its_owner_fetches_it_and_only_once(office: Office) -> None:
    brought(office)
    token = asked(office).token
    for actor in (office.deputy, office.director):
        with pytest.raises(NotThere):
            exports.fetch(actor, token=token)
    assert len(exports.fetch(office.clerk, token=token).rows) == 1
    with pytest.raises(NotThere):
        exports.fetch(office.clerk, token=token)
    with pytest.raises(NotThere):
        exports.fetch(office.clerk, token="made up")


def test_it_waits_for_ten_minutes(office: Office) -> None:
    token = asked(office).token
    with clock.at(NOW + timedelta(minutes=11)), pytest.raises(NotThere):
        exports.fetch(office.clerk, token=token)


@pytest.mark.parametrize("who", ["handler", "outsider", "viewer", "admin", "auditor"])
def test_others_may_not_export(office: Office, who: str) -> None:
    with pytest.raises(Refused):
        asked(office, who)


def test_a_sealed_matter_leaves_in_no_list(office: Office) -> None:
    brought(office)
    brought(office, sealed=True)
    made = asked(office, "director")
    assert (made.rows, made.left_out) == (1, 1)
    assert len(exports.fetch(office.director, token=made.token).rows) == 1
    assert asked(office, "clerk").left_out == 0, "nobody else learns that there is one"


def test_a_head_of_unit_takes_away_only_the_units_own(office: Office) -> None:
    brought(office)
    led = brought(office, stages.HANDLING)
    made = asked(office, "head")
    assert list(exports.fetch(office.head, token=made.token).rows["id"]) == [led]


def test_columns_come_from_the_list_and_nowhere_else(office: Office) -> None:
    for columns in ((), ("query_code",), ("number", "name")):
        with pytest.raises(Problems):
            asked(office, columns=columns)


def test_bulk_export_is_limited(office: Office) -> None:
    for _ in range(20):
        asked(office)
    with pytest.raises(TooMany):
        asked(office)


def test_the_words_searched_for_are_kept_from_the_journal(database: Database, office: Office) -> None:
    asked(office, choice=Choice(tab=Tab.ALL, text="李小明"))
    with database.reading() as session:
        written = session.scalars(select(JournalRow.after).where(JournalRow.tbl == "export")).all()
    assert written
    assert not any("李小明" in str(row) for row in written)
