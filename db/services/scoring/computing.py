"""Computed points: what the records know is written into the open sheets, again and again to the same effect.

Each point says its formula, its records and when it was computed. A finished sheet and what was published are never
touched; a unit is computed whoever belongs to it, since nobody types anything.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import clock, wall
from db.engine import current, reading, transaction
from db.models import AssessedUnit, Assessment, ScoreEntry, ScoreSheet, Unit
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.rules.scoring.formulas import FORMULAS
from db.rules.scoring.rubric import Item, Period
from db.rules.scoring.triggers import TRIGGERS, Measure
from db.rules.scoring.words import Award, ItemKind
from db.services.acts import earlier, guarded, remember
from db.services.scoring import ledger, scope, triggers
from db.services.scoring.entries import sheet_of
from db.services.scoring.facts.fact import Counted, Fact, Span, count
from db.services.scoring.triggers import Found

MOST_RECORDS = 500
NOT_THERE = N_("This assessment adds nothing up; a ladder has figures instead.")
MEANWHILE = N_("The rubric was changed meanwhile; compute again.")
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class _Work:
    """What is computed: by which edition, of which items in which sheets, from which facts, as of when."""

    edition: ledger.Edition
    items: tuple[Item, ...]
    periods: tuple[Period, ...]
    found: Mapping[str, Found]
    today: date
    now: datetime


@dataclass(frozen=True)
class _Point:
    """One computed entry as it should stand."""

    on_day: date
    count: int
    value: str
    basis: Mapping[str, Any]


@guarded(Permission.SCORES_ENTER)
def compute(actor: Actor, *, assessment_id: int, key: str, tell: Tell | None = None) -> int:
    """Compute every unit of an assessment, some at a time; `tell` hears how many of how many are done.

    Answers how many points were written, replaced or taken back. Interrupted, it is begun again: what stands already
    is left as it is.
    """
    return _compute(actor, assessment_id, None, key, tell)


@guarded(Permission.SCORES_ENTER)
def compute_unit(actor: Actor, *, assessed_unit_id: int, key: str) -> int:
    """The same for one unit."""
    with reading() as session:
        assessed = scope.reached(session, actor, assessed_unit_id, Permission.SCORES_ENTER)
        assessment_id = assessed.assessment_id
    return _compute(actor, assessment_id, assessed_unit_id, key, None)


def _compute(actor: Actor, assessment_id: int, only: int | None, key: str, tell: Tell | None) -> int:
    with reading() as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        ids = _ids(session, actor, assessment_id, only)
        with wall.beyond(session):
            work = _read(session, assessment_id, ids)
    written = 0
    for first in range(0, len(ids), ledger.CHUNK):
        part = ids[first : first + ledger.CHUNK]
        with transaction(actor) as session:
            written += _write(session, work, part)
        if tell:
            tell(first + len(part), len(ids))
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        remember(session, actor, key, "scoring.compute", written)
    return written


def _ids(session: Session, actor: Actor, assessment_id: int, only: int | None) -> list[int]:
    """The assessed units to compute, in their order; raises NotThere, and Problems for a retired assessment."""
    assessment = session.get(Assessment, assessment_id)
    if assessment is None:
        raise NotThere(f"assessment {assessment_id}")
    if not assessment.active:
        raise Problems(Problem("", scope.RETIRED))
    wanted = select(AssessedUnit.id).join(Unit, Unit.id == AssessedUnit.unit_id).order_by(AssessedUnit.id)
    wanted = wanted.where(AssessedUnit.assessment_id == assessment_id, AssessedUnit.active)
    wanted = wanted.where(scope.within(actor, Permission.SCORES_ENTER))
    return list(session.scalars(wanted if only is None else wanted.where(AssessedUnit.id == only)))


def _read(session: Session, assessment_id: int, ids: Sequence[int]) -> _Work:
    edition = ledger.must_be_in_force(session, assessment_id)
    if edition.ladder:
        raise Problems(Problem("", NOT_THERE))
    zone, now = current().settings.timezone, clock.now()
    today, book = clock.day_of(now, zone), ledger.year_book(edition.rubric)
    items = tuple(item for item in edition.rubric.items if _computed(item))
    periods = tuple(one for one in (*edition.rubric.periods(), book) if one.begins <= today)
    found: Mapping[str, Found] = {}
    if periods:
        span = Span(book.begins, min(book.ends, today), now, zone)
        assessed = session.scalars(select(AssessedUnit).where(AssessedUnit.id.in_(ids))).all()
        found = triggers.read(session, (item.trigger for item in items), span, assessed)
    return _Work(edition, items, periods, found, today, now)


def _computed(item: Item) -> bool:
    """Whether a trigger says something of this item: shares before a base, numbers of bonuses and deductions."""
    if not item.active or item.trigger not in TRIGGERS:
        return False
    measure = TRIGGERS[item.trigger].measure
    if item.kind is ItemKind.BASE:
        return item.award is Award.RATE and measure is Measure.RATE
    return item.kind in (ItemKind.MINIMUM, ItemKind.TARGET) or measure is Measure.NUMBER


def _write(session: Session, work: _Work, ids: Sequence[int]) -> int:
    """Bring the computed points of some units up to date; answers how many changed."""
    units = session.scalars(select(AssessedUnit).where(AssessedUnit.id.in_(ids)).with_for_update()).all()
    if units and ledger.must_be_in_force(session, work.edition.assessment_id).rubric_id != work.edition.rubric_id:
        raise Problems(Problem("", MEANWHILE))
    sheets = {
        (sheet.assessed_unit_id, sheet.period): sheet
        for sheet in session.scalars(select(ScoreSheet).where(ScoreSheet.assessed_unit_id.in_(ids)))
    }
    standing = _standing(session, [sheet.id for sheet in sheets.values()])
    changed, moved, open_ids = 0, [], []
    for unit in units:
        before = changed
        for period in work.periods:
            points = dict(_points(work, unit.id, period))
            sheet = sheets.get((unit.id, period.code))
            if sheet is None and points:
                sheet = sheet_of(session, unit.id, period.code)
            if sheet is not None and sheet.finished_at is None:
                open_ids.append(sheet.id)
                changed += _bring(session, sheet, points, standing.get(sheet.id, {}), work.now)
        if changed != before:
            moved.append(unit)
    session.flush()
    ledger.refresh_units(session, work.edition, moved)
    session.flush()
    # Not a change of the sheet: nobody who has it open is told that somebody saved first.
    session.execute(
        update(ScoreSheet).where(ScoreSheet.id.in_(open_ids)).values(computed_at=work.now),
        execution_options={"synchronize_session": False},
    )
    return changed


def _standing(session: Session, sheet_ids: Sequence[int]) -> dict[int, dict[str, ScoreEntry]]:
    """The computed entry of each item of each sheet, the one that was taken back last where none stands."""
    rows = session.scalars(
        select(ScoreEntry)
        .where(ScoreEntry.sheet_id.in_(sheet_ids), ScoreEntry.computed.is_not(None))
        .order_by(ScoreEntry.id)
    )
    found: dict[int, dict[str, ScoreEntry]] = {}
    for row in rows:
        kept = found.setdefault(row.sheet_id, {})
        before = kept.get(row.computed or "")
        if before is None or before.removed_at is not None:
            kept[row.computed or ""] = row
    return found


def _points(work: _Work, assessed_unit_id: int, period: Period) -> Iterator[tuple[str, _Point]]:
    """The points of one sheet by item. What happened no times is no point; a minimum is told that it was none."""
    last = min(period.ends, work.today)
    for item in work.items:
        if not _belongs(item, period):
            continue
        facts = work.found[item.trigger].get(assessed_unit_id, ())
        counted = count(facts, period.begins, last)
        rate = TRIGGERS[item.trigger].measure is Measure.RATE
        asked = item.kind in (ItemKind.MINIMUM, ItemKind.TARGET)
        if rate or asked or counted.numerator:
            yield item.code, _point(item, period, counted, rate=rate, asked=asked)


def _belongs(item: Item, period: Period) -> bool:
    """Base items stand in the sheets of their periods, everything else in the year's book."""
    if item.kind is not ItemKind.BASE:
        return not period.code
    return bool(period.code) and (not item.periods or period.code in item.periods)


def _point(item: Item, period: Period, counted: Counted, *, rate: bool, asked: bool) -> _Point:
    on_day = counted.facts[-1].on if counted.facts else period.begins
    if rate:
        value = ledger.kept(Fraction(counted.numerator, counted.denominator) if counted.denominator else None)
    else:
        value = str(counted.numerator) if asked else ""
    return _Point(on_day, counted.numerator if not rate else 1, value, _basis(item, period, counted, rate=rate))


def _basis(item: Item, period: Period, counted: Counted, *, rate: bool) -> dict[str, Any]:
    records = list(dict.fromkeys(_record(fact) for fact in counted.facts))
    missed = list(dict.fromkeys(_record(fact) for fact in counted.facts if not fact.met))
    return {
        "trigger": item.trigger,
        "formula": FORMULAS[item.trigger],
        "numerator": counted.numerator,
        "denominator": counted.denominator if rate else None,
        "from": period.begins.isoformat(),
        "until": period.ends.isoformat(),
        "number": len(records),
        "records": [list(one) for one in records[:MOST_RECORDS]],
        "missed": [list(one) for one in missed[:MOST_RECORDS]],
    }


def _record(fact: Fact) -> tuple[str, int]:
    return fact.kind, fact.record_id


def _bring(
    session: Session, sheet: ScoreSheet, points: Mapping[str, _Point], standing: Mapping[str, ScoreEntry], now: datetime
) -> int:
    """One sheet's computed entries as they should be; answers how many changed."""
    changed = 0
    for item, row in standing.items():
        if item not in points and row.removed_at is None:
            row.removed_at = now
            changed += 1
    for item, point in points.items():
        existing = standing.get(item)
        if existing is not None and existing.removed_at is None and _same(existing, point):
            continue
        written = existing or ScoreEntry(sheet_id=sheet.id, item=item, computed=item)
        written.on_day, written.count, written.value = point.on_day, point.count, point.value
        written.basis = json.dumps({**point.basis, "computed_at": now.isoformat()}, ensure_ascii=False)
        written.written_at, written.removed_at = now, None
        session.add(written)
        changed += 1
    return changed


def _same(row: ScoreEntry, point: _Point) -> bool:
    basis = json.loads(row.basis) if row.basis else {}
    basis.pop("computed_at", None)
    return (row.on_day, row.count, row.value, basis) == (point.on_day, point.count, point.value, point.basis)
