"""Moving an office to another database and back: nothing is lost, nothing is started by mistake."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from db import engine, wall
from db.base import Base
from db.engine import Database
from db.models import Case
from db.services import journal, moving
from db.services.keeping import KeepingError
from db.settings import Settings, SettingsError
from tests import postgres
from tests.factories import SYSTEM, Office, a_case, a_dispute


@pytest.fixture
def empty_postgres(postgres_server: str) -> Iterator[str]:
    """The address of a database that holds nothing."""
    with postgres.administering(postgres_server) as server:
        server.execute("DROP DATABASE IF EXISTS moved_to")
        server.execute("CREATE DATABASE moved_to OWNER linli")
        yield f"{postgres_server}/moved_to"
        server.execute("DROP DATABASE moved_to WITH (FORCE)")


def rows_of(settings: Settings) -> dict[str, list[str]]:
    """Every row of every table as Python sees it; the journal without the line about the move."""
    made = create_engine(settings.url)
    with made.connect() as connection:
        if connection.dialect.name != "sqlite":
            wall.tell_reader(connection, None)
        found = {t.name: sorted(map(repr, connection.execute(select(t)))) for t in Base.metadata.sorted_tables}
    made.dispose()
    found["journal"] = [row for row in found["journal"] if "'moved'" not in row]
    return found


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("alone")
def test_an_office_moves_to_postgresql_and_back(database: Database, office: Office, empty_postgres: str) -> None:
    with database.transaction(SYSTEM) as session:
        a_case(session, office, sealed=True)  # hidden from a connection that says nothing
        number = a_case(session, office).id
        a_dispute(session, office)  # counted by triggers, which must not count it again
    here, folder = database.settings, database.settings.folder
    database.close()
    before, untouched = rows_of(here), (folder / "linli.db").read_bytes()
    lines = moving.move(here, to=empty_postgres)
    assert any(f"moved: {sum(map(len, before.values()))} rows" in line for line in lines)
    assert (folder / "linli.db").read_bytes() == untouched
    with pytest.raises(SettingsError, match="was moved"):
        engine.open_database(here)
    there = replace(here, database_url=empty_postgres)
    assert rows_of(there) == before
    goes_on(there, office, number + 1)
    with pytest.raises(KeepingError, match="no empty database"):
        moving.move(there, to=here.url)
    again = replace(here, database_url=f"sqlite:///{(folder / 'again.db').as_posix()}")
    wanted = rows_of(there)
    moving.move(there, to=again.url)
    with pytest.raises(SettingsError, match="was moved"):
        engine.open_database(there)
    assert rows_of(again) == wanted
    goes_on(again, office, number + 2)


def goes_on(settings: Settings, office: Office, number: int) -> None:
    """The office works: the next case gets the next number, the journal holds, nothing points nowhere."""
    opened = engine.open_database(settings)
    try:
        with opened.transaction(SYSTEM) as session:
            case = a_case(session, office)
            session.flush()
            assert case.id == number
        with opened.reading() as session:
            assert session.get_one(Case, number).text == case.text
            if opened.is_sqlite:
                assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        assert journal.verify_database(opened).sound
    finally:
        opened.close()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("alone")
def test_what_can_not_be_moved_is_told_and_stays(database: Database) -> None:
    here, folder = database.settings, database.settings.folder
    with pytest.raises(KeepingError, match="running"):
        moving.move(here, to=f"sqlite:///{folder}/new.db")
    database.close()
    create = create_engine(f"sqlite:///{folder}/full.db")
    with create.begin() as connection:
        connection.execute(text("CREATE TABLE recipe (name TEXT)"))
    create.dispose()
    for to, why in {
        "mysql://x/y": "must start",
        here.url: "there already",
        f"sqlite:///{folder}/full.db": "must be empty",
    }.items():
        with pytest.raises(KeepingError, match=why):
            moving.move(here, to=to)
    assert make_url(here.url).database
    engine.open_database(here).close()
