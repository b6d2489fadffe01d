"""Enquiries, sessions with the parties, and caucuses whose notes only their mediators see."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Required, TypedDict, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, transaction
from db.identity import decrypt
from db.models import Dispute, DisputeMediator, DisputeSession, Mediator
from db.rules.mediation.sessions import Ground, Meeting, PartyFacts, Term, check_meeting, may_read
from db.rules.mediation.words import SessionKind, Step
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import earlier, guarded, remember
from db.services.mediation import ground, timeline
from db.services.records import Values, fill

AS_WRITTEN = (
    "kind",
    "place",
    "invited",
    "open_to_others",
    "notices",
    "statements",
    "checked",
    "result",
    "recorder",
)


class Written(TypedDict, total=False):
    """A record as it was typed; `present` are parties, `mediators` mediators (ids)."""

    kind: Required[str]
    held_on: Required[date | None]
    held_time: Required[time | None]
    ended_time: time | None
    place: str
    present: Sequence[int]
    invited: str
    open_to_others: bool
    notices: str
    statements: str
    checked: str
    result: str
    recorder: str
    mediators: Sequence[int]


def sessions_for(
    session: Session, actor: Actor, dispute: Dispute, *, removed: bool = False
) -> tuple[DisputeSession, ...]:
    """Sessions in the order they were held, without caucuses the actor was no mediator of; or those taken out."""
    out = DisputeSession.removed_at.is_not(None) if removed else DisputeSession.removed_at.is_(None)
    query = select(DisputeSession).where(DisputeSession.dispute_id == dispute.id, out)
    rows = session.scalars(query.order_by(DisputeSession.held_at, DisputeSession.id)).all()
    own = _own_mediators(session, actor)
    return tuple(row for row in rows if may_read(row.kind, json.loads(row.mediators), own))


@guarded(Permission.MEDIATION_KEEP)
def add_session(
    actor: Actor,
    *,
    dispute_id: int,
    key: str,
    **written: Unpack[Written],
) -> int:
    """Record an enquiry, a session or a caucus; answers its id."""
    meeting = _meeting(written)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = ground.mediating(session, actor, dispute_id)
        check_meeting(meeting, _ground(session, actor, dispute))
        row = DisputeSession(dispute_id=dispute.id, written_by_id=actor.id, **_values(meeting))
        session.add(row)
        session.flush()
        timeline.line(session, actor, dispute, Step.SESSION, detail=_told(row))
        remember(session, actor, key, "sessions.add_session", row.id)
        return row.id


@guarded(Permission.MEDIATION_KEEP)
def edit_session(
    actor: Actor,
    *,
    dispute_id: int,
    session_id: int,
    version: int,
    key: str,
    **written: Unpack[Written],
) -> int:
    """Correct a record; answers its new version."""
    meeting = _meeting(written)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = ground.mediating(session, actor, dispute_id)
        values = _values(meeting)
        row = _readable(session, actor, dispute, session_id, version, values)
        check_meeting(meeting, _ground(session, actor, dispute))
        hidden = SessionKind.CAUCUS in (row.kind, meeting.kind)
        changes = {} if hidden else ground.differences(row, {name: values[name] for name in AS_WRITTEN})
        fill(row, values)
        session.flush()
        timeline.line(session, actor, dispute, Step.SESSION, detail={**_told(row), **changes})
        remember(session, actor, key, "sessions.edit_session", row.version)
        return row.version


@guarded(Permission.MEDIATION_KEEP)
def remove_session(actor: Actor, *, dispute_id: int, session_id: int, version: int, key: str) -> int:
    """Take a record out of the file; answers its new version."""
    return _mark(actor, dispute_id, session_id, version, key, removed=True)


@guarded(Permission.MEDIATION_KEEP)
def restore_session(actor: Actor, *, dispute_id: int, session_id: int, version: int, key: str) -> int:
    """Put a removed record back; answers its new version."""
    return _mark(actor, dispute_id, session_id, version, key, removed=False)


def _mark(actor: Actor, dispute_id: int, session_id: int, version: int, key: str, *, removed: bool) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = ground.mediating(session, actor, dispute_id)
        row = _readable(session, actor, dispute, session_id, version, {}, removed=not removed)
        row.removed_at = clock.now() if removed else None
        session.flush()
        step = Step.REMOVE if removed else Step.RESTORE
        timeline.line(session, actor, dispute, step, detail={"what": "dispute_session", **_told(row)})
        remember(session, actor, key, f"sessions.{step}_session", row.version)
        return row.version


def _readable(
    session: Session,
    actor: Actor,
    dispute: Dispute,
    session_id: int,
    version: int,
    mine: Values,
    *,
    removed: bool = False,
) -> DisputeSession:
    """A record the actor may read; somebody else's caucus is not there, whatever version is asked for."""
    readable = sessions_for(session, actor, dispute, removed=removed)
    if session_id not in {row.id for row in readable}:
        raise NotThere("dispute_session")
    return ground.own(session, dispute, DisputeSession, session_id, version, mine, removed=removed)


def _ground(session: Session, actor: Actor, dispute: Dispute) -> Ground:
    database = current()
    parties = tuple(
        PartyFacts(
            party.id,
            party.side,
            decrypt(database, "dispute_party.name", party.name).strip(),
            party.name_mask,
            party.told_on,
            party.consent,
            party.consent_on,
        )
        for party in ground.parties(session, dispute)
    )
    query = (
        select(Mediator.id, Mediator.person_id, Mediator.name, DisputeMediator.from_on, DisputeMediator.ended_on)
        .join(DisputeMediator, DisputeMediator.mediator_id == Mediator.id)
        .where(DisputeMediator.dispute_id == dispute.id)
    )
    terms = tuple(Term(*row) for row in session.execute(query))
    now = clock.now().astimezone(ZoneInfo(database.settings.timezone))
    return Ground(now, dispute.accepted_on, parties, terms, actor.id)


def _own_mediators(session: Session, actor: Actor) -> frozenset[int]:
    """Every mediator the actor is, in whatever committee."""
    if actor.id is None:
        return frozenset()
    return frozenset(session.scalars(select(Mediator.id).where(Mediator.person_id == actor.id)))


def _meeting(written: Written) -> Meeting:
    people = {"present": tuple(written.get("present", ())), "mediators": tuple(written.get("mediators", ()))}
    return Meeting(**(written | people))  # type: ignore[arg-type]


def _values(meeting: Meeting) -> dict[str, object]:
    """The columns of a record."""
    written: dict[str, object] = {name: getattr(meeting, name) for name in AS_WRITTEN}
    return written | {
        "held_at": _moment(meeting.held_on, meeting.held_time),
        "ended_at": _moment(meeting.held_on, meeting.ended_time),
        "present": json.dumps(sorted(meeting.present)),
        "mediators": json.dumps(sorted(meeting.mediators)),
    }


def _moment(day: date | None, at: time | None) -> datetime | None:
    if day is None or at is None:
        return None
    return datetime.combine(day, at, tzinfo=ZoneInfo(current().settings.timezone))


def _told(row: DisputeSession) -> dict[str, object]:
    """What the timeline may tell everybody: of a caucus no more than that it is one."""
    told: dict[str, object] = {"session_id": row.id, "kind": row.kind}
    if row.kind == SessionKind.CAUCUS:
        return told
    return told | {"held_on": clock.day_of(row.held_at, current().settings.timezone)}
