"""What is done with a request: identity checked, records taken or left, data corrected, answered or refused."""

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, transaction
from db.identity import decrypt, encrypt, key_for, mask_contact, mask_name, party_keys
from db.models import Case, CaseParty, DataRequest, DataRequestRecord, DisputeParty
from db.rules.data_requests import LONGEST_LINE, MOVES, Act, Identity, Kind, State, check_answer, check_words
from db.rules.intake import UNFIT
from db.rules.mediation.words import Step
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.rules.text import is_fit_line
from db.services.acts import earlier, guarded, remember
from db.services.case_lines import standing_line
from db.services.cases.scope import load
from db.services.data_requests.carrying_out import carry_out
from db.services.data_requests.registering import CASE, line, open_request
from db.services.mediation import scope as disputes
from db.services.mediation import timeline
from db.services.mediation.parties import columns_of, form_of
from db.services.records import fill, seen
from db.services.retention.traces import leave_no_trace, owe

CORRECTABLE = ("name", "contact", "address")
MASKS = {"name": mask_name, "contact": mask_contact, "address": mask_name}


@guarded(Permission.DATA_REQUESTS_KEEP)
def identify(actor: Actor, *, request_id: int, version: int, how: str, on: date | None, key: str) -> int:
    """Record how and when it was made sure who asks; nothing is told before. Answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = _seen(session, request_id, version)
        check = Check()
        check.that(how in set(Identity), "how", N_("This is not one of the choices."))
        today = clock.today(current().settings.timezone)
        check.that(on is not None and row.received_on <= on <= today, "on", N_("A day from the request until today."))
        check.done()
        row.identity_how, row.identity_on, row.identity_by_id = how, on, actor.id
        return _moved(session, actor, row, Act.CHECK, key, detail={"how": how})


@guarded(Permission.DATA_REQUESTS_KEEP)
def take(actor: Actor, *, request_id: int, version: int, record_ids: Collection[int], key: str) -> int:
    """Say which of the records found are this person's; the others are left out. Answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = _seen(session, request_id, version)
        for one in session.scalars(select(DataRequestRecord).where(DataRequestRecord.request_id == row.id)):
            one.taken = one.id in record_ids
        return _moved(session, actor, row, Act.TAKE, key, detail={"taken": len(record_ids)})


@guarded(Permission.DATA_REQUESTS_KEEP)
def correct(
    actor: Actor, *, request_id: int, version: int, record_id: int | None, field: str, value: str, key: str
) -> int:
    """Correct a name, telephone or address in one record; its handler reads before and after, masked.

    The record itself must be the actor's to edit. Answers the request's new version.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row, value = _seen(session, request_id, version), value.strip()
        if row.state != State.CHECKED:
            raise Problems(Problem("", N_("Check first who asks.")))
        check = Check()
        check.that(row.kind == Kind.CORRECT, "", N_("Nobody asked for a correction."))
        check.that(field in CORRECTABLE, "field", N_("This is not one of the choices."))
        check.that(value, "value", N_("This is needed."))
        check.that(len(value) <= LONGEST_LINE, "value", N_("At most {most} characters."), most=LONGEST_LINE)
        check.that(is_fit_line(value), "value", UNFIT)
        found = session.get(DataRequestRecord, record_id or 0)
        taken = found is not None and found.request_id == row.id and found.taken
        check.that(taken, "record_id", N_("This is not one of the choices."))
        check.done()
        assert found is not None  # noqa: S101 - taken says so
        was, becomes = (_in_case if found.root == CASE else _in_dispute)(session, actor, found, field, value)
        told: dict[str, object] = {"number": found.number, "field": field, "before": was, "after": becomes}
        return _moved(session, actor, row, Act.CORRECT, key, detail=told)


@guarded(Permission.DATA_REQUESTS_KEEP)
def answer(
    actor: Actor,
    *,
    request_id: int,
    version: int,
    act: str,
    words: str,
    article: str = "",
    others: Collection[str] = (),
    key: str,
) -> int:
    """Grant, grant in part or refuse, with the reason and the article, and do it; answers the new version.

    `others` are the passages of other people's words to be masked (keys of PASSAGES).
    """
    with transaction(actor) as session:
        if (known := earlier(session, key)) is not None:
            return int(known)
        row = _seen(session, request_id, version)
        check_answer(act, words, article)
        if (State(row.state), Act(act)) not in MOVES:
            raise Problems(Problem("", N_("Check first who asks.")))
        row.answer, row.article = words.strip(), article.strip()
        row.answered_on, row.answered_by_id = clock.today(current().settings.timezone), actor.id
        if row.kind in (Kind.DELETE, Kind.RESTRICT):
            owe(current())
        done = carry_out(session, actor, row, Act(act), others)
        told: dict[str, object] = {name: numbers for name, numbers in asdict(done).items() if numbers}
        answered = _moved(session, actor, row, Act(act), key, text=words.strip(), detail=told)
    if done.leaves_traces:
        leave_no_trace(current())
    return answered


@guarded(Permission.DATA_REQUESTS_KEEP)
def withdraw(actor: Actor, *, request_id: int, version: int, words: str = "", key: str) -> int:
    """The person asks no more; answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row, check = _seen(session, request_id, version), Check()
        check_words(check, "words", words)
        check.done()
        row.answered_on = clock.today(current().settings.timezone)
        return _moved(session, actor, row, Act.WITHDRAW, key, text=words.strip())


def _seen(session: Session, request_id: int, version: int) -> DataRequest:
    open_request(session, request_id)
    return seen(session, DataRequest, request_id, version, {})


def _moved(
    session: Session, actor: Actor, row: DataRequest, act: Act, key: str, *, text: str = "",
    detail: dict[str, object] | None = None,
) -> int:  # fmt: skip
    """Write the line, go to where the act leads, and answer the version that stands then."""
    row.state = MOVES.get((State(row.state), act), State(row.state))
    line(session, actor, row, act, text=text, detail=detail)
    row.version = row.version + 1 if not session.is_modified(row) else row.version
    session.flush()
    remember(session, actor, key, f"data_requests.{act}", row.version)
    return row.version


def _in_case(session: Session, actor: Actor, found: DataRequestRecord, field: str, value: str) -> tuple[str, str]:
    database = current()
    case: Case = load(session, actor, found.record_id, Permission.CASES_EDIT, write=True)
    party = session.get(CaseParty, found.party_id)
    if party is None:
        raise NotThere("case_party")
    was = decrypt(database, f"case_party.{field}", getattr(party, field))
    setattr(party, field, encrypt(database, f"case_party.{field}", value))
    name, contact = (
        value if one == field else decrypt(database, f"case_party.{one}", getattr(party, one))
        for one in CORRECTABLE[:2]
    )
    keys = party_keys(database, name, contact) | {"contact_key": key_for(database, "contact", contact)}
    fill(party, keys | {"name_mask": mask_name(name), "contact_mask": mask_contact(contact)})
    told = MASKS[field](was), MASKS[field](value)
    detail = {"before": {field: told[0]}, "after": {field: told[1]}}
    session.add(standing_line(case, actor, "amend", detail=detail))
    return told


def _in_dispute(session: Session, actor: Actor, found: DataRequestRecord, field: str, value: str) -> tuple[str, str]:
    dispute = disputes.kept(session, actor, found.record_id)
    party = session.get(DisputeParty, found.party_id)
    if party is None:
        raise NotThere("dispute_party")
    was = form_of(party)
    fill(party, columns_of(replace(was, **{field: value}), [field]))  # type: ignore[arg-type]
    told = MASKS[field](getattr(was, field)), MASKS[field](value)
    detail = {"party": party.name_mask, "changed": [field], "before": told[0], "after": told[1]}
    timeline.line(session, actor, dispute, Step.PARTY, detail=detail)
    return told
