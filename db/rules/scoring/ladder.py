"""The monthly ladder of one figure per unit: highest increases are told, then set right, then carded (R-28 to R-36).

The figure is any one of a unit; never how many people complained. Every number is in `Rules`.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from db.rules.scoring.words import Card

Unit = TypeVar("Unit", bound=Hashable)


@dataclass(frozen=True)
class Reward:
    """A decrease of at least so many percent brings so many yuan; a higher one replaces a lower (R-34 to R-36)."""

    percent: Decimal
    yuan: Decimal


@dataclass(frozen=True)
class Rules:
    """How many units are told of, and after how many months running what follows."""

    told: int
    rectify_after: int
    yellow_after: int
    rewards: tuple[Reward, ...] = ()


@dataclass(frozen=True)
class Change:
    """A figure beside that of the same month of the year before."""

    before: Fraction
    now: Fraction

    @property
    def percent(self) -> Fraction | None:
        """By how many percent it rose (less than 0: fell); None where there was nothing before."""
        return None if self.before == 0 else (self.now - self.before) * 100 / self.before


def highest(month: Mapping[Unit, Change], told: int) -> frozenset[Unit]:
    """The units with the highest increases, ties at the last place with them; what did not rise is never among them.

    From nothing to something is an increase beyond every percentage.
    """
    rises = {unit: _height(change) for unit, change in month.items() if change.now > change.before}
    if told <= 0 or not rises:
        return frozenset()
    least = sorted(rises.values(), reverse=True)[:told][-1]
    return frozenset(unit for unit, rise in rises.items() if rise >= least)


def _height(change: Change) -> tuple[bool, Fraction]:
    percent = change.percent
    return (True, change.now) if percent is None else (False, percent)


def card(
    months: Sequence[Mapping[Unit, Change]], unit: Unit, rules: Rules, *, ineffective: Collection[int] = ()
) -> Card:
    """Where a unit stands after these months, oldest first; `ineffective` are the months (from 0) after which somebody
    found its rectification without effect (R-31). A rise after a yellow card keeps it from the best grade (R-32)."""
    running, standing = 0, Card.NONE
    for number, month in enumerate(months):
        running = running + 1 if unit in highest(month, rules.told) else 0
        change = month.get(unit)
        if standing in (Card.YELLOW, Card.NOT_EXCELLENT):
            standing = Card.NOT_EXCELLENT if change is not None and change.now > change.before else standing
            continue
        rectifying = standing is Card.RECTIFY or running >= rules.rectify_after
        if running >= rules.yellow_after or (rectifying and number in ineffective):
            standing = Card.YELLOW
        elif running >= rules.rectify_after:
            standing = Card.RECTIFY
        else:
            standing = Card.NOTICE if running else Card.NONE
    return standing


def reward(change: Change, rules: Rules) -> Decimal:
    """The yuan a decrease brings; 0 where nothing fell or nothing can be compared."""
    percent = change.percent
    if percent is None or percent >= 0:
        return Decimal()
    return max((each.yuan for each in rules.rewards if -percent >= Fraction(each.percent)), default=Decimal())
