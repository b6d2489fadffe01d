"""The file of a case: what it holds in the official order, what it lacks, and its cover and contents to print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.documents import word
from db.documents.forms import Document as Made
from db.documents.forms import forms
from db.documents.names import file_name, unlike
from db.engine import current, noting, reading
from db.languages import date_in
from db.models import Attachment, Case, CaseUnit, Supervision, Unit
from db.rules.case_file import FILES, Document, Facts, Line, Paper, lines_of, problems_of
from db.rules.case_flow import Step
from db.rules.permissions import Actor, Permission
from db.rules.problems import Named, Problem
from db.rules.supervision import TOLD
from db.services import files
from db.services import office as office_services
from db.services.acts import guarded
from db.services.cases import paper_values, papers
from db.services.cases.scope import load
from db.services.office.presets import preset
from db.services.sheets import note_print
from db.services.supervision import paper as supervision_paper
from db.services.supervision.scope import shown_to
from db.services.templates import standing

FORM = "case_file"


@dataclass(frozen=True)
class Dossier:
    """The file in its official order. `problems` are what is missing; none means it is complete."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]

    @property
    def papers(self) -> tuple[tuple[Line, Paper], ...]:
        """The papers there are, in order."""
        return tuple((line, line.paper) for line in self.lines if line.paper is not None)

    @property
    def pages(self) -> int:
        """How many pages the file has."""
        return max((line.to_page for line in self.lines), default=0)


@dataclass(frozen=True)
class FileSheet:
    """Cover and contents to print; who brought it is masked unless names were asked for and allowed.

    `texts` are what the Word form says; days, outcome and unit stand beside them for a page in either language.
    """

    office: office_services.Facts
    texts: Mapping[str, object]
    received_on: date
    closed_on: date | None
    outcome: str
    lead_unit: Named
    parties: tuple[str, ...]
    dossier: Dossier
    identities: bool
    printed_at: datetime
    printed_by: str


@cache
def documents() -> tuple[Document, ...]:
    """The documents of a file, in the official order."""
    found = preset("case_file")["document"]
    return tuple(Document(**{**entry, "days": tuple(entry.get("days", ()))}) for entry in found)


@guarded(Permission.CASES_READ)
def dossier(actor: Actor, *, case_id: int) -> Dossier:
    """What the file holds and what it lacks; raises NotThere."""
    offers = papers.offers(actor, case_id=case_id)
    with reading() as session:
        return _dossier(session, actor, load(session, actor, case_id), offers)


@guarded(Permission.CASES_READ)
def sheet(actor: Actor, *, case_id: int, identities: bool = False) -> FileSheet:
    """Cover and contents; names only for who may see them. Every printing is journalled."""
    needed = Permission.CASES_UNMASK if identities else Permission.CASES_READ
    offers = papers.offers(actor, case_id=case_id)
    with noting(actor) as session:
        case = load(session, actor, case_id, needed)
        note_print(session, case.id, FORM, identities=identities)
        values, who = _values(session, case, identities)
        unit = session.get(Unit, case.lead_unit_id) if case.lead_unit_id is not None else None
        return FileSheet(
            office=office_services.facts_of(session),
            texts=values,
            received_on=_received_on(case),
            closed_on=case.closed_on,
            outcome=case.outcome or "",
            lead_unit=Named(unit.name, unit.name_en or "") if unit else Named(""),
            parties=who,
            dossier=_dossier(session, actor, case, offers),
            identities=identities,
            printed_at=clock.now(),
            printed_by=actor.name,
        )


@guarded(Permission.CASES_READ)
def cover(actor: Actor, *, case_id: int, identities: bool = False) -> Made:
    """Cover and contents as Word from the office's template; names only for who may see them."""
    seen = sheet(actor, case_id=case_id, identities=identities)
    lines = [
        {
            "place": str(n),
            "document": "：".join(part for part in (line.zh, paper.title) if part),
            "day": date_in("zh", paper.on),
            "pages": str(line.from_page) if line.from_page == line.to_page else f"{line.from_page}—{line.to_page}",
        }
        for n, (line, paper) in enumerate(seen.dossier.papers, 1)
    ]
    form = forms()[FORM]
    told = {**seen.texts, "lines": lines, "pages": str(seen.dossier.pages)}
    content = word.render(standing(form), form, told, at=clock.now())
    return Made(file_name(f"{form.zh} {seen.texts['number']}.docx"), content)


@guarded(Permission.CASES_READ)
def everything(actor: Actor, *, case_id: int, identities: bool = False) -> list[tuple[str, bytes]]:
    """Every paper of the file under a numbered name: cover and contents, the forms in order, the files handed in."""
    first = cover(actor, case_id=case_id, identities=identities)
    taken: set[str] = set()
    found = [(unlike(f"00_{first.name}", taken), first.content)]
    for n, (line, paper) in enumerate(dossier(actor, case_id=case_id).papers, 1):
        made = _paper(actor, case_id, line, paper, identities)
        found.append((unlike(file_name(f"{n:02}_{made.name}"), taken), made.content))
    return found


def _paper(actor: Actor, case_id: int, line: Line, paper: Paper, identities: bool) -> Made:
    if line.code == FILES:
        kept = files.fetch(actor, attachment_id=paper.of or 0)
        return Made(kept.name, kept.path.read_bytes())
    if line.code == "supervision_notice":
        notice = supervision_paper.document(actor, supervision_id=paper.of or 0)
        return Made(notice.name, notice.content)
    return papers.document(actor, form=line.code, case_id=case_id, of=paper.of, identities=identities)


def _dossier(session: Session, actor: Actor, case: Case, offers: tuple[papers.Offer, ...]) -> Dossier:
    notices = _notices(session, actor, case)
    facts = _facts(session, case, notices)
    days = {one.code: _first_day(case, one.days) for one in documents()}
    found = [Paper(one.form.code, one.of, one.on or days.get(one.form.code), one.unit, one.unit_en) for one in offers]
    lines = lines_of(documents(), facts, (*found, *map(_as_paper, notices), *_files(session, case)))
    return Dossier(lines, problems_of(lines, facts))


def _first_day(case: Case, names: tuple[str, ...]) -> date | None:
    known = (_received_on(case) if name == "received_on" else getattr(case, name) for name in names)
    return next((day for day in known if day is not None), None)


def _received_on(case: Case) -> date:
    return clock.day_of(case.received_at, current().settings.timezone)


def _facts(session: Session, case: Case, notices: Sequence[Supervision]) -> Facts:
    steps = paper_values.standing_steps(session, case.id)
    shares = select(Unit.name, CaseUnit.signed_on).join(Unit, Unit.id == CaseUnit.unit_id)
    shares = shares.where(CaseUnit.case_id == case.id, CaseUnit.state != "returned", CaseUnit.role == "co")
    waiting = [name for name, signed in session.execute(shares) if signed is None]
    same = ("anonymous", "grade", "state", "accepted_on", "notice_on", "transferred_on", "answered_on")
    days = ("confirmed_on", "replied_on", "visited_on")
    return Facts(
        **{name: getattr(case, name) for name in (*same, *days)},
        not_accepted=Step.NOT_ACCEPT in steps,
        withdrawn=case.state == "withdrawn",
        signed=Step.SIGN in steps or Step.CONFIRM in steps,
        unanswered=tuple(waiting),
        open_notices=tuple(row.number for row in notices if row.state in TOLD[:-1]),
    )


def _notices(session: Session, actor: Actor, case: Case) -> Sequence[Supervision]:
    query = select(Supervision).join(Case, Case.id == Supervision.case_id)
    query = query.where(Supervision.case_id == case.id, Supervision.state.in_(TOLD), shown_to(actor))
    return session.scalars(query.order_by(Supervision.id)).all()


def _as_paper(notice: Supervision) -> Paper:
    day = clock.day_of(notice.issued_at, current().settings.timezone) if notice.issued_at else None
    return Paper("supervision_notice", notice.id, day, notice.number)


def _files(session: Session, case: Case) -> list[Paper]:
    query = select(Attachment.id, Attachment.name).where(Attachment.case_id == case.id)
    query = query.where(Attachment.removed_at.is_(None)).order_by(Attachment.id)
    return [Paper(FILES, one, None, name, name) for one, name in session.execute(query)]


def _values(session: Session, case: Case, identities: bool) -> tuple[dict[str, object], tuple[str, ...]]:
    who = paper_values.of_parties(session, case, identities=identities)
    named = tuple(row["name"] for row in who["parties"] if row["name"])  # type: ignore[attr-defined]
    days = {"filed_day": date_in("zh", case.archived_on), "closed_day": date_in("zh", case.closed_on)}
    return paper_values.of_case(session, case) | who | days, named
