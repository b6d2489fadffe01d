"""Periods, the kind that answers a question, and small counts nobody can compute again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.briefings.chart import ChartKind, ChartSpec, Compare, Period
from db.rules.briefings.periods import Slot, Unit, before, begins_on, code_of, compared, days_of, slots, stretch
from db.rules.briefings.recommending import (
    CROSSED,
    MANY,
    MOST,
    ROWS,
    SERIES,
    DimensionKind,
    kinds_for,
    most_along,
    most_series,
    recommended,
)
from db.services.briefings.registers.cases import REGISTER

DAYS = st.dates(date(1999, 1, 1), date(2199, 12, 31))
PERIODS = st.sampled_from([period for period in Period if period not in (Period.CHOSEN, Period.EVER)])
THURSDAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.TODAY, "2026-11-19", "2026-11-19"),
        (Period.THIS_WEEK, "2026-11-16", "2026-11-19"),
        (Period.LAST_WEEK, "2026-11-09", "2026-11-15"),
        (Period.THIS_HALF_MONTH, "2026-11-16", "2026-11-19"),
        (Period.LAST_HALF_MONTH, "2026-11-01", "2026-11-15"),
        (Period.THIS_MONTH, "2026-11-01", "2026-11-19"),
        (Period.LAST_MONTH, "2026-10-01", "2026-10-31"),
        (Period.THIS_QUARTER, "2026-10-01", "2026-11-19"),
        (Period.LAST_QUARTER, "2026-07-01", "2026-09-30"),
        (Period.THIS_YEAR, "2026-01-01", "2026-11-19"),
        (Period.LAST_YEAR, "2025-01-01", "2025-12-31"),
        (Period.LAST_12_MONTHS, "2025-12-01", "2026-11-19"),
    ],
)
def test_a_period_means_these_days(period: Period, first: str, last: str) -> None:
    assert days_of(period, THURSDAY) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("first", "last", "begins", "ends"),
    [
        ("2026-11-01", "2026-11-30", "2026-10-01", "2026-10-31"),
        ("2026-11-01", "2026-11-15", "2026-10-16", "2026-10-31"),
        ("2026-11-16", "2026-11-30", "2026-11-01", "2026-11-15"),
        ("2026-02-16", "2026-02-28", "2026-02-01", "2026-02-15"),
        ("2026-11-16", "2026-11-22", "2026-11-09", "2026-11-15"),
        ("2026-04-01", "2026-06-30", "2026-01-01", "2026-03-31"),
        ("2026-01-01", "2026-12-31", "2025-01-01", "2025-12-31"),
        ("2026-03-01", "2026-10-31", "2025-07-01", "2026-02-28"),
        ("2026-11-03", "2026-11-05", "2026-10-31", "2026-11-02"),
    ],
)
def test_before_it_comes_one_of_equal_kind(first: str, last: str, begins: str, ends: str) -> None:
    found = before(Period.CHOSEN, date.fromisoformat(first), date.fromisoformat(last))
    assert found == (date.fromisoformat(begins), date.fromisoformat(ends))


def test_a_month_that_runs_stands_beside_as_many_days() -> None:
    asked = (Period.THIS_MONTH, date(2026, 11, 1), THURSDAY)
    assert compared(Compare.BEFORE, *asked) == (date(2026, 10, 1), date(2026, 10, 19))
    assert compared(Compare.YEAR_AGO, *asked) == (date(2025, 11, 1), date(2025, 11, 19))
    assert compared(Compare.BEFORE, Period.THIS_MONTH, date(2026, 3, 1), date(2026, 3, 31))[1] == date(2026, 2, 28)
    leap = (Period.CHOSEN, date(2029, 2, 1), date(2029, 2, 28))
    assert compared(Compare.YEAR_AGO, *leap) == (date(2028, 2, 1), date(2028, 2, 29))
    assert compared(Compare.BEFORE, Period.EVER, None, None) == (None, None)


@given(PERIODS, DAYS)
def test_no_period_overlaps_the_one_before(period: Period, today: date) -> None:
    first, last = days_of(period, today)
    assert first is not None
    assert last is not None
    assert first <= last <= today
    begins, ends = before(period, first, last)
    assert begins <= ends < first
    if period is not Period.LAST_12_MONTHS:
        assert ends - begins <= last - first + timedelta(days=3)


@given(st.sampled_from(list(Unit)), DAYS)
def test_stretches_lie_side_by_side(unit: Unit, day: date) -> None:
    first, last = stretch(unit, day)
    assert first <= day <= last
    assert stretch(unit, last + timedelta(days=1))[0] == last + timedelta(days=1)
    assert stretch(unit, first) == stretch(unit, last) == (first, last)


@given(st.sampled_from(list(Slot)), DAYS, st.integers(0, 900))
def test_every_day_lies_in_a_slot_of_its_period(slot: Slot, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    codes = slots(slot, first, last, 1000)
    assert codes == sorted(set(codes))
    assert {code_of(slot, first + timedelta(days=n)) for n in range(length + 1)} == set(codes)
    for code in codes:
        assert code_of(slot, begins_on(slot, code)) == code


def spec(**asked: str) -> ChartSpec:
    """A question about matters received."""
    return ChartSpec(register="cases", measure=asked.pop("measure", "received"), **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({}, ChartKind.FIGURE),
        ({"split": "category"}, ChartKind.BAR),
        ({"split": "month"}, ChartKind.LINE),
        ({"split": "category", "by": "channel"}, ChartKind.STACKED),
        ({"split": "month", "by": "channel"}, ChartKind.LINE),
        ({"split": "weekday", "by": "hour"}, ChartKind.HEAT),
        ({"split": "hour", "by": "weekday"}, ChartKind.HEAT),
        ({"split": "unit", "by": "grade", "measure": "rated_rate"}, ChartKind.BAR),
    ],
)
def test_the_question_says_which_kind_answers_it(asked: dict[str, str], kind: ChartKind) -> None:
    assert recommended(REGISTER, spec(**asked)) == kind
    assert recommended(REGISTER, spec(**asked)) == kinds_for(REGISTER, spec(**asked))[0]


def test_what_is_long_becomes_a_table_and_shares_are_not_piled_up() -> None:
    assert recommended(REGISTER, spec(split="unit"), MANY + 1) == ChartKind.TABLE
    assert recommended(REGISTER, spec(split="day"), MANY + 1) == ChartKind.LINE
    assert ChartKind.STACKED not in kinds_for(REGISTER, spec(split="unit", by="grade", measure="rated_rate"))
    assert ChartKind.STACKED not in kinds_for(REGISTER, spec(split="unit"))


def test_the_smallest_are_folded_where_a_reader_loses_count() -> None:
    assert most_along(DimensionKind.CATEGORY, "bar", crossed=False) == MOST
    assert most_along(DimensionKind.UNIT, "table", crossed=False) == most_along(
        DimensionKind.TIME, "line", crossed=True
    )
    assert most_along(DimensionKind.UNIT, "table", crossed=True) == CROSSED
    assert (most_series(DimensionKind.UNIT), most_series(DimensionKind.HOUR)) == (SERIES, ROWS)
