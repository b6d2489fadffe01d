"""One's own shifts as a calendar file: every published one of the last year and to come, those taken away cancelled."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.documents import shifts_calendar
from db.documents.forms import Document
from db.documents.shifts_calendar import Shift
from db.engine import current, transaction
from db.identity import key_for
from db.languages import translate
from db.models import Code, Duty, DutyMember, DutyPost, DutyShift, Rota, RotaChange, RotaPlace
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_
from db.services.acts import guarded
from db.services.duty.serving import PUBLISHED
from db.services.office import facts_of

BACK = timedelta(days=366)


@guarded(Permission.DUTY_SERVE)
def my_calendar(actor: Actor, *, language: str) -> Document:
    """The file; taking it in again changes and cancels what it brought before. Journalled."""
    zone = current().settings.timezone
    with transaction(actor) as session:
        found = _shifts(session, actor, language)
        journal.note(session, "export", tbl="rota", detail={"what": "my_shifts", "rows": len(found)})
    name = translate(N_("My shifts"), language)
    content = shifts_calendar.calendar(found, name=f"{name} {actor.name}", zone=zone, at=clock.now())
    return Document(f"{name} {clock.today(zone):%Y-%m-%d}.ics", content)


def _shifts(session: Session, actor: Actor, language: str) -> Sequence[Shift]:
    mine = select(DutyMember.id).where(DutyMember.person_id == actor.id)
    taken = select(RotaChange.place_id).where(or_(RotaChange.was_id.in_(mine), RotaChange.becomes_id.in_(mine)))
    latest = select(func.max(RotaChange.at)).where(RotaChange.place_id == RotaPlace.id).scalar_subquery()
    label = Code.label_en if language == "en" else Code.label_zh
    query = (
        select(RotaPlace, Rota, Duty, DutyPost, DutyShift, func.coalesce(label, RotaPlace.role), latest)
        .join(Rota, and_(Rota.id == RotaPlace.rota_id, Rota.state == PUBLISHED))
        .join(Duty, Duty.id == Rota.duty_id)
        .join(DutyPost, DutyPost.id == RotaPlace.post_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .outerjoin(Code, and_(Code.list_name == "duty_role", Code.code == RotaPlace.role))
        .where(RotaPlace.on_day >= clock.today(current().settings.timezone) - BACK)
        .where(or_(RotaPlace.member_id.in_(mine), RotaPlace.published_id.in_(mine), RotaPlace.id.in_(taken)))
        .order_by(RotaPlace.begins_at, RotaPlace.id)
    )
    members = set(session.scalars(mine))
    # The same in every file of this person, and nobody else's in a calendar two people share.
    whose = key_for(current(), "calendar", f"person {actor.id}")
    telephone = facts_of(session).telephone
    return [
        _shift(*row, kept=row[0].member_id in members, whose=whose, telephone=telephone, language=language)
        for row in session.execute(query)
    ]


def _shift(
    place: RotaPlace,
    rota: Rota,
    duty: Duty,
    post: DutyPost,
    shift: DutyShift,
    role: str,
    latest: datetime | None,
    *,
    kept: bool,
    whose: str,
    telephone: str,
    language: str,
) -> Shift:
    named = [(language == "en" and one.name_en) or one.name for one in (duty, shift, post)]
    called = [translate(N_("Duty telephone: {telephone}"), language, telephone=telephone)] if telephone else []
    return Shift(
        uid=f"{place.id}-{whose}@linli",
        sequence=place.version,
        begins_at=place.begins_at,
        ends_at=place.ends_at,
        title=translate(N_("{duty}, {shift} ({role})"), language, duty=named[0], shift=named[1], role=role),
        where=" ".join(part for part in (named[2], post.place) if part),
        note="\n".join(called),
        changed_at=max(filter(None, (latest, rota.published_at, rota.made_at))),
        cancelled=not kept,
    )
