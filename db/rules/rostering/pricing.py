"""Schedules of whole persons at given prices: which tasks allow it, and the limits of kinds kept beside the walk.

A limit of a kind binds seldom. Where it does, it is an axis of the walk if that is small; else each assignment of the
kind is charged until the limit is kept, which may miss the cheapest schedule but never breaks a rule.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from db.rules.rostering.task import Place, Task, Worker
from db.rules.rostering.walk import INF, Costs, Limits, Schedule, Walk

Column = tuple[Place, ...]
"""The places of one person's whole schedule."""
_Found = dict[Worker, tuple[float, Column | None]]
_Steps = dict[tuple[Worker, int], float]
DEAR = 4_000_000
"""A limit of a kind is kept exactly while that takes no more work than this for one person."""
MEMORY = 12_000_000
"""So many numbers are held at once, about 200 MB."""
STATES = 60_000
TRIES = 8
LAST_TRIES = 24


def suits(task: Task) -> bool:
    """Whether people's schedules depend on each other through the places alone, and a walk finds each of them."""
    bound_together = task.measures or task.crews or task.openings or task.before or task.months
    needs = {(need.day, need.kind) for need in task.needs}
    if bound_together or len(needs) < len(task.needs) or any(need.optional for need in task.needs):
        return False
    if any(gap > 1 for kind in task.kinds for gap in kind.not_after):
        return False
    if not all(p.rules.one_a_day and p.rules.most is None and not p.rules.windows and not p.rules.longest_of_kind
               for p in task.people):  # fmt: skip
        return False
    return Walk(_limits(task), None).states <= STATES


def _limits(task: Task) -> Limits:
    rules = [person.rules for person in task.people]
    timed = any(one.minutes for one in rules)
    unit = math.gcd(*(kind.minutes for kind in task.kinds)) if timed else 0
    uses = [kind.minutes // unit if unit else 0 for kind in task.kinds]
    all_day = task.days * max(uses)
    weekend_of = np.full(task.days, -1)
    for number, days in enumerate(task.weekends):
        weekend_of[[day for day in days if day < task.days]] = number
    weekends = len(task.weekends) if any(one.weekends is not None for one in rules) else 0
    if not weekends:
        weekend_of[:] = -1
    after = [kind.not_after.get(1, frozenset()) for kind in task.kinds]
    kinds = range(len(task.kinds))
    return Limits(
        days=task.days,
        uses=np.array(uses),
        before=tuple(tuple(first for first in kinds if kind not in after[first]) for kind in kinds),
        weekend_of=weekend_of,
        longest=np.array([min(one.longest_run or task.days, task.days) for one in rules]),
        shortest=np.array([one.shortest_run for one in rules]),
        rest=np.array([one.shortest_break for one in rules]),
        weekends=np.array([weekends if one.weekends is None else min(weekends, one.weekends) for one in rules]),
        fewest=np.array([-(-one.minutes[0] // unit) if one.minutes and unit else 0 for one in rules]),
        most=np.array([min(all_day, one.minutes[1] // unit) if one.minutes and unit else all_day for one in rules]),
        most_of_kind=np.array([[one.most_of_kind.get(kind, task.days) for kind in kinds] for one in rules]),
    )


class Pricing:
    """What it asks again and again about a task is kept at hand, and which limits of kinds bound last time."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.limits = limits = _limits(task)
        self.place = np.full((limits.days, limits.kinds), -1)
        for number, need in enumerate(task.needs):
            self.place[need.day, need.kind] = number
        self.own = np.full((len(task.people), limits.days, limits.kinds), INF)
        for who, person in enumerate(task.people):
            for place, cost in person.places.items():
                self.own[who, task.needs[place].day, task.needs[place].kind] = cost
        self.charge = np.zeros((len(task.people), limits.kinds))
        self._exact: dict[Worker, int | None] = dict.fromkeys(range(len(task.people)))
        self._walks: dict[int | None, Walk] = {None: Walk(limits, None)}

    def cost(self, who: Worker, column: Column) -> int:
        """What the person's own choices of a schedule cost."""
        return sum(self.task.people[who].places[place] for place in column)

    def cheapest(
        self, who: Iterable[Worker], place_prices: Costs, over: Callable[[], bool], *, thorough: bool = False
    ) -> Mapping[Worker, tuple[float, Column | None]]:
        """A schedule of each person that is cheap after subtracting the price of each place, and a bound below it.

        Nobody's bound is above the cheapest. None: no schedule was found within the tries, which are more when
        `thorough`. People are missing when it was over before their turn.
        """
        prices = np.append(place_prices, 0.0)[self.place]
        found: _Found = {}
        steps: _Steps = {}
        turn = list(who)
        for _ in range(LAST_TRIES if thorough else TRIES):
            groups: dict[int | None, list[Worker]] = defaultdict(list)
            for person in turn:
                groups[self._exact[person]].append(person)
            turn = []
            for kind, people in groups.items():
                for some in self._chunks(kind, people):
                    if over():
                        return found
                    turn += self._some(kind, some, prices, found, steps)
            if not turn:
                break
        return found

    def _chunks(self, kind: int | None, people: list[Worker]) -> Iterable[list[Worker]]:
        size = max(1, MEMORY // (self._walk(kind).states * (self.limits.days + 1)))
        return (people[first : first + size] for first in range(0, len(people), size))

    def _walk(self, kind: int | None) -> Walk:
        if kind not in self._walks:
            self._walks[kind] = Walk(self.limits, kind)
        return self._walks[kind]

    def _some(
        self, kind: int | None, people: Sequence[Worker], prices: Costs, found: _Found, steps: _Steps
    ) -> list[Worker]:
        """Look for schedules of some people; who is to be asked again."""
        charge = self.charge[people]
        if kind is not None:
            charge[:, kind] = 0
        most = self.limits.most_of_kind[people]
        asked = self._walk(kind).cheapest(people, self.own[people] - prices + charge[:, None, :])
        again = []
        for person, (cost, schedule), paid in zip(people, asked, (charge * most).sum(axis=1).tolist(), strict=True):
            bound = max(cost - paid, found[person][0] if person in found else -INF)
            column = None
            if schedule is not None:
                if self._kept(person, kind, schedule, steps):
                    column = tuple(int(self.place[day, kind]) for day, kind in schedule)
                else:
                    again.append(person)
            found[person] = (bound, column)
        return again

    def _kept(self, who: Worker, exact: int | None, schedule: Schedule, steps: _Steps) -> bool:
        """Whether the limits of kinds are kept; if not, they are dearer or exact the next time."""
        counts, most, charge = Counter(kind for _, kind in schedule), self.limits.most_of_kind[who], self.charge[who]
        over = {kind: count - int(most[kind]) for kind, count in counts.items() if count > most[kind]}
        if not over:
            if exact is not None and counts[exact] < most[exact]:
                self._exact[who] = None
            slack = np.array([counts[kind] < most[kind] for kind in range(self.limits.kinds)])
            charge[slack] = np.where(charge[slack] < 0.3, 0, charge[slack] * 0.7)
            return True
        worst = max(over, key=lambda kind: (over[kind], -kind))
        if exact is None and self._walk(worst).work <= DEAR:
            self._exact[who] = worst
            return False
        for kind in over:
            steps[who, kind] = 2 * steps[who, kind] if (who, kind) in steps else max(0.5, 0.2 * charge[kind])
            charge[kind] += steps[who, kind]
        return False
