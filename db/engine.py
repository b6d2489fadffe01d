"""The strong room: one write gate, a read-only and a writing session, and every pragma asserted on connect."""

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from db import journal, wall
from db.closed import why_closed
from db.journal import Writer
from db.rules.permissions import Actor
from db.settings import Secrets, Settings, SettingsError, secrets_of

SAFE_SQLITE = (3, 51, 3)
GATE_SECONDS = 30.0
AWAY_SECONDS = 5.0
WRITE_LOCK = 0x4C494E4C49
JOB_LOCKS = 0x4C494E
# Each open connection to the file holds the whole schema with its triggers (6 MB) beside its pages and statements.
KEPT_OPEN = 5
# Kilobytes of pages. The system keeps those of a plain file as well; one of an encrypted file is deciphered each time.
PAGES, DECIPHERED_PAGES = 2000, 8000
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 10000,
    "secure_delete": 1,
}


class GateTimeout(Exception):
    """The write gate stayed closed for longer than anybody should wait."""


class FairGate:
    """A lock that lets writers through in the order they came; SQLite's own waiting is unfair and slow."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._queue: deque[threading.Event] = deque()

    @contextmanager
    def __call__(self, seconds: float = GATE_SECONDS) -> Iterator[None]:
        """Hold the gate; raises GateTimeout after `seconds`."""
        self._enter(seconds)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, seconds: float) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._queue.append(turn)
        if turn.wait(seconds):
            return
        with self._guard:
            if turn.is_set():
                return
            self._queue.remove(turn)
        raise GateTimeout(f"no turn to write within {seconds:g} s")

    def _leave(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False


class Database:
    """One open database: `reading()` for lists, `transaction(actor)` for acts."""

    def __init__(self, settings: Settings, keys: Secrets, engine: Engine, *, reads_only: bool = False) -> None:
        """`reads_only` opens a database another process may be writing (backup, check)."""
        self.settings = settings
        self.keys = keys
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        read_options = {} if self.is_sqlite else {"postgresql_readonly": True}
        self._read = sessionmaker(engine.execution_options(**read_options), expire_on_commit=False)
        if not self.is_sqlite:
            event.listen(self._read, "after_begin", _say_who_reads)
        self._write = sessionmaker(engine.execution_options(linli_write=True), expire_on_commit=False)
        self._gate = FairGate() if self.is_sqlite else None
        self._reads_only = reads_only
        self._process_lock = _sole_writer(settings) if self.is_sqlite and not reads_only else None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that can't write; on PostgreSQL the database is told who reads, and hides what is not theirs."""
        info = {} if self.is_sqlite else {wall.READER: wall.reader()}
        with self._read(info=info) as session:
            yield session

    @contextmanager
    def transaction(self, actor: Actor, *, notes_only: bool = False) -> Iterator[Session]:
        """One action, one transaction: commits at the end, rolls back on any error, journals under `actor`.

        With `notes_only` it reads as `reading()` does and writes nothing about a case: somebody is shown something.
        """
        if self._reads_only:
            raise RuntimeError("this database was opened for reading")
        writer = Writer(actor_id=actor.id, actor=actor.name, origin=actor.origin)
        gate = self._gate() if self._gate else nullcontext()
        with gate, journal.writing(writer), self._write() as session, session.begin():
            if not self.is_sqlite:
                session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITE_LOCK})
                journal.tell_postgres(session.connection(), writer, self.keys.journal)
                if notes_only:
                    wall.tell_reader(session.connection(), actor)
            yield session

    @contextmanager
    def maintenance(self) -> Iterator[Connection]:
        """A writing connection for migrations and checks, behind the same gate: two processes may start at once."""
        gate = self._gate() if self._gate else nullcontext()
        with gate, self.engine.execution_options(linli_write=True).begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITE_LOCK})
                wall.tell_reader(connection, None)
            yield connection

    @contextmanager
    def aside(self) -> Iterator[Connection]:
        """PostgreSQL: a short transaction that waits for no act, for counts a crash of the server may lose."""
        with self.engine.begin() as connection:
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            yield connection

    @contextmanager
    def alone(self, job: str) -> Iterator[bool]:
        """Whether no other process is at this job; then it is ours until the block, or this process, ends."""
        if self.is_sqlite:
            yield True
            return
        lock = {"place": JOB_LOCKS, "job": job}
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            ours = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:place, hashtext(:job))"), lock))
            try:
                yield ours
            finally:
                try:
                    if ours:
                        connection.execute(text("SELECT pg_advisory_unlock(:place, hashtext(:job))"), lock)
                except DBAPIError:
                    connection.invalidate()  # what holds the lock ends with it

    def close(self) -> None:
        """Give every connection back, and the file to whichever process comes next."""
        self.engine.dispose()
        if self._process_lock is not None:
            self._process_lock.release()


def _say_who_reads(session: Session, _transaction: object, connection: Connection) -> None:
    """Each transaction of its own: what one said holds for it alone, whoever gets the connection next."""
    wall.tell_reader(connection, session.info[wall.READER])


_current: ContextVar[Database | None] = ContextVar("current_database", default=None)
_process: list[Database] = []


def open_database(settings: Settings) -> Database:
    """Open the database of `settings`, make its folder and keys on first use, and make it the process's own.

    Raises SettingsError for one that was moved away from or half restored.
    """
    os.umask(0o077)
    if why := why_closed(settings):
        raise SettingsError(why)
    keys = secrets_of(settings)
    database = Database(settings, keys, _engine(settings, keys))
    _process[:] = [database]
    return database


def current() -> Database:
    """The database of this process; raises RuntimeError before open_database()."""
    database = _current.get() or (_process[0] if _process else None)
    if database is None:
        raise RuntimeError("no database is open")
    return database


@contextmanager
def using(database: Database) -> Iterator[Database]:
    """Let current() answer `database` inside the block."""
    token = _current.set(database)
    try:
        yield database
    finally:
        _current.reset(token)


def reading() -> AbstractContextManager[Session]:
    """A reading session on the current database."""
    return current().reading()


def transaction(actor: Actor) -> AbstractContextManager[Session]:
    """One transaction under `actor` on the current database."""
    return current().transaction(actor)


def noting(actor: Actor) -> AbstractContextManager[Session]:
    """A transaction that only notes in the journal what somebody is shown: it reads behind the second wall."""
    return current().transaction(actor, notes_only=True)


def _sole_writer(settings: Settings) -> FileLock:
    """SQLite has one writing process; the operating system frees the lock when that process ends, however it ends."""
    lock = FileLock(f"{make_url(settings.url).database}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SettingsError("Linli is already running on this database; stop it first, or use PostgreSQL") from None
    return lock


def _engine(settings: Settings, keys: Secrets) -> Engine:
    if not settings.url.startswith("sqlite"):
        return _postgres(settings)
    from sqlcipher3 import dbapi2

    if dbapi2.sqlite_version_info < SAFE_SQLITE:
        raise SettingsError(f"SQLite {dbapi2.sqlite_version} may damage its log; 3.51.3 or newer is needed")
    Path(make_url(settings.url).database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        settings.url,
        module=dbapi2,
        hide_parameters=True,
        pool_size=KEPT_OPEN,
        max_overflow=30 - KEPT_OPEN,
        pool_use_lifo=True,
        connect_args={"timeout": 10},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        if settings.encrypt_database:
            connection.execute(f"PRAGMA key = \"x'{keys.identity.hex()}'\"")
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")
            (answer,) = connection.execute(f"PRAGMA {name}").fetchone()
            if answer != value:
                raise SettingsError(f"SQLite refused {name}={value} (it says {answer})")
        pages = DECIPHERED_PAGES if settings.encrypt_database else PAGES
        connection.execute(f"PRAGMA cache_size = -{pages}")
        journal.equip_sqlite(connection, keys)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("linli_write", False)
        connection.exec_driver_sql(f"PRAGMA query_only = {0 if writes else 1}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres(settings: Settings) -> Engine:
    """A server that was there is waited for: one that restarts costs nobody more than the act it broke off."""
    engine = create_engine(settings.url, pool_pre_ping=True, hide_parameters=True, pool_size=10)
    was_there = False

    @event.listens_for(engine, "do_connect")
    def patiently(dialect: Any, _record: Any, where: Any, options: Any) -> Any:
        nonlocal was_there
        until = time.monotonic() + AWAY_SECONDS
        while True:
            try:
                connection = dialect.connect(*where, **options)
            except dialect.loaded_dbapi.OperationalError:
                if not was_there or time.monotonic() >= until:
                    raise
                time.sleep(0.2)
            else:
                was_there = True
                return connection

    return engine
