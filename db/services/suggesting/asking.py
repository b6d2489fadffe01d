"""Asking for suggestions: while a matter is taken in, for rows of an import, for the unit of a proposal."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import reading
from db.models import Code, Unit
from db.rules.cases import Kind as CaseKind
from db.rules.permissions import Actor, Permission
from db.rules.suggesting.model import SHOWN_FROM
from db.services.acts import guarded
from db.services.cases.scope import load
from db.services.suggesting.models import Kind, in_force

# Fewer characters than this say too little.
LEAST = 6


@dataclass(frozen=True)
class Suggestion:
    """What similar cases were: `code` of a category or `unit_id`, and how likely it proves right, 0 to 1."""

    kind: str
    code: str
    unit_id: int | None
    confidence: float


@guarded(Permission.INTAKE_REGISTER)
def suggest(actor: Actor, *, subject: str, text: str) -> list[Suggestion]:
    """At most two categories worth showing, the likelier first; none before a model was learned."""
    with reading() as session:
        return _asked(session, Kind.CATEGORY, subject, text)


@guarded(Permission.INTAKE_REGISTER)
def suggest_many(actor: Actor, *, rows: Sequence[tuple[str, str]]) -> list[Suggestion | None]:
    """The likeliest category of each (subject, text), None where nothing is worth showing."""
    with reading() as session:
        return suggestions_for(session, rows)


def suggestions_for(session: Session, rows: Sequence[tuple[str, str]]) -> list[Suggestion | None]:
    """The same inside the caller's session."""
    return [next(iter(_asked(session, Kind.CATEGORY, subject, text)), None) for subject, text in rows]


@guarded(Permission.CASES_PROPOSE)
def suggest_unit(actor: Actor, *, case_id: int) -> Suggestion | None:
    """Where matters like this one went; None for a sealed one or an accusation. Raises NotThere."""
    with reading() as session:
        case = load(session, actor, case_id, Permission.CASES_PROPOSE)
        if case.sealed or case.kind == CaseKind.ACCUSATION:
            return None
        return next(iter(_asked(session, Kind.UNIT, case.subject, case.text)), None)


def _asked(session: Session, kind: Kind, subject: str, text: str) -> list[Suggestion]:
    if len(subject.strip()) + len(text.strip()) < LEAST:
        return []
    model = in_force(session, kind)
    if model is None:
        return []
    likely = [(label, chance) for label, chance in model.likeliest(subject, text) if chance >= SHOWN_FROM]
    offered = _offered(session, kind, [label for label, _ in likely])
    return [
        Suggestion(
            kind=kind,
            code=label if kind is Kind.CATEGORY else "",
            unit_id=int(label) if kind is Kind.UNIT else None,
            confidence=chance,
        )
        for label, chance in likely
        if label in offered
    ]


def _offered(session: Session, kind: Kind, labels: Sequence[str]) -> set[str]:
    """Those that may still be chosen: no retired category, no retired unit."""
    if kind is Kind.CATEGORY:
        codes = select(Code.code).where(Code.list_name == "category", Code.active, Code.code.in_(labels))
        return set(session.scalars(codes))
    units = select(Unit.id).where(Unit.active, Unit.id.in_([int(label) for label in labels]))
    return {str(one) for one in session.scalars(units)}
