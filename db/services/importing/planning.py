"""What becomes of a file's rows: read one by one, checked against the office, previewed without writing anything."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import wall
from db.engine import reading
from db.models import Case, CaseWords, Code, Submission
from db.rules.case_flow import State
from db.rules.case_import import Known, Note, Planned, Told, Verdict, digest_of, plan
from db.rules.cases import Kind
from db.rules.intake import Intake, Party, check_intake
from db.rules.permissions import Actor, Permission, system_actor
from db.rules.problems import N_, Problems
from db.services.acts import guarded
from db.services.importing.mapping import Chosen
from db.services.importing.matters import Ground, Rows
from db.services.importing.reading import Layout, opened_file
from db.services.office import load_presets
from db.services.suggesting.asking import suggestions_for

SHOWN_ROWS = 20
SHOWN_NOTES = 2_000
ACCUSATION = N_("An accusation is not brought in with a file; register it, so that only who takes it sees it.")
# What a row is taken as when nothing tells its category (presets/import.toml).
UNSORTED = ("", "other")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class PreviewRow:
    """A row as it will be: its number in the file, the verdict, the fields by name, and the unit proposed."""

    row: int
    verdict: str
    fields: Mapping[str, object]
    unit: str
    unit_id: int | None


@dataclass
class Report:
    """What an import does or did: counts that add up, and every row worth a word."""

    file: str
    dry_run: bool
    encoding: str = ""
    read: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    rejected: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    repeats: list[Note] = field(default_factory=list)
    suggested: Counter[str] = field(default_factory=Counter)

    @property
    def counts(self) -> dict[str, int]:
        """read = added + updated + skipped_duplicate + rejected; likely repeats are among the added."""
        by_verdict = {verdict.value: self.verdicts[verdict] for verdict in Verdict}
        told = {"likely_repeat": len(self.repeats), "warnings": len(self.warnings)}
        return {"read": self.read, **by_verdict, **told}

    def count(self, planned: Iterable[Planned]) -> None:
        """Take rows into account."""
        for row in planned:
            self.read += 1
            self.verdicts[row.verdict] += 1
            if row.reason is not None:
                self.rejected.append(row.reason)
            if row.note is not None:
                self.warnings.append(row.note)
            if row.repeat_of is not None:
                self.repeats.append(repeat_note(row))

    def as_dict(self) -> dict[str, Any]:
        """The whole report in plain types: a row, the column and value it is about, and the reason in words."""

        def plain_notes(notes: Sequence[Note], name: str) -> list[dict[str, object]]:
            return [{"row": n.row, "column": n.heading, "value": n.value, name: str(n)} for n in notes]

        return {
            "file": self.file,
            "encoding": self.encoding,
            "dry_run": self.dry_run,
            "counts": self.counts,
            "suggested_categories": dict(self.suggested),
            "rejected": plain_notes(self.rejected, "reason"),
            "likely_repeats": plain_notes(self.repeats, "repeats"),
            "warnings": plain_notes(self.warnings, "warning"),
        }


@dataclass(frozen=True)
class Preview:
    """What bringing a file in would do: counts, the first rows as they will be, and what is worth telling.

    At most SHOWN_NOTES of each kind are listed; `counts` has all of them.
    """

    counts: Mapping[str, int]
    rows: tuple[PreviewRow, ...]
    rejected: tuple[Note, ...]
    warnings: tuple[Note, ...]
    repeats: tuple[Note, ...]
    left_out: tuple[tuple[str, str], ...]


@guarded(Permission.CASES_IMPORT)
def preview(
    actor: Actor,
    *,
    source: bytes | Path,
    name: str,
    chosen: Chosen,
    first: int = SHOWN_ROWS,
    progress: Progress | None = None,
) -> Preview:
    """A dry run over the whole file, nothing written; raises Problems for a file that can't be read.

    `progress` is told after every chunk how many rows are done (and 0, because nobody knows yet how many there are).
    """
    rows: list[PreviewRow] = []
    report, layout = dry_run(source, name, chosen, progress=progress, keep=lambda row: _keep(rows, row, first))
    return Preview(
        report.counts,
        tuple(rows),
        tuple(report.rejected[:SHOWN_NOTES]),
        tuple(report.warnings[:SHOWN_NOTES]),
        tuple(report.repeats[:SHOWN_NOTES]),
        layout.left_out,
    )


def dry_run(
    source: bytes | Path,
    name: str,
    chosen: Chosen,
    *,
    progress: Progress | None = None,
    keep: Callable[[Planned], None] | None = None,
    suggests: bool = False,
) -> tuple[Report, Layout]:
    """The same for the command line; `keep` sees every row once.

    `suggests` counts by category what similar cases were, for new rows that no category was found for.
    """
    make_ready()
    report = Report(name, dry_run=True)
    known = Known()
    with opened_file(source, name) as file:
        report.encoding = file.encoding
        rows = Rows(file, chosen)
        report.warnings += rows.notes
        for chunk in rows.chunks():
            with reading() as session:
                with wall.beyond(session):
                    planned = planned_rows(session, chunk, rows.ground, known)
                if suggests:
                    report.suggested.update(_suggested(session, planned))
            report.warnings += chain.from_iterable(notes for _, notes in chunk)
            report.count(planned)
            for row in planned:
                (keep or _forget)(row)
            if progress:
                progress(report.read, 0)
        return report, rows.layout


def _suggested(session: Session, planned: Sequence[Planned]) -> list[str]:
    new = [row.told for row in planned if row.verdict is Verdict.ADD and row.told.category in UNSORTED]
    likely = suggestions_for(session, [(told.subject, told.text) for told in new])
    return [one.code for one in likely if one is not None and one.code not in UNSORTED]


def _forget(_row: Planned) -> None:
    """Nobody wants to see the rows."""


def _keep(rows: list[PreviewRow], row: Planned, first: int) -> None:
    if len(rows) < first:
        told = row.told
        names = ("number", "subject", "text", "place", "category", "received_at", "due_on", "channel", "kind", "grade")
        shown: dict[str, object] = {name: getattr(told, name) for name in names}
        shown |= {"name": told.name or told.user, "contact": told.contact, "note": told.note}
        rows.append(PreviewRow(told.row, row.verdict.value, shown, told.unit, told.unit_id))


def repeat_note(row: Planned) -> Note:
    """What is told of a likely repeat; nothing is merged by itself."""
    message = N_("The same text stands in {first}; added and linked as a likely repeat.")
    return Note(row.told.row, message, {"first": row.repeat_name})


def make_ready() -> None:
    """An office nobody has set up yet needs its limits and code lists first, for a dry run too."""
    with reading() as session:
        is_ready = session.scalar(select(Code.id).limit(1)) is not None
    if not is_ready:
        load_presets(system_actor("set-up"))


# --- what becomes of them ---


def planned_rows(
    session: Session, chunk: Sequence[tuple[Told, list[Note]]], ground: Ground, known: Known
) -> list[Planned]:
    """What becomes of a chunk; `known` grows by what the database knows of it and by the chunk itself."""
    told = [row for row, _ in chunk]
    why_not = {row.row: note for row in told if (note := _why_not(row, ground))}
    _learn(session, told, known)
    return plan(told, known, why_not)


def _why_not(told: Told, ground: Ground) -> Note | None:
    """Why a row can't be taken in, with the cell it is about; None when it can."""
    if not told.text:
        heading = ground.headings.get("text") or ground.headings.get("subject", "")
        return Note(told.row, N_("Nothing stands in subject and text."), heading=heading)
    if told.kind == Kind.ACCUSATION:
        return Note(told.row, ACCUSATION, heading=ground.headings.get("kind", ""))
    try:
        check_intake(intake_of(told, ground), ground.limits, ground.categories, ground.words.now)
    except Problems as problems:
        return reason(told, problems, ground)
    return None


def reason(told: Told, problems: Problems, ground: Ground) -> Note:
    """The first of the problems as a note about its cell; what names a resident is not repeated."""
    first = problems.problems[0]
    name = first.field.partition("_")[0] if first.field.endswith("_0") else first.field
    name = {"source_number": "number", "received_at": "received"}.get(name, name)
    if name in ("name", "contact") and name not in ground.headings:
        name = "user"
    value = "" if name in ("name", "contact", "user") else str(getattr(told, name, "") or "")
    return Note(told.row, first.message, first.values, ground.headings.get(name, ""), value[:80])


def intake_of(told: Told, ground: Ground) -> Intake:
    """The row as a matter. A user code is both name and contact: through it the other system is answered."""
    name, contact = told.name or told.user or told.contact, told.contact or told.user or told.name
    if told.anonymous:
        name = told.user
    return Intake(
        channel=told.channel,
        source=ground.words.defaults["source"],
        source_number=told.number,
        received_at=told.received_at,
        anonymous=not name,
        parties=(Party(name=name, contact=contact),) if name or contact else (),
        subject=told.subject,
        text=told.text,
        place=told.place,
        kind=told.kind,
        grade=told.grade,
        category=told.category,
    )


def _learn(session: Session, rows: Sequence[Told], known: Known) -> None:
    """What the numbers, keys and texts of some rows meet in the database; what is known already stays."""
    numbers = [row.number for row in rows if row.number and row.number not in known.contents]
    wanted = select(Case.source_number, Case.subject, Case.text, Case.open, Case.sealed, Case.state, Case.gone).where(
        Case.source_number.in_(numbers)
    )
    for stored in session.execute(wanted.execution_options(with_gone=True)):
        number = str(stored.source_number)
        if why := _barred(stored):
            known.barred.setdefault(number, why)
        if not stored.sealed:
            known.contents.setdefault(number, digest_of(f"{stored.subject}\n{stored.text}"))
        if not stored.open:
            known.closed.add(number)
    keys = [row.key for row in rows if row.key not in known.keys]
    known.keys.update(session.scalars(select(Submission.key).where(Submission.key.in_(keys))))
    digests = {row.words for row in rows if row.words} - known.words.keys()
    same = select(CaseWords.digest, Case.id, Case.number).join(Case, Case.id == CaseWords.case_id)
    for digest, case_id, number in session.execute(same.where(CaseWords.digest.in_(digests)).order_by(Case.id)):
        known.words.setdefault(digest, (case_id, number))


def _barred(stored: Any) -> Note | None:
    if stored.sealed or stored.gone:  # one sentence for both: it tells nobody that a sealed matter is there
        return Note(0, N_("This number can't be used; look into the bin first, then ask the director."))
    if stored.state == State.ARCHIVED:
        return Note(0, N_("An archived case is changed only after it is reopened."))
    return None
