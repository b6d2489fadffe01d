"""What each step does to the rows beside the state: units, extension, visits, reviews, access."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import (
    Attachment,
    Case,
    CaseAccess,
    CaseExtension,
    CaseRecusal,
    CaseReview,
    CaseUnit,
    CaseVisit,
    Code,
    Person,
    Unit,
)
from db.rules.case_flow import FlowFacts, Step
from db.rules.cases import Grade, Share
from db.rules.clocks import due_on
from db.rules.permissions import Actor
from db.rules.problems import Check, N_, Problem, Problems
from db.services.calendar import working_calendar
from db.services.cases.standing import UnitShare, is_mine, proposal_of

Detail = dict[str, object]


@dataclass(frozen=True)
class Scene:
    """The case, who acts, the units taking part, and the step's cleaned values."""

    session: Session
    actor: Actor
    case: Case
    shares: list[UnitShare]
    facts: FlowFacts
    values: Mapping[str, object]

    @property
    def today(self) -> date:
        """The office's day."""
        return self.facts.today

    @property
    def lead(self) -> CaseUnit:
        """The lead unit's share; the flow only allows steps that need it when there is one."""
        return next(s.row for s in self.shares if s.row.role == Share.LEAD)

    def day(self, name: str) -> date:
        """A required day among the values."""
        return cast(date, self.values[name])

    def text(self, name: str) -> str:
        """A text among the values, "" when left out."""
        return str(self.values.get(name) or "")


def _unit(scene: Scene, field: str, unit_id: object) -> Unit:
    unit = scene.session.get(Unit, unit_id)
    if unit is None or not unit.active:
        raise Problems(Problem(field, N_("There is no such unit.")))
    _not_accused(scene, field, unit)
    return unit


def _not_accused(scene: Scene, field: str, unit: Unit) -> None:
    """An accusation never reaches the accused unit or one below it (Art. 30)."""
    if scene.case.accused_unit_id is None:
        return
    accused = scene.session.get(Unit, scene.case.accused_unit_id)
    if accused is not None and unit.path.startswith(accused.path):
        raise Problems(Problem(field, N_("An accusation never goes to the unit it is about.")))


def _person(scene: Scene, field: str) -> Person | None:
    wanted = scene.values.get(field)
    if wanted is None:
        return None
    person = scene.session.get(Person, wanted)
    if person is None or not person.active:
        raise Problems(Problem(field, N_("There is no such person.")))
    aside = select(CaseRecusal.id).where(
        CaseRecusal.case_id == scene.case.id, CaseRecusal.person_id == person.id
    )
    if scene.session.scalar(aside) is not None:
        raise Problems(Problem(field, N_("This person has stepped aside from the matter.")))
    unit = scene.session.get(Unit, person.unit_id)
    if unit is not None:
        _not_accused(scene, field, unit)
    return person


def _handler(scene: Scene, field: str) -> Person | None:
    """A person of the lead unit or below it."""
    person = _person(scene, field)
    if person is None:
        return None
    lead = scene.session.get(Unit, scene.lead.unit_id)
    unit = scene.session.get(Unit, person.unit_id)
    if lead is None or unit is None or not unit.path.startswith(lead.path):
        raise Problems(Problem(field, N_("The handler must belong to the lead unit.")))
    return person


def _send(scene: Scene, unit: Unit, share: Share, wanted: date | None) -> None:
    limits, calendar = scene.facts.limits, working_calendar(scene.session)
    object_by = due_on(scene.today, limits["objection"], calendar, roll=False)[1]
    promised = scene.case.promise_due_on
    scene.session.add(
        CaseUnit(
            case_id=scene.case.id,
            unit_id=unit.id,
            role=share,
            sent_on=scene.today,
            due_on=wanted or (max(promised, scene.today) if promised else None),
            object_by=object_by,
        )
    )


def propose(scene: Scene) -> Detail:
    """Check the units; the proposal itself lives in the timeline until it is approved."""
    lead = _unit(scene, "unit", scene.values["unit"])
    co = [_unit(scene, "co_units", unit_id) for unit_id in cast(tuple[int, ...], scene.values["co_units"])]
    check = Check()
    check.that(lead.id not in [u.id for u in co], "co_units", N_("The lead unit can't also co-handle."))
    check.that(len({u.id for u in co}) == len(co), "co_units", N_("A unit is named twice."))
    check.done()
    return {"unit_name": lead.name, "co_names": [u.name for u in co]}


def approve(scene: Scene) -> Detail:
    """Transfer to the lead and the co-handling units, each with its own due day."""
    _, proposal = proposal_of(scene.session, scene.case.id)
    wanted = proposal.get("due_on")
    due = date.fromisoformat(str(wanted)) if wanted else None
    lead = _unit(scene, "", proposal["unit"])
    co = [_unit(scene, "", unit_id) for unit_id in cast(list[int], proposal.get("co_units") or [])]
    _send(scene, lead, Share.LEAD, due)
    for unit in co:
        _send(scene, unit, Share.CO, due)
    scene.case.lead_unit_id = lead.id
    scene.case.transferred_on = scene.today
    scene.case.responded_on = None
    return {"unit_name": lead.name, "co_names": [u.name for u in co]}


def answer_on_spot(scene: Scene) -> Detail:
    """Recorded and closed at the counter (R-74, W2)."""
    case = scene.case
    case.grade = Grade.SIMPLE
    case.outcome, case.answer = scene.text("outcome"), scene.text("words")
    case.answered_on = case.confirmed_on = case.closed_on = scene.today
    case.answered_by_id = scene.actor.id
    if not case.anonymous:
        case.notice_on = case.replied_on = scene.today
    return {}


def not_accept(scene: Scene) -> Detail:
    """Told where to go, material returned (Art. 22, W3 step 1)."""
    known = select(Code.label_zh).where(Code.list_name == "referral", Code.code == scene.values["referral"])
    label = scene.session.scalar(known)
    if label is None:
        raise Problems(Problem("referral", N_("This is not one of the choices.")))
    if not scene.case.anonymous:
        scene.case.notice_on = scene.case.notice_on or scene.today
    return {"referral_label": label}


def give_notice(scene: Scene) -> Detail:
    """The written or spoken notice of acceptance within 15 days (Art. 23)."""
    scene.case.notice_on = scene.day("on")
    return {}


def accept(scene: Scene) -> Detail:
    """The lead unit takes the matter on; the 60 days start (Art. 34)."""
    handler = _handler(scene, "person")
    scene.lead.state, scene.lead.accepted_on = "accepted", scene.today
    scene.case.accepted_on = scene.case.accepted_on or scene.today
    scene.case.responded_on = scene.today
    scene.case.handler_id = handler.id if handler else scene.actor.id
    return {}


def object_to(scene: Scene) -> Detail:
    """Objection within 5 working days with reasons; every one is counted (Art. 23)."""
    scene.lead.state, scene.lead.objection = "objected", scene.text("reason")
    scene.case.responded_on = scene.today
    scene.case.bounces += 1
    return {"bounces": scene.case.bounces}


def agree_return(scene: Scene) -> Detail:
    """Back to the office: every unit's share ends."""
    for share in scene.shares:
        share.row.state = "returned"
    scene.case.lead_unit_id = None
    scene.case.handler_id = None
    return {}


def refuse_return(scene: Scene) -> Detail:
    """The unit keeps the matter; its time to object runs on from the first transfer."""
    scene.lead.state = "sent"
    scene.case.responded_on = None
    return {}


def rule(scene: Scene) -> Detail:
    """The director decides who leads; no further objection."""
    unit = _unit(scene, "unit", scene.values["unit"])
    if unit.id != scene.lead.unit_id:
        for share in scene.shares:
            if share.row.role == Share.LEAD or share.row.unit_id == unit.id:
                share.row.state = "returned"
        scene.session.flush()
        _send(scene, unit, Share.LEAD, None)
        scene.case.lead_unit_id = unit.id
        scene.case.handler_id = None
    else:
        scene.lead.state = "sent"
    scene.case.ruled = True
    scene.case.transferred_on = scene.today
    scene.case.responded_on = None
    return {"unit_name": unit.name}


def assign(scene: Scene) -> Detail:
    """One named handler follows the matter to the reply (R-77)."""
    handler = _handler(scene, "person")
    scene.case.handler_id = handler.id if handler else None
    return {"person_name": handler.name if handler else ""}


def _my_share(scene: Scene) -> CaseUnit:
    return next(s.row for s in scene.shares if s.row.role == Share.CO and is_mine(scene.actor, s))


def co_answer(scene: Scene) -> Detail:
    """A co-handling unit's own answer."""
    share = _my_share(scene)
    share.state, share.answer = "answered", scene.text("reason")
    share.answered_on, share.answered_by_id = scene.today, scene.actor.id
    return {}


def co_sign(scene: Scene) -> Detail:
    """The head of the co-handling unit signs."""
    share = _my_share(scene)
    share.state, share.signed_on, share.signed_by_id = "signed", scene.today, scene.actor.id
    return {}


def answer(scene: Scene) -> Detail:
    """The opinion: request, facts and reasons, result, legal basis (Art. 32)."""
    case = scene.case
    case.outcome, case.facts = scene.text("outcome"), scene.text("facts")
    case.legal_basis, case.answer = scene.text("legal_basis"), scene.text("words")
    case.answered_on, case.answered_by_id = scene.today, scene.actor.id
    scene.lead.state, scene.lead.answer = "answered", case.answer
    scene.lead.answered_on, scene.lead.answered_by_id = scene.today, scene.actor.id
    return {}


def ask_extension(scene: Scene) -> Detail:
    """At most 30 days, once (Art. 34)."""
    scene.session.add(
        CaseExtension(
            case_id=scene.case.id,
            days=cast(int, scene.values["days"]),
            reason=scene.text("reason"),
            asked_by_id=scene.actor.id,
            asked_on=scene.today,
        )
    )
    return {}


def _extension(scene: Scene) -> CaseExtension:
    query = (
        select(CaseExtension).where(CaseExtension.case_id == scene.case.id).order_by(CaseExtension.id.desc())
    )
    return scene.session.scalars(query.limit(1)).one()


def decide_extension(scene: Scene) -> Detail:
    """The director's decision; only a yes moves the due day."""
    extension = _extension(scene)
    extension.approved = scene.values["approved"] == "yes"
    extension.decided_by_id, extension.decided_on = scene.actor.id, scene.today
    if extension.approved:
        scene.case.extended_days = extension.days
    return {"days": extension.days}


def tell_extension(scene: Scene) -> Detail:
    """The reason is told to the resident (Art. 34)."""
    _extension(scene).told_on = scene.day("on")
    return {}


def sign(scene: Scene) -> Detail:
    """The head of the unit signs the opinion (W3 step 5)."""
    scene.lead.state, scene.lead.signed_on, scene.lead.signed_by_id = "signed", scene.today, scene.actor.id
    return {}


def confirm(scene: Scene) -> Detail:
    """The responsible leader signs to confirm (W3 step 5)."""
    scene.case.confirmed_on = scene.today
    return {}


def return_answer(scene: Scene) -> Detail:
    """Back to the handler; the earlier opinion stays in the timeline."""
    scene.lead.state, scene.lead.signed_on, scene.lead.signed_by_id = "accepted", None, None
    return {}


def reply(scene: Scene) -> Detail:
    """The resident is told; the time for asking a review starts (Art. 35)."""
    scene.case.replied_on = scene.day("on")
    scene.case.notice_on = scene.case.notice_on or scene.case.replied_on
    return {}


def visit(scene: Scene) -> Detail:
    """Somebody else asks whether it helped; the handler can't change the rating."""
    reached = bool(scene.values.get("reached"))
    scene.session.add(
        CaseVisit(
            case_id=scene.case.id,
            person_id=scene.actor.id,
            visited_on=scene.day("on"),
            how=scene.text("how"),
            reached=reached,
            satisfaction=scene.text("satisfaction"),
            solved=scene.text("solved"),
            words=scene.text("reason"),
        )
    )
    if reached:
        scene.case.visited_on = scene.day("on")
        scene.case.satisfaction, scene.case.solved = scene.text("satisfaction"), scene.text("solved")
    return {}


def close(scene: Scene) -> Detail:
    """Closed says nothing about the outcome."""
    scene.case.closed_on = scene.today
    return {}


def _review(scene: Scene, kind: str) -> CaseReview:
    query = select(CaseReview).where(CaseReview.case_id == scene.case.id, CaseReview.kind == kind)
    return scene.session.scalars(query.order_by(CaseReview.id.desc()).limit(1)).one()


def ask_review(scene: Scene) -> Detail:
    """Asked within 30 days of the reply, decided within 30 (Art. 35)."""
    scene.case.closed_on = None
    scene.session.add(CaseReview(case_id=scene.case.id, kind="review", asked_on=scene.day("on")))
    return {}


def ask_rereview(scene: Scene) -> Detail:
    """Asked within 30 days of the review's reply, decided within 30, hearing not counted (Art. 36)."""
    scene.session.add(CaseReview(case_id=scene.case.id, kind="rereview", asked_on=scene.day("on")))
    return {}


def _decide(scene: Scene, kind: str) -> Detail:
    review = _review(scene, kind)
    review.decided_on = review.told_on = scene.day("on")
    review.decision, review.words = scene.text("decision"), scene.text("words")
    return {}


def decide_review(scene: Scene) -> Detail:
    """The review's decision, told to the resident."""
    return _decide(scene, "review")


def decide_rereview(scene: Scene) -> Detail:
    """The last word: from now on the same facts are not taken up again (Art. 36)."""
    scene.case.exhausted = True
    scene.case.closed_on = scene.today
    return _decide(scene, "rereview")


def start_hearing(scene: Scene) -> Detail:
    """The only thing that stops a clock."""
    _review(scene, "rereview").hearing_from = scene.day("on")
    return {}


def end_hearing(scene: Scene) -> Detail:
    """The clock runs again from the next day."""
    review = _review(scene, "rereview")
    check = Check()
    check.that(
        review.hearing_from is None or scene.day("on") >= review.hearing_from,
        "on",
        N_("This day is before the hearing began."),
    )
    check.done()
    review.hearing_to = scene.day("on")
    return {}


def archive(scene: Scene) -> Detail:
    """Filed only when complete: the list of what is missing is the problem."""
    missing = missing_for_archive(scene.session, scene.case)
    if missing:
        raise Problems(*(Problem("", text) for text in missing))
    scene.case.archived_on = scene.today
    return {}


def missing_for_archive(session: Session, case: Case) -> list[str]:
    """What a complete file still lacks (W2 filing; Art. 23, 32, 34)."""
    handled = case.lead_unit_id is not None
    named = not case.anonymous
    untold = select(CaseExtension.id).where(
        CaseExtension.case_id == case.id, CaseExtension.approved, CaseExtension.told_on.is_(None)
    )
    files = (
        select(Attachment.id).where(Attachment.case_id == case.id, Attachment.removed_at.is_(None)).limit(1)
    )
    written = case.closed_on is not None and case.replied_on is not None and handled
    wanted = [
        (not handled or bool(case.outcome), N_("The outcome is missing.")),
        (not handled or bool(case.facts and case.legal_basis), N_("Facts and legal basis are missing.")),
        (not (handled and named) or case.notice_on is not None, N_("The notice to the resident is missing.")),
        (not named or session.scalar(untold) is None, N_("The extension has not been told to the resident.")),
        (
            not written or session.scalar(files) is not None or case.channel != "letter",
            N_("The letter is missing."),
        ),
    ]
    return [text for fine, text in wanted if not fine]


def reopen(scene: Scene) -> Detail:
    """A recorded decision; promise and handling start again from today, everything before stays readable."""
    case = scene.case
    before = {
        "promise_due_on": case.promise_due_on,
        "closed_on": case.closed_on,
        "replied_on": case.replied_on,
        "outcome": case.outcome,
    }
    case.reopened_on = scene.today
    case.closed_on = case.archived_on = case.replied_on = case.confirmed_on = case.visited_on = None
    case.answered_on = None
    case.outcome = case.satisfaction = case.solved = ""
    case.extended_days = 0
    case.new_facts = bool(scene.values.get("new_facts"))
    case.exhausted = False
    for share in scene.shares:
        share.row.state = "accepted" if share.row.role == Share.LEAD else "sent"
        share.row.signed_on = share.row.signed_by_id = None
    return {"before": {k: str(v) for k, v in before.items() if v}}


def withdraw(scene: Scene) -> Detail:
    """The resident takes the matter back."""
    scene.case.closed_on = scene.today
    return {}


def recuse(scene: Scene) -> Detail:
    """Stepping aside for a direct interest (Art. 28); from now on the matter is not theirs to see."""
    scene.session.add(
        CaseRecusal(case_id=scene.case.id, person_id=cast(Any, scene.actor.id), reason=scene.text("reason"))
    )
    if scene.case.handler_id == scene.actor.id:
        scene.case.handler_id = None
    return {}


def grant_access(scene: Scene) -> Detail:
    """One more person may see a sealed matter, never one of the accused unit (Art. 30)."""
    person = _person(scene, "person")
    known = select(CaseAccess.id).where(
        CaseAccess.case_id == scene.case.id, CaseAccess.person_id == scene.values["person"]
    )
    if person is not None and scene.session.scalar(known) is None:
        scene.session.add(
            CaseAccess(case_id=scene.case.id, person_id=person.id, granted_by_id=scene.actor.id)
        )
    return {"person_name": person.name if person else ""}


EFFECTS: Mapping[Step, Callable[[Scene], Detail]] = MappingProxyType(
    {
        Step.PROPOSE: propose,
        Step.ANSWER_ON_SPOT: answer_on_spot,
        Step.APPROVE: approve,
        Step.NOT_ACCEPT: not_accept,
        Step.GIVE_NOTICE: give_notice,
        Step.ACCEPT: accept,
        Step.OBJECT: object_to,
        Step.AGREE_RETURN: agree_return,
        Step.REFUSE_RETURN: refuse_return,
        Step.RULE: rule,
        Step.ASSIGN: assign,
        Step.CO_ANSWER: co_answer,
        Step.CO_SIGN: co_sign,
        Step.ANSWER: answer,
        Step.ASK_EXTENSION: ask_extension,
        Step.DECIDE_EXTENSION: decide_extension,
        Step.TELL_EXTENSION: tell_extension,
        Step.SIGN: sign,
        Step.CONFIRM: confirm,
        Step.RETURN_ANSWER: return_answer,
        Step.REPLY: reply,
        Step.VISIT: visit,
        Step.CLOSE: close,
        Step.ASK_REVIEW: ask_review,
        Step.DECIDE_REVIEW: decide_review,
        Step.ASK_REREVIEW: ask_rereview,
        Step.START_HEARING: start_hearing,
        Step.END_HEARING: end_hearing,
        Step.DECIDE_REREVIEW: decide_rereview,
        Step.ARCHIVE: archive,
        Step.REOPEN: reopen,
        Step.WITHDRAW: withdraw,
        Step.RECUSE: recuse,
        Step.GRANT_ACCESS: grant_access,
    }
)
