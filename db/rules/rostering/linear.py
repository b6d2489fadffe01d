"""A linear model over whole numbers, and CP-SAT to solve it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

FREE = 10**15
"""A bound that does not bind."""
_INFINITE = 2**63 - 1
_STOP_EVERY = 0.2


@dataclass
class Linear:
    """Variables with bounds, costs and a hint; rows low <= sum of factor x variable <= high."""

    lows: list[int] = field(default_factory=list)
    highs: list[int] = field(default_factory=list)
    costs: list[int] = field(default_factory=list)
    hint: list[int] = field(default_factory=list)
    rows: list[tuple[Sequence[int], Sequence[int], int, int]] = field(default_factory=list)
    constant: int = 0

    def var(self, low: int, high: int, cost: int, hint: int) -> int:
        """A new variable; returns its number."""
        self.lows.append(low)
        self.highs.append(high)
        self.costs.append(cost)
        self.hint.append(hint)
        return len(self.lows) - 1

    def row(self, terms: Sequence[int], factors: Sequence[int], low: int, high: int) -> None:
        """The weighted sum of some variables lies between two bounds."""
        self.rows.append((terms, factors, low, high))

    def total(self, terms: Sequence[int], low: int, high: int) -> None:
        """The plain sum of some variables lies between two bounds."""
        self.rows.append((terms, [1] * len(terms), low, high))

    def cost(self, values: Sequence[int]) -> int:
        """What these values cost."""
        return self.constant + sum(cost * value for cost, value in zip(self.costs, values, strict=True) if cost)


@dataclass(frozen=True)
class Solved:
    """The best values found (None: none), what they cost, whether no better ones exist, and the work it took.

    Work is CP-SAT's deterministic time: about a second of an idle machine, and the same on every machine.
    """

    values: Sequence[int] | None
    cost: int
    proven: bool
    work: float


@dataclass(frozen=True)
class Effort:
    """How long to look at most, with how many workers. With one worker and no seconds the result is repeatable."""

    work: float | None = None
    seconds: float | None = None
    workers: int = 1
    seed: int = 1


class _Watching(cp_model.CpSolverSolutionCallback):
    """Passes better values on as they are found."""

    def __init__(self, model: Linear, on_better: Callable[[Sequence[int], int], None]) -> None:
        super().__init__()
        self._model, self._on_better = model, on_better

    def on_solution_callback(self) -> None:
        """A better one was found."""
        values = list(self.response_proto.solution)
        self._on_better(values, self._model.cost(values))


def _as_cp_model(model: Linear, *, hinted: bool) -> cp_model.CpModel:
    made = cp_model.CpModel()
    proto = made.proto
    for low, high in zip(model.lows, model.highs, strict=True):
        proto.variables.add().domain.extend([low, high])
    for terms, factors, low, high in model.rows:
        linear = proto.constraints.add().linear
        linear.vars.extend(terms)
        linear.coeffs.extend(factors)
        linear.domain.extend([-_INFINITE if low <= -FREE else low, _INFINITE if high >= FREE else high])
    costly = [number for number, cost in enumerate(model.costs) if cost]
    proto.objective.vars.extend(costly)
    proto.objective.coeffs.extend([model.costs[number] for number in costly])
    if hinted:
        proto.solution_hint.vars.extend(range(len(model.hint)))
        proto.solution_hint.values.extend(model.hint)
    return made


def solve(
    model: Linear,
    effort: Effort,
    *,
    hinted: bool = True,
    on_better: Callable[[Sequence[int], int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Solved:
    """Look for the cheapest values; `stop` is asked a few times a second."""
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers = effort.workers
    parameters.random_seed = effort.seed
    if effort.work is not None:
        parameters.max_deterministic_time = effort.work
    if effort.seconds is not None:
        parameters.max_time_in_seconds = effort.seconds
    watching = _Watching(model, on_better) if on_better else None
    over = threading.Event()
    if stop is not None:
        threading.Thread(target=_watch, args=(solver, stop, over), daemon=True).start()
    status = solver.solve(_as_cp_model(model, hinted=hinted), watching)
    over.set()
    work = solver.response_proto.deterministic_time
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Solved(None, 0, status == cp_model.INFEASIBLE, work)
    values = list(solver.response_proto.solution)
    return Solved(values, model.cost(values), status == cp_model.OPTIMAL, work)


def _watch(solver: cp_model.CpSolver, stop: Callable[[], bool], over: threading.Event) -> None:
    while not over.wait(_STOP_EVERY):
        if stop():
            solver.stop_search()
