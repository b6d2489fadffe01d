"""Imports at work: begun in the background of the serving process, watched, stopped, gone on with after a restart."""

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db import clock
from db.engine import Database, current, reading, transaction, using
from db.models import CaseImport, CaseImportRow, Person
from db.rules.case_import import Known, Note, Told, Verdict
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded
from db.services.cases.likely_pairs import look_for
from db.services.importing.filing import file_away, path_of
from db.services.importing.mapping import Chosen, check_chosen, from_document
from db.services.importing.matters import Rows
from db.services.importing.planning import Progress, Report, make_ready, planned_rows
from db.services.importing.reading import look_at, opened_file
from db.services.importing.writing import WARNING, Writer
from db.services.office import active_codes

WAITING, RUNNING, DONE, STOPPED, FAILED, TAKEN_BACK = "waiting", "running", "done", "stopped", "failed", "taken_back"
OVER = frozenset({DONE, TAKEN_BACK})
BROKE_OFF = N_("The import broke off after {done} rows; nothing is half written. Go on with it.")
WENT_WRONG = N_("The import could not go on after {done} rows. Go on with it, or tell the administrator.")
BUSY = N_("This import is under way already.")
GONE = N_("The file of this import is no longer there; bring it in again: what was written is not written twice.")
BREATH = 0.01
PAIRED = 25
MOST_REST = 1.0
LOOKED = "looked_for_pairs"
NOT_ALL_PAIRED = N_("Likely duplicates were looked for among {looked} new cases; {left} are left.")
_SILENT = timedelta(seconds=90)
_log = logging.getLogger("linli.importing")
_at_work: dict[tuple[str, int], threading.Thread] = {}
_turn, _pairs_turn = threading.Lock(), threading.Lock()


@dataclass(frozen=True)
class State:
    """How far an import is.

    `state`: waiting (for another import to end), running, done, stopped (by somebody), failed (broken off or refused;
    `problem` says why), taken_back. `done` of `total` rows (total 0: still counting); `counts` as told so far: read,
    added, updated, skipped_duplicate, rejected, likely_repeat, warnings; `may_resume`: not over, and nobody is at it.
    `looked` of the added matters were compared with others to find likely duplicates; `is_looking`: it goes on.
    """

    import_id: int
    version: int
    file_name: str
    state: str
    done: int
    total: int
    counts: Mapping[str, int]
    problem: Problem | None
    may_resume: bool
    asked_at: datetime
    asked_by: str
    ended_at: datetime | None
    looked: int
    is_looking: bool

    @property
    def unlooked(self) -> int:
        """How many added matters were not compared with others yet; 0 unless the import is done."""
        return self.counts[Verdict.ADD] - self.looked if self.state == DONE else 0


@guarded(Permission.CASES_IMPORT)
def start(actor: Actor, *, source: bytes | Path, name: str, chosen: Chosen, key: str) -> int:
    """Keep the file and begin to bring it in, in the background; answers the id of the import. Raises Problems."""
    import_id = begin(actor, source=source, name=name, chosen=chosen, key=key)
    _work_in_background(actor, import_id)
    return import_id


@guarded(Permission.CASES_IMPORT)
def state(actor: Actor, *, import_id: int) -> State:
    """How far an import is; one that nobody works at any more is told as failed."""
    with reading() as session:
        row = _import(session, import_id)
        by = session.get(Person, row.asked_by_id) if row.asked_by_id else None
    return state_of(row, by.name if by else "")


@guarded(Permission.CASES_IMPORT)
def stop(actor: Actor, *, import_id: int) -> None:
    """Stop an import after the rows it is at; what was written stays, and it can be gone on with or taken back."""
    with transaction(actor) as session:
        row = _import(session, import_id)
        if row.state in (WAITING, RUNNING):
            row.state, row.ended_at = STOPPED, clock.now()


@guarded(Permission.CASES_IMPORT)
def resume(actor: Actor, *, import_id: int) -> None:
    """Go on with an import that was stopped or broke off, where it stood. Raises Problems."""
    with transaction(actor) as session:
        row = _import(session, import_id)
        check = Check()
        check.that(not _is_at_work(row), "", BUSY)
        check.that(row.state not in OVER, "", N_("This import is over."))
        check.that(path_of(row).is_file(), "", GONE)
        check.done()
        row.state, row.ended_at, row.problem, row.seen_at = WAITING, None, "", clock.now()
    _work_in_background(actor, import_id)


@guarded(Permission.CASES_IMPORT)
def go_on_looking(actor: Actor, *, import_id: int) -> None:
    """Go on looking for likely duplicates where the look broke off; nothing is done when it is under way."""
    with reading() as session:
        row = _import(session, import_id)
    if row.state == DONE and not _is_at_work(row):
        _work_in_background(actor, import_id)


def state_of(row: CaseImport, asked_by: str) -> State:
    """The state of an import the caller has loaded."""
    broken = row.state in (WAITING, RUNNING) and not _is_at_work(row)
    problem = json.loads(row.problem) if row.problem else None
    if broken:
        problem = {"message": BROKE_OFF, "values": {"done": row.done}}
    shown = FAILED if broken else row.state
    return State(
        row.id,
        row.version,
        row.file_name,
        shown,
        row.done,
        row.total,
        json.loads(row.counts),
        Problem("", problem["message"], problem["values"]) if problem else None,
        shown in (STOPPED, FAILED) and path_of(row).is_file(),
        row.asked_at,
        asked_by,
        row.ended_at,
        paired_in(row),
        row.state == DONE and _is_at_work(row),
    )


def _is_at_work(row: CaseImport) -> bool:
    """Whether a thread of this process is at it, or (PostgreSQL) another process is or gave a sign of life just now."""
    thread = _at_work.get((current().settings.url, row.id))
    if thread is not None and thread.is_alive():
        return True
    if current().is_sqlite or row.state not in (WAITING, RUNNING):
        return False
    if row.seen_at is not None and clock.now() - row.seen_at < _SILENT:
        return True
    with current().alone(_place(row.id)) as nobody_is:
        return not nobody_is


def _place(import_id: int) -> str:
    return f"import {import_id}"


# --- beginning ---


def begin(actor: Actor, *, source: bytes | Path, name: str, chosen: Chosen, key: str) -> int:
    """Check and keep the file, and note the import; nothing is brought in yet."""
    with reading() as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        check = Check()
        check_chosen(check, chosen, active_codes(session, "category"))
        check.done()
    encoding = look_at(source, name).encoding
    return file_away(
        actor, source=source, name=name, encoding=encoding, chosen=lambda _: chosen, state=WAITING, key=key
    )


def _import(session: Session, import_id: int) -> CaseImport:
    row = session.get(CaseImport, import_id)
    if row is None:
        raise NotThere(f"import {import_id}")
    return row


# --- at work ---


def _work_in_background(actor: Actor, import_id: int) -> None:
    database = current()
    context = copy_context()
    thread = threading.Thread(
        target=context.run, args=(_work_quietly, database, actor, import_id), daemon=True, name=f"import-{import_id}"
    )
    _at_work[database.settings.url, import_id] = thread
    thread.start()


def _work_quietly(database: Database, actor: Actor, import_id: int) -> None:
    """One import at a time in a process; whatever ends it is written down. Then one look for pairs at a time."""
    with using(database), database.alone(_place(import_id)):
        try:
            with _turn:
                work(actor, import_id)
        except Problems as problems:
            first = problems.problems[0]
            _fail(actor, import_id, first.message, first.values)
        except Exception:
            _log.exception("import %d broke off", import_id)
            with suppress(Exception):
                _fail(actor, import_id, WENT_WRONG, {})
        try:
            with _pairs_turn:
                look_for_pairs(actor, import_id, rests=True)
        except Exception:
            _log.exception("the look for pairs of import %d broke off", import_id)


def _fail(actor: Actor, import_id: int, message: str, values: Mapping[str, object]) -> None:
    with transaction(actor) as session:
        row = _import(session, import_id)
        told = {"message": message, "values": {**values, "done": row.done}}
        row.state, row.ended_at, row.problem = FAILED, clock.now(), json.dumps(told, ensure_ascii=False, default=str)


def work(actor: Actor, import_id: int, progress: Progress | None = None) -> None:
    """Bring the rest of an import in, a chunk a transaction, until it is done or somebody stops it."""
    make_ready()
    with reading() as session:
        row = _import(session, import_id)
        if row.state != WAITING:
            return
        path, name, chosen, skip = path_of(row), row.file_name, from_document(row.document), row.done
        total = row.total
    if not path.is_file():
        raise Problems(Problem("", GONE))
    if not total:
        with opened_file(path, name) as file:
            total = Rows(file, chosen).count()
    with opened_file(path, name) as file:
        rows = Rows(file, chosen)
        if not _go(actor, import_id, total, rows.notes if not skip else []):
            return
        writer = Writer(actor, import_id, rows.ground)
        for chunk in rows.chunks(skip=skip):
            try:
                done = _take(actor, import_id, writer, chunk)
            except DBAPIError:  # what the database can't keep must not cost its neighbours
                done = _take(actor, import_id, writer, chunk, one_by_one=True)
            if not done:
                return
            if progress:
                progress(done, total)
            time.sleep(BREATH)
    _end(actor, import_id)
    path.unlink(missing_ok=True)


def _take(
    actor: Actor, import_id: int, writer: Writer, chunk: Sequence[tuple[Told, list[Note]]], *, one_by_one: bool = False
) -> int:
    """Bring a chunk in, whole or not at all; answers how many rows are done by now, 0 when somebody stopped it."""
    with transaction(actor) as session:
        row = _import(session, import_id)
        if row.state != RUNNING:
            return 0
        planned = planned_rows(session, chunk, writer.ground, Known())
        notes = list(chain.from_iterable(notes for _, notes in chunk))
        written = writer.write(session, planned, notes, one_by_one=one_by_one)
        report = Report("", dry_run=False)
        report.warnings += notes
        report.count(written)
        row.counts = _more(row.counts, report.counts)
        row.done, row.seen_at = row.done + len(chunk), clock.now()
        return row.done


def look_for_pairs(actor: Actor, import_id: int, progress: Progress | None = None, *, rests: bool = False) -> None:
    """Look for matters that are probably one with those an import added, from where an earlier look ended.

    Over when somebody takes the import back; `rests` for as long as it works, where people work beside it.
    """
    while True:
        began = time.perf_counter()
        with transaction(actor) as session:
            row = _import(session, import_id)
            looked = paired_in(row)
            mine = (CaseImportRow.import_id == import_id) & (CaseImportRow.verdict == Verdict.ADD)
            more = select(CaseImportRow.case_id).where(mine).order_by(CaseImportRow.case_id)
            ids = [int(one or 0) for one in session.scalars(more.offset(looked).limit(PAIRED))]
            if not ids or row.state != DONE:
                return
            look_for(session, ids)
            row.counts, row.seen_at = _more(row.counts, {LOOKED: len(ids)}), clock.now()
            total = json.loads(row.counts)[Verdict.ADD]
        if progress:
            progress(looked + len(ids), total)
        if rests:
            time.sleep(min(MOST_REST, time.perf_counter() - began))


def paired_in(row: CaseImport) -> int:
    """Beside how many of the matters it added likely duplicates were looked for."""
    return int(json.loads(row.counts).get(LOOKED, 0))


def _go(actor: Actor, import_id: int, total: int, notes: list[Note]) -> bool:
    """Mark the import as running unless somebody stopped it before its turn."""
    with transaction(actor) as session:
        row = _import(session, import_id)
        if row.state != WAITING:
            return False
        row.state, row.total, row.seen_at = RUNNING, total, clock.now()
        _warn(session, import_id, notes)
        return True


def _warn(session: Session, import_id: int, notes: Sequence[Note]) -> None:
    """Write down what is told of the file as a whole."""
    for note in notes:
        told = json.dumps(dict(note.values), ensure_ascii=False)
        session.add(
            CaseImportRow(
                import_id=import_id, row=0, verdict=WARNING, message=note.message, told=told, heading=note.heading
            )
        )
    row = _import(session, import_id)
    row.counts = _more(row.counts, {"warnings": len(notes)})


def _more(counts: str, more: Mapping[str, int]) -> str:
    sums = Counter(json.loads(counts))
    sums.update(more)
    return json.dumps(sums)


def _end(actor: Actor, import_id: int) -> None:
    with transaction(actor) as session:
        row = _import(session, import_id)
        if row.state == RUNNING:
            row.state, row.ended_at = DONE, clock.now()
