"""The days a period means on a day, the period before of equal kind, and the same days a year ago."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from db.rules.briefings.chart import Compare, Period

HALF = 15
"""The last day of the first half of a month (R-91)."""
Days = tuple[date, date]
Ends = tuple[date | None, date | None]


class Unit(StrEnum):
    """A stretch of the calendar that has a stretch of its kind before it."""

    DAY = "day"
    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_THIS: Mapping[Period, Unit] = MappingProxyType(
    {
        Period.TODAY: Unit.DAY,
        Period.THIS_WEEK: Unit.WEEK,
        Period.THIS_HALF_MONTH: Unit.HALF_MONTH,
        Period.THIS_MONTH: Unit.MONTH,
        Period.THIS_QUARTER: Unit.QUARTER,
        Period.THIS_YEAR: Unit.YEAR,
    }
)
_LAST: Mapping[Period, Unit] = MappingProxyType(
    {
        Period.LAST_WEEK: Unit.WEEK,
        Period.LAST_HALF_MONTH: Unit.HALF_MONTH,
        Period.LAST_MONTH: Unit.MONTH,
        Period.LAST_QUARTER: Unit.QUARTER,
        Period.LAST_YEAR: Unit.YEAR,
    }
)


def days_of(period: Period, today: date, first: date | None = None, last: date | None = None) -> Ends:
    """First and last day; one that is still running ends today, EVER has no ends, CHOSEN has the two given."""
    if period is Period.EVER:
        return None, None
    if period is Period.CHOSEN:
        return first, last
    if period is Period.LAST_12_MONTHS:
        return months_later(today.replace(day=1), -11), today
    if period in _THIS:
        return stretch(_THIS[period], today)[0], today
    return previous(_LAST[period], today)


def compared(compare: Compare, period: Period, first: date | None, last: date | None) -> Ends:
    """The days a period stands beside; nothing beside one without ends.

    A period that is still running stands beside as many days of the one before as have passed of it.
    """
    if first is None or last is None:
        return None, None
    return year_ago(first, last) if compare is Compare.YEAR_AGO else before(period, first, last)


def before(period: Period, first: date, last: date) -> Days:
    """The period before: of the same kind where these are days of the calendar, else as many days right before."""
    if period is Period.LAST_12_MONTHS:
        return months_later(first, -12), year_ago(first, last)[1]
    if period in _THIS:
        begins, ends = previous(_THIS[period], first)
        return begins, min(ends, begins + (last - first))
    for unit in (Unit.WEEK, Unit.HALF_MONTH, Unit.MONTH, Unit.QUARTER, Unit.YEAR):
        if stretch(unit, first) == (first, last):
            return previous(unit, first)
    if first.day == 1 and _month_end(last) == last:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        return months_later(first, -months), first - timedelta(days=1)
    return first - (last - first) - timedelta(days=1), first - timedelta(days=1)


def year_ago(first: date, last: date) -> Days:
    """The same days a year ago; the end of a month stays one where whole months are meant."""
    whole = first.day == 1 and _month_end(last) == last
    begins, ends = months_later(first, -12), months_later(last, -12)
    return begins, _month_end(ends) if whole else ends


def stretch(unit: Unit, day: date) -> Days:
    """The week from Monday, half month (1–15, 16–end), month, quarter or year a day lies in."""
    first = day.replace(day=1)
    match unit:
        case Unit.DAY:
            return day, day
        case Unit.WEEK:
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=6)
        case Unit.HALF_MONTH if day.day <= HALF:
            return first, day.replace(day=HALF)
        case Unit.HALF_MONTH:
            return day.replace(day=HALF + 1), _month_end(day)
        case Unit.MONTH:
            return first, _month_end(day)
        case Unit.QUARTER:
            begins = date(day.year, day.month - (day.month - 1) % 3, 1)
            return begins, _month_end(months_later(begins, 2))
        case Unit.YEAR:
            return date(day.year, 1, 1), date(day.year, 12, 31)


def previous(unit: Unit, day: date) -> Days:
    """The stretch before the one a day lies in."""
    return stretch(unit, stretch(unit, day)[0] - timedelta(days=1))


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


# --- the slots of an axis of time ---


class Slot(StrEnum):
    """What an axis of time is divided into; codes are ISO: 2026-11-19, the Monday of a week, 2026-11, 2026-Q4, 2026."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_UNIT_OF: Mapping[Slot, Unit] = MappingProxyType({slot: Unit(slot.value) for slot in Slot})
_CODE: Mapping[Slot, Callable[[date], str]] = MappingProxyType(
    {
        Slot.DAY: date.isoformat,
        Slot.WEEK: lambda day: stretch(Unit.WEEK, day)[0].isoformat(),
        Slot.MONTH: lambda day: day.isoformat()[:7],
        Slot.QUARTER: lambda day: f"{day.year:04}-Q{(day.month + 2) // 3}",
        Slot.YEAR: lambda day: f"{day.year:04}",
    }
)


def code_of(slot: Slot, day: date) -> str:
    """The slot a day lies in."""
    return _CODE[slot](day)


def begins_on(slot: Slot, code: str) -> date:
    """The first day of a slot; raises ValueError for what is no code of it."""
    if slot is Slot.QUARTER:
        year, _, quarter = code.partition("-Q")
        return date(int(year), int(quarter) * 3 - 2, 1)
    return date.fromisoformat(f"{code}-01-01"[:10] if slot is Slot.YEAR else f"{code}-01"[:10])


def slots(slot: Slot, first: date, last: date, most: int) -> list[str]:
    """The codes of every slot from one day to another, the earliest first; more than `most` are not listed."""
    codes: list[str] = []
    day = stretch(_UNIT_OF[slot], first)[0]
    while day <= last and len(codes) <= most:
        codes.append(code_of(slot, day))
        day = stretch(_UNIT_OF[slot], day)[1] + timedelta(days=1)
    return codes
