"""Points entered by an assessor: added with their evidence, corrected, taken back and put back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import AssessedUnit, Attachment, Case, Dispute, ScoreEntry, ScoreSheet, Work
from db.rules.cases import Kind
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.rules.scoring.entries import Draft, Entry, check_entry
from db.services import files
from db.services.acts import earlier, guarded, remember
from db.services.duty.rows import framed
from db.services.files import Upload
from db.services.records import seen
from db.services.scoring import ledger, scope

FINISHED = N_("This sheet is finished; reopen it first.")
COMPUTED = N_("This point is computed from records; correct the record and compute again.")
REMOVED = ["id", "version", "item", "on_day", "reason"]
NO_RECORD = N_("No record has this number.")


class Typed(TypedDict, total=False):
    """An entry as an assessor types it; `record` is case, dispute or work, `number` that of a case or dispute."""

    item: str
    on_day: date | None
    count: int
    points: str
    reason: str
    not_applicable: bool
    event: str
    record: str
    number: str


@dataclass(frozen=True)
class Place:
    """Where an entry goes: its unit, its sheet (none yet: id 0) and the rubric."""

    assessed: AssessedUnit
    sheet: ScoreSheet
    edition: ledger.Edition


@guarded(Permission.SCORES_ENTER)
def add_entry(
    actor: Actor,
    *,
    assessed_unit_id: int,
    period: str,
    uploads: Sequence[Upload] = (),
    key: str,
    **typed: Unpack[Typed],
) -> int:
    """A new entry in a sheet ("" the year's book); answers its id. Raises Problems beside the fields."""
    with files.stored(files.checked(uploads, "evidence")) as evidence, transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        place = place_of(session, actor, assessed_unit_id, period)
        row = ScoreEntry(sheet_id=place.sheet.id, author_id=actor.id, written_at=clock.now())
        write(session, place, row, typed, has_file=bool(evidence))
        session.add(row)
        session.flush()
        files.add_rows_to_entry(session, actor, row.id, evidence)
        ledger.refresh(session, place.assessed, place.edition)
        remember(session, actor, key, "scoring.add_entry", row.id)
        return row.id


@guarded(Permission.SCORES_ENTER)
def edit_entry(
    actor: Actor,
    *,
    entry_id: int,
    version: int,
    uploads: Sequence[Upload] = (),
    key: str,
    **typed: Unpack[Typed],
) -> int:
    """Correct an entry; answers its new version. Raises Problems, and Changed when somebody saved first."""
    with files.stored(files.checked(uploads, "evidence")) as evidence, transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        place, row = _standing(session, actor, entry_id, version, typed)
        held = files.count_of_entry(session, entry_id) > 0
        write(session, place, row, typed, has_file=bool(evidence) or held)
        row.author_id, row.written_at = actor.id, clock.now()
        files.add_rows_to_entry(session, actor, row.id, evidence)
        ledger.refresh(session, place.assessed, place.edition)
        remember(session, actor, key, "scoring.edit_entry", row.version)
        return row.version


@guarded(Permission.SCORES_ENTER)
def remove_entry(actor: Actor, *, entry_id: int, version: int, key: str) -> int:
    """Take an entry back; it stays on record and can be put back. Answers its new version."""
    return _mark(actor, entry_id, version, key, removed=True)


@guarded(Permission.SCORES_ENTER)
def restore_entry(actor: Actor, *, entry_id: int, version: int, key: str) -> int:
    """Put an entry back, checked again; answers its new version."""
    return _mark(actor, entry_id, version, key, removed=False)


@guarded(Permission.SCORES_ENTER)
def removed(actor: Actor, *, assessed_unit_id: int, period: str) -> pd.DataFrame:
    """Entries of a sheet that were taken back, the latest first: columns of REMOVED."""
    with reading() as session:
        scope.reached(session, actor, assessed_unit_id, Permission.SCORES_ENTER)
        rows = session.execute(
            select(ScoreEntry.id, ScoreEntry.version, ScoreEntry.item, ScoreEntry.on_day, ScoreEntry.reason)
            .join(ScoreSheet, ScoreSheet.id == ScoreEntry.sheet_id)
            .where(
                ScoreSheet.assessed_unit_id == assessed_unit_id,
                ScoreSheet.period == period,
                ScoreEntry.removed_at.is_not(None),
                ScoreEntry.computed.is_(None),
            )
            .order_by(ScoreEntry.removed_at.desc())
        )
        return framed(rows, REMOVED, {})


def points_told(points: int | None) -> str:
    """Hundredths of a point as somebody types them."""
    return "" if points is None else f"{Decimal(points) / 100:f}"


def sheet_of(session: Session, assessed_unit_id: int, period: str) -> ScoreSheet:
    """The sheet of a unit and period, made when it is first needed (the caller holds the unit's lock)."""
    wanted = select(ScoreSheet).where(ScoreSheet.assessed_unit_id == assessed_unit_id, ScoreSheet.period == period)
    sheet = session.scalars(wanted).one_or_none()
    if sheet is None:
        sheet = ScoreSheet(assessed_unit_id=assessed_unit_id, period=period)
        session.add(sheet)
        session.flush()
    return sheet


def place_of(session: Session, actor: Actor, assessed_unit_id: int, period: str) -> Place:
    """The sheet to be written in, its unit locked; raises NotThere, and Problems for a finished sheet."""
    assessed = scope.entered(session, actor, assessed_unit_id)
    edition = ledger.must_be_in_force(session, assessed.assessment_id)
    ledger.period_of(edition.rubric, period)
    sheet = sheet_of(session, assessed.id, period)
    if sheet.finished_at is not None:
        raise Problems(Problem("", FINISHED))
    return Place(assessed, sheet, edition)


def typed_entry(session: Session, entry_id: int, version: int, mine: Mapping[str, Any]) -> ScoreEntry:
    """An entry somebody typed, as it was seen; raises Changed, and Problems for a computed one."""
    row = seen(session, ScoreEntry, entry_id, version, mine)
    if row.computed is not None:
        raise Problems(Problem("", COMPUTED))
    return row


def _standing(
    session: Session, actor: Actor, entry_id: int, version: int, mine: Mapping[str, Any]
) -> tuple[Place, ScoreEntry]:
    """An entry somebody may change, with its place."""
    found = session.execute(
        select(ScoreSheet.assessed_unit_id, ScoreSheet.period)
        .join(ScoreEntry, ScoreEntry.sheet_id == ScoreSheet.id)
        .where(ScoreEntry.id == entry_id)
    ).one_or_none()
    if found is None:
        raise NotThere(f"score entry {entry_id}")
    place = place_of(session, actor, found.assessed_unit_id, found.period)
    return place, typed_entry(session, entry_id, version, mine)


def write(session: Session, place: Place, row: ScoreEntry, typed: Typed, *, has_file: bool) -> None:
    """Check what was typed against the rubric and what stands, and fill the row."""
    period = ledger.period_of(place.edition.rubric, place.sheet.period)
    record, record_id = _record(session, typed)
    draft = Draft(
        typed.get("item", ""),
        typed.get("on_day"),
        typed.get("count", 1),
        typed.get("points", ""),
        typed.get("reason", ""),
        typed.get("not_applicable", False),
        typed.get("event", "") or (f"{record} {record_id}" if record_id else ""),
    )
    others = _others(session, place, row.id)
    today = clock.today(current().settings.timezone)
    entry = check_entry(draft, place.edition.rubric, period, others, today, evidence=has_file or record_id is not None)
    row.item, row.on_day, row.count, row.event = entry.item, entry.on, entry.count, entry.event
    row.points = None if entry.points is None else int(entry.points * 100)
    row.not_applicable, row.reason = entry.not_applicable, draft.reason.strip()
    row.record, row.record_id = record, record_id


def _others(session: Session, place: Place, entry_id: int | None) -> list[Entry]:
    """What stands in every sheet of the unit beside this entry."""
    rows = session.execute(
        select(ScoreEntry, ScoreSheet.period)
        .join(ScoreSheet, ScoreSheet.id == ScoreEntry.sheet_id)
        .where(
            ScoreSheet.assessed_unit_id == place.assessed.id,
            ScoreEntry.removed_at.is_(None),
            ScoreEntry.id != (entry_id or 0),
        )
    )
    return [ledger.entry_of(entry, period) for entry, period in rows]


def _record(session: Session, typed: Typed) -> tuple[str, int | None]:
    """The record the evidence is; a matter that accuses somebody is never one."""
    record, number = typed.get("record", ""), typed.get("number", "").strip()
    if not number:
        return "", None
    found = None
    if record == "case":
        found = session.scalar(select(Case.id).where(Case.number == number, Case.kind != Kind.ACCUSATION))
    elif record == "dispute":
        found = session.scalar(select(Dispute.id).where(Dispute.number == number))
    elif record == "work" and number.isascii() and number.isdigit():
        found = session.scalar(select(Work.id).where(Work.id == int(number), Work.removed_at.is_(None)))
    if found is None:
        raise Problems(Problem("evidence", NO_RECORD))
    return record, found


def _mark(actor: Actor, entry_id: int, version: int, key: str, *, removed: bool) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        place, row = _standing(session, actor, entry_id, version, {"removed": removed})
        if not removed:
            numbers = {"record": row.record, "number": _number(session, row)}
            named = {name: getattr(row, name) for name in ("item", "on_day", "count", "reason", "not_applicable")}
            typed = Typed(**named, points=points_told(row.points), event=row.event, **numbers)  # type: ignore[typeddict-item]
            write(session, place, row, typed, has_file=files.count_of_entry(session, entry_id) > 0)
        row.removed_at = clock.now() if removed else None
        ledger.refresh(session, place.assessed, place.edition)
        remember(session, actor, key, "scoring.mark_entry", row.version)
        return row.version


def _number(session: Session, row: ScoreEntry) -> str:
    """The number of the record an entry names, as somebody would type it."""
    column = {"case": Case.number, "dispute": Dispute.number}.get(row.record)
    if column is None or row.record_id is None:
        return str(row.record_id or "")
    return str(session.scalar(select(column).where(column.class_.id == row.record_id)) or "")


def files_of(session: Session, assessed_unit_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """The files of every entry in the sheets of these units: id and name of each, by entry."""
    found: dict[int, list[tuple[int, str]]] = {}
    rows = session.execute(
        select(ScoreEntry.id, Attachment.id, Attachment.name)
        .join(Attachment, Attachment.score_entry_id == ScoreEntry.id)
        .join(ScoreSheet, ScoreSheet.id == ScoreEntry.sheet_id)
        .where(ScoreSheet.assessed_unit_id.in_(assessed_unit_ids), Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
    )
    for entry_id, file_id, name in rows:
        found.setdefault(entry_id, []).append((file_id, name))
    return found
