"""Decisions of a meeting: written, changed until it is closed, removed and restored, settled and opened again."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, transaction
from db.models import Case, MeetingDecision, MeetingTopic, Person, Unit
from db.rules.meetings.deciding import Decided, check_decided, check_owed, check_settled, must_be_open
from db.rules.meetings.words import DecisionState, State
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.rules.text import cleaned
from db.services.acts import earlier, guarded, remember
from db.services.meetings import scope
from db.services.meetings.decisions import settled_by
from db.services.meetings.redacting import Names
from db.services.records import fill, seen

Told = dict[str, tuple[object, object]]


@guarded(Permission.MEETINGS_KEEP)
def decide(
    actor: Actor,
    *,
    meeting_id: int,
    text: str,
    owner_id: int | None,
    unit_id: int | None,
    due_on: date | None,
    case_number: str = "",
    topic_id: int | None = None,
    note: str = "",
    key: str,
) -> int:
    """Write down what an open meeting decided; answers its id. `case_number` is "" for no matter. Raises Problems."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        meeting = scope.kept(session, actor, meeting_id)
        if meeting.state != State.OPEN:
            raise Problems(Problem("", scope.NOT_OPEN))
        decided, check = Decided(text, owner_id, unit_id, due_on, note), Check()
        check_decided(check, decided, _today())
        _check_named(session, check, owner_id, unit_id)
        case_id = _case_of(session, actor, check, case_number)
        of_meeting = select(MeetingTopic.id).where(MeetingTopic.id == topic_id, MeetingTopic.meeting_id == meeting.id)
        known = topic_id is None or session.scalar(of_meeting) is not None
        check.that(known, "topic_id", N_("This is not one of the choices."))
        check.done()
        row = MeetingDecision(
            meeting_id=meeting.id, topic_id=topic_id, case_id=case_id, decided_at=clock.now(), **_columns(decided)
        )
        session.add(row)
        session.flush()
        remember(session, actor, key, "decisions.decide", row.id)
        return row.id


@guarded(Permission.MEETINGS_KEEP)
def reword(
    actor: Actor,
    *,
    decision_id: int,
    version: int,
    text: str,
    owner_id: int | None,
    unit_id: int | None,
    due_on: date | None,
    case_number: str = "",
    note: str = "",
    key: str,
) -> int:
    """Correct a decision while its meeting is not closed; answers its version. Raises Problems and Changed."""
    decided = Decided(text, owner_id, unit_id, due_on, note)

    def reworded(session: Session, row: MeetingDecision) -> None:
        check = Check()
        check_decided(check, decided, _day_of(row))
        _check_named(session, check, owner_id, unit_id, row)
        case_id = _case_of(session, actor, check, case_number)
        kept = _restored(session, check, row, _columns(decided))
        check.done()
        fill(row, kept | {"case_id": case_id})

    mine = _columns(decided)
    return _in_meeting(actor, decision_id, version, key, "decisions.reword", reworded, mine)


@guarded(Permission.MEETINGS_KEEP)
def remove(actor: Actor, *, decision_id: int, version: int, key: str) -> int:
    """Take a decision out while its meeting is not closed; answers its version."""

    def removed(_session: Session, row: MeetingDecision) -> None:
        if row.became:
            raise Problems(Problem("", N_("It led to something already; it is settled, not removed.")))
        row.removed_at = clock.now()

    return _in_meeting(actor, decision_id, version, key, "decisions.remove", removed)


@guarded(Permission.MEETINGS_KEEP)
def restore(actor: Actor, *, decision_id: int, version: int, key: str) -> int:
    """Put a removed decision back while its meeting is not closed; answers its version."""

    def restored(_session: Session, row: MeetingDecision) -> None:
        if row.removed_at is None:
            raise Problems(Problem("", N_("This stands already.")))
        row.removed_at = None

    return _in_meeting(actor, decision_id, version, key, "decisions.restore", restored, removed=True)


@guarded(Permission.DECISIONS_SETTLE)
def settle(actor: Actor, *, decision_id: int, version: int, state: str | None, note: str, key: str) -> int:
    """Done, or dropped for the reason in `note`; answers its version. Raises NotThere, Problems and Changed."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = owed_by(session, actor, decision_id)
        seen(session, MeetingDecision, row.id, version, {"state": state, "note": note})
        must_be_open(row.state)
        check = Check()
        check_settled(check, state or "", note)
        kept = _restored(session, check, row, {"note": note})
        check.done()
        _settle(actor, row, str(state), kept["note"])
        session.flush()
        remember(session, actor, key, "decisions.settle", row.version)
        return row.version


@guarded(Permission.DECISIONS_SETTLE)
def open_again(actor: Actor, *, decision_id: int, version: int, key: str) -> int:
    """Undo: a settled decision is owed again; answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = owed_by(session, actor, decision_id)
        seen(session, MeetingDecision, row.id, version, {})
        if row.state == DecisionState.OPEN:
            raise Problems(Problem("", N_("This decision is open.")))
        row.state, row.settled_at, row.settled_by_id = DecisionState.OPEN, None, None
        session.flush()
        remember(session, actor, key, "decisions.open_again", row.version)
        return row.version


def edit_in(session: Session, actor: Actor, row: MeetingDecision, values: Mapping[str, Any]) -> Told:
    """Edit who owes it, until when, how it stands and its note, inside the caller's transaction.

    Answers what changed, before and after, people and units by name. Raises Problems.
    """
    named = ("owner_id", "unit_id", "due_on", "note", "state")
    wanted = {name: values.get(name, getattr(row, name)) for name in named}
    check = Check()
    if "note" in values:
        wanted |= _restored(session, check, row, {"note": str(values["note"] or "").strip()})
    moved = {name for name in named if wanted[name] != getattr(row, name)}
    if moved & {"owner_id", "unit_id", "due_on", "note"}:
        owed = Decided(row.text, wanted["owner_id"], wanted["unit_id"], _as_day(wanted["due_on"]), wanted["note"])
        # A day that has passed may stay; another one is still to come.
        check_owed(check, owed, _today() if "due_on" in moved else _day_of(row))
        _check_named(session, check, wanted["owner_id"], wanted["unit_id"], row)
    if "state" in moved and wanted["state"] != DecisionState.OPEN:
        check_settled(check, str(wanted["state"]), wanted["note"])
    check.done()
    told = {name: (_said(session, name, getattr(row, name)), _said(session, name, wanted[name])) for name in moved}
    fill(row, {name: wanted[name] for name in moved - {"state"}})
    if "state" in moved:
        _settle(actor, row, str(wanted["state"]), row.note)
    return {name: told[name] for name in named if name in told}


def owed_by(session: Session, actor: Actor, decision_id: int) -> MeetingDecision:
    """A standing decision the actor may settle, locked; raises NotThere."""
    wanted = and_(MeetingDecision.id == decision_id, settled_by(actor))
    row = session.scalars(select(MeetingDecision).where(wanted).with_for_update()).one_or_none()
    if row is None:
        raise NotThere(f"decision {decision_id}")
    return row


def _in_meeting(
    actor: Actor,
    decision_id: int,
    version: int,
    key: str,
    act: str,
    change: Callable[[Session, MeetingDecision], None],
    mine: Mapping[str, object] | None = None,
    *,
    removed: bool = False,
) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = session.get(MeetingDecision, decision_id)
        if row is None or (row.removed_at is not None) != removed:
            raise NotThere(f"decision {decision_id}")
        scope.kept(session, actor, row.meeting_id)
        seen(session, MeetingDecision, decision_id, version, mine or {})
        must_be_open(row.state)
        change(session, row)
        session.flush()
        remember(session, actor, key, act, row.version)
        return row.version


def _settle(actor: Actor, row: MeetingDecision, state: str, note: str) -> None:
    row.state, row.note = state, note.strip()
    opened = state == DecisionState.OPEN
    row.settled_at, row.settled_by_id = (None, None) if opened else (clock.now(), actor.id)


def _restored(session: Session, check: Check, row: MeetingDecision, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the names behind the masks that were left standing in its texts."""
    names = Names(session, [row.case_id])
    texts = [name for name in ("text", "note") if name in typed]
    return dict(typed) | {
        name: names.restored(check, name, row.case_id, typed[name], getattr(row, name)) for name in texts
    }


def _columns(decided: Decided) -> dict[str, Any]:
    own = {"owner_id": decided.owner_id, "unit_id": decided.unit_id, "due_on": decided.due_on}
    return own | {"text": decided.text.strip(), "note": decided.note.strip()}


def _case_of(session: Session, actor: Actor, check: Check, number: str | None) -> int | None:
    """The matter of this number, if it may stand in a meeting; sealed ones and accusations are not there."""
    if not (number or "").strip():
        return None
    asked = cleaned(str(number)).strip()
    case_id = session.scalar(select(Case.id).where(Case.number == asked, scope.open_to_a_meeting(actor)))
    check.that(case_id is not None, "case_number", N_("There is no case with this number."))
    return case_id


def _check_named(
    session: Session, check: Check, owner_id: object, unit_id: object, stands: MeetingDecision | None = None
) -> None:
    """People and units in use; who was named before and left meanwhile may stay named."""
    for field, named in (("owner_id", owner_id), ("unit_id", unit_id)):
        if named is None or (stands is not None and getattr(stands, field) == named):
            continue
        row = _named(session, field, named) if type(named) is int else None
        check.that(row is not None and row.active, field, N_("This is not one of the choices."))


def _named(session: Session, field: str, row_id: object) -> Person | Unit | None:
    return session.get(Person, row_id) if field == "owner_id" else session.get(Unit, row_id)


def _said(session: Session, field: str, value: object) -> object:
    row = _named(session, field, value) if field in ("owner_id", "unit_id") and value is not None else None
    return row.name if row is not None else value


def _as_day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _day_of(row: MeetingDecision) -> date:
    return clock.day_of(row.decided_at, current().settings.timezone)


def _today() -> date:
    return clock.today(current().settings.timezone)
