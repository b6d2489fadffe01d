"""What keeps everybody out of an open place, and which changes would fill the open places of a rota."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations

from db.rules.duty.breaking import Away, Break, Ground, Member, Place, new_breaks

# So many changes are tried together, and so many are tried at all.
TOGETHER, TRIED = 4, 40
_NOBODY = -1
_DAY = timedelta(days=1)


class Change(StrEnum):
    """What would help: somebody is free, one more person, an absence moved, a place given up."""

    FREE = "free"
    PERSON = "person"
    ABSENCE = "absence"
    WITHOUT = "without"


@dataclass(frozen=True)
class Way:
    """A change and the open places it would fill; `away` is the absence that would be moved."""

    change: Change
    fills: tuple[Place, ...]
    member_id: int | None = None
    away: Away | None = None

    @property
    def ids(self) -> frozenset[int]:
        """The places it would fill."""
        return frozenset(place.id for place in self.fills)


class Judge:
    """Asks again and again whether somebody may take a place, with only what bears on the question at hand."""

    def __init__(self, places: Iterable[Place], ground: Ground) -> None:
        self.ground = ground
        self.open: list[Place] = []
        self._of: dict[int, list[Place]] = defaultdict(list)
        self._crews: dict[tuple[date, int, int], list[Place]] = defaultdict(list)
        self._aways: dict[int, list[Away]] = defaultdict(list)
        for away in ground.aways:
            self._aways[away.member_id].append(away)
        for place in places:
            if place.own and place.member_id is None:
                self.open.append(place)
            if place.member_id is not None:
                self._of[place.member_id].append(place)
            self._crews[_crew(place)].append(place)
        self.open.sort(key=lambda p: (p.begins_at, p.post_id, p.role, p.id))

    def able(self, place: Place) -> list[Member]:
        """Who serves in the role of a place, and in the duty at all on its day."""
        members = self.ground.members.values()
        return [m for m in members if place.role in m.roles and (m.active or self._of.get(m.id))]

    def breaks(
        self, place: Place, member: Member, taken: Sequence[Place] = (), without: Away | None = None
    ) -> tuple[Break, ...]:
        """The rules it would break to put a member on an open place, besides those already `taken`."""
        handed = {p.id: p for p in taken}
        crew = [handed.get(p.id, p) if p.own else p for p in self._crews[_crew(place)]]
        there = {(p.id, p.own) for p in crew}
        mine = [*self._of.get(member.id, ()), *(p for p in taken if p.member_id == member.id)]
        near = [*crew, *(p for p in mine if (p.id, p.own) not in there)]
        covers = [c for c in self.ground.covers if (c.on_day, c.post_id, c.shift_id) == _crew(place)]
        aways = [away for away in self._aways[member.id] if away != without]
        ground = replace(
            self.ground, members={**self.ground.members, member.id: member}, covers=tuple(covers), aways=tuple(aways)
        )
        return new_breaks(near, {place.id: member.id}, ground)

    def filled(self, member: Member, places: Iterable[Place], without: Away | None = None) -> list[Place]:
        """The places one member could take one after the other."""
        taken: list[Place] = []
        for place in places:
            if not self.breaks(place, member, taken, without):
                taken.append(replace(place, member_id=member.id))
        return taken


def reasons_of(judge: Judge, most: int) -> Iterator[tuple[Place, Member, tuple[Break, ...]]]:
    """For every open place, everybody of its role and the rules that keep them out; at most so many answers."""
    for place in judge.open:
        for member in judge.able(place):
            if most <= 0:
                return
            most -= 1
            breaks = judge.breaks(place, member)
            yield place, member, tuple(each for each in breaks if each.member_id == member.id) or breaks


def free_ways(judge: Judge) -> list[Way]:
    """Who could take which open places at once, without any change."""
    taken: list[Place] = []
    for place in judge.open:
        for member in judge.able(place):
            if not judge.breaks(place, member, taken):
                taken.append(replace(place, member_id=member.id))
                break
    by_member: dict[int, list[Place]] = defaultdict(list)
    for place in taken:
        by_member[place.member_id or 0].append(place)
    return [Way(Change.FREE, tuple(places), member_id) for member_id, places in by_member.items()]


def ways_of(judge: Judge, still_open: Sequence[Place]) -> list[Way]:
    """Each single change that would fill some of these open places, those that fill most first."""
    found = [*_more_people(judge, still_open), *_absences(judge, still_open)]
    return sorted(found, key=lambda way: (-len(way.fills), list(Change).index(way.change), way.fills[0].begins_at))


def _more_people(judge: Judge, still_open: Sequence[Place]) -> Iterator[Way]:
    skills = frozenset(cover.skill for cover in judge.ground.covers)
    for role, team, unit_id in dict.fromkeys(_asked(place) for place in still_open):
        left = [place for place in still_open if _asked(place) == (role, team, unit_id)]
        for number in range(TOGETHER):
            new = Member(_NOBODY - number, "", roles=(role,), skills=skills, team=team, unit_id=unit_id)
            filled = judge.filled(new, left)
            if not filled:
                break
            yield Way(Change.PERSON, tuple(filled))
            done = {place.id for place in filled}
            left = [place for place in left if place.id not in done]


def _absences(judge: Judge, still_open: Sequence[Place]) -> Iterator[Way]:
    for away in judge.ground.aways:
        member = judge.ground.members.get(away.member_id)
        if member is None:
            continue
        kept_out = [p for p in still_open if p.role in member.roles and away.from_on <= p.on_day <= away.until_on]
        filled = judge.filled(member, kept_out, without=away)
        if filled:
            yield Way(Change.ABSENCE, tuple(filled), member.id, away)


def fewest(ways: Sequence[Way], still_open: Sequence[Place]) -> tuple[Way, ...]:
    """The smallest set of changes that leaves nothing open; what no change fills is given up, each a change too."""
    every = {place.id: place for place in still_open}
    best: tuple[Way, ...] = ()
    best_cost = len(every) + 1
    for size in range(TOGETHER + 1):
        if size >= best_cost:
            break
        for chosen in combinations(ways[:TRIED], size):
            covered = frozenset().union(*(way.ids for way in chosen))
            cost = size + len(every.keys() - covered)
            if cost < best_cost:
                left = tuple(place for id_, place in every.items() if id_ not in covered)
                best, best_cost = (*chosen, *_given_up(left)), cost
    return best


def _given_up(left: Iterable[Place]) -> Iterator[Way]:
    """Places that are given up, those of one post, shift and role together."""
    groups: dict[tuple[int, int, str], list[Place]] = defaultdict(list)
    for place in left:
        groups[place.post_id, place.shift_id, place.role].append(place)
    yield from (Way(Change.WITHOUT, tuple(places)) for places in groups.values())


def days_text(days: Iterable[date]) -> str:
    """Days in their order, those on end as a span: 2026-02-14 – 2026-02-16, 2026-02-20."""
    spans: list[list[date]] = []
    for day in sorted(set(days)):
        if spans and spans[-1][-1] == day - _DAY:
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(f"{span[0]} – {span[-1]}" if len(span) > 1 else f"{span[0]}" for span in spans)


def _asked(place: Place) -> tuple[str, str, int | None]:
    """Whom a place is for: role, team and unit."""
    return place.role, place.team, place.unit_id


def _crew(place: Place) -> tuple[date, int, int]:
    return place.on_day, place.post_id, place.shift_id
