"""Disputes as far as a test needs them: mediated with both sides' consent, agreed in writing, agreed by word."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database
from db.identity import encrypt
from db.models import Agreement, Dispute, DisputeMediator, DisputeParty
from db.rules.problems import Problems
from db.services.mediation import agreement, obligations, sessions
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office, a_dispute, mediator_of

RECEIVED, ACCEPTED = date(2026, 11, 1), date(2026, 11, 2)
TOLD, CONSENTED = date(2026, 11, 3), date(2026, 11, 4)
HELD, SIGNED, SEALED = date(2026, 11, 5), date(2026, 11, 6), date(2026, 11, 9)


@dataclass(frozen=True)
class Scene:
    """One dispute: its parties and mediators (ids)."""

    database: Database
    office: Office
    id: int
    applicant: int
    respondent: int
    mediator: int
    chair: int

    def row(self, model: Any, row_id: int) -> dict[str, Any]:
        """A row as it stands."""
        with self.database.reading() as session:
            found = session.get_one(model, row_id)
            return {column.name: getattr(found, column.name) for column in model.__table__.columns}

    @property
    def dispute(self) -> dict[str, Any]:
        """The dispute as it stands."""
        return self.row(Dispute, self.id)

    @property
    def agreement(self) -> dict[str, Any]:
        """The agreement as it stands."""
        with self.database.reading() as session:
            found = session.scalars(select(Agreement.id).where(Agreement.dispute_id == self.id)).one()
        return self.row(Agreement, found)

    def change(self, model: Any, row_id: int, **values: object) -> None:
        """Set columns behind the services' back."""
        with self.database.transaction(SYSTEM) as session:
            row = session.get_one(model, row_id)
            for name, value in values.items():
                setattr(row, name, value)


def a_mediation(database: Database, office: Office, **changes: object) -> Scene:
    """A dispute being mediated by the office's mediator; 甲大山 and 乙小河 were told their rights and consented."""
    facts = {"state": "mediating", "received_on": RECEIVED, "accepted_on": ACCEPTED, **changes}
    with database.transaction(SYSTEM) as session:
        dispute = a_dispute(session, office, **facts)
        parties = session.scalars(
            select(DisputeParty).where(DisputeParty.dispute_id == dispute.id).order_by(DisputeParty.id)
        ).all()
        for party, name in zip(parties, ("甲大山", "乙小河"), strict=True):
            party.name, party.name_mask = encrypt(database, "dispute_party.name", name), f"{name[0]}**"
            party.told_on, party.told_how = TOLD, "in_person"
            party.consent, party.consent_on = "yes", CONSENTED
        mediator, chair = mediator_of(session, office.mediator), mediator_of(session, office.chair)
        session.add(DisputeMediator(dispute_id=dispute.id, mediator_id=mediator, from_on=ACCEPTED))
        return Scene(database, office, dispute.id, parties[0].id, parties[1].id, mediator, chair)


def a_session(scene: Scene, key: str = "session", **changes: Any) -> int:
    """A session with both sides on HELD; answers its id."""
    return sessions.add_session(scene.office.mediator, dispute_id=scene.id, key=key, **a_record(scene, **changes))


def a_record(scene: Scene, **changes: Any) -> dict[str, Any]:
    """The fields of a session with both sides on HELD."""
    return {
        "kind": "session",
        "held_on": HELD,
        "held_time": time(9),
        "ended_time": time(11, 30),
        "place": "调解室",
        "present": [scene.applicant, scene.respondent],
        "statements": "甲方：屋檐水流入院内。\n\n乙方：愿意改建。",
        "mediators": [scene.mediator],
    } | changes


WRITTEN: dict[str, Any] = {
    "form": "written",
    "facts": "屋檐水流入邻院。",
    "content": "乙方改建排水沟，并补偿甲方一千元，分三期付清。",
    "amount": "1000",
    "copies": 3,
    "mediator_signed_on": SIGNED,
    "sealed_on": SEALED,
}
ORAL: dict[str, Any] = {
    "form": "oral",
    "performed_at_once": True,
    "content": "乙方当场道歉，甲方接受。",
    "reached_on": SIGNED,
}


def words(scene: Scene, version: int = 0, key: str = "words", **values: Any) -> int:
    """Write the agreement; answers its version."""
    mediator = scene.office.mediator
    return agreement.write_agreement(mediator, dispute_id=scene.id, version=version, key=key, **values)


def both_sign(scene: Scene) -> None:
    """Both parties sign on SIGNED."""
    for party_id in (scene.applicant, scene.respondent):
        seen = scene.row(DisputeParty, party_id)["version"]
        agreement.sign(
            scene.office.mediator,
            dispute_id=scene.id,
            party_id=party_id,
            version=seen,
            signed_on=SIGNED,
            key=f"sign {party_id}",
        )


def a_debt(scene: Scene, key: str = "debt", **changes: Any) -> int:
    """The respondent owes the applicant 1,000 yuan on SEALED; answers its id."""
    owed: dict[str, Any] = {
        "kind": "money",
        "debtor_id": scene.respondent,
        "creditor_id": scene.applicant,
        "amount": "1000",
        "due_on": SEALED,
    } | changes
    return obligations.add_obligation(scene.office.mediator, dispute_id=scene.id, key=key, **owed)


def concluded(scene: Scene, key: str = "conclude") -> None:
    """The agreement takes effect."""
    agreement.conclude(scene.office.mediator, dispute_id=scene.id, version=scene.dispute["version"], key=key)


def an_agreement(database: Database, office: Office, **changes: Any) -> tuple[Scene, int]:
    """A written agreement in effect since SEALED, and the obligation in it."""
    scene = a_mediation(database, office)
    a_session(scene)
    words(scene, **WRITTEN)
    owed = a_debt(scene, **changes)
    both_sign(scene)
    concluded(scene)
    return scene, owed


def wrong(act: Callable[[], object], scene: Scene) -> set[str]:
    """The fields an act finds wrong, having changed nothing."""
    with nothing_changes(scene.database), pytest.raises(Problems) as caught:
        act()
    return {problem.field for problem in caught.value.problems}
