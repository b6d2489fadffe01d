"""A task goal by goal: nothing open and everybody even at once, if that can be; else the dearest cost first.

A sum of costs of very different sizes binds a linear solver badly; each by itself is often proven within seconds.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from db.rules.rostering.linear import FREE, Linear, Solved
from db.rules.rostering.model import Part

Attempt = Callable[[Linear, bool], Solved]
"""Solves a model, from its hint where that is True."""


def perfect(part: Part, attempt: Attempt) -> Solved:
    """Anything in which nothing is open and everybody even, if that can be."""
    linear = part.linear
    highs = [0 if var in part.short or var in part.uneven else high for var, high in enumerate(linear.highs)]
    return attempt(replace(linear, highs=highs, costs=[0] * len(highs)), False)


def by_goals(part: Part, tiers: Sequence[int], attempt: Attempt) -> Solved:
    """The best found from what stands, which keeps every rule; `tiers`: costs that outweigh all smaller ones together.

    First with nothing open at all; where that can't be, the tiers tell what may be.
    """
    left = dict(enumerate(part.linear.costs))
    goals = []
    for tier in tiers:
        goals.append({var: (cost + tier // 2) // tier for var, cost in left.items() if var not in part.uneven})
        left = {var: cost - tier * goals[-1].get(var, 0) for var, cost in left.items()}
    way = _Way(part, attempt)
    if way.without(part.short, _dearest(goals, part.short)):
        way.close(part.short)
    for goal in goals:
        way.least(goal)
    if way.without(part.uneven):
        way.close(part.uneven)
    else:
        way.least({var: left[var] for var in part.uneven})
    way.least({var: cost for var, cost in left.items() if var not in part.uneven})
    return Solved(way.values, part.linear.cost(way.values), way.proven, 0.0)


def _dearest(goals: Sequence[Mapping[int, int]], short: Collection[int]) -> Mapping[int, int]:
    """What the choices cost in the first tier in which they cost anything."""
    chosen = ({var: cost for var, cost in goal.items() if cost and var not in short} for goal in goals)
    return next((costs for costs in chosen if costs), {})


class _Way:
    """How far the goals were reached; what one reached is kept by the next."""

    def __init__(self, part: Part, attempt: Attempt) -> None:
        linear = part.linear
        self._attempt = attempt
        self._model = replace(linear, rows=[*linear.rows], constant=0)
        self.values: Sequence[int] = linear.hint
        self.proven = True
        self._least: Mapping[int, int] = {}

    def without(self, vars_: Collection[int], costs: Mapping[int, int] | None = None) -> bool:
        """Find values with these variables at zero, at the least cost; whether there are."""
        if not any(self.values[var] for var in vars_):
            return True
        closed = replace(self._model, highs=self._closed(vars_), costs=self._costs(costs or {}))
        solved = self._attempt(closed, True)
        if solved.proven and costs:
            self._least = costs
        return self._take(solved)

    def close(self, vars_: Collection[int]) -> None:
        """Keep these variables at zero from now on."""
        self._model.highs = self._closed(vars_)

    def least(self, costs: Mapping[int, int]) -> None:
        """Bring a cost down as far as may be, and keep it there."""
        model = self._model
        costs = {var: cost for var, cost in costs.items() if cost and (model.lows[var] or model.highs[var])}
        floor = sum(min(cost * model.lows[var], cost * model.highs[var]) for var, cost in costs.items())
        if costs != self._least and self._sum(costs) > floor:
            model.costs = self._costs(costs)
            solved = self._attempt(model, True)
            self.proven &= self._take(solved) and solved.proven
        if costs:
            model.rows.append((list(costs), list(costs.values()), -FREE, self._sum(costs)))

    def _take(self, solved: Solved) -> bool:
        if solved.values is None:
            return False
        self.values = self._model.hint = list(solved.values)
        return True

    def _sum(self, costs: Mapping[int, int]) -> int:
        return sum(cost * self.values[var] for var, cost in costs.items())

    def _costs(self, costs: Mapping[int, int]) -> list[int]:
        return [costs.get(var, 0) for var in range(len(self._model.costs))]

    def _closed(self, vars_: Collection[int]) -> list[int]:
        return [0 if var in vars_ else high for var, high in enumerate(self._model.highs)]
