"""A meeting as its page shows it, and how it is planned, changed, opened and called off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Required, TypedDict, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading, transaction
from db.models import Case, Meeting, MeetingDecision, MeetingEdit, MeetingKind, MeetingMinutes, MeetingTopic, Person
from db.rules.mediation.writing import check_line
from db.rules.meetings.planning import Planned, check_begun, check_covered, check_planned
from db.rules.meetings.rhythm import covered
from db.rules.meetings.words import State
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.rules.text import cleaned
from db.services.acts import earlier, guarded, remember
from db.services.meetings import scope
from db.services.meetings.calendar import day_of, free_due, only_reason, rule_of
from db.services.meetings.people import check_leaders, leaders
from db.services.records import fill, seen

TAKEN = N_("This day is not due, or something is planned for it already.")
NOT_OFF = N_("This meeting is not called off.")
PAST_ITS_DAY = N_("Something else is planned for this day by now, or it is not due any more.")
HELD = N_("Something was edited, decided or closed in this meeting; it was held. Close it.")


@dataclass(frozen=True)
class Seen:
    """A meeting with its kind in words, and what this person may do with it now.

    `kind` is the code of the kind; `chair` and `clerk` are names, "" for nobody yet. `case_number` is "" where there is
    no case or it is not theirs to see. `edition` is that of its latest minutes, 0 before it was closed. `edits`: may
    quick-edit now (open, and they are its chair or clerk); `keeps`: may change, open, close or call it off now;
    `returns`: it was called off and may be put back.
    """

    id: int
    version: int
    kind_id: int
    kind: str
    kind_name: str
    kind_name_en: str
    source: str
    rhythm: str
    attended_by: str
    about: str
    due_on: date | None
    title: str
    planned_for: datetime
    place: str
    since: date
    until: date
    chair_id: int | None
    chair: str
    clerk_id: int | None
    clerk: str
    case_id: int | None
    case_number: str
    state: str
    opened_at: datetime | None
    closed_at: datetime | None
    called_off_at: datetime | None
    reason: str
    work_id: int | None
    edition: int
    today: date
    edits: bool
    keeps: bool
    reopens: bool
    returns: bool


OF_MEETING = [
    *("id", "version", "kind_id", "due_on", "title", "planned_for", "place", "since", "until", "chair_id", "clerk_id"),
    *("state", "opened_at", "closed_at", "called_off_at", "reason", "work_id"),
]


@guarded(Permission.MEETINGS_READ)
def meeting(actor: Actor, *, meeting_id: int) -> Seen:
    """A meeting one reads; raises NotThere."""
    with reading() as session:
        return seen_in(session, actor, scope.load(session, actor, meeting_id))


def seen_in(session: Session, actor: Actor, found: Meeting) -> Seen:
    """The same inside the caller's session."""
    chair, clerk = aliased(Person), aliased(Person)
    edition = select(func.max(MeetingMinutes.edition)).where(MeetingMinutes.meeting_id == found.id).scalar_subquery()
    query = select(MeetingKind, chair.name, clerk.name, edition).select_from(MeetingKind)
    query = query.outerjoin(chair, chair.id == found.chair_id).outerjoin(clerk, clerk.id == found.clerk_id)
    kind, chairs, writes, latest = session.execute(query.where(MeetingKind.id == found.kind_id)).one()
    may_see = select(Case.id, Case.number).where(Case.id == found.case_id, scope.open_to_a_meeting(actor))
    case = session.execute(may_see).one_or_none()
    over = found.state in scope.OVER
    return Seen(
        **{name: getattr(found, name) for name in OF_MEETING},
        kind=kind.code,
        kind_name=kind.name,
        kind_name_en=kind.name_en,
        **{name: getattr(kind, name) for name in ("source", "rhythm", "attended_by", "about")},
        chair=chairs or "",
        clerk=writes or "",
        case_id=case.id if case else None,
        case_number=case.number if case else "",
        edition=latest or 0,
        today=clock.today(current().settings.timezone),
        edits=scope.is_at_work(actor, found),
        keeps=not over and actor.may(Permission.MEETINGS_KEEP),
        reopens=found.state == State.CLOSED and actor.may(Permission.MEETINGS_REOPEN),
        returns=found.state == State.CALLED_OFF and not only_reason(found) and actor.may(Permission.MEETINGS_KEEP),
    )


@dataclass(frozen=True)
class Choices:
    """What a meeting may be planned with: kinds in use as rows of CHOSEN, and who may chair and write (id to name).

    `last` is who led the last meeting of a kind and where: LAST, empty when there was none.
    """

    kinds: tuple[Mapping[str, Any], ...]
    leaders: Mapping[int, str]
    last: Mapping[str, Any]


CHOSEN = ("id", "code", "name", "name_en", "rhythm", "attended_by")
LAST = ("chair_id", "clerk_id", "place", "planned_for")


@guarded(Permission.MEETINGS_KEEP)
def choices(actor: Actor, *, kind_id: int | None = None) -> Choices:
    """What the form of a new meeting offers, and how the last one of a kind was held."""
    last = select(*(getattr(Meeting, name) for name in LAST)).where(Meeting.kind_id == kind_id)
    last = last.where(Meeting.state != State.CALLED_OFF).order_by(Meeting.planned_for.desc()).limit(1)
    query = select(*(getattr(MeetingKind, name) for name in CHOSEN)).where(MeetingKind.active)
    with reading() as session:
        rows = session.execute(query.order_by(MeetingKind.position, MeetingKind.id)).all()
        held = session.execute(last).one_or_none()
    return Choices(
        tuple(dict(row._mapping) for row in rows), leaders(actor), dict(held._mapping) if held is not None else {}
    )


class Told(TypedDict, total=False):
    """When and where a meeting is held, by whom, and about which case; times in the office's zone."""

    day: Required[date | None]
    at: Required[time | None]
    title: str
    place: str
    chair_id: int | None
    clerk_id: int | None
    case_number: str


@guarded(Permission.MEETINGS_KEEP)
def plan(actor: Actor, *, kind_id: int | None, due_on: date | None = None, key: str, **told: Unpack[Told]) -> int:
    """A new meeting with the topics of its kind, for a due day nothing is planned for yet, or as needed (None).

    One planned later than its due day is held late; a day that is over records a meeting that was held. Answers its id.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        check, planned, kind = Check(), _planned(told), _kind(session, kind_id)
        check_planned(check, planned, _today(), is_open=False)
        case_id = _case(session, actor, check, told.get("case_number", ""))
        check_leaders(session, check, (("chair_id", planned.chair_id), ("clerk_id", planned.clerk_id)))
        if due_on is not None:
            check.that(free_due(session, kind, due_on), "due_on", TAKEN)
        check.done()
        row = Meeting(kind_id=kind.id, due_on=due_on, case_id=case_id, state=State.PLANNED, **_columns(planned))
        row.since, row.until = _covered(session, kind, row)
        session.add(row)
        session.flush()
        topics = enumerate(kind.topics.split())
        session.add_all(MeetingTopic(meeting_id=row.id, position=place, code=code) for place, code in topics)
        remember(session, actor, key, "meetings.plan", row.id)
        return row.id


@guarded(Permission.MEETINGS_KEEP)
def change(
    actor: Actor,
    *,
    meeting_id: int,
    version: int,
    since: date | None = None,
    until: date | None = None,
    key: str,
    **told: Unpack[Told],
) -> int:
    """Correct a planned or open meeting; the days it is about are corrected while it is open. Answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = scope.kept(session, actor, meeting_id)
        check, planned, is_open = Check(), _planned(told), row.state == State.OPEN
        mine = _columns(planned) if planned.day and planned.at else {}
        seen(session, Meeting, meeting_id, version, mine)
        check_planned(check, planned, _today(), is_open=is_open)
        if is_open:
            check_covered(check, since, until, planned.day)
        check_leaders(session, check, _others(row, planned))
        case_id = _case(session, actor, check, told.get("case_number", ""), row)
        check.done()
        fill(row, _columns(planned) | {"case_id": case_id})
        if is_open and since is not None and until is not None:
            row.since, row.until = since, until
        elif not is_open:
            row.since, row.until = _covered(session, session.get_one(MeetingKind, row.kind_id), row)
        session.flush()
        remember(session, actor, key, "meetings.change", row.version)
        return row.version


@guarded(Permission.MEETINGS_KEEP)
def open_meeting(actor: Actor, *, meeting_id: int, version: int, key: str) -> int:
    """Begin a planned meeting on its day or after it; the days it is about follow the last one held.

    Answers its version.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = scope.kept(session, actor, meeting_id)
        seen(session, Meeting, meeting_id, version, {"state": State.OPEN})
        if row.state == State.OPEN:
            raise Problems(Problem("", N_("This meeting is open already.")))
        check = Check()
        planned = Planned(day=day_of(row), at=time.min, chair_id=row.chair_id, clerk_id=row.clerk_id)
        check_begun(check, planned, _today())
        check.done()
        row.state, row.opened_at = State.OPEN, clock.now()
        row.since, row.until = _covered(session, session.get_one(MeetingKind, row.kind_id), row)
        session.flush()
        remember(session, actor, key, "meetings.open", row.version)
        return row.version


@guarded(Permission.MEETINGS_KEEP)
def call_off(actor: Actor, *, meeting_id: int, version: int, reason: str, key: str) -> int:
    """Say why a meeting is not held; never of one in which something was edited or decided. Answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = scope.kept(session, actor, meeting_id)
        seen(session, Meeting, meeting_id, version, {"state": State.CALLED_OFF})
        _check_reason(reason)
        for left in (MeetingEdit, MeetingDecision, MeetingMinutes):
            if session.scalar(select(left.id).where(left.meeting_id == meeting_id).limit(1)) is not None:
                raise Problems(Problem("", HELD))
        _end(row, reason)
        session.flush()
        remember(session, actor, key, "meetings.call_off", row.version)
        return row.version


@guarded(Permission.MEETINGS_KEEP)
def call_off_due(actor: Actor, *, kind_id: int, due_on: date, reason: str, key: str) -> int:
    """Say why nothing is or was held for a due day; answers the id of the meeting called off."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        kind = session.get(MeetingKind, kind_id)
        if kind is None:
            raise NotThere(f"kind of meeting {kind_id}")
        check = Check()
        check.that(free_due(session, kind, due_on), "reason", TAKEN)
        check.done()
        _check_reason(reason)
        row = Meeting(kind_id=kind_id, due_on=due_on, planned_for=_moment(due_on, time.min), since=due_on, until=due_on)
        _end(row, reason)
        session.add(row)
        session.flush()
        remember(session, actor, key, "meetings.call_off_due", row.id)
        return row.id


@guarded(Permission.MEETINGS_KEEP)
def put_back(actor: Actor, *, meeting_id: int, version: int, key: str) -> int:
    """Hold a meeting after all that was called off: it stands as it did before. Answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = _called_off(session, actor, meeting_id, version)
        check = Check()
        check.that(not only_reason(row), "", NOT_OFF)
        kind = session.get_one(MeetingKind, row.kind_id)
        check.that(row.due_on is None or free_due(session, kind, row.due_on), "", PAST_ITS_DAY)
        check.done()
        row.state, row.called_off_at, row.reason = State.OPEN if row.opened_at else State.PLANNED, None, ""
        session.flush()
        remember(session, actor, key, "meetings.put_back", row.version)
        return row.version


@guarded(Permission.MEETINGS_KEEP)
def put_back_due(actor: Actor, *, meeting_id: int, version: int, key: str) -> None:
    """Take the reason back that nothing is held for a due day: it is due, or missed, again."""
    with transaction(actor) as session:
        if earlier(session, key) is not None:
            return
        row = _called_off(session, actor, meeting_id, version)
        check = Check()
        check.that(only_reason(row), "", NOT_OFF)
        check.done()
        session.delete(row)
        remember(session, actor, key, "meetings.put_back_due", meeting_id)


def _called_off(session: Session, actor: Actor, meeting_id: int, version: int) -> Meeting:
    """A meeting that was called off, as it was seen; raises NotThere, Changed and Problems."""
    row = scope.locked(session, actor, meeting_id)
    seen(session, Meeting, meeting_id, version, {"state": State.PLANNED})
    if row.state != State.CALLED_OFF:
        raise Problems(Problem("", NOT_OFF))
    return row


def _end(row: Meeting, reason: str) -> None:
    row.state, row.called_off_at, row.reason = State.CALLED_OFF, clock.now(), reason.strip()


def _check_reason(reason: str) -> None:
    check = Check()
    check.that(reason.strip(), "reason", N_("Say why."))
    check_line(check, "reason", reason)
    check.done()


def _kind(session: Session, kind_id: int | None) -> MeetingKind:
    kind = session.get(MeetingKind, kind_id or 0)
    if kind is None or not kind.active:
        raise Problems(Problem("kind_id", N_("Choose a kind of meeting in use.")))
    return kind


def _planned(told: Told) -> Planned:
    words = {name: str(told.get(name) or "").strip() for name in ("title", "place")}
    ids = {"chair_id": told.get("chair_id"), "clerk_id": told.get("clerk_id")}
    return Planned(day=told["day"], at=told["at"], **words, **ids)  # type: ignore[arg-type]


def _columns(planned: Planned) -> dict[str, Any]:
    own = {name: getattr(planned, name) for name in ("title", "place", "chair_id", "clerk_id")}
    return own | {"planned_for": _moment(planned.day, planned.at)}


def _others(row: Meeting, planned: Planned) -> list[tuple[str, int | None]]:
    """Who is named anew; somebody who stood there before may stay."""
    chosen = (("chair_id", planned.chair_id), ("clerk_id", planned.clerk_id))
    return [(field, person_id) for field, person_id in chosen if person_id != getattr(row, field)]


def _case(session: Session, actor: Actor, check: Check, number: str, row: Meeting | None = None) -> int | None:
    """The case a joint meeting is about; one this person may not see stays as it is when nothing is typed."""
    stands = row.case_id if row else None
    see = scope.open_to_a_meeting(actor)
    if not number.strip():
        known = session.scalar(select(Case.id).where(Case.id == stands, see))
        return None if known is not None else stands
    found = session.scalar(select(Case.id).where(Case.number == cleaned(number).strip().upper(), see))
    check.that(found, "case_number", N_("There is no such case that you may see."))
    return found


def _covered(session: Session, kind: MeetingKind, row: Meeting) -> tuple[date, date]:
    """The days a meeting is about: since the last one held, or planned before it while it is not open."""
    day = day_of(row)
    before = select(func.max(Meeting.until)).where(Meeting.kind_id == kind.id, Meeting.until < day)
    states = [State.CLOSED, State.OPEN] + [State.PLANNED] * (row.state != State.OPEN)
    before = before.where(Meeting.state.in_(states), Meeting.id != (row.id or 0))
    return covered(rule_of(kind), day, session.scalar(before))


def _moment(day: date | None, at: time | None) -> datetime | None:
    if day is None or at is None:
        return None
    return datetime.combine(day, at, tzinfo=ZoneInfo(current().settings.timezone))


def _today() -> date:
    return clock.today(current().settings.timezone)
