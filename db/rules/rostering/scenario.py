"""A duty scenario as its file says it, format "linli-rota-scenario/1"."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from db.rules.problems import N_, Problem, Problems

FORMAT = "linli-rota-scenario/1"
MINUTES_A_DAY = 24 * 60
FAR = 10**6
OPEN_WORDS = frozenset({"", "-", "unfilled", "none", "null", "open", "空缺", "未排"})
Spec = str | Sequence[str] | None


class Slot(NamedTuple):
    """A place on a day: the day counted from the first of the period, the post, the shift and the role."""

    day: int
    post: str
    shift: str
    role: str


@dataclass(frozen=True)
class ShiftKind:
    """When a shift begins (minutes after midnight), how long it lasts and how much rest it asks for, in minutes."""

    begins: int
    lasts: int
    rest_after: int

    @property
    def hours(self) -> float:
        """Its length in hours."""
        return self.lasts / 60


@dataclass(frozen=True)
class Member:
    """One who may serve, with the days they are away counted from the first of the period."""

    id: str
    name: str
    roles: frozenset[str]
    main_role: str | None
    posts: Spec
    skills: frozenset[str]
    reserve: bool
    away: frozenset[int]
    sick: frozenset[int]
    not_then: frozenset[tuple[int, str]]
    serves: tuple[int, int]
    most: int | None

    def in_service(self, day: int) -> bool:
        """Whether the day lies in their time of service."""
        return self.serves[0] <= day <= self.serves[1]

    def can(self, day: int) -> bool:
        """Whether they are there at all on a day."""
        return self.in_service(day) and day not in self.away and day not in self.sick


@dataclass(frozen=True)
class Scenario:
    """A period to be rostered. `rules`, `fairness`, `wishes` and `patrols` are kept as the file says them."""

    title: str
    start: date
    days: int
    holidays: frozenset[int]
    rest_days: frozenset[int]
    shifts: Mapping[str, ShiftKind]
    members: Sequence[Member]
    slots: Mapping[Slot, int]
    rules: Mapping[str, Any]
    fairness: Sequence[Mapping[str, Any]]
    wishes: Sequence[Mapping[str, Any]]
    carried: Sequence[tuple[int, Slot]]
    patrols: Mapping[str, Any] | None = None
    published: frozenset[tuple[int, Slot]] = frozenset()
    first_free_day: int = 0
    number: Mapping[str, int] = field(default_factory=dict)

    def date_of(self, day: int) -> date:
        """The civil day of a day of the period."""
        return self.start + timedelta(day)


def match(value: str, spec: Spec) -> bool:
    """Whether a value fits a name, a list of names, or "*" and nothing, which fit everything."""
    if spec is None or spec == "*":
        return True
    return value == spec if isinstance(spec, str) else value in spec


def as_date(text: object) -> date:
    """A day written 2026-02-17, 2026/2/17 or 2026.2.17, with or without a time behind it."""
    words = str(text).strip().split("T")[0].split(" ")[0].replace("/", "-").replace(".", "-").split("-")
    year, month, day = (int(word) for word in words)
    return date(year, month, day)


@dataclass(frozen=True)
class Row:
    """One line of a written rota; nobody stands for a place that stays open."""

    date: date
    post: str
    shift: str
    role: str
    person: str


def read_scenario(told: Mapping[str, Any], published: Iterable[Row] = ()) -> Scenario:
    """The scenario of a parsed file; raises Problems naming the part that can't be read."""
    if not isinstance(told, Mapping) or told.get("format") != FORMAT:
        raise Problems(Problem("format", N_("This is not a rota scenario: the format {format} is expected."),
                               {"format": FORMAT}))  # fmt: skip
    part = "calendar"
    try:
        start, end = as_date(told["calendar"]["start"]), as_date(told["calendar"]["end"])
        holidays = _days(told["calendar"].get("holidays", ()), start)
        part = "shifts"
        shifts = {name: _shift(shape) for name, shape in told["shifts"].items()}
        part = "people"
        sick = _sick(told, start)
        members = [_member(person, start, sick.get(person["id"], frozenset())) for person in told["people"]]
        number = {member.name: index for index, member in enumerate(members) if member.name}
        number |= {member.id: index for index, member in enumerate(members)}
        part = "slots"
        slots: Counter[Slot] = Counter()
        for row in told.get("slots", ()):
            slots[_slot(row, start)] += int(row.get("count", 1))
        _known_shifts(slots, shifts)
        part = "carry_in"
        carried = [
            (number[row["person"]], _slot(row, start)) for row in told.get("carry_in", ()) if row["person"] in number
        ]
        part = "replan"
        replan = told.get("replan")
        stands = [(number[r.person], Slot((r.date - start).days, r.post, r.shift, r.role)) for r in published
                  if r.person in number]  # fmt: skip
        first_free = (as_date(replan["first_free_day"]) - start).days if replan else 0
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = N_("This part of the scenario can't be read: {reason}.")
        raise Problems(Problem(part, message, {"reason": f"{type(error).__name__} {error}"})) from error
    days = (end - start).days + 1
    if days < 1:
        raise Problems(Problem("calendar", N_("The last day lies before the first.")))
    return Scenario(
        title=str(told.get("title", told.get("id", ""))),
        start=start,
        days=days,
        holidays=holidays,
        rest_days=_rest_days(start, days, holidays, _days(told["calendar"].get("extra_workdays", ()), start)),
        shifts=shifts,
        members=members,
        slots={slot: count for slot, count in slots.items() if count > 0 and 0 <= slot.day < days},
        rules=told.get("rules", {}),
        fairness=told.get("fairness", ()),
        wishes=told.get("preferences", ()),
        carried=carried,
        patrols=told.get("patrols"),
        published=frozenset(stands),
        first_free_day=max(0, first_free),
        number=number,
    )


def _days(texts: Collection[object], start: date) -> frozenset[int]:
    return frozenset((as_date(text) - start).days for text in texts)


def _rest_days(start: date, days: int, holidays: Collection[int], workdays: Collection[int]) -> frozenset[int]:
    """Holidays and the weekends that are not made up for."""
    weekend = {day for day in range(days) if (start.weekday() + day) % 7 >= 5}
    return frozenset({*holidays, *(weekend - set(workdays))})


def _shift(shape: Mapping[str, Any]) -> ShiftKind:
    hours, minutes = (int(word) for word in shape["start"].split(":"))
    return ShiftKind(hours * 60 + minutes, round(shape["hours"] * 60), round(shape.get("rest_after_hours", 0) * 60))


def _slot(row: Mapping[str, Any], start: date) -> Slot:
    return Slot((as_date(row["date"]) - start).days, row.get("post", ""), row["shift"], row.get("role", ""))


def _known_shifts(slots: Iterable[Slot], shifts: Mapping[str, ShiftKind]) -> None:
    unknown = sorted({slot.shift for slot in slots} - set(shifts))
    if unknown:
        raise ValueError(", ".join(unknown))


def _sick(told: Mapping[str, Any], start: date) -> dict[str, frozenset[int]]:
    sick: dict[str, frozenset[int]] = {}
    for row in told.get("replan", {}).get("sick", ()):
        first, last = ((as_date(row[end]) - start).days for end in ("from", "to"))
        sick[row["person"]] = sick.get(row["person"], frozenset()) | frozenset(range(first, last + 1))
    return sick


def _member(person: Mapping[str, Any], start: date, sick: frozenset[int]) -> Member:
    first, last = person.get("active") or (None, None)
    return Member(
        id=person["id"],
        name=person.get("name", ""),
        roles=frozenset(person["roles"]),
        main_role=person.get("main_role"),
        posts=person.get("posts"),
        skills=frozenset(person.get("skills", ())),
        reserve=bool(person.get("reserve")),
        away=_days(person.get("unavailable", ()), start),
        sick=sick,
        not_then=frozenset(((as_date(day) - start).days, shift) for day, shift in person.get("unavailable_shifts", ())),
        serves=((as_date(first) - start).days if first else -FAR, (as_date(last) - start).days if last else FAR),
        most=person.get("max_assignments"),
    )
