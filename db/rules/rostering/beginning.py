"""A first roster to improve: person by person where people have least hours or runs, else day after day."""

from collections import Counter
from collections.abc import Callable

from db.rules.rostering.linear import Effort, solve
from db.rules.rostering.model import Part
from db.rules.rostering.standing import Free, Standing
from db.rules.rostering.task import Place, Task, Worker

AT_ONCE = 500
"""About so many choices are decided at a time when days are filled one after another."""
MANY = 5_000
"""With more choices than this, places are first given away one by one, without a model."""
WORK, MORE_WORK = 0.3, 20.0


def has_least(task: Task) -> bool:
    """Whether somebody has least hours or runs, so that nobody's days can be filled one by one."""
    return any(person.rules.minutes or person.rules.shortest_run > 1 for person in task.people)


def first_roster(
    standing: Standing, free: Free, effort: Callable[[float, int], Effort], over: Callable[[], bool]
) -> None:
    """Fill what is free, step by step; what can't be filled stays open for the search."""
    people = standing.task.people
    if has_least(standing.task):
        for who in sorted(free, key=lambda w: len(people[w].places)):
            _decide(standing, {who: free[who]}, effort)
        return
    if sum(len(person.places) for person in people) > MANY and not standing.task.openings:
        _fill(standing, free, over)
        return
    load = sum(len(person.places) for person in people) / max(1, standing.task.days)
    width = max(1, min(14, int(AT_ONCE / max(1.0, load))))
    days = sorted({day for mine in free.values() for day in mine})
    for first in range(0, len(days), width):
        if over():
            return
        span = days[first : first + width]
        _decide(standing, _of(free, range(span[0], span[-1] + 1)), effort)


def _fill(standing: Standing, free: Free, over: Callable[[], bool]) -> None:
    """Give each place to whoever served least of those who may, the places with the fewest able people first."""
    needs, served = standing.task.needs, Counter(who for who, _ in standing.roster())
    for place in sorted(range(len(needs)), key=lambda p: (needs[p].day, len(standing.able[p]))):
        if over():
            return
        need = needs[place]
        able = [who for who in standing.able[place] if need.day in free.get(who, ())]
        even = [t for m, t in zip(standing.task.measures, standing.totals, strict=True) if place in m.counts]
        burden = {who: sum(totals.get(who, 0) for totals in even) for who in able}
        wish = {who: standing.task.people[who].places[place] for who in able}
        order = sorted(able, key=lambda who: (wish[who], burden[who], served[who]))
        for _ in range(need.count - len(standing.there[place])):  # whoever was unfit alone may do beside the first
            fit = (who for who in order if who not in standing.there[place] and _serves(standing, who, place))
            taken = next(fit, None)
            if taken is None:
                break
            served[taken] += 1


def _serves(standing: Standing, who: Worker, place: Place) -> bool:
    """Put somebody in a place where that breaks nothing and costs less than leaving it open; whether it did."""
    if standing.task.people[who].rules.one_a_day and standing.places[who].get(standing.task.needs[place].day):
        return False
    was = standing.cost
    if standing.change([(who, place)], []) < was and not standing.breaks([who], [place]):
        return True
    standing.change([], [(who, place)])
    return False


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
