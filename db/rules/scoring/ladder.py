"""The monthly ladder of one figure per unit: highest increases are told, then set right, then carded (R-28 to R-36).

The figure is any one of a unit; never how many people complained. Every number is in `Rules`.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from db.rules.scoring.points import shown
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


def ranks(month: Mapping[Unit, Change]) -> dict[Unit, int]:
    """The place of every unit by its increase, the highest first: equal ones share it, the next is left free (1224)."""
    heights = {unit: _height(change) for unit, change in month.items()}
    first: dict[tuple[bool, Fraction], int] = {}
    for place, height in enumerate(sorted(heights.values(), reverse=True), start=1):
        first.setdefault(height, place)
    return {unit: first[height] for unit, height in heights.items()}


def _height(change: Change) -> tuple[bool, Fraction]:
    """Compared as shown, with one decimal, so that nothing breaks on a decimal nobody sees."""
    percent = change.percent
    if percent is None:
        return change.now > 0, change.now
    return False, Fraction(shown(percent))


@dataclass(frozen=True)
class _Place:
    """Where a unit stands after a month, and how many months running it has been told of."""

    running: int = 0
    card: Card = Card.NONE


def card(
    months: Sequence[Mapping[Unit, Change]], unit: Unit, rules: Rules, *, ineffective: Collection[int] = ()
) -> Card:
    """Where one unit stands after these months; see `cards`."""
    found = cards(months, rules, ineffective={unit: ineffective})
    return found[-1].get(unit, Card.NONE) if found else Card.NONE


def cards(
    months: Sequence[Mapping[Unit, Change]],
    rules: Rules,
    *,
    ineffective: Mapping[Unit, Collection[int]] | None = None,
) -> list[dict[Unit, Card]]:
    """Where every unit stands after each of these months, oldest first.

    `ineffective` are the months (from 0) after which somebody found a unit's rectification without effect (R-31). A
    rise after a yellow card keeps it from the best grade (R-32).
    """
    units = dict.fromkeys(unit for month in months for unit in month)
    places: dict[Unit, _Place] = dict.fromkeys(units, _Place())
    found = []
    for number, month in enumerate(months):
        told = highest(month, rules.told)
        for unit, place in places.items():
            without = number in (ineffective or {}).get(unit, ())
            places[unit] = _after(place, month.get(unit), rules, told=unit in told, ineffective=without)
        found.append({unit: place.card for unit, place in places.items()})
    return found


def _after(place: _Place, change: Change | None, rules: Rules, *, told: bool, ineffective: bool) -> _Place:
    running = place.running + 1 if told else 0
    if place.card in (Card.YELLOW, Card.NOT_EXCELLENT):
        rose = change is not None and change.now > change.before
        return _Place(running, Card.NOT_EXCELLENT if rose else place.card)
    rectifying = place.card is Card.RECTIFY or running >= rules.rectify_after
    if running >= rules.yellow_after or (rectifying and ineffective):
        return _Place(running, Card.YELLOW)
    if running >= rules.rectify_after:
        return _Place(running, Card.RECTIFY)
    return _Place(running, Card.NOTICE if running else Card.NONE)


def reward(change: Change, rules: Rules) -> Decimal:
    """The yuan a decrease brings; 0 where nothing fell or nothing can be compared."""
    percent = change.percent
    if percent is None or percent >= 0:
        return Decimal()
    return max((each.yuan for each in rules.rewards if -percent >= Fraction(each.percent)), default=Decimal())
