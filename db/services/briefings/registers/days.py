"""Days, weeks, months and hours in SQL, on both engines and in the office's time zone, as codes of periods.Slot."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, SQLColumnExpression, String, case, func, literal, literal_column

from db.base import Moment
from db.rules.briefings.periods import Slot
from db.services.briefings.registers.declaring import Asked

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_PIECES: dict[Slot | str, tuple[str, str]] = {
    Slot.DAY: ("%Y-%m-%d", "YYYY-MM-DD"),
    Slot.MONTH: ("%Y-%m", "YYYY-MM"),
    Slot.YEAR: ("%Y", "YYYY"),
    "weekday": ("%u", "ID"),
    "hour": ("%H", "HH24"),
}
"""As SQLite and as PostgreSQL write them; weekdays are "1" for Monday to "7"."""


def is_moment(column: SQLColumnExpression[Any]) -> bool:
    """Whether a column holds moments, not days."""
    return isinstance(cast(ColumnElement[Any], column).type, Moment)


def slot_of(column: SQLColumnExpression[Any], slot: Slot, asked: Asked) -> SQLColumnExpression[str]:
    """The code of the slot a day or moment lies in."""
    if slot is Slot.WEEK:
        return _week(column, asked)
    if slot is Slot.QUARTER:
        return _quarter(column, asked)
    return piece(column, slot, asked)


def piece(column: SQLColumnExpression[Any], name: Slot | str, asked: Asked) -> SQLColumnExpression[str]:
    """Part of a day or moment as text: a slot, "weekday" or "hour"."""
    sqlite, postgres = (literal_column(f"'{words}'", String) for words in _PIECES[name])
    if asked.sqlite:
        return func.strftime(sqlite, *_here(column, asked), type_=String())
    return func.to_char(_local(column, asked), postgres, type_=String())


def day_number(column: SQLColumnExpression[Any], asked: Asked) -> ColumnElement[Any]:
    """A day as a number, so that two can be subtracted: days."""
    if asked.sqlite:
        return func.julianday(func.date(*_here(column, asked)))
    return func.extract("epoch", func.date_trunc(literal_column("'day'"), _local(column, asked))) / 86400


def _week(column: SQLColumnExpression[Any], asked: Asked) -> SQLColumnExpression[str]:
    if asked.sqlite:
        back: list[ColumnElement[str]] = [literal_column("'-6 days'"), literal_column("'weekday 1'")]
        return func.date(*_here(column, asked), *back, type_=String())
    monday = func.date_trunc(literal_column("'week'"), _local(column, asked))
    return func.to_char(monday, literal_column("'YYYY-MM-DD'"), type_=String())


def _quarter(column: SQLColumnExpression[Any], asked: Asked) -> SQLColumnExpression[str]:
    if not asked.sqlite:
        return func.to_char(_local(column, asked), literal_column("'YYYY-\"Q\"Q'"), type_=String())
    month = func.strftime(literal_column("'%m'"), *_here(column, asked), type_=String())
    quarter = case(
        (month < literal_column("'04'"), literal_column("'-Q1'")),
        (month < literal_column("'07'"), literal_column("'-Q2'")),
        (month < literal_column("'10'"), literal_column("'-Q3'")),
        else_=literal_column("'-Q4'"),
    )
    return piece(column, Slot.YEAR, asked).concat(quarter)


def _local(column: SQLColumnExpression[Any], asked: Asked) -> SQLColumnExpression[Any]:
    return func.timezone(literal(asked.zone), column) if is_moment(column) else column


def _here(column: SQLColumnExpression[Any], asked: Asked) -> tuple[SQLColumnExpression[Any], ...]:
    """A day as it is; a moment with what brings it from UTC into the office's time zone, which SQLite doesn't know."""
    if not is_moment(column):
        return (column,)
    changes = _changes(asked.zone, asked.now.year + 1)
    first, *later = [(moment, literal_column(f"'{seconds:+d} seconds'", String)) for moment, seconds in changes]
    if not later:
        return column, first[1]
    steps = [(column >= moment, shift) for moment, shift in reversed(later)]
    return column, case(*steps, else_=first[1])


@lru_cache(maxsize=32)
def _changes(zone: str, until: int) -> tuple[tuple[datetime, int], ...]:
    """When the office's clocks were put forward or back since 2000, and the seconds they are ahead of UTC from then."""
    found: list[tuple[datetime, int]] = []
    day, end, here = _EARLIEST, datetime(until + 1, 1, 1, tzinfo=UTC), ZoneInfo(zone)
    while day < end:
        seconds = _ahead(day, here)
        if not found:
            found.append((day, seconds))
        elif seconds != found[-1][1]:
            found.append((_change_between(day - timedelta(days=1), day, here), seconds))
        day += timedelta(days=1)
    return tuple(found)


def _change_between(before: datetime, after: datetime, here: ZoneInfo) -> datetime:
    """The minute between two moments at which the clocks were put."""
    old = _ahead(before, here)
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if _ahead(middle, here) == old else (before, middle)
    return after.replace(second=0, microsecond=0)


def _ahead(moment: datetime, here: ZoneInfo) -> int:
    offset = moment.astimezone(here).utcoffset() or timedelta()
    return int(offset.total_seconds())
