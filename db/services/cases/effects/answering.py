"""What the units find and what the resident is told: notice, answers, extension, signatures, reply, visit."""

from typing import cast

from sqlalchemy import select

from db.models import CaseExtension, CaseUnit, CaseVisit
from db.rules.cases import Grade
from db.rules.problems import N_, Check
from db.services.cases.effects.scene import Detail, Scene
from db.services.cases.standing import share_of


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


def give_notice(scene: Scene) -> Detail:
    """The written or spoken notice of acceptance within 15 days (Art. 23)."""
    scene.case.notice_on = scene.day("on")
    return {}


def _my_share(scene: Scene) -> CaseUnit:
    return cast(CaseUnit, share_of(scene.actor, scene.shares))


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
    query = select(CaseExtension).where(CaseExtension.case_id == scene.case.id).order_by(CaseExtension.id.desc())
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
    check, confirmed_on = Check(), scene.case.confirmed_on
    late_enough = confirmed_on is None or scene.day("on") >= confirmed_on
    check.that(late_enough, "on", N_("This day is before the answer was confirmed."))
    check.done()
    scene.case.replied_on = scene.day("on")
    scene.case.notice_on = scene.case.notice_on or scene.case.replied_on
    return {}


def visit(scene: Scene) -> Detail:
    """Somebody else asks whether it helped; the handler can't change the rating."""
    check, replied_on = Check(), scene.case.replied_on
    late_enough = replied_on is None or scene.day("on") >= replied_on
    check.that(late_enough, "on", N_("This day is before the resident was told."))
    check.done()
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
