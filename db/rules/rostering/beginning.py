"""A first roster to improve: person by person where people have least hours or runs, else day after day."""

from collections.abc import Callable

from db.rules.rostering.linear import Effort, solve
from db.rules.rostering.model import Part
from db.rules.rostering.standing import Free, Standing
from db.rules.rostering.task import Worker

AT_ONCE = 500
"""About so many choices are decided at a time when days are filled one after another."""
WORK, MORE_WORK = 0.3, 20.0


def first_roster(
    standing: Standing, free: Free, effort: Callable[[float, int], Effort], over: Callable[[], bool]
) -> None:
    """Fill what is free, step by step; what can't be filled stays open for the search."""
    people = standing.task.people
    if any(person.rules.minutes or person.rules.shortest_run > 1 for person in people):
        for who in sorted(free, key=lambda w: len(people[w].places)):
            _decide(standing, {who: free[who]}, effort)
        return
    load = sum(len(person.places) for person in people) / max(1, standing.task.days)
    width = max(1, min(14, int(AT_ONCE / max(1.0, load))))
    days = sorted({day for mine in free.values() for day in mine})
    for first in range(0, len(days), width):
        if over():
            return
        span = days[first : first + width]
        _decide(standing, _of(free, range(span[0], span[-1] + 1)), effort)


def _of(free: Free, days: range) -> dict[Worker, range]:
    return dict.fromkeys(free, days)


def _decide(standing: Standing, free: Free, effort: Callable[[float, int], Effort]) -> None:
    part = Part(standing, free)
    for work in (WORK, MORE_WORK):
        solved = solve(part.linear, effort(work, 1))
        if solved.values is not None:
            standing.change(*part.change(solved.values))
            return
        if solved.proven:
            return
