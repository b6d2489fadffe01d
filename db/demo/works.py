"""The demo's registers of work: a year of meetings, reports, inspections and activities, each on its evening."""

import calendar
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from db.demo.duties import month_of
from db.demo.stories import Moments
from db.demo.town import Town
from db.rules.permissions import Actor, Role
from db.rules.scoring.works import About, Kind, Paper, Part, Stand
from db.services.works import keeping

EVENING = time(17, 20)
# Days after which a late report has come in.
LATEST = 6


@dataclass(frozen=True)
class Planned:
    """A line to be entered: when, by whom, and what it says."""

    at: datetime
    actor: Actor
    says: Mapping[str, Any]


@dataclass(frozen=True)
class Works:
    """What the lines are told from: preset and town, first and last moments, a unit's habits (1: as everybody)."""

    told: Mapping[str, Any]
    town: Town
    since: datetime
    end: datetime
    chance: Random
    habits: Mapping[int, float] = field(default_factory=dict)

    @property
    def months(self) -> list[date]:
        """The first days of the months told, this one last."""
        this = self.end.date()
        return [month_of(this, -back) for back in range(self.told["months"], -1, -1)]

    def units(self, *kinds: str) -> list[int]:
        """The units of the second level of these kinds."""
        known = self.told["kinds"]
        return [self.town.unit(key) for key in known if known[key] in kinds]

    def happens(self, name: str, unit_id: int) -> bool:
        """Whether what happens in so many of a hundred cases happens to this unit now."""
        return self.chance.random() * 100 < int(self.told[name]) * self.habits[unit_id]


def lines_of(told: Mapping[str, Any], town: Town, demo: Mapping[str, Any], end: datetime, thin: int) -> Moments:
    """Every line at its moment; a thin demo has one in so many of each kind, and all of the last weeks."""
    kinds = {row["key"]: row["kind"] for row in demo["unit"] if row.get("parent") == "centre"}
    since = end - timedelta(days=demo["days"])
    chance = Random("linli-works")  # noqa: S311 - the same office every time
    habits = {town.unit(key): chance.choice((0.3, 0.6, 1.0, 1.0, 1.8)) for key in kinds}
    works = Works({**told, "kinds": kinds}, town, since, end, chance, habits)
    makers: tuple[Callable[[Works], Iterator[Planned]], ...] = (_meetings, _led, _reports, _information, _inspections)
    lines = [line for maker in (*makers, _activities) for line in _thinned(list(maker(works)), thin, end)]
    for number, line in enumerate(sorted(lines, key=lambda one: one.at)):
        yield line.at
        keeping.add(line.actor, **line.says, key=f"demo-works-{number}")


def _thinned(lines: list[Planned], thin: int, end: datetime) -> list[Planned]:
    return [line for place, line in enumerate(lines) if not place % thin or line.at > end - timedelta(days=20)]


def _line(
    works: Works, role: Role, kind: Kind, about: About, day: date, title: str, *, after: int = 0, **more: Any
) -> Planned:
    """A line entered so many days after its own, or just before the demo's end; what is older when the office began."""
    now = works.end
    evening = datetime.combine(min(day + timedelta(days=after), now.date()), EVENING, now.tzinfo)
    says = {"kind": kind.value, "about": about.value, "on_day": day, "title": title} | more
    at = max(min(evening, now - timedelta(minutes=9)), works.since)
    return Planned(at, works.chance.choice(works.town.staff(role)), says)


def _past(works: Works, day: date) -> bool:
    return day < works.end.date()


def _meetings(works: Works) -> Iterator[Planned]:
    """Every week with the departments, every month with all heads of units, and a few besides (R-19)."""
    told, departments = works.told, works.units("department")
    everybody = works.units("department", "village")
    first = works.months[0]
    monday = first + timedelta(days=-first.weekday() % 7)
    for week in count():
        day = monday + timedelta(weeks=week)
        if not _past(works, day):
            break
        title = told["weekly"].format(week=day.isocalendar().week)
        yield _meeting(works, About.REGULAR, day, title, departments)
    for month in works.months:
        day = month + timedelta(days=(1 - month.weekday()) % 7 + 7)
        if _past(works, day):
            yield _meeting(works, About.REGULAR, day, told["monthly"].format(month=month.month), everybody)
    for row in told["extra"]:
        day = month_of(works.end.date(), -row["month"]).replace(day=row["day"])
        if _past(works, day):
            yield _meeting(works, About.OTHER_MEETING, day, row["title"], everybody)


def _meeting(works: Works, about: About, day: date, title: str, units: Sequence[int]) -> Planned:
    parts = [_attends(works, unit_id) for unit_id in units]
    return _line(works, Role.CLERK, Kind.MEETING, about, day, title, parts=parts)


def _attends(works: Works, unit_id: int) -> Part:
    if works.happens("excused", unit_id):
        return Part(unit_id, Stand.EXCUSED, note=works.chance.choice(works.told["reasons"]))
    if works.happens("absent", unit_id):
        return Part(unit_id, Stand.ABSENT, works.chance.choice((1, 1, 1, 2)))
    return Part(unit_id, Stand.PRESENT)


def _led(works: Works) -> Iterator[Planned]:
    """Meetings of villages at which their leaders heard the work: most hold six a year, some fewer (R-07)."""
    for unit_id in works.units("village"):
        held = works.chance.choices((4, 6, 7, 8), (15, 35, 30, 20))[0]
        for month in sorted(works.chance.sample(works.months[1:], held)):
            day = month.replace(day=works.chance.randint(3, 26))
            if _past(works, day):
                title = works.chance.choice(works.told["leaders"])
                yield _line(works, Role.CLERK, Kind.MEETING, About.LEADERS, day, title, unit_ids=[unit_id])


def _reports(works: Works) -> Iterator[Planned]:
    """The monthly report of everybody, due on the 5th, and the villages' analysis, due at the month's end (R-20)."""
    everybody, villages = works.units("department", "village"), works.units("village")
    for month in works.months:
        due, last = month_of(month, 1).replace(day=5), month.replace(day=_last_day(month))
        for about, day, title, units in (
            (About.MONTHLY, due, works.told["report"], everybody),
            (About.ANALYSIS, last, works.told["analysis"], villages),
        ):
            parts = [_hands_in(works, unit_id, day) for unit_id in units]
            yield _line(
                works, Role.CLERK, Kind.REPORT, about, day, title.format(month=month.month), after=LATEST, parts=parts
            )


def _hands_in(works: Works, unit_id: int, due: date) -> Part:
    """Early, late or not at all; what is due later came in only here and there."""
    today = works.end.date()
    late, early = works.happens("late", unit_id), works.chance.randint(0, 4)
    came = due + timedelta(days=works.chance.randint(1, LATEST)) if late else due - timedelta(days=early)
    if works.happens("missing", unit_id) or came > today:
        return Part(unit_id, Stand.MISSING)
    return Part(unit_id, Stand.HANDED_IN, handed_in_on=came)


def _information(works: Works) -> Iterator[Planned]:
    """Pieces of information and how far they got (R-12 to R-15)."""
    units = works.units("department", "village")
    for place, row in enumerate(works.told["information"]):
        month = works.months[1 + place * (len(works.months) - 1) // len(works.told["information"])]
        day = month.replace(day=works.chance.randint(2, 27))
        if _past(works, day):
            parts = [Part(works.chance.choice(units), Stand.HANDED_IN, handed_in_on=day)]
            says = {"level": row["level"], "parts": parts}
            yield _line(works, Role.CLERK, Kind.REPORT, About.INFORMATION, day, row["title"], **says)


def _inspections(works: Works) -> Iterator[Planned]:
    """Every village and department once a month, but for a few that were left out; and unannounced ones (R-05)."""
    told = works.told
    for month in works.months:
        for offset, kind in ((9, "village"), (16, "department")):
            day = month + timedelta(days=offset + works.chance.randint(0, 3))
            parts = [
                Part(unit_id, Stand.DONE, note=works.chance.choice(told["found"]))
                for unit_id in works.units(kind)
                if not works.happens("uninspected", unit_id)
            ]
            if _past(works, day) and parts:
                title = told["inspection"].format(month=month.month)
                yield _line(works, Role.ASSESSOR, Kind.INSPECTION, About.MONTH, day, title, parts=parts)
    for month in works.months[1:-1:3]:
        chosen = works.chance.sample(works.units("village", "department"), 3)
        parts = [Part(unit_id, Stand.DONE, note=works.chance.choice(told["found"])) for unit_id in chosen]
        title = works.chance.choice(told["unplanned"])
        day = month.replace(day=works.chance.randint(20, 27))
        yield _line(works, Role.ASSESSOR, Kind.INSPECTION, About.UNPLANNED, day, title, parts=parts)


def _activities(works: Works) -> Iterator[Planned]:
    """Publicity with more or fewer of its seven papers, drills, and the larger one of the law-publicity month."""
    told = works.told
    for unit_id in works.units("village"):
        if not works.happens("late", unit_id):
            day = works.months[-1 - told["large_month"]].replace(day=works.chance.randint(10, 25))
            yield _activity(works, About.LARGE, day, told["large"], unit_id)
        for about, titles in ((About.PUBLICITY, told["publicity"]), (About.DRILL, told["drill"])):
            month = works.chance.choice(works.months[1:-1])
            day = month.replace(day=works.chance.randint(3, 27))
            yield _activity(works, about, day, works.chance.choice(titles), unit_id)


def _activity(works: Works, about: About, day: date, title: str, unit_id: int) -> Planned:
    papers = sorted(works.chance.sample(list(Paper), works.chance.randint(4, len(Paper))), key=list(Paper).index)
    says: dict[str, Any] = {"papers": [paper.value for paper in papers], "unit_ids": [unit_id]}
    return _line(works, Role.CLERK, Kind.ACTIVITY, about, day, title, **says)


def _last_day(month: date) -> int:
    return calendar.monthrange(month.year, month.month)[1]
