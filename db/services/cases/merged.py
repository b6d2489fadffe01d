"""Matters that were merged into others: who belongs together, and where one went."""

from sqlalchemy import CTE, ColumnElement, select
from sqlalchemy.orm import Session

from db.models import Attachment, Case
from db.rules.permissions import Actor
from db.services.cases.scope import visible

MERGED = "merged"
_case = Case.__table__.c


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
