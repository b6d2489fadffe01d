"""How a matter ends, and how it is taken up again: closed, filed, withdrawn, reopened."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Attachment, Case, CaseExtension, CaseReview
from db.rules.case_flow import State
from db.rules.cases import Channel, Share
from db.rules.clocks import due_on
from db.rules.problems import N_, Problem, Problems
from db.services.cases.effects.scene import Detail, Scene
from db.services.working_days import working_calendar

EARLIER = "earlier_"


def close(scene: Scene) -> Detail:
    """Closed says nothing about the outcome."""
    scene.case.closed_on = scene.today
    return {}


def archive(scene: Scene) -> Detail:
    """Filed only when complete: the list of what is missing is the problem."""
    missing = missing_for_archive(scene.session, scene.case)
    if missing:
        raise Problems(*(Problem("", text) for text in missing))
    scene.case.archived_on = scene.today
    return {}


def missing_for_archive(session: Session, case: Case) -> list[str]:
    """What the file of a handled and closed matter still lacks (W2 filing; Art. 23, 32, 34)."""
    if case.lead_unit_id is None or case.state != State.CLOSED:
        return []
    named = not case.anonymous
    untold = select(CaseExtension.id).where(
        CaseExtension.case_id == case.id, CaseExtension.approved.is_(True), CaseExtension.told_on.is_(None)
    )
    files = select(Attachment.id).where(Attachment.case_id == case.id, Attachment.removed_at.is_(None))
    wanted = [
        (bool(case.outcome), N_("The outcome is missing.")),
        (bool(case.facts and case.legal_basis), N_("Facts and legal basis are missing.")),
        (not named or case.notice_on is not None, N_("The notice to the resident is missing.")),
        (
            not named or session.scalar(untold.limit(1)) is None,
            N_("The extension has not been told to the resident."),
        ),
        (
            case.channel != Channel.LETTER or session.scalar(files.limit(1)) is not None,
            N_("The letter is missing."),
        ),
    ]
    return [text for fine, text in wanted if not fine]


def reopen(scene: Scene) -> Detail:
    """A recorded decision; promise and handling start again from today, everything before stays readable."""
    case = scene.case
    names = ("promise_due_on", "closed_on", "replied_on", "outcome", "satisfaction", "solved")
    before = {name: str(getattr(case, name)) for name in names if getattr(case, name)}
    case.reopened_on = scene.today
    case.closed_on = case.archived_on = case.replied_on = case.confirmed_on = case.visited_on = None
    case.answered_on = case.answered_by_id = None
    case.outcome = case.satisfaction = case.solved = ""
    case.extended_days = 0
    case.new_facts = case.new_facts or bool(scene.values.get("new_facts"))
    case.exhausted = False
    _reviews_are_past(scene)
    if scene.facts.has_lead:
        case.accepted_on = case.accepted_on or scene.today
        case.responded_on = case.responded_on or scene.today
        _shares_start_again(scene)
    return {"before": before}


def _reviews_are_past(scene: Scene) -> None:
    """A decided review belongs to the earlier round: it neither stops nor forbids a new one."""
    for review in scene.session.scalars(select(CaseReview).where(CaseReview.case_id == scene.case.id)):
        if not review.kind.startswith(EARLIER):
            review.kind = f"{EARLIER}{review.kind}"


def _shares_start_again(scene: Scene) -> None:
    promise = scene.facts.limits[f"promise_{scene.case.grade}"]
    roll = bool(scene.facts.limits["roll_to_working_day"].amount)
    due = due_on(scene.today, promise, working_calendar(scene.session), roll=roll)[1]
    for share in scene.shares:
        share.row.state = "accepted" if share.row.role == Share.LEAD else "sent"
        share.row.due_on = due
        share.row.answered_on = share.row.signed_on = share.row.signed_by_id = None


def withdraw(scene: Scene) -> Detail:
    """The resident takes the matter back."""
    scene.case.closed_on = scene.today
    return {}
