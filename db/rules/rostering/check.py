"""Which hard rules a roster breaks, counted day by day from the task and not from any model."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from db.rules.rostering.task import CrewRule, Opening, Place, Roster, Rules, Task, Worker

Kinds = Mapping[int, Sequence[int]]
"""The kinds worked on each day, in no order."""


@dataclass(frozen=True)
class Broken:
    """A broken rule: its name, whom it concerns (None: the places themselves), and the day."""

    rule: str
    who: Worker | None
    day: int


def broken(task: Task, roster: Roster) -> list[Broken]:
    """Every broken rule of a roster."""
    days: dict[Worker, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    there: dict[Place, set[Worker]] = defaultdict(set)
    found = []
    for who, day, kind in task.before:
        days[who][day].append(kind)
    for who, place in sorted(roster):
        need = task.needs[place]
        days[who][need.day].append(need.kind)
        there[place].add(who)
        if place not in task.people[who].places:
            found.append(Broken("not_open", who, need.day))
    for who, kinds in days.items():
        found += broken_by_person(task, who, kinds)
    for place, people in there.items():
        found += broken_at_place(task, place, len(people))
    crews: dict[int, set[Worker]] = defaultdict(set)
    for place, people in there.items():
        crew = task.needs[place].crew
        if crew is not None:
            crews[crew] |= people
    for rule in task.crews:
        if crew_breaks(rule, crews[rule.crew]):
            found.append(Broken("crew", None, rule.crew))
    for opening in task.openings:
        if opening_breaks(opening, sum(bool(there[place]) for place in opening.places)):
            found.append(Broken("opening", None, task.needs[opening.places[0]].day))
    return found


def broken_at_place(task: Task, place: Place, there: int) -> Iterator[Broken]:
    """Too many people at a place, or too few at an optional one."""
    need = task.needs[place]
    if need.over is None and there > need.count:
        yield Broken("too_many", None, need.day)
    if need.optional and 0 < there < need.count:
        yield Broken("team_size", None, need.day)


def crew_breaks(rule: CrewRule, crew: Collection[Worker]) -> bool:
    """Whether the people who serve together break a rule about them."""
    members = sum(who in rule.members for who in crew)
    few = members < rule.least if rule.per is None else members * rule.per < rule.least * len(crew)
    return bool(crew) and (few or (rule.most is not None and members > rule.most))


def opening_breaks(opening: Opening, taken: int) -> bool:
    """Whether too many optional places are taken; too few only cost."""
    return opening.high is not None and taken > opening.high


def broken_by_person(task: Task, who: Worker, kinds: Kinds) -> Iterator[Broken]:
    """The rules of one person, given what they work on each day, those below 0 included."""
    rules = task.people[who].rules
    worked = sorted(day for day, there in kinds.items() if there)
    inside = [day for day in worked if day >= 0]
    yield from _one_after_another(task, who, kinds, worked)
    yield from _runs(task, who, worked)
    if rules.one_a_day:
        yield from (Broken("one_a_day", who, day) for day in inside if len(kinds[day]) > 1)
    counts = Counter(kind for day in inside for kind in kinds[day])
    for kind, most in rules.most_of_kind.items():
        if counts[kind] > most:
            yield Broken("most_of_kind", who, inside[-1])
    if rules.minutes is not None:
        minutes = sum(task.kinds[kind].minutes * times for kind, times in counts.items())
        if not rules.minutes[0] <= minutes <= rules.minutes[1]:
            yield Broken("minutes", who, inside[-1] if inside else 0)
    if rules.most is not None and counts.total() > rules.most:
        yield Broken("most", who, inside[-1])
    for weekends in task.weekend_spans() if rules.weekends is not None else ():
        touched = [weekend for weekend in weekends if any(day in kinds and kinds[day] for day in weekend)]
        if len(touched) > (rules.weekends or 0):
            yield Broken("weekends", who, touched[rules.weekends or 0][0])
    yield from _windows(rules, who, kinds, worked)


def _one_after_another(task: Task, who: Worker, kinds: Kinds, worked: Sequence[int]) -> Iterator[Broken]:
    for day in worked:
        for index, kind in enumerate(kinds[day]):
            for gap, others in task.kinds[kind].not_after.items():
                later = day + gap
                there = kinds.get(later, ()) if gap else [*kinds[day][:index], *kinds[day][index + 1 :]]
                if later >= 0 and any(other in others for other in there):
                    yield Broken("rest", who, later)


def _stretches(days: Sequence[int]) -> list[tuple[int, int]]:
    """First and last day of each run of days on end."""
    found: list[tuple[int, int]] = []
    for day in days:
        if found and found[-1][1] == day - 1:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _runs(task: Task, who: Worker, worked: Sequence[int]) -> Iterator[Broken]:
    rules, runs = task.people[who].rules, _stretches(worked)
    for first, last in runs:
        length = last - first + 1
        if rules.longest_run is not None and length > rules.longest_run and last >= 0:
            yield Broken("longest_run", who, last)
        if length < rules.shortest_run and first > 0 and last < task.days - 1:
            yield Broken("shortest_run", who, first)
    for (_, last), (first, _) in pairwise(runs):
        if first - last - 1 < rules.shortest_break and first > 0 and last >= 0:
            yield Broken("shortest_break", who, first)


def _windows(rules: Rules, who: Worker, kinds: Kinds, worked: Sequence[int]) -> Iterator[Broken]:
    for kind, most in rules.longest_of_kind.items():
        for first, last in _stretches([day for day in worked if kind in kinds[day]]):
            if last - first + 1 > most and last >= 0:
                yield Broken("longest_of_kind", who, last)
    for window in rules.windows:
        days = [day for day in worked for kind in kinds[day] if window.kinds is None or kind in window.kinds]
        for index, first in enumerate(days):
            held = [day for day in days[index:] if day - first < window.days]
            if len(held) > window.most and held[-1] >= 0:
                yield Broken("window", who, held[-1])
                break
