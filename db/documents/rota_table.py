"""A rota as a table to print: days as rows and posts as columns, or a calendar of weeks, in the reader's language."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from db.documents.fitting import Cell, Grid, Row
from db.languages import month_day_in, translate, weekday_in
from db.rules.duty.needs import days_between
from db.rules.problems import N_

CHANGED = "*"
_DAY, _WEEK = timedelta(days=1), 7
# A calendar's cell holds so many people; with more the days are rows.
MOST_IN_A_CELL = 6


class Layout(StrEnum):
    """How a notice is set out."""

    DAYS = "days"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Seat:
    """One place: who serves on it ("" while it is open), and whether that changed after publishing."""

    on_day: date
    post_id: int
    shift_id: int
    role: str
    person: str = ""
    changed: bool = False


@dataclass(frozen=True)
class Day:
    """A day of the notice: its kind, and what is to be said of it (holiday, make-up day, special period, moved)."""

    on: date
    kind: str
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """What is printed: days, seats in the order of posts, shifts and roles, and what those are called."""

    days: tuple[Day, ...]
    seats: tuple[Seat, ...]
    posts: Mapping[int, str]
    shifts: Mapping[int, str]
    roles: Mapping[str, str]


Kind = tuple[int, int, str]


def layout_of(plan: Plan) -> Layout:
    """A calendar for one line-up on most days, few enough for a cell; otherwise days as rows."""
    kinds = {(seat.post_id, seat.shift_id) for seat in plan.seats}
    by_day = [len(list(seats)) for _, seats in groupby(plan.seats, key=lambda seat: seat.on_day)]
    busy = len(by_day) * 2 > len(plan.days)
    fits = len(kinds) == 1 and max(by_day, default=0) <= MOST_IN_A_CELL and len(plan.days) > _WEEK
    return Layout.CALENDAR if fits and busy else Layout.DAYS


def table_of(plan: Plan, layout: Layout, language: str) -> Grid:
    """The table of a notice."""
    return _calendar(plan, language) if layout is Layout.CALENDAR else _days(plan, language)


def names_of(seats: Iterable[Seat], language: str) -> str:
    """Who serves, one name after another; an open place says so."""
    unfilled = translate(N_("(open)"), language)
    told = ((seat.person or unfilled) + (CHANGED if seat.changed else "") for seat in seats)
    return translate(N_(", "), language).join(told)


def _days(plan: Plan, language: str) -> Grid:
    kinds = _kinds(plan)
    served: dict[tuple[date, Kind], list[Seat]] = {}
    for seat in plan.seats:
        served.setdefault((seat.on_day, _kind(seat)), []).append(seat)
    manned = {seat.on_day for seat in plan.seats}
    # A duty of single days lists these, not the empty ones between them.
    days = plan.days if len(manned) * 2 > len(plan.days) else [day for day in plan.days if day.on in manned]
    noted = any(day.note for day in days)
    body = [
        (
            Cell((_date(plan, day.on, language),), tone=day.kind),
            Cell((weekday_in(language, day.on),), tone=day.kind),
            *(Cell((names_of(served.get((day.on, kind), ()), language),), tone=day.kind) for kind in kinds),
            *([Cell((day.note,), tone=day.kind)] if noted else []),
        )
        for day in days
    ]
    return Grid(tuple(_heads(plan, kinds, language, noted=noted)), tuple(body), narrow=frozenset({0, 1}))


def _heads(plan: Plan, kinds: Sequence[Kind], language: str, *, noted: bool) -> Iterator[Row]:
    """A row each for posts, shifts and roles, those that differ; equal neighbours are one cell."""
    named = [_names(plan, kind) for kind in kinds]
    levels = _levels(plan, kinds)
    for level in levels:
        last = level == levels[-1]
        date_, weekday, remark = (
            Cell(title=translate(said, language) if last else "") for said in (N_("Date"), N_("Weekday"), N_("Remark"))
        )
        runs = [list(run) for _, run in groupby(named, key=lambda names: names[: level + 1])]
        told = named if last else [run[0] for run in runs]
        spans = [1] * len(named) if last else [len(run) for run in runs]
        middle = (Cell(title=names[level], span=span) for names, span in zip(told, spans, strict=True))
        yield (date_, weekday, *middle, *([remark] if noted else []))


def _calendar(plan: Plan, language: str) -> Grid:
    days = {day.on: day for day in plan.days}
    first, last = plan.days[0].on, plan.days[-1].on
    begin, end = first - first.weekday() * _DAY, last + (_WEEK - 1 - last.weekday()) * _DAY
    seats = {on: list(run) for on, run in groupby(plan.seats, key=lambda seat: seat.on_day)}
    levels = _levels(plan, _kinds(plan))
    plan = replace(plan, roles=brief({seat.role: plan.roles.get(seat.role, seat.role) for seat in plan.seats}))
    cells = [_cell(plan, levels, days.get(on), seats.get(on, []), language) for on in days_between(begin, end)]
    weeks = [tuple(cells[at : at + _WEEK]) for at in range(0, len(cells), _WEEK)]
    heads = tuple(Cell(title=weekday_in(language, begin + n * _DAY)) for n in range(_WEEK))
    return Grid((heads,), tuple(weeks), fills=True)


def brief(labels: Mapping[str, str]) -> dict[str, str]:
    """Labels without the words several of them end in (Leader on duty, Staff on duty), as a narrow cell needs them."""
    words = {code: label.split() for code, label in labels.items()}
    while True:
        ends = Counter(told[-1] for told in words.values() if len(told) > 1)
        end, times = ends.most_common(1)[0] if ends else ("", 0)
        shorter = {code: told[:-1] if len(told) > 1 and told[-1] == end else told for code, told in words.items()}
        if times < 2 or len({tuple(told) for told in shorter.values()}) < len(labels):
            return {code: " ".join(told) for code, told in words.items()}
        words = shorter


def _cell(plan: Plan, levels: Sequence[int], day: Day | None, seats: Sequence[Seat], language: str) -> Cell:
    """A day of the calendar: its date with its name, and who serves in which role."""
    if day is None:
        return Cell()
    lines = []
    for kind, run in groupby(seats, key=_kind):
        what = " ".join(_names(plan, kind)[level] for level in levels)
        lines.append(translate(N_("{role}: {names}"), language, role=what, names=names_of(run, language)))
    return Cell(tuple(lines), title=f"{_date(plan, day.on, language)} {day.note}".strip(), tone=day.kind)


def _date(plan: Plan, on: date, language: str) -> str:
    """The day of the month, with the month where there are several."""
    return month_day_in(language, on, month=len({day.on.month for day in plan.days}) > 1)


def _kinds(plan: Plan) -> list[Kind]:
    """The columns, in the order of posts, shifts and roles."""
    posts, shifts, roles = list(plan.posts), list(plan.shifts), list(plan.roles)

    def order(kind: Kind) -> tuple[int, int, int]:
        post, shift, role = kind
        return posts.index(post), shifts.index(shift), roles.index(role) if role in roles else len(roles)

    return sorted({_kind(seat) for seat in plan.seats}, key=order)


def _levels(plan: Plan, kinds: Sequence[Kind]) -> list[int]:
    """What tells columns apart: post, shift and role, those that differ; the role where nothing does."""
    named = [_names(plan, kind) for kind in kinds]
    return [level for level in range(3) if len({names[level] for names in named}) > 1] or [2]


def _names(plan: Plan, kind: Kind) -> tuple[str, str, str]:
    post, shift, role = kind
    return plan.posts[post], plan.shifts[shift], plan.roles.get(role, role)


def _kind(seat: Seat) -> Kind:
    return seat.post_id, seat.shift_id, seat.role
