"""The agreement: its words, signatures and seal, the conclusion, and judicial confirmation (Art. 28 to 33)."""

from dataclasses import asdict, fields
from datetime import date

from sqlalchemy.orm import Session

from db.engine import transaction
from db.models import Agreement, Dispute, DisputeParty
from db.rules.mediation.agreement import (
    Ground,
    Request,
    Wording,
    check_conclusion,
    check_confirmation,
    check_signature,
    check_wording,
    check_words_kept,
    effective_on,
)
from db.rules.mediation.flow import check_step
from db.rules.mediation.words import AgreementForm, State, Step
from db.rules.money import fen_of
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.mediation import clocks, ground, scope, steps, timeline
from db.services.records import Values, fill, seen


@guarded(Permission.MEDIATION_KEEP)
def write_agreement(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    form: str,
    party_asks_written: bool = False,
    performed_at_once: bool = False,
    facts: str = "",
    content: str = "",
    performance: str = "",
    amount: str = "",
    copies: int = 0,
    reached_on: date | None = None,
    mediator_signed_on: date | None = None,
    sealed_on: date | None = None,
    recorder: str = "",
    excluded_matter: str = "",
    key: str,
) -> int:
    """Write the agreement or change it (version 0: there is none yet); answers its version."""
    wording = Wording(
        form=form,
        party_asks_written=party_asks_written,
        performed_at_once=performed_at_once,
        facts=facts,
        content=content,
        performance=performance,
        amount=amount,
        copies=copies,
        reached_on=reached_on,
        mediator_signed_on=mediator_signed_on,
        sealed_on=sealed_on,
        recorder=recorder,
        excluded_matter=excluded_matter,
    )
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = ground.mediating(session, actor, dispute_id)
        values = _values(wording, dispute)
        agreement = _seen(session, dispute, version, values)
        basis = _ground(session, dispute)
        check_wording(wording, basis)
        detail: dict[str, object] = {"form": form, "amount": values["amount"]}
        if agreement is None:
            agreement = Agreement(dispute_id=dispute.id, **values)
            session.add(agreement)
        else:
            check_words_kept({name: getattr(agreement, name) for name in values}, values, basis.signed)
            detail |= ground.differences(agreement, values)
            fill(agreement, values)
        session.flush()
        timeline.line(session, actor, dispute, Step.AGREEMENT, detail=detail)
        remember(session, actor, key, "agreement.write_agreement", agreement.version)
        return agreement.version


@guarded(Permission.MEDIATION_KEEP)
def sign(
    actor: Actor,
    *,
    dispute_id: int,
    party_id: int,
    version: int,
    signed_on: date | None,
    signed_by_agent: bool = False,
    key: str,
) -> int:
    """A party signed the written agreement, itself or by its agent; answers the party's version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = ground.mediating(session, actor, dispute_id)
        values = {"signed_on": signed_on, "signed_by_agent": signed_by_agent}
        party = ground.own(session, dispute, DisputeParty, party_id, version, values)
        agreement = ground.agreement_of(session, dispute)
        if agreement is None or agreement.form != AgreementForm.WRITTEN:
            raise Problems(Problem("signed_on", N_("There is no written agreement to sign yet.")))
        check_signature(signed_on, sealed_on=agreement.sealed_on, ground=_ground(session, dispute))
        if signed_by_agent:
            _check_agent(party, signed_on)
        return _mark_signed(session, actor, dispute, party, values, key)


@guarded(Permission.MEDIATION_KEEP)
def unsign(actor: Actor, *, dispute_id: int, party_id: int, version: int, key: str) -> int:
    """Take a signature back that was noted wrongly; answers the party's version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = ground.mediating(session, actor, dispute_id)
        values: Values = {"signed_on": None, "signed_by_agent": False}
        party = ground.own(session, dispute, DisputeParty, party_id, version, values)
        return _mark_signed(session, actor, dispute, party, values, key)


@guarded(Permission.MEDIATION_KEEP)
def conclude(actor: Actor, *, dispute_id: int, version: int, key: str) -> steps.Receipt:
    """The agreement takes effect: everybody signed and the committee sealed it, or it was reached orally."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return steps.Receipt.again(done)
        dispute = scope.kept(session, actor, dispute_id)
        scope.must_be_seen(session, dispute, version, {})
        check_step(Step.CONCLUDE, State(dispute.state))
        agreement = _take_effect(session, dispute)
        dispute.ended_on = agreement.effective_on
        detail = {"form": agreement.form, "effective_on": agreement.effective_on}
        receipt = steps.move(session, actor, dispute, Step.CONCLUDE, detail=detail)
        remember(session, actor, key, "agreement.conclude", receipt.kept())
        return receipt


@guarded(Permission.MEDIATION_KEEP)
def confirm(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    confirmation: str,
    requested_on: date | None = None,
    requested_jointly: bool = False,
    court: str = "",
    court_number: str = "",
    decided_on: date | None = None,
    key: str,
) -> int:
    """Judicial confirmation, asked for or decided ("": nobody asked); answers the agreement's version."""
    request = Request(confirmation, requested_on, requested_jointly, court.strip(), court_number.strip(), decided_on)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        agreement = _seen(session, dispute, version, asdict(request))
        if agreement is None or dispute.state != State.AGREED or agreement.effective_on is None:
            raise Problems(Problem("confirmation", N_("Only an agreement in effect is confirmed.")))
        if not confirmation:
            request = Request("")
        else:
            check_confirmation(
                request,
                excluded=agreement.excluded_matter,
                effective=agreement.effective_on,
                confirm_by=agreement.confirm_by,
                today=ground.today(),
            )
        fill(agreement, asdict(request))
        session.flush()
        timeline.line(session, actor, dispute, Step.CONFIRM, detail={"confirmation": confirmation})
        remember(session, actor, key, "agreement.confirm", agreement.version)
        return agreement.version


def _seen(session: Session, dispute: Dispute, version: int, mine: Values) -> Agreement | None:
    """The agreement as it was seen, None when there is none yet; raises NotThere or Changed."""
    there = ground.agreement_of(session, dispute)
    if there is None and version:
        raise NotThere("agreement")
    return seen(session, Agreement, there.id, version, mine) if there else None


def _ground(session: Session, dispute: Dispute) -> Ground:
    promises = ground.promises(session, dispute)
    return Ground(
        today=ground.today(),
        major=dispute.major,
        last_session_on=ground.last_session_on(session, dispute),
        signed=tuple(party.signed_on for party in ground.parties(session, dispute)),
        promised=sum(each.amount for each in promises),
        first_due_on=min((each.due_on for each in promises), default=None),
    )


def _values(wording: Wording, dispute: Dispute) -> dict[str, object]:
    """The columns of an agreement; only a written one has a number and copies."""
    written = wording.form == AgreementForm.WRITTEN
    return asdict(wording) | {
        "amount": fen_of(wording.amount) or 0,
        "number": dispute.number if written else "",
        "copies": wording.copies if written else 0,
    }


def _check_agent(party: DisputeParty, signed_on: date | None) -> None:
    check = Check()
    check.that(party.agent is not None, "signed_by_agent", N_("This party has no agent."))
    until = party.agent_until
    fine = until is None or signed_on is None or signed_on <= until
    check.that(fine, "signed_by_agent", N_("The agent's powers ended on {day}."), day=until)
    check.done()


def _mark_signed(
    session: Session, actor: Actor, dispute: Dispute, party: DisputeParty, values: Values, key: str
) -> int:
    fill(party, values)
    session.flush()
    timeline.line(session, actor, dispute, Step.SIGN, detail={"party": party.name_mask, **values})
    remember(session, actor, key, "agreement.sign", party.version)
    return party.version


def _take_effect(session: Session, dispute: Dispute) -> Agreement:
    """The agreement with the day it takes effect; raises Problems with everything still missing."""
    agreement = ground.agreement_of(session, dispute)
    if agreement is None:
        raise Problems(Problem("", N_("The agreement is not written down.")))
    basis = _ground(session, dispute)
    wording = Wording(**{field.name: getattr(agreement, field.name) for field in fields(Wording)})
    check_conclusion(wording, agreement.amount, basis)
    agreement.effective_on = effective = effective_on(
        agreement.form,
        reached_on=agreement.reached_on,
        signed=basis.signed,
        mediator_signed_on=agreement.mediator_signed_on,
        sealed_on=agreement.sealed_on,
    )
    last_day = clocks.confirm_by(session, dispute, effective) if effective else None
    agreement.confirm_by = None if agreement.excluded_matter else last_day
    return agreement
