"""Marks and notes: when they can be made, what is missing, and which shift is the next one."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.duty.attending import (
    NEAR,
    Gap,
    Marks,
    Times,
    check_end,
    check_note_time,
    check_start,
    gaps_of,
    late,
    may_end,
    may_read,
    may_start,
    next_of,
)
from db.rules.problems import Problems

BEGINS = datetime(2026, 11, 19, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR = timedelta(hours=1)
DAY = Times(BEGINS, BEGINS + 12 * HOUR)
NIGHT = Times(BEGINS + 12 * HOUR, BEGINS + 24 * HOUR)
WHOLE = Times(BEGINS, BEGINS + 24 * HOUR)
TOMORROW = Times(BEGINS + 24 * HOUR, BEGINS + 36 * HOUR)
NOTHING = Marks()
STARTED = Marks(BEGINS, None, True)
DONE = Marks(BEGINS, DAY.ends_at, True)
MINUTES = st.integers(-3000, 3000)


@pytest.mark.parametrize(
    ("minutes", "open_now"), [(-721, False), (-720, True), (0, True), (721, True), (1440, True), (1441, False)]
)
def test_a_shift_is_marked_near_it_and_nowhere_else(minutes: int, open_now: bool) -> None:
    now = BEGINS + timedelta(minutes=minutes)
    assert may_start(DAY, NOTHING, now) is open_now
    if open_now:
        check_start(DAY, NOTHING, now)
    else:
        with pytest.raises(Problems, match="12 hours before"):
            check_start(DAY, NOTHING, now)


def test_each_mark_is_made_once() -> None:
    with pytest.raises(Problems, match="start is already marked"):
        check_start(DAY, STARTED, BEGINS)
    with pytest.raises(Problems, match="end is already marked"):
        check_end(DAY, DONE, DAY.ends_at)


def test_a_start_is_not_put_behind_an_end() -> None:
    with pytest.raises(Problems, match="stays missing"):
        check_start(DAY, Marks(ended_at=DAY.ends_at), DAY.ends_at)


def test_a_shift_that_has_not_begun_does_not_end_unless_somebody_started_it() -> None:
    early = BEGINS - HOUR
    with pytest.raises(Problems, match="has not begun"):
        check_end(DAY, NOTHING, early)
    check_end(DAY, Marks(early), early)
    check_end(DAY, NOTHING, BEGINS)


@given(MINUTES)
def test_what_a_screen_offers_is_what_is_allowed(minutes: int) -> None:
    now = BEGINS + timedelta(minutes=minutes)
    for marks in (NOTHING, STARTED, DONE, Marks(ended_at=DAY.ends_at)):
        for may, check in ((may_start, check_start), (may_end, check_end)):
            if may(DAY, marks, now):
                check(DAY, marks, now)
            else:
                with pytest.raises(Problems):
                    check(DAY, marks, now)


@given(MINUTES)
def test_a_mark_is_early_or_late_by_what_the_clock_says(minutes: int) -> None:
    assert late(BEGINS + timedelta(minutes=minutes), BEGINS) == minutes
    assert late(None, BEGINS) is None


@pytest.mark.parametrize(
    ("marks", "before", "during", "after"),
    [
        (NOTHING, [], [Gap.NO_START], [Gap.NO_START, Gap.NO_END]),
        (STARTED, [], [], [Gap.NO_END]),
        (DONE, [], [], []),
        (Marks(BEGINS, None, False), [], [Gap.NO_UNIFORM], [Gap.NO_UNIFORM, Gap.NO_END]),
        (Marks(BEGINS, DAY.ends_at, None), [], [], []),
        (Marks(None, DAY.ends_at, None), [], [Gap.NO_START], [Gap.NO_START]),
    ],
)
def test_what_is_missing_is_listed_when_it_was_due(
    marks: Marks, before: list[Gap], during: list[Gap], after: list[Gap]
) -> None:
    moments = (BEGINS - timedelta(seconds=1), BEGINS, DAY.ends_at)
    assert [list(gaps_of(DAY, marks, now, served=True)) for now in moments] == [before, during, after]


def test_a_place_nobody_stood_on_is_open_and_nothing_else() -> None:
    assert gaps_of(DAY, NOTHING, BEGINS - HOUR, served=False) == ()
    assert gaps_of(DAY, NOTHING, DAY.ends_at, served=False) == (Gap.OPEN,)


@pytest.mark.parametrize(
    ("times", "begins"),
    [(DAY, NIGHT.begins_at), (NIGHT, TOMORROW.begins_at), (WHOLE, TOMORROW.begins_at), (TOMORROW, None)],
)
def test_the_next_shift_begins_and_ends_later(times: Times, begins: datetime | None) -> None:
    assert next_of(times, [TOMORROW, WHOLE, NIGHT, DAY]) == begins


def test_shifts_that_overlap_follow_each_other() -> None:
    relief = Times(DAY.ends_at - HOUR / 2, NIGHT.ends_at)
    assert next_of(DAY, [relief, TOMORROW]) == relief.begins_at


def test_the_next_shift_reads_at_once_and_a_later_one_when_it_has_begun() -> None:
    assert may_read(DAY, NIGHT, NIGHT.begins_at, DAY.ends_at - HOUR)
    assert not may_read(DAY, TOMORROW, NIGHT.begins_at, DAY.ends_at)
    assert may_read(DAY, TOMORROW, NIGHT.begins_at, TOMORROW.begins_at)
    assert not may_read(NIGHT, DAY, TOMORROW.begins_at, NIGHT.ends_at)
    assert not may_read(DAY, DAY, NIGHT.begins_at, DAY.ends_at)


def test_a_note_is_written_while_the_shift_lasts_or_soon_after() -> None:
    check_note_time(DAY, BEGINS)
    check_note_time(DAY, DAY.ends_at + NEAR)
    with pytest.raises(Problems, match="has not begun"):
        check_note_time(DAY, BEGINS - HOUR)
    with pytest.raises(Problems, match="12 hours"):
        check_note_time(DAY, DAY.ends_at + NEAR + HOUR)
