"""Searching a roster: the whole at once while that is small enough, then parts of the best, again and again.

Where people's schedules depend on each other through the places alone, one thread mixes whole schedules meanwhile.
"""

import functools
import itertools
import math
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection

from db.rules.rostering.alike import together
from db.rules.rostering.beginning import first_roster, has_least
from db.rules.rostering.beside import Beside, Line, at_once
from db.rules.rostering.dive import Dive, improved, roster_of, schedules_of
from db.rules.rostering.goals import Attempt, by_goals, perfect
from db.rules.rostering.linear import Effort, Linear, Solved, solve
from db.rules.rostering.model import Part
from db.rules.rostering.neighbourhoods import SHAPES, Ground
from db.rules.rostering.pricing import Pricing, suits
from db.rules.rostering.standing import Standing
from db.rules.rostering.task import Roster, Task
from db.rules.rostering.worth import worth

WHOLE = 4_000
"""So many choices are still tried all at once; fewer where people have least hours or runs, which are harder."""
WHOLE_WITH_LEAST = 600
BY_GOALS = 60_000
"""Where costs have tiers, one after another is brought down with up to so many choices."""
WHOLE_SHARE, GOAL_SHARE = 0.25, 0.5
"""Of the seconds that are left: for the whole at once, for each goal."""
MENDED, MEND_SHARE = 1.0, 0.25
"""With more than WHOLE choices parts come first, until they bring nothing for so long and half of the time it took."""
APART = 0.03
"""The share of the time for what is left to do where alike places, searched as one, were taken apart again."""
WHOLE_WORKERS, WHOLE_WORK, PART_WORK = 8, 4.0, 0.6
SMALLEST, AT_FIRST, LARGEST = 40.0, 150.0, 4000.0
MIXED = 60
"""Schedules are mixed where everybody's could be found so many times in the time that is left."""
PATIENT = 7
"""In both processes where that is so many times for each day; else the other one decides parts from the beginning."""
QUICK, SLOW = 0.1, 0.35
"""A part proven with less work than QUICK lets the next be larger, one that took more than SLOW smaller."""

WRITING, WRITING_SHARE = (1.0, 12.0), 0.02
"""Seconds kept for writing a roster down: at least and at most, and the share of the time on top of the least."""

OnBetter = Callable[[int, float], None]
OnRoster = Callable[[Roster, int], None]


@dataclass(frozen=True)
class Found:
    """The best roster found, its cost, whether it is proven that none is better, and how many parts were decided."""

    roster: Roster
    cost: int
    proven: bool
    rounds: int


@dataclass(frozen=True)
class Limits:
    """When a search ends, how many parts it decides at a time, and what its dice begin with.

    With `rounds` instead of `seconds` it works alone on one thread and never looks at a clock: the same task, seed and
    number of rounds give the same roster, on every machine with the same version of OR-Tools.
    """

    seconds: float | None = None
    rounds: int | None = None
    workers: int = 2
    seed: int = 1

    @classmethod
    def until(cls, end: float, *, workers: int, seed: int) -> "Limits":
        """Limits for a search whose outcome is to be written down by `end`, as `time.perf_counter` has it."""
        left = end - time.perf_counter()
        writing = min(WRITING[0] + WRITING_SHARE * left, WRITING[1])
        return cls(seconds=max(WRITING[0], left - writing), workers=workers, seed=seed)

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.rounds is None):
            raise ValueError("a search is limited by seconds or by rounds, one of them")

    @property
    def repeatable(self) -> bool:
        """Whether the same limits give the same roster again."""
        return self.rounds is not None


@dataclass
class _Search:
    task: Task
    limits: Limits
    first_day: int
    on_better: OnBetter
    asked_to_stop: Callable[[], bool]
    standing: Standing
    began: float = field(default_factory=time.perf_counter)
    told: int | None = None
    rounds: int = 0
    version: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    on_roster: OnRoster | None = None
    proven: bool = False
    known: tuple[int, Roster] = (-1, frozenset())
    line: Line | None = None
    once: float = 0.0
    better_at: float = 0.0
    mends: float | None = None

    def tell(self, cost: int, roster: Callable[[], Roster] | None = None) -> None:
        if self.told is None or cost < self.told:
            self.told, self.better_at = cost, time.perf_counter()
            self.on_better(cost, self.better_at - self.began)
            if self.on_roster is not None:
                self.on_roster((roster or self.standing.roster)(), cost)
            if self.line is not None:
                self.line.tell(self.standing.roster(), cost)

    def left(self) -> float | None:
        """Seconds left; None where rounds are counted."""
        return None if self.limits.seconds is None else self.began + self.limits.seconds - time.perf_counter()

    def over(self) -> bool:
        if self.limits.rounds is not None and self.rounds >= self.limits.rounds:
            return True
        return self.mended() or self.cut_off()

    def perfect(self) -> bool:
        """Whether no roster can cost less than what stands."""
        return self.task.floor is not None and self.standing.cost <= self.task.floor

    def cut_off(self) -> bool:
        """Whether even a first roster has no more time."""
        better = self.line.heard() if self.line is not None else None
        if better is not None:
            self.replace(*better)
        left = self.left()
        return (left is not None and left < 0.1) or self.proven or self.perfect() or self.asked_to_stop()

    def effort(self, work: float, seed: int) -> Effort:
        left = self.left()
        return Effort(work=work, seconds=None if left is None else max(0.05, left), seed=seed)

    def whole(self) -> bool:
        """Try everything at once; whether the best is found for certain."""
        task, size = self.task, sum(len(person.places) for person in self.task.people)
        if size > (BY_GOALS if task.tiers else min(WHOLE, WHOLE_WITH_LEAST) if has_least(task) else WHOLE):
            return False
        begun = bool(self.standing.roster())
        if not task.tiers:
            return self.decided(lambda part, attempt: attempt(part.linear, begun), WHOLE_SHARE)
        if not begun and not self.decided(perfect, GOAL_SHARE):
            self.first_roster()
            begun = True
        if begun and size > WHOLE and not self.limits.repeatable:
            self.mends = time.perf_counter()
            self.with_parts()
            self.mends = None
        return self.decided(lambda part, attempt: by_goals(part, task.tiers, attempt), GOAL_SHARE)

    def first_roster(self) -> None:
        """Fill what can be filled step by step."""
        first_roster(self.standing, self.standing.since(self.first_day), self.effort, self.cut_off)

    def decided(self, how: Callable[[Part, Attempt], Solved], share: float) -> bool:
        """Decide everything, each time with this share of what is left; whether that is proven the best."""
        part = Part(self.standing, self.standing.since(self.first_day))

        def better(values: Sequence[int], _: int) -> None:
            self.tell(part.linear.cost(values), lambda: part.roster(values))

        def attempt(model: Linear, hinted: bool) -> Solved:
            left = self.left()
            work, seconds = (WHOLE_WORK, None) if left is None else (None, max(0.05, left * share))
            effort = Effort(work, seconds, 1 if seconds is None else WHOLE_WORKERS, self.limits.seed)
            return solve(model, effort, hinted=hinted, stop=self.asked_to_stop, on_better=better)

        solved = how(part, attempt)
        if solved.values is None:
            return False
        self.standing.change(*part.change(solved.values))
        return solved.proven

    def mended(self) -> bool:
        """Whether parts of what was begun with bring nothing any more, or took their share."""
        if self.mends is None:
            return False
        took, ago = time.perf_counter() - self.mends, time.perf_counter() - max(self.mends, self.better_at)
        return ago > MENDED + took / 2 or took > MEND_SHARE * (self.limits.seconds or 0)

    def found(self) -> Found:
        """Search until the limits, and say what stands then."""
        task, standing = self.task, self.standing
        self.proven = self.whole()
        by_schedules = not self.first_day and has_least(task) and suits(task)
        pricing = self.schedule() if by_schedules and not self.proven else None
        if pricing is None and not standing.roster():
            self.first_roster()
        self.tell(standing.cost)
        if pricing is not None:
            self.with_schedules(pricing)
        elif not self.proven:
            self.with_parts()
        return Found(standing.roster(), standing.cost, self.proven or self.perfect(), self.rounds)

    def schedule(self) -> Pricing | None:
        """Everybody's schedule in turn as a first roster; None where somebody has none."""
        pricing = Pricing(self.task)
        if self.told is not None:
            return pricing
        began = time.perf_counter()
        found = improved(pricing, {}, self.cut_off, 1)
        if found is None:
            return None
        pricing.charge[:] = 0
        self.once = time.perf_counter() - began
        now, roster = self.standing.roster(), roster_of(found)
        self.standing.change(roster - now, now - roster)
        return pricing

    def parts(self, dice: random.Random) -> Iterator[None]:
        """Decide parts anew, one after another, until the time is over."""
        ground = Ground.of(self.standing, self.first_day)
        size = dict.fromkeys(SHAPES, AT_FIRST)
        gain = dict.fromkeys(SHAPES, 1.0)
        while not self.over():
            shape = dice.choices(list(SHAPES), [gain[name] + 0.05 for name in SHAPES])[0]
            with self.lock:
                self.rounds += 1
                seen = self.version
                free = SHAPES[shape](ground, size[shape], dice)
                part = Part(self.standing, free) if free else None
            if part is None or not part.choices:
                gain[shape] *= 0.9
                continue
            solved = solve(part.linear, self.effort(PART_WORK, dice.randrange(10**6)))
            with self.lock:
                better = self.take(part, solved, seen)
            gain[shape] = 0.95 * gain[shape] + 0.05 * better
            if solved.proven and solved.work < QUICK:
                size[shape] = min(size[shape] * 1.08, LARGEST)
            elif not solved.proven or solved.work > SLOW:
                size[shape] = max(size[shape] * (0.92 if solved.proven else 0.8), SMALLEST)
            yield

    def improve(self, parts: Iterator[None]) -> None:
        """Decide all those parts."""
        for _ in parts:
            pass

    def best(self) -> tuple[Roster, int]:
        """What stands, the same object as long as it stands, and its cost."""
        with self.lock:
            if self.known[0] != self.version:
                self.known = self.version, self.standing.roster()
            return self.known[1], self.standing.cost

    def replace(self, roster: Roster, cost: int) -> None:
        """Take a whole roster over where it is better."""
        with self.lock:
            if cost < self.standing.cost:
                now = self.standing.roster()
                self.standing.change(roster - now, now - roster)
                self.version += 1
                self.tell(cost)

    def mix(self, pricing: Pricing, dice: random.Random) -> None:
        """Mix whole schedules, and after each roster from them decide parts for as long as that took.

        Where even that would take too long, everybody's schedule in turn is made the best beside the others'.
        """

        def left() -> float:
            seconds = self.left()
            return math.inf if seconds is None else seconds

        if left() < MIXED * self.once:
            self.settle(pricing)
            self.improve(self.parts(dice))
            return
        dive = Dive(pricing, self.best, self.replace, self.cut_off, left, dice)
        steps, parts = dive.steps(), self.parts(dice)
        next(steps, None)
        began, dives = time.perf_counter(), 0
        for _ in itertools.islice(steps, 2 * len(self.task.people)) if self.limits.repeatable else steps:
            if dive.dives > dives and not self.limits.repeatable:
                dives, took = dive.dives, time.perf_counter() - began
                for _ in parts:
                    if time.perf_counter() - began > 2 * took:
                        break
                began = time.perf_counter()
        self.proven |= dive.proven
        self.improve(parts)

    def settle(self, pricing: Pricing) -> None:
        """Everybody's best schedule in turn until nothing changes."""
        better = True
        while better and not self.cut_off():
            roster, was = self.best()
            found = roster_of(improved(pricing, schedules_of(pricing, roster), self.cut_off, 1) or {})
            cost = worth(self.task, found)
            better = cost < was
            self.replace(found, cost)

    def with_schedules(self, pricing: Pricing) -> None:
        """Mix schedules here, and in a process beside this one if there may be two."""
        dice = random.Random(self.limits.seed)  # noqa: S311 - no secret
        if self.limits.repeatable or self.limits.workers < 2:
            self.mix(pricing, dice)
            return
        left = self.left()
        limits = Limits(seconds=left, seed=self.limits.seed + 1)
        both = left is not None and left > PATIENT * self.task.days * self.once
        with Beside(_mix_beside, self.task, limits, self.standing.roster(), both) as self.line:
            self.mix(pricing, dice)

    def with_parts(self) -> None:
        """Decide parts on as many threads as may work."""
        threads = 1 if self.limits.repeatable else self.limits.workers
        dice = [random.Random(self.limits.seed * 1000 + number) for number in range(threads)]  # noqa: S311 - no secret
        at_once([functools.partial(self.improve, self.parts(mine)) for mine in dice])

    def take(self, part: Part, solved: Solved, seen: int) -> bool:
        """Take a decided part over, unless what others did meanwhile speaks against it; whether it is better."""
        if solved.values is None:
            return False
        added, removed = part.change(solved.values)
        standing = self.standing
        meanwhile = seen != self.version
        if not added and not removed:
            return False
        if meanwhile and not part.still_stands():
            return False
        was = standing.cost
        now = standing.change(added, removed)
        people, places = {who for who, _ in (*added, *removed)}, {place for _, place in (*added, *removed)}
        if now > was or (meanwhile and (now == was or standing.breaks(people, places))):
            standing.change(removed, added)
            return False
        self.version += 1
        self.tell(now)
        return now < was


def _mix_beside(connection: Connection, task: Task, limits: Limits, start: Roster, mixed: bool) -> None:
    """The work of the other process: the same with other dice, or parts where schedules are not mixed."""
    line = Line(connection)
    run = _Search(task, limits, 0, lambda _cost, _seconds: None, lambda: line.closed, Standing(task, start), line=line)
    dice = random.Random(limits.seed)  # noqa: S311 - no secret
    if mixed:
        run.mix(Pricing(task), dice)
    else:
        run.improve(run.parts(dice))


def search(
    task: Task,
    limits: Limits,
    *,
    start: Roster = frozenset(),
    first_free_day: int = 0,
    on_better: OnBetter = lambda _cost, _seconds: None,
    on_roster: OnRoster | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Found:
    """The best roster found within the limits.

    `start`: a roster to begin from, which keeps its days before `first_free_day` whatever they cost. `on_better` hears
    each better cost and after how many seconds it was found, `on_roster` the roster itself with its cost; `stop` is
    asked often, and True ends the search.
    """
    began = time.perf_counter()
    alike = None if start else together(task)
    if alike is None:
        standing = Standing.begun(task, start, first_free_day)
        run = _Search(task, limits, first_free_day, on_better, stop, standing, began, on_roster=on_roster)
        return run.found()
    less = limits if limits.seconds is None else replace(limits, seconds=(1 - APART) * limits.seconds)

    def told(roster: Roster, _: int) -> None:
        if on_roster is not None:
            roster = alike.apart(roster)
            on_roster(roster, worth(task, roster))

    standing = Standing(alike.task, frozenset())
    found = _Search(alike.task, less, first_free_day, on_better, stop, standing, began, on_roster=told).found()
    standing = Standing(task, alike.apart(found.roster))
    if standing.cost == found.cost:
        return replace(found, roster=standing.roster())
    run = _Search(task, limits, first_free_day, on_better, stop, standing, began, rounds=found.rounds)
    run.on_roster = on_roster
    run.with_parts()
    return Found(standing.roster(), standing.cost, run.perfect(), run.rounds)
