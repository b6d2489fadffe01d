"""Due days: tables from the law and the calendar of 2026, and what must hold for every day."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.cases import Grade, Kind, Procedure
from db.rules.clocks import (
    Clock,
    ClockCode,
    ClockFacts,
    ClockState,
    ReviewFacts,
    clocks_for,
    due_of,
    due_on,
    shown,
)
from db.rules.limits import Limit, Limits, LimitUnit
from db.rules.working_calendar import WorkingCalendar

PRESET = Path(__file__).parents[3] / "db" / "presets" / "limits.toml"
_set = tomllib.loads(PRESET.read_text(encoding="utf-8"))["set"][0]
LIMITS = Limits(
    1,
    _set["name"],
    _set["effective_from"],
    {r["code"]: Limit(r["code"], r["amount"], LimitUnit(r["unit"]), r["basis"]) for r in _set["rules"]},
)
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
CALENDAR = WorkingCalendar(
    holidays=frozenset(d for d in DAYS if d.weekday() < 5 and not chinese_calendar.is_workday(d)),
    workdays=frozenset(d for d in DAYS if d.weekday() >= 5 and chinese_calendar.is_workday(d)),
    years=frozenset({2026}),
)
days_of_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def facts(received: date, **changes: object) -> ClockFacts:
    """A general request received on a day."""
    values: dict[str, object] = {"received_on": received, "kind": Kind.REQUEST, "grade": Grade.GENERAL}
    return ClockFacts(**(values | changes))  # type: ignore[arg-type]


def clock(code: ClockCode, of: ClockFacts, limits: Limits = LIMITS) -> Clock:
    """The one clock of that code."""
    (found,) = [c for c in clocks_for(of, limits, CALENDAR) if c.code is code]
    return found


def codes(of: ClockFacts) -> set[str]:
    return {c.code.value for c in clocks_for(of, LIMITS, CALENDAR)}


@pytest.mark.parametrize(
    ("limit", "start", "due"),
    [
        # Calendar days; the day of the event is not counted (Civil Code Art. 201).
        ("promise_general", date(2026, 11, 19), date(2026, 11, 26)),
        # A last day off moves to the next working day (Art. 203): over the Spring Festival of 15 to 23 February.
        ("notice", date(2026, 2, 1), date(2026, 2, 24)),
        # A Saturday on which the office works stays.
        ("notice", date(2026, 1, 30), date(2026, 2, 14)),
        # Over the National Day week.
        ("handling", date(2026, 8, 3), date(2026, 10, 8)),
        # Working days over Mid-Autumn and National Day, and over a make-up Saturday.
        ("objection", date(2026, 9, 24), date(2026, 10, 9)),
        ("objection", date(2026, 2, 12), date(2026, 2, 26)),
        # The same day, also on a Saturday: never moved.
        ("promise_simple", date(2026, 11, 21), date(2026, 11, 21)),
        ("promise_major", date(2026, 3, 5), date(2026, 4, 7)),
    ],
)
def test_due_days(limit: str, start: date, due: date) -> None:
    assert due_on(start, LIMITS[limit], CALENDAR, roll=True)[1] == due


def test_without_the_setting_nothing_is_moved() -> None:
    assert due_on(date(2026, 2, 1), LIMITS["notice"], CALENDAR, roll=False) == (date(2026, 2, 16),) * 2


def test_the_target_is_the_day_before_it_was_moved() -> None:
    notice = clock(ClockCode.NOTICE, facts(date(2026, 2, 1)))
    assert (notice.target_on, notice.due_on) == (date(2026, 2, 16), date(2026, 2, 24))


def test_an_extension_lengthens_the_handling() -> None:
    of = facts(date(2026, 8, 1), accepted_on=date(2026, 8, 3), extended_days=20)
    assert clock(ClockCode.HANDLING, of).due_on == date(2026, 10, 22)


def test_only_a_hearing_pauses_a_clock() -> None:
    asked = ReviewFacts("rereview", date(2026, 6, 1))
    running = clock(ClockCode.REREVIEW, facts(date(2026, 1, 5), reviews=(asked,)))
    assert running.due_on == date(2026, 7, 1)
    during = ReviewFacts("rereview", date(2026, 6, 1), hearing_from=date(2026, 6, 8))
    paused = clock(ClockCode.REREVIEW, facts(date(2026, 1, 5), reviews=(during,)))
    assert paused.state(date(2026, 12, 1)) is ClockState.PAUSED
    after = ReviewFacts("rereview", date(2026, 6, 1), date(2026, 6, 8), date(2026, 6, 10))
    resumed = clock(ClockCode.REREVIEW, facts(date(2026, 1, 5), reviews=(after,)))
    assert resumed.due_on == date(2026, 7, 6)
    assert not resumed.paused


def test_an_imported_due_day_is_kept_until_the_matter_is_reopened() -> None:
    of = facts(date(2026, 11, 2), imported_due_on=date(2026, 11, 8))
    promise = clock(ClockCode.PROMISE, of)
    assert (promise.due_on, promise.imported) == (date(2026, 11, 8), True)
    again = facts(date(2026, 11, 2), imported_due_on=date(2026, 11, 8), reopened_on=date(2026, 11, 19))
    assert clock(ClockCode.PROMISE, again).due_on == date(2026, 11, 26)


def test_a_due_day_in_a_year_without_data_is_provisional() -> None:
    assert not clock(ClockCode.NOTICE, facts(date(2026, 12, 10))).provisional
    assert clock(ClockCode.NOTICE, facts(date(2026, 12, 20))).provisional
    assert due_of(clocks_for(facts(date(2026, 12, 20)), LIMITS, CALENDAR)).provisional


@pytest.mark.parametrize(
    ("changes", "there", "not_there"),
    [
        ({}, {"promise", "notice"}, {"handling", "objection", "visit"}),
        ({"anonymous": True}, {"promise"}, {"notice"}),
        ({"kind": Kind.ACCUSATION}, {"promise"}, {"notice"}),
        ({"transferred_on": date(2026, 3, 3)}, {"objection"}, {"handling"}),
        ({"accepted_on": date(2026, 3, 4)}, {"handling"}, set()),
        ({"accepted_on": date(2026, 3, 4), "kind": Kind.SUGGESTION}, set(), {"handling"}),
        ({"accepted_on": date(2026, 3, 4), "procedure": Procedure.OTHER}, set(), {"handling"}),
        ({"replied_on": date(2026, 3, 9)}, {"visit", "review_ask"}, set()),
        ({"replied_on": date(2026, 3, 9), "kind": Kind.SUGGESTION}, {"visit"}, {"review_ask"}),
    ],
)
def test_which_clocks_run(changes: dict[str, object], there: set[str], not_there: set[str]) -> None:
    found = codes(facts(date(2026, 3, 2), **changes))
    assert there <= found
    assert not not_there & found


@pytest.mark.parametrize(
    ("stopped", "today", "state"),
    [
        (None, date(2026, 11, 26), ClockState.RUNNING),
        (None, date(2026, 11, 27), ClockState.OVERDUE),
        (date(2026, 11, 26), date(2026, 12, 1), ClockState.MET),
        (date(2026, 11, 27), date(2026, 12, 1), ClockState.MET_LATE),
    ],
)
def test_where_a_clock_stands(stopped: date | None, today: date, state: ClockState) -> None:
    of = facts(date(2026, 11, 19), anonymous=True, confirmed_on=stopped)
    assert clock(ClockCode.PROMISE, of).state(today) is state


def test_the_two_clocks_shown_end_next_or_are_the_chief_ones() -> None:
    office, law = shown(clocks_for(facts(date(2026, 11, 19)), LIMITS, CALENDAR))
    assert office is not None
    assert law is not None
    assert (office.code, law.code) == (ClockCode.PROMISE, ClockCode.NOTICE)
    day = date(2026, 11, 20)
    over = facts(date(2026, 11, 19), accepted_on=day, transferred_on=day, replied_on=day, visited_on=day, ended_on=day)
    office, law = shown(clocks_for(over, LIMITS, CALENDAR))
    assert office is not None
    assert law is not None
    assert (office.code, law.code) == (ClockCode.PROMISE, ClockCode.HANDLING)


def test_the_residents_own_windows_are_not_owed() -> None:
    of = facts(date(2026, 3, 2), replied_on=date(2026, 3, 9), visited_on=date(2026, 3, 10))
    assert due_of(clocks_for(of, LIMITS, CALENDAR)).next_on is None


@given(
    start=days_of_2026, code=st.sampled_from(["promise_simple", "promise_general", "notice", "objection", "handling"])
)
def test_nothing_is_due_before_it_starts(start: date, code: str) -> None:
    target, due = due_on(start, LIMITS[code], CALENDAR, roll=True)
    assert start <= target <= due
    assert CALENDAR.is_working(due) or not LIMITS[code].amount


@given(start=days_of_2026, days=st.integers(1, 30))
def test_an_extension_only_lengthens(start: date, days: int) -> None:
    plain = clock(ClockCode.HANDLING, facts(start, accepted_on=start))
    longer = clock(ClockCode.HANDLING, facts(start, accepted_on=start, extended_days=days))
    assert longer.due_on >= plain.due_on
    assert longer.target_on == plain.target_on + timedelta(days=days)


@given(start=days_of_2026, later=st.integers(0, 200))
def test_due_days_keep_the_order_of_their_starts(start: date, later: int) -> None:
    for code in ("notice", "objection", "handling"):
        first = due_on(start, LIMITS[code], CALENDAR, roll=True)[1]
        assert due_on(start + timedelta(days=later), LIMITS[code], CALENDAR, roll=True)[1] >= first


@given(first=days_of_2026, count=st.integers(0, 40))
def test_working_days_are_counted_and_added_alike(first: date, count: int) -> None:
    assert CALENDAR.working_between(first, CALENDAR.add_working(first, count)) == count
