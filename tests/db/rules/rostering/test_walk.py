"""The cheapest schedule of a person against every schedule there is."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.rules.rostering import search as searching
from db.rules.rostering.check import broken, broken_by_person
from db.rules.rostering.columns import Columns
from db.rules.rostering.dive import improved, roster_of, schedules_of
from db.rules.rostering.pricing import Column, Pricing, suits
from db.rules.rostering.search import Limits, search
from db.rules.rostering.task import Kind, Need, Person, Rules, Task
from db.rules.rostering.walk import INF
from db.rules.rostering.worth import worth

slowly = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def scheduled(draw: st.DrawFn, *, people: int = 1, days: int = 6) -> Task:
    """A task whose people meet in the places alone: two kinds, one of them longer and not before the other."""
    longer = draw(st.sampled_from([60, 90, 120]))
    kinds = (Kind("early", 60), Kind("late", longer, {1: frozenset({0})}))
    needs = tuple(
        Need(day, kind, draw(st.integers(0, 2)), 10, draw(st.sampled_from([1, 4])))
        for day in range(days) for kind in (0, 1)
    )  # fmt: skip
    everybody = []
    for who in range(people):
        shortest = draw(st.integers(1, 3))
        least = draw(st.integers(0, 3)) * 60
        rules = Rules(
            minutes=draw(st.none() | st.just((least, least + draw(st.integers(0, 3)) * 60))),
            most_of_kind=draw(st.dictionaries(st.integers(0, 1), st.integers(0, 2))),
            longest_run=draw(st.none() | st.integers(shortest, 4)),
            shortest_run=shortest,
            shortest_break=draw(st.integers(1, 3)),
            weekends=draw(st.none() | st.integers(0, 1)),
        )
        places = draw(st.dictionaries(st.integers(0, 2 * days - 1), st.integers(-3, 3), min_size=days))
        everybody.append(Person(f"P{who}", places, rules))
    return Task(days, kinds, needs, tuple(everybody), weekends=((1, 2), (4, 5)))


def every_schedule(task: Task, who: int) -> list[Column]:
    """All schedules of one person that break no rule."""
    by_day = [[p for p in task.people[who].places if task.needs[p].day == day] for day in range(task.days)]
    found = []
    for taken in itertools.product(*([None, *places] for places in by_day)):
        column = tuple(place for place in taken if place is not None)
        days = {task.needs[place].day: [task.needs[place].kind] for place in column}
        if not list(broken_by_person(task, who, days)):
            found.append(column)
    return found


@given(scheduled(), st.lists(st.integers(-8, 8), min_size=12, max_size=12))
@slowly
def test_no_schedule_is_cheaper(task: Task, prices: list[int]) -> None:
    assert suits(task)
    pricing, most = Pricing(task), task.people[0].rules.most_of_kind
    costs = {c: pricing.cost(0, c) - sum(prices[place] for place in c) for c in every_schedule(task, 0)}
    bound, column = pricing.cheapest([0], np.array(prices, dtype=float), lambda: False, thorough=True)[0]
    assert bound <= min(costs.values(), default=INF) + 1e-9
    assert column is None or column in costs
    if len(most) < 2 and costs:
        assert column is not None
        assert costs[column] == min(costs.values())


@given(scheduled(people=2, days=4))
@slowly
def test_the_mixture_costs_no_more_than_any_roster(task: Task) -> None:
    pricing = Pricing(task)
    begun = improved(pricing, {}, lambda: False, 2)
    if begun is None:
        return
    pairs = itertools.product(*(every_schedule(task, who) for who in (0, 1)))
    least = min(worth(task, roster_of(dict(enumerate(pair)))) for pair in pairs)
    columns = Columns(pricing)
    for who, column in begun.items():
        columns.add(who, column)
    value, bound = columns.generate(200, lambda: False)
    assert bound <= value + 1e-6
    assert bound <= least - task.constant + 1e-6
    assert schedules_of(pricing, roster_of(begun)) == begun
    assert not broken(task, roster_of(begun))


@given(scheduled(people=3, days=6), st.integers(1, 3))
@slowly
def test_a_search_by_schedules_keeps_every_rule(task: Task, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "WHOLE_WITH_LEAST", 0)
        first, second = (search(task, Limits(rounds=2, seed=seed)) for _ in range(2))
    assert first == second
    assert first.cost == worth(task, first.roster)
    feasible = all(every_schedule(task, who) for who in range(3))
    assert not broken(task, first.roster) or not feasible
