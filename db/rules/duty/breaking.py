"""Which hard rules a rota breaks, each by its name and in a sentence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from db.rules.duty.needs import Cover, Period
from db.rules.duty.words import AWAY, Absence
from db.rules.problems import N_, Named, Problem
from db.rules.working_calendar import SATURDAY

_DAY = timedelta(days=1)


class Rule(StrEnum):
    """The hard rules by name. Maximum and weekends count by calendar month, wherever a rota begins or ends."""

    ROLE = "role"
    POST = "post"
    TEAM = "team"
    UNIT = "unit"
    TERM = "term"
    LEAVE = "leave"
    UNAVAILABLE = "unavailable"
    TWICE = "twice"
    REST = "rest"
    DAYS_RUNNING = "days_running"
    NIGHTS_RUNNING = "nights_running"
    WINDOW = "window"
    WEEKENDS = "weekends"
    MOST = "most"
    PAIR = "pair"
    SKILL = "skill"
    RESERVE = "reserve"


@dataclass(frozen=True)
class Limits:
    """The numbers of a duty; None or 0 means no such rule. Rest is in minutes."""

    least_rest: int = 0
    most_days_running: int | None = None
    most_nights_running: int | None = None
    window_days: int | None = None
    window_most: int | None = None
    most_weekends: int | None = None


@dataclass(frozen=True)
class Member:
    """Who serves. No posts means every post; `most` is the most places in a calendar month."""

    id: int
    name: str
    roles: tuple[str, ...] = ()
    posts: frozenset[int] = frozenset()
    skills: frozenset[str] = frozenset()
    team: str = ""
    unit_id: int | None = None
    share: int = 100
    reserve: bool = False
    most: int | None = None
    from_on: date | None = None
    until_on: date | None = None
    active: bool = True


@dataclass(frozen=True)
class Away:
    """Days a member can't serve; only in one shift when `shift_id` is given."""

    member_id: int
    from_on: date
    until_on: date
    kind: str
    shift_id: int | None = None


@dataclass(frozen=True)
class Within:
    """A unit by name, and the ids of it and of those below it."""

    name: Named
    ids: frozenset[int]


@dataclass(frozen=True)
class Place:
    """A place of the rota (`own`), or one published before or after it; `rest_after` is in minutes.

    `team` and `unit_id` are whom it is for, where only they may take it. `elsewhere` is a place of the same person in
    another duty: only its time and the rest after it count.
    """

    id: int
    on_day: date
    post_id: int
    shift_id: int
    role: str
    begins_at: datetime
    ends_at: datetime
    rest_after: int = 0
    night: bool = False
    member_id: int | None = None
    own: bool = True
    elsewhere: bool = False
    team: str = ""
    unit_id: int | None = None


@dataclass(frozen=True)
class Ground:
    """What places are judged by; `apart` are pairs who must not serve together, `units` those that places are for.

    Who is retired must not serve from `today` on; what such a member served before stays in order.
    """

    limits: Limits = field(default_factory=Limits)
    members: Mapping[int, Member] = field(default_factory=dict)
    aways: Sequence[Away] = ()
    apart: Sequence[tuple[int, int]] = ()
    periods: Sequence[Period] = ()
    covers: Sequence[Cover] = ()
    units: Mapping[int, Within] = field(default_factory=dict)
    today: date | None = None


@dataclass(frozen=True)
class Break:
    """One broken rule at one place: shown there by name (`rule`) and as a sentence (`problem`)."""

    rule: Rule
    place_id: int
    member_id: int
    on_day: date
    problem: Problem


def breaks_of(places: Iterable[Place], ground: Ground) -> tuple[Break, ...]:
    """Every broken rule of the rota, in the order of days; one at each place and rule."""
    listed = list(places)
    served: dict[int, list[Place]] = {}
    for place in sorted(listed, key=lambda p: (p.begins_at, p.on_day, p.id)):
        if place.member_id is not None:
            served.setdefault(place.member_id, []).append(place)
    aways: dict[int, list[Away]] = {}
    for away in ground.aways:
        aways.setdefault(away.member_id, []).append(away)
    found = list(_crews(listed, ground))
    for member_id, theirs in served.items():
        member = ground.members.get(member_id) or Member(member_id, "", active=False)
        off = aways.get(member_id, ())
        found += [b for place in theirs if place.own for b in breaks_alone(place, member, off, ground)]
        found += _times(theirs, member, ground.limits)
        found += _limits(theirs, member, ground.limits)
    order = list(Rule)
    once = {(b.place_id, b.rule): b for b in reversed(found)}
    return tuple(sorted(once.values(), key=lambda b: (b.on_day, b.place_id, order.index(b.rule))))


def new_breaks(places: Iterable[Place], changes: Mapping[int, int | None], ground: Ground) -> tuple[Break, ...]:
    """The rules that would be broken if these places (id to member, None leaves open) changed hands, and aren't now."""
    listed = list(places)
    changed = [p for p in listed if p.own and p.id in changes]
    touched = {p.member_id for p in changed} | set(changes.values())
    crews = {_crew(p) for p in changed}
    near = [p for p in listed if (p.member_id in touched and p.member_id is not None) or _crew(p) in crews]
    gains = {changes[p.id] for p in changed if changes[p.id] != p.member_id}
    ground = replace(ground, covers=[c for c in ground.covers if (c.on_day, c.post_id, c.shift_id) in crews])
    before = breaks_of(near, ground)
    after = breaks_of((_handed(p, changes) for p in near), ground)
    return tuple(b for b in after if b not in before and _is_worse(b, before, after, changes, gains))


def _is_worse(
    broken: Break,
    before: Sequence[Break],
    after: Sequence[Break],
    changes: Mapping[int, int | None],
    gains: Set[int | None],
) -> bool:
    """Not only told at another place than before: who takes nothing over breaks nothing new."""
    together = broken.rule in (Rule.PAIR, Rule.SKILL)
    if not together and broken.member_id not in gains:
        return False
    if changes.get(broken.place_id) == broken.member_id:
        return True
    was, becomes = ([b for b in each if _about(b) == _about(broken)] for each in (before, after))
    return len(becomes) > len(was) or (not together and broken.place_id in {b.place_id for b in was})


def _about(broken: Break) -> tuple[Rule, object]:
    return broken.rule, broken.on_day if broken.rule is Rule.SKILL else broken.member_id


def _handed(place: Place, changes: Mapping[int, int | None]) -> Place:
    return replace(place, member_id=changes[place.id]) if place.own and place.id in changes else place


def _crew(place: Place) -> tuple[date, int, int]:
    return place.on_day, place.post_id, place.shift_id


def _break(rule: Rule, place: Place, member: Member, message: str, **values: object) -> Break:
    return Break(
        rule, place.id, member.id, place.on_day, Problem("member_id", message, {"name": member.name, **values})
    )


def breaks_alone(place: Place, member: Member, aways: Iterable[Away], ground: Ground) -> Iterator[Break]:
    """What a single placing breaks by itself."""
    if place.role not in member.roles:
        yield _break(Rule.ROLE, place, member, N_("{name} does not serve in this role."))
    if member.posts and place.post_id not in member.posts:
        yield _break(Rule.POST, place, member, N_("{name} does not serve at this post."))
    if place.team and member.team != place.team:
        yield _break(Rule.TEAM, place, member, N_("{name} is not of the team {team}."), team=place.team)
    unit = ground.units.get(place.unit_id or 0)
    if unit is not None and member.unit_id not in unit.ids:
        yield _break(Rule.UNIT, place, member, N_("{name} is not of {unit}."), unit=unit.name)
    if not _in_term(place.on_day, member, ground.today):
        yield _break(Rule.TERM, place, member, N_("{name} does not serve on {day}."), day=place.on_day)
    for away in aways:
        if _keeps_away(away, place):
            if away.kind == Absence.LEAVE:
                yield _break(Rule.LEAVE, place, member, N_("{name} is on leave on {day}."), day=place.on_day)
            else:
                message = N_("{name} is not available on {day}.")
                yield _break(Rule.UNAVAILABLE, place, member, message, day=place.on_day)
    if member.reserve and not any(p.reserves and p.covers(place.on_day) for p in ground.periods):
        message = N_("{name} is a reserve, and {day} is in no special duty period with reserves.")
        yield _break(Rule.RESERVE, place, member, message, day=place.on_day)


def _in_term(day: date, member: Member, today: date | None) -> bool:
    if not member.active and (today is None or day >= today):
        return False
    return (member.from_on or day) <= day <= (member.until_on or day)


def _keeps_away(away: Away, place: Place) -> bool:
    return (
        away.kind in AWAY and away.from_on <= place.on_day <= away.until_on and away.shift_id in (None, place.shift_id)
    )


def _times(served: Sequence[Place], member: Member, limits: Limits) -> Iterator[Break]:
    """Two places at one time, and rest too short: each against the earlier place that keeps the member longest."""
    busy: Place | None = None
    resting: Place | None = None
    for place in served:
        if busy is not None and place.begins_at < busy.ends_at:
            where = _last_own([busy, place])
            if where:
                yield _break(Rule.TWICE, where, member, N_("{name} serves twice at one time."))
        elif resting is not None and place.begins_at < _rested(resting, limits):
            where = _last_own([resting, place])
            if where:
                yield _short_rest(where, resting, place, member, limits)
        busy = max((p for p in (busy, place) if p), key=lambda p: p.ends_at)
        resting = max((p for p in (resting, place) if p), key=lambda p: _rested(p, limits))


def _short_rest(where: Place, earlier: Place, later: Place, member: Member, limits: Limits) -> Break:
    return _break(
        Rule.REST,
        where,
        member,
        N_("{name} has {hours} hours of rest between {day} and {next_day}; {least} are needed."),
        hours=f"{(later.begins_at - earlier.ends_at) / timedelta(hours=1):g}",
        least=f"{max(limits.least_rest, earlier.rest_after) / 60:g}",
        day=earlier.on_day,
        next_day=later.on_day,
    )


def _rested(place: Place, limits: Limits) -> datetime:
    return place.ends_at + timedelta(minutes=max(limits.least_rest, place.rest_after))


def _limits(served: Sequence[Place], member: Member, limits: Limits) -> Iterator[Break]:
    """What is too much taken together: runs, windows, and what counts by calendar month."""
    here = sorted((p for p in served if not p.elsewhere), key=lambda p: (p.on_day, p.begins_at))
    message = N_("Too many days running for {name}: at most {most}.")
    for run in _runs(here):
        for place in _beyond(run, limits.most_days_running):
            yield _break(Rule.DAYS_RUNNING, place, member, message, most=limits.most_days_running)
    message = N_("Too many nights running for {name}: at most {most}.")
    for run in _runs([p for p in here if p.night]):
        for place in _beyond(run, limits.most_nights_running):
            yield _break(Rule.NIGHTS_RUNNING, place, member, message, most=limits.most_nights_running)
    yield from _window(here, member, limits)
    message = N_("Too many weekends of the month for {name}: at most {most}.")
    for month in _months([p for p in here if p.on_day.weekday() >= SATURDAY]):
        weekends = [list(days) for _, days in groupby(month, key=lambda p: p.on_day - p.on_day.weekday() * _DAY)]
        for place in _beyond(weekends, limits.most_weekends):
            yield _break(Rule.WEEKENDS, place, member, message, most=limits.most_weekends)
    message = N_("Too many shifts in the month for {name}: at most {most}.")
    for month in _months(here):
        for place in _beyond([[p] for p in month], member.most):
            yield _break(Rule.MOST, place, member, message, most=member.most)


def _window(here: Sequence[Place], member: Member, limits: Limits) -> Iterator[Break]:
    if not limits.window_days or limits.window_most is None:
        return
    first = 0
    for n, last in enumerate(here):
        while (last.on_day - here[first].on_day).days >= limits.window_days:
            first += 1
        inside = here[first : n + 1]
        where = _last_own(inside) if len(inside) > limits.window_most else None
        if where:
            yield _break(
                Rule.WINDOW,
                where,
                member,
                N_("Too many shifts within {days} days for {name}: {count}, at most {most}."),
                count=len(inside),
                days=limits.window_days,
                most=limits.window_most,
            )


def _runs(here: Sequence[Place]) -> list[list[list[Place]]]:
    """Runs of days one after the other, each day with its places."""
    runs: list[list[list[Place]]] = []
    for day, grouped in groupby(here, key=lambda p: p.on_day):
        if runs and runs[-1][-1][0].on_day == day - _DAY:
            runs[-1].append(list(grouped))
        else:
            runs.append([list(grouped)])
    return runs


def _months(here: Sequence[Place]) -> list[list[Place]]:
    return [list(month) for _, month in groupby(here, key=lambda p: (p.on_day.year, p.on_day.month))]


def _beyond(units: Sequence[Sequence[Place]], most: int | None) -> Iterator[Place]:
    """A place of the rota in each unit beyond the first `most`; the rota's last when all those are published ones."""
    if most is None or len(units) <= most:
        return
    own = [place for unit in units[most:] if (place := _last_own(unit))]
    last = _last_own([place for unit in units for place in unit])
    yield from own or ([last] if last else [])


def _last_own(places: Sequence[Place]) -> Place | None:
    return next((place for place in reversed(places) if place.own), None)


def _crews(places: Sequence[Place], ground: Ground) -> Iterator[Break]:
    """Who must not serve together, and skills nobody on duty has."""
    crews: dict[tuple[date, int, int], list[Place]] = {}
    for place in places:
        if not place.elsewhere:
            crews.setdefault(_crew(place), []).append(place)
    for crew in crews.values():
        yield from _apart(crew, ground)
    for cover in ground.covers:
        crew = crews.get((cover.on_day, cover.post_id, cover.shift_id), [])
        asked = (cover.role, cover.team, cover.unit_id)
        yield from _unskilled([p for p in crew if (p.role, p.team, p.unit_id) == asked], cover, ground)


def _apart(crew: Sequence[Place], ground: Ground) -> Iterator[Break]:
    on_duty = {place.member_id: place for place in crew if place.member_id is not None}
    for first, second in ground.apart:
        if first in on_duty and second in on_duty:
            for one, other in ((first, second), (second, first)):
                if on_duty[one].own and one in ground.members and other in ground.members:
                    message = N_("{name} and {other} must not serve together.")
                    told = {"other": ground.members[other].name}
                    yield _break(Rule.PAIR, on_duty[one], ground.members[one], message, **told)


def _unskilled(crew: Sequence[Place], cover: Cover, ground: Ground) -> Iterator[Break]:
    """Broken once the places still open can't make up for it."""
    on_duty = [(p, member) for p in crew if (member := ground.members.get(p.member_id or 0))]
    without = [(p, member) for p, member in on_duty if cover.skill not in member.skills]
    have = len(on_duty) - len(without)
    where = _last_own([p for p, _ in without])
    if where and have + len(crew) - len(on_duty) < cover.least:
        message = N_("Too few with the skill this shift needs: {have}, at least {least}.")
        yield _break(Rule.SKILL, where, dict(without)[where], message, least=cover.least, have=have)
