"""Obligations: instalments that lose no fen, month ends that clamp, and how far something is fulfilled."""

import calendar
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.mediation.obligations import (
    MOST_INSTALMENTS,
    Done,
    Ground,
    Payment,
    Series,
    Terms,
    check_performance,
    check_restored,
    check_room,
    check_series,
    check_terms,
    fulfilled_on,
    instalments,
    is_late,
    is_overdue,
    left_of,
    months_after,
    split,
    standing_of,
)
from db.rules.mediation.visits import Visit, check_visit
from db.rules.mediation.words import Standing
from db.rules.problems import Problems

TODAY = date(2026, 11, 19)
GROUND = Ground(TODAY, {1, 2}, 100_000)
DEBT = Terms("money", 2, 1, amount="1000", due_on=date(2026, 12, 1))
ACT = Terms("act", 2, 1, act="改建排水沟", due_on=date(2026, 12, 1))
SERIES = Series(2, 1, "1000", 3, date(2026, 12, 1))
DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))


def wrong(check: Callable[[], object]) -> set[str]:
    """The fields found wrong."""
    try:
        check()
    except Problems as found:
        return {problem.field for problem in found.problems}
    return set()


@given(st.integers(0, 10**13), st.integers(1, MOST_INSTALMENTS))
def test_parts_are_equal_the_last_takes_the_rest_and_no_fen_is_lost(total: int, count: int) -> None:
    parts = split(total, count)
    assert len(parts) == count
    assert sum(parts) == total
    assert len({*parts[:-1]}) <= 1
    assert all(0 <= part <= parts[-1] for part in parts)
    assert parts[-1] - parts[0] < count


def test_a_thousand_in_three() -> None:
    assert split(100_000, 3) == (33_333, 33_333, 33_334)


@given(DAYS, st.integers(0, 400))
def test_the_same_day_of_a_later_month_or_its_last(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    last = calendar.monthrange(later.year, later.month)[1]
    assert later.day == day.day or (later.day == last and last < day.day)


def test_month_ends_clamp_and_come_back() -> None:
    due = [day for _, day in instalments(300, 3, date(2027, 1, 31), 1)]
    assert due == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]
    assert months_after(date(2027, 11, 30), 3) == date(2028, 2, 29)


@given(st.integers(2, 10**9), st.integers(2, 24), DAYS, st.integers(1, 12))
def test_instalments_come_one_after_another(total: int, count: int, first: date, every: int) -> None:
    parts = instalments(total, count, first, every)
    days = [day for _, day in parts]
    assert days[0] == first
    assert days == sorted(set(days))
    assert sum(amount for amount, _ in parts) == total


@given(st.lists(st.tuples(st.integers(1, 100), DAYS), max_size=6), st.integers(1, 300))
def test_an_amount_is_fulfilled_exactly_when_nothing_is_left(parts: list[tuple[int, date]], amount: int) -> None:
    done = [Done(day, fen) for fen, day in parts]
    standing = standing_of("money", amount, done)
    assert (standing is Standing.FULFILLED) is (left_of(amount, done) <= 0)
    assert (standing is Standing.DUE) is (not done)
    last = fulfilled_on("money", amount, done)
    assert last == (max(day for _, day in parts) if standing is Standing.FULFILLED else None)


@given(st.lists(st.booleans(), max_size=4))
def test_an_act_is_fulfilled_when_it_was_done_whole(wholes: list[bool]) -> None:
    done = [Done(TODAY, whole=whole) for whole in wholes]
    expected = Standing.FULFILLED if any(wholes) else Standing.PART if wholes else Standing.DUE
    assert standing_of("act", 0, done) is expected


def test_overdue_and_late() -> None:
    assert is_overdue("part", TODAY - timedelta(1), TODAY)
    assert not is_overdue("due", TODAY, TODAY)
    assert not is_overdue("fulfilled", TODAY - timedelta(1), TODAY)
    assert is_late(TODAY, TODAY + timedelta(1))
    assert not is_late(TODAY, TODAY)
    assert not is_late(TODAY, None)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (replace(DEBT, kind="favour", act="x"), "kind"),
        (replace(DEBT, debtor_id=None), "debtor_id"),
        (replace(DEBT, debtor_id=3), "debtor_id"),
        (replace(DEBT, creditor_id=None), "creditor_id"),
        (replace(DEBT, creditor_id=2), "creditor_id"),
        (replace(DEBT, amount=""), "amount"),
        (replace(DEBT, amount="-1"), "amount"),
        (replace(DEBT, amount="0.001"), "amount"),
        (replace(DEBT, amount="1000.01"), "amount"),
        (replace(ACT, act="  "), "act"),
        (replace(ACT, act="\x00"), "act"),
        (replace(DEBT, manner="x" * 201), "manner"),
        (replace(DEBT, place="a\nb"), "place"),
        (replace(DEBT, due_on=None), "due_on"),
        (replace(DEBT, due_on=date(2226, 1, 1)), "due_on"),
    ],
)
def test_a_wrong_obligation_is_told_beside_its_field(terms: Terms, field: str) -> None:
    assert wrong(lambda: check_terms(terms, GROUND)) == {field}


def test_a_sound_obligation_answers_its_fen() -> None:
    assert check_terms(DEBT, GROUND) == 100_000
    assert check_terms(replace(ACT, amount="not read"), GROUND) == 0
    assert check_terms(replace(DEBT, amount="999999"), replace(GROUND, free=None)) == 99_999_900


@pytest.mark.parametrize(
    ("series", "field"),
    [
        (replace(SERIES, total="1000.01"), "total"),
        (replace(SERIES, total="much"), "total"),
        (replace(SERIES, count=1), "count"),
        (replace(SERIES, count=MOST_INSTALMENTS + 1), "count"),
        (replace(SERIES, total="0.02"), "count"),
        (replace(SERIES, every_months=0), "every_months"),
        (replace(SERIES, every_months=13), "every_months"),
        (replace(SERIES, first_due_on=None), "first_due_on"),
        (replace(SERIES, first_due_on=date(9999, 12, 1)), "first_due_on"),
        (replace(SERIES, creditor_id=2), "creditor_id"),
    ],
)
def test_a_wrong_series_is_told_beside_its_field(series: Series, field: str) -> None:
    assert check_series(SERIES, GROUND) == 100_000
    assert wrong(lambda: check_series(series, GROUND)) == {field}


def test_a_removed_obligation_needs_its_parties_and_its_place() -> None:
    assert wrong(lambda: check_room(2, 1, 100_000, GROUND)) == set()
    assert wrong(lambda: check_room(2, 1, 100_001, GROUND)) == {"amount"}
    assert wrong(lambda: check_room(3, 1, 1, GROUND)) == {"debtor_id"}


SINCE = date(2026, 11, 10)
PAID = Payment(TODAY, "600")


def performed(payment: Payment, kind: str = "money", done: tuple[Done, ...] = ()) -> Done:
    """What an obligation of 1,000 yuan, or an act, takes."""
    return check_performance(payment, kind=kind, amount=100_000, done=done, since=SINCE, today=TODAY)


@pytest.mark.parametrize(
    ("payment", "kind", "done", "field"),
    [
        (replace(PAID, paid="1000.01"), "money", (), "amount"),
        (replace(PAID, paid="400.01"), "money", (Done(TODAY, 60_000),), "amount"),
        (replace(PAID, paid="0"), "money", (), "amount"),
        (replace(PAID, paid="x"), "money", (), "amount"),
        (PAID, "act", (Done(TODAY, whole=True),), "whole"),
        (replace(PAID, done_on=None), "money", (), "done_on"),
        (replace(PAID, done_on=TODAY + timedelta(1)), "money", (), "done_on"),
        (replace(PAID, done_on=SINCE - timedelta(1)), "money", (), "done_on"),
        (replace(PAID, evidence="\x00"), "money", (), "evidence"),
    ],
)
def test_a_wrong_performance_is_told_beside_its_field(
    payment: Payment, kind: str, done: tuple[Done, ...], field: str
) -> None:
    assert wrong(lambda: performed(payment, kind, done)) == {field}


def test_a_sound_performance_answers_what_was_done() -> None:
    assert performed(PAID) == Done(TODAY, 60_000, whole=False)
    assert performed(replace(PAID, paid="400"), done=(Done(TODAY, 60_000),)) == Done(TODAY, 40_000, whole=True)
    assert performed(replace(PAID, whole=False), "act") == Done(TODAY, 0, whole=False)


def test_nothing_comes_back_that_is_more_than_is_owed() -> None:
    paid = (Done(TODAY, 60_000),)
    assert wrong(lambda: check_restored("money", 100_000, paid, 40_000)) == set()
    assert wrong(lambda: check_restored("money", 100_000, paid, 40_001)) == {"amount"}
    assert wrong(lambda: check_restored("act", 0, (Done(TODAY, whole=True),), 0)) == {"whole"}


VISIT = Visit(TODAY, "telephone", "履行回访", "full", "satisfied")


@pytest.mark.parametrize(
    ("visit", "field"),
    [
        (replace(VISIT, visited_on=None), "visited_on"),
        (replace(VISIT, visited_on=TODAY + timedelta(1)), "visited_on"),
        (replace(VISIT, visited_on=SINCE - timedelta(1)), "visited_on"),
        (replace(VISIT, how="dream"), "how"),
        (replace(VISIT, performance=""), "performance"),
        (replace(VISIT, satisfaction="very"), "satisfaction"),
        (replace(VISIT, reason="x" * 201), "reason"),
        (replace(VISIT, words="\x00"), "words"),
    ],
)
def test_a_wrong_visit_is_told_beside_its_field(visit: Visit, field: str) -> None:
    assert wrong(lambda: check_visit(VISIT, effective=SINCE, today=TODAY)) == set()
    assert wrong(lambda: check_visit(visit, effective=SINCE, today=TODAY)) == {field}
