"""Where a matter goes: proposal, transfer, acceptance, objection, ruling, handler (W1 to W3, Art. 21 to 24)."""

from datetime import date
from typing import cast

from sqlalchemy import select

from db.models import CaseUnit, Code, Person, Unit
from db.rules.cases import Share
from db.rules.clocks import due_on
from db.rules.problems import N_, Check, Problem, Problems
from db.services.cases.effects.scene import Detail, Scene
from db.services.cases.people import let_see, why_not_handler
from db.services.cases.standing import proposal_of
from db.services.working_days import working_calendar


def propose(scene: Scene) -> Detail:
    """Check the units; the proposal itself lives in the timeline until it is approved."""
    lead = scene.unit("unit", scene.values["unit"])
    co = [scene.unit("co_units", unit_id) for unit_id in cast(tuple[int, ...], scene.values["co_units"])]
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
    lead = scene.unit("", proposal["unit"])
    co = [scene.unit("", unit_id) for unit_id in cast(list[int], proposal.get("co_units") or [])]
    _send(scene, lead, Share.LEAD, due)
    for unit in co:
        _send(scene, unit, Share.CO, due)
    scene.case.lead_unit_id = lead.id
    scene.case.transferred_on = scene.today
    scene.case.responded_on = None
    return {"unit_name": lead.name, "co_names": [u.name for u in co]}


def _send(scene: Scene, unit: Unit, share: Share, wanted: date | None) -> None:
    limits, calendar = scene.facts.limits, working_calendar(scene.session)
    object_by = due_on(scene.today, limits["objection"], calendar, roll=False)[1]
    promised = wanted or scene.case.promise_due_on
    scene.session.add(
        CaseUnit(
            case_id=scene.case.id,
            unit_id=unit.id,
            role=share,
            sent_on=scene.today,
            due_on=max(promised, scene.today) if promised else None,
            object_by=object_by,
        )
    )


def not_accept(scene: Scene) -> Detail:
    """Told where to go, material returned (Art. 22, W3 step 1)."""
    known = select(Code.label_zh, Code.label_en).where(
        Code.list_name == "referral", Code.code == scene.values["referral"], Code.active
    )
    label = scene.session.execute(known).one_or_none()
    if label is None:
        raise Problems(Problem("referral", N_("This is not one of the choices.")))
    if not scene.case.anonymous:
        scene.case.notice_on = scene.case.notice_on or scene.today
    return {"referral_zh": label.label_zh, "referral_en": label.label_en}


def accept(scene: Scene) -> Detail:
    """The lead unit takes the matter on; the 60 days start (Art. 34)."""
    if scene.values.get("person") is not None:
        handler = _handler(scene)
        scene.case.handler_id = handler.id
        named = handler.name
    elif scene.facts.stands_in_for:
        named = scene.facts.stands_in_for
    else:
        scene.case.handler_id, named = scene.actor.id, scene.actor.name
    scene.lead.state, scene.lead.accepted_on = "accepted", scene.today
    scene.case.accepted_on = scene.case.accepted_on or scene.today
    scene.case.responded_on = scene.today
    return {"person_name": named}


def _handler(scene: Scene) -> Person:
    """A person of the lead unit; whoever a sealed matter is assigned to may see it (Art. 30)."""
    why_not = why_not_handler(scene.session, scene.case, scene.values["person"], scene.lead.unit_id)
    handler = scene.person("person", why_not)
    let_see(scene.session, scene.actor, scene.case, handler.id)
    return handler


def assign(scene: Scene) -> Detail:
    """One named handler follows the matter to the reply (R-77)."""
    handler = _handler(scene)
    scene.case.handler_id = handler.id
    return {"person_name": handler.name}


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
    unit = scene.unit("unit", scene.values["unit"])
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
