"""Kinds of briefing, the days each is about, and which of them are due (R-92, R-97, R-103; Art. 41)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from db.rules.briefings.chart import ChartSpec, Period
from db.rules.briefings.periods import Unit, days_of, previous, stretch

_LONGEST = 5 * 366
_YEARS = (1900, 2200)
# Asked from a briefing's last day; every other period that moves with the day becomes its own days.
_TRENDS = frozenset({Period.LAST_12_MONTHS, Period.THIS_YEAR, Period.LAST_YEAR})
# What is seen as not written yet, at most: nobody is told of years that passed before briefings were kept here.
_MOST_DUE = 3


class Kind(StrEnum):
    """What a briefing is about: a day, half a month (R-97), a month (R-92), a quarter, a year (Art. 41), or else."""

    DAILY = "daily"
    HALF_MONTH = "half_month"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"
    OTHER = "other"


class State(StrEnum):
    """A draft is written to; what was issued never changes again."""

    DRAFT = "draft"
    ISSUED = "issued"


class BlockKind(StrEnum):
    """A part of a briefing."""

    HEADING = "heading"
    TEXT = "text"
    CHART = "chart"
    FIGURES = "figures"


_STRETCH: Mapping[Kind, Unit] = {
    Kind.DAILY: Unit.DAY,
    Kind.HALF_MONTH: Unit.HALF_MONTH,
    Kind.MONTHLY: Unit.MONTH,
    Kind.QUARTERLY: Unit.QUARTER,
    Kind.ANNUAL: Unit.YEAR,
    Kind.OTHER: Unit.WEEK,
}


@dataclass(frozen=True)
class Days:
    """From the first day to the last, both counted."""

    begins: date
    ends: date

    @property
    def fine(self) -> bool:
        """Whether the last day is not before the first, and not many years after it, in these centuries."""
        return _YEARS[0] <= self.begins.year <= _YEARS[1] and self.begins <= self.ends <= self.begins + timedelta(
            days=_LONGEST
        )


def days_around(kind: Kind, on: date) -> Days:
    """The days of this kind of briefing that hold a day; one of no kind of its own is about a week from Monday."""
    return Days(*stretch(_STRETCH[kind], on))


def days_before(kind: Kind, days: Days) -> Days:
    """The days of the briefing before this one."""
    return Days(*previous(_STRETCH[kind], days.begins))


def first_choice(kind: Kind, today: date) -> Days:
    """What a new briefing is about unless somebody says otherwise: the day itself, else what ended last."""
    days = days_around(kind, today)
    return days if kind in (Kind.DAILY, Kind.OTHER) or days.ends == today else days_before(kind, days)


def due_days(kind: Kind, today: date, since: date | None) -> tuple[Days, ...]:
    """What ought to have been written by now, the newest first: at most three, none from before the first one kept.

    `since` is the first day of the earliest briefing of this kind; without one only what ended last is due.
    """
    newest = first_choice(kind, today)
    found = [newest]
    while since is not None and len(found) < _MOST_DUE and (before := days_before(kind, found[-1])).begins >= since:
        found.append(before)
    return tuple(found)


def about(spec: ChartSpec, days: Days) -> ChartSpec:
    """A chart's question about the days of its briefing; days chosen by hand and "ever" stay what they are.

    A year, the year before and the last twelve months are shown as they stood on the briefing's last day.
    """
    if spec.period in (Period.CHOSEN, Period.EVER) or spec.period not in set(Period):
        return spec
    period = Period(spec.period)
    first, last = days_of(period, days.ends) if period in _TRENDS else (days.begins, days.ends)
    return spec.over(first or days.begins, last or days.ends)
