"""Taking a request in with its day to answer, and finding by exact keys where the person's data lie."""

import json
from dataclasses import asdict
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.identity import decrypt, encrypt, key_for, mask_contact, mask_name, normal, party_keys
from db.models import Case, CaseParty, DataRequest, DataRequestEntry, DataRequestRecord, Dispute, DisputeParty
from db.rules.clocks import due_on
from db.rules.data_requests import OPEN, Act, Asked, State, check_asked
from db.rules.limits import Limit
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.cases.scope import visible
from db.services.intake.registering import next_number
from db.services.office import limits_in_force
from db.services.working_days import working_calendar

SERIES, LIMIT = "data_request", "data_request"
CASE, DISPUTE = "case_file", "dispute"
BOTH, BY_NAME, BY_CONTACT = "both", "name", "contact"


@guarded(Permission.DATA_REQUESTS_KEEP)
def register(
    actor: Actor,
    *,
    kind: str,
    for_whom: str,
    name: str,
    contact: str = "",
    applicant: str = "",
    wants: str,
    received_on: date | None,
    key: str,
) -> int:
    """Take a request in under a number of its own and look where the data lie; answers its id. Raises Problems."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        today, database = clock.today(current().settings.timezone), current()
        asked = Asked(kind, for_whom, name.strip(), contact.strip(), applicant.strip(), wants.strip(), received_on)
        check_asked(asked, today)
        day = received_on or today
        limits, calendar = limits_in_force(session, day), working_calendar(session)
        running = next_number(session, SERIES, day.year)
        due = due_on(day, limits[LIMIT], calendar, roll=True)[1]
        secret = {
            n: encrypt(database, f"data_request.{n}", getattr(asked, n)) for n in ("name", "contact", "applicant")
        }
        row = DataRequest(
            number=f"P{day.year}-{running:04d}",
            year=day.year,
            running=running,
            state=State.RECEIVED,
            **{field: value for field, value in asdict(asked).items() if field not in secret} | {"received_on": day},
            **secret,
            name_mask=mask_name(asked.name),
            contact_mask=mask_contact(asked.contact),
            name_key=key_for(database, "name", asked.name),
            contact_key=key_for(database, "contact", asked.contact),
            due_on=due,
            provisional=not calendar.is_known(day, due),
            limit_set_id=limits.id,
            registered_at=clock.now(),
            registered_by_id=actor.id,
        )
        session.add(row)
        session.flush()
        line(session, actor, row, Act.REGISTER)
        find(session, actor, row)
        remember(session, actor, key, "data_requests.register", row.id)
        return row.id


@guarded(Permission.DATA_REQUESTS_KEEP)
def term(actor: Actor) -> Limit:
    """How long a request taken in today may take, and what that number rests on."""
    with reading() as session:
        return limits_in_force(session, clock.today(current().settings.timezone))[LIMIT]


@guarded(Permission.DATA_REQUESTS_KEEP)
def search(actor: Actor, *, request_id: int, key: str) -> int:
    """Look again where the data lie; answers how many records were added."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = open_request(session, request_id)
        added = find(session, actor, row)
        line(session, actor, row, Act.SEARCH, detail={"added": added})
        remember(session, actor, key, "data_requests.search", added)
        return added


def open_request(session: Session, request_id: int) -> DataRequest:
    """A request nobody answered yet; raises NotThere or Problems."""
    row = session.get(DataRequest, request_id, with_for_update=True)
    if row is None:
        raise NotThere("data_request")
    if row.state not in OPEN:
        raise Problems(Problem("", N_("This request is settled.")))
    return row


def line(
    session: Session,
    actor: Actor,
    row: DataRequest,
    act: Act,
    *,
    text: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    """A line of the request's course."""
    told = json.dumps(detail or {}, ensure_ascii=False)
    entry = DataRequestEntry(request_id=row.id, at=clock.now(), person_id=actor.id, act=act, text=text, detail=told)
    session.add(entry)


def find(session: Session, actor: Actor, row: DataRequest) -> int:
    """Add the records in which the person is a party, by exact name and telephone; answers how many are new.

    A sealed matter is found only by who may see it anyway: who is accused learns nothing by asking. Only where name
    and telephone are both the person's own is the record taken by itself; namesakes are for the officer to judge.
    """
    of_it = select(DataRequestRecord.root, DataRequestRecord.party_id).where(DataRequestRecord.request_id == row.id)
    known = {(root, party_id) for root, party_id in session.execute(of_it)}
    found = [*_in_cases(session, actor, row), *_in_disputes(session, row), *_withheld(session, row)]
    fresh = [one for one in found if (one.root, one.party_id) not in known]
    session.add_all(fresh)
    session.flush()
    return len(fresh)


def _in_cases(session: Session, actor: Actor, row: DataRequest) -> list[DataRequestRecord]:
    keys = [CaseParty.name_key == row.name_key]
    keys += [CaseParty.contact_key == row.contact_key] if row.contact_key else []
    query: Select[int, int, str, str, str] = (
        select(CaseParty.id, Case.id, Case.number, CaseParty.name_key, CaseParty.contact_key)
        .join(Case, Case.id == CaseParty.case_id)
        .where(or_(*keys), or_(~Case.sealed, visible(actor)))
        .order_by(Case.id)
        .execution_options(with_gone=True)
    )
    return [
        _record(
            row,
            CASE,
            case_id,
            party_id,
            number,
            name == row.name_key,
            bool(row.contact_key) and contact == row.contact_key,
        )
        for party_id, case_id, number, name, contact in session.execute(query)
    ]


def _in_disputes(session: Session, row: DataRequest) -> list[DataRequestRecord]:
    """The same among disputes, whose parties have no key of the whole number: its last digits lead, it decides."""
    database = current()
    mine = normal(decrypt(database, "data_request.contact", row.contact))
    tail = party_keys(database, "", mine)["tail_key"]
    keys = [DisputeParty.name_key == row.name_key, *([DisputeParty.tail_key == tail] if tail else [])]
    query = select(DisputeParty, Dispute.number).join(Dispute, Dispute.id == DisputeParty.dispute_id).where(or_(*keys))
    found = []
    for party, number in session.execute(query.order_by(Dispute.id)):
        same = bool(mine) and normal(decrypt(database, "dispute_party.contact", party.contact)) == mine
        if same or party.name_key == row.name_key:
            found.append(
                _record(row, DISPUTE, party.dispute_id, party.id, number, party.name_key == row.name_key, same)
            )
    return found


def _withheld(session: Session, row: DataRequest) -> list[DataRequestRecord]:
    """Records found for an earlier request, in which nobody finds this person any more."""
    query = select(DataRequestRecord).join(DataRequest, DataRequest.id == DataRequestRecord.request_id)
    query = query.where(DataRequestRecord.withheld.is_not(None), DataRequest.name_key == row.name_key)
    return [
        _record(row, one.root, one.record_id, one.party_id, one.number, one.found_by != BY_CONTACT,
                one.found_by != BY_NAME)
        for one in session.scalars(query.order_by(DataRequestRecord.id))
    ]  # fmt: skip


def _record(
    row: DataRequest, root: str, record_id: int, party_id: int, number: str, by_name: bool, by_contact: bool
) -> DataRequestRecord:
    found_by = BOTH if by_name and by_contact else BY_NAME if by_name else BY_CONTACT
    about = {"request_id": row.id, "root": root, "record_id": record_id, "party_id": party_id, "number": number}
    return DataRequestRecord(**about, found_by=found_by, taken=found_by == BOTH)
