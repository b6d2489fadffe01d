"""From entries to one total that shows its own sum.

20 % x mean of the quarters + 30 % x half-year + 50 % x year-end + bonuses up to their cap - deductions, not below 0
(R-02 to R-06, R-18, R-26). A period or part left out rescales the rest; it does not become zero. Everything is exact
until it is shown; then it is rounded once.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from db.rules.scoring.entries import Entry, Line, base_line, counted
from db.rules.scoring.points import total_of
from db.rules.scoring.rubric import Item, Part, Rubric
from db.rules.scoring.words import ItemKind, Standing


@dataclass(frozen=True)
class PeriodScore:
    """One sheet: its lines, the items nobody scored yet, and the score out of the base (None: nothing applies)."""

    period: str
    lines: tuple[Line, ...]
    open: tuple[Item, ...]
    score: Fraction | None
    finished: bool = True

    @property
    def standing(self) -> Standing:
        """Whether it counts: unfinished or with open items it is missing; where nothing applies, left out."""
        if self.open or not self.finished:
            return Standing.MISSING
        return Standing.LEFT_OUT if self.score is None else Standing.SCORED


@dataclass(frozen=True)
class PartScore:
    """A part: how many of its periods count, their mean (None: none), its share of the total in percent, its points."""

    part: Part
    counted: int
    mean: Fraction | None
    share: Fraction
    points: Fraction


@dataclass(frozen=True)
class Measured:
    """A minimum or target beside what was measured (None: nothing was)."""

    item: Item
    value: Fraction | None

    @property
    def met(self) -> bool | None:
        """Whether it was reached; None where nothing was measured."""
        if self.value is None or self.item.threshold is None:
            return None
        return self.value >= Fraction(self.item.threshold)


@dataclass(frozen=True)
class Total:
    """A year's total with everything it is made of; `whole` is False while a period is missing."""

    parts: tuple[PartScore, ...]
    lines: tuple[Line, ...]
    bonus: Fraction
    bonus_counted: Fraction
    deduction: Fraction
    total: Fraction | None
    missing: tuple[str, ...]
    measured: tuple[Measured, ...]
    vetoed: bool

    @property
    def whole(self) -> bool:
        """Whether every period is scored or left out."""
        return not self.missing

    def sum_check(self) -> Fraction | None:
        """The printed parts added up again; equal to `total`, or something is broken."""
        if self.total is None:
            return None
        return max(Fraction(), total_of(part.points for part in self.parts) + self.bonus_counted - self.deduction)


def period_score(rubric: Rubric, period: str, entries: Sequence[Entry], *, finished: bool = True) -> PeriodScore:
    """One sheet of one unit. What does not apply leaves the denominator instead of scoring zero."""
    lines: list[Line] = []
    still: list[Item] = []
    own: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.period == period:
            own[entry.item].append(entry)
    for item in rubric.base_items(period):
        line = base_line(item, own[item.code])
        if line is None:
            still.append(item)
        else:
            lines.append(line)
    of = total_of(line.of for line in lines if line.applicable)
    got = total_of(line.points for line in lines if line.applicable)
    score = Fraction(rubric.base) * got / of if of else None
    return PeriodScore(period, tuple(lines), tuple(still), score, finished)


def year_total(
    rubric: Rubric,
    entries: Sequence[Entry],
    *,
    finished: Collection[str] | None = None,
    given: Mapping[str, Fraction] | None = None,
) -> Total:
    """The total of one unit.

    `finished` are the periods whose sheets are (None: all); `given` are scores taken as they are in place of sheets.
    """
    given = given or {}
    sheets = {
        code: period_score(rubric, code, entries, finished=finished is None or code in finished)
        for code in (period.code for period in rubric.periods())
        if code not in given
    }
    missing = tuple(code for code, sheet in sheets.items() if sheet.standing is Standing.MISSING)
    scored = {c: sheet.score for c, sheet in sheets.items() if c not in missing and sheet.score is not None}
    parts = _parts(rubric, scored | dict(given))
    lines = tuple(counted(rubric, entries))
    bonus = total_of(line.points for line in lines if line.item.kind is ItemKind.BONUS)
    capped = bonus if rubric.bonus_cap is None else min(bonus, Fraction(rubric.bonus_cap))
    deduction = total_of(line.points for line in lines if line.item.kind is ItemKind.DEDUCTION)
    base = total_of(part.points for part in parts)
    some = any(part.counted for part in parts)
    return Total(
        parts=parts,
        lines=lines,
        bonus=bonus,
        bonus_counted=capped,
        deduction=deduction,
        total=max(Fraction(), base + capped - deduction) if some else None,
        missing=missing,
        measured=_measured(rubric, entries),
        vetoed=any(entry.item in {item.code for item in rubric.of_kind(ItemKind.VETO)} for entry in entries),
    )


def _parts(rubric: Rubric, scores: Mapping[str, Fraction]) -> tuple[PartScore, ...]:
    means: list[tuple[Part, int, Fraction | None]] = []
    for part in rubric.parts:
        found = [scores[period.code] for period in part.periods if period.code in scores]
        means.append((part, len(found), total_of(found) / len(found) if found else None))
    weight = total_of(part.weight for part, _, mean in means if mean is not None)
    return tuple(_part(part, number, mean, weight) for part, number, mean in means)


def _part(part: Part, number: int, mean: Fraction | None, weight: Fraction) -> PartScore:
    share = Fraction(part.weight) * 100 / weight if mean is not None else Fraction()
    return PartScore(part, number, mean, share, share * mean / 100 if mean is not None else Fraction())


def _measured(rubric: Rubric, entries: Sequence[Entry]) -> tuple[Measured, ...]:
    """Minimums and targets; what was counted by hand adds up, what was measured stands as the last measure."""
    found: list[Measured] = []
    for item in rubric.of_kind(ItemKind.MINIMUM, ItemKind.TARGET):
        own = [entry for entry in entries if entry.item == item.code and not entry.not_applicable]
        values = [entry.value for entry in own if entry.value is not None]
        value = values[-1] if values else Fraction(sum(entry.count for entry in own)) if own else None
        found.append(Measured(item, value))
    return tuple(found)
