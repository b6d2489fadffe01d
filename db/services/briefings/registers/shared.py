"""Dimensions every register has in the same way: time by the measure's own day, units, questions of yes and no."""

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, String, case, func, literal_column

from db.rules.briefings.chart import Words
from db.rules.briefings.periods import Slot
from db.rules.briefings.recommending import DimensionKind
from db.services.briefings.registers import naming
from db.services.briefings.registers.days import piece
from db.services.briefings.registers.declaring import Condition, Dimension, Expression

_TIME = {
    Slot.DAY: Words("日", "Day"),
    Slot.WEEK: Words("周", "Week"),
    Slot.MONTH: Words("月", "Month"),
    Slot.QUARTER: Words("季度", "Quarter"),
    Slot.YEAR: Words("年", "Year"),
}
TIME = tuple(
    Dimension(
        code=slot.value, name=name, kind=DimensionKind.TIME, slot=slot, labels=naming.of_slots(slot), ordered=True
    )
    for slot, name in _TIME.items()
)
"""Divides by the day the measure counts on."""


def unit(code: str, name: Words, column: SQLColumnExpression[Any]) -> Dimension:
    """A unit, by its id."""
    return Dimension(
        code=code, name=name, kind=DimensionKind.UNIT, expression=lambda _: column, labels=naming.of_units()
    )


def weekday(name: Words, column: SQLColumnExpression[Any]) -> Dimension:
    """The day of the week of a day or moment."""
    return Dimension(
        code="weekday",
        name=name,
        kind=DimensionKind.WEEKDAY,
        expression=lambda asked: piece(column, "weekday", asked),
        labels=naming.of_weekdays(),
        ordered=True,
    )


def question(code: str, name: Words, yes: Words, no: Words, condition: Condition) -> Dimension:
    """Something that is so or not."""
    return Dimension(code=code, name=name, expression=_yes_no(condition), labels=naming.yes_no(yes, no), ordered=True)


def _yes_no(condition: Condition) -> Expression:
    return lambda asked: case((condition(asked), literal_column("'yes'", String)), else_=literal_column("'no'", String))


def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows are so."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
