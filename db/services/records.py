"""What acts on one versioned row share: load it as it was seen, or say who saved first."""

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import Versioned
from db.journal import JournalRow
from db.rules.problems import Changed, NotThere

Row = TypeVar("Row", bound=Versioned)


def seen(session: Session, model: type[Row], row_id: int, version: int, mine: Mapping[str, object]) -> Row:
    """The row, if its version is still the one seen; raises NotThere or Changed (with `mine` and theirs)."""
    row = session.get(model, row_id)
    table = str(model.__tablename__)  # type: ignore[attr-defined]
    if row is None:
        raise NotThere(table)
    if row.version != version:
        theirs = {name: getattr(row, name) for name in mine if hasattr(row, name)}
        by = last_writer(session, table, row_id)
        raise Changed(theirs=theirs, mine=dict(mine), by=by, version=row.version)
    return row


def fill(row: Versioned, values: Mapping[str, object]) -> None:
    """Set the named columns."""
    for name, value in values.items():
        setattr(row, name, value)


def last_writer(session: Session, table: str, pk: object) -> str:
    """Who changed a row last, as the journal knows ("" when it doesn't)."""
    latest = (
        select(JournalRow.actor)
        .where(JournalRow.tbl == table, JournalRow.pk == str(pk))
        .order_by(JournalRow.seq.desc())
        .limit(1)
    )
    return session.scalar(latest) or ""
