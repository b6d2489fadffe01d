"""One case as its page shows it, its timeline, and the resident's identity for those who need it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import pandas as pd
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.engine import current, noting, reading
from db.identity import decrypt
from db.models import Case, CaseEntry, CaseExtension, CaseParty
from db.rules.case_flow import Acting, State, Step, ruling_due, steps_for, who_acts
from db.rules.clocks import Clock, ClockCode
from db.rules.permissions import Actor, Permission
from db.services import journal
from db.services.acts import guarded
from db.services.case_clocks import clocks_of, was_replied
from db.services.cases import beside
from db.services.cases.beside import TIMELINE_ROWS, Row, Rows
from db.services.cases.merged import family
from db.services.cases.scope import load, visible
from db.services.cases.standing import UnitShare, extension_of, flow_facts, shares_of, standing_of
from db.services.listing import working_left
from db.services.office import facts_of
from db.services.working_days import working_calendar

UNITS = ("unit_id", "role", "state", "sent_on", "due_on", "object_by", "answered_on", "signed_on", "answer")
PARTIES = ["role", "name", "contact", "address", "guardian"]
DONE = ["at", "case_id", "number", "subject", "step", "to_state"]
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
    parties: Rows
    merged: tuple[int, ...]
    units: Rows
    timeline: Rows
    timeline_rows: int
    files: Rows
    links: Rows
    visits: Rows
    reviews: Rows
    extension: Mapping[str, object] | None
    access: tuple[str, ...]
    may_unmask: bool
    may_edit: bool
    last_saved_at: datetime | None
    last_saved_by: str
    acting: Acting
    parts_open: bool
    today: date
    closing_time: time
    working_left: Mapping[ClockCode, int]
    stands_in_for: str = ""


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
    "next_step",
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
        seen = view_of(session, actor, case)
        of_child = case.child or bool(seen.merged and session.scalar(_child_among(seen.merged)))
    if case.sealed or of_child:
        journal.note_look(actor, case_id=case_id, what="look")
    return seen


@guarded(Permission.CASES_READ)
def timeline(actor: Actor, *, case_id: int) -> Rows:
    """Every line of the timeline, oldest first."""
    with reading() as session:
        load(session, actor, case_id)
        return beside.timeline(session, case_id, None)


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
        return pd.DataFrame(session.execute(query.limit(most)).all(), columns=DONE)


@guarded(Permission.CASES_UNMASK)
def unmask(actor: Actor, *, case_id: int) -> pd.DataFrame:
    """Names, contacts and addresses in clear: a frame with PARTIES; always journalled."""
    with noting(actor) as session:
        case = load(session, actor, case_id, Permission.CASES_UNMASK)
        for one in family(session, case.id):
            journal.look(session, actor, one, "unmask")
        return parties_in_clear(session, case.id)


def parties_in_clear(session: Session, case_id: int) -> pd.DataFrame:
    """Decrypted parties, those of merged matters too; only for callers that checked the right and wrote the journal."""
    together = CaseParty.case_id.in_(family(session, case_id))
    rows = session.scalars(select(CaseParty).where(together).order_by(CaseParty.case_id != case_id, CaseParty.id))
    database = current()
    clear = [
        [row.role, *(decrypt(database, f"case_party.{name}", getattr(row, name)) for name in PARTIES[1:])]
        for row in rows
    ]
    return pd.DataFrame(clear, columns=PARTIES)


def _child_among(ids: Sequence[int]) -> Select[int]:
    """A child's matter among those merged into one, which now shows what it said."""
    return select(Case.id).where(Case.id.in_(ids), Case.child).limit(1).execution_options(with_gone=True)


def view_of(session: Session, actor: Actor, case: Case) -> CaseView:
    """The case as this actor may see it now; only for callers that checked that they may."""
    shares = shares_of(session, case.id)
    facts = flow_facts(session, case, actor, shares)
    line = beside.timeline(session, case.id)
    together = family(session, case.id)
    clocks = clocks_of(session, case)
    involved = {case.registered_by_id, case.first_responsible_id, case.handler_id, case.answered_by_id} - {None}
    last = line[-1] if line else None
    return CaseView(
        id=case.id,
        version=case.version,
        fields={name: getattr(case, name) for name in SHOWN},
        steps=steps_for(facts, actor, standing_of(actor, shares, facts)),
        clocks=clocks,
        people=beside.names(session, {one for one in involved if one is not None}),
        parties=tuple(party for one in together for party in beside.parties(session, one)),
        merged=together[1:],
        units=tuple(_share(share) for share in shares),
        timeline=line,
        timeline_rows=len(line) if len(line) < TIMELINE_ROWS else beside.lines(session, case.id),
        files=beside.files(session, case.id),
        links=_links(session, actor, case.id),
        visits=beside.visits(session, case.id) if was_replied(case) else (),
        reviews=beside.reviews(session, case.id) if was_replied(case) else (),
        extension=_extension(extension_of(session, case)) if facts.extension else None,
        access=beside.access(session, case.id) if case.sealed else (),
        may_unmask=_may(session, actor, case, Permission.CASES_UNMASK),
        may_edit=_may(session, actor, case, Permission.CASES_EDIT),
        last_saved_at=last["at"] if last is not None else None,
        last_saved_by=str(last["person"] or "") if last is not None else "",
        parts_open=bool(facts.open_parts),
        acting=who_acts(State(case.state), anonymous=case.anonymous, ruling=ruling_due(facts)),
        today=facts.today,
        closing_time=facts_of(session).closing_time,
        working_left=_working_left(session, clocks, facts.today),
        stands_in_for=facts.stands_in_for,
    )


def _share(share: UnitShare) -> Row:
    return {"unit": share.unit, "unit_en": share.unit_en} | {name: getattr(share.row, name) for name in UNITS}


def _working_left(session: Session, clocks: tuple[Clock, ...], today: date) -> Mapping[ClockCode, int]:
    """Working days until a running clock's due day, negative when it is past; only where that is near."""
    calendar = working_calendar(session)
    left = {c.code: working_left(calendar, c.due_on, today) for c in clocks if c.stopped_on is None}
    return {code: days for code, days in left.items() if days is not None}


def _may(session: Session, actor: Actor, case: Case, permission: Permission) -> bool:
    """Whether a right reaches this case, which the actor is known to see."""
    scope, seen = actor.scope(permission), actor.scope(Permission.CASES_READ)
    if scope is None:
        return False
    if seen is not None and scope >= seen:
        return True
    return session.scalar(select(Case.id).where(Case.id == case.id, visible(actor, permission))) is not None


def _links(session: Session, actor: Actor, case_id: int) -> Rows:
    links = beside.link_rows(session, case_id)
    if not links:
        return ()
    others = {(link["other_id"] if link["case_id"] == case_id else link["case_id"]): link for link in links}
    shown = (Case.id.label("case_id"), Case.number, Case.state, Case.received_at, Case.subject)
    found = session.execute(select(*shown).where(Case.id.in_(others), visible(actor))).mappings()
    return tuple(
        {**row, "kind": others[row["case_id"]]["kind"], "earlier": others[row["case_id"]]["case_id"] == case_id}
        for row in found
    )


def _extension(extension: CaseExtension | None) -> Mapping[str, object] | None:
    if extension is None:
        return None
    names = ("days", "reason", "asked_on", "decided_on", "approved", "told_on")
    return {name: getattr(extension, name) for name in names}
