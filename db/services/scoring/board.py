"""The board of an assessment while it is open: every unit's scores by period, its total, rank, grade and cards."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import reading
from db.models import AssessedUnit, Assessment, Rubric, ScoreCard, ScoreSheet, Unit
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import NotThere
from db.rules.scoring.cards import blocks
from db.rules.scoring.points import shown
from db.rules.scoring.ranking import grade_of, ranks
from db.rules.scoring.words import Card
from db.services.acts import guarded
from db.services.duty.rows import framed
from db.services.scoring import ledger, scope
from db.services.scoring.standing import not_excellent

ASSESSMENTS = ["id", "code", "year", "name", "name_en", "kind", "units"]
BOARD = ["assessed_unit_id", "unit_id", "unit", "unit_en", "total", "rank", "grade", "cards", "whole"]
PARTS = ["assessed_unit_id", "unit", "unit_en", "part", "points"]


@dataclass(frozen=True)
class Board:
    """Where an assessment stands.

    `units` has the columns BOARD and one for each period of `periods` (its score, None while open); `parts` (PARTS) is
    what each total is made of, deductions below 0. Ranks are only for who sees every unit.
    """

    assessment_id: int
    year: int
    name: str
    name_en: str
    document: dict[str, Any] | None
    ladder: bool
    periods: list[str]
    units: pd.DataFrame
    parts: pd.DataFrame
    ranked: bool


@guarded(Permission.SCORES_OPEN)
def assessments(actor: Actor) -> pd.DataFrame:
    """Assessments in use in which the actor sees a unit, the newest first: columns of ASSESSMENTS.

    Those whose rubric is still a draft come last.
    """
    with reading() as session:
        rows = session.execute(
            select(
                Assessment.id, Assessment.code, Assessment.year, Assessment.name, Assessment.name_en, Assessment.kind
            )
            .outerjoin(Rubric, (Rubric.assessment_id == Assessment.id) & (Rubric.state == "in_force"))
            .where(Assessment.active)
            .order_by(Rubric.id.is_(None), Assessment.year.desc(), Assessment.id)
        ).all()
        seen = select(AssessedUnit.assessment_id).join(Unit, Unit.id == AssessedUnit.unit_id)
        counts: dict[int, int] = defaultdict(int)
        for assessment_id in session.scalars(seen.where(AssessedUnit.active, scope.within(actor))):
            counts[assessment_id] += 1
    everything = actor.scope(Permission.SCORES_OPEN) is Scope.ALL
    told = [(*row, counts[row.id]) for row in rows if everything or counts[row.id]]
    return framed(told, ASSESSMENTS, {})


@guarded(Permission.SCORES_OPEN)
def board(actor: Actor, *, assessment_id: int) -> Board:
    """The board as this reader sees it: all units, or one's own; raises NotThere."""
    with reading() as session:
        assessment = session.get(Assessment, assessment_id)
        if assessment is None:
            raise NotThere(f"assessment {assessment_id}")
        edition = ledger.in_force(session, assessment_id)
        rows = session.execute(
            select(AssessedUnit, Unit.name, Unit.name_en)
            .join(Unit, Unit.id == AssessedUnit.unit_id)
            .where(AssessedUnit.assessment_id == assessment_id, AssessedUnit.active, scope.within(actor))
            .order_by(Unit.path)
        ).all()
        scores = _scores(session, assessment_id)
        cards = cards_of(session, assessment_id)
        kept_back = not_excellent(session, assessment.year)
    ranked = actor.scope(Permission.SCORES_OPEN) is Scope.ALL
    periods = [period.code for period in edition.rubric.periods()] if edition else []
    return Board(
        assessment_id=assessment_id,
        year=assessment.year,
        name=assessment.name,
        name_en=assessment.name_en,
        document=edition.document if edition else None,
        ladder=assessment.kind == "ladder",
        periods=periods,
        units=_units(rows, edition, scores, cards, kept_back, periods, ranked=ranked),
        parts=_parts(rows),
        ranked=ranked,
    )


def _scores(session: Session, assessment_id: int) -> dict[tuple[int, str], Fraction | None]:
    rows = session.execute(
        select(ScoreSheet.assessed_unit_id, ScoreSheet.period, ScoreSheet.score)
        .join(AssessedUnit, AssessedUnit.id == ScoreSheet.assessed_unit_id)
        .where(AssessedUnit.assessment_id == assessment_id, ScoreSheet.score != "")
    )
    return {(unit, period): ledger.exact(score) for unit, period, score in rows}


def cards_of(session: Session, assessment_id: int) -> dict[int, list[str]]:
    """The kinds of card each assessed unit of an assessment holds."""
    rows = session.execute(
        select(ScoreCard.assessed_unit_id, ScoreCard.kind)
        .join(AssessedUnit, AssessedUnit.id == ScoreCard.assessed_unit_id)
        .where(AssessedUnit.assessment_id == assessment_id, ScoreCard.removed_at.is_(None))
        .order_by(ScoreCard.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for assessed_unit_id, kind in rows:
        found[assessed_unit_id].append(kind)
    return found


def _units(
    rows: Sequence[Any],
    edition: ledger.Edition | None,
    scores: dict[tuple[int, str], Fraction | None],
    cards: dict[int, list[str]],
    kept_back: Collection[int],
    periods: Sequence[str],
    *,
    ranked: bool,
) -> pd.DataFrame:
    totals = {row.AssessedUnit.id: ledger.exact(row.AssessedUnit.total) for row in rows}
    places = ranks(totals) if ranked else {}
    told = []
    for assessed, name, name_en in rows:
        is_kept_back = assessed.unit_id in kept_back
        held = cards.get(assessed.id, []) + [Card.NOT_EXCELLENT.value] * is_kept_back
        grades = edition.rubric.grades if edition else ()
        blocked = blocks(held) or is_kept_back
        by_period = [scores.get((assessed.id, period)) for period in periods]
        told.append(
            [
                assessed.id,
                assessed.unit_id,
                name,
                name_en,
                None if assessed.tenths is None else assessed.tenths / 10,
                places.get(assessed.id),
                grade_of(grades, totals[assessed.id], blocked=blocked),
                held,
                assessed.whole,
                *(None if score is None else float(shown(score)) for score in by_period),
            ]
        )
    types = {"total": "Float64", "rank": "Int64"} | dict.fromkeys(periods, "Float64")
    return framed(told, [*BOARD, *periods], types)


def _parts(rows: Sequence[Any]) -> pd.DataFrame:
    told = []
    for assessed, name, name_en in rows:
        standing = json.loads(assessed.standing)
        if not standing:
            continue
        pieces = [(code, points) for code, _, _, _, points in standing["parts"]]
        pieces += [("bonus", standing["bonus_counted"]), ("deduction", f"-{standing['deduction']}")]
        told += [[assessed.id, name, name_en, part, float(Fraction(points))] for part, points in pieces]
    return framed(told, PARTS, {})
