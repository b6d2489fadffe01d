"""The search against every roster there is, the model against the checker, and the same seed twice."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.rules.rostering import beginning, neighbourhoods
from db.rules.rostering import search as searching
from db.rules.rostering.check import broken
from db.rules.rostering.linear import Effort, solve
from db.rules.rostering.model import Part
from db.rules.rostering.search import Limits, search
from db.rules.rostering.standing import Standing
from db.rules.rostering.task import CrewRule, Kind, Need, Person, Roster, Rules, Task
from db.rules.rostering.worth import outside, worth
from tests.db.rules.rostering.tasks import every_roster, tasks

slowly = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])


@given(tasks())
@slowly
def test_no_roster_is_cheaper_than_the_proven_best(task: Task) -> None:
    found = search(task, Limits(rounds=0))
    assert found.proven
    assert found.cost == worth(task, found.roster)
    assert not broken(task, found.roster)
    assert found.cost == min(worth(task, roster) for roster in every_roster(task) if not broken(task, roster))


@given(tasks(people=4, days=8), st.integers(1, 5))
@slowly
def test_parts_keep_every_rule_and_count_the_same(task: Task, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "WHOLE", 0)
        patch.setattr(beginning, "AT_ONCE", 20)
        told: list[int] = []
        found = search(task, Limits(rounds=8, seed=seed), on_better=lambda cost, _: told.append(cost))
    assert not broken(task, found.roster)
    assert found.cost == worth(task, found.roster) == told[-1]
    assert told == sorted(set(told), reverse=True)


@given(tasks(people=4, days=8), st.randoms(use_true_random=False))
@slowly
def test_what_stands_fits_the_model_of_any_part(task: Task, dice: random.Random) -> None:
    roster = search(task, Limits(rounds=2)).roster
    standing = Standing(task, roster)
    ground = neighbourhoods.Ground.of(standing, 0)
    for shape in neighbourhoods.SHAPES.values():
        free = shape(ground, dice.choice((10, 30, 100)), dice)
        part = Part(standing, free)
        linear = part.linear
        assert linear.cost(linear.hint) == worth(task, roster)
        for terms, factors, low, high in linear.rows:
            assert low <= sum(f * linear.hint[t] for t, f in zip(terms, factors, strict=True)) <= high
        solved = solve(linear, Effort(work=1))
        assert solved.values is not None
        added, removed = part.change(solved.values)
        now = Standing(task, roster)
        assert now.change(added, removed) == solved.cost == worth(task, now.roster())
        assert not broken(task, now.roster())
        assert not now.breaks(range(4), range(len(task.needs)))


@given(st.lists(st.integers(-5, 20), min_size=1, max_size=9), st.integers(0, 4))
def test_the_band_lies_where_least_stands_outside(totals: list[int], ideal: int) -> None:
    def away(low: int) -> int:
        return sum(max(0, low - total, total - low - ideal) for total in totals)

    assert outside(totals, ideal) == min(away(low) for low in range(-12, 22))
    assert (outside(totals, ideal) == 0) == (max(totals) - min(totals) <= ideal)


def a_month(people: int = 6, days: int = 31) -> Task:
    """One place a day, at most two days in a row, one of them unwelcome to everybody."""
    needs = tuple(Need(day, 0, 1, 1000) for day in range(days))
    places = {day: 5 if day == 10 else 0 for day in range(days)}
    person = Rules(longest_run=2)
    return Task(days, (Kind("day", 60),), needs, tuple(Person(f"P{n}", places, person) for n in range(people)))


def test_the_same_seed_and_rounds_give_the_same_roster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "WHOLE", 0)
    first, second = (search(a_month(), Limits(rounds=12, seed=3)) for _ in range(2))
    assert first == second
    assert first.cost == 5


def test_two_threads_agree_on_one_roster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "WHOLE", 0)
    task = a_month()
    found = search(task, Limits(seconds=1.0, workers=2))
    assert found.rounds > 2
    assert not broken(task, found.roster)
    assert found.cost == worth(task, found.roster) == 5


def test_a_search_stops_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "WHOLE", 0)
    asked: list[bool] = []
    found = search(a_month(), Limits(seconds=600), stop=lambda: asked.append(True) or len(asked) > 3)  # type: ignore[func-returns-value]
    assert found.cost >= 5


def test_what_was_frozen_stays_and_what_is_closed_goes() -> None:
    task = a_month(people=3, days=6)
    closed = Person("P0", {day: 0 for day in range(6) if day not in (1, 4)}, Rules(longest_run=2))
    task = Task(task.days, task.kinds, task.needs, (closed, *task.people[1:]))
    start: Roster = frozenset({(0, 0), (0, 1), (0, 4)})
    found = search(task, Limits(rounds=3), start=start, first_free_day=3)
    assert {choice for choice in found.roster if choice[1] < 3} == {(0, 0), (0, 1)}
    assert (0, 4) not in found.roster


@pytest.mark.parametrize("limits", [Limits(rounds=3), Limits(seconds=3.0)])
def test_what_was_published_under_a_looser_rule_is_mended(limits: Limits) -> None:
    """Somebody served six days in a row; since then two are the most."""
    task = replace(a_month(people=3, days=6), tiers=(100,))
    found = search(task, limits, start=frozenset((0, day) for day in range(6)))
    assert not broken(task, found.roster)
    assert found.cost == 0


def test_a_crew_that_lost_its_skilled_one_is_made_up_anew() -> None:
    skilled = frozenset({0, 1})
    needs = tuple(Need(day, 0, 2, 100, crew=day) for day in range(2))
    costs = {0: {1: 0}, 1: {0: 1, 1: 1}, 2: {0: 0, 1: 1}, 3: {0: 1, 1: 0}}
    people = tuple(Person(f"P{who}", places, Rules()) for who, places in costs.items())
    crews = tuple(CrewRule(day, skilled, least=1) for day in range(2))
    task = Task(2, (Kind("day"),), needs, people, crews=crews, tiers=(100,))
    for limits in (Limits(rounds=2), Limits(seconds=3.0)):
        found = search(task, limits, start=frozenset({(0, 0), (2, 0), (0, 1), (3, 1)}))
        assert found == replace(found, roster=frozenset({(1, 0), (2, 0), (0, 1), (3, 1)}), cost=1, proven=True)


def test_time_is_kept_for_writing_down() -> None:
    now = time.perf_counter()
    for asked, least in ((0.1, 0.0), (60, 57), (600, 585)):
        seconds = Limits.until(now + asked, workers=2, seed=1).seconds or 0
        assert least < seconds <= max(asked, 1)


@pytest.mark.parametrize("limits", [{}, {"seconds": 1.0, "rounds": 1}])
def test_a_search_has_one_limit(limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="one of them"):
        Limits(**limits)  # type: ignore[arg-type]


def test_a_large_task_begins_with_whoever_served_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "WHOLE", 0)
    monkeypatch.setattr(beginning, "MANY", 0)
    task = a_month()
    found = search(task, Limits(rounds=0))
    assert not broken(task, found.roster)
    assert len(found.roster) == 31
    assert found.cost == worth(task, found.roster) == 5
