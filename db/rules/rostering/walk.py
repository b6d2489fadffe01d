"""The cheapest schedules of whole persons by dynamic programming over the days, for many people at once.

A schedule is a sequence of runs of work with rests between; nothing but the run itself knows which kind follows which,
so that the best run from each day, of each length and each use of minutes is found first, and runs are then put
together. What is counted (minutes, one limited kind) and the weekends are axes of the arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Costs = NDArray[np.float64]
Whole = NDArray[np.int64]
Schedule = tuple[tuple[int, int], ...]
"""Days worked, each with its kind."""
INF = np.inf
_ALL = slice(None)


@dataclass(frozen=True)
class Limits:
    """The rules of all people as arrays, and what the kinds and days are like.

    `uses`: minutes of each kind in common units; `before`: the kinds that may be worked right before each kind;
    `weekend_of`: the weekend of each day, -1 none. `fewest` and `most` bound the minutes, `most_of_kind` each kind.
    """

    days: int
    uses: Whole
    before: tuple[tuple[int, ...], ...]
    weekend_of: Whole
    longest: Whole
    shortest: Whole
    rest: Whole
    weekends: Whole
    fewest: Whole
    most: Whole
    most_of_kind: Whole

    @property
    def kinds(self) -> int:
        """How many kinds there are."""
        return len(self.uses)

    @cached_property
    def touched(self) -> Whole:
        """How many weekends a run touches, by its first day and its length."""
        longest = min(int(self.longest.max()), self.days)
        found = np.zeros((self.days, longest + 1), dtype=np.int64)
        for day in range(self.days):
            for length in range(1, min(longest, self.days - day) + 1):
                held = self.weekend_of[day : day + length]
                found[day, length] = len(set(held[held >= 0].tolist()))
        return found


class Walk:
    """The search for schedules with the minutes, and the limit of one kind besides, kept exactly."""

    def __init__(self, limits: Limits, kind: int | None) -> None:
        self.limits = limits
        self.kind = kind
        self._uses = [limits.uses] + ([] if kind is None else [np.eye(limits.kinds, dtype=np.int64)[kind]])
        self._least = [int(use.min()) for use in self._uses]
        self._beyond = [use - use.min() for use in self._uses]
        self._spread = [int(beyond.max()) for beyond in self._beyond]
        self._most = [limits.most] + ([] if kind is None else [limits.most_of_kind[:, kind]])
        self._tops = [int(most.max()) for most in self._most]
        self._weekends = int(limits.weekends.max())
        self._longest = min(int(limits.longest.max()), limits.days)
        self._sums = [self._reachable(length) for length in range(self._longest + 1)]

    @property
    def states(self) -> int:
        """How many numbers one person needs on one day."""
        return int(np.prod([top + 1 for top in self._tops])) * (self._weekends + 1)

    @property
    def work(self) -> int:
        """About how many numbers are looked at for one person."""
        return self.limits.days * sum(len(sums) for sums in self._sums) * self.states

    def _reachable(self, length: int) -> list[tuple[int, ...]]:
        """What a run of this length can use beyond the least."""
        each = {tuple(int(beyond[kind]) for beyond in self._beyond) for kind in range(self.limits.kinds)}
        sums = {(0,) * len(self._uses)}
        for _ in range(length):
            sums = {tuple(a + b for a, b in zip(one, more, strict=True)) for one in sums for more in each}
        return sorted(sums)

    def cheapest(self, who: Sequence[int], prices: Costs) -> list[tuple[float, Schedule | None]]:
        """The cheapest schedule of each of these people, given what each day and kind costs them (INF: closed)."""
        runs = self._runs(prices)
        best = self._best_runs(np.asarray(who), runs)
        ready, ended = self._join(np.asarray(who), best)
        last = ready[-1].copy()
        units = np.arange(self._tops[0] + 1)
        offset = self._tops[0] - self._most[0][who]
        short = units[None, :] < (offset + self.limits.fewest[who])[:, None]
        last[np.broadcast_to(short.reshape(len(who), 1, -1, *(1,) * (len(self._uses) - 1)), last.shape)] = INF
        found: list[tuple[float, Schedule | None]] = []
        for number, person in enumerate(who):
            flat = last[number].reshape(-1)
            at = int(flat.argmin())
            state = tuple(int(part) for part in np.unravel_index(at, last[number].shape))
            way = _Way(self, number, int(self.limits.rest[person]), runs, best, ready, ended)
            found.append((float(flat[at]), way.back(state) if flat[at] < INF else None))
        return found

    def _runs(self, prices: Costs) -> list[Costs]:
        """By length: the cheapest run from each day that ends with each kind, by what it uses beyond the least."""
        people, days, kinds = prices.shape
        after = (None,) * len(self._uses)
        runs = [np.empty(0)]
        first = np.full((people, days, kinds, *(spread + 1 for spread in self._spread)), INF)
        for kind in range(kinds):
            used: Any = (_ALL, _ALL, kind, *(int(beyond[kind]) for beyond in self._beyond))
            first[used] = prices[:, :, kind]
        runs.append(first)
        for length in range(2, self._longest + 1):
            shorter = runs[-1][:, : days - length + 1]
            longer = np.full((people, days - length + 1, kinds, *(length * s + 1 for s in self._spread)), INF)
            begun: dict[tuple[int, ...], Costs] = {}
            for kind, allowed in enumerate(self.limits.before):
                if not allowed:
                    continue
                if allowed not in begun:
                    some = shorter if len(allowed) == kinds else shorter[:, :, list(allowed)]
                    begun[allowed] = some.min(axis=2)
                where = tuple(
                    slice(int(beyond[kind]), int(beyond[kind]) + (length - 1) * spread + 1)
                    for beyond, spread in zip(self._beyond, self._spread, strict=True)
                )
                into: Any = (_ALL, _ALL, kind, *where)
                more: Any = (_ALL, slice(length - 1, None), kind, *after)
                longer[into] = begun[allowed] + prices[more]
            runs.append(longer)
        return runs

    def _best_runs(self, who: Whole, runs: list[Costs]) -> list[Costs]:
        """The same whatever kind they end with, without those too long or too short for a person."""
        longest, shortest = self.limits.longest[who], self.limits.shortest[who]
        best = [np.empty(0)]
        for length, some in enumerate(runs[1:], start=1):
            cheapest = some.min(axis=2)
            cheapest[length > longest] = INF
            cheapest[np.flatnonzero(length < shortest), 1 : self.limits.days - length] = INF
            best.append(cheapest)
        return best

    def _join(self, who: Whole, best: list[Costs]) -> tuple[Costs, Costs]:
        """By day and state: the least cost of being ready for a run, and of a run having ended the day before."""
        days, everybody = self.limits.days, np.arange(len(who))
        shape = (days + 1, len(who), self._weekends + 1, *(top + 1 for top in self._tops))
        ready, ended = np.full(shape, INF), np.full(shape, INF)
        used = [top - most[who] for top, most in zip(self._tops, self._most, strict=True)]
        begin: Any = (0, everybody, self._weekends - self.limits.weekends[who], *used)
        ready[begin] = 0
        rests = [
            (int(rest), np.flatnonzero(self.limits.rest[who] == rest)) for rest in np.unique(self.limits.rest[who])
        ]
        usable = [np.asarray(np.isfinite(some).any(axis=0)) for some in best]
        buffer = np.empty(shape[1:])
        after = (None,) * (1 + len(self._uses))
        for day in range(days + 1):
            for rest, these in rests:
                for back in (rest,) if day < days else range(rest + 1):
                    if day > back:
                        ready[day, these] = np.minimum(ready[day, these], ended[day - back, these])
            if day:
                np.minimum(ready[day], ready[day - 1], out=ready[day])
            for length in range(1, min(self._longest, days - day) + 1):
                touched = int(self.limits.touched[day, length])
                if touched > self._weekends:
                    break
                for beyond in self._sums[length]:
                    if not usable[length][(day, *beyond)]:
                        continue
                    moved = self._moved(length, beyond, touched)
                    if moved is None:
                        continue
                    source, target = moved
                    cost = best[length][(_ALL, day, *beyond, *after)]
                    sums = np.add(ready[day][source], cost, out=buffer[source])
                    there = ended[day + length][target]
                    np.minimum(there, sums, out=there)
        return ready, ended

    def _moved(self, length: int, beyond: tuple[int, ...], touched: int) -> tuple[Any, Any] | None:
        """Which states a run leads from, and to; None where it uses more than anybody may."""
        key = (length, beyond, touched)
        if key not in self._moves:
            steps = [length * least + more for least, more in zip(self._least, beyond, strict=True)]
            rooms = list(zip(steps, self._tops, strict=True))
            source = (_ALL, slice(0, self._weekends + 1 - touched), *(slice(0, top + 1 - step) for step, top in rooms))
            target = (_ALL, slice(touched, None), *(slice(step, None) for step in steps))
            self._moves[key] = None if any(step > top for step, top in rooms) else (source, target)
        return self._moves[key]

    @cached_property
    def _moves(self) -> dict[Any, tuple[Any, Any] | None]:
        return {}


@dataclass
class _Way:
    """One person's way through the arrays, followed from its end."""

    walk: Walk
    number: int
    rest: int
    runs: list[Costs]
    best: list[Costs]
    ready: Costs
    ended: Costs

    def back(self, state: tuple[int, ...]) -> Schedule:
        """The schedule that leads to a state after the last day."""
        days = self.walk.limits.days
        day, worked = days, list[tuple[int, int]]()
        while day:
            cost = self.ready[(day, self.number, *state)]
            backs = range(self.rest + 1) if day == days else (self.rest,)
            over = (b for b in backs if day > b and self.ended[(day - b, self.number, *state)] == cost)
            pause = next(over, None)
            if pause is None:
                day -= 1
                continue
            length, beyond, state = self._run(day - pause, state)
            day -= pause + length
            worked += self._kinds(day, length, beyond)
        return tuple(sorted(worked))

    def _run(self, day: int, state: tuple[int, ...]) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
        """The run that ended before a day: its length, what it used beyond the least, and the state before it."""
        walk, cheapest = self.walk, INF
        for length in range(1, min(walk._longest, day) + 1):
            first = day - length
            weekends = state[0] - int(walk.limits.touched[first, length])
            for beyond in walk._sums[length] if weekends >= 0 else ():
                cost = self.best[length][(self.number, first, *beyond)]
                parts = zip(state[1:], walk._least, beyond, strict=True)
                rest = [part - length * least - more for part, least, more in parts]
                if cost == INF or min(rest) < 0:
                    continue
                cost += self.ready[(first, self.number, weekends, *rest)]
                if cost < cheapest:
                    cheapest, found = cost, (length, beyond, (weekends, *rest))
        return found

    def _kinds(self, first: int, length: int, beyond: tuple[int, ...]) -> list[tuple[int, int]]:
        """The kinds of a run, day by day."""
        allowed = list(range(self.walk.limits.kinds))
        worked = []
        for so_far in range(length, 0, -1):
            where: Any = (self.number, first, _ALL, *beyond)
            costs: Costs = self.runs[so_far][where]
            kind = allowed[int(costs[allowed].argmin())]
            worked.append((first + so_far - 1, kind))
            beyond = tuple(part - int(used[kind]) for part, used in zip(beyond, self.walk._beyond, strict=True))
            allowed = list(self.walk.limits.before[kind])
        return worked
