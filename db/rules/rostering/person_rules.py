"""The rules of one person as rows of the model."""

from collections.abc import Iterable

from db.rules.rostering.draft import Draft
from db.rules.rostering.linear import FREE
from db.rules.rostering.runs import add_runs
from db.rules.rostering.task import Worker


def add_person(draft: Draft, who: Worker) -> None:
    """Everything that holds for one person, where a free day is concerned."""
    rules = draft.standing.task.people[who].rules
    _successions(draft, who)
    if rules.shortest_run > 1 or rules.shortest_break > 1:
        add_runs(draft, who)
    else:
        if rules.longest_run is not None:
            for start in _spans(draft, who, rules.longest_run + 1):
                draft.at_most(draft.days_worked(who, range(start, start + rules.longest_run + 1)), rules.longest_run)
        if rules.weekends is not None:
            for weekends in draft.standing.task.weekend_spans():
                _weekends(draft, who, weekends, rules.weekends)
    every_day = range(draft.standing.task.days)
    for kind, most in rules.most_of_kind.items():
        draft.at_most(draft.assignments(who, every_day, {kind}), most)
    if rules.most is not None:
        draft.at_most(draft.assignments(who, every_day, None), rules.most)
    for kind, most in rules.longest_of_kind.items():
        for start in _spans(draft, who, most + 1):
            draft.at_most(draft.assignments(who, range(start, start + most + 1), {kind}), most)
    for window in rules.windows:
        for start in _spans(draft, who, window.days):
            draft.at_most(draft.assignments(who, range(start, start + window.days), window.kinds), window.most)
    if rules.minutes is not None:
        _minutes(draft, who, *rules.minutes)


def _spans(draft: Draft, who: Worker, length: int) -> Iterable[int]:
    """Where stretches of so many days begin that hold a free day and end inside the task, or reach its end."""
    days, end = draft.free[who], draft.standing.task.days
    starts = {day - back for day in days for back in range(length)}
    return sorted(start for start in starts if start <= max(end - length, 0))


def _successions(draft: Draft, who: Worker) -> None:
    standing, days, on = draft.standing, draft.free[who], draft.on[who]
    one_a_day = standing.task.people[who].rules.one_a_day
    for kind, shape in enumerate(standing.task.kinds):
        for gap, others in shape.not_after.items():
            if gap == 0 and one_a_day:
                continue
            for day in sorted({*days, *(day - gap for day in days)}):
                here, there = day in days, day + gap in days
                first = [var for k, var in on[day] if k == kind] if here else []
                second = [var for k, var in on[day + gap] if k in others and (gap or k != kind)] if there else []
                if here and there and first and second:
                    _not_both(draft, who, first, second)
                elif there and second and not here and kind in standing.kinds(who, day):
                    draft.linear.total(second, -FREE, 0)
                elif here and first and not there and any(k in others for k in _later(draft, who, day + gap)):
                    draft.linear.total(first, -FREE, 0)


def _not_both(draft: Draft, who: Worker, first: list[int], second: list[int]) -> None:
    if draft.standing.task.people[who].rules.one_a_day:
        draft.linear.total([*first, *second], -FREE, 1)
        return
    for a in first:
        for b in second:
            if a != b:
                draft.linear.total([a, b], -FREE, 1)


def _later(draft: Draft, who: Worker, day: int) -> list[int]:
    return draft.standing.kinds(who, day) if day >= 0 else []


def _weekends(draft: Draft, who: Worker, weekends: Iterable[Iterable[int]], most: int) -> None:
    terms: list[int] = []
    fixed = 0
    for weekend in weekends:
        works, settled = draft.days_worked(who, weekend)
        if settled:
            fixed += 1
        elif works:
            worked = draft.linear.var(0, 1, 0, int(any(draft.linear.hint[var] for var in works)))
            terms.append(worked)
            for var in works:
                draft.linear.row([var, worked], [1, -1], -FREE, 0)
    draft.at_most((terms, fixed), most)


def _minutes(draft: Draft, who: Worker, low: int, high: int) -> None:
    kinds, standing, days = draft.standing.task.kinds, draft.standing, draft.free[who]
    terms, factors = [], []
    for here in draft.on[who].values():
        for kind, var in here:
            terms.append(var)
            factors.append(kinds[kind].minutes)
    settled = [day for day in standing.places[who] if day not in days]
    fixed = sum(kinds[kind].minutes for day in settled for kind in standing.kinds(who, day))
    if terms:
        draft.linear.row(terms, factors, low - fixed, high - fixed)
