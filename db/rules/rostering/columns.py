"""Whole schedules mixed by a linear programme, which asks for better ones at its prices until there are none.

Each person has a mixture of schedules, the places are covered by them, and what is too few or too many costs. The
value without any fixed person, once no better schedule exists, is a bound: no roster costs less.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import pywraplp  # type: ignore[import-untyped]  # this part of OR-Tools has no types

from db.rules.rostering.pricing import Column, Pricing
from db.rules.rostering.task import Worker
from db.rules.rostering.walk import INF, Costs

STEADY = 0.6
"""How much of the best prices so far stays in the prices asked at, which otherwise swing."""
NEAR = 0.5
"""A value so near to its bound is as good as the bound, since rosters cost whole numbers."""


@dataclass(frozen=True)
class Solved:
    """The value of the mixture, the price of each place and of each person."""

    value: float
    places: Costs
    people: Costs


class Columns:
    """The mixture of all schedules found so far, some people fixed to one of theirs."""

    def __init__(self, pricing: Pricing) -> None:
        task = pricing.task
        self.pricing = pricing
        self.fixed: dict[Worker, Column] = {}
        self.known: list[dict[Column, pywraplp.Variable]] = [{} for _ in task.people]
        self._solver = solver = pywraplp.Solver.CreateSolver("GLOP")
        self._cost = solver.Objective()
        self._parameters = pywraplp.MPSolverParameters()  # without presolve it goes on from where it ended
        self._parameters.SetIntegerParam(self._parameters.PRESOLVE, self._parameters.PRESOLVE_OFF)
        self._people = [solver.Constraint(1, 1) for _ in task.people]
        self._places = [solver.Constraint(need.count, need.count) for need in task.needs]
        self._counts = np.array([need.count for need in task.needs], dtype=float)
        for row, need in zip(self._places, task.needs, strict=True):
            self._slack(row, 1, need.under)
            if need.over is not None:
                self._slack(row, -1, need.over)
        none = 2 * task.days * max([1, *(need.under for need in task.needs)])
        for row in self._people:
            self._slack(row, 1, none)

    def _slack(self, row: pywraplp.Constraint, factor: int, cost: float) -> None:
        var = self._solver.NumVar(0, self._solver.infinity(), "")
        row.SetCoefficient(var, factor)
        self._cost.SetCoefficient(var, cost)

    def add(self, who: Worker, column: Column) -> bool:
        """Let a schedule take part; whether it is new."""
        if column in self.known[who]:
            return False
        var = self._solver.NumVar(0, self._solver.infinity(), "")
        self._cost.SetCoefficient(var, self.pricing.cost(who, column))
        self._people[who].SetCoefficient(var, 1)
        for place in column:
            self._places[place].SetCoefficient(var, 1)
        self.known[who][column] = var
        return True

    def fix(self, who: Worker, column: Column) -> None:
        """One person has this schedule and no other."""
        self.add(who, column)
        self.fixed[who] = column
        self.known[who][column].SetLb(1)

    def release(self, people: Iterable[Worker]) -> None:
        """These people are free again."""
        for who in list(people):
            self.known[who][self.fixed.pop(who)].SetLb(0)

    def free(self) -> list[Worker]:
        """Who isn't fixed."""
        return [who for who in range(len(self.known)) if who not in self.fixed]

    def solve(self) -> Solved:
        """The cheapest mixture of what is known."""
        self._solver.Solve(self._parameters)
        places = np.array([row.dual_value() for row in self._places])
        return Solved(self._cost.Value(), places, np.array([row.dual_value() for row in self._people]))

    def shares(self) -> list[tuple[float, Worker, Column]]:
        """The schedules in the mixture of the people who are free, the largest shares first."""
        found = [(var.solution_value(), who, column) for who in self.free() for column, var in self.known[who].items()]
        return sorted((one for one in found if one[0] > 0.01), key=lambda one: -one[0])

    def generate(self, rounds: int, over: Callable[[], bool], enough: float = INF) -> tuple[float, float]:
        """Ask for better schedules at most so many times; the value and a bound below it.

        Ends early when the bound has passed `enough`.
        """
        steady: Costs | None = None
        bound, solved = -INF, self.solve()
        for _ in range(rounds):
            if solved.value - bound < NEAR or bound > enough or over():
                break
            asked = solved.places if steady is None else STEADY * steady + (1 - STEADY) * solved.places
            added, below = self._ask(asked, solved, over)
            if below > bound:
                bound, steady = below, asked
            if not added and asked is not solved.places:
                added, below = self._ask(solved.places, solved, over)
                if below > bound:
                    bound, steady = below, solved.places
            if not added:
                break
            solved = self.solve()
        return solved.value, bound

    def _ask(self, prices: Costs, solved: Solved, over: Callable[[], bool]) -> tuple[int, float]:
        """Add everybody's cheapest schedule at these prices; how many are new and good, and the bound they prove."""
        free = self.free()
        found = self.pricing.cheapest(free, prices, over)
        added = 0
        for who, (_, column) in found.items():
            if column is None:
                continue
            worth = self.pricing.cost(who, column) - float(solved.places[list(column)].sum())
            if worth < solved.people[who] - 1e-6:
                added += self.add(who, column)
        if len(found) < len(free):
            return added, -INF
        left = self._counts.copy()
        for column in self.fixed.values():
            left[list(column)] -= 1
        settled = sum(self.pricing.cost(who, column) for who, column in self.fixed.items())
        return added, settled + float(left @ prices) + sum(bound for bound, _ in found.values())
