"""The bin: what was registered by mistake is in no list, count or search, keeps its number, and comes back whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import reading, transaction
from db.models import Case, CaseConference, CaseEntry, CaseUnit, CaseWords, Dispute, MeetingDecision, Person
from db.rules.case_flow import LONGEST_TEXT
from db.rules.intake import UNFIT
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Problem, Problems
from db.rules.text import is_fit
from db.services import search
from db.services.acts import earlier, guarded, remember
from db.services.case_clocks import keep_due
from db.services.case_lines import standing_line
from db.services.cases.bulk import NOT_YOURS, most_at_once
from db.services.cases.scope import must_be_seen, visible
from db.services.cases.undo import Kind, undoable, way_back
from db.services.listing import COUNTED, PAGE_ROWS, Page, page_of
from db.services.records import Saved, Values, save_each

BINNED = "binned"
PUT, TAKEN_OUT = "bin", "restore"
COLUMNS = ["id", "version", "number", "subject", "state", "gone_at", "gone_by", "reason"]
_WITH_GONE = {"with_gone": True}


@dataclass(frozen=True)
class Binned:
    """A case in the bin, as its address tells of it."""

    id: int
    version: int
    number: str
    subject: str
    gone_at: datetime
    gone_by: str
    reason: str


@guarded(Permission.CASES_BIN)
def why_not_binned(actor: Actor, *, case_ids: list[int]) -> dict[int, Problem | None]:
    """Each case the actor may put into the bin: None, or the sentence that says what to do instead."""
    with reading() as session:
        wanted = select(Case).where(Case.id.in_(case_ids), visible(actor, Permission.CASES_BIN))
        found = {case.id: why_not_in_bin(session, case) for case in session.scalars(wanted)}
    return {one: Problem("", why) if why else None for one, why in found.items()} | {
        one: Problem("", NOT_YOURS) for one in case_ids if one not in found
    }


@guarded(Permission.CASES_BIN)
def put_in_bin(actor: Actor, *, rows: Mapping[int, int], reason: str, key: str) -> Saved:
    """Put cases registered by mistake into the bin: id → version seen. Each is put there or told why not."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        check, most = Check(), most_at_once(session)
        check.that(len(rows) <= most, "", N_("At most {most} cases in one act."), most=most)
        check.that(reason.strip(), "reason", N_("This is needed."))
        check.that(len(reason) <= LONGEST_TEXT, "reason", N_("At most {most} characters."), most=LONGEST_TEXT)
        check.that(is_fit(reason), "reason", UNFIT)
        check.done()
        left: dict[int, tuple[int, Values]] = {}

        def one(case_id: int, version: int, _values: Values) -> None:
            wanted = select(Case).where(Case.id == case_id, visible(actor, Permission.CASES_BIN))
            case = session.scalars(wanted.with_for_update()).one_or_none()
            if case is None:
                raise Problems(Problem("", NOT_YOURS))
            must_be_seen(session, case, version, {})
            if why := why_not_in_bin(session, case):
                raise Problems(Problem("", why))
            case.gone, case.gone_at, case.gone_by_id, case.open = BINNED, clock.now(), actor.id, False
            session.execute(delete(CaseWords).where(CaseWords.case_id == case.id))
            session.add(standing_line(case, actor, PUT, text=reason.strip()))
            session.flush()
            left[case.id] = case.version, {}

        saved = save_each(session, {one_id: (version, {}) for one_id, version in rows.items()}, one)
        undoable(session, actor, Kind.BIN, {one_id: left[one_id] for one_id in saved.saved})
        if saved.saved:
            remember(session, actor, key, "case.bin", saved.saved)
        return saved


@guarded(Permission.CASES_BIN)
def restore(actor: Actor, *, rows: Mapping[int, int], key: str) -> Saved:
    """Take cases out of the bin as they were, their clocks as they stand by the calendar: id → version seen."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})

        def one(case_id: int, version: int, _values: Values) -> None:
            _restore(session, actor, PUT, case_id, version, {})

        saved = save_each(session, {one_id: (version, {}) for one_id, version in rows.items()}, one)
        remember(session, actor, key, "case.restore", saved.saved)
        return saved


@guarded(Permission.CASES_BIN)
def binned(actor: Actor, *, page: int = 1) -> Page:
    """One page of the bin, what went last first: a frame of COLUMNS."""
    mine = _in_bin(actor)
    with reading() as session:
        some = select(Case.id).where(mine).limit(COUNTED + 1).execution_options(**_WITH_GONE)
        total = len(session.scalars(some).all())
        place, pages = page_of(total, page)
        query = _told().where(mine).order_by(Case.gone_at.desc(), Case.id.desc())
        found = session.execute(query.limit(PAGE_ROWS).offset((place - 1) * PAGE_ROWS))
        rows = pd.DataFrame([tuple(row) for row in found], columns=COLUMNS)
    return Page(rows, min(total, COUNTED), total > COUNTED, place, pages)


@guarded(Permission.CASES_BIN)
def in_bin(actor: Actor, *, case_id: int) -> Binned | None:
    """The case when it lies in the part of the bin this actor may see."""
    with reading() as session:
        row = session.execute(_told().where(_in_bin(actor), Case.id == case_id)).mappings().one_or_none()
    return None if row is None else Binned(**{name: row[name] for name in Binned.__annotations__})


@way_back(Kind.BIN)
def _restore(session: Session, actor: Actor, kind: str, case_id: int, version: int, before: Values) -> None:
    wanted = select(Case).where(_in_bin(actor), Case.id == case_id).execution_options(**_WITH_GONE)
    case = session.scalars(wanted.with_for_update()).one_or_none()
    if case is None:
        raise Problems(Problem("", N_("It is not in the bin any more.")))
    must_be_seen(session, case, version, {})
    case.gone, case.gone_at, case.gone_by_id, case.open = "", None, None, True
    session.add(standing_line(case, actor, TAKEN_OUT))
    search.index(session, case)
    keep_due(session, case)
    session.flush()


def why_not_in_bin(session: Session, case: Case) -> str:
    """ "" for a case nobody outside the office has heard of yet, else what to do instead of the bin."""
    if not case.open:
        return N_("It is settled, and what was settled stays on record.")
    told = select(exists().where(CaseEntry.case_id == case.id, CaseEntry.public))
    if case.notice_on or case.replied_on or session.scalar(told):
        return N_("The resident has been told of it. Record that it is withdrawn or not accepted instead.")
    if case.lead_unit_id is not None or session.scalar(select(exists().where(CaseUnit.case_id == case.id))):
        return N_("It has been sent to a unit. Record that it is withdrawn instead.")
    if session.scalar(select(exists().where(Dispute.case_id == case.id))):
        return N_("It has become a dispute. Record that it is withdrawn instead.")
    decided = (
        select(exists().where(about.case_id == case.id, about.removed_at.is_(None)))
        for about in (MeetingDecision, CaseConference)
    )
    if any(session.scalar(one) for one in decided):
        return N_("A meeting has dealt with it. Record that it is withdrawn instead.")
    merged = select(Case.id).where(Case.merged_into_id == case.id).limit(1).execution_options(**_WITH_GONE)
    if session.scalar(merged) is not None:
        return N_("Another case was merged into it. Separate the two first.")
    return ""


def _in_bin(actor: Actor) -> ColumnElement[bool]:
    """The part of the bin an actor may see."""
    return and_(Case.gone == BINNED, visible(actor, Permission.CASES_BIN))


def _told() -> Select[int, int, str, str, str, datetime | None, str, Any]:
    who, entry = aliased(Person), aliased(CaseEntry)
    reason = (
        select(entry.text)
        .where(entry.case_id == Case.id, entry.step == PUT)
        .order_by(entry.id.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    shown = (Case.id, Case.version, Case.number, Case.subject, Case.state, Case.gone_at)
    query = select(*shown, func.coalesce(who.name, "").label("gone_by"), func.coalesce(reason, "").label("reason"))
    return query.outerjoin(who, who.id == Case.gone_by_id).execution_options(**_WITH_GONE)
