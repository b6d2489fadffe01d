"""Points of the score sheets, given and computed, and supervision notices beside them, as lines."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.languages import translate
from db.models import AssessedUnit, ScoreEntry, ScoreSheet, Unit
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Named
from db.rules.scoring.entries import entry_points
from db.services.ledgers.asking import Asked, Line, Source
from db.services.ledgers.of_cases import NOTICES
from db.services.scoring import ledger
from db.services.scoring.scope import within

# How the basis of a computed share tells that there was nothing to divide by: no point, and no line of a ledger.
NOTHING_TO_MEASURE = '"denominator": 0,'


def _wanted(actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    query = select(ScoreEntry, ScoreSheet.period, AssessedUnit.assessment_id, Unit.name, Unit.name_en)
    query = query.join(ScoreSheet, ScoreSheet.id == ScoreEntry.sheet_id)
    query = query.join(AssessedUnit, AssessedUnit.id == ScoreSheet.assessed_unit_id)
    query = query.join(Unit, Unit.id == AssessedUnit.unit_id)
    measured = ~ScoreEntry.basis.contains(NOTHING_TO_MEASURE)
    wanted = (within(actor), ScoreEntry.removed_at.is_(None), measured)
    query = query.where(*wanted, asked.on(ScoreEntry.on_day), asked.within(AssessedUnit.unit_id))
    return query.order_by(ScoreEntry.on_day, ScoreEntry.id)


def _lines(session: Session, _actor: Actor, _asked: Asked, rows: Sequence[Any]) -> list[Line]:
    editions = {one: ledger.in_force(session, one) for one in {row.assessment_id for row in rows}}
    names = {one: _names(edition) for one, edition in editions.items()}
    return [
        {"on_day": entry.on_day, "kind": "score", "unit": Named(unit, unit_en), "reason": _reason(entry)}
        | {"item": names[assessment_id].get(entry.item, Named(entry.item))}
        | {"points": _points(editions[assessment_id], entry, period)}
        for entry, period, assessment_id, unit, unit_en in rows
    ]


def _names(edition: ledger.Edition | None) -> Mapping[str, Named]:
    items = edition.document.get("items", []) if edition else []
    return {item["code"]: Named(str(item.get("name", "")), str(item.get("name_en", ""))) for item in items}


def _points(edition: ledger.Edition | None, entry: ScoreEntry, period: str) -> float | None:
    """With two decimals, below 0 for what is taken; None where only the whole year's entries tell."""
    item = next((one for one in edition.rubric.items if one.code == entry.item), None) if edition else None
    points = entry_points(item, ledger.entry_of(entry, period), alone=entry.computed is not None) if item else None
    return None if points is None else float(round(points, 2))


def _reason(entry: ScoreEntry) -> str | Named:
    """What was typed; of a computed point its formula, with the numbers it was made of."""
    if entry.computed is None or not entry.basis:
        return entry.reason
    basis = json.loads(entry.basis)
    figures = "/".join(str(basis[one]) for one in ("numerator", "denominator") if basis.get(one) is not None)
    return Named(
        *(translate(COMPUTED, one, formula=translate(basis["formula"], one), n=figures) for one in ("zh", "en"))
    )


def _notice_lines(session: Session, actor: Actor, asked: Asked, rows: Sequence[Any]) -> list[Line]:
    return [
        {"on_day": line["issued_on"], "kind": "notice", "number": line["number"], "unit": line["unit"]}
        | {"item": f"{line['case']} {line['subject']}", "reason": line["text"], "due_on": line["answer_by"]}
        | {"done_on": line["answered_on"], "state": line["state"]}
        for line in NOTICES.lines(session, actor, asked, rows)
    ]


COMPUTED = N_("Computed: {formula} ({n})")
ENTRIES = Source(Permission.SCORES_OPEN, _wanted, _lines)
SUPERVISED = Source(Permission.CASES_READ, NOTICES.query, _notice_lines)
