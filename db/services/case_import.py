"""Bringing in matters of another system: planned first, then written in chunks, so that a second run completes a first.

A matter brought in keeps the moment it was first received; the office's own clocks run from the day it came here.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import Database, current, reading, transaction, using
from db.models import Case, Code, LimitSet, Submission
from db.rules.case_import import (
    Known,
    Note,
    Planned,
    Told,
    Verdict,
    categories_by_label,
    digest_of,
    plan,
    told_rows,
    with_category,
    words_digest,
)
from db.rules.intake import Intake, Party, check_intake
from db.rules.permissions import system_actor
from db.rules.problems import N_, Problem, Problems
from db.rules.text_tables import Table, csv_table
from db.services.acts import remember
from db.services.case_clocks import keep_due
from db.services.cases.edit import change, join_cases
from db.services.intake import take_in
from db.services.office import limits_in_force, load_presets
from db.services.office.presets import preset

CHUNK = 200
ASKED_AT_ONCE = 500
READERS: dict[str, Callable[[bytes], Table]] = {".csv": csv_table, ".txt": csv_table}
IMPORTER = system_actor("import")
Progress = Callable[[int, int], None]


@dataclass
class Report:
    """What an import did: counts that add up, and every row worth a word."""

    file: str
    dry_run: bool
    encoding: str = ""
    read: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    rejected: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    repeats: list[Note] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """read = added + updated + skipped_duplicate + rejected; likely repeats are among the added."""
        by_verdict = {verdict.value: self.verdicts[verdict] for verdict in Verdict}
        told = {"likely_repeat": len(self.repeats), "warnings": len(self.warnings)}
        return {"read": self.read, **by_verdict, **told}

    def as_dict(self) -> dict[str, Any]:
        """The whole report in plain types."""

        def plain(notes: Sequence[Note], name: str) -> list[dict[str, object]]:
            return [{"row": note.row, name: str(note)} for note in notes]

        return {
            "file": self.file,
            "encoding": self.encoding,
            "dry_run": self.dry_run,
            "counts": self.counts,
            "rejected": plain(self.rejected, "reason"),
            "likely_repeats": plain(self.repeats, "repeats"),
            "warnings": plain(self.warnings, "warning"),
        }


def run(database: Database, path: Path, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Bring in a file; a dry run reports the same and writes nothing. Raises Problems for a file that can't be read."""
    tell = progress or _quietly
    with using(database):
        table = _table(path)
        _make_ready()
        report = Report(path.name, dry_run, encoding=table.encoding)
        planned = _planned(table, report)
        report.read = len(planned)
        if dry_run:
            for row in planned:
                _count(report, row)
            tell(report.read, report.read)
            return report
        for done, chunk in _chunks(planned):
            with transaction(IMPORTER) as session:
                written = [_write(session, row) for row in chunk]
            for row in written:
                _count(report, row)
            tell(done, report.read)
        return report


def _quietly(_done: int, _total: int) -> None:
    """Nobody watches."""


def _make_ready() -> None:
    """An office nobody has set up yet needs its limits and code lists first, for a dry run too."""
    with reading() as session:
        is_ready = session.scalar(select(LimitSet.id).limit(1)) is not None
    if not is_ready:
        load_presets(system_actor("set-up"))


@cache
def _words() -> dict[str, Any]:
    return preset("import")


def _table(path: Path) -> Table:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise Problems(Problem("file", N_("Only these files can be read: {known}."), {"known": known}))
    return reader(path.read_bytes())


def _chunks(planned: Sequence[Planned]) -> Iterator[tuple[int, Sequence[Planned]]]:
    for start in range(0, len(planned), CHUNK):
        chunk = planned[start : start + CHUNK]
        yield start + len(chunk), chunk


def _count(report: Report, row: Planned) -> None:
    report.verdicts[row.verdict] += 1
    if row.reason is not None:
        report.rejected.append(row.reason)
    if row.note is not None:
        report.warnings.append(row.note)
    if row.repeat_of is not None:
        message = N_("The same text stands in {first}; added and linked as a likely repeat.")
        report.repeats.append(Note(row.told.row, message, {"first": row.repeat_of}))


# --- planning ---


def _planned(table: Table, report: Report) -> list[Planned]:
    words = _words()
    now = clock.now()
    rows, report.warnings = told_rows(table, words["columns"], current().settings.timezone, now)
    with reading() as session:
        labels = _labels(session)
        told = []
        for row in rows:
            categorised, note = with_category(row, labels, words["category"])
            told.append(categorised)
            if note is not None and row.text:
                report.warnings.append(note)
        why_not = _why_not(session, told, now)
        known = _known(session, told)
    return plan(told, known, why_not)


def _labels(session: Session) -> dict[str, str]:
    query = select(Code.label_zh, Code.label_en, Code.code).where(Code.list_name == "category", Code.active)
    stored = session.execute(query).all()
    active = {row.code for row in stored}
    own = [(label, row.code) for row in stored for label in (row.label_zh, row.label_en, row.code)]
    known = categories_by_label(_words()["categories"], own)
    return {label: code for label, code in known.items() if code in active}


def _why_not(session: Session, rows: Sequence[Told], now: datetime) -> dict[int, Note]:
    """The rows that can't be taken in, each with its reason."""
    limits = limits_in_force(session, clock.today(current().settings.timezone))
    categories = frozenset(session.scalars(select(Code.code).where(Code.list_name == "category", Code.active)))
    found: dict[int, Note] = {}
    for told in rows:
        if not told.text:
            found[told.row] = Note(told.row, N_("Nothing stands in subject and text."))
            continue
        try:
            check_intake(_intake(told), limits, categories, now)
        except Problems as problems:
            found[told.row] = _reason(told, problems)
    return found


def _reason(told: Told, problems: Problems) -> Note:
    first = problems.problems[0]
    return Note(told.row, first.message, first.values)


def _known(session: Session, rows: Sequence[Told]) -> Known:
    """What the file's numbers, keys and texts meet in the database."""
    known = Known()
    for part in _parts([told.number for told in rows if told.number]):
        query = select(Case.source_number, Case.subject, Case.text, Case.open).where(Case.source_number.in_(part))
        for number, subject, text, is_open in session.execute(query):
            known.contents[str(number)] = digest_of(f"{subject}\n{text}")
            if not is_open:
                known.closed.add(str(number))
    for part in _parts([told.key for told in rows]):
        known.keys.update(session.scalars(select(Submission.key).where(Submission.key.in_(part))))
    wanted = {told.words for told in rows if told.words}
    stored = select(Case.id, Case.text).where(~Case.sealed).order_by(Case.id)
    for case_id, text in session.execute(stored.execution_options(yield_per=2000)):
        digest = words_digest(text)
        if digest in wanted:
            known.words.setdefault(digest, case_id)
    return known


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    distinct = list(dict.fromkeys(values))
    return (distinct[i : i + ASKED_AT_ONCE] for i in range(0, len(distinct), ASKED_AT_ONCE))


# --- writing ---


def _write(session: Session, row: Planned) -> Planned:
    """Write one row; what the database refuses all the same is rejected alone."""
    if row.verdict not in (Verdict.ADD, Verdict.UPDATE):
        return row
    try:
        with session.begin_nested():
            if session.get(Submission, row.told.key) is not None:
                return Planned(row.told, Verdict.SKIP)
            case_id = _add(session, row) if row.verdict is Verdict.ADD else _update(session, row.told)
            remember(session, IMPORTER, row.told.key, "case_import.run", case_id)
    except Problems as problems:
        return Planned(row.told, Verdict.REJECT, reason=_reason(row.told, problems))
    return row


def _add(session: Session, row: Planned) -> int:
    case, _ = take_in(session, IMPORTER, _intake(row.told))
    if row.told.due_on is not None:
        case.imported_due_on = row.told.due_on
        keep_due(session, case)
    first = _stored(session, row.repeat_of)
    if first is not None:
        join_cases(session, case.id, first, "repeat")
    return case.id


def _stored(session: Session, ref: int | str | None) -> int | None:
    if isinstance(ref, str):
        return session.scalar(select(Case.id).where(Case.source_number == ref))
    return ref


def _update(session: Session, told: Told) -> int:
    """The sender's later words; the earlier ones go into the timeline."""
    case = session.scalars(select(Case).where(Case.source_number == told.number)).one()
    change(session, IMPORTER, case, {"subject": told.subject, "text": told.text})
    return case.id


def _intake(told: Told) -> Intake:
    """The row as a matter. A user code is both name and contact: through it the other system is answered."""
    words = _words()
    name, contact = told.name or told.user or told.contact, told.contact or told.user or told.name
    return Intake(
        channel=words["channel"],
        source=words["source"],
        source_number=told.number,
        received_at=told.received_at,
        anonymous=not name,
        parties=(Party(name=name, contact=contact),) if name else (),
        subject=told.subject,
        text=told.text,
        place=told.place,
        kind=words["kind"],
        grade=words["grade"],
        category=told.category,
    )
