"""What happens to the demo's disputes until they are agreed, each act through its service as its person."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from db.demo.dispute_telling import DisputeTelling
from db.rules.mediation.opening import Opening
from db.rules.mediation.words import SessionKind, Side
from db.services.mediation import mediators, opening, parties, sessions, steps

TOLD = ("subject", "facts", "request", "place", "category", "source", "major", "head_count", "amount")


# --- opening ---


def open_(d: DisputeTelling) -> None:
    """Comes to the committee, at the counter or to the mediator."""
    told = Opening(**{name: d.row[name] for name in TOLD if name in d.row})
    if "from_case" in d.row:
        told = _from_case(d, told)
    told = replace(
        told,
        committee_id=d.committee_id,
        parties=told.parties if told.case_id else d.parties,
        child=any(party.child for party in d.parties),
        mediator_id=d.mediator(d.lead) if d.lead else None,
        notice_shown=True,
    )
    actor = d.town.people[d.row["by"]] if "by" in d.row else d.keeper
    d.dispute_id = opening.open_dispute(actor, opening=told, key=d.key()).dispute_id


def _from_case(d: DisputeTelling, told: Opening) -> Opening:
    """What the case says; the other side is named anew. Without such a case it comes like any other."""
    case_id = d.case()
    if case_id is None:
        return told
    taken = opening.from_case(d.town.people[d.row["by"]], case_id=case_id)
    others = tuple(party for party in d.parties if party.side == Side.RESPONDENT)
    ours = tuple(party for party in taken.parties if party.side == Side.APPLICANT)
    return replace(taken, category=taken.category or told.category, parties=(*ours, *others))


def tell(d: DisputeTelling, side: str = "") -> None:
    """Rights told, identities seen."""
    for party_id, version in d.sides(side):
        of: dict[str, Any] = {"dispute_id": d.dispute_id, "party_id": party_id}
        version = parties.tell_rights(d.keeper, **of, version=version, told_on=d.today, **d.text("tell"), key=d.key())
        parties.see_identity(d.keeper, **of, version=version, identity_seen_on=d.today, key=d.key())


def consent(d: DisputeTelling, side: str = "") -> None:
    """The parties consent to being mediated."""
    for party_id, version in d.sides(side):
        parties.record_consent(
            d.keeper, dispute_id=d.dispute_id, party_id=party_id, version=version, consent_on=d.today, key=d.key()
        )


def assign(d: DisputeTelling) -> None:
    """A mediator comes to the file, chosen by a party when the preset names its side; a lead keeps the file."""
    told = d.text("assign")
    side, name = told.get("chosen_by"), told["mediator"]
    mediators.assign(
        d.keeper,
        dispute_id=d.dispute_id,
        mediator_id=d.mediator(name),
        lead=told.get("lead", False),
        how="chosen" if side else "assigned",
        party_id=d.party(side) if side else None,
        from_on=d.today,
        key=d.key(),
    )
    d.lead = name if told.get("lead") else d.lead


def step_aside(d: DisputeTelling) -> None:
    """A mediator with a tie to a party leaves."""
    told = d.text("step_aside")
    row_id, version = d.seat(told["mediator"])
    mediators.step_aside(
        d.keeper,
        dispute_id=d.dispute_id,
        row_id=row_id,
        version=version,
        ended_on=d.today,
        reason=told["reason"],
        key=d.key(),
    )


def object_to(d: DisputeTelling) -> None:
    """A party wants another mediator."""
    told = d.text("object_to")
    row_id, version = d.seat(told["mediator"])
    mediators.object_to(
        d.keeper,
        dispute_id=d.dispute_id,
        row_id=row_id,
        version=version,
        party_id=d.party(told["by"]),
        ended_on=d.today,
        reason=told["reason"],
        key=d.key(),
    )


# --- mediating ---


def accept(d: DisputeTelling) -> None:
    """The committee takes it on."""
    steps.accept(d.keeper, dispute_id=d.dispute_id, version=d.version(), accepted_on=d.today, key=d.key())


def extend(d: DisputeTelling) -> None:
    """More time, as everybody agreed."""
    steps.extend(
        d.keeper,
        dispute_id=d.dispute_id,
        version=d.version(),
        consented_on=d.today,
        **d.text("extend"),
        key=d.key(),
    )


def risk(d: DisputeTelling) -> None:
    """It could escalate; what was done about it, and when the police were told."""
    told = d.text("risk")
    police = told.get("police", False)
    opening.set_escalation(
        d.keeper,
        dispute_id=d.dispute_id,
        version=d.version(),
        escalation=True,
        escalation_measure=told["measure"],
        police_reported_on=d.today if police else None,
        police_reported_time=_clock(d, 25) if police else None,
        escalation_prevented=told.get("prevented", False),
        key=d.key(),
    )


def note(d: DisputeTelling) -> None:
    """A line in the timeline."""
    opening.add_note(d.keeper, dispute_id=d.dispute_id, **d.text("note"), key=d.key())


def enquiry(d: DisputeTelling) -> None:
    """Facts gathered before the parties meet."""
    _held(d, SessionKind.ENQUIRY, d.text("enquiry"))


def session(d: DisputeTelling) -> None:
    """The parties meet."""
    _held(d, SessionKind.SESSION, d.text("session"))


def caucus(d: DisputeTelling) -> None:
    """A talk with one side alone."""
    _held(d, SessionKind.CAUCUS, d.text("caucus"))


def _held(d: DisputeTelling, kind: SessionKind, told: dict[str, Any]) -> None:
    side = told.pop("with", "")
    recorder = "" if kind is SessionKind.CAUCUS else d.hall.told["recorders"][d.row["committee"]]
    values = {"place": d.hall.told["rooms"][d.row["committee"]], "recorder": recorder} | told
    sessions.add_session(
        d.keeper,
        dispute_id=d.dispute_id,
        kind=kind,
        held_on=d.today,
        held_time=_clock(d, 95),
        ended_time=_clock(d, 15),
        present=[party_id for party_id, _ in d.sides(side)],
        mediators=d.standing(),
        **values,
        key=d.key(),
    )


def _clock(d: DisputeTelling, minutes: int) -> time:
    """So many minutes ago, on a full five."""
    moment = d.at - timedelta(minutes=minutes)
    return moment.replace(minute=moment.minute // 5 * 5).time()


ACTS = (
    open_,
    tell,
    consent,
    assign,
    step_aside,
    object_to,
    accept,
    extend,
    risk,
    note,
    enquiry,
    session,
    caucus,
)
