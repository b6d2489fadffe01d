"""Matters as a register of charts: never a sealed one, never an accusation, nobody's name (Art. 30)."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, func, or_, select

from db.models import Case, CaseVisit, LimitRule, Unit
from db.rules import case_words
from db.rules.briefings.chart import Words
from db.rules.briefings.recommending import DimensionKind
from db.rules.cases import Kind, Procedure, Satisfaction
from db.rules.permissions import Actor, Permission
from db.services.briefings.registers import naming
from db.services.briefings.registers.days import day_number, piece
from db.services.briefings.registers.declaring import Asked, Dimension, Measure, Reckoning, Register, by_code
from db.services.briefings.registers.shared import TIME, counted, question, unit, weekday
from db.services.cases.scope import visible as in_reach

VALID = (Satisfaction.SATISFIED, Satisfaction.FAIRLY, Satisfaction.DISSATISFIED)
COLLECTIVE = "collective_from"
_MOST_BOUNCES = 5


def open_to_figures() -> ColumnElement[bool]:
    """What may stand in a figure at all: nothing sealed, and no accusation."""
    return and_(~Case.sealed, Case.kind != Kind.ACCUSATION)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The matters this person's figures reach."""
    return and_(in_reach(actor, Permission.FIGURES_READ), open_to_figures())


def readable(actor: Actor) -> ColumnElement[bool]:
    """The matters this person may open, of those that stand in figures."""
    return and_(in_reach(actor, Permission.CASES_READ), open_to_figures())


def record(_asked: Asked) -> tuple[SQLColumnExpression[Any], ...]:
    """The columns of one matter behind a figure."""
    named = select(Unit.name).where(Unit.id == Case.lead_unit_id).scalar_subquery()
    return Case.id, Case.number, Case.subject, named, Case.state


def _coded(code: str, name: Words, column: Any, list_name: str = "", *left_out: str) -> Dimension:
    labels = naming.of_codes(list_name) if list_name else naming.of_words(case_words.TABLES[code], *left_out)
    return Dimension(code=code, name=name, expression=lambda _: column, labels=labels)


def _ordered(code: str, name: Words, column: Any, *left_out: str) -> Dimension:
    labels = naming.of_words(case_words.TABLES[code], *left_out)
    return Dimension(code=code, name=name, expression=lambda _: column, labels=labels, ordered=True)


def _collective(_asked: Asked) -> ColumnElement[bool]:
    least = select(LimitRule.amount).where(LimitRule.limit_set_id == Case.limit_set_id, LimitRule.code == COLLECTIVE)
    return Case.head_count >= least.correlate(Case).scalar_subquery()


def _overdue(asked: Asked) -> ColumnElement[bool]:
    return and_(Case.open, Case.next_due_on < asked.today)


def _standing(asked: Asked) -> ColumnElement[bool]:
    """Open when the period ended: received by then, and not ended by then."""
    if asked.last is None or asked.last >= asked.today:
        return and_(Case.open)
    return or_(Case.closed_on.is_(None), Case.closed_on > asked.last)


def _rateable() -> ColumnElement[bool]:
    """What another legal procedure decides is outside the evaluation, and nobody can be asked without a name."""
    return and_(~Case.anonymous, Case.procedure == Procedure.ORDINARY)


def _rated() -> ColumnElement[bool]:
    visits = select(CaseVisit.id).where(CaseVisit.case_id == Case.id, CaseVisit.visited_on >= Case.replied_on)
    return visits.where(CaseVisit.reached, CaseVisit.satisfaction.in_(VALID)).correlate(Case).exists()


def _visited(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.join(CaseVisit, CaseVisit.case_id == Case.id)


def _valid(_asked: Asked) -> ColumnElement[bool]:
    return and_(_rateable(), CaseVisit.reached, CaseVisit.satisfaction.in_(VALID))


def _told() -> ColumnElement[Any]:
    """The day the resident was told; of an anonymous matter the day its answer was confirmed, or the end of it."""
    confirmed = case((Case.anonymous, Case.confirmed_on), else_=None)
    return func.coalesce(Case.replied_on, confirmed, Case.closed_on)


def _notified() -> ColumnElement[Any]:
    """The day of the notice, or of the answer that took its place."""
    told = _told()
    sooner = or_(Case.notice_on.is_(None), told < Case.notice_on)
    return case((sooner, told), else_=Case.notice_on)


def _fell_due(due: Any, done: ColumnElement[Any]) -> Callable[[Asked], ColumnElement[bool]]:
    """Judged is what was done, or whose day is over."""
    return lambda asked: and_(due.is_not(None), or_(done.is_not(None), due < asked.today))


_DIMENSIONS = (
    _coded("category", Words("类别", "Category"), Case.category, "category"),
    unit("unit", Words("主办单位", "Lead unit"), Case.lead_unit_id),
    _coded("channel", Words("渠道", "Channel"), Case.channel),
    _coded("source", Words("来源", "Source"), Case.source),
    _coded("kind", Words("事项类型", "Kind"), Case.kind, "", Kind.ACCUSATION),
    _ordered("grade", Words("等级", "Grade"), Case.grade),
    _ordered("state", Words("状态", "State"), Case.state),
    _ordered("outcome", Words("处理结果", "Outcome"), Case.outcome),
    _ordered("satisfaction", Words("满意度", "Satisfaction"), Case.satisfaction),
    _ordered("solved", Words("解决情况", "Solved or not"), Case.solved),
    Dimension(
        code="bounces",
        name=Words("退回次数", "Times returned"),
        kind=DimensionKind.NUMBER,
        expression=lambda _: Case.bounces,
        labels=naming.of_numbers(_MOST_BOUNCES),
        ordered=True,
    ),
    question(
        "collective",
        Words("是否集体访", "Collective or not"),
        Words("集体访", "Collective"),
        Words("非集体访", "Not collective"),
        _collective,
    ),
    question(
        "overdue",
        Words("是否逾期", "Overdue or not"),
        Words("逾期", "Overdue"),
        Words("未逾期", "Not overdue"),
        _overdue,
    ),
    *TIME,
    weekday(Words("收到的星期", "Weekday received"), Case.received_at),
    Dimension(
        code="hour",
        name=Words("收到的时段", "Hour received"),
        kind=DimensionKind.HOUR,
        expression=lambda asked: piece(Case.received_at, "hour", asked),
        labels=naming.of_hours(),
        ordered=True,
    ),
)
_MEASURES = (
    Measure(
        code="received",
        name=Words("收到事项", "Matters received"),
        definition=Words("期间内收到的事项，按收到之日计。", "Matters received in the period, by the day of receipt."),
        day=lambda _: Case.received_at,
    ),
    Measure(
        code="closed",
        name=Words("办结事项", "Matters closed"),
        definition=Words(
            "期间内办结、不予受理或撤回的事项，按办结之日计。",
            "Matters closed, not accepted or withdrawn in the period, by the day they ended.",
        ),
        day=lambda _: Case.closed_on,
    ),
    Measure(
        code="open",
        name=Words("期末在办", "Open at the end"),
        definition=Words("期间最后一日仍未办结的事项。", "Matters not closed on the last day of the period."),
        day=lambda _: Case.received_at,
        where=_standing,
        stock=True,
    ),
    Measure(
        code="transferred",
        name=Words("转送交办事项", "Matters transferred"),
        definition=Words(
            "期间内转送、交办给承办单位的事项，按最近一次转送之日计。",
            "Matters transferred or assigned to a unit in the period, by the day of the last transfer.",
        ),
        day=lambda _: Case.transferred_on,
    ),
    Measure(
        code="returned",
        name=Words("退回次数", "Returns"),
        definition=Words(
            "期间内收到的事项被承办单位提出异议退回的次数。",
            "How often units objected to matters received in the period and returned them.",
        ),
        reckoning=Reckoning.SUM,
        day=lambda _: Case.received_at,
        top=lambda _: func.coalesce(func.sum(Case.bounces), 0),
        bottom=lambda _: counted(Case.bounces > 0),
    ),
    Measure(
        code="answered_rate",
        name=Words("按期办结率", "Answered on time"),
        definition=Words(
            "期间内到期的事项中，在期限内（含批准的延期）书面答复的占比。",
            "Of matters due in the period, those answered in writing on or before the due day, an approved extension "
            "included.",
        ),
        unit="rate",
        reckoning=Reckoning.RATE,
        day=lambda _: Case.answer_due_on,
        where=_fell_due(Case.answer_due_on, _told()),
        top=lambda _: counted(_told() <= Case.answer_due_on),
        bottom=lambda _: func.count(),
    ),
    Measure(
        code="notice_rate",
        name=Words("及时受理率", "Notice on time"),
        definition=Words(
            "期间内应告知受理情况的事项中，在期限内告知的占比。",
            "Of matters whose notice of acceptance fell due in the period, those whose notice was given within the "
            "limit.",
        ),
        unit="rate",
        reckoning=Reckoning.RATE,
        day=lambda _: Case.notice_due_on,
        where=_fell_due(Case.notice_due_on, _notified()),
        top=lambda _: counted(_notified() <= Case.notice_due_on),
        bottom=lambda _: func.count(),
    ),
    Measure(
        code="rated_rate",
        name=Words("参评率", "Rated"),
        definition=Words(
            "期间内已答复、可评价的事项中，有群众有效评价的占比（匿名的、另有法定程序的不计）。",
            "Of matters answered in the period that can be rated, those with a valid rating by the resident (none that "
            "are anonymous or have another legal procedure).",
        ),
        unit="rate",
        reckoning=Reckoning.RATE,
        day=lambda _: Case.replied_on,
        where=lambda _: _rateable(),
        top=lambda _: counted(_rated()),
        bottom=lambda _: func.count(),
    ),
    Measure(
        code="satisfied_rate",
        name=Words("群众满意率", "Satisfied"),
        definition=Words(
            "期间内全部有效评价中，评价为“满意”的占比（“基本满意”不计）。",
            "Of all valid ratings in the period, those that say satisfied (fairly satisfied is not counted).",
        ),
        unit="rate",
        reckoning=Reckoning.RATE,
        day=lambda _: CaseVisit.visited_on,
        where=_valid,
        joined=_visited,
        top=lambda _: counted(CaseVisit.satisfaction == Satisfaction.SATISFIED),
        bottom=lambda _: func.count(),
    ),
    Measure(
        code="fairly_rate",
        name=Words("群众满意率（含基本满意）", "Satisfied or fairly satisfied"),
        definition=Words(
            "期间内全部有效评价中，评价为“满意”或“基本满意”的占比。",
            "Of all valid ratings in the period, those that say satisfied or fairly satisfied.",
        ),
        unit="rate",
        reckoning=Reckoning.RATE,
        day=lambda _: CaseVisit.visited_on,
        where=_valid,
        joined=_visited,
        top=lambda _: counted(CaseVisit.satisfaction.in_((Satisfaction.SATISFIED, Satisfaction.FAIRLY))),
        bottom=lambda _: func.count(),
    ),
    Measure(
        code="days_to_answer",
        name=Words("平均答复天数", "Days to the answer"),
        definition=Words(
            "期间内答复的事项，从收到之日到答复之日的平均天数。",
            "Days from the receipt to the answer, on average of the matters answered in the period.",
        ),
        unit="days",
        reckoning=Reckoning.MEAN,
        day=lambda _: Case.replied_on,
        top=lambda asked: func.sum(day_number(Case.replied_on, asked) - day_number(Case.received_at, asked)),
        bottom=lambda _: func.count(),
    ),
)

REGISTER = Register(
    code="cases",
    name=Words("事项", "Matters"),
    permission=Permission.FIGURES_READ,
    reads=Permission.CASES_READ,
    dimensions=by_code(*_DIMENSIONS),
    measures=by_code(*_MEASURES),
    begun=lambda query: query.select_from(Case),
    visible=visible,
    readable=readable,
    record=record,
)
