"""What a granted request changes: persons emptied where nothing keeps the record, otherwise no longer told to anybody.

A party that is withheld holds its own masks instead of its identities, so that no screen, paper or export can tell
more; what stood there is sealed beside the request, for the director alone.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import LargeBinary, delete, exists, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, transaction
from db.identity import decrypt, encrypt
from db.models import CaseParty, DataRequest, DataRequestRecord, DisputeParty, Export
from db.rules.data_requests import LIFTABLE, Act, Kind
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.data_requests import others_words
from db.services.data_requests.identities import SEALED
from db.services.data_requests.registering import CASE, line
from db.services.records import fill, seen
from db.services.retention.erasing import empty_party
from db.services.retention.grounds import ROOTS
from db.services.retention.schedule import is_over

KEPT = N_("The law keeps these until their period is over: {numbers}. Grant in part, and they are restricted instead.")
ALONE = N_("Somebody else grants a deletion than who made sure of the person.")


@dataclass(frozen=True)
class Changed:
    """The numbers of the records whose party was emptied or withheld, and where others' words were masked."""

    emptied: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()

    @property
    def leaves_traces(self) -> bool:
        """Whether something was taken out of the database's own files."""
        return bool(self.emptied or self.withheld or self.masked)


def carry_out(session: Session, actor: Actor, row: DataRequest, act: Act, others: Collection[str] = ()) -> Changed:
    """Do what was granted to the records that are this person's; raises Refused and Problems.

    `others` are the passages of other people's words that were confirmed.

    PIPL Art. 47: while a period of keeping runs nothing is deleted, but nothing else is done with it either.
    """
    if act not in (Act.GRANT, Act.PARTLY) or row.kind not in (Kind.DELETE, Kind.RESTRICT):
        return Changed()
    taken = select(DataRequestRecord).where(DataRequestRecord.request_id == row.id, DataRequestRecord.taken)
    stay = session.scalars(taken.order_by(DataRequestRecord.id)).all()
    gone: list[DataRequestRecord] = []
    if row.kind == Kind.DELETE:
        actor.must(Permission.RETENTION_APPROVE)
        if row.identity_by_id == actor.id:
            raise Problems(Problem("", ALONE))
        today = clock.today(current().settings.timezone)
        gone = [one for one in stay if is_over(session, ROOTS[one.root], one.record_id, today)]
        stay = [one for one in stay if one not in gone]
        if stay and act is Act.GRANT:
            raise Problems(Problem("act", KEPT, {"numbers": ", ".join(one.number for one in stay)}))
    if others:
        actor.must(Permission.RETENTION_APPROVE)
    masked = others_words.mask(session, actor, row, others)
    for one in gone:
        empty_party(session, ROOTS[one.root], one.record_id, one.number, one.party_id)
        others_words.forget(session, row, one)
    withheld = [one for one in stay if _withhold(session, one)]
    if gone or withheld or masked:
        session.execute(delete(Export))
    return Changed(tuple(one.number for one in gone), tuple(one.number for one in withheld), masked)


@guarded(Permission.RETENTION_APPROVE)
def lift(actor: Actor, *, request_id: int, version: int, key: str) -> int:
    """Tell again what was withheld for a request; answers its new version. Raises NotThere, Changed and Problems."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = seen(session, DataRequest, request_id, version, {})
        sealed = DataRequestRecord.request_id == row.id, DataRequestRecord.withheld.is_not(None)
        records = session.scalars(select(DataRequestRecord).where(*sealed)).all()
        if row.state not in LIFTABLE or not (records or others_words.withholds(session, row)):
            raise Problems(Problem("", N_("Nothing is withheld for this request.")))
        for one in records:
            _tell_again(session, one)
        others_words.tell_again(session, row)
        row.version += 1
        line(session, actor, row, Act.LIFT, detail={"told": [one.number for one in records]})
        session.flush()
        remember(session, actor, key, "data_requests.lift", row.version)
        return row.version


def withheld_name(one: DataRequestRecord) -> str:
    """Whose name is withheld, in clear ("" where none is); only for callers that checked the right and journal it."""
    stood = json.loads(decrypt(current(), SEALED, one.withheld) or "{}").get("name")
    return decrypt(current(), f"{_party_of(one).__tablename__}.name", bytes.fromhex(stood)) if stood else ""


def _party_of(one: DataRequestRecord) -> type[CaseParty | DisputeParty]:
    return CaseParty if one.root == CASE else DisputeParty


def _party(session: Session, one: DataRequestRecord) -> CaseParty | DisputeParty | None:
    return session.get(CaseParty, one.party_id) if one.root == CASE else session.get(DisputeParty, one.party_id)


def _withhold(session: Session, one: DataRequestRecord) -> bool:
    """Seal the identities of a party, unless they are gone or sealed already."""
    model, database = _party_of(one), current()
    party = _party(session, one)
    same = DataRequestRecord.root == one.root, DataRequestRecord.party_id == one.party_id
    sealed = select(exists().where(*same, DataRequestRecord.withheld.is_not(None)))
    if party is None or party.name is None or session.scalar(sealed):
        return False
    columns = model.__table__.columns
    stood = {c.name: getattr(party, c.name) for c in columns if isinstance(c.type, LargeBinary)}
    keys = {c.name: getattr(party, c.name) for c in columns if c.name.endswith("_key")}
    told = {name: getattr(party, f"{name}_mask", "***") if value else "" for name, value in stood.items()}
    hidden = {name: value.hex() for name, value in stood.items() if value} | keys
    one.withheld = encrypt(database, SEALED, json.dumps(hidden))
    shown = {name: encrypt(database, f"{model.__tablename__}.{name}", mask) for name, mask in told.items()}
    fill(party, shown | dict.fromkeys(keys, ""))
    return True


def _tell_again(session: Session, one: DataRequestRecord) -> None:
    model = _party_of(one)
    party = _party(session, one)
    if party is None:
        raise NotThere(model.__tablename__)
    stood = json.loads(decrypt(current(), SEALED, one.withheld))
    binary = [c.name for c in model.__table__.columns if isinstance(c.type, LargeBinary)]
    fill(party, {name: value for name, value in stood.items() if name not in binary})
    fill(party, {name: bytes.fromhex(stood[name]) if name in stood else None for name in binary})
    one.withheld = None
