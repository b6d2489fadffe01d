"""The roster as it stands during a search, with everything that is asked of it again and again kept at hand."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from db.rules.rostering.check import broken_at_place, broken_by_person, crew_breaks, opening_breaks
from db.rules.rostering.task import Choice, CrewRule, Place, Roster, Task, Worker
from db.rules.rostering.worth import cover_cost, opening_cost, outside, worth

Free = Mapping[Worker, Collection[int]]
"""The days of each person that are free to be decided anew."""


class Standing:
    """A roster by person and by place, and its cost; a change costs as much time as it is large."""

    def __init__(self, task: Task, roster: Roster) -> None:
        self.task = task
        self.cost = worth(task, roster)
        self.there: list[set[Worker]] = [set() for _ in task.needs]
        self.places: list[dict[int, list[Place]]] = [{} for _ in task.people]
        self.totals = [dict(measure.begin) for measure in task.measures]
        self.before: list[dict[int, list[int]]] = [defaultdict(list) for _ in task.people]
        for who, day, kind in task.before:
            self.before[who][day].append(kind)
        self.open_to: list[dict[int, list[Place]]] = [defaultdict(list) for _ in task.people]
        for who, person in enumerate(task.people):
            for place in person.places:
                self.open_to[who][task.needs[place].day].append(place)
        self.able: list[list[Worker]] = [[] for _ in task.needs]
        for who, person in enumerate(task.people):
            for place in person.places:
                self.able[place].append(who)
        self.rules_of: dict[int, list[CrewRule]] = defaultdict(list)
        for rule in task.crews:
            self.rules_of[rule.crew].append(rule)
        self.crew_places: dict[int, list[Place]] = defaultdict(list)
        self.on_day: list[list[Place]] = [[] for _ in range(task.days)]
        for place, need in enumerate(task.needs):
            self.on_day[need.day].append(place)
            if need.crew is not None:
                self.crew_places[need.crew].append(place)
        self.openings_of: dict[Place, list[int]] = defaultdict(list)
        for number, opening in enumerate(task.openings):
            for place in opening.places:
                self.openings_of[place].append(number)
        self._put(roster, ())

    @classmethod
    def begun(cls, task: Task, start: Roster, first_free_day: int) -> "Standing":
        """What of a roster can stay: all before the first free day; then what is open still and breaks no rule."""
        kept = {
            (who, place)
            for who, place in start
            if task.needs[place].day < first_free_day or place in task.people[who].places
        }
        standing = cls(task, frozenset(kept))
        for place, need in enumerate(task.needs):
            if need.day >= first_free_day and standing.breaks((), (place,)):
                there = [place] if need.crew is None else standing.crew_places[need.crew]
                standing.change((), [(who, other) for other in there for who in standing.there[other]])
        for who in range(len(task.people)):
            if standing.breaks((who,), ()):
                standing.change((), standing.chosen({who: range(first_free_day, task.days)}))
        return standing

    def roster(self) -> Roster:
        """What stands, as it is handed out."""
        return frozenset((who, place) for place, people in enumerate(self.there) for who in people)

    def since(self, first_day: int) -> Free:
        """Everybody's days from one on."""
        return dict.fromkeys(range(len(self.task.people)), range(first_day, self.task.days))

    def kinds(self, who: Worker, day: int) -> list[int]:
        """The kinds a person works on a day, also on one below 0."""
        if day < 0:
            return self.before[who].get(day, [])
        return [self.task.needs[place].kind for place in self.places[who].get(day, ())]

    def chosen(self, free: Free) -> set[Choice]:
        """What stands on the free days."""
        places = self.places
        return {(who, place) for who, days in free.items() for day in days for place in places[who].get(day, ())}

    def _put(self, added: Iterable[Choice], removed: Iterable[Choice]) -> None:
        for who, place in removed:
            self.there[place].discard(who)
            self.places[who][self.task.needs[place].day].remove(place)
            self._count(who, place, -1)
        for who, place in added:
            self.there[place].add(who)
            self.places[who].setdefault(self.task.needs[place].day, []).append(place)
            self._count(who, place, 1)

    def _count(self, who: Worker, place: Place, sign: int) -> None:
        for measure, totals in zip(self.task.measures, self.totals, strict=True):
            if who in totals:
                totals[who] += sign * measure.counts.get(place, 0)

    def _part_cost(self, touched: Collection[Place], openings: Collection[int]) -> int:
        task = self.task
        cost = sum(cover_cost(task.needs[place], len(self.there[place])) for place in touched)
        for number in openings:
            opening = task.openings[number]
            cost += opening_cost(opening, sum(bool(self.there[place]) for place in opening.places))
        for measure, totals in zip(task.measures, self.totals, strict=True):
            if totals:
                cost += measure.cost * outside(totals.values(), measure.ideal)
        return cost

    def change(self, added: Collection[Choice], removed: Collection[Choice]) -> int:
        """Take some choices back and make others; returns the new cost."""
        touched = {place for _, place in (*added, *removed)}
        openings = {number for place in touched for number in self.openings_of.get(place, ())}
        people = self.task.people
        was = self._part_cost(touched, openings) + sum(people[who].places.get(place, 0) for who, place in removed)
        self._put(added, removed)
        now = self._part_cost(touched, openings) + sum(people[who].places.get(place, 0) for who, place in added)
        self.cost += now - was
        return self.cost

    def breaks(self, people: Iterable[Worker], touched: Iterable[Place]) -> bool:
        """Whether these people, or those who serve at these places, break a hard rule."""
        task = self.task
        for who in people:
            kinds = {**self.before[who], **{day: self.kinds(who, day) for day in self.places[who]}}
            if next(broken_by_person(task, who, kinds), None):
                return True
        for place in touched:
            if next(broken_at_place(task, place, len(self.there[place])), None):
                return True
            crew = task.needs[place].crew
            if crew is not None and crew in self.rules_of:
                members = set().union(*(self.there[other] for other in self.crew_places[crew]))
                if any(crew_breaks(rule, members) for rule in self.rules_of[crew]):
                    return True
            for number in self.openings_of.get(place, ()):
                opening = task.openings[number]
                if opening_breaks(opening, sum(bool(self.there[other]) for other in opening.places)):
                    return True
        return False
