"""Taking an import of members and leave back: what it added is gone again, what it changed stands as before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import Versioned
from db.engine import transaction
from db.models import DutyAbsence, DutyMember, Submission
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import earlier, guarded, remember
from db.services.duty import scope
from db.services.records import fill

IMPORTED, UNDONE = "duty.members_from_sheet", "duty.undo_import"
_DAYS = ("from_on", "until_on")


@dataclass(frozen=True)
class Trace:
    """What an import wrote: ids and versions of members and leave added, of members changed also what stood before."""

    added: tuple[tuple[int, int], ...]
    changed: tuple[tuple[int, int, Mapping[str, Any]], ...]
    leave: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Undone:
    """How many members and absences an undo took back, and how many stay because they were used or changed since."""

    back: int
    stay: int


def traced(trace: Trace) -> dict[str, Any]:
    """A trace as it is remembered; telephone numbers stay encrypted."""
    changed = [[row_id, version, {n: _plain(v) for n, v in was.items()}] for row_id, version, was in trace.changed]
    return {"added": trace.added, "changed": changed, "leave": trace.leave}


@guarded(Permission.DUTY_PLAN)
def undo_import(actor: Actor, *, of: str, key: str) -> Undone:
    """Take one's own import back, except what somebody used or changed since; raises NotThere for any other key."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Undone(**done)
        made = _made(session, actor, of)
        scope.in_use(session, actor, made["duty_id"])
        trace = made["trace"]
        back = _deleted(session, DutyAbsence, trace["leave"])
        back += sum(_as_before(session, *one) for one in trace["changed"])
        back += _deleted(session, DutyMember, trace["added"])
        undone = Undone(back=back, stay=sum(len(rows) for rows in trace.values()) - back)
        remember(session, actor, key, UNDONE, {"back": undone.back, "stay": undone.stay})
        return undone


def _made(session: Session, actor: Actor, of: str) -> dict[str, Any]:
    """What the actor's import of this key is remembered by."""
    used = session.get(Submission, of)
    if used is None or used.person_id != actor.id or used.act != IMPORTED:
        raise NotThere("import")
    remembered: dict[str, Any] = json.loads(used.result)
    return remembered


def _deleted(session: Session, model: type[Versioned], made: Sequence[tuple[int, int]]) -> int:
    """How many rows are gone: all at once, or one by one without those that somebody used since."""
    found = [(session.get(model, row_id), version) for row_id, version in made]
    rows = [row for row, version in found if row is not None and row.version == version]
    return len(rows) if _gone(session, rows) else sum(_gone(session, [row]) for row in rows)


def _gone(session: Session, rows: Sequence[Versioned]) -> bool:
    try:
        with session.begin_nested():
            for row in rows:
                session.delete(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def _as_before(session: Session, member_id: int, version: int, was: Mapping[str, Any]) -> bool:
    """Whether a member nobody changed since stands as before."""
    member = session.get(DutyMember, member_id)
    if member is None or member.version != version:
        return False
    fill(member, {name: _stored(name, value) for name, value in was.items()})
    session.flush()
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value


def _stored(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "phone":
        return bytes.fromhex(value)
    return date.fromisoformat(value) if name in _DAYS else value
