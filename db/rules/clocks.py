"""The clocks of a case: the office's promise and the statute, each with its start, its rule and its due day.

The day of the event is not counted and a period that ends on a day of rest ends on the next working day
(Civil Code Art. 201, 203; a setting). Nothing here is ever reset: a clock only starts, stops, or is lengthened by a
recorded extension (Art. 34) or hearing (Art. 36); reopening by a recorded decision starts the promise and the handling
clock again from the day of the decision.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from db.rules.cases import Grade, Kind, Procedure
from db.rules.limits import Limit, Limits, LimitUnit
from db.rules.working_calendar import WorkingCalendar


class ClockCode(StrEnum):
    """What is being timed."""

    PROMISE = "promise"
    NOTICE = "notice"
    OBJECTION = "objection"
    HANDLING = "handling"
    VISIT = "visit"
    REVIEW_ASK = "review_ask"
    REVIEW = "review"
    REREVIEW_ASK = "rereview_ask"
    REREVIEW = "rereview"


OFFICE_CLOCKS = frozenset({ClockCode.PROMISE, ClockCode.VISIT})
RESIDENT_WINDOWS = frozenset({ClockCode.REVIEW_ASK, ClockCode.REREVIEW_ASK})


class ClockState(StrEnum):
    """Where a clock stands on a day."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"


@dataclass(frozen=True)
class ReviewFacts:
    """A review or re-review as asked for."""

    kind: str
    asked_on: date
    hearing_from: date | None = None
    hearing_to: date | None = None
    decided_on: date | None = None


@dataclass(frozen=True)
class ClockFacts:
    """What the clocks of one case depend on; all days are in the office's time zone.

    `arrived_on` is set for a matter brought in from another system: the office's time runs from the day it came here
    (Art. 23, receipt of the transfer), however long ago the resident first raised it.
    """

    received_on: date
    kind: Kind
    grade: Grade
    procedure: Procedure = Procedure.ORDINARY
    anonymous: bool = False
    arrived_on: date | None = None
    imported_due_on: date | None = None
    notice_on: date | None = None
    transferred_on: date | None = None
    responded_on: date | None = None
    accepted_on: date | None = None
    extended_days: int = 0
    confirmed_on: date | None = None
    replied_on: date | None = None
    visited_on: date | None = None
    reopened_on: date | None = None
    ended_on: date | None = None
    reviews: tuple[ReviewFacts, ...] = ()


@dataclass(frozen=True)
class Clock:
    """One clock. `target_on` is the due day before it was moved off days of rest: keeping it is always safe."""

    code: ClockCode
    limit: Limit
    starts_on: date
    due_on: date
    target_on: date
    stopped_on: date | None = None
    extended_days: int = 0
    paused: bool = False
    imported: bool = False
    provisional: bool = False

    @property
    def is_statute(self) -> bool:
        """Whether the limit is the law's and not the office's own promise."""
        return self.code not in OFFICE_CLOCKS

    @property
    def is_window(self) -> bool:
        """Whether it is the resident's time to ask, not the office's time to act."""
        return self.code in RESIDENT_WINDOWS

    def state(self, today: date) -> ClockState:
        """Where it stands on `today`."""
        if self.stopped_on is not None:
            return ClockState.MET if self.stopped_on <= self.due_on else ClockState.MET_LATE
        if self.paused:
            return ClockState.PAUSED
        return ClockState.RUNNING if today <= self.due_on else ClockState.OVERDUE


def clocks_for(facts: ClockFacts, limits: Limits, calendar: WorkingCalendar) -> tuple[Clock, ...]:
    """Every clock that has started, in the order they start in the life of a case."""
    return tuple(_started(facts, limits, calendar))


def _started(facts: ClockFacts, limits: Limits, calendar: WorkingCalendar) -> Iterator[Clock]:
    roll = bool(limits["roll_to_working_day"].amount)

    def clock(code: ClockCode, rule: str, start: date, stop: date | None, more: int = 0, **fields: bool) -> Clock:
        limit = limits[rule]
        target, due = due_on(start, limit, calendar, roll=roll, more=more)
        known = calendar.is_known(start, due)
        return Clock(code, limit, start, due, target, stop, more, provisional=not known, **fields)

    told = facts.replied_on or (facts.confirmed_on if facts.anonymous else None) or facts.ended_on
    came_on = facts.arrived_on or facts.received_on
    start = facts.reopened_on or came_on
    if facts.imported_due_on is not None and facts.reopened_on is None:
        due = facts.imported_due_on
        limit = Limit("imported", (due - facts.received_on).days, LimitUnit.CALENDAR_DAYS, "sender")
        yield Clock(ClockCode.PROMISE, limit, facts.received_on, due, due, told, imported=True)
    else:
        yield clock(ClockCode.PROMISE, f"promise_{facts.grade}", start, told)
    if not facts.anonymous and facts.kind is not Kind.ACCUSATION:
        yield clock(ClockCode.NOTICE, "notice", came_on, _first(facts.notice_on, told))
    if facts.transferred_on is not None:
        stop = _first(facts.responded_on, facts.ended_on)
        yield clock(ClockCode.OBJECTION, "objection", facts.transferred_on, stop)
    if facts.accepted_on is not None and facts.kind is Kind.REQUEST and facts.procedure is Procedure.ORDINARY:
        accepted = facts.reopened_on or facts.accepted_on
        yield clock(ClockCode.HANDLING, "handling", accepted, told, facts.extended_days)
    if facts.replied_on is not None:
        first = next((r.asked_on for r in facts.reviews if r.kind == "review"), None)
        # Who asks for a review has said whether it helped; no visit is owed any more.
        yield clock(ClockCode.VISIT, "visit_after", facts.replied_on, _first(facts.visited_on, first, facts.ended_on))
        if facts.kind is Kind.REQUEST:
            yield clock(ClockCode.REVIEW_ASK, "review_ask", facts.replied_on, first)
    for review in facts.reviews:
        code = ClockCode.REVIEW if review.kind == "review" else ClockCode.REREVIEW
        hearing = _hearing_days(review) if code is ClockCode.REREVIEW else 0
        paused = review.hearing_from is not None and review.hearing_to is None and review.decided_on is None
        yield clock(code, code.value, review.asked_on, review.decided_on, hearing, paused=paused)
        if code is ClockCode.REVIEW and review.decided_on is not None:
            second = next((r.asked_on for r in facts.reviews if r.kind == "rereview"), None)
            yield clock(ClockCode.REREVIEW_ASK, "rereview_ask", review.decided_on, second)


def due_on(start: date, limit: Limit, calendar: WorkingCalendar, *, roll: bool, more: int = 0) -> tuple[date, date]:
    """The day the period ends, before and after moving it off days of rest; same-day limits are never moved."""
    if limit.unit is LimitUnit.WORKING_DAYS:
        day = calendar.add_working(start, limit.amount + more)
        return day, day
    target = start + timedelta(days=limit.amount + more)
    return target, calendar.next_working(target) if roll and limit.amount else target


@dataclass(frozen=True)
class Due:
    """The due days a list sorts by: the promise, the statute that ends first, and the earlier of both."""

    promise_on: date | None
    statute_on: date | None
    next_on: date | None
    provisional: bool


def due_of(clocks: tuple[Clock, ...]) -> Due:
    """What is still owed by the office; the resident's own windows don't count."""
    owed = [c for c in clocks if c.stopped_on is None and not c.is_window]
    office = [c.due_on for c in owed if not c.is_statute]
    statute = [c.due_on for c in owed if c.is_statute]
    return Due(
        promise_on=min(office, default=None),
        statute_on=min(statute, default=None),
        next_on=min(office + statute, default=None),
        provisional=any(c.provisional for c in owed),
    )


def judged(facts: ClockFacts, clocks: tuple[Clock, ...]) -> tuple[Clock | None, Clock | None]:
    """The notice and the answer the office is judged by; None for one that is not owed, or not yet."""
    known = {clock.code: clock for clock in clocks}
    answer: Clock | None = known.get(ClockCode.HANDLING, known[ClockCode.PROMISE])
    ordinary = facts.kind is Kind.REQUEST and facts.procedure is Procedure.ORDINARY
    if ordinary and ClockCode.HANDLING not in known and known[ClockCode.PROMISE].stopped_on is None:
        # Its 60 days begin with the acceptance; until then only the notice is owed.
        answer = None
    return known.get(ClockCode.NOTICE), answer


def shown(clocks: tuple[Clock, ...]) -> tuple[Clock | None, Clock | None]:
    """The two clocks a person sees: the office's and the statute's that end next, or what they came to in the end."""

    def pick(mine: list[Clock], chief: ClockCode) -> Clock | None:
        running = [c for c in mine if c.stopped_on is None]
        if running:
            return min(running, key=lambda c: c.due_on)
        ended = [c for c in mine if c.code is chief] or mine
        return max(ended, key=lambda c: (c.starts_on, c.due_on), default=None)

    acts = [c for c in clocks if not c.is_window]
    office, statute = [c for c in acts if not c.is_statute], [c for c in acts if c.is_statute]
    return pick(office, ClockCode.PROMISE), pick(statute, ClockCode.HANDLING)


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _hearing_days(review: ReviewFacts) -> int:
    if review.hearing_from is None or review.hearing_to is None:
        return 0
    return (review.hearing_to - review.hearing_from).days + 1
