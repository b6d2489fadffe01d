"""The working calendar: weekends, holidays and make-up days; counting never loses or invents a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.working_calendar import WorkingCalendar

NATIONAL_DAY = WorkingCalendar(
    holidays=frozenset(date(2026, 10, d) for d in range(1, 8)),
    workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    years=frozenset({2026}),
)
DAYS = st.dates(date(2026, 8, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 3), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
        (date(2026, 9, 20), True),
    ],
)
def test_a_day_works_or_not(day: date, works: bool) -> None:
    assert NATIONAL_DAY.is_working(day) is works


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 9, 30), 0, date(2026, 9, 30)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 5, date(2026, 10, 13)),
        (date(2026, 11, 19), 5, date(2026, 11, 26)),
    ],
)
def test_working_days_skip_holidays_and_take_make_up_days(start: date, count: int, due: date) -> None:
    assert NATIONAL_DAY.add_working(start, count) == due


def test_a_day_off_moves_to_the_next_working_day() -> None:
    assert NATIONAL_DAY.next_working(date(2026, 10, 1)) == date(2026, 10, 8)
    assert NATIONAL_DAY.next_working(date(2026, 10, 8)) == date(2026, 10, 8)


def test_a_year_without_data_is_not_known() -> None:
    assert NATIONAL_DAY.is_known(date(2026, 1, 1), date(2026, 12, 31))
    assert not NATIONAL_DAY.is_known(date(2026, 12, 30), date(2027, 1, 4))


@given(start=DAYS, count=st.integers(1, 60))
def test_adding_lands_on_a_working_day_as_many_working_days_away(start: date, count: int) -> None:
    due = NATIONAL_DAY.add_working(start, count)
    assert NATIONAL_DAY.is_working(due)
    assert NATIONAL_DAY.working_between(start, due) == count


@given(first=DAYS, last=DAYS)
def test_counting_is_the_same_both_ways(first: date, last: date) -> None:
    there, back = NATIONAL_DAY.working_between(first, last), NATIONAL_DAY.working_between(last, first)
    assert there == -back
    assert abs(there) <= abs((last - first).days)


@given(day=DAYS)
def test_the_next_working_day_is_within_a_long_holiday(day: date) -> None:
    assert timedelta(0) <= NATIONAL_DAY.next_working(day) - day <= timedelta(days=9)
