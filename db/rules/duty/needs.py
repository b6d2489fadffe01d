"""Which places a duty needs on which days, and what kind of day a day is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from db.rules.duty.words import Days, OnHoliday
from db.rules.problems import Named
from db.rules.working_calendar import SATURDAY, WorkingCalendar

_DAY = timedelta(days=1)


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
    name_en: str = ""

    @property
    def named(self) -> Named:
        """Its name in both languages."""
        return Named(self.name, self.name_en)

    def covers(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.from_on <= day <= self.until_on


@dataclass(frozen=True)
class Need:
    """How many of which role a post needs in a shift, and on which days (weekday 0 is Monday).

    All of them are of the team and of the unit or one below it, where these are given.
    """

    post_id: int
    shift_id: int
    role: str
    count: int = 1
    days: str = Days.EVERY
    weekday: int | None = None
    on_holiday: str = OnHoliday.KEEP
    skill: str = ""
    skill_least: int = 0
    team: str = ""
    unit_id: int | None = None
    period_id: int | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Wanted:
    """One place that is needed, and of which team and unit; `place` counts from 0 within day, post, shift and role."""

    on_day: date
    post_id: int
    shift_id: int
    role: str
    place: int = 0
    mark: str = Mark.NONE
    moved_from: date | None = None
    team: str = ""
    unit_id: int | None = None


@dataclass(frozen=True)
class Cover:
    """Among those one need asks for at a post in a shift of a day, at least so many have the skill."""

    on_day: date
    post_id: int
    shift_id: int
    role: str
    skill: str
    least: int
    team: str = ""
    unit_id: int | None = None


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
    found = []
    counted: Counter[tuple[date, int, int, str]] = Counter()
    for need in needs:
        for day, origin in _days_of(need, periods, calendar, from_on, until_on).items():
            where = (day, need.post_id, need.shift_id, need.role)
            for place in range(counted[where], counted[where] + need.count):
                moved = origin if origin != day else None
                mark = _mark(need, day, origin, calendar)
                found.append(Wanted(*where, place, mark, moved, need.team, need.unit_id))
            counted[where] += need.count
    return tuple(sorted(found, key=lambda w: (w.on_day, w.post_id, w.shift_id, w.role, w.place)))


def covers_of(
    needs: Iterable[Need], periods: Sequence[Period], calendar: WorkingCalendar, from_on: date, until_on: date
) -> tuple[Cover, ...]:
    """The skills that must be present in these days."""
    return tuple(
        Cover(day, need.post_id, need.shift_id, need.role, need.skill, need.skill_least, need.team, need.unit_id)
        for need in needs
        if need.skill and need.skill_least
        for day in _days_of(need, periods, calendar, from_on, until_on)
    )


def span(day: date, begins: int, minutes: int, zone: str) -> tuple[datetime, datetime]:
    """When a shift begins and ends by the clock on the wall, whatever the zone does in between."""
    start = datetime.combine(day, time(), tzinfo=ZoneInfo(zone)) + timedelta(minutes=begins)
    return start, start + timedelta(minutes=minutes)


def _days_of(
    need: Need, periods: Sequence[Period], calendar: WorkingCalendar, from_on: date, until_on: date
) -> dict[date, date]:
    """The days a need stands on, with the day it was meant for; two that meet on one day are one."""
    found: dict[date, date] = {}
    for origin in days_between(_first_origin(calendar, from_on), until_on):
        if not _asks(need, origin, periods, calendar):
            continue
        moves = need.days == Days.WEEKDAY and need.on_holiday == OnHoliday.NEXT_WORKING
        day = calendar.next_working(origin) if moves and origin in calendar.holidays else origin
        if from_on <= day <= until_on and (day == origin or day not in found):
            found[day] = origin
    return found


def _first_origin(calendar: WorkingCalendar, from_on: date) -> date:
    """The first of the days off right before, from which something may be moved into the period."""
    while not calendar.is_working(from_on - _DAY):
        from_on -= _DAY
    return from_on


def _asks(need: Need, day: date, periods: Sequence[Period], calendar: WorkingCalendar) -> bool:
    if (need.from_on and day < need.from_on) or (need.until_on and day > need.until_on):
        return False
    special = any(period.covers(day) for period in periods if need.period_id in (None, period.id))
    if need.period_id is not None and not special:
        return False
    kind = day_kind(day, calendar)
    return {
        Days.EVERY: True,
        Days.WORKING: kind in (DayKind.WORKING, DayKind.MAKE_UP),
        Days.REST: kind is DayKind.REST,
        Days.HOLIDAY: kind is DayKind.HOLIDAY,
        Days.SPECIAL: special,
        Days.WEEKDAY: day.weekday() == need.weekday,
    }[Days(need.days)]


def _mark(need: Need, day: date, origin: date, calendar: WorkingCalendar) -> Mark:
    if origin != day:
        return Mark.MOVED
    return Mark.KEPT if need.days == Days.WEEKDAY and day in calendar.holidays else Mark.NONE
