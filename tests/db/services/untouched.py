"""Whether a refused act changed anything: every row of every table but the journal, before and after."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from db.base import Base
from db.engine import Database


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables except the journal, which notes refusals."""
    with database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name != "journal"
        }


@contextmanager
def nothing_changes(database: Database) -> Iterator[None]:
    """Assert that the block left every record as it was."""
    before = everything(database)
    yield
    assert everything(database) == before
