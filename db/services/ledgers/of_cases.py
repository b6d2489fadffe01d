"""Cases and supervision notices as lines; never a sealed matter nor an accusation (Art. 30)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current
from db.identity import decrypt
from db.models import Case, CaseParty, CaseUnit, Person, Supervision, Unit
from db.rules.cases import Kind
from db.rules.cases import Source as From
from db.rules.ledgers import CASES
from db.rules.permissions import Actor, Permission
from db.rules.problems import Named
from db.rules.supervision import TOLD
from db.services.cases.scope import visible
from db.services.ledgers.asking import Asked, Line, Source
from db.services.supervision.scope import shown_to

_ALIKE = [name for name in CASES if hasattr(Case, name)]
_handler = aliased(Person)


def open_to_ledgers(actor: Actor, *, plain: bool = False) -> ColumnElement[bool]:
    """The cases somebody may take away in a ledger, a layout or a batch; no sealed one, no accusation."""
    rights = [Permission.CASES_READ, Permission.LEDGERS_EXPORT] + [Permission.CASES_EXPORT_PLAIN] * plain
    return and_(*(visible(actor, right) for right in rights), ~Case.sealed, Case.kind != Kind.ACCUSATION)


def _wanted(actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    query = select(Case, Unit.name, Unit.name_en, _handler.name).outerjoin(Unit, Unit.id == Case.lead_unit_id)
    query = query.outerjoin(_handler, _handler.id == Case.handler_id)
    parts = [open_to_ledgers(actor, plain=asked.plain), asked.at(Case.received_at)]
    if asked.units is not None:
        helping = select(CaseUnit.case_id).where(CaseUnit.unit_id.in_(asked.units), CaseUnit.state != "returned")
        parts.append(or_(Case.lead_unit_id.in_(asked.units), Case.id.in_(helping)))
    return query.where(*parts).order_by(Case.received_at, Case.id)


def _on_patrol(actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    return _wanted(actor, asked).where(Case.source == From.PATROL)


def _lines(session: Session, _actor: Actor, asked: Asked, rows: Sequence[Any]) -> list[Line]:
    names = _parties(session, [row[0].id for row in rows], plain=asked.plain)
    zone = current().settings.timezone
    return [
        {name: getattr(case, name) for name in _ALIKE}
        | {"id": case.id, "received_on": clock.day_of(case.received_at, zone), "handler": handler or ""}
        | {"lead_unit": Named(unit or "", unit_en or "")}
        | names.get(case.id, {"resident": "", "contact": ""})
        for case, unit, unit_en, handler in rows
    ]


def _parties(session: Session, ids: Sequence[int], *, plain: bool) -> dict[int, Line]:
    """Name and contact of who came first, masked or in clear, by case."""
    found: dict[int, Line] = {}
    for part in (ids[begin : begin + 500] for begin in range(0, len(ids), 500)):
        wanted = select(CaseParty).where(CaseParty.case_id.in_(part)).order_by(CaseParty.id.desc())
        for row in session.scalars(wanted):
            found[row.case_id] = (
                {name: decrypt(current(), f"case_party.{name}", getattr(row, name)) for name in ("name", "contact")}
                if plain
                else {"name": row.name_mask, "contact": row.contact_mask}
            )
    return {one: {"resident": told["name"], "contact": told["contact"]} for one, told in found.items()}


def _notices(actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    query = select(Supervision, Case.number, Case.subject, Unit.name, Unit.name_en)
    query = query.join(Case, Case.id == Supervision.case_id).join(Unit, Unit.id == Supervision.unit_id)
    wanted = (shown_to(actor), Supervision.state.in_(TOLD))
    query = query.where(*wanted, asked.at(Supervision.issued_at), asked.within(Supervision.unit_id))
    return query.order_by(Supervision.issued_at, Supervision.id)


def _notice_lines(_session: Session, _actor: Actor, _asked: Asked, rows: Sequence[Any]) -> list[Line]:
    zone = current().settings.timezone
    return [
        {name: getattr(notice, name) for name in ("id", "number", "why", "text", "answer", "answer_by", "missed_on")}
        | {"state": notice.state, "case": number, "subject": subject, "unit": Named(unit, unit_en)}
        | {"issued_on": clock.day_of(notice.issued_at, zone)}
        | {"answered_on": clock.day_of(notice.answered_at, zone) if notice.answered_at else None}
        for notice, number, subject, unit, unit_en in rows
    ]


MATTERS = Source(Permission.CASES_READ, _wanted, _lines)
HAZARDS = Source(Permission.CASES_READ, _on_patrol, _lines)
NOTICES = Source(Permission.CASES_READ, _notices, _notice_lines)
