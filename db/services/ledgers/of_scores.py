"""Points of the score sheets, and supervision notices beside them, as lines."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.models import AssessedUnit, ScoreEntry, ScoreSheet, Unit
from db.rules.permissions import Actor, Permission
from db.rules.problems import Named
from db.services.ledgers.asking import Asked, Line, Source
from db.services.ledgers.of_cases import NOTICES
from db.services.scoring import ledger
from db.services.scoring.scope import within


def _wanted(actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    query = select(ScoreEntry, AssessedUnit.assessment_id, Unit.name, Unit.name_en)
    query = query.join(ScoreSheet, ScoreSheet.id == ScoreEntry.sheet_id)
    query = query.join(AssessedUnit, AssessedUnit.id == ScoreSheet.assessed_unit_id)
    query = query.join(Unit, Unit.id == AssessedUnit.unit_id)
    wanted = (within(actor), ScoreEntry.removed_at.is_(None), ScoreEntry.computed.is_(None))
    query = query.where(*wanted, asked.on(ScoreEntry.on_day), asked.within(AssessedUnit.unit_id))
    return query.order_by(ScoreEntry.on_day, ScoreEntry.id)


def _lines(session: Session, _actor: Actor, _asked: Asked, rows: Sequence[Any]) -> list[Line]:
    items = {one: _items(session, one) for one in {row.assessment_id for row in rows}}
    return [
        {"on_day": entry.on_day, "kind": "score", "unit": Named(unit, unit_en), "reason": entry.reason}
        | {"item": items[assessment_id].get(entry.item, Named(entry.item)), "points": _points(entry)}
        for entry, assessment_id, unit, unit_en in rows
    ]


def _items(session: Session, assessment_id: int) -> dict[str, Named]:
    edition = ledger.in_force(session, assessment_id)
    items = edition.document.get("items", []) if edition else []
    return {item["code"]: Named(str(item.get("name", "")), str(item.get("name_en", ""))) for item in items}


def _points(entry: ScoreEntry) -> float | None:
    return None if entry.points is None else entry.points / 100


def _notice_lines(session: Session, actor: Actor, asked: Asked, rows: Sequence[Any]) -> list[Line]:
    return [
        {"on_day": line["issued_on"], "kind": "notice", "number": line["number"], "unit": line["unit"]}
        | {"item": f"{line['case']} {line['subject']}", "reason": line["text"], "due_on": line["answer_by"]}
        | {"done_on": line["answered_on"], "state": line["state"]}
        for line in NOTICES.lines(session, actor, asked, rows)
    ]


ENTRIES = Source(Permission.SCORES_OPEN, _wanted, _lines)
SUPERVISED = Source(Permission.CASES_READ, NOTICES.query, _notice_lines)
