"""What the forms of a case may say: texts by placeholder, from the case, its units, its steps and its meetings."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.documents.days import time_of
from db.documents.forms import word_for
from db.engine import current
from db.languages import date_in
from db.models import Case, CaseEntry, CaseExtension, CaseUnit, CaseVisit, Person, Unit
from db.rules.case_flow import Step
from db.rules.cases import Share
from db.services.cases import beside
from db.services.cases.conferences import Conference
from db.services.cases.standing import UnitShare, shares_of
from db.services.intake.registering import Receipt
from db.services.office import Facts, facts_of, limits_of
from db.services.sheets import category_of, shown_parties

Values = dict[str, object]
# What a step makes void: a new answer wants new signatures, a returned matter a new proposal.
_VOIDS: Mapping[str, Sequence[Step]] = {
    Step.ANSWER: (Step.SIGN, Step.CONFIRM),
    Step.RETURN_ANSWER: (Step.SIGN, Step.CONFIRM),
    Step.SEND_BACK: (Step.PROPOSE,),
    Step.AGREE_RETURN: (Step.PROPOSE, Step.APPROVE),
    Step.REOPEN: (Step.SIGN, Step.CONFIRM, Step.REPLY, Step.NOT_ACCEPT),
}
_KEPT = (Step.PROPOSE, Step.APPROVE, Step.SIGN, Step.CONFIRM, Step.REPLY, Step.NOT_ACCEPT)


@dataclass(frozen=True)
class Taken:
    """A step as it was taken: who, on which day, in which words."""

    who: str = ""
    on: date | None = None
    text: str = ""
    detail: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def standing_steps(session: Session, case_id: int) -> Mapping[Step, Taken]:
    """The last of each step the forms speak of, as far as nothing after it made it void."""
    wanted = (
        select(CaseEntry.step, CaseEntry.at, CaseEntry.text, CaseEntry.detail, Person.name)
        .outerjoin(Person, Person.id == CaseEntry.person_id)
        .where(CaseEntry.case_id == case_id, CaseEntry.step.in_((*_KEPT, *_VOIDS)))
        .order_by(CaseEntry.id)
    )
    found: dict[Step, Taken] = {}
    for step, at, text, detail, who in session.execute(wanted):
        for void in _VOIDS.get(step, ()):
            found.pop(void, None)
        if step in _KEPT:
            found[Step(step)] = Taken(who or "", clock.day_of(at, _zone()), text, json.loads(detail))
    return found


def of_case(session: Session, case: Case) -> Values:
    """What every form of a case may say but who brought it."""
    shares, steps = shares_of(session, case.id), standing_steps(session, case.id)
    return (
        _of_office(facts_of(session))
        | _of_matter(session, case)
        | _of_days(session, case)
        | _of_steps(session, case, steps)
        | _of_units(shares)
    )


def of_parties(session: Session, case: Case, *, identities: bool) -> Values:
    """Who brought it: masked, or in clear for a caller that checked the right."""
    shown = shown_parties(session, case.id, identities=identities)
    rows = [dict(row) | {"role": word_for("role", row["role"])} for row in shown]
    named = "、".join(row["name"] for row in rows if row["name"])
    return {"residents": named or "信访人", "parties": rows}


def of_receipt(session: Session, told: Receipt, where: str) -> Values:
    """What the resident takes along; `where` is the address to look up progress."""
    office = facts_of(session)
    return _of_office(office) | {
        "reception_hours": office.reception_hours,
        "number": told.number,
        "query_code": f"{told.query_code[:4]} {told.query_code[4:]}",
        "where": where,
        "received_time": time_of(told.received_at, _zone()),
        "channel": word_for("channel", told.channel),
        "subject": told.subject,
        "promise_day": "" if told.outcome else _day(told.promise_due_on),
        "outcome": _outcome(told.outcome),
        "answer": told.words,
        "files": str(told.files or ""),
        "registered_by": told.registered_by,
        "today": _today(),
    }


def of_share(session: Session, share: CaseUnit) -> Values:
    """One unit's part, and who else has one."""
    told = [one for one in shares_of(session, share.case_id) if one.row.unit_id != share.unit_id]
    return {
        "unit": session.get_one(Unit, share.unit_id).name,
        "share": word_for("share", share.role),
        "sent_day": _day(share.sent_on),
        "due_day": _day(share.due_on),
        "object_day": _day(share.object_by),
        "others": "、".join(f"{one.unit}（{word_for('share', one.row.role)}）" for one in told),
    }


def of_objection(session: Session, share: CaseUnit) -> Values:
    """A unit's reasons for giving a matter back, with who gave them."""
    wanted = (
        select(CaseEntry.at, CaseEntry.detail, Person.name)
        .join(Person, Person.id == CaseEntry.person_id)
        .where(CaseEntry.case_id == share.case_id, CaseEntry.step == Step.OBJECT, CaseEntry.text == share.objection)
    )
    said = session.execute(wanted.order_by(CaseEntry.id.desc()).limit(1)).one_or_none()
    day = _day(clock.day_of(said.at, _zone())) if said else ""
    absent = json.loads(said.detail).get("for_name") if said else ""
    return of_share(session, share) | {
        "objection": share.objection,
        "objected_by": f"{said.name}（代{absent}）" if said and absent else said.name if said else "",
        "objected_day": day,
    }


def of_extension(session: Session, extension: CaseExtension) -> Values:
    """More time, as it was approved."""
    return {
        "extension_days": str(extension.days),
        "extension_reason": extension.reason,
        "extension_asked_day": _day(extension.asked_on),
        "extension_by": _names(session, extension.decided_by_id)[0],
        "extension_day": _day(extension.decided_on),
    }


def of_referral(taken: Taken) -> Values:
    """Where somebody whose matter was not accepted was told to go."""
    return {
        "referral": str(taken.detail.get("referral_zh", "")),
        "referral_words": taken.text,
        "material_returned": "是" if taken.detail.get("material_returned") else "",
        "referred_by": taken.who,
        "referred_day": _day(taken.on),
    }


def of_visit(session: Session, visit: CaseVisit) -> Values:
    """What the resident said afterwards, to somebody other than the handler."""
    return {
        "visit_day": _day(visit.visited_on),
        "visit_how": word_for("how", visit.how),
        "visit_reached": "是" if visit.reached else "否",
        "visit_satisfaction": _word("satisfaction", visit.satisfaction),
        "visit_solved": _word("solved", visit.solved),
        "visit_words": visit.words,
        "visitor": _names(session, visit.person_id)[0],
    }


def of_conference(told: Conference) -> Values:
    """A joint meeting of the units of a matter."""
    return {
        "conference_time": time_of(told.held_at, _zone()),
        "conference_place": told.place,
        "convened_by": told.convened_by,
        "recorder": told.recorder,
        "conference_units": "、".join(unit.name for unit in told.units),
        "conference_others": told.others,
        "topic": told.topic,
        "statements": told.statements,
        "agreed": told.agreed,
        "conference_lead": told.lead.name if told.lead else "",
        "conference_due_day": _day(told.due_on),
    }


def _of_office(office: Facts) -> Values:
    return {"office": office.name, "office_address": office.address, "office_telephone": office.telephone}


def _of_matter(session: Session, case: Case) -> Values:
    names = ("number", "subject", "text", "request", "place", "since", "facts", "legal_basis", "answer")
    return {name: getattr(case, name) for name in names} | {
        "source_number": case.source_number or "",
        "channel": word_for("channel", case.channel),
        "source": word_for("case_source", case.source),
        "kind": word_for("kind", case.kind),
        "grade": word_for("grade", case.grade),
        "category": category_of(session, case.category)["zh"],
        "head_count": str(case.head_count),
        "outcome": _outcome(case.outcome),
        "satisfaction": _word("satisfaction", case.satisfaction),
        "solved": _word("solved", case.solved),
    }


def _of_days(session: Session, case: Case) -> Values:
    limits = limits_of(session, case.limit_set_id)
    days = {
        "transferred": case.transferred_on,
        "accepted": case.accepted_on,
        "notice": case.notice_on,
        "promise": case.promise_due_on,
        "statute": case.statute_due_on,
        "answered": case.answered_on,
        "confirmed": case.confirmed_on,
        "replied": case.replied_on,
        "visited": case.visited_on,
        "closed": case.closed_on,
        "received": clock.day_of(case.received_at, _zone()),
    }
    told: Values = {f"{name}_day": _day(on) for name, on in days.items()}
    return told | {
        "received_time": time_of(case.received_at, _zone()),
        "handling_days": str(limits["handling"].amount),
        "extension_most": str(limits["extension_most"].amount),
        "review_days": str(limits["review_ask"].amount),
        "draft": "" if case.confirmed_on else "草稿",
        "today": _today(),
    }


def _of_steps(session: Session, case: Case, steps: Mapping[Step, Taken]) -> Values:
    people = (case.registered_by_id, case.first_responsible_id, case.handler_id, case.answered_by_id)
    registered, first, handler, answered = _names(session, *people)
    proposed, approved, signed, confirmed = (
        steps.get(step, Taken()) for step in (Step.PROPOSE, Step.APPROVE, Step.SIGN, Step.CONFIRM)
    )
    return {
        "registered_by": registered,
        "first_responsible": first,
        "handler": handler,
        "answered_by": answered,
        "proposal": proposed.text,
        "proposed_by": proposed.who,
        "proposed_day": _day(proposed.on),
        "approved_by": approved.who,
        "approved_day": _day(approved.on),
        "signed_by": signed.who,
        "signed_day": _day(signed.on),
        "confirmed_by": confirmed.who,
        "reply_how": _word("how", str(steps.get(Step.REPLY, Taken()).detail.get("how") or "")),
    }


def _of_units(shares: Sequence[UnitShare]) -> Values:
    lead = [share.unit for share in shares if share.row.role == Share.LEAD]
    return {
        "lead_unit": "、".join(lead),
        "co_units": "、".join(share.unit for share in shares if share.row.role == Share.CO),
        "units": [
            {
                "unit": share.unit,
                "share": word_for("share", share.row.role),
                "sent_day": _day(share.row.sent_on),
                "due_day": _day(share.row.due_on),
                "answer": share.row.answer,
                "answered_day": _day(share.row.answered_on),
            }
            for share in shares
        ],
    }


def _names(session: Session, *ids: int | None) -> list[str]:
    known = beside.names(session, {one for one in ids if one is not None})
    return [known.get(one, "") if one is not None else "" for one in ids]


def _outcome(code: str) -> str:
    return _word("outcome", code)


def _word(kind: str, code: str) -> str:
    return word_for(kind, code) if code else ""


def _day(day: date | None) -> str:
    return date_in("zh", day)


def _today() -> str:
    return _day(clock.today(_zone()))


def _zone() -> str:
    return current().settings.timezone
