"""The ground the tests stand on: a fresh database per test, a stopped clock, people who mean the same."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from db import clock
from db.engine import Database
from db.models import CalendarYear, Code, LimitRule, Person
from db.rules.permissions import Role
from db.services.office.presets import preset
from tests.db.services.untouched import everything
from tests.factories import NOW, SYSTEM, Office
from tests.postgres import Slate


def test_a_fresh_database_has_presets_and_people(database: Database, office: Office) -> None:
    with database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(m)) for m in (Person, LimitRule, CalendarYear)]
        assert counts == [len(office.people), len(preset("limits")["set"][0]["rules"]), 23]
    assert office.handler.unit_id == office.unit_a != office.outsider.unit_id
    assert office.head.roles == {Role.UNIT_HEAD}


def test_what_one_test_writes_the_next_does_not_see(database: Database) -> None:
    with database.transaction(SYSTEM) as session:
        assert session.scalar(select(Code.id).where(Code.code == "only_here")) is None
        session.add(Code(list_name="category", code="only_here", label_zh="x"))


on_postgres = pytest.mark.parametrize(
    "engine_name", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def _written(session: Session) -> None:
    session.add(Code(list_name="category", code="only_here", label_zh="x"))
    session.execute(update(Person).values(name="somebody else"))
    session.execute(delete(LimitRule))


def _put_in_the_place_of_another(session: Session) -> None:
    last = session.scalars(select(Code.id).order_by(Code.id.desc()).limit(1)).one()
    session.execute(delete(Code).where(Code.id == last))
    session.add(Code(list_name="category", code="only_here", label_zh="x"))


def _of_another_shape(session: Session) -> None:
    session.execute(text("ALTER TABLE journal DISABLE TRIGGER ALL"))
    session.execute(text("CREATE TABLE more (id integer)"))


@on_postgres
@pytest.mark.parametrize("change", [_written, _put_in_the_place_of_another, _of_another_shape])
def test_a_wiped_slate_is_the_template_again(
    database: Database, postgres_slate: Slate, change: Callable[[Session], None]
) -> None:
    first = _whole(database)
    for _ in range(2):
        with database.transaction(SYSTEM) as session:
            change(session)
        assert _whole(database) != first
        postgres_slate.wipe()
        assert _whole(database) == first


@on_postgres
def test_a_transaction_somebody_left_open_is_no_obstacle(database: Database, postgres_slate: Slate) -> None:
    first = _whole(database)
    with database.transaction(SYSTEM) as session:
        _written(session)
    left_open = database.engine.connect()
    left_open.execute(text("LOCK TABLE code"))
    postgres_slate.wipe()
    left_open.invalidate()
    assert _whole(database) == first


def _whole(database: Database) -> tuple[object, ...]:
    """Every row, how far the journal and the sequences are, and every trigger."""
    asked = (
        "SELECT seq, mac FROM journal ORDER BY seq",
        "SELECT sequencename, last_value FROM pg_sequences ORDER BY sequencename",
        "SELECT tgname, tgenabled FROM pg_trigger ORDER BY tgname",
        "SELECT tablename FROM pg_tables ORDER BY tablename",
    )
    with database.reading() as session:
        return everything(database), [[tuple(row) for row in session.execute(text(query))] for query in asked]


def test_the_clock_stands_still_in_every_thread(stopped_clock: object) -> None:
    seen = []
    thread = threading.Thread(target=lambda: seen.append(clock.now()))
    thread.start()
    thread.join()
    assert seen == [NOW] == [stopped_clock]
