"""What a corrected result says otherwise than the one before it: units, totals, ranks, grades, cards, items."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from db.rules.scoring.points import shown

Place = tuple[str, str]
Unit = TypeVar("Unit", bound=Hashable)


class What(StrEnum):
    """What of a unit differs."""

    ADDED = "added"
    LEFT = "left"
    TOTAL = "total"
    RANK = "rank"
    GRADE = "grade"
    CARD = "card"
    ITEM = "item"


@dataclass(frozen=True)
class Announced:
    """One unit as it was announced; `points` by period ("" the year's book) and item, None: not scored there."""

    total: Fraction | None
    rank: int | None
    grade: str = ""
    card: str = ""
    points: Mapping[Place, Fraction | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """One thing of one unit, as it was and as it is; numbers as shown, "" for none."""

    unit: Hashable
    what: What
    before: str = ""
    after: str = ""
    period: str = ""
    item: str = ""


def differences(before: Mapping[Unit, Announced], after: Mapping[Unit, Announced]) -> tuple[Difference, ...]:
    """Unit by unit in the order of `after`, then those that are in it no more; empty when nothing differs."""
    found: list[Difference] = []
    for unit, now in after.items():
        found += _of_unit(unit, before[unit], now) if unit in before else [Difference(unit, What.ADDED)]
    return (*found, *(Difference(unit, What.LEFT) for unit in before if unit not in after))


def _of_unit(unit: Hashable, was: Announced, now: Announced) -> Iterator[Difference]:
    if was.total != now.total:
        yield Difference(unit, What.TOTAL, *apart(was.total, now.total))
    if was.rank != now.rank:
        yield Difference(unit, What.RANK, *("" if rank is None else str(rank) for rank in (was.rank, now.rank)))
    if was.grade != now.grade:
        yield Difference(unit, What.GRADE, was.grade, now.grade)
    if was.card != now.card:
        yield Difference(unit, What.CARD, was.card, now.card)
    for place in dict.fromkeys((*now.points, *was.points)):
        old, new = was.points.get(place), now.points.get(place)
        if old != new:
            yield Difference(unit, What.ITEM, *apart(old, new), *place)


def apart(old: Fraction | None, new: Fraction | None) -> tuple[str, str]:
    """Two numbers as shown, with as many more digits as it takes to tell them apart; a fraction where none do."""
    if old is None or new is None:
        return _shown(old), _shown(new)
    if shown(old) != shown(new):
        return _shown(old), _shown(new)
    two = [f"{Decimal(number.numerator) / Decimal(number.denominator):.2f}" for number in (old, new)]
    return (two[0], two[1]) if two[0] != two[1] else (str(old), str(new))


def _shown(number: Fraction | None) -> str:
    return "" if number is None else f"{shown(number):f}"
