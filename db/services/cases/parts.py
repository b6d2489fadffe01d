"""Matters that are part of a larger one: a matter has one parent at most, and never itself above it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Case, CaseLink
from db.rules.case_flow import State
from db.rules.problems import N_, Check

PART_OF = "part_of"


def check_part(session: Session, child: Case, parent: Case) -> None:
    """Raise Problems unless `child` may become part of `parent`."""
    check = Check()
    check.that(not (child.sealed or parent.sealed), "kind", N_("A sealed matter is part of no other."))
    check.that(parent.open, "number", N_("{number} is settled; reopen it first."), number=parent.number)
    archived = child.state == State.ARCHIVED
    check.that(not archived, "", N_("An archived case is changed only after it is reopened."))
    above = _parent_of(session, child.id)
    fine = above in (None, parent.id)
    check.that(fine, "kind", N_("This matter is part of another one already. Unlink the two first."))
    check.that(child.id not in _line_above(session, parent.id), "number", N_("{number} is part of this matter itself."),
               number=parent.number)  # fmt: skip
    check.done()


def open_parts(session: Session, case_id: int) -> tuple[str, ...]:
    """The numbers of the open matters that are part of this one."""
    links = select(CaseLink.case_id).where(CaseLink.other_id == case_id, CaseLink.kind == PART_OF)
    return tuple(session.scalars(select(Case.number).where(Case.id.in_(links), Case.open).order_by(Case.id)))


def _parent_of(session: Session, case_id: int) -> int | None:
    """The matter this one is part of; one that is gone does not count."""
    links = select(CaseLink.other_id).where(CaseLink.case_id == case_id, CaseLink.kind == PART_OF)
    return session.scalar(select(Case.id).where(Case.id.in_(links)))


def _line_above(session: Session, case_id: int) -> set[int]:
    """The case and every matter it is part of, upwards; those that are gone too, because they may come back."""
    line, newest = {case_id}, {case_id}
    while newest:
        links = select(CaseLink.other_id).where(CaseLink.case_id.in_(newest), CaseLink.kind == PART_OF)
        newest = set(session.scalars(links)) - line
        line |= newest
    return line
