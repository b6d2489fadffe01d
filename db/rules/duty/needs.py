"""Which places a duty needs on which days, and what kind of day a day is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from db.rules.duty.words import Days, OnHoliday
from db.rules.working_calendar import SATURDAY, WorkingCalendar

_DAY = timedelta(days=1)
# No run of days off is longer, so no moved day comes from further back.
LONGEST_BREAK = 31


class DayKind(StrEnum):
    """What a day is to the office: exactly one of these."""

    WORKING = "working"
    MAKE_UP = "make_up"
    REST = "rest"
    HOLIDAY = "holiday"


class Mark(StrEnum):
    """What is special about a place: kept although its day is a holiday (R-53), or moved off a holiday (R-67)."""

    NONE = ""
    KEPT = "kept"
    MOVED = "moved"


@dataclass(frozen=True)
class Period:
    """A special duty period, both days included; `reserves` may be called in."""

    id: int
    name: str
    from_on: date
    until_on: date
    reserves: bool = True

    def covers(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.from_on <= day <= self.until_on


@dataclass(frozen=True)
class Need:
    """How many of which role a post needs in a shift, and on which days (weekday 0 is Monday)."""

    post_id: int
    shift_id: int
    role: str
    count: int = 1
    days: str = Days.EVERY
    weekday: int | None = None
    on_holiday: str = OnHoliday.KEEP
    skill: str = ""
    skill_least: int = 0
    period_id: int | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Wanted:
    """One place that is needed; `place` counts from 0 within day, post, shift and role."""

    on_day: date
    post_id: int
    shift_id: int
    role: str
    place: int = 0
    mark: str = Mark.NONE
    moved_from: date | None = None


@dataclass(frozen=True)
class Cover:
    """Among those of a role at a post in a shift of a day, at least so many have the skill."""

    on_day: date
    post_id: int
    shift_id: int
    role: str
    skill: str
    least: int


def day_kind(day: date, calendar: WorkingCalendar) -> DayKind:
    """Working, make-up, rest (a weekend day off) or holiday (off by the yearly notice)."""
    if day in calendar.holidays:
        return DayKind.HOLIDAY
    if day.weekday() < SATURDAY:
        return DayKind.WORKING
    return DayKind.MAKE_UP if day in calendar.workdays else DayKind.REST


def days_between(from_on: date, until_on: date) -> list[date]:
    """Every day, both ends included."""
    return [from_on + n * _DAY for n in range((until_on - from_on).days + 1)]


def places_of(
    needs: Iterable[Need], periods: Sequence[Period], calendar: WorkingCalendar, from_on: date, until_on: date
) -> tuple[Wanted, ...]:
    """Every place needed in these days, in order of day, post, shift, role and place."""
    raise NotImplementedError


def covers_of(
    needs: Iterable[Need], periods: Sequence[Period], calendar: WorkingCalendar, from_on: date, until_on: date
) -> tuple[Cover, ...]:
    """The skills that must be present in these days."""
    raise NotImplementedError


def span(day: date, begins: int, minutes: int, zone: str) -> tuple[datetime, datetime]:
    """When a shift begins and ends by the clock on the wall, whatever the zone does in between."""
    start = datetime.combine(day, datetime.min.time(), tzinfo=ZoneInfo(zone)) + timedelta(minutes=begins)
    return start, start + timedelta(minutes=minutes)
