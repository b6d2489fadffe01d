"""Rosters from the mixture of schedules: fix one person after another, and take some back where it becomes too dear."""

import math
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from db.rules.rostering.columns import NEAR, Columns
from db.rules.rostering.pricing import Column, Pricing
from db.rules.rostering.task import Roster, Worker
from db.rules.rostering.walk import INF, Costs
from db.rules.rostering.worth import worth

HASTY, FEWEST, ROUNDS, TRIES = 2, 4, 12, 3
ROOT_SHARE, FIRST_SHARE = 0.35, 0.4
"""Of the time that is left: at most so much for the bound, and about so much for the first roster from the mixture."""
TOLERANCE = 0.002
"""A step may make the mixture so much dearer, and the double after each taking back."""
TAKEN_BACK = (0.1, 0.35)
KEPT = (0.0, 0.2, 0.4, 0.6, 0.7)
NEARBY = 0.03
"""A best roster so near to the bound keeps one of these shares of people when the next one is looked for."""
WHOLLY = 0.999
SHUT = 1e9
GENTLER = (1.0, 0.3, 0.0)
"""Where no schedule is found at the prices, these fractions of them are tried."""

Schedules = Mapping[Worker, Column]
_Step = list[tuple[Worker, Column]]


def improved(pricing: Pricing, schedules: Schedules, over: Callable[[], bool], sweeps: int) -> Schedules | None:
    """Everybody's best schedule beside the others' in turn, beginning with those who have none; None: not found."""
    task, found = pricing.task, dict(schedules)
    short = np.array([need.count for need in task.needs])
    for column in found.values():
        short[list(column)] -= 1
    under = np.array([float(need.under) for need in task.needs])
    dear = np.array([SHUT if need.over is None else float(need.over) for need in task.needs])
    people = sorted(range(len(task.people)), key=lambda who: (who in found, len(task.people[who].places)))
    for _ in range(sweeps):
        changed = False
        for who in people:
            mine = found.get(who)
            if mine is not None and over():
                continue
            if mine is not None:
                short[list(mine)] += 1
            prices = np.where(short > 0, under, -dear)
            best = pricing.cheapest([who], prices, lambda: False)[who][1]
            for factor in GENTLER if best is None and mine is None else ():
                best = best or pricing.cheapest([who], factor * prices, lambda: False, thorough=True)[who][1]
            if best is None or (
                mine is not None and _beside(pricing, who, best, prices) >= _beside(pricing, who, mine, prices)
            ):
                best = mine
            if best is None:
                return None
            changed |= best != mine
            found[who] = best
            short[list(best)] -= 1
        if not changed:
            break
    return found


def _beside(pricing: Pricing, who: Worker, column: Column, prices: Costs) -> float:
    return pricing.cost(who, column) - float(prices[list(column)].sum())


def roster_of(schedules: Schedules) -> Roster:
    """The same as a roster."""
    return frozenset((who, place) for who, column in schedules.items() for place in column)


def schedules_of(pricing: Pricing, roster: Roster) -> Schedules:
    """Everybody's schedule in a roster."""
    found: dict[Worker, list[int]] = {who: [] for who in range(len(pricing.task.people))}
    for who, place in sorted(roster, key=lambda choice: pricing.task.needs[choice[1]].day):
        found[who].append(place)
    return {who: tuple(column) for who, column in found.items()}


@dataclass
class Dive:
    """Looks for rosters cheaper than the best anybody has; `best` tells that one and its cost, `take` offers one.

    The first is found quickly, whatever it costs.
    """

    pricing: Pricing
    best: Callable[[], tuple[Roster, int]]
    take: Callable[[Roster, int], None]
    over: Callable[[], bool]
    left: Callable[[], float]
    dice: random.Random
    bound: float = -INF
    proven: bool = False
    dives: int = 0
    columns: Columns = field(init=False)
    _known: Roster | None = None
    _tolerance: float = 0.0
    _bulk: int = 1
    _rounds: int = ROUNDS
    _quick: bool = True

    def __post_init__(self) -> None:
        self.columns = Columns(self.pricing)

    def steps(self) -> Iterator[None]:
        """Find the bound, then dive step by step until it is over; `proven` when the best is the best there is."""
        self._learn()
        began, left, rounds = time.perf_counter(), self.left(), [0]

        def late() -> bool:
            rounds[0] += 1
            return self.over() or time.perf_counter() - began > ROOT_SHARE * left

        value, self.bound = self.columns.generate(10**6, late)
        if left < INF:
            each = 0.5 * (time.perf_counter() - began) / rounds[0] * len(self.pricing.task.people)
            affordable = FIRST_SHARE * self.left() / each
            self._rounds = max(FEWEST, min(ROUNDS, int(affordable)))
            self._bulk = max(1, math.ceil(ROUNDS / (affordable + 0.01)))
        self._calm(value)
        yield
        while not self.over():
            self.proven = self.best()[1] - self.pricing.task.constant - self.bound < 1 - NEAR / 2
            if self.proven:
                return
            self._step()
            yield

    def _calm(self, value: float) -> None:
        self._tolerance = max(1.0, TOLERANCE * abs(value))

    def _learn(self) -> int:
        """The cost of the best, whose schedules take part."""
        roster, cost = self.best()
        if roster is not self._known:
            self._known = roster
            for who, column in schedules_of(self.pricing, roster).items():
                self.columns.add(who, column)
        return cost - self.pricing.task.constant

    def _step(self) -> None:
        """Fix some more people; or take some back where that is too dear or all are fixed."""
        cost = self._learn()
        rounds = HASTY if self._quick else self._rounds
        value, _ = self.columns.generate(rounds, self.over)
        if value > cost - NEAR:
            self._quick = False
            self._take_back()
            return
        shares = self.columns.shares()
        wholly = {who: column for share, who, column in shares if share > WHOLLY}
        if len(wholly) == len(self.columns.free()):
            self._complete({**wholly, **self.columns.fixed})
            self._calm(value)
            return
        shares.sort(key=lambda one: -one[0] - 0.1 * self.dice.random())
        most = min(value + (INF if self._quick else self._tolerance), cost - NEAR)
        for step in self._steps(shares):
            for who, column in step:
                self.columns.fix(who, column)
            after, _ = self.columns.generate(rounds, self.over, enough=most)
            if after <= most or self.over():
                return
            self.columns.release([who for who, _ in step])
        self._quick = False
        self._tolerance *= 2
        self._take_back()

    def _steps(self, shares: list[tuple[float, Worker, Column]]) -> list[_Step]:
        """What to fix next: the largest shares of several people, or, if that is too dear, of one or another."""
        parted = [(who, column) for share, who, column in shares if share <= WHOLLY]
        bulk = max(self._bulk, len(self.columns.free()) // 4 if self._quick else 1)
        many: dict[Worker, Column] = {}
        for who, column in parted:
            if len(many) < bulk:
                many.setdefault(who, column)
        alone: list[_Step] = [[one] for one in parted[:TRIES]]
        return (
            alone if self._bulk == 1 else [list(many.items()), list(many.items())[: (len(many) + 1) // 2], *alone[:1]]
        )

    def _take_back(self) -> None:
        fixed = list(self.columns.fixed)
        if fixed:
            self.columns.release(self.dice.sample(fixed, max(1, round(len(fixed) * self.dice.uniform(*TAKEN_BACK)))))
        else:
            self._tolerance *= 2

    def _complete(self, schedules: Schedules) -> None:
        self.dives += 1
        self._quick = False
        found = improved(self.pricing, schedules, self.over, 1) or schedules
        roster = roster_of(found)
        self.take(roster, worth(self.pricing.task, roster))
        self.columns.release(self.columns.fixed)
        best, cost = self.best()
        near = cost - self.pricing.task.constant < self.bound + NEARBY * abs(cost)
        known = schedules_of(self.pricing, best)
        for who in self.dice.sample(list(known), round(len(known) * (self.dice.choice(KEPT) if near else 0))):
            self.columns.fix(who, known[who])
