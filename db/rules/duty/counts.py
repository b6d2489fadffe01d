"""How often everybody serves: counts by measure, who is over and under the fair share, and by how much."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from db.rules.working_calendar import SATURDAY, WorkingCalendar

MEASURES = ("total", "nights", "weekends", "festivals")


@dataclass(frozen=True)
class Tally:
    """How many places: all, in night shifts, on weekend days that aren't made up, on holidays."""

    total: int = 0
    nights: int = 0
    weekends: int = 0
    festivals: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) + getattr(other, name) for name in MEASURES))


@dataclass(frozen=True)
class Standing:
    """What one member served: in the period, and with everything before it."""

    member_id: int
    group: str
    share: int = 100
    period: Tally = field(default_factory=Tally)
    ever: Tally = field(default_factory=Tally)


@dataclass(frozen=True)
class Score:
    """How good a rota is: open places, broken rules, and how evenly it spreads what was served, the years before too.

    `spread` by measure, of the widest group; `over` by member and measure: places above the fair share of the group.
    """

    open: int = 0
    broken: int = 0
    spread: Mapping[str, float] = field(default_factory=dict)
    over: Mapping[int, Mapping[str, float]] = field(default_factory=dict)


def group_of(roles: Sequence[str], *, reserve: bool) -> str:
    """Whom a member is compared with: those of the same first role, reserves among themselves."""
    return f"{'reserve' if reserve else 'regular'}:{roles[0] if roles else ''}"


def tally_of(day: date, *, night: bool, calendar: WorkingCalendar) -> Tally:
    """What one place counts."""
    weekend = day.weekday() >= SATURDAY and day not in calendar.workdays
    return Tally(1, int(night), int(weekend), int(day in calendar.holidays))


def over_share(standings: Iterable[Standing], measure: str) -> dict[int, float]:
    """Places above the share-weighted average of their group, by member; below it negative."""
    groups: dict[str, list[Standing]] = {}
    for standing in standings:
        groups.setdefault(standing.group, []).append(standing)
    return {
        each.member_id: getattr(each.ever, measure) - fair
        for group in groups.values()
        for each, fair in zip(group, _fair_shares(group, measure), strict=True)
    }


def spread(standings: Iterable[Standing], measure: str) -> float:
    """The widest distance within a group between who is most over and who is most under the fair share."""
    listed = list(standings)
    over = over_share(listed, measure)
    groups: dict[str, list[float]] = {}
    for standing in listed:
        groups.setdefault(standing.group, []).append(over[standing.member_id])
    return max((max(group) - min(group) for group in groups.values()), default=0.0)


def score_of(standings: Iterable[Standing], *, open_places: int, broken: int) -> Score:
    """The whole score of a rota."""
    listed = list(standings)
    by_measure = {measure: over_share(listed, measure) for measure in MEASURES}
    over = {each.member_id: {m: round(by_measure[m][each.member_id], 2) for m in MEASURES} for each in listed}
    return Score(open_places, broken, {m: round(spread(listed, m), 2) for m in MEASURES}, over)


def _fair_shares(group: list[Standing], measure: str) -> list[float]:
    served = sum(getattr(each.ever, measure) for each in group)
    shares = sum(each.share for each in group)
    return [served * each.share / shares if shares else 0.0 for each in group]
