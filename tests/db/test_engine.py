"""The strong room: who may write, in which order, with which pragmas, and what refuses to start."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from db import engine
from db.engine import DECIPHERED_PAGES, KEPT_OPEN, PAGES, PRAGMAS, Database, FairGate, GateTimeout
from db.models import Code, OfficeFact
from db.rules.permissions import Actor
from db.settings import SettingsError
from tests.factories import SYSTEM, Office, settings_for

WAITERS = 8


def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), database.reading() as session:
        session.execute(text("UPDATE office_fact SET value = 'changed'"))
    with database.transaction(SYSTEM) as session:
        session.add(OfficeFact(name="after the refusal", value="a write still works"))
    with database.reading() as session:
        assert session.scalar(select(OfficeFact.value).where(OfficeFact.name == "after the refusal"))
        assert "changed" not in session.scalars(select(OfficeFact.value)).all()


def test_an_error_takes_everything_back(database: Database) -> None:
    def half() -> None:
        with database.transaction(SYSTEM) as session:
            session.add(OfficeFact(name="half", value="done"))
            session.flush()
            raise RuntimeError("before the end")

    with pytest.raises(RuntimeError, match="before the end"):
        half()
    with database.reading() as session:
        assert session.scalar(select(OfficeFact.id).where(OfficeFact.name == "half")) is None


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.transaction(SYSTEM) as writing:
        writing.add(OfficeFact(name="unfinished", value="x"))
        writing.flush()
        with database.reading() as session:
            assert session.scalar(select(OfficeFact.id).where(OfficeFact.name == "unfinished")) is None


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_every_connection_keeps_the_pragmas(database: Database) -> None:
    connections = [database.engine.connect() for _ in range(3)]
    try:
        for connection in connections:
            for name, value in PRAGMAS.items():
                assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value, name
    finally:
        for connection in connections:
            connection.close()
    assert {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}.items() <= PRAGMAS.items()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_after_a_rush_few_connections_stay_open(database: Database) -> None:
    database.engine.dispose()
    rush = [database.engine.connect() for _ in range(4 * KEPT_OPEN)]
    for connection in rush:
        connection.close()
    assert isinstance(database.engine.pool, QueuePool)
    assert database.engine.pool.checkedin() == KEPT_OPEN
    used = set()
    for _ in range(2):  # one after another they use the one whose pages are read already
        with database.engine.connect() as connection:
            used.add(id(connection.connection.dbapi_connection))
    assert len(used) == 1


def test_the_gate_lets_writers_through_in_order() -> None:
    gate, passed = FairGate(), []

    def writer(number: int) -> None:
        with gate():
            passed.append(number)

    threads = []
    with gate():
        for number in range(WAITERS):
            thread = threading.Thread(target=writer, args=(number,))
            thread.start()
            threads.append(thread)
            _until(lambda: len(gate._queue), number + 1)
    for thread in threads:
        thread.join()
    assert passed == list(range(WAITERS))


def test_who_waits_too_long_is_told_and_the_next_gets_in() -> None:
    gate = FairGate()
    with gate():
        told = pytest.raises(GateTimeout, match="no turn")
        with ThreadPoolExecutor(1) as pool, told:
            pool.submit(gate._enter, 0.05).result()
        assert not gate._queue
    with gate(0.1):
        pass


def test_an_error_inside_opens_the_gate_again() -> None:
    gate = FairGate()
    with pytest.raises(ValueError, match="inside"), gate():
        raise ValueError("inside")
    with gate(0.1):
        pass


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_two_writers_follow_one_another(database: Database, office: Office) -> None:
    order: list[str] = []
    inside = threading.Event()

    def first() -> None:
        with database.transaction(office.clerk) as session:
            inside.set()
            time.sleep(0.1)
            session.add(Code(list_name="t", code="first", label_zh="x"))
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait()
    with database.transaction(office.deputy) as session:
        order.append("second")
        assert session.scalar(select(Code.id).where(Code.code == "first")) is not None
    thread.join()
    assert order == ["first", "second"]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_second_process_may_read_but_not_write(database: Database) -> None:
    # A lock of another open file stands for another process here.
    with pytest.raises(SettingsError, match="already running"):
        engine._sole_writer(database.settings)
    reader = Database(database.settings, database.keys, database.engine, reads_only=True)
    with reader.reading() as session:
        assert session.scalar(select(OfficeFact.id).limit(1)) is not None
    with pytest.raises(RuntimeError, match="for reading"), reader.transaction(SYSTEM):
        pass


def test_an_unsafe_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SAFE_SQLITE", (99, 0, 0))
    with pytest.raises(SettingsError, match="may damage its log"):
        engine.open_database(settings_for(tmp_path))


def test_a_refused_pragma_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PRAGMAS", PRAGMAS | {"synchronous": 7})
    database = engine.open_database(settings_for(tmp_path))
    try:
        with pytest.raises(SettingsError, match="SQLite refused synchronous"), database.reading() as session:
            session.execute(text("SELECT 1"))
    finally:
        database.close()
        engine._process.clear()


@pytest.mark.parametrize("encrypted", [False, True])
def test_pages_that_cost_more_to_read_are_kept_longer(tmp_path: Path, encrypted: bool) -> None:
    database = engine.open_database(replace(settings_for(tmp_path), encrypt_database=encrypted))
    try:
        with database.engine.connect() as connection:
            kept = -int(connection.exec_driver_sql("PRAGMA cache_size").scalar_one())
        assert kept == (DECIPHERED_PAGES if encrypted else PAGES)
    finally:
        database.close()
        engine._process.clear()


def test_an_encrypted_file_is_noise_without_its_key(tmp_path: Path) -> None:
    database = engine.open_database(replace(settings_for(tmp_path), encrypt_database=True))
    try:
        with database.maintenance() as connection:
            connection.exec_driver_sql("CREATE TABLE spoken (words TEXT)")
            connection.exec_driver_sql("INSERT INTO spoken VALUES ('canary in clear')")
    finally:
        database.close()
        engine._process.clear()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("linli.db*"))
    assert len(stored) > 4096
    assert b"canary in clear" not in stored
    assert b"SQLite format 3" not in stored


def test_without_an_open_database_nothing_is_current() -> None:
    assert not engine._process
    with pytest.raises(RuntimeError, match="no database is open"):
        engine.current()


def test_the_writer_is_named_for_its_own_block_only(database: Database) -> None:
    one, other = Actor(id=None, name="one"), Actor(id=None, name="other")
    for actor in (one, other):
        with database.transaction(actor) as session:
            session.add(OfficeFact(name=f"by {actor.name}", value="x"))
    with database.reading() as session:
        rows = session.execute(text("SELECT actor FROM journal WHERE tbl = 'office_fact' ORDER BY seq DESC LIMIT 2"))
        assert [row.actor for row in rows] == ["other", "one"]


def _until(measure: object, wanted: int) -> None:
    assert callable(measure)
    for _ in range(1000):
        if measure() == wanted:
            return
        time.sleep(0.002)
    raise AssertionError(f"never reached {wanted}")
