"""A task goal by goal: nothing open and everybody even at once, if that can be; else the dearest cost first.

A sum of costs of very different sizes binds a linear solver badly; each by itself is often proven within seconds.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from db.rules.rostering.linear import FREE, Linear, Solved
from db.rules.rostering.model import Part

Attempt = Callable[[Linear, bool], Solved]
"""Solves a model, from its hint where that is True."""


def by_goals(part: Part, tiers: Sequence[int], attempt: Attempt, *, hinted: bool) -> Solved:
    """The best found for a whole task; `tiers`: costs that each outweigh all smaller ones, the largest first.

    `hinted`: what stands keeps every rule.
    """
    if not tiers:
        return attempt(part.linear, hinted)
    way = _Way(part, attempt, hinted=hinted)
    if not hinted:
        way.without({*part.short, *part.uneven})
    left = dict(enumerate(part.linear.costs))
    for tier in tiers:
        costs = {var: (cost + tier // 2) // tier for var, cost in left.items() if var not in part.uneven}
        left = {var: cost - tier * costs.get(var, 0) for var, cost in left.items()}
        way.least(costs)
    if way.without(part.uneven):
        way.close(part.uneven)
    else:
        way.least({var: left[var] for var in part.uneven})
    way.least({var: cost for var, cost in left.items() if var not in part.uneven})
    cost = part.linear.cost(way.values) if way.values is not None else 0
    return Solved(way.values, cost, way.values is not None and way.proven, 0.0)


class _Way:
    """How far the goals were reached; what one reached is kept by the next."""

    def __init__(self, part: Part, attempt: Attempt, *, hinted: bool) -> None:
        linear = part.linear
        self._attempt = attempt
        self._model = replace(linear, rows=[*linear.rows], constant=0)
        self.values: Sequence[int] | None = linear.hint if hinted else None
        self.proven = True

    def without(self, vars_: Collection[int]) -> bool:
        """Find values with these variables at zero; whether there are."""
        if self.values is not None and not any(self.values[var] for var in vars_):
            return True
        closed = replace(self._model, highs=self._closed(vars_), costs=[0] * len(self._model.costs))
        return self._take(self._attempt(closed, self.values is not None))

    def close(self, vars_: Collection[int]) -> None:
        """Keep these variables at zero from now on."""
        self._model.highs = self._closed(vars_)

    def least(self, costs: Mapping[int, int]) -> None:
        """Bring a cost down as far as may be, and keep it there."""
        costs = {var: cost for var, cost in costs.items() if cost}
        if not costs:
            return
        floor = sum(min(cost * self._model.lows[var], cost * self._model.highs[var]) for var, cost in costs.items())
        if self.values is None or self._sum(costs) > floor:
            self._model.costs = [costs.get(var, 0) for var in range(len(self._model.costs))]
            solved = self._attempt(self._model, self.values is not None)
            self.proven &= self._take(solved) and solved.proven
        if self.values is not None:
            self._model.rows.append((list(costs), list(costs.values()), -FREE, self._sum(costs)))

    def _take(self, solved: Solved) -> bool:
        if solved.values is None:
            return False
        self.values = self._model.hint = list(solved.values)
        return True

    def _sum(self, costs: Mapping[int, int]) -> int:
        return sum(cost * self.values[var] for var, cost in costs.items()) if self.values is not None else 0

    def _closed(self, vars_: Collection[int]) -> list[int]:
        return [0 if var in vars_ else high for var, high in enumerate(self._model.highs)]
