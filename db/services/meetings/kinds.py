"""Kinds of meetings: listed, added, corrected, retired and put back; their due days count from a day on."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.journal import JournalRow
from db.models import MeetingKind
from db.rules.meetings.kinds import Described, check_kind, only_what_counts
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.duty.rows import framed
from db.services.meetings.calendar import missed_of
from db.services.office.presets import meeting_kinds
from db.services.records import fill, seen

KINDS = ["id", "version", "code", "name", "name_en", "source", "rhythm", "weekday", "day", "begins_on", "attended_by"]
KINDS += ["about", "topics", "active"]
HISTORY = ["at", "who", "event", "fields"]
EXPLAIN = N_("Say first what became of the missed meetings ({n}), or retire this kind and add another.")


class Told(TypedDict, total=False):
    """What is said of a kind; `topics` in their order, `begins_on` the day due days count from."""

    name: str
    name_en: str
    source: str
    rhythm: str | None
    weekday: int | None
    day: int | None
    begins_on: date | None
    attended_by: str | None
    about: str | None
    topics: Sequence[str]


@guarded(Permission.MEETINGS_MANAGE)
def kinds(actor: Actor) -> pd.DataFrame:
    """Every kind in the order of the list, retired ones last: columns of KINDS, `topics` a tuple of codes."""
    query = select(*(getattr(MeetingKind, name) for name in KINDS))
    with reading() as session:
        rows = session.execute(query.order_by(MeetingKind.active.desc(), MeetingKind.position, MeetingKind.id)).all()
    told = [(*row[:-2], tuple(row.topics.split()), row.active) for row in rows]
    return framed(told, KINDS, {"weekday": "Int64", "day": "Int64", "begins_on": "object"})


@guarded(Permission.MEETINGS_MANAGE)
def add_kind(actor: Actor, *, key: str, **told: Unpack[Told]) -> int:
    """A new kind, due from today at the earliest; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        values = _checked(session, _described(told), counts_anew=True)
        last = session.scalar(select(func.max(MeetingKind.position)))
        row = MeetingKind(code=f"own_{secrets.token_hex(4)}", position=(last or 0) + 1, **values)
        session.add(row)
        session.flush()
        remember(session, actor, key, "meetings.add_kind", row.id)
        return row.id


@guarded(Permission.MEETINGS_MANAGE)
def edit_kind(actor: Actor, *, kind_id: int, version: int, key: str, **told: Unpack[Told]) -> int:
    """Correct a kind; answers its new version.

    Another rhythm counts from today at the earliest, and only once every missed meeting of the old one is explained.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        described = _described(told)
        row = seen(session, MeetingKind, kind_id, version, asdict(described) | {"topics": list(described.topics)})
        values = _checked(session, described, row=row, counts_anew=_differs(row, described))
        fill(row, values)
        session.flush()
        remember(session, actor, key, "meetings.edit_kind", row.version)
        return row.version


@guarded(Permission.MEETINGS_MANAGE)
def retire_kind(actor: Actor, *, kind_id: int, version: int, key: str) -> int:
    """Take a kind out of use: nothing more is due; meetings held stay. Answers its new version."""
    return _mark(actor, kind_id, version, key, active=False)


@guarded(Permission.MEETINGS_MANAGE)
def restore_kind(actor: Actor, *, kind_id: int, version: int, key: str) -> int:
    """Put a kind back into use, due from today on; answers its new version."""
    return _mark(actor, kind_id, version, key, active=True)


@guarded(Permission.MEETINGS_MANAGE)
def add_usual(actor: Actor, *, key: str) -> int:
    """Add the usual kinds that are missing (db/presets/meetings.toml); answers how many."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        added = meeting_kinds(session)
        remember(session, actor, key, "meetings.add_usual", added)
        return added


@guarded(Permission.MEETINGS_MANAGE)
def history(actor: Actor, *, kind_id: int) -> pd.DataFrame:
    """Who added or changed a kind, newest first: columns of HISTORY, `fields` the names of the columns changed."""
    own = select(JournalRow).where(JournalRow.tbl == MeetingKind.__tablename__, JournalRow.pk == str(kind_id))
    with reading() as session:
        found = session.scalars(own.where(JournalRow.event != "refused").order_by(JournalRow.seq.desc())).all()
    rows = [
        (datetime.fromisoformat(row.at), row.actor, row.event, tuple(sorted(json.loads(row.after or "{}"))))
        for row in found
    ]
    return framed(rows, HISTORY, {"at": "object"})


def _described(told: Told) -> Described:
    words: dict[str, Any] = {name: str(told.get(name) or "").strip() for name in ("name", "name_en", "source")}
    codes: dict[str, Any] = {name: str(told.get(name) or "") for name in ("rhythm", "attended_by", "about")}
    days: dict[str, Any] = {name: told.get(name) for name in ("weekday", "day", "begins_on")}
    return Described(**words, **codes, **days, topics=tuple(dict.fromkeys(told.get("topics") or ())))


def _checked(
    session: Session, described: Described, *, row: MeetingKind | None = None, counts_anew: bool
) -> dict[str, Any]:
    """The columns of a kind as described; raises Problems."""
    check = Check()
    check_kind(check, described)
    same = select(MeetingKind.id).where(MeetingKind.name == described.name, MeetingKind.id != (row.id if row else 0))
    check.that(session.scalar(same) is None, "name", N_("There is a kind of this name already, perhaps retired."))
    missed = missed_of(session, row) if row is not None and counts_anew else 0
    check.that(not missed, "rhythm", EXPLAIN, n=missed)
    check.done()
    weekday, day = only_what_counts(described)
    begins = described.begins_on
    if counts_anew and begins is not None:
        begins = max(begins, _today())
    own = {"weekday": weekday, "day": day, "begins_on": begins, "topics": " ".join(described.topics)}
    return asdict(described) | own


def _differs(row: MeetingKind, described: Described) -> bool:
    """Whether the due days are others now."""
    weekday, day = only_what_counts(described)
    stands = (row.rhythm, row.weekday, row.day, row.begins_on)
    return stands != (described.rhythm, weekday, day, described.begins_on)


def _mark(actor: Actor, kind_id: int, version: int, key: str, *, active: bool) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = seen(session, MeetingKind, kind_id, version, {"active": active})
        if row.active is active:
            raise Problems(Problem("", N_("This stands already.")))
        row.active = active
        if active:
            row.begins_on = max(row.begins_on, _today())
        session.flush()
        remember(session, actor, key, f"meetings.{'restore' if active else 'retire'}_kind", row.version)
        return row.version


def _today() -> date:
    return clock.today(current().settings.timezone)
