"""What a roster costs, counted from the task itself and not from any model."""

from collections import Counter
from collections.abc import Collection

from db.rules.rostering.task import Need, Opening, Roster, Task


def cover_cost(need: Need, there: int) -> int:
    """What so many people at a place cost."""
    if need.optional and not there:
        return 0
    return max(0, need.count - there) * need.under + max(0, there - need.count) * (need.over or 0)


def opening_cost(opening: Opening, taken: int) -> int:
    """What so many taken places cost."""
    return max(0, opening.low - taken) * opening.under


def band(totals: Collection[int], ideal: int) -> int:
    """The lower end of the band of width `ideal` from which the totals stay away least, all together."""
    ends = sorted([*totals, *(total - ideal for total in totals)])
    return ends[len(totals) - 1]


def outside(totals: Collection[int], ideal: int) -> int:
    """By how many points, all together, the totals stand outside their best band; 0: spread no wider than ideal."""
    low = band(totals, ideal)
    return sum(max(0, low - total, total - low - ideal) for total in totals)


def worth(task: Task, roster: Roster) -> int:
    """The whole cost of a roster."""
    there = Counter(place for _, place in roster)
    cost = task.constant + sum(task.people[who].places.get(place, 0) for who, place in roster)
    cost += sum(cover_cost(need, there[place]) for place, need in enumerate(task.needs))
    cost += sum(opening_cost(o, sum(there[place] > 0 for place in o.places)) for o in task.openings)
    for measure in task.measures:
        totals = dict(measure.begin)
        for who, place in roster:
            if who in totals:
                totals[who] += measure.counts.get(place, 0)
        if totals:
            cost += measure.cost * outside(totals.values(), measure.ideal)
    return cost
