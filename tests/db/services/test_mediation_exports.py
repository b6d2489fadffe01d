"""Taking the list of disputes and the yearly table away: once, by their owner, masked, only what one may open."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from components.front_door import exports as route
from db.engine import Database
from db.journal import JournalRow
from db.models import Dispute, Export
from db.rules.problems import NotThere, Problems, Refused
from db.rules.rates import TooMany
from db.services import exports as cases_exports
from db.services.exports import Asked
from db.services.listing import Sort
from db.services.mediation import exports
from db.services.mediation.lists import Choice, Tab
from tests.db.services.standing_disputes import TODAY, agreed, mediating
from tests.factories import Office

COLUMNS = ("number", "subject", "parties", "state", "category", "received_on", "days_left", "child")
ALL = Choice(tab=Tab.ALL)


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    cases_exports._asked._inside._left.clear()


def asked(office: Office, who: str = "director", choice: Choice = ALL) -> Asked:
    """The list asked for by somebody."""
    return exports.ask_list(office.people[who], choice=choice, columns=COLUMNS, language="en")


def sheets_of(office: Office, who: str, token: str) -> list[list[tuple[object, ...]]]:
    """The sheets of the fetched workbook."""
    _, content = route._workbook(office.people[who], token)
    return [list(page.iter_rows(values_only=True)) for page in openpyxl.load_workbook(BytesIO(content)).worksheets]


def test_the_list_as_shown(database: Database, office: Office) -> None:
    mediating(database, office, office.mediator, subject="=1+1", child=True)
    agreed(database, office, office.mediator)
    choice = Choice(tab=Tab.ALL, state="mediating", received_from=date(2026, 1, 1), sort=Sort.NUMBER, ascending=True)
    made = asked(office, choice=choice)
    assert (made.rows, made.left_out) == (1, 0)
    (head, row), about = sheets_of(office, "director", made.token)
    assert head == (
        "Number",
        "Subject",
        "Parties",
        "State",
        "Category",
        "Received",
        "Days left",
        "A child is concerned",
    )
    assert row[:5] == ("M2026-000001", "=1+1", "甲**、乙**", "Being mediated", "Neighbours")
    assert (row[5].date(), row[6], row[7]) == (TODAY, 30, "Yes")  # type: ignore[attr-defined]
    assert ("Names", "Masked") in about


def test_files_one_may_only_know_of_stay_here(database: Database, office: Office) -> None:
    mediating(database, office, office.mediator, visitor_id=office.clerk.id)
    mediating(database, office, office.mediator)
    made = asked(office, "clerk")
    assert (made.rows, made.left_out) == (1, 1)
    assert len(sheets_of(office, "clerk", made.token)[0]) == 2
    assert asked(office, "elsewhere").rows == 0


def test_only_its_owner_fetches_it_only_once_and_only_as_what_it_is(database: Database, office: Office) -> None:
    mediating(database, office, office.mediator)
    token = asked(office).token
    with pytest.raises(NotThere):
        cases_exports.fetch(office.director, token=token)
    with pytest.raises(NotThere):
        exports.fetch_year(office.director, token=token)
    with pytest.raises(NotThere):
        cases_exports.kind_of(office.mediator, token=token)
    with pytest.raises(NotThere):
        exports.fetch_list(office.mediator, token=token)
    assert len(exports.fetch_list(office.director, token=token).rows) == 1
    with pytest.raises(NotThere):
        exports.fetch_list(office.director, token=token)
    with database.reading() as session:
        assert session.scalars(select(JournalRow.tbl).where(JournalRow.event == "export")).all() == ["dispute"]


def test_what_one_may_not_open_any_more_is_not_fetched(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office, office.mediator, visitor_id=office.clerk.id)
    token = asked(office, "clerk").token
    with database.transaction(office.director) as session:
        session.get_one(Dispute, dispute_id).visitor_id = None
    assert len(exports.fetch_list(office.clerk, token=token).rows) == 0


def test_columns_come_from_the_list_and_nowhere_else(office: Office) -> None:
    for columns in ((), ("facts",), ("number", "id")):
        with pytest.raises(Problems):
            exports.ask_list(office.director, choice=ALL, columns=columns, language="en")


def test_the_words_searched_for_are_kept_from_the_journal(database: Database, office: Office) -> None:
    asked(office, choice=Choice(tab=Tab.ALL, text="院墙排水"))
    with database.reading() as session:
        assert session.scalars(select(Export.kind)).all() == ["disputes"]
        written = session.scalars(select(JournalRow.after).where(JournalRow.tbl == "export")).all()
    assert written
    assert not any("院墙" in str(row) for row in written)


def test_the_yearly_table_as_a_workbook(database: Database, office: Office) -> None:
    for _ in range(3):
        agreed(database, office, office.mediator, amount=1234_50)
    mediating(database, office, office.mediator, category="contract")
    token = exports.ask_year(office.viewer, year=2026, committee_id=office.committee_a, language="en").token
    table, about = sheets_of(office, "viewer", token)
    lines = {line[:2]: line[2] for line in table}
    assert table[0] == ("Part", "Item", "Count")
    assert (lines["Disputes mediated", "Accepted"], lines["Disputes mediated", "Success rate"]) == (4, "75.0%")
    assert (lines["Category", "Neighbours"], lines["Category", "Contracts"], lines["Category", "Other"]) == (
        3,
        "< 3",
        0,
    )
    assert (lines["Committees", "Village"], lines["Amount agreed on (yuan)", None]) == (1, "3,703.50")
    assert ("Committee", "城建所调委会") in about
    with pytest.raises(NotThere):
        exports.fetch_year(office.viewer, token=token)


def test_a_committee_out_of_reach_has_no_table(office: Office) -> None:
    with pytest.raises(NotThere):
        exports.ask_year(office.mediator, year=2026, committee_id=office.committee_b, language="zh")
    made = exports.ask_year(office.mediator, year=2026, language="zh")
    assert exports.fetch_year(office.mediator, token=made.token).committee == ""


@pytest.mark.parametrize("who", ["handler", "head", "admin", "auditor"])
def test_others_take_nothing(office: Office, who: str) -> None:
    actor = office.people[who]
    with pytest.raises(Refused):
        asked(office, who)
    with pytest.raises(Refused):
        exports.ask_year(actor, year=2026, language="en")
    with pytest.raises(Refused):
        exports.fetch_list(actor, token="made up")
    with pytest.raises(Refused):
        exports.fetch_year(actor, token="made up")


def test_bulk_export_is_limited(office: Office) -> None:
    for _ in range(20):
        exports.ask_year(office.director, year=2026, language="en")
    with pytest.raises(TooMany):
        asked(office)
