"""Whether a refused act changed anything: every row of every table but the journal, before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import TextClause, text

from db.base import Base
from db.engine import Database


def everything(database: Database) -> list[tuple[str, str]]:
    """All rows of all tables but the journal, which notes refusals: the table, and the row in the database's words."""
    with database.reading() as session:
        return sorted((table, row) for table, row in session.execute(_all_rows(database.is_sqlite)))


@cache
def _all_rows(is_sqlite: bool) -> TextClause:
    # One question: sixty of them, twice around each refusal, cost more than the acts between them.
    asked = []
    for table in Base.metadata.sorted_tables:
        words = " || ',' || ".join(f'quote("{c.name}")' for c in table.columns) if is_sqlite else "one::text"
        if table.name != "journal":
            asked.append(f"SELECT '{table.name}', {words} FROM \"{table.name}\" AS one")  # noqa: S608 - our own names
    return text(" UNION ALL ".join(asked))


@contextmanager
def nothing_changes(database: Database) -> Iterator[None]:
    """Assert that the block left every record as it was."""
    before = everything(database)
    yield
    assert everything(database) == before
