"""Points entered in grids during a meeting: one sheet, item by item, or one item, unit by unit; each row by itself."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import AssessedUnit, ScoreEntry, ScoreSheet, Unit
from db.rules.permissions import Actor, Permission
from db.rules.problems import Changed, NotThere
from db.services import files
from db.services.acts import earlier, guarded, remember
from db.services.duty.rows import framed
from db.services.records import Saved, last_writer, save_each
from db.services.scoring import ledger, scope
from db.services.scoring.entries import Place, Typed, place_of, points_told, typed_entry, write

Rows = Mapping[int, tuple[int, Mapping[str, Any]]]
COLUMN = [
    "assessed_unit_id",
    "unit",
    "unit_en",
    "entry_id",
    "version",
    "points",
    "not_applicable",
    "reason",
    "on_day",
    "finished",
]


@guarded(Permission.SCORES_ENTER)
def save_sheet(actor: Actor, *, assessed_unit_id: int, period: str, rows: Rows, key: str) -> Saved:
    """The grid of a sheet, each row by itself: entry id (below 0: a new one) to the version seen and what was typed.

    A second call with the same key writes nothing and answers the rows as saved.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        place = place_of(session, actor, assessed_unit_id, period)

        def change(row_id: int, version: int, values: Mapping[str, Any]) -> None:
            _write_row(session, actor, place, max(row_id, 0), version, values)

        saved = save_each(session, rows, change)
        ledger.refresh(session, place.assessed, place.edition)
        remember(session, actor, key, "scoring.save_sheet", list(saved.saved))
        return saved


@guarded(Permission.SCORES_ENTER)
def column(actor: Actor, *, assessment_id: int, period: str, item: str, below: int | None = None) -> pd.DataFrame:
    """One base item over all units (or those of one unit `below`) with what was typed first: columns of COLUMN."""
    with reading() as session:
        sheet = (ScoreSheet.assessed_unit_id == AssessedUnit.id) & (ScoreSheet.period == period)
        entry = (ScoreEntry.sheet_id == ScoreSheet.id) & (ScoreEntry.item == item) & ScoreEntry.removed_at.is_(None)
        wanted = (
            select(AssessedUnit.id, Unit.name, Unit.name_en, ScoreEntry, ScoreSheet.finished_at)
            .join(Unit, Unit.id == AssessedUnit.unit_id)
            .outerjoin(ScoreSheet, sheet)
            .outerjoin(ScoreEntry, entry & ScoreEntry.computed.is_(None))
            .where(AssessedUnit.assessment_id == assessment_id, AssessedUnit.active, scope.within(actor))
            .order_by(Unit.path, ScoreEntry.id)
        )
        if below is not None:
            wanted = wanted.where(Unit.parent_id == below)
        seen: dict[int, tuple[object, ...]] = {}
        for pk, name, name_en, row, finished_at in session.execute(wanted):
            typed: tuple[object, ...] = (None, 0, "", False, "", None)
            if row is not None:
                typed = (row.id, row.version, points_told(row.points), row.not_applicable, row.reason, row.on_day)
            seen.setdefault(pk, (pk, name, name_en, *typed, finished_at is not None))
        return framed(seen.values(), COLUMN, {"entry_id": "Int64"})


@guarded(Permission.SCORES_ENTER)
def save_column(
    actor: Actor, *, period: str, item: str, entry_ids: Mapping[int, int | None], rows: Rows, key: str
) -> Saved:
    """One item over many units: assessed unit id to the entry's version seen (0: none yet) and what was typed.

    `entry_ids` are the entries that were seen, by assessed unit. Answers by assessed unit.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})

        def change(assessed_unit_id: int, version: int, values: Mapping[str, Any]) -> None:
            place = place_of(session, actor, assessed_unit_id, period)
            _write_row(session, actor, place, entry_ids.get(assessed_unit_id) or 0, version, {**values, "item": item})
            ledger.refresh(session, place.assessed, place.edition)

        saved = save_each(session, rows, change)
        remember(session, actor, key, "scoring.save_column", list(saved.saved))
        return saved


def _write_row(
    session: Session, actor: Actor, place: Place, entry_id: int, version: int, values: Mapping[str, Any]
) -> None:
    """A row of a grid; entry 0 is a new one."""
    if entry_id:
        row = typed_entry(session, entry_id, version, values)
        if row.sheet_id != place.sheet.id:
            raise NotThere(f"score entry {entry_id}")
    else:
        _must_be_first(session, place, values)
        row = ScoreEntry(sheet_id=place.sheet.id)
    has_file = entry_id > 0 and files.count_of_entry(session, entry_id) > 0
    write(session, place, row, Typed(**values), has_file=has_file)  # type: ignore[typeddict-item]
    row.author_id, row.written_at = actor.id, clock.now()
    session.add(row)
    session.flush()


def _must_be_first(session: Session, place: Place, values: Mapping[str, Any]) -> None:
    """A row of the grid that was empty when it was drawn; raises Changed when somebody has filled it since."""
    standing = select(ScoreEntry).where(
        ScoreEntry.sheet_id == place.sheet.id,
        ScoreEntry.item == values.get("item", ""),
        ScoreEntry.computed.is_(None),
        ScoreEntry.removed_at.is_(None),
    )
    there = session.scalars(standing.order_by(ScoreEntry.id.desc()).limit(1)).one_or_none()
    if there is not None:
        theirs = {"points": points_told(there.points), "reason": there.reason, "not_applicable": there.not_applicable}
        mine = {name: value for name, value in values.items() if name in theirs}
        by = last_writer(session, "score_entry", there.id)
        raise Changed(theirs=theirs, mine=mine, by=by, version=there.version)
