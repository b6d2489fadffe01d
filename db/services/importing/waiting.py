"""A file put by until somebody says what becomes of it: no click, refresh or sign-out loses it or its mapping."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import reading, transaction
from db.identity import mask_contact, mask_name
from db.journal import JournalRow
from db.models import CaseImport, ImportMapping
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.files import Upload
from db.services.importing import running
from db.services.importing.filing import file_away, path_of
from db.services.importing.mapping import Chosen, as_document, check_chosen, from_document, guess, laid_on
from db.services.importing.planning import Preview, PreviewRow, Progress, preview
from db.services.importing.reading import Sheets, look_at
from db.services.journal.looks import looked_lately
from db.services.office import active_codes

NEW = "new"
KEPT = timedelta(days=7)
NO_ROWS = N_("There is nothing in this file to bring in.")


@dataclass(frozen=True)
class Waiting:
    """An import nobody has begun yet: its file's name and size in bytes, and how it is to be read."""

    id: int
    file_name: str
    size: int
    encoding: str
    chosen: Chosen


@guarded(Permission.CASES_IMPORT)
def put_by(actor: Actor, *, upload: Upload, like: int | None = None, key: str) -> int:
    """Keep a file and what its headings most likely mean, or meant in the import `like`; its id. Raises Problems."""
    sheets = look_at(upload.content, upload.name)
    if not any(sheet.columns for sheet in sheets.sheets):
        raise Problems(Problem("file", NO_ROWS))

    def chosen(session: Session) -> Chosen:
        forget_old(session)
        alike = session.get(CaseImport, like) if like is not None else None
        return laid_on(from_document(alike.document), sheets) if alike else guess(sheets)

    return file_away(
        actor,
        source=upload.content,
        name=upload.name,
        encoding=sheets.encoding,
        chosen=chosen,
        state=NEW,
        key=key,
    )


@guarded(Permission.CASES_IMPORT)
def waiting(actor: Actor, *, import_id: int) -> Waiting | None:
    """A file put by, None once it is being brought in; raises NotThere."""
    with reading() as session:
        row = session.get(CaseImport, import_id)
        if row is None or (row.state == NEW and not _theirs(actor, row)):
            raise NotThere(f"import {import_id}")
        return _seen(row) if row.state == NEW else None


@guarded(Permission.CASES_IMPORT)
def look(actor: Actor, *, import_id: int, header_rows: Mapping[str, int] | None = None) -> Sheets:
    """The beginning of its sheets; slow for a large workbook. `header_rows` by sheet, else as it was chosen."""
    path, name, chosen = _opened(actor, import_id)
    return look_at(path, name, header_rows or {chosen.sheet: chosen.header_row})


@guarded(Permission.CASES_IMPORT)
def choose(actor: Actor, *, import_id: int, chosen: Chosen) -> None:
    """Keep how the file is to be read; what is wrong with it is told, not refused."""
    with transaction(actor) as session:
        _waiting(session, actor, import_id).document = as_document(chosen)


@guarded(Permission.CASES_IMPORT)
def lay_on(actor: Actor, *, import_id: int, sheets: Sheets, mapping_id: int) -> None:
    """Read the file with a mapping saved by name; raises NotThere."""
    with transaction(actor) as session:
        saved = session.get(ImportMapping, mapping_id)
        if saved is None or saved.removed_at is not None:
            raise NotThere(f"mapping {mapping_id}")
        row = _waiting(session, actor, import_id)
        stands = from_document(row.document)
        laid = laid_on(from_document(saved.document), sheets, stands.sheet)
        row.document = as_document(replace(laid, header_row=stands.header_row))


@guarded(Permission.CASES_IMPORT)
def problems_of(actor: Actor, *, chosen: Chosen) -> tuple[Problem, ...]:
    """What is wrong with a choice, each by its heading or default."""
    check = Check()
    with reading() as session:
        check_chosen(check, chosen, active_codes(session, "category"))
    try:
        check.done()
    except Problems as problems:
        return problems.problems
    return ()


@guarded(Permission.CASES_IMPORT)
def preview_waiting(actor: Actor, *, import_id: int, progress: Progress | None = None) -> Preview:
    """What bringing it in would do, over the whole file, residents masked; raises Problems."""
    path, name, chosen = _opened(actor, import_id)
    found = preview(actor, source=path, name=name, chosen=chosen, progress=progress)
    return replace(found, rows=tuple(_masked(row) for row in found.rows))


def _masked(row: PreviewRow) -> PreviewRow:
    hidden = {"name": mask_name(str(row.fields["name"])), "contact": mask_contact(str(row.fields["contact"]))}
    return replace(row, fields={**row.fields, **hidden})


@guarded(Permission.CASES_IMPORT)
def begin(actor: Actor, *, import_id: int, chosen: Chosen, key: str) -> int:
    """Bring it in as it was previewed, in the background; answers its id, once for a key. Raises Problems."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = _waiting(session, actor, import_id)
        check = Check()
        check_chosen(check, chosen, active_codes(session, "category"))
        check.done()
        row.document, row.asked_at, row.asked_by_id = as_document(chosen), clock.now(), actor.id
        remember(session, actor, key, "importing.begin", row.id)
    running.resume(actor, import_id=import_id)
    return import_id


@guarded(Permission.CASES_IMPORT)
def discard(actor: Actor, *, import_id: int, key: str) -> None:
    """Throw a file away that nobody brought in; once for a key."""
    with transaction(actor) as session:
        if earlier(session, key) is not None:
            return
        row = _waiting(session, actor, import_id)
        remember(session, actor, key, "importing.discard", import_id)
        _forget(session, row)


def forget_old(session: Session) -> None:
    """Files nobody came back to for a week hold residents' names for nothing; an import that broke off stays told."""
    old = select(CaseImport).where(CaseImport.asked_at < clock.now() - KEPT)
    for row in session.scalars(old.where(CaseImport.state == NEW)).all():
        _forget(session, row)
    broken_off = or_(CaseImport.seen_at.is_(None), CaseImport.seen_at < clock.now() - KEPT)
    for row in session.scalars(old.where(CaseImport.state.not_in((NEW, *running.OVER)), broken_off)):
        path_of(row).unlink(missing_ok=True)


def _forget(session: Session, row: CaseImport) -> None:
    path_of(row).unlink(missing_ok=True)
    session.delete(row)


def _theirs(actor: Actor, row: CaseImport) -> bool:
    """Whose file it is: it shows residents' names to whoever put it by, and to who sees those of every case."""
    return row.asked_by_id == actor.id or actor.scope(Permission.CASES_UNMASK) is Scope.ALL


def _opened(actor: Actor, import_id: int) -> tuple[Path, str, Chosen]:
    """Where the file lies, its name and how it is read; a look at somebody else's is journalled."""
    about = JournalRow.tbl == CaseImport.__tablename__, JournalRow.pk == str(import_id)
    with reading() as session:
        row = _waiting(session, actor, import_id)
        opened = path_of(row), row.file_name, from_document(row.document)
        known = row.asked_by_id == actor.id or looked_lately(session, actor, "look", *about)
    if not known:
        with transaction(actor) as session:
            journal.note(session, "look", tbl=CaseImport.__tablename__, pk=import_id)
    return opened


def _waiting(session: Session, actor: Actor, import_id: int) -> CaseImport:
    row = session.get(CaseImport, import_id)
    if row is None or row.state != NEW or not _theirs(actor, row):
        raise NotThere(f"import {import_id}")
    return row


def _seen(row: CaseImport) -> Waiting:
    return Waiting(row.id, row.file_name, row.size, row.encoding, from_document(row.document))
