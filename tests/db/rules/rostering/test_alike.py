"""Alike places taken together and apart again, and goals one after another: both find what everything at once finds."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.rules.rostering.alike import together
from db.rules.rostering.check import broken
from db.rules.rostering.search import Limits, search
from db.rules.rostering.task import CrewRule, Kind, Measure, Need, Person, Rules, Task
from db.rules.rostering.worth import worth
from tests.db.rules.rostering.tasks import every_roster, tasks

slowly = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
MANY = 10**6


def tiered(task: Task) -> Task:
    """The same where an open place outweighs everything uneven, and that every wish."""
    return replace(
        task,
        needs=tuple(replace(need, under=MANY, over=None) for need in task.needs),
        measures=tuple(replace(measure, cost=1000) for measure in task.measures),
        openings=tuple(replace(opening, under=MANY) for opening in task.openings),
        tiers=(MANY,),
    )


@given(tasks())
@slowly
def test_goals_one_after_another_end_at_the_best(task: Task) -> None:
    task = tiered(task)
    found = search(task, Limits(rounds=0))
    assert found.proven
    assert not broken(task, found.roster)
    assert found.cost == worth(task, found.roster)
    assert found.cost == min(worth(task, roster) for roster in every_roster(task) if not broken(task, roster))


@st.composite
def posts(draw: st.DrawFn) -> Task:
    """Two alike posts for two days: a crew of two with somebody skilled in it, and not with two of them together."""
    needs = tuple(Need(day, 0, 2, 100, crew=2 * day + post) for day in range(2) for post in range(2))
    some = st.frozensets(st.integers(0, 2))
    skilled, apart = draw(some), draw(st.sampled_from([frozenset({0, 1}), frozenset({0, 2})]))
    crews = [CrewRule(crew, skilled, least=1) for crew in range(4)] + [CrewRule(c, apart, most=1) for c in range(4)]
    away = [draw(st.sampled_from([(), (0,), (1,)])) for _ in range(3)]
    people = tuple(
        Person(f"P{who}", {p: 0 for p in range(4) if p // 2 not in away[who]}, Rules(most=draw(st.integers(1, 2))))
        for who in range(3)
    )
    counted = Measure("all", dict.fromkeys(range(4), 1), dict.fromkeys(range(3), 0), 10)
    return Task(2, (Kind("day"),), needs, people, measures=(counted,), crews=tuple(crews))


@given(posts(), st.booleans())
@slowly
def test_alike_places_are_one_and_come_apart_again(task: Task, tiers: bool) -> None:
    task = tiered(task) if tiers else task
    alike = together(task)
    assert alike is not None
    assert len(alike.task.needs) == 2
    told = []
    found = search(task, Limits(rounds=3), on_roster=lambda roster, cost: told.append((roster, cost)))
    assert not broken(task, found.roster)
    assert found.cost == worth(task, found.roster)
    assert all(cost == worth(task, roster) and not broken(task, roster) for roster, cost in told)
    if found.proven:
        assert found.cost == min(worth(task, roster) for roster in every_roster(task) if not broken(task, roster))


@pytest.mark.parametrize("crews", [2, 4])
def test_places_that_differ_stay_apart(crews: int) -> None:
    needs = tuple(Need(0, 0, 1, 100, crew=place % crews) for place in range(4))
    rules = (CrewRule(0, frozenset({0}), most=0), CrewRule(1, frozenset({1}), most=0))
    person = Person("P", dict.fromkeys(range(4), 0), Rules())
    alike = together(Task(1, (Kind("day"),), needs, (person, person), crews=rules))
    sizes = sorted(len(inside) for inside in alike.inside) if alike else None
    assert sizes == (None if crews == 2 else [1, 1, 2])
