"""What is asked of a register: days, a unit with those below it, how many rows, and whether names are in clear."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, literal_column, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.engine import current
from db.models import Unit
from db.rules.ledgers import Field, personal
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import N_, Check, NotThere

LONGEST_DAYS = 1_100
Line = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which days (both included) of which unit with those below it; names in clear or masked."""

    begins: date
    ends: date
    unit_id: int | None = None
    plain: bool = False


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
    """A register: who reads it, its rows in order, and what each becomes (called with what was selected).

    One that is not `of_units` is about the whole office, and in no ledger of one unit.
    """

    permission: Permission
    query: Callable[[Actor, Asked], Select[*tuple[Any, ...]]]
    lines: Callable[[Session, Actor, Asked, Sequence[Any]], list[Line]]
    of_units: bool = True

    def count(self, session: Session, actor: Actor, asked: Asked, most: int) -> int:
        """How many rows there are; counting ends at `most`."""
        query: Any = self.query(actor, asked).with_only_columns(literal_column("1"), maintain_column_froms=True)
        some = query.order_by(None).limit(most).subquery()
        return int(session.scalar(select(func.count()).select_from(some)) or 0)

    def rows(self, session: Session, actor: Actor, asked: Asked, most: int) -> list[Line]:
        """Up to `most` rows, in order."""
        found = session.execute(self.query(actor, asked).limit(most)).all()
        return self.lines(session, actor, asked, found) if found else []


def check_choice(choice: Choice, fields: Iterable[Field]) -> None:
    """Raise Problems for days in the wrong order or too many, and for names where there are none."""
    check = Check()
    check.that(choice.begins <= choice.ends, "ends", N_("The last day comes before the first."))
    fine = (choice.ends - choice.begins).days <= LONGEST_DAYS
    check.that(fine, "ends", N_("At most {days} days at once."), days=LONGEST_DAYS)
    fine = not choice.plain or personal(fields)
    check.that(fine, "plain", N_("There are no names of residents in this register."))
    check.done()


def asked_of(session: Session, actor: Actor, choice: Choice) -> Asked:
    """The same within what the right to take ledgers reaches; raises NotThere, and Refused for names in clear."""
    if choice.plain:
        actor.must(Permission.CASES_EXPORT_PLAIN)
    units = _units_below(session, actor, choice.unit_id)
    return Asked(choice.begins, choice.ends, units, choice.plain)


def restored(stored: Mapping[str, Any]) -> Choice:
    """A choice as it was before it became JSON."""
    days = {name: date.fromisoformat(stored[name]) for name in ("begins", "ends")}
    return Choice(**{**stored, **days})


def _units_below(session: Session, actor: Actor, unit_id: int | None) -> Select[int] | None:
    whole = actor.scope(Permission.LEDGERS_EXPORT) is Scope.ALL
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
