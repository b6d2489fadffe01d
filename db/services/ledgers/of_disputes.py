"""Disputes and the trainings of mediators as lines."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from db.engine import current
from db.identity import decrypt
from db.models import Agreement, Committee, Dispute, DisputeMediator, DisputeParty, Mediator, MediatorTraining
from db.rules.ledgers import DISPUTES as FIELDS
from db.rules.permissions import Actor, Permission
from db.rules.problems import Named
from db.services.ledgers.asking import Asked, Line, Source, grouped
from db.services.mediation.scope import gathered

_ALIKE = [name for name in FIELDS if hasattr(Dispute, name)]


def _wanted(actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    rights = [Permission.MEDIATION_READ] + [Permission.MEDIATION_UNMASK] * asked.plain
    query = select(Dispute, Committee.name, Committee.name_en, Agreement.form, Agreement.number, Agreement.amount)
    query = query.join(Committee, Committee.id == Dispute.committee_id)
    query = query.outerjoin(Agreement, Agreement.dispute_id == Dispute.id)
    wanted = and_(*(gathered(actor, right) for right in rights))
    query = query.where(wanted, asked.on(Dispute.received_on), asked.within(Committee.unit_id))
    return query.order_by(Dispute.received_on, Dispute.id)


def _lines(session: Session, _actor: Actor, asked: Asked, rows: Sequence[Any]) -> list[Line]:
    ids = [row[0].id for row in rows]
    parties, mediators = _parties(session, ids, plain=asked.plain), _mediators(session, ids)
    return [
        {name: getattr(dispute, name) for name in _ALIKE}
        | {"id": dispute.id, "committee": Named(committee, committee_en), "mediators": mediators.get(dispute.id, "")}
        | {"form": form or "", "agreement": number or "", "amount": amount or dispute.amount}
        | parties.get(dispute.id, {"parties": "", "contact": ""})
        for dispute, committee, committee_en, form, number, amount in rows
    ]


def _parties(session: Session, ids: Sequence[int], *, plain: bool) -> dict[int, Line]:
    wanted = select(DisputeParty.dispute_id, DisputeParty).where(DisputeParty.removed_at.is_(None))
    wanted = wanted.where(DisputeParty.dispute_id.in_(ids)).order_by(DisputeParty.id)
    return {
        dispute_id: {
            "parties": "、".join(_told(row, "name", plain=plain) for _, row in rows),
            "contact": "、".join(filter(None, (_told(row, "contact", plain=plain) for _, row in rows))),
        }
        for dispute_id, rows in grouped(session.execute(wanted).all()).items()
    }


def _told(row: DisputeParty, name: str, *, plain: bool) -> str:
    if not plain:
        return str(getattr(row, f"{name}_mask"))
    return decrypt(current(), f"dispute_party.{name}", getattr(row, name))


def _mediators(session: Session, ids: Sequence[int]) -> dict[int, str]:
    wanted = select(DisputeMediator.dispute_id, Mediator.name).join(
        Mediator, Mediator.id == DisputeMediator.mediator_id
    )
    wanted = wanted.where(DisputeMediator.dispute_id.in_(ids), DisputeMediator.ended_on.is_(None))
    rows = session.execute(wanted.order_by(DisputeMediator.lead.desc(), DisputeMediator.id)).all()
    return {one: "、".join(name for _, name in names) for one, names in grouped(rows).items()}


def _trainings(_actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    query = select(MediatorTraining, Mediator.name, Committee.name, Committee.name_en)
    query = query.join(Mediator, Mediator.id == MediatorTraining.mediator_id)
    query = query.join(Committee, Committee.id == Mediator.committee_id)
    query = query.where(MediatorTraining.removed_at.is_(None), asked.on(MediatorTraining.held_on))
    return query.where(asked.within(Committee.unit_id)).order_by(MediatorTraining.held_on, MediatorTraining.id)


def _training_lines(_session: Session, _actor: Actor, _asked: Asked, rows: Sequence[Any]) -> list[Line]:
    return [
        {"on_day": row.held_on, "kind": "training", "title": row.subject, "hours": row.hours or None}
        | {"who": Named(f"{committee} {name}", f"{committee_en or committee} {name}"), "note": row.organiser}
        for row, name, committee, committee_en in rows
    ]


DISPUTES = Source(Permission.MEDIATION_READ, _wanted, _lines)
TRAININGS = Source(Permission.COMMITTEES_READ, _trainings, _training_lines)
