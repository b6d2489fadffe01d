"""Rules of meetings: due days of every rhythm, the days a meeting covers, kinds, and who came."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.meetings.attending import Came, check_came, moved
from db.rules.meetings.kinds import CHOSEN, Described, check_kind, only_what_counts
from db.rules.meetings.rhythm import LAST_DAY, Due, Rule, covered, due_days
from db.rules.meetings.words import Rhythm, Standing, TopicCode
from db.rules.problems import Check, Problems
from db.rules.working_calendar import WorkingCalendar

PLAIN = WorkingCalendar()
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
ONE = timedelta(days=1)

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
calendars = st.builds(
    WorkingCalendar, holidays=st.frozensets(days, max_size=40), workdays=st.frozensets(days, max_size=10)
)
rules = st.one_of(
    st.builds(Rule, rhythm=st.just(Rhythm.WEEKLY), weekday=st.integers(0, 6), begins_on=days),
    *(
        st.builds(Rule, rhythm=st.just(rhythm), day=st.integers(1, most), begins_on=days)
        for rhythm, most in LAST_DAY.items()
    ),
)


def a_rule(rhythm: Rhythm, **changes: Any) -> Rule:
    told: dict[str, Any] = {"rhythm": rhythm, "begins_on": FIRST}
    return Rule(**(told | changes))


def due(rule: Rule, first: date, last: date, calendar: WorkingCalendar = PLAIN) -> list[str]:
    return [f"{one.day:%m-%d}" for one in due_days(rule, first, last, calendar)]


def fields(check: Check) -> set[str]:
    try:
        check.done()
    except Problems as problems:
        return {problem.field for problem in problems.problems}
    return set()


# --- rhythm ---


def test_a_weekly_meeting_is_due_on_its_weekday() -> None:
    rule = a_rule(Rhythm.WEEKLY, weekday=0)
    assert due(rule, date(2026, 11, 1), date(2026, 11, 30)) == ["11-02", "11-09", "11-16", "11-23", "11-30"]


def test_a_half_month_ends_on_the_fifteenth_and_on_the_last_day() -> None:
    rule = a_rule(Rhythm.HALF_MONTHLY, day=16)
    # 15 and 28 February 2026 are days off.
    assert due(rule, date(2026, 2, 3), date(2026, 4, 30)) == ["02-16", "03-02", "03-16", "03-31", "04-15", "04-30"]


def test_a_month_without_a_thirty_first_is_due_on_its_last_day() -> None:
    assert due(a_rule(Rhythm.MONTHLY, day=31), date(2026, 4, 1), date(2026, 7, 31)) == [
        "04-30",
        "06-01",
        "06-30",
        "07-31",
    ]


def test_a_quarter_is_due_in_its_last_month() -> None:
    rule = a_rule(Rhythm.QUARTERLY, day=25)
    assert due(rule, FIRST, LAST) == ["03-25", "06-25", "09-25", "12-25"]


def test_what_is_called_as_needed_is_never_due() -> None:
    assert due(a_rule(Rhythm.AS_NEEDED), FIRST, LAST) == []


def test_a_day_off_moves_to_the_next_working_day_and_two_on_one_day_are_one() -> None:
    # A festival from Mon 16 to Tue 24 February: the Mondays of both weeks come to Wed 25.
    festival = WorkingCalendar(holidays=frozenset(date(2026, 2, day) for day in range(16, 25)))
    rule = a_rule(Rhythm.WEEKLY, weekday=0)
    found = due_days(rule, date(2026, 2, 9), date(2026, 3, 2), festival)
    assert found == [
        Due(date(2026, 2, 9), date(2026, 2, 9), date(2026, 2, 15)),
        Due(date(2026, 2, 25), date(2026, 2, 16), date(2026, 3, 1)),
        Due(date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 8)),
    ]


def test_nothing_is_due_before_the_office_began() -> None:
    rule = a_rule(Rhythm.WEEKLY, weekday=0, begins_on=date(2026, 11, 19))
    assert due(rule, date(2026, 11, 1), date(2026, 11, 30)) == ["11-23", "11-30"]


@given(rules, calendars, days, st.integers(0, 300))
def test_due_days_are_working_days_that_share_out_the_time(
    rule: Rule, calendar: WorkingCalendar, first: date, length: int
) -> None:
    last = first + timedelta(days=length)
    found = due_days(rule, first, last, calendar)
    assert all(first <= one.day <= last and calendar.is_working(one.day) for one in found)
    assert all(rule.begins_on <= one.first <= one.day <= one.last for one in found)
    assert all(one.answers(one.day) for one in found)
    assert all(before.last + ONE == after.first for before, after in pairwise(found))
    assert [one.day for one in found] == sorted({one.day for one in found})


@given(rules, calendars, days, st.integers(0, 200), st.integers(0, 200))
def test_a_wider_look_finds_the_same_days(
    rule: Rule, calendar: WorkingCalendar, first: date, length: int, more: int
) -> None:
    last = first + timedelta(days=length)
    wide = due_days(rule, first - timedelta(days=more), last + timedelta(days=more), calendar)
    assert due_days(rule, first, last, calendar) == [one for one in wide if first <= one.day <= last]


@given(rules, st.lists(st.integers(1, 60), min_size=1, max_size=8), days)
def test_meetings_one_after_another_cover_every_day_once(rule: Rule, gaps: list[int], begins: date) -> None:
    since, until = covered(rule, begins, None)
    assert since <= until <= begins
    at = begins
    for gap in gaps:
        at += timedelta(days=gap)
        following, ends = covered(rule, at, until)
        assert following == until + ONE
        assert following <= ends <= at
        until = ends


def test_the_first_meeting_looks_back_one_period() -> None:
    assert covered(a_rule(Rhythm.WEEKLY, weekday=0), date(2026, 11, 23), None) == (
        date(2026, 11, 16),
        date(2026, 11, 22),
    )
    assert covered(a_rule(Rhythm.AS_NEEDED), date(2026, 11, 23), None) == (date(2026, 11, 23), date(2026, 11, 23))


# --- kinds ---

GOOD: dict[str, Any] = {"name": "每周例会", "rhythm": "weekly", "weekday": 0, "begins_on": FIRST, "topics": ("new",)}


def wrong(**changes: Any) -> set[str]:
    check = Check()
    check_kind(check, Described(**(GOOD | changes)))
    return fields(check)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "会" * 61}, "name"),
        ({"source": "a\nb"}, "source"),
        ({"rhythm": "daily"}, "rhythm"),
        ({"weekday": None}, "weekday"),
        ({"weekday": 7}, "weekday"),
        ({"rhythm": "monthly"}, "day"),
        ({"rhythm": "half_monthly", "day": 17}, "day"),
        ({"begins_on": None}, "begins_on"),
        ({"attended_by": "residents"}, "attended_by"),
        ({"about": "leaders", "attended_by": "units"}, "about"),
        ({"about": "regular"}, "about"),
        ({"topics": ("own",)}, "topics"),
    ],
)
def test_a_wrong_kind_is_told_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert wrong() == set()
    assert wrong(**changes) == {field}


def test_a_kind_keeps_only_the_day_its_rhythm_uses() -> None:
    assert wrong(attended_by="units", about="regular") == set()
    assert only_what_counts(Described(**(GOOD | {"day": 5}))) == (0, None)
    assert only_what_counts(Described(**(GOOD | {"rhythm": "monthly", "day": 5}))) == (None, 5)
    assert only_what_counts(Described(**(GOOD | {"rhythm": "as_needed", "day": 5}))) == (None, None)
    assert set(TopicCode) - set(CHOSEN) == {TopicCode.OWN}


# --- who came ---


def wrong_row(attended_by: str, **changes: Any) -> set[str]:
    check = Check()
    check_came(check, Came(**changes), attended_by)
    return fields(check)


@pytest.mark.parametrize(
    ("attended_by", "changes", "field"),
    [
        ("units", {"standing": "late"}, "standing"),
        ("units", {"standing": "absent"}, "persons"),
        ("units", {"standing": "absent", "persons": 100}, "persons"),
        ("people", {"standing": "absent", "persons": 1}, "persons"),
        ("units", {"standing": "present", "persons": 1}, "persons"),
        ("units", {"standing": "excused"}, "approved_by_id"),
        ("people", {"standing": "present", "approved_by_id": 3}, "approved_by_id"),
        ("people", {"standing": "present", "note": "a\nb"}, "note"),
    ],
)
def test_a_wrong_row_of_attendance_is_told_at_its_column(attended_by: str, changes: dict[str, Any], field: str) -> None:
    assert wrong_row(attended_by, **changes) == {field}


@given(
    st.sampled_from(["units", "people"]),
    st.sampled_from(["", *Standing]),
    st.sampled_from([*Standing]),
    st.integers(0, 99),
)
def test_another_standing_takes_along_what_belongs_to_it(
    attended_by: str, before: str, after: str, persons: int
) -> None:
    row = moved(Came(before, persons, 3), after, attended_by)
    assert row.standing == after
    assert wrong_row(attended_by, **row.__dict__) == set()
