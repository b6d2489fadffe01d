"""A rubric: parts with weights and periods, items with points, steps, caps and triggers; all of it an office's data."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from db.rules.problems import N_, Check
from db.rules.scoring.words import Award, ItemKind, RubricKind

WHOLE = Decimal(100)


@dataclass(frozen=True)
class Step:
    """From so many on (>= 1) so many points in all; a later step replaces an earlier one (R-24, R-25)."""

    count: int
    points: Decimal


@dataclass(frozen=True)
class Item:
    """One line of a rubric.

    `points` are the most of a base item and those of one count of a bonus or deduction (always >= 0: the kind says
    which way they go). `cap` is the most the item brings in a year. Items of one `group` count only the highest for
    one event (R-15, R-21). `threshold` is what a minimum or target asks for, in `unit`. `trigger` names what computes
    it; empty: an assessor types it.
    """

    code: str
    kind: ItemKind
    points: Decimal = Decimal()
    award: Award = Award.GIVEN
    steps: tuple[Step, ...] = ()
    cap: Decimal | None = None
    group: str = ""
    threshold: Decimal | None = None
    unit: str = ""
    trigger: str = ""
    section: str = ""
    source: str = ""
    active: bool = True
    periods: frozenset[str] = frozenset()
    """The periods in which a base item is scored; empty: in all."""


@dataclass(frozen=True)
class Period:
    """One span that is scored by itself; both days belong to it."""

    code: str
    begins: date
    ends: date


@dataclass(frozen=True)
class Part:
    """Periods that share a weight (in percent of the total) and count equally within it (R-02 to R-06)."""

    code: str
    weight: Decimal
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class Grade:
    """A word for totals from so many points on."""

    code: str
    least: Decimal


@dataclass(frozen=True)
class Rubric:
    """What is scored in one year, and how it comes to one total."""

    year: int
    kind: RubricKind = RubricKind.POINTS
    base: Decimal = WHOLE
    parts: tuple[Part, ...] = ()
    items: tuple[Item, ...] = ()
    bonus_cap: Decimal | None = None
    grades: tuple[Grade, ...] = ()

    def of_kind(self, *kinds: ItemKind) -> tuple[Item, ...]:
        """The active items of these kinds, in their order."""
        return tuple(item for item in self.items if item.active and item.kind in kinds)

    def base_items(self, period: str) -> tuple[Item, ...]:
        """The active base items scored in a period."""
        return tuple(item for item in self.of_kind(ItemKind.BASE) if not item.periods or period in item.periods)

    def periods(self) -> tuple[Period, ...]:
        """Every period, in the order of the parts."""
        return tuple(period for part in self.parts for period in part.periods)


@dataclass(frozen=True)
class Known:
    """What a rubric may name: the triggers that compute something."""

    triggers: Collection[str] = field(default_factory=frozenset)


NOT_NEGATIVE = N_("Points are 0 or more; the kind of the item says whether they are added or taken off.")


def check_rubric(rubric: Rubric, known: Known) -> None:
    """Raise Problems, each beside its part or item ("weights", "part:CODE", "item:CODE")."""
    check = Check()
    if rubric.kind is RubricKind.POINTS:
        _check_parts(check, rubric)
        _check_base(check, rubric)
    check.that(rubric.bonus_cap is None or rubric.bonus_cap >= 0, "bonus_cap", NOT_NEGATIVE)
    codes = [item.code for item in rubric.items]
    for item in rubric.items:
        check.that(codes.count(item.code) == 1, f"item:{item.code}", N_("This code is used twice."))
        _check_item(check, item, known)
    least = [grade.least for grade in rubric.grades]
    check.that(least == sorted(set(least), reverse=True), "grades", N_("Grades go from the highest points downwards."))
    check.done()


def _check_parts(check: Check, rubric: Rubric) -> None:
    total = sum((part.weight for part in rubric.parts), Decimal())
    check.that(total == WHOLE, "weights", N_("The weights come to {total} and not to 100."), total=f"{total:f}")
    for part in rubric.parts:
        where = f"part:{part.code}"
        check.that(part.weight > 0, where, N_("A weight is more than 0."))
        check.that(part.periods, where, N_("This part has no period."))
        for period in part.periods:
            check.that(period.begins <= period.ends, where, N_("A period ends on the day it begins or later."))
            inside = period.begins.year == rubric.year == period.ends.year
            check.that(inside, where, N_("A period lies within {year}."), year=rubric.year)


def _check_base(check: Check, rubric: Rubric) -> None:
    """Every period with base items comes to the base; so a point is a point on every sheet."""
    for period in rubric.periods():
        items = rubric.base_items(period.code)
        total = sum((item.points for item in items), Decimal())
        fine = not items or total == rubric.base
        message = N_("The items of this period come to {total} points and not to {base}.")
        check.that(fine, f"period:{period.code}", message, total=f"{total:f}", base=f"{rubric.base:f}")


def _check_item(check: Check, item: Item, known: Known) -> None:
    where = f"item:{item.code}"
    check.that(item.points >= 0, where, NOT_NEGATIVE)
    check.that(item.cap is None or item.cap >= 0, where, NOT_NEGATIVE)
    _check_steps(check, where, item.steps)
    check.that(not (item.group and item.steps), where, N_("An item of a group has points for each time, not steps."))
    check.that(not item.trigger or item.trigger in known.triggers, where, N_("Nothing computes this."))
    if item.kind in (ItemKind.MINIMUM, ItemKind.TARGET):
        check.that(item.threshold is not None, where, N_("Say how much is asked for."))
    if item.kind is ItemKind.VETO:
        check.that(not item.trigger, where, N_("A veto is decided by a person, with a reason."))
    if item.kind is ItemKind.BASE:
        check.that(item.points > 0, where, N_("A base item has points."))
        check.that(not item.steps, where, N_("Steps are for bonuses and deductions."))
        check.that(item.award is not Award.RATE or item.trigger, where, N_("A rate is computed, never typed."))


def _check_steps(check: Check, where: str, steps: Sequence[Step]) -> None:
    check.that(all(step.count >= 1 and step.points >= 0 for step in steps), where, NOT_NEGATIVE)
    rising = all(a.count < b.count and a.points <= b.points for a, b in itertools.pairwise(steps))
    check.that(rising, where, N_("Steps rise: more of it never brings fewer points."))
