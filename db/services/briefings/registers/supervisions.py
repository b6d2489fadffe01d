"""Supervision notices as a register of charts: issued, waiting, answered in time (W2, Art. 40)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, or_, select

from db.models import Case, Supervision, Unit
from db.rules.briefings.chart import Words
from db.rules.permissions import Actor, Permission
from db.rules.supervision import State, Why
from db.services.briefings.registers import cases, naming
from db.services.briefings.registers.days import day_number
from db.services.briefings.registers.declaring import Asked, Dimension, Measure, Reckoning, Register, by_code
from db.services.briefings.registers.shared import TIME, counted, unit
from db.services.supervision.scope import shown_to


def begun(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Every notice with its matter."""
    return query.select_from(Supervision).join(Case, Case.id == Supervision.case_id)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Notices about matters this person's figures reach, once they were issued."""
    return and_(cases.visible(actor), Supervision.issued_at.is_not(None), Supervision.state != State.WITHDRAWN)


def readable(actor: Actor) -> ColumnElement[bool]:
    """Notices this person may open, about matters they may open."""
    return shown_to(actor)


def record(_asked: Asked) -> tuple[SQLColumnExpression[Any], ...]:
    """The columns of one notice behind a figure: those of its matter, under the number of the notice."""
    named = select(Unit.name).where(Unit.id == Supervision.unit_id).scalar_subquery()
    return Case.id, Supervision.number, Case.subject, named, Supervision.state


def _on_time(asked: Asked) -> ColumnElement[bool]:
    return day_number(Supervision.answered_at, asked) <= day_number(Supervision.answer_by, asked)


_DIMENSIONS = (
    unit("unit", Words("被督办单位", "Unit"), Supervision.unit_id),
    Dimension(
        code="why",
        name=Words("督办原因", "Why"),
        expression=lambda _: Supervision.why,
        labels=naming.of(
            {
                Why.OVERDUE.value: Words("逾期", "Overdue"),
                Why.REPEATED.value: Words("再次督办", "Repeated"),
                Why.DECISION.value: Words("会议决定", "Decided in a meeting"),
                Why.OTHER.value: Words("其他原因", "Other reason"),
            }
        ),
    ),
    Dimension(
        code="category",
        name=Words("事项类别", "Category"),
        expression=lambda _: Case.category,
        labels=naming.of_codes("category"),
    ),
    *TIME,
)
_MEASURES = (
    Measure(
        code="issued",
        name=Words("发出督办", "Notices issued"),
        definition=Words(
            "期间内发出的督办单，撤回的不计。", "Supervision notices issued in the period, none that were withdrawn."
        ),
        day=lambda _: Supervision.issued_at,
    ),
    Measure(
        code="answered",
        name=Words("已回复督办", "Notices answered"),
        definition=Words("期间内回复的督办单。", "Supervision notices answered in the period."),
        day=lambda _: Supervision.answered_at,
    ),
    Measure(
        code="answered_rate",
        name=Words("督办按期回复率", "Answered on time"),
        definition=Words(
            "期间内应回复的督办单中，在期限内回复的占比。",
            "Of notices whose answer was due in the period, those answered by then.",
        ),
        unit="rate",
        reckoning=Reckoning.RATE,
        day=lambda _: Supervision.answer_by,
        where=lambda asked: or_(Supervision.answered_at.is_not(None), Supervision.answer_by < asked.today),
        top=lambda asked: counted(_on_time(asked)),
        bottom=lambda _: func.count(),
    ),
    Measure(
        code="waiting",
        name=Words("期末待回复", "Waiting at the end"),
        definition=Words(
            "期间最后一日仍在等待回复的督办单（以现在的状态计）。",
            "Notices issued by the last day of the period that still wait for an answer.",
        ),
        day=lambda _: Supervision.issued_at,
        where=lambda _: Supervision.state == State.ISSUED,
        stock=True,
    ),
)

REGISTER = Register(
    code="supervisions",
    name=Words("督办", "Supervision"),
    permission=Permission.FIGURES_READ,
    reads=Permission.CASES_READ,
    dimensions=by_code(*_DIMENSIONS),
    measures=by_code(*_MEASURES),
    begun=begun,
    visible=visible,
    readable=readable,
    record=record,
)
