"""The resident's own look: number and query code in, where the matter stands and a rating out; no personal data."""

import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.identity import decrypt, encrypt
from db.models import Case, CaseVisit, SignInCounter, Unit
from db.rules.case_flow import State
from db.rules.cases import Satisfaction
from db.rules.permissions import Actor, Permission, system_actor
from db.rules.problems import N_, NotThere, Problem, Problems
from db.rules.rates import TooMany
from db.services.accounts import counters
from db.services.acts import guarded
from db.services.case_lines import standing_line
from db.services.cases.merged import standing_for
from db.services.cases.scope import load
from db.services.turns import Turns

ACTOR = system_actor("query page")
# Wrong tries before each further one waits: of one address, and at one number whoever tries.
PER_ADDRESS, PER_NUMBER = 10, 20
BY_RESIDENT, RATED = "query", "rate"
RATEABLE = (State.CLOSED, State.ARCHIVED)
RATINGS = (Satisfaction.SATISFIED, Satisfaction.FAIRLY, Satisfaction.DISSATISFIED)
_all = Turns("progress", most=300, seconds=60)


@dataclass(frozen=True)
class Progress:
    """What a resident sees with number and code: no personal data, no names of staff."""

    number: str
    state: str
    received_on: date
    unit: str
    promise_due_on: date | None
    replied_on: date | None
    outcome: str
    unit_en: str = ""
    may_rate: bool = False
    rated: str = ""


def progress(*, number: str, code: str, address: str = "") -> Progress:
    """Where a matter stands; raises NotThere for a wrong pair without saying which, TooMany after too many of them.

    A sealed matter answers nobody here, one in the bin nobody either; a merged one tells of where it went.
    """
    return _asked(number, code, address)[0]


def rate(*, number: str, code: str, satisfaction: str, address: str = "") -> Progress:
    """The resident's own rating, once, after the matter was closed; raises Problems, NotThere, TooMany."""
    seen, case_id = _asked(number, code, address)
    if satisfaction not in RATINGS or not seen.may_rate:
        raise Problems(Problem("satisfaction", N_("This matter can't be rated any more.")))
    with transaction(ACTOR) as session:
        case = session.get(Case, case_id, with_for_update=True)
        if case is None or not _may_rate(case):
            raise Problems(Problem("satisfaction", N_("This matter can't be rated any more.")))
        today = clock.today(current().settings.timezone)
        session.add(
            CaseVisit(case_id=case.id, visited_on=today, how=BY_RESIDENT, reached=True, satisfaction=satisfaction)
        )
        case.satisfaction = satisfaction
        session.add(standing_line(case, ACTOR, RATED, detail={"how": BY_RESIDENT, "satisfaction": satisfaction}))
    return _asked(number, code, address)[0]


def _asked(number: str, code: str, address: str) -> tuple[Progress, int]:
    """What a right pair opens, and the case; wrong ones are counted in the database, by address and by number."""
    if not _all.take():
        raise TooMany("progress")
    number, code = number.strip()[:40], code.strip()[:40]
    allowed = {
        counters.key_of("query", "address", address): PER_ADDRESS,
        counters.key_of("query", "number", number.encode("utf-8", "replace").decode()): PER_NUMBER,
    }
    with reading() as session:
        waits = [row for key in allowed if (row := session.get(SignInCounter, key)) is not None]
        if any(row.wait_until is not None and row.wait_until > clock.now() for row in waits):
            raise TooMany("progress")
    try:
        return _progress(number, code)
    except NotThere:
        with transaction(ACTOR) as session:
            for key, most in allowed.items():
                counters.count(session, key, most)
        raise


def _progress(number: str, code: str) -> tuple[Progress, int]:
    asked = code.upper().replace("-", "").replace(" ", "").encode("utf-8", "replace")
    with reading() as session:
        case = _numbered(session, number)
        # As much is deciphered and compared for a number that does not exist.
        kept = case.query_code if case else encrypt(current(), "case_file.query_code", "·" * 9)
        right = secrets.compare_digest(decrypt(current(), "case_file.query_code", kept).encode(), asked)
        if not right or case is None:
            raise NotThere("progress")
        asked_for, case = case, standing_for(session, case)
        if case.gone or case.sealed or asked_for.sealed:
            raise NotThere("progress")
        unit = session.get(Unit, case.lead_unit_id) if case.lead_unit_id else None
        told = Progress(
            number=asked_for.number,
            state=case.state,
            received_on=clock.day_of(asked_for.received_at, current().settings.timezone),
            unit=unit.name if unit else "",
            promise_due_on=case.promise_due_on if case.open else None,
            replied_on=case.replied_on,
            outcome=case.outcome if case.replied_on else "",
            unit_en=(unit.name_en or unit.name) if unit else "",
            may_rate=_may_rate(case) and case is asked_for,
            rated=case.satisfaction if case.state in RATEABLE and case is asked_for else "",
        )
        return told, case.id


def _numbered(session: Session, number: str) -> Case | None:
    """The case of that number, in the bin or merged too."""
    if not (number.isascii() and number.isprintable()):
        return None
    find = select(Case).where(Case.number == number).execution_options(with_gone=True)
    return session.scalars(find).one_or_none()


def _may_rate(case: Case) -> bool:
    """Closed, answered, and nobody recorded a rating yet."""
    return case.state in RATEABLE and case.replied_on is not None and case.satisfaction not in RATINGS


@guarded(Permission.CASES_REPLY)
def query_code(actor: Actor, *, case_id: int) -> str:
    """The query code again, for a second receipt; journalled as a look."""
    with transaction(actor) as session:
        case = load(session, actor, case_id)
        journal.note(session, "look", tbl="case_file", pk=case.id, case_id=case.id, detail={"what": "query_code"})
        return decrypt(current(), "case_file.query_code", case.query_code)
