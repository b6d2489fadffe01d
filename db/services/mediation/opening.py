"""Opening a dispute, from a case or by itself, and correcting what its file says."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.identity import decrypt
from db.models import Case, CaseParty, Committee, Dispute, DisputeMediator, Mediator
from db.rules.cases import Grade
from db.rules.mediation.opening import (
    GUARDIAN,
    Matter,
    Opening,
    PartyForm,
    Risk,
    check_matter,
    check_opening,
    check_risk,
    columns_of,
)
from db.rules.mediation.words import Side, State, Step
from db.rules.mediation.writing import NEEDED, check_text
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.cases.scope import load as load_case
from db.services.intake.registering import next_number
from db.services.journal import note_look
from db.services.mediation import clocks, ground, scope, search, timeline
from db.services.mediation.parties import new_party
from db.services.office import active_codes, limits_in_force, notice_of
from db.services.records import fill

SERIES = "dispute"
ENTRUSTED = "petition_office"
COPIED = ("name", "contact", "address", "guardian")


@dataclass(frozen=True)
class Opened:
    """What opening led to."""

    dispute_id: int
    number: str
    at: datetime


@guarded(Permission.MEDIATION_OPEN)
def open_dispute(actor: Actor, *, opening: Opening, key: str) -> Opened:
    """Open a dispute with its parties; fields of the parties end in their place (name_0). Raises Problems.

    The same key answers the same dispute again; with other words it is refused.
    """
    asked = _digest(opening)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return _again(session, done, asked)
        told = _in_clear(session, actor, opening)
        _check(session, told)
        dispute = _write(session, actor, told)
        if told.case_id is not None:
            _note_copy(session, dispute, opening)
        remember(session, actor, key, "mediation.open_dispute", {"dispute_id": dispute.id, "digest": asked})
        return Opened(dispute.id, dispute.number, dispute.registered_at)


@guarded(Permission.MEDIATION_OPEN)
def from_case(actor: Actor, *, case_id: int) -> Opening:
    """What a case already says, to be completed; identities stay masks and are copied when it is opened."""
    with reading() as session:
        case = _case(session, actor, case_id)
        query = select(CaseParty).where(CaseParty.case_id == case.id).order_by(CaseParty.id)
        parties = tuple(_masked(party) for party in session.scalars(query))
        known = active_codes(session, "dispute_category")
    note_look(actor, case_id=case_id, what="look")
    if case.child and parties:
        parties = (replace(parties[0], child=True), *parties[1:])
    return Opening(
        case_id=case.id,
        source=ENTRUSTED,
        category=case.category if case.category in known else "",
        child=case.child,
        major=case.grade == Grade.MAJOR,
        subject=case.subject,
        facts=case.text,
        request=case.request,
        place=case.place,
        head_count=max(2, case.head_count),
        parties=(*(parties or (PartyForm(side=Side.APPLICANT),)), PartyForm(side=Side.RESPONDENT)),
    )


@guarded(Permission.MEDIATION_KEEP)
def correct(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    subject: str,
    facts: str,
    request: str = "",
    place: str = "",
    category: str,
    source: str,
    child: bool = False,
    major: bool = False,
    head_count: int,
    amount: str = "",
    key: str,
) -> int:
    """Correct what the file says; the earlier words go into the timeline. Answers the new version."""
    matter = Matter(
        source=source, category=category, child=child, major=major, subject=subject, facts=facts, request=request,
        place=place, head_count=head_count, amount=amount,
    )  # fmt: skip
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        scope.must_be_seen(session, dispute, version, asdict(matter))
        _check_correction(session, dispute, matter)
        _change(session, actor, dispute, Step.CORRECT, columns_of(matter))
        search.index(session, dispute)
        remember(session, actor, key, "mediation.correct", dispute.version)
        return dispute.version


@guarded(Permission.MEDIATION_KEEP)
def set_escalation(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    escalation: bool,
    escalation_measure: str = "",
    police_reported_on: date | None = None,
    police_reported_time: time | None = None,
    escalation_prevented: bool = False,
    key: str,
) -> int:
    """The risk that the dispute escalates and what was done about it (Art. 25); answers the new version."""
    risk = Risk(escalation, escalation_measure, police_reported_on, police_reported_time, escalation_prevented)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        scope.must_be_seen(session, dispute, version, asdict(risk))
        now = clock.now().astimezone(ZoneInfo(current().settings.timezone))
        check_risk(risk, now)
        _change(session, actor, dispute, Step.ESCALATION, _risk_columns(risk, now))
        remember(session, actor, key, "mediation.set_escalation", dispute.version)
        return dispute.version


@guarded(Permission.MEDIATION_KEEP)
def add_note(actor: Actor, *, dispute_id: int, text: str, key: str) -> None:
    """A line in the timeline."""
    with transaction(actor) as session:
        if earlier(session, key) is not None:
            return
        dispute = scope.kept(session, actor, dispute_id)
        check = Check()
        check.that(text.strip(), "text", NEEDED)
        check_text(check, "text", text)
        check.done()
        timeline.line(session, actor, dispute, Step.NOTE, text=text.strip())
        remember(session, actor, key, "mediation.add_note", dispute.id)


def _digest(opening: Opening) -> str:
    return hashlib.sha256(json.dumps(asdict(opening), sort_keys=True, default=str).encode()).hexdigest()


def _again(session: Session, done: Mapping[str, object], asked: str) -> Opened:
    dispute = session.get_one(Dispute, done["dispute_id"])
    if done["digest"] != asked:
        sentence = N_("This form was already registered as {number}. Begin a new one for anything else.")
        raise Problems(Problem("", sentence, {"number": dispute.number}))
    return Opened(dispute.id, dispute.number, dispute.registered_at)


def _case(session: Session, actor: Actor, case_id: int) -> Case:
    case = load_case(session, actor, case_id)
    if case.sealed:
        raise Problems(Problem("case_id", N_("A sealed matter is not opened as a dispute.")))
    return case


def _masked(party: CaseParty) -> PartyForm:
    return PartyForm(side=Side.APPLICANT, name=party.name_mask, contact=party.contact_mask, of_case=party.id)


def _in_clear(session: Session, actor: Actor, opening: Opening) -> Opening:
    """The opening with the identities of the case where the form still shows their masks; nobody is shown them."""
    if opening.case_id is None:
        return replace(opening, parties=tuple(replace(party, of_case=None) for party in opening.parties))
    case = _case(session, actor, opening.case_id)
    return replace(opening, parties=tuple(_copied(session, case, party) for party in opening.parties))


def _copied(session: Session, case: Case, form: PartyForm) -> PartyForm:
    if form.of_case is None:
        return form
    party = session.get(CaseParty, form.of_case)
    if party is None or party.case_id != case.id:
        raise NotThere(f"party {form.of_case} of case {case.id}")
    shown = {"name": party.name_mask, "contact": party.contact_mask, "address": "", "guardian": ""}
    known = {
        name: decrypt(current(), f"case_party.{name}", getattr(party, name))
        for name in COPIED
        if getattr(form, name).strip() == shown[name]
    }
    return replace(form, **known)  # type: ignore[arg-type]


def _note_copy(session: Session, dispute: Dispute, opening: Opening) -> None:
    copied = [party.of_case for party in opening.parties if party.of_case is not None]
    if copied:
        detail: dict[str, object] = {"what": dispute.number, "parties": copied}
        journal.note(session, "copy", tbl="case_file", pk=dispute.case_id, case_id=dispute.case_id, detail=detail)


def _check(session: Session, opening: Opening) -> None:
    members = select(Mediator.id).where(Mediator.committee_id == opening.committee_id, Mediator.active)
    check_opening(
        opening,
        committees=frozenset(session.scalars(select(Committee.id).where(Committee.active))),
        mediators=frozenset(session.scalars(members)),
        sources=active_codes(session, "dispute_source"),
        categories=active_codes(session, "dispute_category"),
        today=ground.today(),
    )


def _write(session: Session, actor: Actor, opening: Opening) -> Dispute:
    now, today = clock.now(), ground.today()
    running = next_number(session, SERIES, today.year)
    notice = notice_of(session) if opening.notice_shown else None
    dispute = Dispute(
        number=f"M{today.year}-{running:06}",
        year=today.year,
        running=running,
        state=State.REGISTERED,
        committee_id=opening.committee_id,
        case_id=opening.case_id,
        received_on=opening.received_on or today,
        registered_at=now,
        registered_by_id=actor.id,
        privacy_notice_id=notice.id if notice else None,
        limit_set_id=limits_in_force(session, today).id,
    )
    fill(dispute, columns_of(opening))
    dispute.child = opening.child or any(party.child for party in opening.parties)
    session.add(dispute)
    session.flush()
    session.add_all(new_party(dispute, party) for party in opening.parties)
    timeline.line(session, actor, dispute, Step.OPEN, was="", detail={"source": opening.source})
    if opening.mediator_id is not None:
        _first_mediator(session, actor, dispute, opening.mediator_id)
    search.index(session, dispute)
    clocks.keep_due(session, dispute)
    return dispute


def _first_mediator(session: Session, actor: Actor, dispute: Dispute, mediator_id: int) -> None:
    name = session.get_one(Mediator, mediator_id).name
    session.add(DisputeMediator(dispute_id=dispute.id, mediator_id=mediator_id, lead=True, from_on=dispute.received_on))
    timeline.line(session, actor, dispute, Step.ASSIGN, detail={"mediator": name, "lead": True})


def _check_correction(session: Session, dispute: Dispute, matter: Matter) -> None:
    """A code retired meanwhile may stay; a child's file has somebody who answers for the child."""
    check = Check()
    sources = active_codes(session, "dispute_source") | {dispute.source}
    check_matter(
        check, matter, sources=sources, categories=active_codes(session, "dispute_category") | {dispute.category}
    )
    parties = ground.parties(session, dispute)
    fine = matter.child or not any(party.child for party in parties)
    check.that(fine, "child", N_("A party is a child; the file stays a child's."))
    check.that(not matter.child or any(party.guardian for party in parties), "child", GUARDIAN)
    check.done()


def _risk_columns(risk: Risk, now: datetime) -> dict[str, object]:
    day, hour = risk.police_reported_on, risk.police_reported_time
    reported = datetime.combine(day, hour, now.tzinfo) if day and hour else None
    return {
        "escalation": risk.escalation,
        "escalation_measure": risk.escalation_measure.strip(),
        "police_reported_at": reported,
        "escalation_prevented": risk.escalation_prevented,
    }


def _change(session: Session, actor: Actor, dispute: Dispute, step: Step, values: Mapping[str, object]) -> None:
    """Write what differs; the earlier and later values go into the timeline, and nothing when all stays."""
    before = {name: getattr(dispute, name) for name, value in values.items() if getattr(dispute, name) != value}
    if not before:
        return
    after = {name: values[name] for name in before}
    fill(dispute, after)
    session.flush()
    timeline.line(session, actor, dispute, step, detail={"before": before, "after": after})
