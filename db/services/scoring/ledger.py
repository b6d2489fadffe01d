"""The ledger of an assessment: its rubric in force, what stands in the sheets of a unit, and the total kept of it."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import AssessedUnit, Assessment, Rubric, ScoreCard, ScoreEntry, ScoreSheet
from db.rules.problems import N_, Problem, Problems
from db.rules.scoring import rubric as rules
from db.rules.scoring.entries import Entry
from db.rules.scoring.points import shown
from db.rules.scoring.totals import Total, period_score, year_total
from db.rules.scoring.words import ItemKind, RubricKind
from db.rules.scoring.written import rubric_of

# Units whose sheets are held in memory at once.
CHUNK = 50
NO_RUBRIC = N_("This assessment has no rubric in force yet.")
VETO = "veto"


@dataclass(frozen=True)
class Edition:
    """A rubric in force: its document as written (names and sources) and as it counts."""

    rubric_id: int
    assessment_id: int
    edition: int
    document: dict[str, Any]
    rubric: rules.Rubric

    @property
    def ladder(self) -> bool:
        """Whether it ranks one figure by its increase instead of adding points up."""
        return self.rubric.kind is RubricKind.LADDER


def in_force(session: Session, assessment_id: int) -> Edition | None:
    """The edition in force, None before the first was put in force."""
    row = session.scalars(
        select(Rubric).where(Rubric.assessment_id == assessment_id, Rubric.state == "in_force")
    ).one_or_none()
    if row is None:
        return None
    year = session.get_one(Assessment, assessment_id).year
    document, rubric = _read(row.document, year)
    return Edition(row.id, assessment_id, row.edition, document, rubric)


def must_be_in_force(session: Session, assessment_id: int) -> Edition:
    """The same; raises Problems where there is none."""
    edition = in_force(session, assessment_id)
    if edition is None:
        raise Problems(Problem("", NO_RUBRIC))
    return edition


@lru_cache(maxsize=64)
def _read(document: str, year: int) -> tuple[dict[str, Any], rules.Rubric]:
    told = json.loads(document)
    return told, rubric_of(told, year)


def exact(text: str) -> Fraction | None:
    """A number kept as "n/d"; None for ""."""
    return Fraction(text) if text else None


def kept(value: Fraction | None) -> str:
    """The way back."""
    return "" if value is None else str(value)


def entry_of(row: Any, period: str) -> Entry:
    """A row of the table as the rules count it; what a computed one could not measure has no value."""
    return Entry(
        row.item,
        row.on_day,
        row.count,
        None if row.points is None else Decimal(row.points) / 100,
        exact(row.value),
        row.not_applicable,
        row.event,
        period,
    )


_ENTRY = (
    ScoreEntry.item,
    ScoreEntry.on_day,
    ScoreEntry.count,
    ScoreEntry.points,
    ScoreEntry.value,
    ScoreEntry.not_applicable,
    ScoreEntry.event,
)


def entries_of(session: Session, assessed_unit_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """What stands in all sheets of these units, in the order it was written, with the vetoes signed."""
    found: dict[int, list[Entry]] = defaultdict(list)
    rows = session.execute(
        select(ScoreSheet.assessed_unit_id, ScoreSheet.period, *_ENTRY)
        .join(ScoreSheet, ScoreSheet.id == ScoreEntry.sheet_id)
        .where(ScoreSheet.assessed_unit_id.in_(assessed_unit_ids), ScoreEntry.removed_at.is_(None))
        .order_by(ScoreEntry.id)
    )
    for row in rows:
        found[row.assessed_unit_id].append(entry_of(row, row.period))
    vetoes = select(ScoreCard.assessed_unit_id, ScoreCard.on_day).where(
        ScoreCard.assessed_unit_id.in_(assessed_unit_ids), ScoreCard.kind == VETO, ScoreCard.removed_at.is_(None)
    )
    for assessed_unit_id, on_day in session.execute(vetoes):
        found[assessed_unit_id].append(Entry(VETO, on_day))
    return found


def refresh(session: Session, assessed: AssessedUnit, edition: Edition | None = None) -> Total | None:
    """Add one unit up again and keep where it stands; None without a rubric of points."""
    edition = edition or in_force(session, assessed.assessment_id)
    if edition is None or edition.ladder:
        return None
    session.flush()
    return refresh_units(session, edition, [assessed])[0]


def refresh_all(session: Session, assessment_id: int, tell: Callable[[int, int], None] | None = None) -> int:
    """The same for every unit of an assessment, as often as one likes; `tell` hears how many of how many are done.

    Answers the number of units.
    """
    edition = in_force(session, assessment_id)
    if edition is None or edition.ladder:
        return 0
    ids = session.scalars(
        select(AssessedUnit.id).where(AssessedUnit.assessment_id == assessment_id).order_by(AssessedUnit.id)
    ).all()
    for first in range(0, len(ids), CHUNK):
        part = ids[first : first + CHUNK]
        units = session.scalars(select(AssessedUnit).where(AssessedUnit.id.in_(part)).with_for_update()).all()
        refresh_units(session, edition, units)
        session.flush()
        if tell:
            tell(first + len(part), len(ids))
    return len(ids)


def refresh_units(session: Session, edition: Edition, units: Iterable[AssessedUnit]) -> list[Total]:
    """Add these units up again by an edition; the caller has flushed what it wrote, and flushes this."""
    units = list(units)
    ids = [unit.id for unit in units]
    entries = entries_of(session, ids)
    sheets: dict[int, list[ScoreSheet]] = defaultdict(list)
    for sheet in session.scalars(select(ScoreSheet).where(ScoreSheet.assessed_unit_id.in_(ids))):
        sheets[sheet.assessed_unit_id].append(sheet)
    totals = []
    for unit in units:
        finished = {sheet.period for sheet in sheets[unit.id] if sheet.finished_at}
        total = total_of_unit(edition.rubric, entries[unit.id], finished)
        for sheet in sheets[unit.id]:
            if sheet.period:
                scored = period_score(edition.rubric, sheet.period, entries[unit.id])
                sheet.score = kept(None if scored.open else scored.score)
        unit.total, unit.whole = kept(total.total), total.whole
        unit.tenths = None if total.total is None else int(shown(total.total) * 10)
        unit.standing = json.dumps(_standing(total), sort_keys=True)
        totals.append(total)
    return totals


def total_of_unit(rubric: rules.Rubric, entries: Sequence[Entry], finished: set[str]) -> Total:
    """The year of a unit by this rubric; entries of items it does not know (an older edition's) do not count."""
    vetoes = rubric.of_kind(ItemKind.VETO)
    known = {item.code for item in rubric.items if item.active}
    counted = [
        replace(entry, item=vetoes[0].code) if entry.item == VETO and vetoes else entry
        for entry in entries
        if entry.item in known or entry.item == VETO
    ]
    return year_total(rubric, counted, finished=finished)


def _standing(total: Total) -> dict[str, Any]:
    return {
        "parts": [[p.part.code, p.counted, kept(p.mean), kept(p.share), kept(p.points)] for p in total.parts],
        "bonus": kept(total.bonus),
        "bonus_counted": kept(total.bonus_counted),
        "deduction": kept(total.deduction),
        "missing": list(total.missing),
        "measured": [[m.item.code, kept(m.value), m.met] for m in total.measured],
        "vetoed": total.vetoed,
    }


def year_book(rubric: rules.Rubric) -> rules.Period:
    """The span of the year's book of bonuses and deductions."""
    return rules.Period("", date(rubric.year, 1, 1), date(rubric.year, 12, 31))


def period_of(rubric: rules.Rubric, code: str) -> rules.Period:
    """A period by its code, "" the year's book; raises Problems for one the rubric does not have."""
    if not code:
        return year_book(rubric)
    found = next((period for period in rubric.periods() if period.code == code), None)
    if found is None:
        raise Problems(Problem("period", N_("This is not one of the choices.")))
    return found
