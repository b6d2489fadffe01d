"""Which places a duty needs: every kind of day, days moved off holidays, special periods, edges of months and years."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.duty.needs import Cover, DayKind, Mark, Need, Period, covers_of, day_kind, days_between, places_of, span
from db.rules.duty.words import Days, OnHoliday
from db.rules.working_calendar import WorkingCalendar

DAY = timedelta(days=1)
POST, SHIFT = 1, 2
WEDNESDAY, FRIDAY = 2, 4
# Spring Festival 2026, as the yearly notice has it: 15 to 23 February, made up on the 14th and the 28th.
FESTIVAL = frozenset(days_between(date(2026, 2, 15), date(2026, 2, 23)))
CALENDAR = WorkingCalendar(
    holidays=FESTIVAL, workdays=frozenset({date(2026, 2, 14), date(2026, 2, 28)}), years=frozenset({2026})
)
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))
PLAIN = WorkingCalendar()
WEEKLY = Need(POST, SHIFT, "staff", days=Days.WEEKDAY, weekday=WEDNESDAY)
RECEPTION = Need(POST, SHIFT, "leader", days=Days.WEEKDAY, weekday=WEDNESDAY, on_holiday=OnHoliday.NEXT_WORKING)


def days_of(need: Need, first: date, last: date, calendar: WorkingCalendar = CALENDAR, *periods: Period) -> list[date]:
    """The days on which a need has places."""
    return [wanted.on_day for wanted in places_of([need], periods, calendar, first, last)]


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 13), DayKind.WORKING),
        (date(2026, 2, 14), DayKind.MAKE_UP),
        (date(2026, 2, 15), DayKind.HOLIDAY),
        (date(2026, 2, 18), DayKind.HOLIDAY),
        (date(2026, 2, 8), DayKind.REST),
    ],
)
def test_what_kind_of_day_it_is(day: date, kind: DayKind) -> None:
    assert day_kind(day, CALENDAR) is kind


def test_a_need_counts_places_from_nought_and_needs_on_top_go_on_counting() -> None:
    night = Need(POST, SHIFT, "patrol", count=2)
    more = Need(POST, SHIFT, "patrol", days=Days.HOLIDAY)
    first, second = date(2026, 2, 14), date(2026, 2, 15)
    found = places_of([night, more], (), CALENDAR, first, second)
    assert [(w.on_day, w.place) for w in found] == [(first, 0), (first, 1), (second, 0), (second, 1), (second, 2)]


def test_places_are_for_the_team_and_unit_of_their_need() -> None:
    asked = [Need(1, 1, "staff", team="一队", skill="driver", skill_least=1), Need(1, 1, "staff", 2, unit_id=3)]
    day = date(2026, 11, 2)
    found = places_of(asked, (), CALENDAR, day, day)
    assert [(each.place, each.team, each.unit_id) for each in found] == [(0, "一队", None), (1, "", 3), (2, "", 3)]
    assert [cover.team for cover in covers_of(asked, (), CALENDAR, day, day)] == ["一队"]


def test_working_rest_and_holidays_share_the_days_among_them() -> None:
    by_kind = {kind: days_of(Need(POST, SHIFT, "x", days=kind), *FEBRUARY) for kind in Days if kind != Days.WEEKDAY}
    assert by_kind[Days.HOLIDAY] == sorted(FESTIVAL)
    assert date(2026, 2, 14) in by_kind[Days.WORKING]
    assert by_kind[Days.REST] == [date(2026, 2, 1), date(2026, 2, 7), date(2026, 2, 8)]
    assert sorted(by_kind[Days.WORKING] + by_kind[Days.REST] + by_kind[Days.HOLIDAY]) == by_kind[Days.EVERY]
    assert by_kind[Days.SPECIAL] == []


def test_a_reception_day_on_a_holiday_waits_for_the_next_working_day() -> None:
    found = places_of([RECEPTION], (), CALENDAR, *FEBRUARY)
    assert [w.on_day.day for w in found] == [4, 11, 24, 25]
    moved = found[2]
    assert (moved.mark, moved.moved_from) == (Mark.MOVED, date(2026, 2, 18))
    assert {w.mark for w in found if w is not moved} == {Mark.NONE}


def test_a_reception_day_moved_out_of_the_period_stands_in_the_next_one() -> None:
    before, after = date(2026, 2, 23), date(2026, 2, 24)
    assert days_of(RECEPTION, date(2026, 2, 16), before) == []
    assert days_of(RECEPTION, after, after) == [after]


def test_two_reception_days_that_meet_are_one() -> None:
    eight = WorkingCalendar(holidays=frozenset(days_between(date(2025, 10, 1), date(2025, 10, 8))))
    found = places_of([RECEPTION], (), eight, date(2025, 10, 1), date(2025, 10, 14))
    assert [w.on_day for w in found] == [date(2025, 10, 9)]
    thursday = WorkingCalendar(holidays=frozenset(days_between(date(2026, 5, 6), date(2026, 5, 12))))
    regular = places_of([RECEPTION], (), thursday, date(2026, 5, 1), date(2026, 5, 14))
    assert [(w.on_day, w.mark) for w in regular] == [(date(2026, 5, 13), Mark.NONE)]


def test_two_needs_moved_to_one_day_keep_a_place_each() -> None:
    other = Need(POST, SHIFT, "leader", days=Days.WEEKDAY, weekday=3, on_holiday=OnHoliday.NEXT_WORKING)
    found = places_of([RECEPTION, other], (), CALENDAR, date(2026, 2, 24), date(2026, 2, 24))
    assert [(w.place, w.moved_from) for w in found] == [(0, date(2026, 2, 18)), (1, date(2026, 2, 19))]


def test_the_friday_patrol_is_kept_and_marked_on_a_holiday() -> None:
    patrol = Need(POST, SHIFT, "patrol", days=Days.WEEKDAY, weekday=FRIDAY)
    marks = {w.on_day.day: w.mark for w in places_of([patrol], (), CALENDAR, *FEBRUARY)}
    assert marks == {6: Mark.NONE, 13: Mark.NONE, 20: Mark.KEPT, 27: Mark.NONE}


def test_a_weekly_need_on_a_weekend_is_moved_only_off_a_holiday() -> None:
    saturday = Need(POST, SHIFT, "x", days=Days.WEEKDAY, weekday=5, on_holiday=OnHoliday.NEXT_WORKING)
    assert [day.day for day in days_of(saturday, *FEBRUARY)] == [7, 14, 24, 28]


SPRING = Period(7, "春节", date(2026, 2, 10), date(2026, 2, 12))
FLOOD = Period(8, "防汛", date(2026, 2, 20), date(2026, 2, 20))


@pytest.mark.parametrize(
    ("need", "days"),
    [
        (Need(POST, SHIFT, "x", days=Days.SPECIAL), [10, 11, 12, 20]),
        (Need(POST, SHIFT, "x", days=Days.SPECIAL, period_id=8), [20]),
        (Need(POST, SHIFT, "x", days=Days.WEEKDAY, weekday=WEDNESDAY, period_id=7), [11]),
        (Need(POST, SHIFT, "x", period_id=9), []),
    ],
)
def test_special_periods(need: Need, days: list[int]) -> None:
    assert [day.day for day in days_of(need, *FEBRUARY, CALENDAR, SPRING, FLOOD)] == days


def test_a_need_stands_only_while_it_is_in_force() -> None:
    need = Need(POST, SHIFT, "x", from_on=date(2026, 2, 27), until_on=date(2026, 3, 1))
    assert days_of(need, date(2026, 2, 1), date(2026, 3, 31)) == days_between(date(2026, 2, 27), date(2026, 3, 1))


def test_leap_day_has_its_places() -> None:
    need = Need(POST, SHIFT, "x", count=2)
    assert days_of(need, date(2028, 2, 28), date(2028, 3, 1), PLAIN).count(date(2028, 2, 29)) == 2
    assert len(days_of(need, date(2028, 1, 1), date(2028, 12, 31), PLAIN)) == 2 * 366


def test_a_year_without_official_days_goes_by_weekends_and_is_not_known() -> None:
    first, last = date(2027, 1, 1), date(2027, 12, 31)
    assert not CALENDAR.is_known(first, last)
    assert days_of(Need(POST, SHIFT, "x", days=Days.HOLIDAY), first, last) == []
    assert len(days_of(RECEPTION, first, last)) == 52


def test_a_skill_is_covered_on_the_days_of_its_need() -> None:
    need = Need(POST, SHIFT, "patrol", 2, Days.HOLIDAY, skill="first_aid", skill_least=1)
    found = covers_of([need, Need(POST, SHIFT, "patrol")], (), CALENDAR, date(2026, 2, 22), date(2026, 2, 24))
    covered = [date(2026, 2, 22), date(2026, 2, 23)]
    assert found == tuple(Cover(day, POST, SHIFT, "patrol", "first_aid", 1) for day in covered)


def test_a_shift_goes_by_the_clock_on_the_wall() -> None:
    begins, ends = span(date(2026, 12, 31), 1200, 720, "Asia/Shanghai")
    zone = ZoneInfo("Asia/Shanghai")
    assert begins == datetime(2026, 12, 31, 20, tzinfo=zone)
    assert ends == datetime(2027, 1, 1, 8, tzinfo=zone)
    # where summer time began in between, a night that ends at 08:00 still ends at 08:00
    assert span(date(2026, 3, 28), 1200, 720, "Europe/Berlin")[1].hour == 8


calendars = st.builds(
    lambda holidays, made_up: WorkingCalendar(
        holidays=frozenset(date(2027, 12, 1) + n * DAY for n in holidays),
        workdays=frozenset(d for n in made_up if (d := date(2027, 12, 1) + n * DAY).weekday() >= 5) - frozenset(
            date(2027, 12, 1) + n * DAY for n in holidays),
    ),
    st.sets(st.integers(0, 120), max_size=30),
    st.sets(st.integers(0, 120), max_size=8),
)  # fmt: skip
needs = st.builds(
    Need,
    st.just(POST),
    st.just(SHIFT),
    st.sampled_from(["leader", "staff"]),
    count=st.integers(1, 3),
    days=st.sampled_from(Days),
    weekday=st.integers(0, 6),
    on_holiday=st.sampled_from(OnHoliday),
    period_id=st.sampled_from([None, 7]),
)
PERIODS = (Period(7, "冬", date(2027, 12, 28), date(2028, 1, 9)),)
FIRST = date(2027, 12, 1)


@given(st.lists(needs, max_size=4), calendars, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_a_period_cut_anywhere_has_the_places_of_the_whole(
    asked: list[Need], calendar: WorkingCalendar, start: int, cut: int, rest: int
) -> None:
    first, middle = FIRST + start * DAY, FIRST + (start + cut) * DAY
    last = middle + (rest + 1) * DAY
    whole = places_of(asked, PERIODS, calendar, first, last)
    parts = [
        *places_of(asked, PERIODS, calendar, first, middle),
        *places_of(asked, PERIODS, calendar, middle + DAY, last),
    ]
    assert list(whole) == parts


@given(st.lists(needs, max_size=4), calendars)
def test_no_place_is_asked_for_twice_and_all_lie_in_the_period(asked: list[Need], calendar: WorkingCalendar) -> None:
    found = places_of(asked, PERIODS, calendar, FIRST, FIRST + 90 * DAY)
    keys = [(w.on_day, w.post_id, w.shift_id, w.role, w.place) for w in found]
    assert len(set(keys)) == len(keys)
    assert all(FIRST <= w.on_day <= FIRST + 90 * DAY for w in found)
    moved = [w for w in found if w.moved_from]
    assert all(calendar.is_working(w.on_day) and w.moved_from in calendar.holidays for w in moved)
