"""Joint co-ordination meetings about a matter of several units: recorded, corrected, taken away and put back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import Case, CaseConference, Person, Unit
from db.rules.case_flow import ruling_due
from db.rules.cases import Kind
from db.rules.conferences import Act, Why, check_conference, why_confer
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.case_lines import standing_line
from db.services.cases.people import people_with
from db.services.cases.scope import load
from db.services.cases.standing import flow_facts, shares_of
from db.services.records import fill, seen
from db.services.saves import Save, newest


@dataclass(frozen=True)
class Present:
    """A unit named in a record."""

    id: int
    name: str
    name_en: str


@dataclass(frozen=True)
class Conference:
    """One record with every name in it, as panels and papers show it; times are the office's own."""

    id: int
    version: int
    case_id: int
    case_number: str
    subject: str
    held_at: datetime
    place: str
    convened_by_id: int
    convened_by: str
    recorder: str
    units: tuple[Present, ...]
    others: str
    topic: str
    statements: str
    agreed: str
    lead: Present | None
    due_on: date | None
    removed_at: datetime | None
    saved: Save | None


@dataclass(frozen=True)
class OfCase:
    """The records of a case, the newest first, those taken away last; why a meeting is worth proposing; what a new
    record begins with."""

    conferences: tuple[Conference, ...]
    why: Why | None
    may_confer: bool
    unit_ids: tuple[int, ...]
    conveners: Mapping[int, str]


@guarded(Permission.CASES_READ)
def of_case(actor: Actor, *, case_id: int) -> OfCase:
    """The records of a case this actor may see; raises NotThere. Only who may keep them sees those taken away."""
    with reading() as session:
        case = load(session, actor, case_id)
        may = actor.may(Permission.CASES_CONFER) and _takes_meetings(case)
        query = select(CaseConference).where(CaseConference.case_id == case_id)
        query = query if may else query.where(CaseConference.removed_at.is_(None))
        rows = session.scalars(query.order_by(CaseConference.held_at.desc(), CaseConference.id.desc())).all()
        told = tuple(_told(session, row, case) for row in sorted(rows, key=lambda row: row.removed_at is not None))
        shares = shares_of(session, case_id)
        units = tuple(dict.fromkeys(share.row.unit_id for share in shares))
        return OfCase(
            conferences=told,
            why=_why(session, actor, case, len(units)) if may and not any(c.removed_at is None for c in told) else None,
            may_confer=may,
            unit_ids=units,
            conveners=people_with(session, Permission.CASES_CONFER) if may else {},
        )


@guarded(Permission.CASES_READ)
def values_of(actor: Actor, *, conference_id: int) -> Conference:
    """One record for the paper made of it; raises NotThere, for one taken away too."""
    with reading() as session:
        row = session.get(CaseConference, conference_id)
        if row is None or row.removed_at is not None:
            raise NotThere("case_conference")
        return _told(session, row, load(session, actor, row.case_id))


@guarded(Permission.CASES_CONFER)
def record(
    actor: Actor,
    *,
    case_id: int,
    day: date | None,
    at: time | None,
    place: str,
    convened_by_id: int | None,
    unit_ids: Sequence[int],
    topic: str,
    others: str = "",
    statements: str = "",
    agreed: str = "",
    lead_unit_id: int | None = None,
    due_on: date | None = None,
    key: str,
) -> int:
    """Write down a meeting that was held; answers its id. `at` is the office's own time of day.

    Raises NotThere and Problems; an accusation and a sealed matter are never shared out (Art. 30).
    """
    said = {"place": place, "topic": topic, "others": others, "statements": statements, "agreed": agreed}
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        case = _case(session, actor, case_id)
        values = _checked(session, said, day, at, convened_by_id, unit_ids, lead_unit_id, due_on)
        row = CaseConference(case_id=case.id, recorder_id=actor.id, **values)
        session.add(row)
        session.flush()
        _tell(session, actor, case, Act.RECORD, row)
        remember(session, actor, key, "conferences.record", row.id)
        return row.id


@guarded(Permission.CASES_CONFER)
def rewrite(
    actor: Actor,
    *,
    conference_id: int,
    version: int,
    day: date | None,
    at: time | None,
    place: str,
    convened_by_id: int | None,
    unit_ids: Sequence[int],
    topic: str,
    others: str = "",
    statements: str = "",
    agreed: str = "",
    lead_unit_id: int | None = None,
    due_on: date | None = None,
    key: str,
) -> int:
    """Correct a record; answers its new version. Raises NotThere, Changed and Problems, like `record`."""
    said = {"place": place, "topic": topic, "others": others, "statements": statements, "agreed": agreed}
    mine = said | {"unit_ids": list(unit_ids), "lead_unit_id": lead_unit_id, "due_on": due_on}
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row, case = _found(session, actor, conference_id, version, mine)
        fill(row, _checked(session, said, day, at, convened_by_id, unit_ids, lead_unit_id, due_on, row))
        session.flush()
        _tell(session, actor, case, Act.REWRITE, row)
        remember(session, actor, key, "conferences.rewrite", row.version)
        return row.version


@guarded(Permission.CASES_CONFER)
def take_away(actor: Actor, *, conference_id: int, version: int, key: str) -> int:
    """Take a record away; it can be put back. Answers its new version."""
    return _keep(actor, conference_id, version, key, Act.TAKE_AWAY)


@guarded(Permission.CASES_CONFER)
def put_back(actor: Actor, *, conference_id: int, version: int, key: str) -> int:
    """Put a record back that was taken away; answers its new version."""
    return _keep(actor, conference_id, version, key, Act.PUT_BACK)


def _keep(actor: Actor, conference_id: int, version: int, key: str, act: Act) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row, case = _found(session, actor, conference_id, version, {})
        row.removed_at = clock.now() if act is Act.TAKE_AWAY else None
        session.flush()
        _tell(session, actor, case, act, row)
        remember(session, actor, key, f"conferences.{act.value}", row.version)
        return row.version


def _takes_meetings(case: Case) -> bool:
    return not case.sealed and case.kind != Kind.ACCUSATION


def _case(session: Session, actor: Actor, case_id: int) -> Case:
    case = load(session, actor, case_id, Permission.CASES_CONFER)
    if not _takes_meetings(case):
        raise Problems(Problem("", N_("An accusation is never put before several units.")))
    return case


def _found(
    session: Session, actor: Actor, conference_id: int, version: int, mine: Mapping[str, object]
) -> tuple[CaseConference, Case]:
    row = session.get(CaseConference, conference_id)
    if row is None:
        raise NotThere("case_conference")
    case = _case(session, actor, row.case_id)
    return seen(session, CaseConference, conference_id, version, mine), case


def _checked(
    session: Session,
    said: Mapping[str, str],
    day: date | None,
    at: time | None,
    convened_by_id: int | None,
    unit_ids: Sequence[int],
    lead_unit_id: int | None,
    due_on: date | None,
    stands: CaseConference | None = None,
) -> dict[str, object]:
    """The columns of a record, every word checked; whom and which units it names already (`stands`) it may still."""
    zone = current().settings.timezone
    check_conference(
        day=day,
        place=said["place"],
        unit_ids=unit_ids,
        topic=said["topic"],
        texts={name: said[name] for name in ("others", "statements", "agreed")},
        agreed=lead_unit_id is not None or due_on is not None,
        due_on=due_on,
        today=clock.today(zone),
    )
    check = Check()
    wanted = {*unit_ids, *([lead_unit_id] if lead_unit_id else [])}
    there = {*json.loads(stands.units), stands.lead_unit_id} if stands else set()
    known = set(session.scalars(select(Unit.id).where(Unit.id.in_(wanted), or_(Unit.active, Unit.id.in_(there)))))
    check.that(known.issuperset(unit_ids), "unit_ids", N_("There is no such unit."))
    check.that(lead_unit_id is None or lead_unit_id in known, "lead_unit_id", N_("There is no such unit."))
    conveners = {*people_with(session, Permission.CASES_CONFER), stands.convened_by_id if stands else None} - {None}
    check.that(convened_by_id in conveners, "convened_by_id", N_("Choose who convened the meeting."))
    check.that(at, "at", N_("Choose the time."))
    check.done()
    assert day is not None and at is not None  # noqa: S101, PT018 - checked above
    return {name: text.strip() for name, text in said.items()} | {
        "held_at": datetime.combine(day, at, ZoneInfo(zone)),
        "convened_by_id": convened_by_id,
        "units": json.dumps(list(dict.fromkeys(unit_ids))),
        "lead_unit_id": lead_unit_id,
        "due_on": due_on,
    }


def _why(session: Session, actor: Actor, case: Case, units: int) -> Why | None:
    if not case.open:
        return None
    return why_confer(units, objected=ruling_due(flow_facts(session, case, actor, shares_of(session, case.id))))


def _told(session: Session, row: CaseConference, case: Case) -> Conference:
    ids = [int(one) for one in json.loads(row.units)]
    wanted = {*ids, *([row.lead_unit_id] if row.lead_unit_id else [])}
    query = select(Unit.id, Unit.name, Unit.name_en).where(Unit.id.in_(wanted))
    units = {unit.id: Present(unit.id, unit.name, unit.name_en) for unit in session.execute(query)}
    people = {None: ""} | {
        one: session.get_one(Person, one).name for one in {row.convened_by_id, row.recorder_id} if one is not None
    }
    return Conference(
        id=row.id,
        version=row.version,
        case_id=case.id,
        case_number=case.number,
        subject=case.subject,
        held_at=row.held_at.astimezone(ZoneInfo(current().settings.timezone)),
        place=row.place,
        convened_by_id=row.convened_by_id,
        convened_by=people[row.convened_by_id],
        recorder=people[row.recorder_id],
        units=tuple(units[one] for one in ids if one in units),
        others=row.others,
        topic=row.topic,
        statements=row.statements,
        agreed=row.agreed,
        lead=units.get(row.lead_unit_id) if row.lead_unit_id else None,
        due_on=row.due_on,
        removed_at=row.removed_at,
        saved=newest(session, row.__tablename__, row.id),
    )


def _tell(session: Session, actor: Actor, case: Case, act: Act, row: CaseConference) -> None:
    """One line of the timeline, internal; the words stand in the record alone."""
    detail: dict[str, object] = {"conference_id": row.id}
    if row.lead_unit_id:
        detail["unit_name"] = session.get_one(Unit, row.lead_unit_id).name
    session.add(standing_line(case, actor, act.value, detail=detail))
    session.flush()
