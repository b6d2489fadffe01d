"""Where every unit stands in what is about to be announced: its sheet cut to it, its result, rank, grade and card."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db.models import AssessedUnit, Assessment, ScoreFigure, ScorePublication, ScoreResult, Unit
from db.rules.permissions import Actor
from db.rules.problems import Named
from db.rules.scoring import cards
from db.rules.scoring.differences import Announced, Place
from db.rules.scoring.issuing import TOTAL, month_code, months_of
from db.rules.scoring.ranking import grade_of, ranks
from db.rules.scoring.words import Card, RubricKind
from db.rules.scoring.words import Standing as State
from db.services.scoring import ladders, ledger
from db.services.scoring.told import cards_told, number, units_told

Told = dict[str, Any]
_NONE = number(None)
# What a figure of a month is called where an item would stand.
FIGURE = "figure"
# The year's total of a sheet that is of one period only: nothing, in the shape of a whole one.
_NO_TOTAL: Told = {
    **(_NONE | {"sum": _NONE, "whole": False, "missing": [], "parts": [], "lines": [], "measured": []}),
    **dict.fromkeys(("bonus", "bonus_counted", "deduction"), _NONE),
}
_NO_SHEET: Told = {"periods": [], "total": _NO_TOTAL, "entries": [], "files": {}, "people": {}, "records": {}}


@dataclass(frozen=True)
class Standing:
    """One unit in what is announced; `document` is its frozen sheet as JSON, `missing` the periods still open.

    `summary` is what everybody is told of it.
    """

    unit_id: int
    name: Named
    document: str
    summary: Told
    total: Fraction | None
    rank: int | None
    grade: str
    card: str
    missing: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing of it is missing."""
        return not self.missing

    @property
    def announced(self) -> Announced:
        """The same as the rules compare it."""
        return Announced(self.total, self.rank, self.grade, self.card, points_in(json.loads(self.document)))


def gathered(session: Session, actor: Actor, edition: ledger.Edition, scope: str) -> list[Standing]:
    """Every unit in use, in the order of the tree of units, by its points or on its ladder."""
    rows = session.execute(
        select(AssessedUnit, Unit.name, Unit.name_en)
        .join(Unit, Unit.id == AssessedUnit.unit_id)
        .where(AssessedUnit.assessment_id == edition.assessment_id, AssessedUnit.active)
        .order_by(Unit.path)
    ).all()
    if edition.ladder:
        return _on_the_ladder(session, actor, edition, scope, rows)
    kept_back = not_excellent(session, edition.rubric.year) if scope == TOTAL else frozenset()
    found = []
    for first in range(0, len(rows), ledger.CHUNK):
        some = rows[first : first + ledger.CHUNK]
        sheets = units_told(session, edition, [row.AssessedUnit for row in some])
        found += [_standing(edition, row, cut(sheets[row.AssessedUnit.id], scope), kept_back) for row in some]
    places = ranks({one.unit_id: one.total for one in found})
    return [replace(one, rank=places.get(one.unit_id)) for one in found]


def _standing(edition: ledger.Edition, row: Any, told: Told, kept_back: Collection[int]) -> Standing:
    """One unit before it is ranked."""
    unit_id, total, grade = row.AssessedUnit.unit_id, total_in(told), ""
    held = [card["kind"] for card in told["cards"]]
    if told["scope"] == TOTAL:
        blocked = cards.blocks(held) or unit_id in kept_back
        grade = grade_of(edition.rubric.grades, total, blocked=blocked)
    summary = _summary(told, [section["code"] for section in edition.document.get("sections", ())])
    unit, missing = Named(row.name, row.name_en), _missing(told)
    return Standing(unit_id, unit, _kept(told), summary, total, None, grade, cards.gravest(held), missing)


def _kept(told: Told) -> str:
    return json.dumps(told, ensure_ascii=False)


def _on_the_ladder(
    session: Session, actor: Actor, edition: ledger.Edition, scope: str, rows: Sequence[Any]
) -> list[Standing]:
    found, months = ladders.courses(session, actor, edition.assessment_id, tuple(months_of(scope))), months_of(scope)
    ids = [row.AssessedUnit.id for row in rows]
    held, figures = cards_told(session, ids), _figures(session, ids, months)
    standings = []
    for assessed, name, name_en in rows:
        course, unit = found[assessed.id], Named(name, name_en)
        told = _on_paper(assessed, unit, course, figures[assessed.id]) | {"scope": scope, "cards": held[assessed.id]}
        step = "" if course.card is Card.NONE else course.card.value
        missing = () if course.change else (scope,)
        rise, summary = course.change.percent if course.change else None, _summary(told, ())
        unit_id = assessed.unit_id
        standings.append(Standing(unit_id, unit, _kept(told), summary, rise, course.rank, "", step, missing))
    return standings


def _figures(
    session: Session, assessed_unit_ids: Collection[int], months: Collection[int]
) -> dict[int, list[ScoreFigure]]:
    """The figures of these months, in order, by assessed unit."""
    rows = select(ScoreFigure).where(ScoreFigure.assessed_unit_id.in_(assessed_unit_ids), ScoreFigure.month.in_(months))
    found: dict[int, list[ScoreFigure]] = defaultdict(list)
    for row in session.scalars(rows.order_by(ScoreFigure.month)):
        found[row.assessed_unit_id].append(row)
    return found


def _on_paper(assessed: AssessedUnit, unit: Named, course: ladders.Course, figures: Sequence[ScoreFigure]) -> Told:
    """A unit's figures in the shape of a sheet: no lines, but its months."""
    change = course.change
    return {
        "assessed_unit_id": assessed.id,
        "unit": {"id": assessed.unit_id, "name": unit.name, "name_en": unit.name_en},
        "result": number(change.percent if change else None),
        "ladder": {
            "before": number(change.before if change else None),
            "now": number(change.now if change else None),
            "told": course.told,
            "reward": f"{course.reward:g}",
        },
        "months": [
            {
                "month": row.month,
                "before": str(ladders.number(row.before) or 0) if row.before is not None else "",
                "now": str(ladders.number(row.now) or 0) if row.now is not None else "",
                "ineffective": row.ineffective,
                "note": row.note,
            }
            for row in figures
        ],
        **_NO_SHEET,
    }


def cut(told: Told, scope: str) -> Told:
    """The sheets of a unit as far as they belong to what is announced; its "result" is the number that is ranked."""
    if scope == TOTAL:
        return told | {"scope": scope, "result": {name: told["total"][name] for name in ("exact", "shown")}}
    period = next(one for one in told["periods"] if one["code"] == scope)
    entries = [entry for entry in told["entries"] if entry["period"] == scope]
    ids = {str(entry["id"]) for entry in entries}
    return told | {
        "scope": scope,
        "result": period["score"] if period["standing"] == State.SCORED else _NONE,
        "periods": [period],
        "total": _NO_TOTAL | {"vetoed": told["total"]["vetoed"]},
        "entries": entries,
        "files": {entry_id: listed for entry_id, listed in told["files"].items() if entry_id in ids},
        "cards": [card for card in told["cards"] if period["begins"] <= card["on_day"] <= period["ends"]],
    }


def total_in(told: Told) -> Fraction | None:
    """The number a sheet was ranked by."""
    return ledger.exact(told["result"]["exact"])


def points_in(told: Told) -> Mapping[Place, Fraction | None]:
    """The points of every item of a sheet by period and item, those of the year's book under ""."""
    lines = {
        (period["code"], line["code"]): ledger.exact(line["points"]["exact"])
        for period in told["periods"]
        for line in period["lines"]
    }
    lines |= {(month_code(one["month"]), FIGURE): Fraction(one["now"] or 0) for one in told.get("months", ())}
    return lines | {("", line["code"]): ledger.exact(line["points"]["exact"]) for line in told["total"]["lines"]}


def _summary(told: Told, sections: Sequence[str]) -> Told:
    """What a sheet comes to, as everybody is told: its pieces with their points, and minimums and targets not reached.

    Pieces of the total are its parts, bonuses and deductions (points taken off); those of a period are its sections,
    brought to the base as its score is. They add up to the number that is ranked.
    """
    total = told["total"]
    if "months" in told:
        pieces = []
    elif told["scope"] == TOTAL:
        pieces = [[part["code"], part["points"]] for part in total["parts"]]
        pieces += [["bonus", total["bonus_counted"]], ["deduction", total["deduction"]]]
    else:
        pieces = [[code, number(points)] for code, points in _by_section(told, sections).items()]
    unmet = [one["code"] for one in total["measured"] if one["met"] is False]
    return {"pieces": pieces, "unmet": unmet, "ladder": told.get("ladder")}


def _by_section(told: Told, sections: Sequence[str]) -> dict[str, Fraction | None]:
    """The share of each section that has lines in the score of a period; None where none of them applies."""
    lines = [line for period in told["periods"] for line in period["lines"]]
    got: dict[str, Fraction | None] = {}
    for code in (*sections, *(line["section"] for line in lines)):
        own = [
            Fraction(line["points"]["exact"]) for line in lines if line["section"] == code and line["points"]["exact"]
        ]
        if any(line["section"] == code for line in lines):
            got[code] = sum(own, Fraction()) if own else None
    score, whole = total_in(told), sum((points for points in got.values() if points is not None), Fraction())
    if score is None:
        return dict.fromkeys(got)
    return {code: points and points * score / whole for code, points in got.items()}


def _missing(told: Told) -> tuple[str, ...]:
    if told["scope"] == TOTAL:
        return tuple(told["total"]["missing"])
    return tuple(one["code"] for one in told["periods"] if one["standing"] == State.MISSING)


def not_excellent(session: Session, year: int) -> frozenset[int]:
    """The units a published ladder of the year keeps from the best grade (R-32); what was re-issued does not count."""
    later = aliased(ScorePublication)
    rows = (
        select(ScoreResult.unit_id)
        .join(ScorePublication, ScorePublication.id == ScoreResult.publication_id)
        .join(Assessment, Assessment.id == ScorePublication.assessment_id)
        .outerjoin(later, later.replaces_id == ScorePublication.id)
        .where(Assessment.year == year, Assessment.kind == RubricKind.LADDER)
        .where(ScoreResult.card == Card.NOT_EXCELLENT, later.id.is_(None))
    )
    return frozenset(session.scalars(rows))
