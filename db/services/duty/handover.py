"""Hand-over notes: written at the end of a shift at a post, read by the next shift at the same post."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading, transaction
from db.models import Duty, DutyHandover, DutyMember, DutyPost, DutyShift, Person, Rota, RotaPlace
from db.rules.duty.attending import Times, check_note_time, may_read, next_of
from db.rules.duty.needs import span
from db.rules.mediation.writing import NEEDED, check_text
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.duty.rows import framed
from db.services.duty.serving import PUBLISHED, charges, in_charge, is_member, near, no_account, plans
from db.services.records import seen

NOTES = ["id", "version", "post_id", "post", "post_en", "on_day", "shift_id", "shift", "shift_en", "text"]
NOTES += ["written_by", "written_at", "ends_at", "read_by", "read_at", "may_read"]
# How far back a note may lie unread to be offered, and how far ahead the next shift is looked for.
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Written:
    """A note, the names around it, and when its shift was."""

    note: DutyHandover
    post: DutyPost
    shift: DutyShift
    written_by: str
    read_by: str
    times: Times


@dataclass(frozen=True)
class Later:
    """The shifts at each post that may come after a note's, and those of them the actor speaks for."""

    served: defaultdict[int, list[Times]] = field(default_factory=lambda: defaultdict(list))
    mine: defaultdict[int, list[Times]] = field(default_factory=lambda: defaultdict(list))

    def may_read(self, one: Written, now: datetime) -> bool:
        """Whether the actor's shift reads this note."""
        post_id = one.note.post_id
        begins = next_of(one.times, self.served[post_id])
        return any(may_read(one.times, reader, begins, now) for reader in self.mine[post_id])


@guarded(Permission.DUTY_SERVE)
def write_note(actor: Actor, *, post_id: int, on_day: date, shift_id: int, text: str, key: str) -> int:
    """Write a note for the next shift, by whoever serves this one at the post; answers its id. Never rewritten."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        now = clock.now()
        this = and_(RotaPlace.post_id == post_id, RotaPlace.on_day == on_day, RotaPlace.shift_id == shift_id)
        shift = session.execute(_places().where(this, _mine(session, actor, now))).first()
        if shift is None:
            raise NotThere(RotaPlace.__tablename__)
        check_note_time(Times(shift.begins_at, shift.ends_at), now)
        check = Check()
        check.that(text.strip(), "text", NEEDED)
        check_text(check, "text", text)
        check.done()
        note = DutyHandover(post_id=post_id, on_day=on_day, shift_id=shift_id, text=text.strip())
        note.written_by_id, note.written_at = actor.id, now
        session.add(note)
        session.flush()
        remember(session, actor, key, "duty.write_note", note.id)
        return note.id


@guarded(Permission.DUTY_SERVE)
def read_note(actor: Actor, *, note_id: int, version: int, key: str) -> int:
    """The next shift at the post says it has read the note; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        now = clock.now()
        found = _notes(session, DutyHandover.id == note_id)
        later = _later(session, actor, found, now)
        if not any(later.may_read(one, now) for one in found):
            raise NotThere(DutyHandover.__tablename__)
        note = seen(session, DutyHandover, note_id, version, {})
        if note.read_at is not None:
            raise Problems(Problem("", N_("This note was read already.")))
        note.read_by_id, note.read_at = actor.id, now
        session.flush()
        remember(session, actor, key, "duty.read_note", note.version)
        return note.version


@guarded(Permission.DUTY_SERVE)
def unread(actor: Actor) -> pd.DataFrame:
    """Notes of the last week the actor's shift, now or near, has still to read, oldest first: columns of NOTES."""
    now = clock.now()
    with reading() as session:
        posts = {row.post_id for row in session.execute(_places().where(near(now), _mine(session, actor, now)))}
        if not posts:
            return _frame([])
        waiting = and_(DutyHandover.read_at.is_(None), DutyHandover.written_at >= now - WEEK)
        found = _notes(session, and_(DutyHandover.post_id.in_(posts), waiting))
        later = _later(session, actor, found, now)
    return _frame([_told(one, may=True) for one in reversed(found) if later.may_read(one, now)])


@guarded(Permission.DUTY_READ)
def notes(actor: Actor, *, duty_id: int, from_on: date, until_on: date) -> pd.DataFrame:
    """Notes of these days, newest first: columns of NOTES.

    For the duty's members, who plans or describes it, and the leader or deputy on shift; raises NotThere.
    """
    now = clock.now()
    with reading() as session:
        if not _may_see(session, actor, duty_id, now):
            raise NotThere(Duty.__tablename__)
        days = and_(DutyHandover.on_day >= from_on, DutyHandover.on_day <= until_on)
        found = _notes(session, and_(DutyPost.duty_id == duty_id, days))
        later = _later(session, actor, found, now)
    return _frame([_told(one, may=one.note.read_at is None and later.may_read(one, now)) for one in found])


def _may_see(session: Session, actor: Actor, duty_id: int, now: datetime) -> bool:
    planning = any(plans(session, actor, duty_id, one) for one in (Permission.DUTY_PLAN, Permission.DUTY_MANAGE))
    return planning or is_member(session, actor, duty_id) or in_charge(session, actor, duty_id, now)


def _places() -> Select[int, datetime, datetime]:
    """Published places somebody stands on, with the member and the duty to ask for."""
    return (
        select(RotaPlace.post_id, RotaPlace.begins_at, RotaPlace.ends_at)
        .join(Rota, and_(Rota.id == RotaPlace.rota_id, Rota.state == PUBLISHED))
        .join(Duty, Duty.id == Rota.duty_id)
        .join(DutyMember, DutyMember.id == RotaPlace.member_id)
    )


def _mine(session: Session, actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Places of the actor, and of somebody without an account the actor is in charge of."""
    return or_(DutyMember.person_id == actor.id, and_(no_account(), charges(session, actor, now)))


def _later(session: Session, actor: Actor, found: Sequence[Written], now: datetime) -> Later:
    later = Later()
    if not found:
        return later
    posts = {one.note.post_id for one in found}
    since = min(one.times.begins_at for one in found)
    query = (
        _places()
        .add_columns(_mine(session, actor, now).label("mine"))
        .where(RotaPlace.post_id.in_(posts), RotaPlace.begins_at > since, RotaPlace.begins_at <= now + WEEK)
    )
    for post_id, begins_at, ends_at, mine in session.execute(query):
        later.served[post_id].append(Times(begins_at, ends_at))
        if mine:
            later.mine[post_id].append(Times(begins_at, ends_at))
    return later


def _notes(session: Session, condition: ColumnElement[bool]) -> list[Written]:
    """Notes, newest first."""
    writer, reader = aliased(Person), aliased(Person)
    query = (
        select(DutyHandover, DutyPost, DutyShift, writer.name, reader.name)
        .join(DutyPost, DutyPost.id == DutyHandover.post_id)
        .join(DutyShift, DutyShift.id == DutyHandover.shift_id)
        .outerjoin(writer, writer.id == DutyHandover.written_by_id)
        .outerjoin(reader, reader.id == DutyHandover.read_by_id)
        .where(condition)
        .order_by(DutyHandover.written_at.desc(), DutyHandover.id.desc())
    )
    zone = current().settings.timezone
    return [
        Written(note, post, shift, by or "", read or "", Times(*span(note.on_day, shift.begins, shift.minutes, zone)))
        for note, post, shift, by, read in session.execute(query)
    ]


def _told(one: Written, *, may: bool) -> tuple[object, ...]:
    note = one.note
    return (
        *(note.id, note.version, note.post_id, one.post.name, one.post.name_en, note.on_day),
        *(note.shift_id, one.shift.name, one.shift.name_en, note.text),
        *(one.written_by, note.written_at, one.times.ends_at, one.read_by, note.read_at, may),
    )


def _frame(rows: Iterable[tuple[object, ...]]) -> pd.DataFrame:
    return framed(rows, NOTES, {"may_read": "bool"})
