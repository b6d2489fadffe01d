"""The resident's own look: number and query code in, where the matter stands out; no personal data."""

import secrets
import time
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from db import clock, journal
from db.engine import current, reading, transaction
from db.identity import decrypt
from db.models import Case, Unit
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.rules.rates import Buckets, TooMany
from db.services.acts import guarded
from db.services.cases.merged import standing_for
from db.services.cases.scope import load

_wrong = Buckets(most=10, seconds=600)
_all = Buckets(most=300, seconds=60)


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


def progress(*, number: str, code: str, address: str = "") -> Progress:
    """Where a matter stands; raises NotThere for a wrong pair without saying which, TooMany after ten wrong ones."""
    office = current().settings.url
    asker = f"{office} {address}"
    if _wrong.empty(asker, time.monotonic()) or not _all.take(office, time.monotonic()):
        raise TooMany("progress")
    try:
        return _progress(number.strip()[:40], code.strip()[:40])
    except NotThere:
        _wrong.take(asker, time.monotonic())
        raise


def _progress(number: str, code: str) -> Progress:
    asked = code.upper().replace("-", "").replace(" ", "").encode("utf-8", "replace")
    with reading() as session:
        find = select(Case).where(Case.number == number) if number.isascii() and number.isprintable() else None
        with_gone = find.execution_options(with_gone=True) if find is not None else None
        case = session.scalars(with_gone).one_or_none() if with_gone is not None else None
        stored = decrypt(current(), "case_file.query_code", case.query_code) if case else "·" * 8
        if not secrets.compare_digest(stored.encode(), asked) or case is None:
            raise NotThere("progress")
        asked_for, case = case, standing_for(session, case)
        if case.gone:
            raise NotThere("progress")
        unit = session.get(Unit, case.lead_unit_id) if case.lead_unit_id and not case.sealed else None
        return Progress(
            number=asked_for.number,
            state=case.state,
            received_on=clock.day_of(asked_for.received_at, current().settings.timezone),
            unit=unit.name if unit else "",
            promise_due_on=case.promise_due_on if case.open else None,
            replied_on=case.replied_on,
            outcome=case.outcome if case.replied_on else "",
            unit_en=(unit.name_en or unit.name) if unit else "",
        )


@guarded(Permission.CASES_REPLY)
def query_code(actor: Actor, *, case_id: int) -> str:
    """The query code again, for a second receipt; journalled as a look."""
    with transaction(actor) as session:
        case = load(session, actor, case_id)
        journal.note(session, "look", tbl="case_file", pk=case.id, case_id=case.id, detail={"what": "query_code"})
        return decrypt(current(), "case_file.query_code", case.query_code)
