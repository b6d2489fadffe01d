"""What can be announced of an assessment: a period of its rubric, a month or quarter of its ladder, the whole year."""

import re
from collections.abc import Collection
from datetime import date
from enum import StrEnum

from db.rules.scoring.figures import MONTHS, QUARTERS
from db.rules.scoring.rubric import Rubric
from db.rules.scoring.words import RubricKind

TOTAL = "all"
_MONTH = re.compile(r"m(0[1-9]|1[0-2])")
_LONGEST_MONTH, _LONGEST_QUARTER, _LONGEST_HALF = 31, 92, 184


class Span(StrEnum):
    """How long the time of an announcement is (R-06)."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


def scopes_of(rubric: Rubric) -> tuple[str, ...]:
    """Codes of everything that can be announced, in the order of the year; the total last."""
    if rubric.kind is RubricKind.LADDER:
        return (*(month_code(month) for month in MONTHS), *QUARTERS, TOTAL)
    return (*(period.code for period in rubric.periods()), TOTAL)


def month_code(month: int) -> str:
    """The code of a month of a ladder, from 1."""
    return f"m{month:02}"


def month_of(scope: str) -> int | None:
    """The month a ladder's code names, from 1; None for every other code."""
    found = _MONTH.fullmatch(scope)
    return int(found[1]) if found else None


def months_of(scope: str) -> Collection[int]:
    """The months a ladder's code stands for: one, a quarter's, or all."""
    month = month_of(scope)
    return (month,) if month else QUARTERS.get(scope, MONTHS)


def span_of(begins: date, ends: date) -> Span:
    """Month, quarter, half-year or year, whichever is the shortest these days fit into."""
    days = (ends - begins).days + 1
    if days <= _LONGEST_MONTH:
        return Span.MONTH
    if days <= _LONGEST_QUARTER:
        return Span.QUARTER
    return Span.HALF if days <= _LONGEST_HALF else Span.YEAR
