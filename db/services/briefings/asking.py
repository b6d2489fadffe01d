"""A question about a register, checked and put into SQL: which rows, of which days, divided by what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, SQLColumnExpression, and_, literal, or_, select, true

from db import clock
from db.engine import current
from db.rules.briefings.chart import ChartKind, ChartSpec, Compare, Period
from db.rules.briefings.periods import days_of
from db.rules.permissions import Actor
from db.rules.problems import N_, Check
from db.rules.text import is_fit
from db.services.briefings.registers import Dimension, Measure, Register, measures_of, register_of
from db.services.briefings.registers.days import is_moment, slot_of
from db.services.briefings.registers.declaring import Asked
from db.services.briefings.registers.naming import numbers_of

LONGEST_TITLE = 100
MOST_CODES = 500
YEARS = (1900, 2200)
NO_CHOICE = N_("This is not one of the choices.")


@dataclass(frozen=True, kw_only=True)
class Question:
    """A checked question: `asked` holds its days, `split` and `by` are None where it is not divided."""

    spec: ChartSpec
    register: Register
    measure: Measure
    split: Dimension | None
    by: Dimension | None
    filters: tuple[tuple[Dimension, tuple[str, ...]], ...]
    asked: Asked

    def over(self, first: date | None, last: date | None) -> "Question":
        """The same about other days."""
        return replace(self, asked=replace(self.asked, first=first, last=last))


def question_of(actor: Actor, spec: ChartSpec) -> Question:
    """The question as it can be asked; raises Refused when the register is not theirs, Problems beside the fields."""
    register = register_of(actor, spec.register)
    measure = measures_of(actor, register).get(spec.measure)
    check = Check()
    check.that(measure, "measure", N_("This register has no such figure."))
    split, by = (_dimension(check, register, measure, name, getattr(spec, name)) for name in ("split", "by"))
    check.that(split or not spec.by, "by", N_("Choose the first division before the second."))
    check.that(not spec.by or spec.by != spec.split, "by", N_("Choose another division than the first."))
    check.that(not (by and by.slot), "by", N_("Time is the first division."))
    filters = []
    for code, kept in spec.filters:
        dimension = register.dimensions.get(code)
        fine = dimension is not None and dimension.slot is None and (not measure or measure.divided_by(dimension))
        if check.that(fine, "filters", N_("This register can't be filtered by {code}."), code=code) and dimension:
            check.that(len(kept) <= MOST_CODES, "filters", N_("At most {most} choices."), most=MOST_CODES)
            filters.append((dimension, kept))
    check.that(not spec.kind or spec.kind in set(ChartKind), "kind", NO_CHOICE)
    check.that(not spec.compare or spec.compare in set(Compare), "compare", NO_CHOICE)
    check.that(len(spec.title) <= LONGEST_TITLE, "title", N_("At most {most} characters."), most=LONGEST_TITLE)
    _check_period(check, spec)
    check.done()
    if measure is None:
        raise AssertionError("checked above")
    return Question(
        spec=spec,
        register=register,
        measure=measure,
        split=split,
        by=by,
        filters=tuple(filters),
        asked=_asked(spec),
    )


def _dimension(check: Check, register: Register, measure: Measure | None, field: str, code: str) -> Dimension | None:
    if not code:
        return None
    dimension = register.dimensions.get(code)
    check.that(dimension, field, N_("This register has no such division."))
    if dimension is not None and measure is not None:
        check.that(measure.divided_by(dimension), field, N_("This figure can't be divided so."))
    return dimension


def _check_period(check: Check, spec: ChartSpec) -> None:
    if not check.that(spec.period in set(Period), "period", NO_CHOICE) or spec.period != Period.CHOSEN:
        return
    first, last = spec.first, spec.last
    check.that(first, "first", N_("Choose the first day."))
    check.that(last, "last", N_("Choose the last day."))
    check.that(not (first and last) or first <= last, "last", N_("The last day is before the first."))
    for name, day in (("first", first), ("last", last)):
        known = day is None or YEARS[0] <= day.year <= YEARS[1]
        check.that(known, name, N_("Choose a day between {first} and {last}."), first=YEARS[0], last=YEARS[1])


def _asked(spec: ChartSpec) -> Asked:
    database, now = current(), clock.now()
    zone = database.settings.timezone
    today = clock.day_of(now, zone)
    first, last = days_of(Period(spec.period), today, spec.first, spec.last)
    return Asked(today=today, now=now, zone=zone, sqlite=database.is_sqlite, first=first, last=last)


def grouped(question: Question, reach: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """One aggregate: axis, series, top and bottom for each division that holds anything."""
    measure, asked = question.measure, question.asked
    columns: list[Any] = [expression_of(question, one).label(f"slot_{name}") for name, one in _divisions(question)]
    top: Any = measure.top(asked).label("top_of")
    bottom: Any = measure.bottom(asked) if measure.bottom else literal(0)
    query = measure.joined(question.register.begun(select(*columns, top, bottom.label("bottom_of"))))
    return query.where(reach, *conditions(question)).group_by(*(column.name for column in columns))


def conditions(question: Question) -> list[ColumnElement[bool]]:
    """What a row must be to be counted, but for who asks."""
    measure, asked = question.measure, question.asked
    kept = [one_of(question, dimension, codes) for dimension, codes in question.filters]
    return [_within(question), measure.where(asked), *kept]


def one_of(question: Question, dimension: Dimension, codes: Sequence[str]) -> ColumnElement[bool]:
    """Whether a row has one of these codes; "" is what was not said."""
    column = expression_of(question, dimension)
    parts: list[ColumnElement[bool]] = []
    if isinstance(cast(ColumnElement[Any], column).type, Integer):
        parts.append(column.in_(numbers_of(codes)))
    else:
        # No database takes such a text, so no row has one.
        parts.append(column.in_([code for code in codes if is_fit(code)]))
    parts += [column.is_(None)] if "" in codes else []
    return or_(*parts)


def expression_of(question: Question, dimension: Dimension) -> SQLColumnExpression[Any]:
    """What a row's code is made of."""
    asked = question.asked
    if dimension.slot is not None:
        if question.measure.day is None:
            raise AssertionError("a figure without a day has no axis of time")
        return slot_of(question.measure.day(asked), dimension.slot, asked)
    if dimension.expression is None:
        raise AssertionError(f"{dimension.code} divides by nothing")
    return dimension.expression(asked)


def _divisions(question: Question) -> list[tuple[str, Dimension]]:
    named = (("at", question.split), ("what", question.by))
    return [(name, one) for name, one in named if one is not None]


def _within(question: Question) -> ColumnElement[bool]:
    """On the days asked about; what stands at the end of a period may have come long before it."""
    measure, asked = question.measure, question.asked
    if measure.day is None:
        return true()
    column = measure.day(asked)
    first = None if measure.stock else asked.first
    parts: list[ColumnElement[bool]] = []
    if is_moment(column):
        zone = ZoneInfo(asked.zone)
        if first is not None:
            parts.append(column >= datetime.combine(first, time.min, zone))
        if asked.last is not None:
            parts.append(column < datetime.combine(asked.last + timedelta(days=1), time.min, zone))
    else:
        parts += [column >= first] if first is not None else []
        parts += [column <= asked.last] if asked.last is not None else []
    return and_(*parts) if parts else column.is_not(None)
