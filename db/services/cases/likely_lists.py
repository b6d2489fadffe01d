"""The pairs that look alike, side by side, and what a person decides about each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db import clock
from db.engine import reading, transaction
from db.models import Case, CaseLikely, Unit
from db.rules.case_flow import OPEN, State, Step
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import earlier, guarded, remember
from db.services.cases.edit import join_cases
from db.services.cases.scope import visible
from db.services.cases.steps import take_in
from db.services.records import seen

PAIRS = 10
REASONS = ("number", "contact", "place", "words")
_SIDE = ("id", "version", "number", "state", "received_at", "subject", "text", "place", "anonymous")


class Tab(StrEnum):
    """What became of a pair; two that were merged are one matter and no pair any more."""

    OPEN = "open"
    REPEAT = "repeat"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Pair:
    """Two matters and why they may be one, the earlier first."""

    id: int
    version: int
    state: str
    why: tuple[str, ...]
    score: float
    found_at: datetime
    earlier: Mapping[str, Any]
    later: Mapping[str, Any]


@dataclass(frozen=True)
class Pairs:
    """One page of pairs."""

    pairs: tuple[Pair, ...]
    total: int
    page: int
    pages: int


@guarded(Permission.CASES_MERGE)
def pairs(actor: Actor, *, tab: Tab = Tab.OPEN, reason: str = "", page: int = 1) -> Pairs:
    """One page of the pairs whose two matters the actor may both see, the likeliest first."""
    where = [CaseLikely.state == tab, *_both_seen(actor)]
    if reason in REASONS:
        where.append(CaseLikely.why.contains(f'"{reason}"'))
    with reading() as session:
        total = session.scalar(select(func.count(CaseLikely.id)).where(*where)) or 0
        last = max(1, -(-total // PAIRS))
        page = min(max(1, page), last)
        query = select(CaseLikely).where(*where).order_by(CaseLikely.score.desc(), CaseLikely.id.desc())
        rows = session.scalars(query.limit(PAIRS).offset((page - 1) * PAIRS)).all()
        sides = _sides(session, {case_id for row in rows for case_id in (row.case_id, row.other_id)})
        return Pairs(tuple(_pair(row, sides) for row in rows), total, page, last)


@guarded(Permission.CASES_MERGE)
def call_different(actor: Actor, *, pair_id: int, version: int, key: str) -> None:
    """Two matters that only look alike; the pair is not found again."""
    _decide(actor, pair_id, version, Tab.DIFFERENT, key)


@guarded(Permission.CASES_MERGE)
def reopen(actor: Actor, *, pair_id: int, version: int, key: str) -> None:
    """Ask about a pair again that was called different."""
    _decide(actor, pair_id, version, Tab.OPEN, key)


@guarded(Permission.CASES_MERGE)
def call_repeat(actor: Actor, *, pair_id: int, version: int, how: str = "", words: str = "", key: str) -> None:
    """Link the later matter to the earlier one as a repeat; `words` are told to the later one's resident (`how`)."""
    with transaction(actor) as session:
        if earlier(session, key) is not None:
            return
        row = _settle(session, actor, pair_id, version, Tab.REPEAT)
        first, later = _in_order(session, row)
        join_cases(session, later.id, first.id, "repeat")
        if words.strip() and State(later.state) in OPEN:
            told = {"how": how, "words": words}
            take_in(session, actor, case_id=later.id, version=None, step=Step.TELL, values=told)
        remember(session, actor, key, "likely.repeat", row.id)


def _decide(actor: Actor, pair_id: int, version: int, state: Tab, key: str) -> None:
    with transaction(actor) as session:
        if earlier(session, key) is not None:
            return
        row = _settle(session, actor, pair_id, version, state)
        remember(session, actor, key, f"likely.{state}", row.id)


def _settle(session: Session, actor: Actor, pair_id: int, version: int, state: Tab) -> CaseLikely:
    both = select(CaseLikely.id).where(CaseLikely.id == pair_id, *_both_seen(actor))
    if session.scalar(both) is None:
        raise NotThere(f"pair {pair_id}")
    row = seen(session, CaseLikely, pair_id, version, {"state": state})
    row.state = state
    row.decided_at, row.decided_by_id = (None, None) if state is Tab.OPEN else (clock.now(), actor.id)
    return row


def _both_seen(actor: Actor) -> list[ColumnElement[bool]]:
    """Both matters within reach and neither sealed, asked pair by pair; one that is gone is not there."""

    def one(column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return exists(select(Case.id).where(Case.id == column, ~Case.sealed, visible(actor, Permission.CASES_MERGE)))

    return [one(CaseLikely.case_id), one(CaseLikely.other_id)]


def _in_order(session: Session, row: CaseLikely) -> tuple[Case, Case]:
    both = session.scalars(select(Case).where(Case.id.in_((row.case_id, row.other_id)))).all()
    first, later = sorted(both, key=lambda case: (case.received_at, case.id))
    return first, later


def _sides(session: Session, ids: set[int]) -> dict[int, Mapping[str, Any]]:
    columns = [getattr(Case, name) for name in _SIDE]
    query = select(*columns, Unit.name.label("unit"), Unit.name_en.label("unit_en"))
    query = query.outerjoin(Unit, Unit.id == Case.lead_unit_id).where(Case.id.in_(ids))
    return {row["id"]: dict(row) for row in session.execute(query).mappings()}


def _pair(row: CaseLikely, sides: Mapping[int, Mapping[str, Any]]) -> Pair:
    both = sorted((sides[row.case_id], sides[row.other_id]), key=lambda side: (side["received_at"], side["id"]))
    why = tuple(json.loads(row.why))
    return Pair(row.id, row.version, row.state, why, row.score, row.found_at, both[0], both[1])
