"""Letting go of what a deletion leaves behind: pieces of indexes, the log of writes, dead rows, figures of columns.

Owed from before the deletion is written until it was done, so that a stop in between forgets nothing.
"""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from db.engine import Database
from db.models import Draft, Export, SavedList, UndoableAct
from db.rules.retention import RecordClass
from db.services.retention.grounds import BULKS, RECORDS, ROOTS

OWED = "traces-owed"
# So long a table's rewriting waits for whoever reads it; then the next round tries again.
PATIENCE = "10s"
_BESIDE = (Draft, Export, UndoableAct, SavedList)


def owe(database: Database) -> None:
    """Remember, outside the database, that a deletion is about to leave traces."""
    _mark(database).touch()


def settle(database: Database) -> None:
    """Let go of the traces of a deletion that was stopped before it came to that."""
    if _mark(database).exists():
        leave_no_trace(database)


def leave_no_trace(database: Database, one: RecordClass | None = None) -> bool:
    """Let go of what deletions (of one class of records) left behind.

    False where somebody reads a table for too long: it stays owed, and the next round tries again.
    """
    done = _sqlite(database) if database.is_sqlite else _postgres(database, tables(one))
    if done:
        _mark(database).unlink(missing_ok=True)
    return done


def empty_log(database: Database) -> None:
    """Write the log of writes into the file and empty it; PostgreSQL keeps its own by its own rules (docs/data.md)."""
    if database.is_sqlite:
        with database.engine.execution_options(linli_write=True).connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _mark(database: Database) -> Path:
    return Path(database.settings.folder) / OWED


def _sqlite(database: Database) -> bool:
    with database.maintenance() as connection:
        indexes = connection.scalars(text("SELECT name FROM sqlite_master WHERE sql LIKE '%VIRTUAL TABLE%fts5%'")).all()
        for name in indexes:
            connection.execute(text(f"INSERT INTO {name}({name}) VALUES ('optimize')"))  # noqa: S608 - names of our own
    empty_log(database)
    return True


def _postgres(database: Database, names: Iterable[str]) -> bool:
    """Write the tables anew with their indexes, then what the planner remembers of their columns.

    A plain VACUUM gives the room of dead rows back and leaves their bytes there; an ANALYZE keeps whole values.
    """
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SET lock_timeout = '{PATIENCE}'"))
        try:
            left = [name for name in sorted(names) if not _try(connection, f"VACUUM (FULL, ANALYZE) {name}")]
            _try(connection, "VACUUM FULL pg_statistic")
            # Only who may: otherwise the server does it by itself a few minutes later.
            _try(connection, "CHECKPOINT")
        finally:
            connection.execute(text("RESET lock_timeout"))
    return not left


def tables(one: RecordClass | None = None) -> set[str]:
    """Every table a deletion of this class, or any, may touch."""
    bulks = [bulk for name, bulks in BULKS.items() if one in (None, name) for bulk in bulks]
    roots = ROOTS.values() if one is None else [RECORDS[one][0]] if one in RECORDS else []
    of_roots = {part.table.name for root in roots for part in root.parts}
    return {bulk.table.name for bulk in bulks} | of_roots | {model.__tablename__ for model in _BESIDE if of_roots}


def _try(connection: Connection, statement: str) -> bool:
    try:
        connection.execute(text(statement))
    except DBAPIError:
        return False
    return True
