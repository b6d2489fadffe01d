"""Ranks of units: by the total as shown, so that none is above another on a decimal nobody sees."""

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from db.rules.scoring.points import shown
from db.rules.scoring.rubric import Grade

Unit = TypeVar("Unit", bound=Hashable)


def ranks(totals: Mapping[Unit, Fraction | None]) -> dict[Unit, int]:
    """The rank of every unit that has a total: equal totals share the higher rank, the next rank is left free (1224).

    Totals are compared as shown, with one decimal.
    """
    seen = {unit: shown(total) for unit, total in totals.items() if total is not None}
    first: dict[Decimal, int] = {}
    for place, total in enumerate(sorted(seen.values(), reverse=True), start=1):
        first.setdefault(total, place)
    return {unit: first[total] for unit, total in seen.items()}


def grade_of(grades: Sequence[Grade], total: Fraction | None, *, blocked: bool) -> str:
    """The grade of a total as shown, "" without one. Blocked (veto R-42, ladder R-32): the best grade is not given."""
    if total is None:
        return ""
    points: Decimal = shown(total)
    reached = [grade.code for grade in grades if points >= grade.least]
    if not reached:
        return ""
    best = grades[0].code
    if blocked and reached[0] == best:
        return grades[1].code if len(grades) > 1 else ""
    return reached[0]
