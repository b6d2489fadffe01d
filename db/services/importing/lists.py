"""The imports of this office, and what became of each row of one."""

import json
from collections.abc import Mapping

import pandas as pd
from sqlalchemy import func, select

from db.engine import reading
from db.models import Case, CaseImport, CaseImportRow, Person
from db.rules.case_import import Note, Verdict
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import guarded
from db.services.cases.scope import visible
from db.services.importing.planning import Report
from db.services.importing.running import NOT_ALL_PAIRED, state_of
from db.services.importing.writing import REPEAT, WARNING
from db.services.listing import PAGE_ROWS, Page, page_of

IMPORTS = ["id", "file_name", "state", "done", "total", "counts", "asked_at", "asked_by", "ended_at"]
ROWS = ["row", "verdict", "case_id", "number", "message", "values", "heading", "value"]
VERDICTS = (*(verdict.value for verdict in Verdict), REPEAT, WARNING)


@guarded(Permission.CASES_IMPORT)
def imports(actor: Actor, *, page: int = 1) -> Page:
    """Every import, the latest first: a frame with IMPORTS; `counts` is a mapping."""
    with reading() as session:
        total = session.scalar(select(func.count()).select_from(CaseImport)) or 0
        page, pages = page_of(total, page)
        query = (
            select(CaseImport, Person.name)
            .outerjoin(Person, Person.id == CaseImport.asked_by_id)
            .order_by(CaseImport.id.desc())
        )
        found = session.execute(query.limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)).all()
    states = [state_of(row, by or "") for row, by in found]
    lines = [
        (s.import_id, s.file_name, s.state, s.done, s.total, s.counts, s.asked_at, s.asked_by, s.ended_at)
        for s in states
    ]
    return Page(pd.DataFrame(lines, columns=IMPORTS), total, False, page, pages)


@guarded(Permission.CASES_IMPORT)
def rows(actor: Actor, *, import_id: int, verdict: str = "", page: int = 1) -> Page:
    """What became of the rows, in the order of the file: a frame with ROWS.

    `verdict`: one of VERDICTS, "" for added, updated, skipped and rejected. `message` is a catalogue entry with
    `values`; `number` is empty for a case this person can't see.
    """
    wanted = CaseImportRow.verdict == verdict if verdict else CaseImportRow.verdict.in_([v.value for v in Verdict])
    mine = CaseImportRow.import_id == import_id
    with reading() as session:
        if session.get(CaseImport, import_id) is None:
            raise NotThere(f"import {import_id}")
        total = session.scalar(select(func.count()).select_from(CaseImportRow).where(mine, wanted)) or 0
        pages = max(1, -(-total // PAGE_ROWS))
        page = min(max(page, 1), pages)
        query = (
            select(CaseImportRow, Case.id, Case.number)
            .outerjoin(Case, (Case.id == CaseImportRow.case_id) & visible(actor))
            .where(mine, wanted)
            .order_by(CaseImportRow.row, CaseImportRow.id)
        )
        found = session.execute(query.limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)).all()
    lines = [
        (row.row, row.verdict, case_id, number or "", row.message, json.loads(row.told), row.heading, row.value)
        for row, case_id, number in found
    ]
    frame = pd.DataFrame(lines, columns=ROWS).astype({"case_id": "Int64"})
    return Page(frame, total, False, page, pages)


@guarded(Permission.CASES_IMPORT)
def report(actor: Actor, *, import_id: int) -> Mapping[str, object]:
    """The whole report of an import in plain types, as the command line writes it."""
    return report_of(import_id).as_dict()


def report_of(import_id: int) -> Report:
    """What an import did, from what was recorded of it; raises NotThere."""
    with reading() as session:
        made = session.get(CaseImport, import_id)
        if made is None:
            raise NotThere(f"import {import_id}")
        told = Report(made.file_name, dry_run=False, encoding=made.encoding)
        state = state_of(made, "")
        if state.unlooked:
            told.warnings.append(Note(0, NOT_ALL_PAIRED, {"looked": state.looked, "left": state.unlooked}))
        counts = json.loads(made.counts)
        told.read = counts["read"]
        told.verdicts.update({verdict.value: counts[verdict.value] for verdict in Verdict})
        kept = {Verdict.REJECT.value: told.rejected, REPEAT: told.repeats}
        worth = (CaseImportRow.import_id == import_id) & (CaseImportRow.message != "")
        for row in session.scalars(select(CaseImportRow).where(worth).order_by(CaseImportRow.row, CaseImportRow.id)):
            note = Note(row.row, row.message, json.loads(row.told), row.heading, row.value)
            kept.get(row.verdict, told.warnings).append(note)
        return told
