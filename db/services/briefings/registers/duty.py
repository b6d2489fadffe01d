"""Shifts as a register of charts: served, open, and without a mark; by duty and post, never by person."""

from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, literal, or_, true

from db.models import Duty, DutyAttendance, DutyPost, DutyShift, Rota, RotaPlace
from db.rules.briefings.chart import Words
from db.rules.permissions import Actor, Permission
from db.services.briefings.registers import naming
from db.services.briefings.registers.declaring import Asked, Dimension, Measure, Register, by_code
from db.services.briefings.registers.shared import TIME, question, weekday
from db.services.duty.scope import within
from db.services.duty.serving import PUBLISHED


def begun(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Every place of a published rota."""
    return (
        query.select_from(RotaPlace)
        .join(Rota, and_(Rota.id == RotaPlace.rota_id, Rota.state == PUBLISHED))
        .join(Duty, Duty.id == Rota.duty_id)
        .join(DutyPost, DutyPost.id == RotaPlace.post_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
    )


def visible(_actor: Actor) -> ColumnElement[bool]:
    """Who may read rotas reads all of them."""
    return true()


def record(_asked: Asked) -> tuple[SQLColumnExpression[Any], ...]:
    """The columns of one place behind a figure; who serves is not among them."""
    return Duty.id, literal(""), DutyPost.name, Duty.name, DutyShift.name


def _with_marks(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    marked = and_(DutyAttendance.place_id == RotaPlace.id, DutyAttendance.member_id == RotaPlace.member_id)
    return query.outerjoin(DutyAttendance, marked)


def _served(asked: Asked) -> ColumnElement[bool]:
    return and_(RotaPlace.member_id.is_not(None), RotaPlace.begins_at <= asked.now)


def _unmarked(asked: Asked) -> ColumnElement[bool]:
    unended = and_(DutyAttendance.ended_at.is_(None), RotaPlace.ends_at <= asked.now)
    return and_(_served(asked), or_(DutyAttendance.started_at.is_(None), unended))


_DIMENSIONS = (
    Dimension(
        code="duty", name=Words("值班任务", "Duty"), expression=lambda _: Rota.duty_id, labels=naming.of_rows(Duty)
    ),
    Dimension(
        code="post", name=Words("岗位", "Post"), expression=lambda _: RotaPlace.post_id, labels=naming.of_rows(DutyPost)
    ),
    Dimension(
        code="shift",
        name=Words("班次", "Shift"),
        expression=lambda _: RotaPlace.shift_id,
        labels=naming.of_rows(DutyShift),
    ),
    Dimension(
        code="role",
        name=Words("角色", "Role"),
        expression=lambda _: RotaPlace.role,
        labels=naming.of_codes("duty_role"),
    ),
    question(
        "night",
        Words("夜班与否", "Night or not"),
        Words("夜班", "Night"),
        Words("非夜班", "Not at night"),
        lambda _: DutyShift.night.is_(True),
    ),
    *TIME,
    weekday(Words("星期", "Weekday"), RotaPlace.on_day),
)
_MEASURES = (
    Measure(
        code="served",
        name=Words("已值班次", "Shifts served"),
        definition=Words(
            "期间内已发布排班表上已开始且有人值守的班次，一人一班计一次。",
            "Shifts of published rotas that began in the period with somebody on them, one for each person.",
        ),
        day=lambda _: RotaPlace.on_day,
        where=_served,
    ),
    Measure(
        code="open",
        name=Words("空缺岗次", "Open places"),
        definition=Words(
            "期间内已发布排班表上无人值守的岗次。", "Places of published rotas in the period with nobody on them."
        ),
        day=lambda _: RotaPlace.on_day,
        where=lambda _: RotaPlace.member_id.is_(None),
    ),
    Measure(
        code="unmarked",
        name=Words("缺到岗或离岗记录", "Marks missing"),
        definition=Words(
            "期间内已开始的班次中没有到岗记录，或已结束而没有离岗记录的。",
            "Shifts begun in the period without a start or, when they are over, without an end.",
        ),
        day=lambda _: RotaPlace.on_day,
        joined=_with_marks,
        where=_unmarked,
        permission=Permission.DUTY_PLAN,
        reach=within,
    ),
)

REGISTER = Register(
    code="duty",
    name=Words("值班", "Duty"),
    permission=Permission.DUTY_READ,
    reads=Permission.DUTY_READ,
    dimensions=by_code(*_DIMENSIONS),
    measures=by_code(*_MEASURES),
    begun=begun,
    visible=visible,
    readable=visible,
    record=record,
)
