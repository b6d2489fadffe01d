"""Whether a database is whole: its pages, its keys, its row counts, its journal."""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, event, func, select
from sqlalchemy.engine import URL, make_url

from db import engine, wall
from db.base import Base
from db.engine import Database
from db.journal import JournalRow
from db.rules.problems import LinliError
from db.services.journal.anchors import Anchor
from db.services.journal.verifying import verify_rows
from db.settings import Settings, secrets_of

# A row of a dump is a line: what is longer in it stands as \\n.
COPY, END_OF_COPY = re.compile(rb'COPY (?:[^ (]+\.)?"?([^ ("]+)"? .*FROM stdin;$'), b"\\.\n"


class KeepingError(LinliError):
    """A backup, restore or check can't go on; one line for the administrator."""


def line_of(error: BaseException) -> str:
    """What an error says, in one line; of a database's error what the database said."""
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split()) or type(error).__name__


@contextlib.contextmanager
def opened(settings: Settings, url: str = "", *, reads_only: bool = True) -> Iterator[Database]:
    """A database opened beside the process's own, for reading unless told otherwise; closed afterwards."""
    settings = replace(settings, database_url=url) if url else settings
    keys = secrets_of(settings)
    made = engine._engine(settings, keys)
    if made.dialect.name != "sqlite":
        event.listen(made, "connect", wall.see_everything)
    database = Database(settings, keys, made, reads_only=reads_only)
    try:
        yield database
    finally:
        database.close()


def counts_of(connection: Connection) -> dict[str, int]:
    """Rows per table; raises KeepingError where the second wall would leave some out."""
    if not wall.sees_everything(connection):
        raise KeepingError("the database hides rows from this connection: nothing is counted")
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def head_of(connection: Connection) -> tuple[int, str]:
    """The journal's last row: (0, "") when it is empty."""
    last = select(JournalRow.seq, JournalRow.mac).order_by(JournalRow.seq.desc()).limit(1)
    row = connection.execute(last).one_or_none()
    return (row.seq, row.mac) if row else (0, "")


def check_pages(database: Database) -> None:
    """SQLite's own two examinations; raises KeepingError with the first finding."""
    if not database.is_sqlite:
        return
    with database.engine.connect() as connection:
        finding = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if finding != "ok":
            raise KeepingError(f"the database is damaged: {' '.join(str(finding).split())}")
        orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if orphan is not None:
            raise KeepingError(f"table {orphan[0]}, row {orphan[1]} points at a missing {orphan[2]}")


def check_journal(database: Database, heads: list[Anchor]) -> int:
    """The chain and those heads; answers the number of rows. Raises KeepingError."""
    with database.reading() as session:
        verdict = verify_rows(session, database.keys.journal, heads, None)
    if not verdict.sound:
        raise KeepingError(f"the journal does not hold at row {verdict.seq}: {verdict.why}")
    return verdict.rows


def check_counts(counts: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    """Raises KeepingError naming the first table that differs."""
    for table, number in wanted.items():
        if counts.get(table) != number:
            raise KeepingError(f"table {table} holds {counts.get(table)} rows instead of {number}")


def database_file(settings: Settings) -> Path | None:
    """The SQLite file, or None on PostgreSQL."""
    url = make_url(settings.url)
    return Path(url.database or "").resolve() if url.drivername.startswith("sqlite") else None


def postgres_program(name: str, url: URL, *words: str) -> str:
    """Run one of PostgreSQL's programs against `url`, the password out of sight; answers what it said."""
    done = subprocess.run(  # noqa: S603 - a fixed program, words of our own
        [_program(name), "--no-password", *words], env=_signed_in(url), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise KeepingError(_first_line(done.stderr, name))
    return done.stdout


def counts_in(copy: Path, url: URL) -> dict[str, int]:
    """Rows per table in a dump, read out of it as a restore would read them; raises KeepingError."""
    words = [_program("pg_restore"), "--data-only", "--file=-", str(copy)]
    counts: dict[str, int] = {}
    table = b""
    with subprocess.Popen(words, env=_signed_in(url), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as told:  # noqa: S603
        for line in told.stdout or ():
            if table:
                if line == END_OF_COPY:
                    table = b""
                else:
                    counts[table.decode()] += 1
            elif found := COPY.match(line):
                table = found[1]
                counts[table.decode()] = 0
        said = told.stderr.read().decode(errors="replace") if told.stderr else ""
    if told.returncode:
        raise KeepingError(_first_line(said, "pg_restore"))
    return counts


def _program(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        raise KeepingError(f"{name} is not installed here; install postgresql-client of the server's version")
    return program


def _first_line(said: str, name: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return " ".join((lines or [f"{name} failed"])[0].split())


def _signed_in(url: URL) -> dict[str, str]:
    where = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    environment = os.environ | {name: str(value) for name, value in where.items() if value is not None}
    environment["PGOPTIONS"] = f"{os.environ.get('PGOPTIONS', '')} {wall.as_options()}".strip()
    return environment
