"""Taking in: registering a matter, telling likely earlier ones, drafts, the receipt and the resident's own look."""

import json
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pandas as pd
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.identity import decrypt, encrypt, key_for, mask_contact, mask_name, normal
from db.models import (
    Case,
    CaseAccess,
    CaseEntry,
    CaseParty,
    Code,
    Draft,
    Person,
    PersonRole,
    PrivacyNotice,
    RunningNumber,
    Unit,
)
from db.rules.case_flow import State, Step
from db.rules.cases import Grade, Kind
from db.rules.intake import Intake, Party, check_intake
from db.rules.permissions import GRANTS, Actor, Permission, Role
from db.rules.problems import NotThere, Problem, Problems
from db.rules.words import likeness
from db.services import search
from db.services.acts import earlier, guarded, remember
from db.services.case_clocks import keep_due
from db.services.cases.edit import join_cases
from db.services.cases.scope import load, visible
from db.services.office import limits_in_force

EARLIER = ["id", "number", "state", "received_at", "subject", "why", "likeness", "exhausted"]
LIKELY = 5
LIKE_ENOUGH = 0.5
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Registered:
    """The receipt: number and query code for the resident."""

    case_id: int
    number: str
    query_code: str
    state: str
    at: datetime


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


@guarded(Permission.INTAKE_REGISTER)
def register(actor: Actor, *, intake: Intake, key: str) -> Registered:
    """Register a matter, give it its number, and close it at once when it was answered on the spot."""
    with transaction(actor) as session:
        done = earlier(session, key)
        if done is not None:
            return Registered(**done | {"at": datetime.fromisoformat(done["at"])})
        case, code = take_in(session, actor, intake)
        receipt = Registered(case.id, case.number, code, case.state, clock.now())
        remember(session, actor, key, "intake.register", asdict(receipt) | {"at": receipt.at.isoformat()})
        session.execute(delete(Draft).where(Draft.person_id == actor.id, Draft.key == key))
        return receipt


def take_in(session: Session, actor: Actor, intake: Intake) -> tuple[Case, str]:
    """Write a matter inside the caller's transaction (register, import, demo); raises Problems."""
    now = clock.now()
    zone = current().settings.timezone
    today = clock.today(zone)
    limits = limits_in_force(session, today)
    categories = frozenset(
        session.scalars(select(Code.code).where(Code.list_name == "category", Code.active))
    )
    check_intake(intake, limits, categories, now)
    repeat = _repeat_of(session, actor, intake)
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    year = today.year
    running = next_number(session, "case", year)
    sealed = intake.kind == Kind.ACCUSATION
    case = Case(
        number=f"{year}-{running:06d}",
        year=year,
        running=running,
        state=State.REGISTERED,
        sealed=sealed,
        channel=intake.channel,
        source=intake.source,
        source_number=intake.source_number or None,
        kind=intake.kind,
        procedure=intake.procedure,
        other_procedure=intake.other_procedure,
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
        privacy_notice_id=_notice_in_force(session, today) if intake.notice_shown else None,
        query_code=encrypt(current(), "case_file.query_code", code),
        received_at=intake.received_at or now,
        registered_at=now,
        registered_by_id=actor.id,
        limit_set_id=limits.id,
    )
    session.add(case)
    session.flush()
    for party in intake.parties:
        if not intake.anonymous or party.name or party.contact:
            session.add(_party(case.id, party))
    session.add(_entry(case, actor, "register", "", State.REGISTERED))
    if sealed:
        _seal(session, actor, case, intake)
    if repeat is not None:
        join_cases(session, case.id, repeat.id, "repeat")
    search.index(session, case)
    if intake.outcome:
        _answered_on_spot(session, actor, case, intake, today)
    keep_due(session, case)
    return case, code


def next_number(session: Session, series: str, year: int) -> int:
    """The next running number of a series and year; a number given is never given again."""
    row = session.get(RunningNumber, (series, year), with_for_update=True)
    if row is None:
        row = RunningNumber(series=series, year=year, last=0)
        session.add(row)
    row.last += 1
    session.flush()
    return row.last


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
        name_key=key_for(database, "name", party.name),
        contact_key=key_for(database, "contact", party.contact),
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
    taker = session.get(Person, intake.taken_by_id)
    if taker is None or taker.id not in {
        person_id for person_id, _ in _takers(session, intake.accused_unit_id)
    }:
        raise Problems(Problem("taken_by_id", "This person can't take the accusation."))
    session.add(CaseAccess(case_id=case.id, person_id=taker.id, granted_by_id=actor.id))


def _takers(session: Session, accused_unit_id: int | None) -> list[tuple[int, str]]:
    roles = [role for role, grants in GRANTS.items() if Permission.CASES_SEALED in grants]
    accused = session.get(Unit, accused_unit_id) if accused_unit_id else None
    query = (
        select(Person.id, Person.name, Unit.path)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.active, PersonRole.role.in_([Role(r).value for r in roles]))
        .order_by(Person.id)
        .distinct()
    )
    found = session.execute(query).all()
    return [(r.id, r.name) for r in found if accused is None or not r.path.startswith(accused.path)]


@guarded(Permission.INTAKE_REGISTER)
def takers(actor: Actor, *, accused_unit_id: int | None = None) -> list[tuple[int, str]]:
    """Who may take an accusation: id and name, never anybody of the accused unit."""
    with reading() as session:
        return _takers(session, accused_unit_id)


def _repeat_of(session: Session, actor: Actor, intake: Intake) -> Case | None:
    if intake.repeat_of_id is None:
        return None
    first = load(session, actor, intake.repeat_of_id)
    if first.exhausted and not intake.new_facts:
        raise Problems(
            Problem(
                "new_facts",
                "The matter was decided by a re-review; it is taken up again only for new facts or reasons.",
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


@guarded(Permission.INTAKE_REGISTER)
def likely_earlier(
    actor: Actor, *, contact: str = "", name: str = "", place: str = "", text: str = ""
) -> pd.DataFrame:
    """Earlier matters that are probably this one, best first (frame with EARLIER); a look by name or contact is noted."""
    database = current()
    with reading() as session:
        why: dict[int, list[str]] = {}
        for kind, value in (("contact", contact), ("name", name)):
            found = key_for(database, kind, value)
            if found:
                column = CaseParty.contact_key if kind == "contact" else CaseParty.name_key
                query = (
                    select(CaseParty.case_id)
                    .where(column == found)
                    .order_by(CaseParty.id.desc())
                    .limit(LIKELY * 4)
                )
                for case_id in session.scalars(query):
                    why.setdefault(case_id, []).append(kind)
        if len(normal(place)) >= 4:
            for case_id in session.scalars(
                select(Case.id)
                .where(Case.place_key == normal(place)[:100])
                .order_by(Case.id.desc())
                .limit(LIKELY * 4)
            ):
                why.setdefault(case_id, []).append("place")
        for case_id in search.resembling(session, text, LIKELY * 4):
            why.setdefault(case_id, []).append("words")
        frame = _likely(session, actor, why, text)
    if len(frame) and frame["why"].map(lambda reasons: bool({"contact", "name"} & set(reasons))).any():
        with transaction(actor) as session:
            journal.note(session, "search_identity", tbl="case_party", detail={"found": len(frame)})
    return frame


def _likely(session: Session, actor: Actor, why: Mapping[int, list[str]], text: str) -> pd.DataFrame:
    cases = session.execute(
        select(
            Case.id, Case.number, Case.state, Case.received_at, Case.subject, Case.text, Case.exhausted
        ).where(Case.id.in_(why), visible(actor))
    ).all()
    rows = []
    for case in cases:
        like = likeness(text, f"{case.subject} {case.text}")
        reasons = [r for r in dict.fromkeys(why[case.id]) if r != "words" or like >= LIKE_ENOUGH]
        if reasons:
            rows.append(
                [
                    case.id,
                    case.number,
                    case.state,
                    case.received_at,
                    case.subject,
                    reasons,
                    like,
                    case.exhausted,
                ]
            )
    frame = pd.DataFrame(rows, columns=EARLIER)
    frame["strength"] = (
        frame["why"].map(lambda r: 2 * ("contact" in r) + ("name" in r) + ("place" in r)) + frame["likeness"]
    )
    return frame.sort_values(["strength", "id"], ascending=False).head(LIKELY)[EARLIER].reset_index(drop=True)


@cache
def emergency_words() -> Mapping[str, tuple[str, ...]]:
    """The emergency numbers and the words that call for them, from the preset."""
    path = Path(__file__).parent.parent / "presets" / "emergency.toml"
    numbers = tomllib.loads(path.read_text(encoding="utf-8"))["numbers"]
    return {number: tuple(words) for number, words in numbers.items()}


# --- drafts -----------------------------------------------------------------------------------------------------


@guarded(Permission.ACCOUNT_OWN)
def keep_draft(
    actor: Actor, *, form: str, key: str, content: Mapping[str, object], subject: str = "", label: str = ""
) -> datetime:
    """Keep what was typed so far (encrypted), one draft per person, form and record; answers when."""
    database = current()
    sealed = encrypt(database, "draft.content", json.dumps(content, ensure_ascii=False, default=str)) or b""
    with transaction(actor) as session:
        row = session.scalars(_draft(actor, form, subject)).one_or_none()
        if row is None:
            row = Draft(person_id=actor.id, form=form, subject=subject)
            session.add(row)
        row.key, row.label, row.content, row.saved_at = key, label, sealed, clock.now()
        return row.saved_at


@guarded(Permission.ACCOUNT_OWN)
def draft(actor: Actor, *, form: str, subject: str = "") -> tuple[str, dict[str, object], datetime] | None:
    """The kept draft: its submission key, what was typed, and when; None when there is none."""
    with reading() as session:
        row = session.scalars(_draft(actor, form, subject)).one_or_none()
        if row is None:
            return None
        return row.key, json.loads(decrypt(current(), "draft.content", row.content)), row.saved_at


@guarded(Permission.ACCOUNT_OWN)
def drafts(actor: Actor) -> pd.DataFrame:
    """All drafts of this person: form, subject, label, saved_at."""
    with reading() as session:
        query = select(Draft.form, Draft.subject, Draft.label, Draft.saved_at).where(
            Draft.person_id == actor.id
        )
        rows = session.execute(query.order_by(Draft.saved_at.desc())).all()
    return pd.DataFrame(rows, columns=["form", "subject", "label", "saved_at"])


@guarded(Permission.ACCOUNT_OWN)
def drop_draft(actor: Actor, *, form: str, subject: str = "") -> None:
    """Throw a draft away."""
    with transaction(actor) as session:
        session.execute(
            delete(Draft).where(Draft.person_id == actor.id, Draft.form == form, Draft.subject == subject)
        )


def _draft(actor: Actor, form: str, subject: str) -> object:
    return select(Draft).where(Draft.person_id == actor.id, Draft.form == form, Draft.subject == subject)


# --- the resident's own look ----------------------------------------------------------------------------------------


@guarded(Permission.CASES_REPLY)
def query_code(actor: Actor, *, case_id: int) -> str:
    """The query code again, for a second receipt; journalled as a look."""
    with transaction(actor) as session:
        case = load(session, actor, case_id)
        journal.note(
            session, "look", tbl="case_file", pk=case.id, case_id=case.id, detail={"what": "query_code"}
        )
        return decrypt(current(), "case_file.query_code", case.query_code)


def progress(*, number: str, code: str) -> Progress:
    """What the resident may see with number and code; raises NotThere for a wrong pair, without saying which."""
    with reading() as session:
        case = session.scalars(select(Case).where(Case.number == number.strip())).one_or_none()
        stored = decrypt(current(), "case_file.query_code", case.query_code) if case else "·" * 8
        if not secrets.compare_digest(stored.encode(), code.strip().upper().encode()) or case is None:
            raise NotThere("progress")
        unit = (
            session.scalar(select(Unit.name).where(Unit.id == case.lead_unit_id)) if not case.sealed else ""
        )
        return Progress(
            number=case.number,
            state=case.state,
            received_on=clock.day_of(case.received_at, current().settings.timezone),
            unit=unit or "",
            promise_due_on=case.promise_due_on,
            replied_on=case.replied_on,
            outcome=case.outcome if case.replied_on else "",
        )
