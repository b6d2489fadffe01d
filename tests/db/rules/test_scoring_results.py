"""What is announced: codes and spans, what differs between two editions, cards, the states of an appeal."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.problems import Problems
from db.rules.scoring import cards
from db.rules.scoring.appealing import MOVES, State, Step, last_day, move_of
from db.rules.scoring.differences import Announced, What, apart, differences
from db.rules.scoring.issuing import Span, month_code, month_of, months_of, scopes_of, span_of
from db.rules.scoring.rubric import Item, Rubric
from db.rules.scoring.words import ItemKind, RubricKind

DAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("begins", "ends", "span"),
    [
        (date(2026, 2, 1), date(2026, 2, 28), Span.MONTH),
        (date(2026, 7, 1), date(2026, 7, 31), Span.MONTH),
        (date(2026, 7, 1), date(2026, 9, 30), Span.QUARTER),
        (date(2026, 7, 1), date(2026, 12, 31), Span.HALF),
        (date(2028, 1, 1), date(2028, 6, 30), Span.HALF),
        (date(2026, 1, 1), date(2026, 12, 31), Span.YEAR),
    ],
)
def test_how_long_the_time_of_an_announcement_is(begins: date, ends: date, span: Span) -> None:
    assert span_of(begins, ends) is span


def test_codes_of_what_can_be_announced() -> None:
    assert scopes_of(Rubric(2026)) == ("all",)
    months = scopes_of(Rubric(2026, kind=RubricKind.LADDER))
    assert months[:12] == tuple(f"m{month:02}" for month in range(1, 13))
    assert months[12:] == ("q1", "q2", "q3", "q4", "all")
    assert [tuple(months_of(code)) for code in ("m05", "q2")] == [(5,), (4, 5, 6)]
    assert len(months_of("all")) == 12
    assert [month_of(month_code(month)) for month in range(1, 13)] == list(range(1, 13))
    assert [month_of(code) for code in ("m00", "m13", "m1", "q1", "all", "m012")] == [None] * 6


POINTS = st.fractions(min_value=0, max_value=200, max_denominator=100)
UNIT = st.builds(
    Announced,
    total=st.none() | POINTS,
    rank=st.none() | st.integers(1, 9),
    grade=st.sampled_from(["", "good"]),
    card=st.sampled_from(["", "red"]),
    points=st.dictionaries(st.tuples(st.sampled_from(["", "q1"]), st.sampled_from("ab")), st.none() | POINTS),
)
UNITS = st.dictionaries(st.integers(1, 4), UNIT)


@given(UNITS, UNITS)
def test_what_differs_is_told_both_ways_round(before: dict[int, Announced], after: dict[int, Announced]) -> None:
    there, back = differences(before, after), differences(after, before)
    turned = {What.ADDED: What.LEFT, What.LEFT: What.ADDED}
    assert {(one.unit, one.what, one.period, one.item, one.before, one.after) for one in there} == {
        (one.unit, turned.get(one.what, one.what), one.period, one.item, one.after, one.before) for one in back
    }
    assert all(one.before != one.after for one in there if one.what not in (What.ADDED, What.LEFT, What.ITEM))
    assert differences(after, after) == ()


def test_differences_come_unit_by_unit() -> None:
    was = Announced(Fraction(90), 2, "good", "", {("q1", "plans"): Fraction(3), ("", "bonus"): None})
    now = Announced(Fraction(91), 1, "excellent", "yellow", {("q1", "plans"): Fraction(4), ("", "bonus"): Fraction(1)})
    found = differences({1: was, 2: was}, {3: now, 1: now})
    assert [(one.unit, one.what) for one in found] == [
        (3, What.ADDED),
        (1, What.TOTAL),
        (1, What.RANK),
        (1, What.GRADE),
        (1, What.CARD),
        (1, What.ITEM),
        (1, What.ITEM),
        (2, What.LEFT),
    ]
    assert (found[1].before, found[1].after, found[2].before, found[2].after) == ("90.0", "91.0", "2", "1")
    assert [(one.item, one.before, one.after) for one in found[5:7]] == [("plans", "3.0", "4.0"), ("bonus", "", "1.0")]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (Fraction(90), Fraction(91), ("90.0", "91.0")),
        (None, Fraction(1), ("", "1.0")),
        (Fraction(9001, 100), Fraction(9002, 100), ("90.01", "90.02")),
        (Fraction(1, 1000), Fraction(2, 1000), ("1/1000", "1/500")),
    ],
)
def test_numbers_are_told_apart(old: Fraction | None, new: Fraction, told: tuple[str, str]) -> None:
    assert apart(old, new) == told


# --- cards ---


def test_the_gravest_card_is_told_and_red_and_veto_block() -> None:
    assert cards.gravest([]) == ""
    assert cards.gravest(["yellow", "veto", "red"]) == "veto"
    assert cards.gravest(["red", "yellow"]) == "red"
    assert [cards.blocks([kind]) for kind in cards.Kind] == [False, True, True]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "green"}, "kind"),
        ({"kind": "veto"}, "kind"),
        ({"on_day": None}, "on_day"),
        ({"on_day": date(2026, 11, 20)}, "on_day"),
        ({"on_day": date(2025, 11, 19)}, "on_day"),
        ({"reason": " "}, "reason"),
        ({"reason": "\x00"}, "reason"),
    ],
)
def test_a_card_needs_a_kind_a_day_and_a_reason(changes: dict[str, Any], field: str) -> None:
    good: dict[str, Any] = {"kind": "red", "on_day": DAY, "reason": "事故", "year": 2026, "today": DAY, "rubric": None}
    cards.check_card(**good)
    with pytest.raises(Problems) as caught:
        cards.check_card(**good | changes)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_a_veto_needs_a_rubric_that_knows_it() -> None:
    known = Rubric(2026, items=(Item("veto", ItemKind.VETO),))
    cards.check_card(kind="veto", on_day=DAY, reason="事故", year=2026, today=DAY, rubric=known)


# --- appeals ---


def test_only_what_was_asked_moves() -> None:
    assert {state for state, _ in MOVES} == {State.ASKED}
    assert move_of("asked", Step.ACCEPT) is State.ACCEPTED
    for state in (State.ACCEPTED, State.REFUSED, State.WITHDRAWN):
        for step in Step:
            with pytest.raises(Problems):
                move_of(state, step)


def test_the_days_of_an_appeal_are_counted_from_the_day_after() -> None:
    assert last_day(date(2026, 12, 28), 7) == date(2027, 1, 4)
    assert last_day(DAY, 0) == DAY
