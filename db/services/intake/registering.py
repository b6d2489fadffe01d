"""Registering a matter in one transaction, with its files, and the receipt for it."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.identity import decrypt, encrypt, key_for, mask_contact, mask_name, normal, party_keys
from db.models import Case, CaseAccess, CaseEntry, CaseParty, Draft, Person, PrivacyNotice, RunningNumber
from db.rules.case_flow import State, Step
from db.rules.cases import Grade, Kind
from db.rules.intake import Intake, Party, check_intake
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services import files as file_store
from db.services import search
from db.services.acts import earlier, guarded, remember
from db.services.case_clocks import keep_due
from db.services.cases.edit import join_cases
from db.services.cases.scope import load
from db.services.duty.now import leader_on_shift
from db.services.intake.asking import takers_of
from db.services.office import active_codes, limits_in_force

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# 31 letters: nine of them are 44.6 bits.
CODE_LENGTH = 9
OWN_RECEIPT = timedelta(hours=24)
# The highest id of a case that was deleted for good is kept like a running number.
DELETED = ("case_id", 0)


@dataclass(frozen=True)
class Registered:
    """What registering led to: number and query code for the resident."""

    case_id: int
    number: str
    query_code: str
    state: str
    at: datetime


@dataclass(frozen=True)
class Receipt:
    """A matter as its receipt tells it: what the resident may know, and who took it in."""

    case_id: int
    number: str
    query_code: str
    state: str
    kind: str
    channel: str
    sealed: bool
    received_at: datetime
    registered_at: datetime
    registered_by: str
    promise_due_on: date | None
    subject: str
    outcome: str
    words: str
    files: int


@guarded(Permission.INTAKE_REGISTER)
def register(actor: Actor, *, intake: Intake, key: str, files: Sequence[file_store.Upload] = ()) -> Registered:
    """Register a matter with its files, and close it at once when it was answered on the spot.

    Raises Problems. The same key answers the same matter again; with other words it is refused.
    """
    told = _digest(intake)
    with reading() as session:
        if (done := earlier(session, key)) is not None:
            return _again(session, done, told)
    with file_store.stored(file_store.checked(files)) as stored, transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return _again(session, done, told)
        case, code = take_in(session, actor, intake)
        file_store.add_rows(session, actor, case.id, stored, internal=False)
        registered = Registered(case.id, case.number, code, case.state, clock.now())
        remember(session, actor, key, "intake.register", {"case_id": case.id, "digest": told})
        session.execute(delete(Draft).where(Draft.person_id == actor.id, Draft.key == key))
        return registered


def _digest(intake: Intake) -> str:
    told = json.dumps(asdict(intake), sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _again(session: Session, done: dict[str, object], told: str) -> Registered:
    case = session.get_one(Case, done["case_id"])
    if done["digest"] != told:
        sentence = N_("This form was already registered as {number}. Begin a new one for anything else.")
        raise Problems(Problem("", sentence, {"number": case.number}))
    code = decrypt(current(), "case_file.query_code", case.query_code)
    return Registered(case.id, case.number, code, case.state, case.registered_at)


def take_in(session: Session, actor: Actor, intake: Intake) -> tuple[Case, str]:
    """Write a matter inside the caller's transaction (register, import, demo); raises Problems."""
    now = clock.now()
    today = clock.today(current().settings.timezone)
    limits = limits_in_force(session, today)
    check_intake(intake, limits, active_codes(session, "category"), now)
    _check_source_number(session, intake)
    repeat = _repeat_of(session, actor, intake)
    code = new_code()
    case = new_case(
        intake,
        id=unused_id(session),
        code=code,
        running=next_number(session, "case", today.year),
        privacy_notice_id=_notice_in_force(session, today) if intake.notice_shown else None,
        registered_by_id=actor.id,
        first_responsible_id=leader_on_shift(session, now),
        limit_set_id=limits.id,
    )
    session.add(case)
    session.flush()
    session.add_all(parties_of(case, intake))
    session.add(first_entry(case, actor))
    if case.sealed:
        _seal(session, actor, case, intake)
    if repeat is not None:
        join_cases(session, case.id, repeat.id, "repeat")
    search.index(session, case)
    if intake.outcome:
        _answered_on_spot(session, actor, case, intake, today)
    keep_due(session, case)
    return case, code


def new_case(intake: Intake, *, code: str, running: int, **columns: object) -> Case:
    """A matter as it is taken in now, under its running number and query code; nothing is written yet."""
    now = clock.now()
    year = clock.today(current().settings.timezone).year
    return Case(
        number=f"{year}-{running:06d}",
        year=year,
        running=running,
        state=State.REGISTERED,
        sealed=intake.kind == Kind.ACCUSATION,
        channel=intake.channel,
        source=intake.source,
        source_number=intake.source_number.strip() or None,
        kind=intake.kind,
        procedure=intake.procedure,
        other_procedure=intake.other_procedure.strip(),
        grade=intake.grade,
        category=intake.category,
        subject=intake.subject.strip(),
        text=intake.text.strip(),
        request=intake.request.strip(),
        place=intake.place.strip(),
        place_key=normal(intake.place)[:100],
        since=intake.since.strip(),
        anonymous=intake.anonymous,
        child=intake.child,
        head_count=intake.head_count,
        accused_unit_id=intake.accused_unit_id,
        new_facts=intake.new_facts,
        query_code=encrypt(current(), "case_file.query_code", code),
        received_at=intake.received_at or now,
        registered_at=now,
        **columns,
    )


def new_code() -> str:
    """A query code for the resident."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def parties_of(case: Case, intake: Intake) -> list[CaseParty]:
    """Who brought the matter, as rows; nobody where an anonymous one left nothing."""
    return [_party(case.id, one) for one in intake.parties if not intake.anonymous or one.name or one.contact]


def first_entry(case: Case, actor: Actor) -> CaseEntry:
    """The first line of the timeline."""
    return _entry(case, actor, "register", "", State.REGISTERED)


def unused_id(session: Session) -> int | None:
    """An id no case ever had, where the highest were deleted; None where the database counts on by itself.

    SQLite counts on from the highest id there is, and a journal must never speak of two cases under one id.
    """
    deleted = session.get(RunningNumber, DELETED)
    if deleted is None or session.get_bind().dialect.name != "sqlite":
        return None
    highest = session.scalar(select(func.max(Case.id)).execution_options(with_gone=True)) or 0
    return deleted.last + 1 if deleted.last > highest else None


def next_number(session: Session, series: str, year: int, count: int = 1) -> int:
    """The next running number of a series and year, or the last of the next `count`; none is ever given again."""
    row = session.get(RunningNumber, (series, year), with_for_update=True)
    if row is None:
        row = RunningNumber(series=series, year=year, last=0)
        session.add(row)
    row.last += count
    session.flush()
    return row.last


@guarded(Permission.INTAKE_REGISTER)
def receipt(actor: Actor, *, case_id: int) -> Receipt:
    """The receipt from the database: for a day to whoever registered the matter, later to whoever may see it."""
    with transaction(actor) as session:
        case = find_own(session, actor, case_id)
        journal.note(session, "look", tbl="case_file", pk=case.id, case_id=case.id, detail={"what": "receipt"})
        return receipt_of(session, case)


def find_own(session: Session, actor: Actor, case_id: int) -> Case:
    """The case whose receipt this actor may have, sealed ones on the day they took them in; raises NotThere."""
    case = session.get(Case, case_id)
    if case is not None and case.registered_by_id == actor.id and clock.now() - case.registered_at < OWN_RECEIPT:
        return case
    return load(session, actor, case_id, Permission.CASES_REPLY)


def receipt_of(session: Session, case: Case) -> Receipt:
    """The receipt of a case the caller has already found this actor may have."""
    registrar = session.get(Person, case.registered_by_id) if case.registered_by_id else None
    return Receipt(
        case_id=case.id,
        number=case.number,
        query_code=decrypt(current(), "case_file.query_code", case.query_code),
        state=case.state,
        kind=case.kind,
        channel=case.channel,
        sealed=case.sealed,
        received_at=case.received_at,
        registered_at=case.registered_at,
        registered_by=registrar.name if registrar else "",
        promise_due_on=case.promise_due_on,
        subject="" if case.sealed else case.subject,
        outcome=case.outcome,
        words=case.answer if case.closed_on else "",
        files=file_store.count_of(session, case.id),
    )


def _party(case_id: int, party: Party) -> CaseParty:
    database = current()
    return CaseParty(
        case_id=case_id,
        name=encrypt(database, "case_party.name", party.name.strip()),
        contact=encrypt(database, "case_party.contact", party.contact.strip()),
        address=encrypt(database, "case_party.address", party.address.strip()),
        guardian=encrypt(database, "case_party.guardian", party.guardian.strip()),
        name_mask=mask_name(party.name),
        contact_mask=mask_contact(party.contact),
        contact_key=key_for(database, "contact", party.contact),
        **party_keys(database, party.name, party.contact),
    )


def _entry(case: Case, actor: Actor, step: str, was: str, becomes: str, words: str = "") -> CaseEntry:
    return CaseEntry(
        case_id=case.id,
        at=clock.now(),
        person_id=actor.id,
        unit_id=actor.unit_id,
        step=step,
        from_state=was,
        to_state=becomes,
        public=bool(words),
        text=words,
    )


def _answered_on_spot(session: Session, actor: Actor, case: Case, intake: Intake, today: date) -> None:
    case.grade = Grade.SIMPLE
    case.outcome, case.answer = intake.outcome, intake.words.strip()
    case.answered_on = case.confirmed_on = case.closed_on = today
    case.answered_by_id = actor.id
    if not case.anonymous:
        case.notice_on = case.replied_on = today
    case.state, case.open = State.CLOSED, False
    session.add(_entry(case, actor, Step.ANSWER_ON_SPOT, State.REGISTERED, State.CLOSED, case.answer))


def _seal(session: Session, actor: Actor, case: Case, intake: Intake) -> None:
    """Only the person who takes the accusation sees it from now on (Art. 30)."""
    may_take = {person_id for person_id, _ in takers_of(session, intake.accused_unit_id)}
    if intake.taken_by_id not in may_take:
        raise Problems(Problem("taken_by_id", N_("This person can't take the accusation.")))
    session.add(CaseAccess(case_id=case.id, person_id=intake.taken_by_id, granted_by_id=actor.id))


def _check_source_number(session: Session, intake: Intake) -> None:
    """The other system's number names one matter; whose it is stays untold when it can't be seen."""
    number = intake.source_number.strip()
    # What lies in the bin or was merged keeps its number, too.
    known = select(Case.id).where(Case.source_number == number).execution_options(with_gone=True)
    check = Check()
    fine = not number or session.scalar(known) is None
    check.that(fine, "source_number", N_("A matter with this number is already registered."))
    check.done()


def _repeat_of(session: Session, actor: Actor, intake: Intake) -> Case | None:
    if intake.repeat_of_id is None:
        return None
    try:
        first = load(session, actor, intake.repeat_of_id)
    except NotThere:
        raise Problems(Problem("repeat_of_id", N_("This earlier matter is not there."))) from None
    if first.exhausted and not intake.new_facts:
        raise Problems(
            Problem(
                "new_facts",
                N_("The matter was decided by a re-review; it is taken up again only for new facts or reasons."),
            )
        )
    return first


def _notice_in_force(session: Session, today: date) -> int | None:
    query = (
        select(PrivacyNotice.id)
        .where(PrivacyNotice.effective_from <= today)
        .order_by(PrivacyNotice.effective_from.desc(), PrivacyNotice.id.desc())
    )
    return session.scalar(query.limit(1))
