"""A rota as a task for the search, and what the search found as members on places."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import current
from db.models import DutyAbsence, DutyMember
from db.rules.duty.breaking import Away, Ground, Limits, Member, Place, breaks_alone, breaks_of
from db.rules.duty.counts import MEASURES, group_of, tally_of
from db.rules.duty.needs import Cover
from db.rules.duty.words import AWAY, WISHES, Absence
from db.rules.rostering.task import Choice, CrewRule, Kind, Measure, Need, Person, Roster, Rules, Task, Window
from db.rules.working_calendar import SATURDAY
from db.services.duty.ground import Planned

# What one of each costs, so that no number of a later one outweighs an earlier one.
PINNED, OPEN, CHANGE, RESERVE, FAIR = 10**9, 10**7, 10**6, 10**5, 10**3
# What one of two who should serve together costs alone: as much as a wish of the middle weight.
ALONE = 5
# Parts of a place when shares differ.
PARTS = 10
# Day, post, shift, role, team and unit (0: any): places that differ in none of these are alike.
Where = tuple[date, int, int, str, str, int]
_DAY = 24 * 60
_MONTH = 31
# The longest shift and the longest rest after it, in days.
_FAR = timedelta(days=9)


@dataclass(frozen=True)
class Wish:
    """Days a member would rather not or would like to serve, all shifts or one; `weight` from 1."""

    member_id: int
    kind: str
    from_on: date
    until_on: date
    shift_id: int | None
    weight: int


@dataclass(frozen=True)
class Meaning:
    """Whom the people and which places the needs of a task stand for; what stays as it is, by place."""

    members: Sequence[int]
    places: Sequence[Sequence[int]]
    pinned: Mapping[int, int | None]


@dataclass(frozen=True)
class Tasked:
    """A rota as a task; `start` is who serves where as published, when it is planned again."""

    task: Task
    meaning: Meaning
    start: Roster = frozenset()


def wishes_of(session: Session, planned: Planned) -> tuple[Wish, ...]:
    """The wishes that touch a rota."""
    rota = planned.rota
    query = select(DutyAbsence).join(DutyMember, DutyMember.id == DutyAbsence.member_id)
    query = query.where(DutyMember.duty_id == rota.duty_id, DutyAbsence.removed_at.is_(None))
    query = query.where(DutyAbsence.kind.in_(WISHES), DutyAbsence.from_on <= rota.until_on)
    rows = session.scalars(query.where(DutyAbsence.until_on >= rota.from_on).order_by(DutyAbsence.id))
    return tuple(Wish(a.member_id, a.kind, a.from_on, a.until_on, a.shift_id, a.weight) for a in rows)


def task_of(session: Session, planned: Planned, *, fixed: Collection[int]) -> Tasked:
    """The task of a draft; these places stay as they are."""
    return as_task(planned, wishes_of(session, planned), zone=current().settings.timezone, fixed=fixed)


def replan_task(session: Session, planned: Planned, *, fixed: Collection[int]) -> Tasked:
    """The task of a published rota: these places stay as they are, and every other change of hands costs."""
    return as_task(planned, wishes_of(session, planned), zone=current().settings.timezone, fixed=fixed, keeps=True)


def as_task(
    planned: Planned, wishes: Sequence[Wish], *, zone: str, fixed: Collection[int] = (), keeps: bool = False
) -> Tasked:
    """The task of a rota: `fixed` places stay as they are; with `keeps` every other change of hands costs."""
    return _Making(planned, wishes, zone, frozenset(fixed), keeps).done()


def placed(
    meaning: Meaning, roster: Iterable[tuple[int, int]], serving: Mapping[int, int | None]
) -> dict[int, int | None]:
    """Who serves at each place of the rota; who already serves there (`serving`) stays at the very same place."""
    there: dict[int, list[int]] = defaultdict(list)
    for who, need in sorted(roster):
        there[need].append(meaning.members[who])
    found: dict[int, int | None] = {}
    for need, ids in enumerate(meaning.places):
        coming = there[need]
        staying = {place: serving[place] for place in ids if serving.get(place) in coming}
        new = iter([member for member in coming if member not in staying.values()])
        found |= {place: staying.get(place) or next(new, None) for place in ids}
    return found | dict(meaning.pinned)


def sound(planned: Planned, found: Mapping[int, int | None], fixed: Collection[int]) -> dict[int, int | None]:
    """What was found, with places left open where by now, or beside fixed places, a rule would be broken."""
    kept = dict(found)
    while True:
        places = [replace(p, member_id=kept.get(p.id, p.member_id)) for p in planned.places]
        broken = {each.place_id for each in breaks_of((*places, *planned.outside), planned.ground)}
        wrong = [place for place in broken if place not in fixed and kept.get(place) is not None]
        if not wrong:
            return kept
        kept |= dict.fromkeys(wrong, None)


class _Making:
    """One task in the making."""

    def __init__(self, planned: Planned, wishes: Sequence[Wish], zone: str, fixed: frozenset[int], keeps: bool) -> None:
        self.planned, self.ground, self.keeps = planned, planned.ground, keeps
        self.zone, self.begin = ZoneInfo(zone), planned.rota.from_on
        self.by_month = any(member.most is not None for member in self.ground.members.values())
        self.kinds: dict[tuple[int, int, int, bool, date | None], int] = {}
        # Pairs look at the whole crew; skills at those of one role, which some people share with another role.
        self.by_role = bool(self.ground.covers) and not self.ground.apart
        self.crews: dict[Where, int] = {}
        self.needs: list[Need] = []
        self.sample: list[Place] = []
        self.ids: list[tuple[int, ...]] = []
        self.hands = {place.id: place.member_id for place in planned.places}
        self.pinned = {place.id: place.member_id for place in planned.places if place.id in fixed}
        near = [place for place in planned.outside if not place.elsewhere and place.member_id is not None]
        self.earlier = [place for place in near if place.on_day < self.begin]
        later = [place for place in near if place.on_day >= self.begin]
        self.held = [place for place in planned.places if place.id in fixed and place.member_id is not None] + later
        self.elsewhere: dict[int, list[Place]] = defaultdict(list)
        for place in planned.outside:
            if place.elsewhere and place.member_id is not None:
                self.elsewhere[place.member_id].append(place)
        self.size = Counter(_alike(place) for place in planned.places)
        self.wishes: dict[int, list[Wish]] = defaultdict(list)
        for wish in wishes:
            self.wishes[wish.member_id].append(wish)
        self.aways: dict[int, list[Away]] = defaultdict(list)
        for away in self.ground.aways:
            if away.kind in AWAY:
                self.aways[away.member_id].append(away)

    def done(self) -> Tasked:
        """The whole task."""
        before = frozenset((place.member_id or 0, self._day(place.on_day), self._kind(place)) for place in self.earlier)
        free = self._free_needs()
        held = [self._need(place, [place], PINNED, ()) for place in self.held]
        members = tuple(sorted(self.ground.members))
        index = {member: who for who, member in enumerate(members)}
        choices: list[dict[int, int]] = [self._choices(self.ground.members[member], free) for member in members]
        for need, place in zip(held, self.held, strict=True):
            if place.member_id in index:
                choices[index[place.member_id]][need] = 0
        kinds = self._kinds()
        people = [Person(str(m), c, self._rules(self.ground.members[m])) for m, c in zip(members, choices, strict=True)]
        task = Task(
            days=max((need.day for need in self.needs), default=0) + 1,
            kinds=kinds,
            needs=tuple(self.needs),
            people=tuple(people),
            months=tuple(self._months()),
            measures=(*self._measures(index), *self._together(index, choices)),
            crews=tuple(self._crew_rules(index)),
            before=frozenset((index[member], day, kind) for member, day, kind in before if member in index),
            constant=sum(self._hoped(each) for each in choices),
            tiers=(PINNED, OPEN, CHANGE, RESERVE),
            floor=0 if self._one_a_day() else None,
        )
        start = frozenset(self._start(index, choices, held))
        return Tasked(task, Meaning(members, tuple(self.ids), self.pinned), start)

    def _start(
        self, index: Mapping[int, int], choices: Sequence[Mapping[int, int]], held: Iterable[int]
    ) -> Iterator[Choice]:
        """What was published and can stay, with what is held; nothing for a draft."""
        free = [(self.hands[place], need) for need, ids in enumerate(self.ids) for place in ids]
        kept = [(place.member_id, need) for need, place in zip(held, self.held, strict=True)]
        for member, need in (*free, *kept) if self.keeps else ():
            who = index.get(member or 0)
            if who is not None and need in choices[who]:
                yield who, need

    def _day(self, day: date) -> int:
        return (day - self.begin).days

    def _kind(self, place: Place) -> int:
        local = place.begins_at.astimezone(self.zone)
        begins = (local.date() - place.on_day).days * _DAY + local.hour * 60 + local.minute
        length = int((place.ends_at - place.begins_at).total_seconds()) // 60
        month = place.on_day.replace(day=1) if self.by_month else None
        rest = max(self.ground.limits.least_rest, place.rest_after)
        return self.kinds.setdefault((begins, length, rest, place.night, month), len(self.kinds))

    def _crew(self, where: Where) -> Where:
        return where if self.by_role else (*where[:3], "", "", 0)

    def _need(self, place: Place, places: Sequence[Place], under: int, ids: tuple[int, ...]) -> int:
        crew = self.crews.setdefault(self._crew(_alike(place)), len(self.crews))
        self.needs.append(Need(self._day(place.on_day), self._kind(place), len(places), under, crew=crew))
        self.sample.append(place)
        self.ids.append(ids)
        return len(self.needs) - 1

    def _free_needs(self) -> list[int]:
        free = sorted((p for p in self.planned.places if p.id not in self.pinned), key=_alike)
        groups = [list(group) for _, group in groupby(free, key=_alike)]
        return [self._need(group[0], group, OPEN, tuple(place.id for place in group)) for group in groups]

    # --- who may take what ---

    def _choices(self, member: Member, free: Sequence[int]) -> dict[int, int]:
        ground = Ground(
            Limits(least_rest=self.ground.limits.least_rest),
            {member.id: member},
            self.aways[member.id],
            periods=self.ground.periods,
            units=self.ground.units,
            today=self.ground.today,
        )
        mine = [need for need in free if self.sample[need].role in member.roles]
        return {need: self._cost(member, need) for need in mine if self._may(member, self.sample[need], ground)}

    def _may(self, member: Member, place: Place, ground: Ground) -> bool:
        if next(breaks_alone(place, member, self.aways.get(member.id, ()), ground), None) is not None:
            return False
        near = [p for p in self.elsewhere.get(member.id, ()) if abs(p.on_day - place.on_day) <= _FAR]
        return not near or not breaks_of([replace(place, member_id=member.id), *near], ground)

    def _cost(self, member: Member, need: int) -> int:
        place = self.sample[need]
        cost = RESERVE if member.reserve else 0
        if self.keeps and member.id not in self._serving(need):
            cost += CHANGE
        for wish in self.wishes.get(member.id, ()):
            if wish.from_on <= place.on_day <= wish.until_on and wish.shift_id in (None, place.shift_id):
                cost += wish.weight if wish.kind == Absence.AVOID else -wish.weight
        return cost

    def _hoped(self, choices: Mapping[int, int]) -> int:
        """What following every wish of one person would save, one place a day."""
        best: dict[int, int] = defaultdict(int)
        for need, cost in choices.items():
            best[self.needs[need].day] = min(best[self.needs[need].day], cost)
        return -sum(best.values())

    def _serving(self, need: int) -> set[int | None]:
        return {self.hands[place] for place in self.ids[need]}

    # --- rules ---

    def _kinds(self) -> tuple[Kind, ...]:
        return tuple(
            Kind(str(number), length, dict(self._not_after(begins, length, rest)))
            for (begins, length, rest, _, _), number in self.kinds.items()
        )

    def _not_after(self, begins: int, length: int, rest: int) -> Iterator[tuple[int, frozenset[int]]]:
        """Which kinds begin too early after one that begins here; on its own day also those it would follow."""
        free_at = begins + length + rest
        for gap in range(free_at // _DAY + 2):
            bad = {
                number
                for (other, lasts, rests, _, _), number in self.kinds.items()
                if other + gap * _DAY < free_at and (gap or begins < other + lasts + rests)
            }
            if bad:
                yield gap, frozenset(bad)

    def _rules(self, member: Member) -> Rules:
        limits = self.ground.limits
        windows = []
        if limits.window_days and limits.window_most is not None:
            windows.append(Window(limits.window_days, limits.window_most))
        nights = frozenset(number for key, number in self.kinds.items() if key[3])
        if limits.most_nights_running is not None and nights:
            windows.append(Window(limits.most_nights_running + 1, limits.most_nights_running, nights))
        if member.most is not None:
            months = {key[4] for key in self.kinds}
            inside = [frozenset(n for key, n in self.kinds.items() if key[4] == month) for month in months]
            windows += [Window(_MONTH, member.most, kinds) for kinds in sorted(inside, key=min)]
        return Rules(
            one_a_day=self._one_a_day(),
            longest_run=limits.most_days_running,
            weekends=limits.most_weekends,
            windows=tuple(windows),
        )

    def _one_a_day(self) -> bool:
        """Whether no two shifts fit into one day."""
        return all(
            other < begins + length + rest and begins < other + lasts + rests
            for begins, length, rest, _, _ in self.kinds
            for other, lasts, rests, _, _ in self.kinds
        )

    def _months(self) -> Iterator[tuple[tuple[int, ...], ...]]:
        """The weekends of each month, its days before the rota too; one across two months counts in both."""
        first = self.begin.replace(day=1)
        last = max((place.on_day for place in self.sample), default=self.begin)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        weekend = [day for day in days if day.weekday() >= SATURDAY]
        for _, month in groupby(weekend, key=lambda day: (day.year, day.month)):
            weeks = groupby(month, key=lambda day: day.isocalendar().week)
            yield tuple(tuple(self._day(day) for day in week) for _, week in weeks)

    def _crew_rules(self, index: Mapping[int, int]) -> Iterator[CrewRule]:
        for first, second in self.ground.apart:
            if first in index and second in index:
                both = frozenset((index[first], index[second]))
                yield from (CrewRule(crew, both, most=1) for crew in self.crews.values())
        for cover in self.ground.covers:
            where = _alike(cover)
            key, there = self._crew(where), self.size[where]
            theirs = [m for m in self.ground.members.values() if cover.role in m.roles and cover.team in ("", m.team)]
            without = [member.id for member in theirs if cover.skill not in member.skills]
            if key in self.crews and without:
                unskilled = frozenset(index[member] for member in without)
                yield CrewRule(self.crews[key], unskilled, most=max(there - cover.least, 0))

    # --- fairness ---

    def _measures(self, index: Mapping[int, int]) -> Iterator[Measure]:
        groups: dict[str, list[Member]] = defaultdict(list)
        for member in self.planned.serving():
            groups[group_of(member.roles, reserve=member.reserve)].append(member)
        for name, group in sorted(groups.items()):
            if len(group) > 1:
                yield from (self._measure(f"{name}:{measure}", measure, group, index) for measure in MEASURES)

    def _measure(self, name: str, measure: str, group: Sequence[Member], index: Mapping[int, int]) -> Measure:
        counts = {}
        for need, place in enumerate(self.sample):
            if place.on_day <= self.planned.rota.until_on:
                tally = tally_of(place.on_day, night=place.night, calendar=self.planned.calendar)
                counts[need] = getattr(tally, measure)
        begin = {m.id: getattr(self.planned.before[m.id], measure) if m.id in self.planned.before else 0 for m in group}
        parts = 1
        if len({member.share for member in group}) > 1:
            parts = PARTS
            begin = self._against_share(begin, group, counts)
        return Measure(
            name,
            {need: count * parts for need, count in counts.items() if count},
            {index[member]: number for member, number in begin.items()},
            FAIR // parts,
            ideal=parts,
        )

    def _together(self, index: Mapping[int, int], choices: Sequence[Mapping[int, int]]) -> Iterator[Measure]:
        """At one time at one post, of two who should serve together, both or none; where both may serve."""
        crews: dict[tuple[date, int, int], list[int]] = defaultdict(list)
        for need, place in enumerate(self.sample):
            crews[place.on_day, place.post_id, place.shift_id].append(need)
        for first, second in self.planned.together:
            if first not in index or second not in index:
                continue
            both = (index[first], index[second])
            for needs in crews.values():
                open_to = [[need for need in needs if need in choices[who]] for who in both]
                seats = sum(self.needs[need].count for need in {*open_to[0], *open_to[1]})
                if all(open_to) and seats > 1:
                    yield Measure("together", dict.fromkeys(needs, 1), dict.fromkeys(both, 0), ALONE, first=False)

    def _against_share(
        self, begin: Mapping[int, int], group: Sequence[Member], counts: Mapping[int, int]
    ) -> dict[int, int]:
        """What each stands above the share that will be theirs, in parts of a place."""
        roles = {member.roles[0] for member in group if member.roles}
        coming = sum(c * self.needs[need].count for need, c in counts.items() if self.sample[need].role in roles)
        served, shares = sum(begin.values()) + coming, sum(member.share for member in group) or 1
        return {m.id: round(PARTS * (begin[m.id] - served * m.share / shares)) for m in group}


def _alike(one: Place | Cover) -> Where:
    return one.on_day, one.post_id, one.shift_id, one.role, one.team, one.unit_id or 0
