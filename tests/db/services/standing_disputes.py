"""Disputes for tests that read: written down as they stand, without the acts that led there."""

from datetime import date, timedelta

from db.base import Base
from db.engine import Database
from db.models import Agreement, Dispute, DisputeMediator, DisputeParty, Obligation
from db.rules.permissions import Actor
from db.services.mediation import search
from tests.factories import NOW, SYSTEM, Office, a_dispute, mediator_of

TODAY = NOW.date()
DAY = timedelta(days=1)


def brought(database: Database, office: Office, *, by: Actor | None = None, **changes: object) -> int:
    """A dispute (id), mediated by somebody or by nobody yet, its words in the index."""
    with database.transaction(SYSTEM) as session:
        dispute = a_dispute(session, office, **changes)
        search.index(session, dispute)
        if by is not None:
            mediator = mediator_of(session, by)
            session.add(DisputeMediator(dispute_id=dispute.id, mediator_id=mediator, lead=True, from_on=TODAY))
        return dispute.id


def mediating(database: Database, office: Office, by: Actor, *, due: date = TODAY + 30 * DAY, **changes: object) -> int:
    """An accepted one, due on a day."""
    accepted = {"state": "mediating", "accepted_on": TODAY, "due_on": due, "next_due_on": due}
    return brought(database, office, by=by, **(accepted | changes))


def agreed(
    database: Database, office: Office, by: Actor, *, form: str = "written", amount: int = 0, **changes: object
) -> int:
    """One that ended in an agreement, effective today."""
    dispute_id = brought(database, office, by=by, **({"state": "agreed", "accepted_on": TODAY} | changes))
    put(database, Agreement(dispute_id=dispute_id, form=form, amount=amount, reached_on=TODAY, effective_on=TODAY))
    return dispute_id


def owed(database: Database, dispute_id: int, *, due_on: date, amount: int = 100_00, **changes: object) -> int:
    """What the respondent owes the applicant by a day (id)."""
    applicant, respondent = party_ids(database, dispute_id)[:2]
    whose = {"dispute_id": dispute_id, "debtor_id": respondent, "creditor_id": applicant}
    (row_id,) = put(database, Obligation(kind="money", amount=amount, due_on=due_on, **whose, **changes))
    return row_id


def put(database: Database, *rows: Base) -> list[int]:
    """Rows written as they are (ids)."""
    with database.transaction(SYSTEM) as session:
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]  # type: ignore[attr-defined]


def change(database: Database, dispute_id: int, **values: object) -> None:
    """Set columns of a dispute."""
    with database.transaction(SYSTEM) as session:
        dispute = session.get_one(Dispute, dispute_id)
        for name, value in values.items():
            setattr(dispute, name, value)


def party_ids(database: Database, dispute_id: int) -> list[int]:
    """The parties of a dispute, the applicant first."""
    with database.reading() as session:
        return [p.id for p in session.query(DisputeParty).filter_by(dispute_id=dispute_id).order_by(DisputeParty.id)]
