"""One case as its page shows it, its timeline, and the resident's identity for those who need it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

import pandas as pd
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db.engine import current, reading, transaction
from db.identity import decrypt
from db.models import (
    Attachment,
    Case,
    CaseAccess,
    CaseEntry,
    CaseExtension,
    CaseLink,
    CaseParty,
    CaseReview,
    CaseVisit,
    Person,
    Unit,
)
from db.rules.case_flow import Acting, State, Step, ruling_due, steps_for, who_acts
from db.rules.clocks import Clock, ClockCode
from db.rules.permissions import Actor, Permission
from db.services import journal
from db.services.acts import guarded
from db.services.calendar import working_calendar
from db.services.case_clocks import clocks_of
from db.services.cases.lists import SOON
from db.services.cases.scope import load, visible
from db.services.cases.standing import extension_of, flow_facts, shares_of, standing_of
from db.services.office import facts_of

TIMELINE = ["id", "at", "person", "unit", "step", "from_state", "to_state", "public", "text", "detail"]
UNITS = [
    "unit_id",
    "unit",
    "role",
    "state",
    "sent_on",
    "due_on",
    "object_by",
    "answered_on",
    "signed_on",
    "answer",
]
FILES = ["id", "version", "name", "media_type", "size", "internal", "uploaded_by", "uploaded_at"]
LINKS = ["case_id", "number", "kind", "earlier", "state", "received_at", "subject"]
PARTIES = ["role", "name", "contact", "address", "guardian"]
DONE = ["at", "case_id", "number", "subject", "step", "to_state"]
TIMELINE_ROWS = 200
LATELY = 20_000


@dataclass(frozen=True)
class CaseView:
    """Everything the case page shows; residents only as masks."""

    id: int
    version: int
    fields: Mapping[str, object]
    steps: tuple[Step, ...]
    clocks: tuple[Clock, ...]
    people: Mapping[int, str]
    parties: pd.DataFrame
    units: pd.DataFrame
    timeline: pd.DataFrame
    timeline_rows: int
    files: pd.DataFrame
    links: pd.DataFrame
    visits: pd.DataFrame
    reviews: pd.DataFrame
    extension: Mapping[str, object] | None
    access: tuple[str, ...]
    may_unmask: bool
    may_edit: bool
    last_saved_at: datetime | None
    last_saved_by: str
    acting: Acting
    today: date
    closing_time: time
    working_left: Mapping[ClockCode, int]


SHOWN = [
    "number",
    "state",
    "open",
    "sealed",
    "channel",
    "source",
    "source_number",
    "kind",
    "procedure",
    "other_procedure",
    "grade",
    "category",
    "subject",
    "text",
    "request",
    "place",
    "since",
    "note",
    "anonymous",
    "child",
    "head_count",
    "new_facts",
    "exhausted",
    "received_at",
    "registered_at",
    "registered_by_id",
    "first_responsible_id",
    "lead_unit_id",
    "handler_id",
    "bounces",
    "ruled",
    "outcome",
    "facts",
    "legal_basis",
    "answer",
    "satisfaction",
    "solved",
    "notice_on",
    "transferred_on",
    "accepted_on",
    "extended_days",
    "answered_on",
    "confirmed_on",
    "replied_on",
    "visited_on",
    "reopened_on",
    "closed_on",
    "archived_on",
    "promise_due_on",
    "statute_due_on",
    "next_due_on",
    "provisional",
]


@guarded(Permission.CASES_READ)
def view(actor: Actor, *, case_id: int) -> CaseView:
    """The case with what this actor may do to it now; a look at a sealed or a child's case is journalled."""
    with reading() as session:
        case = load(session, actor, case_id)
        seen = _view(session, actor, case)
    if case.sealed or case.child:
        journal.note_look(actor, case_id=case_id, what="look")
    return seen


@guarded(Permission.CASES_READ)
def timeline(actor: Actor, *, case_id: int) -> pd.DataFrame:
    """Every line of the timeline, oldest first."""
    with reading() as session:
        load(session, actor, case_id)
        return _timeline(session, case_id, None)


@guarded(Permission.CASES_READ)
def done_lately(actor: Actor, *, most: int = 6) -> pd.DataFrame:
    """The last things this person did to cases they may still see: columns of DONE, newest first."""
    newest = select(func.coalesce(func.max(CaseEntry.id), 0)).scalar_subquery()
    query = (
        select(CaseEntry.at, Case.id, Case.number, Case.subject, CaseEntry.step, CaseEntry.to_state)
        .join(Case, Case.id == CaseEntry.case_id)
        .where(CaseEntry.id > newest - LATELY, CaseEntry.person_id == actor.id, visible(actor))
        .order_by(CaseEntry.id.desc())
    )
    with reading() as session:
        return _rows(session, query.limit(most), DONE)


@guarded(Permission.CASES_UNMASK)
def unmask(actor: Actor, *, case_id: int) -> pd.DataFrame:
    """Names, contacts and addresses in clear: a frame with PARTIES; always journalled."""
    with transaction(actor) as session:
        case = load(session, actor, case_id, Permission.CASES_UNMASK)
        journal.look(session, actor, case.id, "unmask")
        return parties_in_clear(session, case.id)


def parties_in_clear(session: Session, case_id: int) -> pd.DataFrame:
    """Decrypted parties; only for callers that have checked the right and written the journal."""
    rows = session.scalars(select(CaseParty).where(CaseParty.case_id == case_id).order_by(CaseParty.id))
    database = current()
    clear = [
        [row.role, *(decrypt(database, f"case_party.{name}", getattr(row, name)) for name in PARTIES[1:])]
        for row in rows
    ]
    return pd.DataFrame(clear, columns=PARTIES)


def _view(session: Session, actor: Actor, case: Case) -> CaseView:
    shares = shares_of(session, case.id)
    facts = flow_facts(session, case, actor, shares)
    line = _timeline(session, case.id, TIMELINE_ROWS)
    people, clocks = _people(session, case), clocks_of(session, case)
    extension = extension_of(session, case)
    last = line.iloc[-1] if len(line) else None
    return CaseView(
        id=case.id,
        version=case.version,
        fields={name: getattr(case, name) for name in SHOWN},
        steps=steps_for(facts, actor, standing_of(actor, shares)),
        clocks=clocks,
        people=people,
        parties=_rows(
            session,
            select(CaseParty.role, CaseParty.name_mask, CaseParty.contact_mask)
            .where(CaseParty.case_id == case.id)
            .order_by(CaseParty.id),
            ["role", "name", "contact"],
        ),
        units=pd.DataFrame(
            [[s.row.unit_id, s.unit, *(getattr(s.row, name) for name in UNITS[2:])] for s in shares],
            columns=UNITS,
        ),
        timeline=line,
        timeline_rows=int(
            session.scalar(select(func.count()).select_from(CaseEntry).where(CaseEntry.case_id == case.id)) or 0
        ),
        files=_files(session, case.id),
        links=_links(session, actor, case.id),
        visits=_rows(
            session,
            select(
                CaseVisit.visited_on,
                CaseVisit.how,
                CaseVisit.reached,
                CaseVisit.satisfaction,
                CaseVisit.solved,
                CaseVisit.words,
                Person.name,
            )
            .outerjoin(Person, Person.id == CaseVisit.person_id)
            .where(CaseVisit.case_id == case.id)
            .order_by(CaseVisit.id),
            ["visited_on", "how", "reached", "satisfaction", "solved", "words", "person"],
        ),
        reviews=_rows(
            session,
            select(
                CaseReview.kind,
                CaseReview.asked_on,
                CaseReview.hearing_from,
                CaseReview.hearing_to,
                CaseReview.decided_on,
                CaseReview.decision,
                CaseReview.words,
            )
            .where(CaseReview.case_id == case.id)
            .order_by(CaseReview.id),
            ["kind", "asked_on", "hearing_from", "hearing_to", "decided_on", "decision", "words"],
        ),
        extension=_extension(extension),
        access=_access(session, case),
        may_unmask=_may(session, actor, case, Permission.CASES_UNMASK),
        may_edit=_may(session, actor, case, Permission.CASES_EDIT),
        last_saved_at=last["at"] if last is not None else None,
        last_saved_by=str(last["person"] or "") if last is not None else "",
        acting=who_acts(State(case.state), anonymous=case.anonymous, ruling=ruling_due(facts)),
        today=facts.today,
        closing_time=facts_of(session).closing_time,
        working_left=_working_left(session, clocks, facts.today),
    )


def _working_left(session: Session, clocks: tuple[Clock, ...], today: date) -> Mapping[ClockCode, int]:
    """Working days until a running clock's due day, negative when it is past; only where that is near."""
    calendar = working_calendar(session)
    near = [c for c in clocks if c.stopped_on is None and abs((c.due_on - today).days) <= SOON]
    return {c.code: calendar.working_between(today, c.due_on) for c in near}


def _may(session: Session, actor: Actor, case: Case, permission: Permission) -> bool:
    if not actor.may(permission):
        return False
    return session.scalar(select(Case.id).where(Case.id == case.id, visible(actor, permission))) is not None


def _rows(session: Session, query: object, columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(session.execute(query).all(), columns=columns)  # type: ignore[call-overload]


def _timeline(session: Session, case_id: int, newest: int | None) -> pd.DataFrame:
    query = (
        select(
            CaseEntry.id,
            CaseEntry.at,
            Person.name,
            Unit.name,
            CaseEntry.step,
            CaseEntry.from_state,
            CaseEntry.to_state,
            CaseEntry.public,
            CaseEntry.text,
            CaseEntry.detail,
        )
        .outerjoin(Person, Person.id == CaseEntry.person_id)
        .outerjoin(Unit, Unit.id == CaseEntry.unit_id)
        .where(CaseEntry.case_id == case_id)
        .order_by(CaseEntry.id.desc())
        .limit(newest)
    )
    rows = [(*row[:-1], json.loads(row[-1])) for row in reversed(session.execute(query).all())]
    return pd.DataFrame(rows, columns=TIMELINE)


def _files(session: Session, case_id: int) -> pd.DataFrame:
    query = (
        select(
            Attachment.id,
            Attachment.version,
            Attachment.name,
            Attachment.media_type,
            Attachment.size,
            Attachment.internal,
            Person.name,
            Attachment.uploaded_at,
        )
        .outerjoin(Person, Person.id == Attachment.uploaded_by_id)
        .where(Attachment.case_id == case_id, Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
    )
    return _rows(session, query, FILES)


def _links(session: Session, actor: Actor, case_id: int) -> pd.DataFrame:
    links = session.execute(
        select(CaseLink.case_id, CaseLink.other_id, CaseLink.kind).where(
            or_(CaseLink.case_id == case_id, CaseLink.other_id == case_id)
        )
    ).all()
    others = {(link.other_id if link.case_id == case_id else link.case_id): link for link in links}
    found = session.execute(
        select(Case.id, Case.number, Case.state, Case.received_at, Case.subject).where(
            Case.id.in_(others), visible(actor)
        )
    ).all()
    rows = [
        (
            c.id,
            c.number,
            others[c.id].kind,
            others[c.id].case_id == case_id,
            c.state,
            c.received_at,
            c.subject,
        )
        for c in found
    ]
    return pd.DataFrame(rows, columns=LINKS)


def _people(session: Session, case: Case) -> Mapping[int, str]:
    ids = {case.registered_by_id, case.first_responsible_id, case.handler_id, case.answered_by_id} - {None}
    names = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all()
    return {row.id: row.name for row in names}


def _extension(extension: CaseExtension | None) -> Mapping[str, object] | None:
    if extension is None:
        return None
    names = ("days", "reason", "asked_on", "decided_on", "approved", "told_on")
    return {name: getattr(extension, name) for name in names}


def _access(session: Session, case: Case) -> tuple[str, ...]:
    if not case.sealed:
        return ()
    query = select(Person.name).join(CaseAccess, CaseAccess.person_id == Person.id).where(CaseAccess.case_id == case.id)
    return tuple(session.scalars(query.order_by(Person.id)))
