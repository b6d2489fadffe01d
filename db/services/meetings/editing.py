"""Quick edits during a meeting: owner, day, grade, next step and note, row by row, written down as decided in it."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db import clock
from db.engine import current, transaction
from db.models import (
    Case,
    CaseUnit,
    Meeting,
    MeetingDecision,
    MeetingEdit,
    MeetingKind,
    MeetingTopic,
    Supervision,
)
from db.rules.case_flow import State
from db.rules.cases import Share
from db.rules.meetings.agenda import CASE_FIELDS, CASE_LISTS, DECISION_FIELDS, SUPERVISION_FIELDS, check_answer_day
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Changed, Check, Problem, Problems
from db.rules.supervision import State as NoticeState
from db.services.acts import earlier, guarded, remember
from db.services.cases.edit import change
from db.services.cases.scope import load, must_be_seen
from db.services.meetings import deciding, scope
from db.services.meetings.agenda import cases as case_lists
from db.services.meetings.agenda import decisions as decision_list
from db.services.meetings.redacting import Names
from db.services.meetings.telling import CASE, DECISION
from db.services.records import Saved, Values, save_each, seen
from db.services.supervision.scope import found

Rows = Mapping[int, tuple[int, Values]]
Told = Mapping[str, tuple[object, object]]

NOT_LISTED = N_("This is not on the agenda of the meeting.")
ARCHIVED = N_("An archived case is changed only after it is reopened.")


@guarded(Permission.MEETINGS_KEEP)
def edit_cases(actor: Actor, *, meeting_id: int, topic: str, rows: Rows, key: str) -> Saved:
    """Edit cases of a list on the agenda (`topic`, its code): case id to (version seen, new values of CASE_FIELDS).

    By the chair or the clerk of an open meeting. Each row is saved or told why not; a problem names its column.
    """
    return _edit(actor, meeting_id, topic, rows, key, CASE_LISTS, _edit_case)


@guarded(Permission.MEETINGS_KEEP)
def edit_supervisions(actor: Actor, *, meeting_id: int, topic: str, rows: Rows, key: str) -> Saved:
    """Another day for the answers to notices that were issued: notice id to (version seen, SUPERVISION_FIELDS)."""
    return _edit(actor, meeting_id, topic, rows, key, (TopicCode.SUPERVISED,), _edit_supervision)


@guarded(Permission.MEETINGS_KEEP)
def edit_decisions(actor: Actor, *, meeting_id: int, topic: str, rows: Rows, key: str) -> Saved:
    """Edit decisions carried over: decision id to (version seen, new values of DECISION_FIELDS)."""
    return _edit(actor, meeting_id, topic, rows, key, (TopicCode.DECISIONS,), _edit_decision)


def of_meeting(session: Session, meeting: Meeting) -> dict[str, object]:
    """What the timeline of a record says of the meeting it was changed in."""
    kind = session.get_one(MeetingKind, meeting.kind_id)
    on_day = meeting.planned_for.astimezone(ZoneInfo(current().settings.timezone)).date()
    name, name_en = meeting.title or kind.name, meeting.title or kind.name_en
    return {"meeting_id": meeting.id, "meeting": name, "meeting_en": name_en, "meeting_on": on_day.isoformat()}


def write_down(
    session: Session, actor: Actor, meeting: Meeting, topic: str, row: Case | MeetingDecision | Supervision, told: Told
) -> None:
    """One line for each field that changed: staff and units by name, residents masked, codes as codes, days as text."""
    case_id = row.id if isinstance(row, Case) else row.case_id
    names, now = Names(session, [case_id]), clock.now()
    for field, pair in told.items():
        before, after = (names.masked(case_id, "" if value is None else str(value)) for value in pair)
        session.add(
            MeetingEdit(
                meeting_id=meeting.id,
                at=now,
                person_id=actor.id,
                topic=topic,
                record=row.__tablename__,
                record_id=row.id,
                field=field,
                before=before,
                after=after,
            )
        )


Change = Callable[[Session, Actor, Meeting, str, int, int, Values], None]


def _edit(
    actor: Actor, meeting_id: int, topic: str, rows: Rows, key: str, codes: tuple[TopicCode, ...], one: Change
) -> Saved:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        meeting = scope.at_work(session, actor, meeting_id)
        stands = exists().where(
            MeetingTopic.meeting_id == meeting.id, MeetingTopic.code == topic, MeetingTopic.dropped_at.is_(None)
        )
        if topic not in codes or not session.scalar(select(stands)):
            raise Problems(Problem("", NOT_LISTED))
        saved = save_each(session, rows, partial(one, session, actor, meeting, topic))
        remember(session, actor, key, "meetings.edit", saved.saved)
        return saved


def _edit_case(
    session: Session, actor: Actor, meeting: Meeting, topic: str, case_id: int, version: int, values: Values
) -> None:
    wanted = {name: value for name, value in values.items() if name in CASE_FIELDS}
    case = load(session, actor, case_id, write=True)
    lead = _lead_share(session, case)
    _must_be_as_seen(session, case, lead, version, wanted)
    listed = case_lists.condition(session, actor, meeting, TopicCode(topic), _today())
    listed = or_(listed, and_(scope.open_to_a_meeting(actor), _edited(meeting, CASE, Case.id)))
    _must_be(session, select(Case.id).where(Case.id == case_id, listed))
    if case.state == State.ARCHIVED:
        raise Problems(*(Problem(name, ARCHIVED) for name in wanted))
    besides = _answer_day(case, lead, wanted.pop("unit_due_on")) if "unit_due_on" in wanted else {}
    texts = _restored(session, case, wanted)
    told = change(session, actor, case, wanted | texts, besides=besides, detail=of_meeting(session, meeting))
    if lead is not None and besides:
        lead.due_on = besides["unit_due_on"][1]  # type: ignore[assignment]
    write_down(session, actor, meeting, topic, case, told)


def _edit_supervision(
    session: Session, actor: Actor, meeting: Meeting, topic: str, notice_id: int, version: int, values: Values
) -> None:
    wanted = {name: value for name, value in values.items() if name in SUPERVISION_FIELDS}
    found(session, actor, notice_id)
    notice = seen(session, Supervision, notice_id, version, wanted)
    day, check = wanted.get("answer_by", notice.answer_by), Check()
    check.that(notice.state == NoticeState.ISSUED, "answer_by", N_("No answer to this notice is waited for any more."))
    if check.that(isinstance(day, date), "answer_by", N_("This is needed.")) and isinstance(day, date):
        check.that(day >= _today(), "answer_by", N_("This day is already past."))
    check.done()
    if notice.answer_by != day:
        told = {"answer_by": (notice.answer_by, day)}
        notice.answer_by = day  # type: ignore[assignment]
        write_down(session, actor, meeting, topic, notice, told)


def _edit_decision(
    session: Session, actor: Actor, meeting: Meeting, topic: str, decision_id: int, version: int, values: Values
) -> None:
    wanted = {name: value for name, value in values.items() if name in DECISION_FIELDS}
    row = seen(session, MeetingDecision, decision_id, version, wanted)
    listed = decision_list.condition(actor, meeting, _today())
    listed = or_(listed, and_(MeetingDecision.removed_at.is_(None), _edited(meeting, DECISION, MeetingDecision.id)))
    _must_be(session, select(MeetingDecision.id).where(MeetingDecision.id == decision_id, listed))
    write_down(session, actor, meeting, topic, row, deciding.edit_in(session, actor, row, wanted))


def _restored(session: Session, case: Case, wanted: Values) -> dict[str, object]:
    """The texts as they are kept: behind a mask that was left standing stands whoever stood there; raises Problems."""
    names, check = Names(session, [case.id]), Check()
    texts: dict[str, object] = {}
    for name in ("next_step", "note"):
        if name in wanted:
            typed = str(wanted[name] or "").strip()
            texts[name] = names.restored(check, name, case.id, typed, getattr(case, name))
    check.done()
    return texts


def _lead_share(session: Session, case: Case) -> CaseUnit | None:
    lead = (CaseUnit.case_id == case.id, CaseUnit.role == Share.LEAD, CaseUnit.state != "returned")
    return session.scalars(select(CaseUnit).where(*lead)).one_or_none()


def _must_be_as_seen(
    session: Session, case: Case, lead: CaseUnit | None, version: int, mine: dict[str, object]
) -> None:
    """As cases.must_be_seen, with the day the unit is asked for; residents stay behind their masks."""
    try:
        must_be_seen(session, case, version, mine)
    except Changed as changed:
        names = Names(session, [case.id])
        theirs = dict(changed.theirs) | {"unit_due_on": lead.due_on if lead else None}
        theirs |= {name: names.masked(case.id, str(theirs[name])) for name in ("next_step", "note") if name in theirs}
        raise Changed(theirs=theirs, mine=changed.mine, by=changed.by, version=changed.version) from changed


def _answer_day(case: Case, lead: CaseUnit | None, day: object) -> dict[str, tuple[object, object]]:
    """The day the lead unit's answer is wanted, before and after, when it may be set so; raises Problems."""
    wanted, check = day if isinstance(day, date) else None, Check()
    share = lead.state if lead else ""
    check_answer_day(check, wanted, today=_today(), share=share, statute_on=case.statute_due_on)
    check.done()
    was = lead.due_on if lead else None
    return {} if was == wanted else {"unit_due_on": (was, wanted)}


def _edited(meeting: Meeting, record: str, row_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether the meeting edited the record already: by that it may have left its list."""
    return exists().where(
        MeetingEdit.meeting_id == meeting.id, MeetingEdit.record == record, MeetingEdit.record_id == row_id
    )


def _must_be(session: Session, query: Select[int]) -> None:
    if session.scalar(query) is None:
        raise Problems(Problem("", NOT_LISTED))


def _today() -> date:
    return clock.today(current().settings.timezone)
