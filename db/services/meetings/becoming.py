"""What a decision leads to: a step in its case, a supervision notice or a change of a rota; once, linked both ways."""

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from db.engine import reading, transaction
from db.models import Meeting, MeetingDecision
from db.rules.case_flow import Step, steps_for
from db.rules.meetings.deciding import must_be_open, must_have_become_nothing
from db.rules.meetings.words import Became
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.rules.supervision import Why
from db.services.acts import earlier, guarded, remember
from db.services.cases.scope import load
from db.services.cases.standing import flow_facts, shares_of, standing_of
from db.services.cases.steps import take_in
from db.services.duty.publishing import MOST_REASON, override_in
from db.services.meetings.decisions import seen_by
from db.services.meetings.editing import of_meeting
from db.services.records import seen
from db.services.supervision.drafting import draft_in

STEPS = (Step.NOTE, Step.ASSIGN)


@guarded(Permission.MEETINGS_KEEP)
def steps_of(actor: Actor, *, decision_id: int) -> tuple[Step, ...]:
    """The steps of STEPS this actor may take now in the decision's case; none without a case that is theirs."""
    with reading() as session:
        row = _standing(session, actor, decision_id)
        try:
            case = load(session, actor, row.case_id or 0)
        except NotThere:
            return ()
        shares = shares_of(session, case.id)
        facts = flow_facts(session, case, actor, shares)
        open_now = steps_for(facts, actor, standing_of(actor, shares, facts))
    return tuple(step for step in STEPS if step in open_now)


@guarded(Permission.MEETINGS_KEEP)
def become_step(
    actor: Actor, *, decision_id: int, version: int, step: str | None, person_id: int | None = None, key: str
) -> int:
    """A note in the decision's case, or its handler named; answers the id of the line of the timeline.

    Raises Refused and Problems as the flow does (db/rules/case_flow).
    """

    def taken(session: Session, row: MeetingDecision, meeting: Meeting) -> int:
        if step not in STEPS:
            raise Problems(Problem("step", N_("This is not one of the choices.")))
        values: Mapping[str, object] = {"reason": row.text} | ({"person": person_id} if step == Step.ASSIGN else {})
        detail = of_meeting(session, meeting) | {"decision_id": row.id}
        entry = take_in(session, actor, case_id=_case(row), version=None, step=Step(step), values=values, detail=detail)
        return entry.id

    return _become(actor, decision_id, version, key, Became.STEP, taken)


@guarded(Permission.CASES_SUPERVISE)
def become_supervision(
    actor: Actor, *, decision_id: int, version: int, text: str, answer_by: date | None = None, key: str
) -> int:
    """The draft of a supervision notice to the lead unit of the decision's case; answers the notice's id."""

    def drafted(session: Session, row: MeetingDecision, _meeting: Meeting) -> int:
        words = {"text": text, "why": Why.DECISION, "answer_by": answer_by}
        return draft_in(session, actor, case_id=_case(row), decision_id=row.id, **words).id  # type: ignore[arg-type]

    return _become(actor, decision_id, version, key, Became.SUPERVISION, drafted)


@guarded(Permission.DUTY_PLAN)
def become_rota_change(
    actor: Actor,
    *,
    decision_id: int,
    version: int,
    rota_id: int,
    place_id: int,
    place_version: int,
    member_id: int | None,
    key: str,
) -> int:
    """Somebody else on a place of a published rota, or nobody (None), the decision being the reason.

    Answers the id of the change; raises Problems for what would break a rule of the duty.
    """

    def changed(session: Session, row: MeetingDecision, meeting: Meeting) -> int:
        told = of_meeting(session, meeting)
        reason = f"{told['meeting']} {told['meeting_on']}：{row.text}"[:MOST_REASON]
        where = {"rota_id": rota_id, "place_id": place_id, "version": place_version}
        return override_in(session, actor, **where, member_id=member_id, reason=reason).id

    return _become(actor, decision_id, version, key, Became.ROTA_CHANGE, changed)


def _become(
    actor: Actor,
    decision_id: int,
    version: int,
    key: str,
    became: Became,
    act: Callable[[Session, MeetingDecision, Meeting], int],
) -> int:
    """Carry an open decision out, once, in the one transaction of what it leads to; answers that row's id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = _standing(session, actor, decision_id, write=True)
        seen(session, MeetingDecision, decision_id, version, {})
        must_be_open(row.state)
        must_have_become_nothing(row.became)
        row.became, row.became_id = became, act(session, row, session.get_one(Meeting, row.meeting_id))
        session.flush()
        remember(session, actor, key, f"decisions.become_{became}", row.became_id)
        return row.became_id


def _standing(session: Session, actor: Actor, decision_id: int, *, write: bool = False) -> MeetingDecision:
    query = select(MeetingDecision).where(and_(MeetingDecision.id == decision_id, seen_by(actor)))
    row = session.scalars(query.with_for_update() if write else query).one_or_none()
    if row is None:
        raise NotThere(f"decision {decision_id}")
    return row


def _case(row: MeetingDecision) -> int:
    if row.case_id is None:
        raise Problems(Problem("", N_("This decision names no matter.")))
    return row.case_id
