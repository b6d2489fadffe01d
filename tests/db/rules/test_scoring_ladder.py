"""Ranks with ties, grades and vetoes, and the ladder of notices, cards and rewards (R-28 to R-36, R-42)."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.scoring.ladder import Change, Reward, Rules, card, highest, reward
from db.rules.scoring.points import shown
from db.rules.scoring.ranking import grade_of, ranks
from db.rules.scoring.rubric import Grade
from db.rules.scoring.words import Card

D, F = Decimal, Fraction
RULES = Rules(3, 2, 3, (Reward(D(30), D(150)), Reward(D(50), D(270)), Reward(D(100), D(300))))
GRADES = (Grade("excellent", D(90)), Grade("good", D(80)), Grade("pass", D(60)))


def test_ties_share_a_rank_and_leave_the_next_free() -> None:
    totals = {"a": F(90), "b": F("95.04"), "c": F("94.96"), "d": F(80), "e": None}
    assert ranks(totals) == {"b": 1, "c": 1, "a": 3, "d": 4}


@given(st.dictionaries(st.integers(0, 20), st.fractions(0, 110), max_size=12))
def test_a_rank_never_breaks_on_what_nobody_sees(totals: dict[int, Fraction]) -> None:
    found = ranks(totals)
    for one in totals:
        for other in totals:
            assert (found[one] < found[other]) == (shown(totals[one]) > shown(totals[other]))


@pytest.mark.parametrize(
    ("total", "blocked", "grade"),
    [
        (F("89.95"), False, "excellent"),
        (F("89.94"), False, "good"),
        (F(99), True, "good"),
        (F(85), True, "good"),
        (F(10), False, ""),
        (None, False, ""),
    ],
)
def test_grades_go_by_the_total_as_shown_and_a_veto_bars_the_best(
    total: Fraction | None, blocked: bool, grade: str
) -> None:
    assert grade_of(GRADES, total, blocked=blocked) == grade


def month(**percent: int) -> Mapping[str, Change]:
    """Units by how many percent they rose."""
    return {unit: Change(F(100), F(100 + rise)) for unit, rise in percent.items()}


def test_the_three_highest_increases_are_told_with_ties() -> None:
    assert highest(month(a=9, b=7, c=5, d=3), 3) == {"a", "b", "c"}
    assert highest(month(a=9, b=7, c=5, d=5), 3) == {"a", "b", "c", "d"}
    assert highest(month(a=9, b=0, c=-5), 3) == {"a"}
    assert highest({"a": Change(F(0), F(1)), "b": Change(F(1), F(9))}, 1) == {"a"}
    assert highest({}, 3) == frozenset()


TOP, LOW = month(x=9, a=1), month(x=-9, a=1)
ALL = Rules(1, RULES.rectify_after, RULES.yellow_after)


@pytest.mark.parametrize(
    ("months", "ineffective", "standing"),
    [
        ([TOP], (), Card.NOTICE),
        ([TOP, LOW], (), Card.NONE),
        ([TOP, TOP], (), Card.RECTIFY),
        ([TOP, LOW, TOP], (), Card.NOTICE),
        ([TOP, TOP, TOP], (), Card.YELLOW),
        ([TOP, TOP, LOW], {2}, Card.YELLOW),
        ([TOP, TOP], {1}, Card.YELLOW),
        ([TOP], {0}, Card.NOTICE),
        ([TOP, TOP, TOP, LOW], (), Card.YELLOW),
        ([TOP, TOP, TOP, LOW, TOP], (), Card.NOT_EXCELLENT),
    ],
)
def test_the_ladder_goes_up_step_by_step(
    months: list[Mapping[str, Change]], ineffective: set[int], standing: Card
) -> None:
    assert card(months, "x", ALL, ineffective=ineffective) is standing


@pytest.mark.parametrize(
    ("before", "now", "yuan"),
    [(100, 71, 0), (100, 70, 150), (100, 51, 150), (100, 50, 270), (100, 1, 270), (100, 0, 300), (0, 0, 0), (5, 9, 0)],
)
def test_a_decrease_brings_the_reward_of_its_step(before: int, now: int, yuan: int) -> None:
    assert reward(Change(F(before), F(now)), RULES) == yuan
