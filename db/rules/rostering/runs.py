"""A person's runs of work and of rest as a flow through the days, which binds a linear solver tightly.

Each run of work is one arc with its whole length; each rest is one arc of its shortest length, then one arc a day. What
lies beyond either end of the task continues the first and last run. Days that are not free stay as they are, and the
flow spans no more of them than the runs and rests that touch the free ones.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from db.rules.rostering.draft import Draft
from db.rules.rostering.linear import FREE
from db.rules.rostering.task import Worker

Node = tuple[str, int]
_END: Node = ("end", 0)


@dataclass
class _Flow:
    draft: Draft
    who: Worker
    into: dict[Node, list[int]] = field(default_factory=lambda: defaultdict(list))
    out: dict[Node, list[int]] = field(default_factory=lambda: defaultdict(list))
    over: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    touches: list[tuple[int, int]] = field(default_factory=list)

    def arc(self, here: Node, there: Node, hint: bool) -> int:
        var = self.draft.linear.var(0, 1, 0, int(hint))
        self.out[here].append(var)
        self.into[there].append(var)
        return var


def add_runs(draft: Draft, who: Worker) -> None:
    """The shortest and longest run, the shortest break and the number of weekends of one person."""
    task, days = draft.standing.task, draft.free[who]
    if not days:
        return
    end = task.days
    has = [bool(draft.standing.places[who].get(day)) for day in range(end)]
    first, last = _reach(has, min(days), max(days))
    may_work = [day in days or has[day] for day in range(first, last)]
    may_rest = [day in days or not has[day] for day in range(first, last)]
    flow = _Flow(draft, who)
    _arcs(flow, has, first, may_work, may_rest)
    _balance(flow, has, first, last)
    _weekends(flow, has, first, last)


def _reach(has: list[bool], earliest: int, latest: int) -> tuple[int, int]:
    """The free days with the runs or rests that touch them, as first day and day after the last."""
    end, first, last = len(has), earliest, latest + 1
    while first > 0 and (first == earliest or has[first - 1] == has[first]):
        first -= 1
    while last < end and (last == latest + 1 or has[last] == has[last - 1]):
        last += 1
    return first, last


def _arcs(flow: _Flow, has: list[bool], first: int, may_work: list[bool], may_rest: list[bool]) -> None:
    rules = flow.draft.standing.task.people[flow.who].rules
    end, last = len(has), first + len(may_work)
    carried = _carried(flow)
    longest = end + carried if rules.longest_run is None else rules.longest_run
    weekend_of = {day: number for number, days in enumerate(flow.draft.standing.task.weekends) for day in days}
    for day in range(first, last):
        for length in range(1, longest + 1 - (carried if day == 0 else 0)):
            after = day + length
            if after > last or not may_work[after - 1 - first]:
                break
            if length < rules.shortest_run and day > 0 and after < end:
                continue
            now = all(has[day:after]) and (day == 0 or not has[day - 1]) and (after == end or not has[after])
            var = flow.arc(("work", day), ("off", after) if after < end else _END, now)
            for covered in range(day, after):
                flow.over[covered].append(var)
            touched = len({weekend_of[d] for d in range(day, after) if d in weekend_of})
            if touched:
                flow.touches.append((var, touched))
        after = min(day + (1 if day == 0 else rules.shortest_break), end)
        if after <= last and all(may_rest[day - first : after - first]):
            now = not any(has[day:after]) and (day == 0 or has[day - 1])
            flow.arc(("off", day), ("rested", after) if after < end else _END, now)
        if day > first:
            rested = not has[day - 1] and _rested(has, day, rules.shortest_break)
            if may_rest[day - first]:
                flow.arc(("rested", day), ("rested", day + 1) if day + 1 < end else _END, rested and not has[day])
            if may_work[day - first]:
                flow.arc(("rested", day), ("work", day), rested and has[day])
    if last < end and has[last]:
        flow.arc(("rested", last), ("work", last), True)


def _carried(flow: _Flow) -> int:
    """The days on end worked right before day 0."""
    length = 0
    while flow.draft.standing.kinds(flow.who, -1 - length):
        length += 1
    return length


def _rested(has: list[bool], day: int, least: int) -> bool:
    """Whether the rest before a day is past its shortest length; at the beginning one day is enough."""
    length = 0
    while length < day and not has[day - 1 - length]:
        length += 1
    return length >= least or length == day


def _balance(flow: _Flow, has: list[bool], first: int, last: int) -> None:
    """What comes in goes out, from where the flow begins to where it ends; and an arc of work means work."""
    linear = flow.draft.linear
    beginnings = {("work", 0), ("off", 0)} if first == 0 else {("work" if has[first] else "off", first)}
    stop: Node = _END if last == len(has) else ("work" if has[last] else "off", last)
    for node in sorted({*flow.into, *flow.out} - beginnings - {_END, stop}):
        into, out = flow.into.get(node, []), flow.out.get(node, [])
        linear.row([*into, *out], [1] * len(into) + [-1] * len(out), 0, 0)
    linear.total([var for node in sorted(beginnings) for var in flow.out.get(node, ())], 1, 1)
    linear.total(flow.into.get(stop, []), 1, 1)
    for day in range(first, last):
        works, fixed = flow.draft.works(flow.who, day)
        over = flow.over.get(day, [])
        if works or over:
            linear.row([*works, *over], [1] * len(works) + [-1] * len(over), -fixed, -fixed)


def _weekends(flow: _Flow, has: list[bool], first: int, last: int) -> None:
    task = flow.draft.standing.task
    most = task.people[flow.who].rules.weekends
    if most is None or not flow.touches:
        return
    outside = sum(any(has[day] for day in days if not first <= day < last) for days in task.weekends)
    terms, factors = [var for var, _ in flow.touches], [count for _, count in flow.touches]
    flow.draft.linear.row(terms, factors, -FREE, max(0, most - outside))
