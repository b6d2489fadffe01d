"""Places that differ in nothing but their name, taken together: fewer choices, and none that only renames another."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil

from db.rules.rostering.check import crew_breaks
from db.rules.rostering.linear import Effort, solve
from db.rules.rostering.model import Part
from db.rules.rostering.standing import Standing
from db.rules.rostering.task import Choice, CrewRule, Need, Person, Place, Roster, Rules, Task, Worker

_SEATING = 2.0


@dataclass(frozen=True)
class Together:
    """A task in which alike places are one: `inside` has the places of the whole task that each of its places holds."""

    whole: Task
    task: Task
    inside: Sequence[Sequence[Place]]
    seats: dict[tuple[Place, tuple[Worker, ...]], set[Choice]] = field(default_factory=dict)

    def apart(self, roster: Roster) -> Roster:
        """A roster of the task as one of the whole; what the rules of the crews leave no seat for stays open."""
        there: dict[Place, list[Worker]] = defaultdict(list)
        for who, place in sorted(roster):
            there[place].append(who)
        found: set[Choice] = set()
        for place, people in there.items():
            seated = place, tuple(people)
            if seated not in self.seats:
                self.seats[seated] = self._seated(self.inside[place], people)
            found |= self.seats[seated]
        return frozenset(found)

    @cached_property
    def rules(self) -> Mapping[int | None, Sequence[CrewRule]]:
        """The rules of each crew of the whole task."""
        found: dict[int | None, list[CrewRule]] = defaultdict(list)
        for rule in self.whole.crews:
            found[rule.crew].append(rule)
        return found

    def _seated(self, places: Sequence[Place], people: Sequence[Worker]) -> set[Choice]:
        """Who serves at which of some alike places: dealt in turn, those first of whom each crew needs some."""
        task = self.whole
        if len(places) == 1:
            return {(who, places[0]) for who in people}
        rules = [self.rules.get(task.needs[place].crew, []) for place in places]
        needed = {who: -sum(rule.least > 0 and who in rule.members for rule in rules[0]) for who in people}
        manned = ceil(len(people) / task.needs[places[0]].count)
        crews: list[set[Worker]] = [set() for _ in range(manned)]
        for turn, who in enumerate(sorted(people, key=needed.__getitem__)):
            crews[turn % manned].add(who)
        if any(crew_breaks(rule, crew) for mine, crew in zip(rules, crews, strict=False) for rule in mine):
            return _solved(task, places, people, rules)
        return {(who, place) for place, crew in zip(places, crews, strict=False) for who in crew}


def together(task: Task) -> Together | None:
    """The task with its alike places taken together; None where there are none."""
    seen: dict[Hashable, list[Place]] = defaultdict(list)
    rules = _rules_of(task)
    crowded = Counter(need.crew for need in task.needs)
    opened = {place for opening in task.openings for place in opening.places}
    able: list[list[tuple[Worker, int]]] = [[] for _ in task.needs]
    for who, person in enumerate(task.people):
        for place, cost in person.places.items():
            able[place].append((who, cost))
    for place, need in enumerate(task.needs):
        alone = need.optional or place in opened or need.over is not None
        if alone or (need.crew in rules and crowded[need.crew] > 1):
            seen[place].append(place)
            continue
        counts = tuple(measure.counts.get(place) for measure in task.measures)
        crew = need.count, rules.get(need.crew)
        seen[need.day, need.kind, need.under, crew if crew[1] else None, counts, tuple(able[place])].append(place)
    if len(seen) == len(task.needs):
        return None
    return _together(task, list(seen.values()))


def _rules_of(task: Task) -> Mapping[int | None, frozenset[tuple[frozenset[Worker], int, int | None]]]:
    found: dict[int | None, set[tuple[frozenset[Worker], int, int | None]]] = defaultdict(set)
    for rule in task.crews:
        found[rule.crew].add((rule.members, rule.least, rule.most))
    return {crew: frozenset(mine) for crew, mine in found.items()}


def _together(task: Task, inside: Sequence[Sequence[Place]]) -> Together:
    of = {places[0]: number for number, places in enumerate(inside)}
    crew_at = {need.crew: place for place, need in enumerate(task.needs)}
    needs = [_both([task.needs[place] for place in places]) for places in inside]
    people = tuple(
        replace(person, places={of[p]: cost for p, cost in person.places.items() if p in of}) for person in task.people
    )
    measures = tuple(
        replace(m, counts={of[p]: count for p, count in m.counts.items() if p in of}) for m in task.measures
    )
    openings = tuple(replace(o, places=tuple(of[p] for p in o.places)) for o in task.openings)
    crews = []
    for rule in task.crews:
        if rule.crew not in crew_at:
            continue
        place = crew_at[rule.crew]
        if place in of:
            crews.append(_for_all(rule, task.needs[place], len(inside[of[place]])))
    made = replace(task, needs=tuple(needs), people=people, measures=measures, openings=openings, crews=tuple(crews))
    return Together(task, made, inside)


def _both(needs: Sequence[Need]) -> Need:
    return replace(needs[0], count=sum(need.count for need in needs))


def _for_all(rule: CrewRule, need: Need, crews: int) -> CrewRule:
    """What a rule means for so many crews of this size together."""
    if crews == 1:
        return rule
    return replace(rule, per=need.count, most=None if rule.most is None else rule.most * crews)


def _solved(
    task: Task, places: Sequence[Place], people: Sequence[Worker], rules: Sequence[Sequence[CrewRule]]
) -> set[Choice]:
    """The same by a model of one day."""
    number = {who: index for index, who in enumerate(people)}
    crews = tuple(
        CrewRule(crew, frozenset(number[who] for who in rule.members if who in number), rule.least, rule.most)
        for crew, mine in enumerate(rules)
        for rule in mine
    )
    needs = tuple(Need(0, 0, task.needs[place].count, 1, crew=crew) for crew, place in enumerate(places))
    anywhere = Person("", dict.fromkeys(range(len(places)), 0), Rules())
    day = Task(1, task.kinds[:1], needs, (anywhere,) * len(people), crews=crews)
    part = Part(Standing(day, frozenset()), dict.fromkeys(number.values(), range(1)))
    values = solve(part.linear, Effort(work=_SEATING)).values or part.linear.hint
    return {(people[who], places[at]) for who, at in part.change(values)[0]}
