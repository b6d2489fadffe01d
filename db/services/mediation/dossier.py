"""The complete file: what it holds and lacks, its papers and pages, and its way into the archive."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import Dispute, DisputePaper
from db.rules.mediation.dossier import (
    FRAME,
    Document,
    FileFacts,
    Line,
    PaperForm,
    check_count,
    check_paper,
    last_day,
    lines_of,
    problems_of,
)
from db.rules.mediation.flow import check_step
from db.rules.mediation.words import State, Step
from db.rules.mediation.writing import NO_CHOICE, check_day, check_order, check_text
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Problem, Problems
from db.services import files as file_store
from db.services.acts import earlier, guarded, remember
from db.services.files import Upload
from db.services.mediation import ground, scope, timeline
from db.services.mediation.file_facts import documents, facts_of, is_count
from db.services.mediation.steps import Receipt, move
from db.services.office.codes import active_codes
from db.services.records import fill


@dataclass(frozen=True)
class Dossier:
    """The file in its official order. `problems` are what is missing and what is out of order; none = complete."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    pages: int

    @property
    def complete(self) -> bool:
        """A standard file in the sense of R-09."""
        return not self.problems


def papers_to_add() -> Mapping[str, Document]:
    """The documents a paper may be filed under, in the official order, by code."""
    return {document.code: document for document in documents() if document.code not in FRAME}


def pages_to_count() -> Mapping[str, Document]:
    """The documents Linli keeps itself, whose pages somebody may count."""
    return {code: document for code, document in papers_to_add().items() if document.made}


def dossier_of(facts: FileFacts) -> Dossier:
    """The file as it stands in these facts."""
    lines = lines_of(documents(), facts)
    return Dossier(lines, problems_of(lines, facts), sum(line.pages for line in lines))


@guarded(Permission.MEDIATION_READ)
def dossier(actor: Actor, *, dispute_id: int) -> Dossier:
    """What the file holds and what it lacks."""
    with reading() as session:
        return dossier_of(facts_of(session, scope.load(session, actor, dispute_id)))


@guarded(Permission.MEDIATION_KEEP)
def add_paper(
    actor: Actor,
    *,
    dispute_id: int,
    document: str,
    title: str = "",
    dated_on: date | None = None,
    pages: int = 1,
    remark: str = "",
    uploads: Sequence[Upload] = (),
    key: str,
) -> int:
    """Put a paper into the file, with one upload at most; answers its id."""
    form = PaperForm(document, title.strip(), dated_on, pages, remark.strip())
    if len(uploads) > 1:
        raise Problems(Problem("uploads", N_("One file for each paper.")))
    with reading() as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
    with file_store.stored(file_store.checked(uploads, "uploads")) as stored, transaction(actor) as session:
        if earlier(session, key) is not None:
            raise Problems(Problem("", N_("This is recorded already.")))
        dispute = scope.kept(session, actor, dispute_id)
        check_paper(form, documents(), ground.today())
        ids = file_store.add_rows_to_dispute(session, actor, dispute.id, stored, internal=True)
        row = DisputePaper(dispute_id=dispute.id, attachment_id=next(iter(ids), None), **asdict(form))
        session.add(row)
        session.flush()
        return _noted(session, actor, dispute, row, Step.PAPER, key, row.id)


@guarded(Permission.MEDIATION_KEEP)
def edit_paper(
    actor: Actor,
    *,
    dispute_id: int,
    paper_id: int,
    version: int,
    title: str = "",
    dated_on: date | None = None,
    pages: int = 1,
    remark: str = "",
    key: str,
) -> int:
    """Correct a paper; answers its new version."""
    values = {"title": title.strip(), "dated_on": dated_on, "pages": pages, "remark": remark.strip()}
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        row = ground.own(session, dispute, DisputePaper, paper_id, version, values)
        check_paper(PaperForm(row.document, **values), documents(), ground.today())  # type: ignore[arg-type]
        fill(row, values)
        session.flush()
        return _noted(session, actor, dispute, row, Step.PAPER, key, row.version)


@guarded(Permission.MEDIATION_KEEP)
def remove_paper(actor: Actor, *, dispute_id: int, paper_id: int, version: int, key: str) -> int:
    """Take a paper out of the file; it can be put back. Answers its new version."""
    return _mark(actor, dispute_id, paper_id, version, key, removed=True)


@guarded(Permission.MEDIATION_KEEP)
def restore_paper(actor: Actor, *, dispute_id: int, paper_id: int, version: int, key: str) -> int:
    """Put a removed paper back; answers its new version."""
    return _mark(actor, dispute_id, paper_id, version, key, removed=False)


@guarded(Permission.MEDIATION_KEEP)
def set_pages(actor: Actor, *, dispute_id: int, document: str, pages: int, key: str) -> int:
    """How many pages a document has that Linli itself keeps (a record, an agreement); answers the row's id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        check_count(document, pages, documents())
        row = _counted(session, dispute, document)
        row.pages = pages
        session.flush()
        return _noted(session, actor, dispute, row, Step.PAPER, key, row.id)


@guarded(Permission.MEDIATION_KEEP)
def archive(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    retention: str,
    file_note: str = "",
    archived_on: date | None,
    reason: str = "",
    key: str,
) -> Receipt:
    """Close the file into the archive. An incomplete one only with MEDIATION_SIGN and a reason, and not as standard."""
    mine = {"retention": retention, "file_note": file_note.strip(), "archived_on": archived_on}
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Receipt.again(done)
        dispute = scope.kept(session, actor, dispute_id)
        scope.must_be_seen(session, dispute, version, mine | {"reason": reason})
        check_step(Step.ARCHIVE, State(dispute.state))
        facts = facts_of(session, dispute)
        missing = dossier_of(facts).problems
        _check_filing(session, actor, facts, missing, **mine, reason=reason)  # type: ignore[arg-type]
        signed = reason.strip() if missing else ""
        fill(dispute, mine | {"archived_by_id": actor.id, "standard": not missing, "signed_incomplete": signed})
        lacks = sorted({problem.field for problem in missing})
        receipt = move(session, actor, dispute, Step.ARCHIVE, text=signed, detail={"on": archived_on, "lacks": lacks})
        remember(session, actor, key, "dossier.archive", receipt.kept())
        return receipt


def _check_filing(
    session: Session,
    actor: Actor,
    facts: FileFacts,
    missing: Sequence[Problem],
    *,
    retention: str,
    file_note: str,
    archived_on: date | None,
    reason: str,
) -> None:
    check = Check()
    check.that(retention in active_codes(session, "retention"), "retention", NO_CHOICE)
    check_text(check, "file_note", file_note)
    check_text(check, "reason", reason)
    if check_day(check, "archived_on", archived_on, ground.today()):
        earliest = last_day(facts)
        check_order(check, "archived_on", archived_on, earliest, N_("The last entry in the file is of {day}."))
    if missing:
        _check_signed(check, missing, may_sign=actor.may(Permission.MEDIATION_SIGN), reason=reason)
    check.done()


def _check_signed(check: Check, missing: Sequence[Problem], *, may_sign: bool, reason: str) -> None:
    """What is missing is told by name, and who can archive the file all the same."""
    if may_sign and reason.strip():
        return
    for problem in missing:
        check.that(False, problem.field, problem.message, **problem.values)
    if may_sign:
        check.that(False, "reason", N_("Say why the file is archived although it is not complete."))
    else:
        check.that(False, "", N_("An incomplete file is archived by the director, who gives the reason."))


def _mark(actor: Actor, dispute_id: int, paper_id: int, version: int, key: str, *, removed: bool) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        row = ground.own(session, dispute, DisputePaper, paper_id, version, {}, removed=not removed)
        row.removed_at = clock.now() if removed else None
        session.flush()
        return _noted(session, actor, dispute, row, Step.REMOVE if removed else Step.RESTORE, key, row.version)


def _counted(session: Session, dispute: Dispute, document: str) -> DisputePaper:
    """The row that holds the pages of a document, a new one when nobody has counted them."""
    standing = select(DisputePaper).where(
        DisputePaper.dispute_id == dispute.id, DisputePaper.document == document, DisputePaper.removed_at.is_(None)
    )
    for row in session.scalars(standing):
        if is_count(row):
            return row
    row = DisputePaper(dispute_id=dispute.id, document=document)
    session.add(row)
    return row


def _noted(
    session: Session, actor: Actor, dispute: Dispute, row: DisputePaper, step: Step, key: str, answer: int
) -> int:
    detail = {"paper_id": row.id, "document": row.document, "title": row.title, "pages": row.pages}
    timeline.line(session, actor, dispute, step, detail=detail)
    remember(session, actor, key, f"dossier.{step}", answer)
    return answer
