"""Marks of attendance and hand-over notes: when they can be made, and what is missing of a shift."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from db.rules.duty.describing import DAY
from db.rules.problems import N_, Problem, Problems

LEADER = "leader"
IN_CHARGE = (LEADER, "deputy")
# Further from a shift than this, whoever marks it has taken the wrong line.
NEAR = timedelta(hours=12)
# No shift lasts longer: whatever began before that is over.
LONGEST = timedelta(minutes=DAY)
_MINUTE = timedelta(minutes=1)


class Gap(StrEnum):
    """What is missing, or not as it should be, of a shift that has begun."""

    OPEN = "open"
    NO_START = "no_start"
    NO_END = "no_end"
    NO_UNIFORM = "no_uniform"
    NO_NOTE = "no_note"
    UNREAD = "unread"


@dataclass(frozen=True)
class Times:
    """From when to when a shift lasts."""

    begins_at: datetime
    ends_at: datetime

    def near(self, now: datetime) -> bool:
        """Whether the shift is now, or near enough to be marked."""
        return self.begins_at - NEAR <= now <= self.ends_at + NEAR

    def follows(self, other: "Times") -> bool:
        """Whether this shift comes after another: it begins later and ends later."""
        return self.begins_at > other.begins_at and self.ends_at > other.ends_at


@dataclass(frozen=True)
class Marks:
    """What was marked of one member's shift; `uniform` None when none is worn."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    uniform: bool | None = None


def may_start(times: Times, marks: Marks, now: datetime) -> bool:
    """Whether the start can be marked: once, and not behind the end."""
    return times.near(now) and marks.started_at is None and marks.ended_at is None


def may_end(times: Times, marks: Marks, now: datetime) -> bool:
    """Whether the end can be marked: once, when the shift has begun or its start was marked."""
    begun = marks.started_at is not None or now >= times.begins_at
    return times.near(now) and marks.ended_at is None and begun


def check_start(times: Times, marks: Marks, now: datetime) -> None:
    """Raise Problems unless the start can be marked."""
    _check_near(times, now)
    if marks.started_at is not None:
        raise Problems(Problem("", N_("The start is already marked.")))
    if not may_start(times, marks, now):
        raise Problems(Problem("", N_("The end is already marked; the start stays missing.")))


def check_end(times: Times, marks: Marks, now: datetime) -> None:
    """Raise Problems unless the end can be marked."""
    _check_near(times, now)
    if marks.ended_at is not None:
        raise Problems(Problem("", N_("The end is already marked.")))
    if not may_end(times, marks, now):
        raise Problems(Problem("", N_("The shift has not begun.")))


def check_note_time(times: Times, now: datetime) -> None:
    """Raise Problems unless the shift has begun and was not over long ago."""
    if now < times.begins_at:
        raise Problems(Problem("", N_("The shift has not begun.")))
    _check_near(times, now)


def late(marked: datetime | None, due: datetime) -> int | None:
    """Minutes a mark came after the time it was due, negative before it; nothing without a mark."""
    return None if marked is None else round((marked - due) / _MINUTE)


def gaps_of(times: Times, marks: Marks, now: datetime, *, served: bool) -> tuple[Gap, ...]:
    """What is missing of a place by now; `served` false when nobody stands on it."""
    if now < times.begins_at:
        return ()
    if not served:
        return (Gap.OPEN,)
    found = []
    if marks.started_at is None:
        found.append(Gap.NO_START)
    if marks.uniform is False:
        found.append(Gap.NO_UNIFORM)
    if marks.ended_at is None and now >= times.ends_at:
        found.append(Gap.NO_END)
    return tuple(found)


def next_of(times: Times, others: Iterable[Times]) -> datetime | None:
    """When the next shift at the same post begins, among the others there."""
    return min((other.begins_at for other in others if other.follows(times)), default=None)


def may_read(times: Times, reader: Times, next_begins: datetime | None, now: datetime) -> bool:
    """Whether a later shift reads the note of an earlier one: the next may at once, a later one when it has begun."""
    return reader.follows(times) and (reader.begins_at == next_begins or now >= reader.begins_at)


def _check_near(times: Times, now: datetime) -> None:
    if not times.near(now):
        hours = int(NEAR / timedelta(hours=1))
        sentence = N_("A shift is marked from {hours} hours before its start to {hours} hours after its end.")
        raise Problems(Problem("", sentence, {"hours": hours}))
