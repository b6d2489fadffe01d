"""What is entered for one unit: points with reason, day and evidence; and what of it counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from db.rules.problems import N_, Check
from db.rules.scoring.points import points_of, total_of
from db.rules.scoring.rubric import Item, Period, Rubric
from db.rules.scoring.words import Award, ItemKind
from db.rules.text import is_fit

LATER = N_("This day is still to come.")
MOST_COUNT = 10_000


@dataclass(frozen=True)
class Entry:
    """One line of a sheet.

    `count` is how often it happened, `points` what an assessor gave or took for a base item, `value` what a minimum,
    target or rate was measured at (a rate from 0 to 1; None: nothing to measure, shown as a dash). `event` names what
    happened, so that it counts once; `period` is the base item's.
    """

    item: str
    on: date
    count: int = 1
    points: Decimal | None = None
    value: Fraction | None = None
    not_applicable: bool = False
    event: str = ""
    period: str = ""


@dataclass(frozen=True)
class Line:
    """What one item comes to: how often, its points (>= 0), and of how many."""

    item: Item
    count: int
    points: Fraction
    of: Fraction
    applicable: bool = True


@dataclass(frozen=True)
class Draft:
    """An entry as typed; `points` as text."""

    item: str
    on: date | None
    count: int = 1
    points: str = ""
    reason: str = ""
    not_applicable: bool = False
    event: str = ""


def check_entry(
    draft: Draft, rubric: Rubric, period: Period, standing: Sequence[Entry], today: date, *, evidence: bool
) -> Entry:
    """The entry as it will count; raises Problems beside the fields. `standing` is what the unit's sheets hold."""
    check = Check()
    items = {item.code: item for item in entered(rubric, period.code) if not item.trigger}
    item = items.get(draft.item)
    check.that(item, "item", N_("This is not one of the choices."))
    check.that(is_fit(draft.reason), "reason", N_("Some characters can't be kept."))
    points = _points(check, draft, item, _given(draft.item, period, standing))
    _check_day(check, draft.on, period, today)
    check.that(1 <= draft.count <= MOST_COUNT, "count", N_("How often it happened is 1 or more."))
    if item is not None and _asks_why(item, draft, points):
        check.that(draft.reason.strip(), "reason", N_("Say why."))
    if item is not None and item.kind is not ItemKind.BASE and not draft.not_applicable:
        check.that(evidence, "evidence", N_("Link the record or add a file."))
    check.that(not _known(draft, standing), "event", N_("This event is scored here already."))
    check.done()
    base = item is not None and item.kind is ItemKind.BASE
    return Entry(
        draft.item,
        draft.on or today,
        draft.count,
        points,
        not_applicable=draft.not_applicable,
        event=draft.event.strip(),
        period=period.code if base else "",
    )


def entered(rubric: Rubric, period: str) -> tuple[Item, ...]:
    """What stands in a sheet: the base items of its period; everything else in the year's book (period "")."""
    if period:
        return rubric.base_items(period)
    return rubric.of_kind(ItemKind.BONUS, ItemKind.DEDUCTION, ItemKind.MINIMUM, ItemKind.TARGET)


def _asks_why(item: Item, draft: Draft, points: Decimal | None) -> bool:
    """Points taken off, bonuses, deductions and what does not apply are explained; points given are the usual case."""
    return item.kind is not ItemKind.BASE or draft.not_applicable or (item.award is Award.TAKEN and bool(points))


def _given(code: str, period: Period, standing: Sequence[Entry]) -> Decimal:
    """The points this item has on this sheet already."""
    own = [entry for entry in standing if entry.item == code and entry.period == period.code]
    return sum((entry.points or Decimal() for entry in own), Decimal())


def _points(check: Check, draft: Draft, item: Item | None, given: Decimal) -> Decimal | None:
    if item is None or item.kind is not ItemKind.BASE or draft.not_applicable:
        return None
    points = points_of(draft.points)
    if check.that(points is not None, "points", N_("Write points with at most two decimals, 0 or more.")):
        fine = points is not None and given + points <= item.points
        message = N_("This item has at most {most} points; {given} are entered already.")
        check.that(fine, "points", message, most=f"{item.points:f}", given=f"{given:f}")
    return points


def _check_day(check: Check, on: date | None, period: Period, today: date) -> None:
    if check.that(isinstance(on, date), "on_day", N_("Choose the day.")) and on is not None:
        check.that(on <= today, "on_day", LATER)
        inside = period.begins <= on <= period.ends
        message = N_("This day lies outside the period, {begins} to {ends}.")
        check.that(inside, "on_day", message, begins=period.begins, ends=period.ends)


def _known(draft: Draft, standing: Sequence[Entry]) -> bool:
    """Whether this very event stands already under this item."""
    event = draft.event.strip()
    return bool(event) and any(entry.item == draft.item and entry.event == event for entry in standing)


def counted(rubric: Rubric, entries: Iterable[Entry]) -> list[Line]:
    """What each bonus and deduction comes to in a year, whatever the order of its entries.

    Of one group only the item with most points counts for one event; steps look at the whole year.
    """
    items = {item.code: item for item in rubric.of_kind(ItemKind.BONUS, ItemKind.DEDUCTION)}
    counts: dict[str, int] = dict.fromkeys(items, 0)
    for entry in _once(items, [entry for entry in entries if entry.item in items and not entry.not_applicable]):
        counts[entry.item] += entry.count
    return [Line(items[code], count, earned(items[code], count), Fraction()) for code, count in counts.items()]


def earned(item: Item, count: int) -> Fraction:
    """The points (>= 0) of a bonus or deduction that happened so often."""
    if item.steps:
        points = Fraction(max((step.points for step in item.steps if step.count <= count), default=Decimal()))
    else:
        points = Fraction(item.points) * count
    return points if item.cap is None else min(points, Fraction(item.cap))


def _once(items: Mapping[str, Item], entries: Sequence[Entry]) -> list[Entry]:
    grouped: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    alone: list[Entry] = []
    for entry in entries:
        item = items[entry.item]
        if entry.event:
            grouped[item.group or item.code, entry.event].append(entry)
        else:
            alone.append(entry)

    def worth(entry: Entry) -> tuple[Fraction, int, str]:
        return earned(items[entry.item], entry.count), entry.count, entry.item

    return alone + [max(same, key=worth) for same in grouped.values()]


def entry_points(item: Item, entry: Entry, *, alone: bool) -> Fraction | None:
    """What one entry gives or, below 0, takes; None where it has no points of its own.

    Steps and caps look at all entries of the year: such an item's entry has points only when it stands `alone`.
    """
    if entry.not_applicable:
        return None
    match item.kind:
        case ItemKind.BASE if item.award is Award.RATE:
            line = base_line(item, [entry])
            return line.points if line is not None and line.applicable else None
        case ItemKind.BASE if entry.points is not None:
            return -Fraction(entry.points) if item.award is Award.TAKEN else Fraction(entry.points)
        case ItemKind.BONUS | ItemKind.DEDUCTION if alone or not (item.steps or item.cap is not None):
            return earned(item, entry.count) * (-1 if item.kind is ItemKind.DEDUCTION else 1)
    return None


def base_line(item: Item, entries: Sequence[Entry]) -> Line | None:
    """What a base item comes to in one period; None while nobody has scored it."""
    most = Fraction(item.points)
    if any(entry.not_applicable for entry in entries):
        return Line(item, 0, Fraction(), Fraction(), applicable=False)
    count = sum(entry.count for entry in entries)
    match item.award:
        case Award.RATE:
            measured = [entry.value for entry in entries]
            if not measured:
                return None
            value = measured[-1]
            # A rate with nothing to measure says nothing; the item leaves the denominator as not applicable does.
            if value is None:
                return Line(item, 0, Fraction(), Fraction(), applicable=False)
            return Line(item, count, most * max(Fraction(), min(value, Fraction(1))), most)
        case Award.TAKEN:
            taken = total_of(entry.points or Decimal() for entry in entries)
            return Line(item, count, max(Fraction(), most - taken), most)
        case Award.GIVEN:
            if not entries:
                return None
            return Line(item, count, min(most, total_of(entry.points or Decimal() for entry in entries)), most)
