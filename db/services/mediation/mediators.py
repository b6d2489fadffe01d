"""Who mediates a dispute, how they came to it and why they left it (Art. 19, 23); who follows up."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import reading, transaction
from db.models import Dispute, DisputeMediator, Mediator, Person, PersonRole
from db.rules.mediation.words import ComeBy, EndKind, Step
from db.rules.mediation.writing import NEEDED, NO_CHOICE, check_day, check_order, check_text
from db.rules.permissions import GRANTS, Actor, Permission
from db.rules.problems import N_, Check, NotThere
from db.services.acts import earlier, guarded, remember
from db.services.mediation import ground, scope, timeline
from db.services.records import fill, seen

BY = {Step.STEP_ASIDE: EndKind.STEPPED_ASIDE, Step.OBJECT: EndKind.OBJECTED, Step.REPLACE: EndKind.REPLACED}


@guarded(Permission.MEDIATION_KEEP)
def assign(
    actor: Actor,
    *,
    dispute_id: int,
    mediator_id: int | None,
    lead: bool = False,
    how: str = "assigned",
    party_id: int | None = None,
    from_on: date | None,
    key: str,
) -> int:
    """Put a mediator on the file, of its committee or chosen by a party; answers the row's id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        mediator = session.get(Mediator, mediator_id) if mediator_id else None
        check = Check()
        check.that(how in tuple(ComeBy), "how", NO_CHOICE)
        chosen_by = _chooser(session, check, dispute, party_id) if how == ComeBy.CHOSEN else ""
        if check_day(check, "from_on", from_on, ground.today()):
            check_order(check, "from_on", from_on, dispute.received_on, N_("It was received on {day}."))
        why = why_not(session, dispute, mediator, how)
        check.that(not why, "mediator_id", why)
        check.done()
        row = _put_on(session, dispute, mediator_id, lead)
        fill(row, {"how": how, "party_id": party_id if chosen_by else None, "from_on": from_on})
        session.flush()
        name = mediator.name if mediator else ""
        detail = {"mediator": name, "lead": lead, "how": how, "chosen_by": chosen_by}
        timeline.line(session, actor, dispute, Step.ASSIGN, detail=detail)
        remember(session, actor, key, "mediation.assign", row.id)
        return row.id


@guarded(Permission.MEDIATION_KEEP)
def step_aside(
    actor: Actor, *, dispute_id: int, row_id: int, version: int, ended_on: date | None, reason: str, key: str
) -> int:
    """A mediator with a tie to a party leaves the file for good; answers the row's new version."""
    return _leave(actor, Step.STEP_ASIDE, dispute_id, row_id, version, ended_on, reason, key)


@guarded(Permission.MEDIATION_KEEP)
def object_to(
    actor: Actor,
    *,
    dispute_id: int,
    row_id: int,
    version: int,
    party_id: int | None,
    ended_on: date | None,
    reason: str,
    key: str,
) -> int:
    """A party does not accept a mediator, who leaves the file for good; answers the row's new version."""
    return _leave(actor, Step.OBJECT, dispute_id, row_id, version, ended_on, reason, key, party_id)


@guarded(Permission.MEDIATION_KEEP)
def replace(
    actor: Actor, *, dispute_id: int, row_id: int, version: int, ended_on: date | None, reason: str, key: str
) -> int:
    """The committee takes a mediator off the file, who may come back; answers the row's new version."""
    return _leave(actor, Step.REPLACE, dispute_id, row_id, version, ended_on, reason, key)


@guarded(Permission.MEDIATION_KEEP)
def name_visitor(actor: Actor, *, dispute_id: int, version: int, person_id: int | None, key: str) -> int:
    """Name who makes the follow-up visit (None: nobody), who then sees the file. Answers the dispute's new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        scope.must_be_seen(session, dispute, version, {"visitor_id": person_id})
        check = Check()
        fine = person_id is None or person_id in _visitors(session, dispute)
        check.that(fine, "person_id", N_("Who follows up makes visits and is no mediator of the file."))
        check.done()
        before, dispute.visitor_id = dispute.visitor_id, person_id
        session.flush()
        detail = {"before": {"visitor_id": before}, "after": {"visitor_id": person_id}}
        timeline.line(session, actor, dispute, Step.CORRECT, detail=detail)
        remember(session, actor, key, "mediation.name_visitor", dispute.version)
        return dispute.version


@guarded(Permission.MEDIATION_KEEP)
def visitors(actor: Actor, *, dispute_id: int) -> dict[int, str]:
    """Who may be named: people who make visits and are and were no mediator of the file, id to name."""
    with reading() as session:
        return _visitors(session, scope.load(session, actor, dispute_id, Permission.MEDIATION_KEEP))


def why_not(session: Session, dispute: Dispute, mediator: Mediator | None, how: str) -> str:
    """ "" when this member may come to the file, else the reason in a sentence."""
    if mediator is None or not mediator.active:
        return N_("Choose a mediator.")
    if how != ComeBy.CHOSEN and mediator.committee_id != dispute.committee_id:
        return N_("This mediator is not of the committee.")
    if mediator.person_id is not None and mediator.person_id == dispute.visitor_id:
        return N_("This person is named for the follow-up visit.")
    earlier_rows = _rows_of(session, dispute, mediator)
    if any(row.end_kind in scope.ASIDE for row in earlier_rows):
        return N_("This mediator stepped aside from the file, or a party objected.")
    if any(row.ended_on is None for row in earlier_rows):
        return N_("This mediator is already on the file.")
    return ""


def _rows_of(session: Session, dispute: Dispute, mediator: Mediator) -> Sequence[DisputeMediator]:
    """Where this member stood on the file, under any committee the person belongs to."""
    same = Mediator.id == mediator.id
    if mediator.person_id is not None:
        same = same | (Mediator.person_id == mediator.person_id)
    query = select(DisputeMediator).join(Mediator, Mediator.id == DisputeMediator.mediator_id)
    return session.scalars(query.where(DisputeMediator.dispute_id == dispute.id, same)).all()


def _chooser(session: Session, check: Check, dispute: Dispute, party_id: int | None) -> str:
    """The mask of the party who acts."""
    masks = {party.id: party.name_mask for party in ground.parties(session, dispute)}
    check.that(party_id in masks, "party_id", N_("Choose the party."))
    return masks.get(party_id or 0, "")


def _put_on(session: Session, dispute: Dispute, mediator_id: int | None, lead: bool) -> DisputeMediator:
    if lead:
        leading = select(DisputeMediator).where(
            DisputeMediator.dispute_id == dispute.id, DisputeMediator.lead, DisputeMediator.ended_on.is_(None)
        )
        for other in session.scalars(leading):
            other.lead = False
    row = DisputeMediator(dispute_id=dispute.id, mediator_id=mediator_id, lead=lead)
    session.add(row)
    return row


def _leave(
    actor: Actor,
    step: Step,
    dispute_id: int,
    row_id: int,
    version: int,
    ended_on: date | None,
    reason: str,
    key: str,
    party_id: int | None = None,
) -> int:
    """A mediator leaves the file on a day, for a reason."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        row = _standing(session, dispute, row_id, version, {"ended_on": ended_on, "reason": reason})
        check = Check()
        party = _chooser(session, check, dispute, party_id) if step is Step.OBJECT else ""
        if check_day(check, "ended_on", ended_on, ground.today()):
            check_order(check, "ended_on", ended_on, row.from_on, N_("On the file since {day}."))
        check.that(reason.strip(), "reason", NEEDED)
        check_text(check, "reason", reason)
        check.done()
        fill(row, {"ended_on": ended_on, "end_kind": BY[step], "reason": reason.strip()})
        session.flush()
        detail = {"mediator": session.get_one(Mediator, row.mediator_id).name, "party": party, "on": ended_on}
        timeline.line(session, actor, dispute, step, text=reason.strip(), detail=detail)
        remember(session, actor, key, f"mediation.{step}", row.version)
        return row.version


def _standing(
    session: Session, dispute: Dispute, row_id: int, version: int, mine: dict[str, object]
) -> DisputeMediator:
    """A mediator's row of this very file, as it was seen, who has not left."""
    of = select(DisputeMediator.dispute_id).where(DisputeMediator.id == row_id)
    if session.scalar(of) != dispute.id:
        raise NotThere(DisputeMediator.__tablename__)
    row = seen(session, DisputeMediator, row_id, version, mine)
    if row.ended_on is not None:
        raise NotThere(DisputeMediator.__tablename__)
    return row


def _visitors(session: Session, dispute: Dispute) -> dict[int, str]:
    roles = [role.value for role, grants in GRANTS.items() if Permission.MEDIATION_VISIT in grants]
    makes_visits = select(PersonRole.person_id).where(PersonRole.role.in_(roles))
    mediated = (
        select(Mediator.person_id)
        .join(DisputeMediator, DisputeMediator.mediator_id == Mediator.id)
        .where(DisputeMediator.dispute_id == dispute.id, Mediator.person_id.is_not(None))
    )
    people = select(Person.id, Person.name).where(
        Person.active, Person.id.in_(makes_visits), Person.id.not_in(mediated)
    )
    return {row.id: row.name for row in session.execute(people.order_by(Person.id))}
