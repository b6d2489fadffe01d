"""What the flow's rules look at, gathered from the tables inside one session."""

import json
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current
from db.models import (
    Case,
    CaseAccess,
    CaseEntry,
    CaseExtension,
    CaseRecusal,
    CaseUnit,
    CaseVisit,
    Person,
    PersonRole,
    Unit,
)
from db.rules.case_flow import BY_STEP, FlowFacts, Standing, State, Step
from db.rules.cases import Grade, Kind, Share
from db.rules.permissions import GRANTS, Actor, Permission, Role, Scope
from db.services.case_clocks import reviews_of
from db.services.cases.parts import open_parts
from db.services.cases.scope import acted_for, standing_in
from db.services.office import limits_of

_CLOSED_FROM = BY_STEP[Step.CLOSE].sources | BY_STEP[Step.ANSWER_ON_SPOT].sources


@dataclass(frozen=True)
class UnitShare:
    """One unit's part with the unit's name."""

    row: CaseUnit
    unit: str
    unit_en: str
    path: str


def shares_of(session: Session, case_id: int) -> list[UnitShare]:
    """The units now taking part, the lead first."""
    query = (
        select(CaseUnit, Unit.name, Unit.name_en, Unit.path)
        .join(Unit, Unit.id == CaseUnit.unit_id)
        .where(CaseUnit.case_id == case_id, CaseUnit.state != "returned")
        .order_by(CaseUnit.role.desc(), CaseUnit.id)
    )
    return [UnitShare(*row) for row in session.execute(query)]


def is_mine(actor: Actor, share: UnitShare) -> bool:
    """Whether the actor's handling reaches that unit."""
    scope = actor.scope(Permission.CASES_HANDLE)
    if scope is Scope.ALL:
        return True
    if scope is Scope.UNIT_BELOW:
        return bool(actor.unit_path) and share.path.startswith(actor.unit_path)
    return scope is not None and share.row.unit_id == actor.unit_id


def share_of(actor: Actor, shares: list[UnitShare]) -> CaseUnit | None:
    """The co-handling share the actor has to do with: one still to answer, then to sign, then any."""
    order = {"sent": 0, "answered": 1}
    mine = [s.row for s in shares if s.row.role == Share.CO and is_mine(actor, s)]
    return min(mine, key=lambda row: order.get(row.state, 2), default=None)


def standing_of(actor: Actor, shares: list[UnitShare], facts: FlowFacts) -> Standing:
    """On which sides of the case the actor stands."""
    mine = [s.row.role for s in shares if is_mine(actor, s)]
    return Standing(lead=Share.LEAD in mine, co=Share.CO in mine, stand_in=bool(facts.stands_in_for))


def proposal_of(session: Session, case_id: int) -> tuple[int | None, dict[str, object]]:
    """Who made the latest proposal, and what it says."""
    query = (
        select(CaseEntry.person_id, CaseEntry.detail)
        .where(CaseEntry.case_id == case_id, CaseEntry.step == Step.PROPOSE)
        .order_by(CaseEntry.id.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return (row.person_id, json.loads(row.detail)) if row else (None, {})


def flow_facts(session: Session, case: Case, actor: Actor, shares: list[UnitShare]) -> FlowFacts:
    """Everything the conditions of the flow ask about."""
    zone = current().settings.timezone
    lead = next((s.row for s in shares if s.row.role == Share.LEAD), None)
    co = [s for s in shares if s.row.role == Share.CO]
    mine = share_of(actor, shares)
    extension = extension_of(session, case)
    reviews = {r.kind: r for r in reviews_of(session, case)}
    review, rereview = reviews.get("review"), reviews.get("rereview")
    unreached = select(func.count()).where(CaseVisit.case_id == case.id, ~CaseVisit.reached)
    tries = session.scalar(unreached.where(CaseVisit.visited_on >= case.replied_on)) if case.replied_on else 0
    return FlowFacts(
        state=State(case.state),
        kind=Kind(case.kind),
        grade=Grade(case.grade),
        today=clock.today(zone),
        limits=limits_of(session, case.limit_set_id),
        anonymous=case.anonymous,
        sealed=case.sealed,
        has_lead=lead is not None,
        bounces=case.bounces,
        ruled=case.ruled,
        object_by=lead.object_by if lead else None,
        received_on=clock.day_of(case.received_at, zone),
        proposed_by_id=proposal_of(session, case.id)[0] if case.state == State.PROPOSED else None,
        registered_by_id=case.registered_by_id,
        handler_id=case.handler_id,
        answered_by_id=case.answered_by_id,
        notice_on=case.notice_on,
        replied_on=case.replied_on,
        review_decided_on=review.decided_on if review else None,
        hearing_from=rereview.hearing_from if rereview else None,
        hearing_to=rereview.hearing_to if rereview else None,
        extension=_extension_word(extension),
        extension_told=bool(extension and extension.told_on),
        co_open=tuple(s.unit for s in co if s.row.state != "signed"),
        co_mine=mine.state if mine else "",
        failed_visits=int(tries or 0),
        exhausted=case.exhausted,
        rereviewed=bool(rereview and rereview.decided_on),
        other_keepers=_other_keepers(session, case, actor),
        open_parts=open_parts(session, case.id) if case.state in _CLOSED_FROM else (),
        stands_in_for=_stands_in_for(session, case, actor),
        stood_in=_stood_in(session, case, actor),
    )


def extension_of(session: Session, case: Case) -> CaseExtension | None:
    """The extension of the present round of handling, if one was asked for."""
    query = select(CaseExtension).where(CaseExtension.case_id == case.id)
    if case.reopened_on is not None:
        query = query.where(CaseExtension.asked_on >= case.reopened_on)
    return session.scalars(query.order_by(CaseExtension.id.desc()).limit(1)).one_or_none()


def _stands_in_for(session: Session, case: Case, actor: Actor) -> str:
    """The name of the handler the actor stands in for today, "" when it is nobody."""
    if case.handler_id in (None, actor.id) or actor.id is None:
        return ""
    absent = select(Person.name).where(Person.id == case.handler_id, Person.id.in_(standing_in(actor)))
    return session.scalar(absent) or ""


def _stood_in(session: Session, case: Case, actor: Actor) -> bool:
    """Whether the actor took a step for the handler; asked where it keeps them from the follow-up visit."""
    if case.state != State.REPLIED:
        return False
    line = exists().where(CaseEntry.case_id == case.id, acted_for(actor))
    return bool(session.scalar(select(line)))


def _other_keepers(session: Session, case: Case, actor: Actor) -> int:
    """How many others see a sealed case and may let more people see it: while there is one, nobody is locked out."""
    if not case.sealed:
        return 0
    keeping = [Role(role).value for role, grants in GRANTS.items() if Permission.CASES_SEALED in grants]
    aside = select(CaseRecusal.person_id).where(CaseRecusal.case_id == case.id)
    others = (
        select(func.count(CaseAccess.person_id.distinct()))
        .join(Person, Person.id == CaseAccess.person_id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(CaseAccess.case_id == case.id, Person.active, PersonRole.role.in_(keeping))
        .where(CaseAccess.person_id != actor.id, CaseAccess.person_id.not_in(aside))
    )
    return int(session.scalar(others) or 0)


def _extension_word(extension: CaseExtension | None) -> str:
    if extension is None:
        return ""
    if extension.approved is None:
        return "asked"
    return "approved" if extension.approved else "refused"
