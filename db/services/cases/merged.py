"""Matters that were merged into others: who belongs together, what each said, and where one went."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading
from db.models import Attachment, Case, CaseMerge, Person
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import guarded
from db.services.cases import beside
from db.services.cases.beside import Rows
from db.services.cases.scope import visible

MERGED = "merged"
_WITH_GONE = {"with_gone": True}
_case = Case.__table__.c


@dataclass(frozen=True)
class MergedIn:
    """A matter that went into the one whose page shows this: everything it said, and how it came here."""

    id: int
    into_id: int
    version: int
    number: str
    state: str
    subject: str
    text: str
    place: str
    received_at: datetime
    merged_at: datetime
    merged_by: str
    reason: str
    parties: Rows
    files: Rows
    timeline: Rows


@dataclass(frozen=True)
class Went:
    """Where a merged matter is now."""

    number: str
    into_id: int
    into_number: str
    merged_at: datetime


def family(session: Session, case_id: int) -> tuple[int, ...]:
    """The case and every case merged into it, those merged into these as well, in the order they were joined."""
    found: list[int] = [case_id]
    newest = [case_id]
    while newest:
        wanted = select(_case.id).where(_case.merged_into_id.in_(newest), _case.gone == MERGED).order_by(_case.gone_at)
        newest = [one for one in session.connection().scalars(wanted) if one not in found]
        found += newest
    return tuple(found)


def standing_for(session: Session, case: Case) -> Case:
    """The case that now stands for this one: itself, or the one it went into at last."""
    while case.gone == MERGED and case.merged_into_id is not None:
        case = session.get_one(Case, case.merged_into_id, execution_options={"with_gone": True})
    return case


def files_seen(actor: Actor) -> ColumnElement[bool]:
    """Files of matters that went into one this actor may see."""
    return Attachment.case_id.in_(select(_within(actor).c.id))


def _within(actor: Actor) -> CTE:
    gone = Case.__table__
    seen = select(Case.id).where(visible(actor))
    first = select(gone.c.id).where(gone.c.gone == MERGED, gone.c.merged_into_id.in_(seen))
    chain = first.cte("merged", recursive=True)
    further = select(gone.c.id).join(chain, chain.c.id == gone.c.merged_into_id).where(gone.c.gone == MERGED)
    return chain.union(further)


@guarded(Permission.CASES_READ)
def merged_here(actor: Actor, *, case_id: int) -> tuple[MergedIn, ...]:
    """What went into a case the actor may see, those that went into these as well, in the order it happened."""
    with reading() as session:
        kept = session.scalars(select(Case).where(Case.id == case_id, visible(actor))).one_or_none()
        if kept is None:
            raise NotThere(f"case {case_id}")
        return tuple(_merged_in(session, one) for one in family(session, case_id)[1:])


@guarded(Permission.CASES_READ)
def where_it_went(actor: Actor, *, case_id: int = 0, number: str = "") -> Went | None:
    """Where a merged matter is now, by its id or its whole number; None when it is none or not the actor's to see."""
    with reading() as session:
        asked = Case.id == case_id if case_id else Case.number == number.strip()
        query = select(Case).where(asked, Case.gone == MERGED).execution_options(**_WITH_GONE)
        gone = session.scalars(query).one_or_none()
        kept = standing_for(session, gone) if gone is not None else None
        if gone is None or kept is None:
            return None
        if session.scalar(select(Case.id).where(Case.id == kept.id, visible(actor))) is None:
            return None
        return Went(gone.number, kept.id, kept.number, gone.gone_at or clock.now())


def _merged_in(session: Session, case_id: int) -> MergedIn:
    gone = session.get_one(Case, case_id, execution_options=_WITH_GONE)
    query = select(CaseMerge, Person.name).outerjoin(Person, Person.id == CaseMerge.merged_by_id)
    query = query.where(CaseMerge.gone_id == case_id, CaseMerge.undone_at.is_(None)).order_by(CaseMerge.id.desc())
    made, who = session.execute(query.limit(1)).one()
    return MergedIn(
        id=gone.id,
        into_id=made.kept_id,
        version=gone.version,
        number=gone.number,
        state=gone.state,
        subject=gone.subject,
        text=gone.text,
        place=gone.place,
        received_at=gone.received_at,
        merged_at=made.merged_at,
        merged_by=who or "",
        reason=made.reason,
        parties=beside.parties(session, case_id),
        files=beside.files(session, case_id),
        timeline=beside.timeline(session, case_id),
    )
