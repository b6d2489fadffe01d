"""What acts on one versioned row share: load it as it was seen, or say who saved first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import Versioned
from db.journal import JournalRow
from db.rules.problems import Changed, NotThere, Problem, Problems

Row = TypeVar("Row", bound=Versioned)
Values = Mapping[str, object]
# The largest number a column holds on every engine.
LARGEST = 2**31 - 1


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


def whole_number(value: object) -> int | None:
    """A whole number as a grid sends it, None for an emptied field; what is no such number is told as one too large."""
    if value in (None, ""):
        return None
    fine = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return int(value) if fine and value == int(value) else LARGEST  # type: ignore[call-overload]


@dataclass(frozen=True)
class Saved:
    """What became of each row of a quick edit: ids saved, conflicts with both versions, problems by row."""

    saved: tuple[int, ...]
    conflicts: Mapping[int, Changed]
    rejected: Mapping[int, Problems]


def save_each(
    session: Session, rows: Mapping[int, tuple[int, Values]], change: Callable[[int, int, Values], None]
) -> Saved:
    """Apply `change(row id, version seen, values)` to each row, each in its own savepoint of one transaction."""
    saved: list[int] = []
    conflicts: dict[int, Changed] = {}
    rejected: dict[int, Problems] = {}
    for row_id, (version, values) in rows.items():
        try:
            with session.begin_nested():
                change(row_id, version, values)
                session.flush()
        except Changed as conflict:
            conflicts[row_id] = conflict
        except Problems as problems:
            rejected[row_id] = problems
        except NotThere:
            rejected[row_id] = Problems(Problem("", "This row is not there any more."))
        else:
            saved.append(row_id)
    return Saved(tuple(saved), conflicts, rejected)
