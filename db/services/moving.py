"""Moving an office from SQLite to PostgreSQL or back: every row compared on both sides, the chain whole."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, Connection, Table, func, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from db import engine, journal, migrations
from db.base import Base
from db.closed import close_off, why_closed
from db.engine import Database
from db.rules.permissions import system_actor
from db.services.journal import anchor, anchored
from db.services.keeping.soundness import (
    KeepingError,
    check_counts,
    check_journal,
    check_pages,
    counts_of,
    line_of,
    opened,
)
from db.settings import Settings, SettingsError

BATCH = 2000
ELSEWHERE = "this office was moved to {url}: set database_url to it; what lies here is no longer in use"


def move(settings: Settings, *, to: str) -> list[str]:
    """Copy the whole office into the empty database `to` and answer what to print; raises KeepingError.

    All of it or nothing: the target is written in one transaction and compared before that is over. The source is only
    read, and marked afterwards so that nobody starts it by mistake. Files and keys stay in the data folder. Linli must
    be stopped.
    """
    if why := why_closed(settings):
        raise KeepingError(why)
    try:
        target_settings = _target(settings, to)
        with opened(settings, reads_only=False) as source, opened(target_settings, reads_only=False) as target:
            heads = anchored(settings)
            check_pages(source)
            with source.maintenance() as read, target.maintenance() as write:
                if migrations.pending(source):
                    raise KeepingError("the office is of an older version: start Linli once, then move")
                _needs_empty(write)
                told = _copy(read, write)
            check_pages(target)
            rows = check_journal(source, heads)
            if check_journal(target, heads) != rows:
                raise KeepingError("the journal of the target is not the source's")
            _note(target, settings, to)
    except (DatabaseError, SettingsError) as error:
        raise KeepingError(f"the office can't be moved: {line_of(error)}") from None
    shown = make_url(to).render_as_string(hide_password=True)
    close_off(settings, ELSEWHERE.format(url=shown))
    return [
        f"moved: {sum(told.values())} rows of {len(told)} tables, each table compared row by row",
        f"journal: {rows} rows hold on both sides",
        f"Now set database_url = {shown}",
        "What was moved away from is whole and marked, so that nobody starts it by mistake.",
    ]


def _target(settings: Settings, to: str) -> Settings:
    if not to.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise KeepingError("--to must start with sqlite:/// or postgresql+psycopg://")
    if make_url(to) == make_url(settings.url):
        raise KeepingError("the office is there already")
    target = replace(settings, database_url=to)
    if why := why_closed(target):
        raise KeepingError(f"{make_url(to).render_as_string(hide_password=True)} is no empty database: {why}")
    return target


def _needs_empty(write: Connection) -> None:
    names = inspect(write).get_table_names()
    if names:
        raise KeepingError(f"the target must be empty, and it holds the table {names[0]}")


def _copy(read: Connection, write: Connection) -> dict[str, int]:
    """Schema, rows, counters, and only then triggers and keys; answers rows per table. Raises KeepingError."""
    migrations.build(write)
    bring_back = _without_guards(write)
    tables = Base.metadata.sorted_tables
    for table in reversed(tables):
        write.execute(table.delete())  # what migrations themselves put in
    wanted, digests = {}, {}
    for table in tables:
        digest, rows = hashlib.sha256(), 0
        for batch in _batches(read, table):
            write.execute(insert(table), batch)
            rows += len(batch)
            _take_in(digest, batch)
        wanted[table.name], digests[table.name] = rows, digest.digest()
        _count_on(write, table)
    for statement in bring_back:
        write.exec_driver_sql(statement)
    journal.install(write)
    check_counts(counts_of(write), wanted)
    for table in tables:
        digest = hashlib.sha256()
        for batch in _batches(write, table):
            _take_in(digest, batch)
        if digest.digest() != digests[table.name]:
            raise KeepingError(f"table {table.name} reads differently in the target")
    return wanted


def _without_guards(write: Connection) -> list[str]:
    """No triggers and no foreign keys while rows come in; answers what brings them back, every row checked again."""
    if write.dialect.name == "sqlite":
        write.exec_driver_sql("PRAGMA defer_foreign_keys = 1")  # looked at when the transaction ends
        triggers = write.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            write.exec_driver_sql(f'DROP TRIGGER "{name}"')
        indexes = write.scalars(
            text("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'")
        ).all()
        rebuilt = [f"INSERT INTO {name} ({name}) VALUES ('rebuild')" for name in indexes]  # noqa: S608 - our own names
        return [*rebuilt, *(sql for _, sql in triggers)]
    for table in Base.metadata.sorted_tables:
        write.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
    found = write.execute(
        text(
            """SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
               FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace"""
        )
    ).all()
    for table, name, _ in found:
        write.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    keys = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in found]
    return [*keys, *(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER' for table in Base.metadata.sorted_tables)]


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Every row, in the order of the primary key as its text, which both engines sort alike."""
    in_bytes = func.hex if connection.dialect.name == "sqlite" else _hex
    order = [in_bytes(column) if column.type.python_type is str else column for column in table.primary_key.columns]
    rows = connection.execute(select(table).order_by(*order).execution_options(yield_per=BATCH))
    for part in rows.mappings().partitions():
        yield [dict(row) for row in part]


def _hex(column: Column[Any]) -> Any:
    return func.encode(func.convert_to(column, "UTF8"), "hex")


def _take_in(digest: Any, batch: list[dict[str, Any]]) -> None:
    for row in batch:
        digest.update(json.dumps(list(row.values()), default=_plain, sort_keys=True).encode())


def _plain(value: object) -> str:
    return f"{type(value).__name__}:{value.hex() if isinstance(value, bytes) else value}"


def _count_on(write: Connection, table: Table) -> None:
    """The next number of a table follows the last one that was moved; SQLite sees to it by itself."""
    column = table.autoincrement_column
    if column is None or write.dialect.name == "sqlite":
        return
    last = write.scalar(select(func.max(column)))
    if last is not None:
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        write.execute(select(func.setval(sequence, last)))


def _note(target: Database, settings: Settings, to: str) -> None:
    """The journal goes on where it was moved to."""
    detail: dict[str, object] = {
        "from": make_url(settings.url).render_as_string(hide_password=True),
        "to": make_url(to).render_as_string(hide_password=True),
    }
    with engine.using(target), target.transaction(system_actor("move")) as session:
        journal.note(session, "moved", tbl="journal", pk="", detail=detail)
    anchor(target)
