"""What is asked of a register: days, a unit with those below it, how many rows, and whether names are in clear."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, literal_column, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.engine import current
from db.models import Unit
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import NotThere

Line = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """Both days included; `units` are the ids asked about, None for the whole office."""

    begins: date
    ends: date
    units: Select[int] | None = None
    plain: bool = False

    def on(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """A condition on a column of days."""
        return column.between(self.begins, self.ends)

    def at(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """A condition on a column of moments: the office's days."""
        zone = ZoneInfo(current().settings.timezone)
        first = datetime.combine(self.begins, time.min, zone)
        after = datetime.combine(self.ends + timedelta(days=1), time.min, zone)
        return (column >= first) & (column < after)

    def within(self, column: Any) -> ColumnElement[bool]:
        """A condition on a column of units."""
        return true() if self.units is None else column.in_(self.units)


@dataclass(frozen=True)
class Source:
    """A register: who reads it, its rows in order, and what each becomes (called with what was selected)."""

    permission: Permission
    query: Callable[[Actor, Asked], Select[*tuple[Any, ...]]]
    lines: Callable[[Session, Actor, Asked, Sequence[Any]], list[Line]]

    def count(self, session: Session, actor: Actor, asked: Asked, most: int) -> int:
        """How many rows there are; counting ends at `most`."""
        query: Any = self.query(actor, asked).with_only_columns(literal_column("1"), maintain_column_froms=True)
        some = query.order_by(None).limit(most).subquery()
        return int(session.scalar(select(func.count()).select_from(some)) or 0)

    def rows(self, session: Session, actor: Actor, asked: Asked, most: int) -> list[Line]:
        """Up to `most` rows, in order."""
        found = session.execute(self.query(actor, asked).limit(most)).all()
        return self.lines(session, actor, asked, found) if found else []


def units_below(session: Session, actor: Actor, permission: Permission, unit_id: int | None) -> Select[int] | None:
    """The units asked about: one with those below it, within what the right reaches; raises NotThere."""
    whole = actor.scope(permission) is Scope.ALL
    reach = "" if whole else actor.unit_path or "-"
    if unit_id is None:
        return None if whole else _below(reach)
    path = session.scalar(select(Unit.path).where(Unit.id == unit_id))
    if path is None or not path.startswith(reach):
        raise NotThere(f"unit {unit_id}")
    return _below(path)


def _below(path: str) -> Select[int]:
    return select(Unit.id).where(Unit.path.startswith(path, autoescape=True))


def grouped(rows: Sequence[Any]) -> Mapping[int, list[Any]]:
    """Rows by their first column."""
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found
