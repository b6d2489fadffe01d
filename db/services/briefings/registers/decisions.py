"""Decisions of meetings as a register of charts: taken, open, done in time, carried over; by unit, never by person."""

from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, or_, select
from sqlalchemy.orm import aliased

from db.models import Meeting, MeetingDecision, MeetingKind, Unit
from db.rules.briefings.chart import Words
from db.rules.meetings.words import DecisionState
from db.rules.meetings.words import State as MeetingState
from db.rules.permissions import Actor, Permission
from db.services.briefings.registers import naming
from db.services.briefings.registers.days import day_number
from db.services.briefings.registers.declaring import Asked, Dimension, Measure, Reckoning, Register, by_code
from db.services.briefings.registers.shared import TIME, counted, unit
from db.services.meetings.decisions import open_about
from db.services.meetings.scope import visible as in_reach

_later = aliased(Meeting)


def begun(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Every decision with its meeting."""
    return query.select_from(MeetingDecision).join(Meeting, Meeting.id == MeetingDecision.meeting_id)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Decisions of meetings this person reads; none about a matter that is kept from them."""
    return and_(in_reach(actor), MeetingDecision.removed_at.is_(None), open_about(actor))


def record(_asked: Asked) -> tuple[SQLColumnExpression[Any], ...]:
    """The columns of one decision behind a figure: its meeting's id, the kind of meeting, what was decided."""
    kind = select(MeetingKind.name).where(MeetingKind.id == Meeting.kind_id).scalar_subquery()
    named = select(Unit.name).where(Unit.id == MeetingDecision.unit_id).scalar_subquery()
    return Meeting.id, kind, MeetingDecision.text, named, MeetingDecision.state


def _standing(asked: Asked) -> ColumnElement[bool]:
    return MeetingDecision.state == DecisionState.OPEN


def _carried_over(asked: Asked) -> ColumnElement[bool]:
    """Still open although its kind of meeting was held again since."""
    held = _later.state.in_((MeetingState.OPEN, MeetingState.CLOSED))
    again = select(_later.id).where(_later.kind_id == Meeting.kind_id, _later.planned_for > Meeting.planned_for, held)
    return and_(_standing(asked), again.exists())


def _on_time(asked: Asked) -> ColumnElement[bool]:
    in_time = day_number(MeetingDecision.settled_at, asked) <= day_number(MeetingDecision.due_on, asked)
    return and_(MeetingDecision.state == DecisionState.DONE, in_time)


def _fell_due(asked: Asked) -> ColumnElement[bool]:
    over = or_(MeetingDecision.state == DecisionState.DONE, MeetingDecision.due_on < asked.today)
    return and_(MeetingDecision.state != DecisionState.DROPPED, over)


_DIMENSIONS = (
    unit("unit", Words("责任单位", "Unit"), MeetingDecision.unit_id),
    Dimension(
        code="kind",
        name=Words("会议类型", "Kind of meeting"),
        expression=lambda _: Meeting.kind_id,
        labels=naming.of_rows(MeetingKind),
    ),
    Dimension(
        code="state",
        name=Words("状态", "State"),
        expression=lambda _: MeetingDecision.state,
        labels=naming.of(
            {
                DecisionState.OPEN.value: Words("未完成", "Open"),
                DecisionState.DONE.value: Words("已完成", "Done"),
                DecisionState.DROPPED.value: Words("不再办理", "Dropped"),
            }
        ),
        ordered=True,
    ),
    *TIME,
)
_MEASURES = (
    Measure(
        code="decided",
        name=Words("会议决定", "Decisions"),
        definition=Words("期间内会议作出的决定。", "Decisions of meetings in the period."),
        day=lambda _: MeetingDecision.decided_at,
    ),
    Measure(
        code="open",
        name=Words("未完成的决定", "Decisions open"),
        definition=Words(
            "期间最后一日前作出、至今未完成的决定。",
            "Decisions taken by the last day of the period that are not settled yet.",
        ),
        day=lambda _: MeetingDecision.decided_at,
        where=_standing,
        stock=True,
    ),
    Measure(
        code="done",
        name=Words("完成的决定", "Decisions done"),
        definition=Words("期间内完成的决定。", "Decisions done in the period."),
        day=lambda _: MeetingDecision.settled_at,
        where=lambda _: MeetingDecision.state == DecisionState.DONE,
    ),
    Measure(
        code="on_time_rate",
        name=Words("决定按期完成率", "Done on time"),
        definition=Words(
            "期间内到期的决定中，在期限内完成的占比（不再办理的不计）。",
            "Of decisions due in the period, those done by then (none that were dropped).",
        ),
        unit="rate",
        reckoning=Reckoning.RATE,
        day=lambda _: MeetingDecision.due_on,
        where=_fell_due,
        top=lambda asked: counted(_on_time(asked)),
        bottom=lambda _: func.count(),
    ),
    Measure(
        code="carried_over",
        name=Words("延续的决定", "Decisions carried over"),
        definition=Words(
            "期间最后一日前作出、未完成而同类会议已再次召开的决定。",
            "Decisions taken by the last day of the period, still open although their kind of meeting was held again.",
        ),
        day=lambda _: MeetingDecision.decided_at,
        where=_carried_over,
        stock=True,
    ),
)

REGISTER = Register(
    code="decisions",
    name=Words("会议决定", "Decisions"),
    permission=Permission.MEETINGS_READ,
    reads=Permission.MEETINGS_READ,
    dimensions=by_code(*_DIMENSIONS),
    measures=by_code(*_MEASURES),
    begun=begun,
    visible=visible,
    readable=visible,
    record=record,
)
