"""What stands of a person in their own party of a record, in clear, withheld or not; never shown to anybody else."""

import json
from typing import Any

from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Session

from db.engine import current
from db.identity import decrypt
from db.models import CaseParty, DataRequestRecord, DisputeParty
from db.services.data_requests.registering import CASE

SEALED = "data_request_record.withheld"
Party = CaseParty | DisputeParty


def model_of(root: str) -> type[Party]:
    """The table of the parties of a kind of record."""
    return CaseParty if root == CASE else DisputeParty


def parties_of(session: Session, root: str, record_id: int) -> list[Party]:
    """Everybody on a record."""
    model: Any = model_of(root)
    column = model.case_id if root == CASE else model.dispute_id
    return list(session.scalars(select(model).where(column == record_id).order_by(model.id)))


def in_clear(session: Session, root: str, party: Party) -> dict[str, str]:
    """Every encrypted column of a party; raises Damaged. Only for callers that checked the right and journal it."""
    stood = stood_of(session, root, party.id)
    columns = [c.name for c in party.__table__.columns if isinstance(c.type, LargeBinary)]
    hidden = {
        name: (bytes.fromhex(stood[name]) if name in stood else None) if stood else getattr(party, name)
        for name in columns
    }
    return {name: decrypt(current(), f"{party.__tablename__}.{name}", value) for name, value in hidden.items()}


def stood_of(session: Session, root: str, party_id: int) -> dict[str, str]:
    """What was withheld of a party, as it is sealed beside a request; empty where nothing is."""
    same = DataRequestRecord.root == root, DataRequestRecord.party_id == party_id
    sealed = session.scalar(select(DataRequestRecord.withheld).where(*same, DataRequestRecord.withheld.is_not(None)))
    stood: dict[str, str] = json.loads(decrypt(current(), SEALED, sealed) or "{}")
    return stood
