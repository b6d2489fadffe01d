"""The records behind a computed point, as far as the reader may open them; of the others only how many there are."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import reading
from db.models import (
    Case,
    Committee,
    Dispute,
    DisputeSearch,
    Duty,
    Rota,
    RotaPlace,
    ScoreEntry,
    ScoreSheet,
    Work,
)
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import guarded
from db.services.cases.scope import visible
from db.services.mediation.scope import visible as visible_dispute
from db.services.scoring import scope
from db.services.scoring.facts.cases import CASE, counted
from db.services.scoring.facts.disputes import DISPUTE, SEARCH
from db.services.scoring.facts.duty import PLACE
from db.services.scoring.facts.works import WORK
from db.services.works.scope import visible as visible_work

RECORDS = ["kind", "id", "number", "state", "day", "met", "count"]
MORE = "more"
# id, what it is called, how it stands, and its day
Told = tuple[int, str, str, date | None]
Asks = Callable[[Session, Actor, Sequence[int]], Iterable[Told]]


@guarded(Permission.SCORES_OPEN)
def records_of(actor: Actor, *, entry_id: int) -> pd.DataFrame:
    """What a computed point was counted from, oldest first: columns of RECORDS.

    `met` is whether it counts above the line of a share. Records the reader may not open share one line for each kind,
    without id and number; `count` says how many there are. What lies beyond those kept is a line of the kind "more".
    """
    with reading() as session:
        found = session.execute(
            select(ScoreSheet.assessed_unit_id, ScoreEntry.basis)
            .join(ScoreSheet, ScoreSheet.id == ScoreEntry.sheet_id)
            .where(ScoreEntry.id == entry_id, ScoreEntry.computed.is_not(None))
        ).one_or_none()
        if found is None:
            raise NotThere(f"score entry {entry_id}")
        scope.reached(session, actor, found.assessed_unit_id)
        return _framed(session, actor, json.loads(found.basis))


def _framed(session: Session, actor: Actor, basis: Mapping[str, Any]) -> pd.DataFrame:
    records = [(str(kind), int(record_id)) for kind, record_id in basis["records"]]
    missed = {(str(kind), int(record_id)) for kind, record_id in basis["missed"]}
    by_kind: dict[str, list[int]] = {}
    for kind, record_id in records:
        by_kind.setdefault(kind, []).append(record_id)
    seen = {
        (kind, told[0]): told
        for kind, ids in by_kind.items()
        if kind in _ASKED and actor.may(_ASKED[kind][0])
        for told in _ASKED[kind][1](session, actor, ids)
    }
    rows: list[tuple[object, ...]] = []
    for record in records:
        if record in seen:
            record_id, number, state, day = seen[record]
            rows.append((record[0], record_id, number, state, day, record not in missed, 1))
    for kind, ids in by_kind.items():
        if hidden := sum((kind, one) not in seen for one in ids):
            rows.append((kind, None, "", "", None, None, hidden))
    if (more := basis["number"] - len(records)) > 0:
        rows.append((MORE, None, "", "", None, None, more))
    return pd.DataFrame(rows, columns=RECORDS).astype({"id": "Int64", "met": "boolean"})


def _cases(session: Session, actor: Actor, ids: Sequence[int]) -> Iterable[Told]:
    query = select(Case.id, Case.number, Case.state, Case.replied_on).where(Case.id.in_(ids), visible(actor), counted())
    return [(one, name, state, day) for one, name, state, day in session.execute(query)]


def _disputes(session: Session, actor: Actor, ids: Sequence[int]) -> Iterable[Told]:
    query = select(Dispute.id, Dispute.number, Dispute.state, Dispute.ended_on)
    query = query.where(Dispute.id.in_(ids), visible_dispute(actor))
    return [(one, name, state, day) for one, name, state, day in session.execute(query)]


def _searches(session: Session, _actor: Actor, ids: Sequence[int]) -> Iterable[Told]:
    query = select(DisputeSearch.id, Committee.name, DisputeSearch.held_on)
    query = query.join(Committee, Committee.id == DisputeSearch.committee_id).where(DisputeSearch.id.in_(ids))
    return [(search_id, name, "", on) for search_id, name, on in session.execute(query)]


def _places(session: Session, _actor: Actor, ids: Sequence[int]) -> Iterable[Told]:
    query = select(RotaPlace.id, Duty.name, RotaPlace.role, RotaPlace.on_day).where(RotaPlace.id.in_(ids))
    query = query.join(Rota, Rota.id == RotaPlace.rota_id).join(Duty, Duty.id == Rota.duty_id)
    return [(one, name, state, day) for one, name, state, day in session.execute(query)]


def _works(session: Session, actor: Actor, ids: Sequence[int]) -> Iterable[Told]:
    query = select(Work.id, Work.title, Work.kind, Work.on_day).where(Work.id.in_(ids), visible_work(actor))
    return [(one, name, state, day) for one, name, state, day in session.execute(query)]


_ASKED: Mapping[str, tuple[Permission, Asks]] = MappingProxyType(
    {
        CASE: (Permission.CASES_READ, _cases),
        DISPUTE: (Permission.MEDIATION_READ, _disputes),
        SEARCH: (Permission.COMMITTEES_READ, _searches),
        PLACE: (Permission.DUTY_READ, _places),
        WORK: (Permission.WORKS_READ, _works),
    }
)
