"""A dispute brought to a stage by the acts themselves, for tests of what comes after."""

from itertools import count

from sqlalchemy import select

from db.engine import Database
from db.models import Dispute, DisputeEntry, DisputeMediator, DisputeParty
from db.rules.mediation.opening import Opening, PartyForm
from db.rules.mediation.words import Route, Step
from db.services.mediation import opening, parties, steps
from tests.factories import NOW, Office, mediator_of

TODAY = NOW.date()
TOLD = Opening(
    category="neighbours",
    subject="院墙排水",
    facts="甲家屋檐水流入乙家院内。",
    request="改道排水",
    place="东村三组",
    amount="1,200.50",
    parties=(
        PartyForm(side="applicant", name="江一平", contact="15400000001", address="东村12号"),
        PartyForm(side="respondent", name="河二妹", contact="15400000002"),
    ),
)
ALL_ROUTES = tuple(Route)
_keys = count(1)


def key() -> str:
    """A submission key never used before."""
    return f"dispute-{next(_keys)}"


def row(database: Database, dispute_id: int) -> Dispute:
    """The dispute as it is stored."""
    with database.reading() as session:
        return session.get_one(Dispute, dispute_id)


def party_rows(database: Database, dispute_id: int) -> list[DisputeParty]:
    """Its parties, those taken out too."""
    with database.reading() as session:
        query = select(DisputeParty).where(DisputeParty.dispute_id == dispute_id).order_by(DisputeParty.id)
        return list(session.scalars(query))


def mediator_rows(database: Database, dispute_id: int) -> list[DisputeMediator]:
    """Its mediators, those who left too."""
    with database.reading() as session:
        query = select(DisputeMediator).where(DisputeMediator.dispute_id == dispute_id).order_by(DisputeMediator.id)
        return list(session.scalars(query))


def lines(database: Database, dispute_id: int) -> list[DisputeEntry]:
    """Its timeline."""
    with database.reading() as session:
        query = select(DisputeEntry).where(DisputeEntry.dispute_id == dispute_id).order_by(DisputeEntry.id)
        return list(session.scalars(query))


def member(database: Database, office: Office, name: str) -> int:
    """The mediator a person of the office is."""
    with database.reading() as session:
        return mediator_of(session, office.people[name])


def registered(database: Database, office: Office, **changes: object) -> int:
    """Opened by the clerk for committee A and given to the mediator."""
    told = {"committee_id": office.committee_a, "mediator_id": member(database, office, "mediator")} | changes
    asked = Opening(**{**vars(TOLD), **told})
    return opening.open_dispute(office.clerk, opening=asked, key=key()).dispute_id


def mediating(database: Database, office: Office, **changes: object) -> int:
    """Every party told and agreed, accepted today."""
    dispute_id = registered(database, office, **changes)
    for party in party_rows(database, dispute_id):
        mine = {"dispute_id": dispute_id, "party_id": party.id}
        version = parties.tell_rights(
            office.mediator, **mine, version=party.version, told_on=TODAY, told_how="in_person", key=key()
        )
        parties.record_consent(office.mediator, **mine, version=version, consent_on=TODAY, key=key())
    steps.accept(
        office.mediator,
        dispute_id=dispute_id,
        version=row(database, dispute_id).version,
        accepted_on=TODAY,
        key=key(),
    )
    return dispute_id


def withdrawn(database: Database, office: Office) -> int:
    """Taken back today."""
    dispute_id = mediating(database, office)
    version = row(database, dispute_id).version
    steps.withdraw(
        office.mediator, dispute_id=dispute_id, version=version, ended_on=TODAY, reason="自行和解", key=key()
    )
    return dispute_id


def archived(database: Database, office: Office) -> int:
    """Taken back and put away, without the file's own check."""
    dispute_id = withdrawn(database, office)
    with database.transaction(office.mediator) as session:
        dispute = session.get_one(Dispute, dispute_id)
        dispute.archived_on, dispute.archived_by_id = TODAY, office.mediator.id
        steps.move(session, office.mediator, dispute, Step.ARCHIVE)
    return dispute_id
