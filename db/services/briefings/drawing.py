"""A chart's answer: one grouped aggregate in SQL for the period and one for what it stands beside, told in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from db.engine import reading
from db.rules.briefings.chart import Cell, ChartSpec, Compare, Drawn, Entry, Period, Words
from db.rules.briefings.hiding import hide
from db.rules.briefings.periods import Slot, begins_on, compared, slots
from db.rules.briefings.recommending import (
    REST,
    ROWS,
    DimensionKind,
    kinds_for,
    most_along,
    most_series,
    recommended,
)
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Problem, Problems
from db.services.acts import guarded
from db.services.briefings.asking import Question, grouped, question_of
from db.services.briefings.registers import Dimension, register_of
from db.services.briefings.registers.declaring import Measure, Reckoning
from db.services.briefings.registers.naming import named
from db.services.office import limits_in_force

MOST_VALUES = 500
FILLED = (DimensionKind.WEEKDAY, DimensionKind.HOUR)
UNNAMED = Words("", "")
Place = tuple[str, str]


@dataclass(frozen=True)
class Sum:
    """What adds up: a count, numerator and denominator, or a sum and the records it is of."""

    top: float = 0
    bottom: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.top + other.top, self.bottom + other.bottom)


NOTHING = Sum()
Sums = Mapping[Place, Sum]


@guarded(Permission.CHARTS_DRAW)
def draw(actor: Actor, *, spec: ChartSpec) -> Drawn:
    """The chart as this person may see it; raises Problems for wrong codes and Refused for somebody else's register."""
    with reading() as session:
        return draw_in(session, actor, spec, hidden=False)


def draw_in(session: Session, actor: Actor, spec: ChartSpec, *, hidden: bool) -> Drawn:
    """The same inside a session; small counts are hidden from who may not read the records, with `hidden` anyway."""
    question = question_of(actor, spec)
    reach = and_(question.register.visible(actor), question.measure.reach(actor))
    beside = _beside(question)
    sums = sums_of(session, question, reach)
    was = sums_of(session, beside, reach) if beside else {}
    drawn = _told(session, question, beside, sums, was)
    if hidden or not actor.may(question.register.reads):
        return hide(drawn, limits_in_force(session, question.asked.today)["small_counts"].amount)
    return drawn


@guarded(Permission.CHARTS_DRAW)
def values_of(actor: Actor, *, register: str, dimension: str) -> list[Entry]:
    """What a dimension can be filtered by, at most MOST_VALUES; none for time, which the period says."""
    declared = register_of(actor, register).dimensions.get(dimension)
    if declared is None:
        raise Problems(Problem("dimension", N_("This register has no such division.")))
    with reading() as session:
        names = declared.labels(session, None)
    return [Entry(code, name) for code, name in names.items()][:MOST_VALUES]


def sums_of(session: Session, question: Question, reach: ColumnElement[bool]) -> dict[Place, Sum]:
    """The figures of one period, by the codes of axis and series; only places that hold something."""
    found: dict[Place, Sum] = {}
    # Asked of the session: its bare connection would count what is in the bin or merged, too.
    for *codes, top, bottom in session.execute(grouped(question, reach)).all():
        at, what = [*("" if code is None else str(code) for code in codes), "", ""][:2]
        # What was not said may stand as nothing and as an empty word.
        found[at, what] = found.get((at, what), NOTHING) + Sum(float(top or 0), int(bottom or 0))
    return {place: one for place, one in found.items() if one != NOTHING}


def axis_of(session: Session, question: Question, drawn_as: str, sums: Sums, was: Sums) -> dict[str, list[str]]:
    """Every entry of the axis in its order, with the codes it stands for: one, or all that were folded."""
    if question.split is None:
        return {"": [""]}
    now, sizes = _sizes(question.measure, 0, sums), _sizes(question.measure, 0, sums, was)
    most = most_along(question.split.kind, drawn_as or _kind(question, sizes), crossed=question.by is not None)
    return _entries(session, question, question.split, now, sizes, most)


def series_of(session: Session, question: Question, sums: Sums, was: Sums) -> dict[str, list[str]]:
    """Every series in its order, with the codes it stands for."""
    if question.by is None:
        return {"": [""]}
    now, sizes = _sizes(question.measure, 1, sums), _sizes(question.measure, 1, sums, was)
    return _entries(session, question, question.by, now, sizes, most_series(question.by.kind))


def _kind(question: Question, sizes: Mapping[str, float]) -> str:
    return question.spec.kind or recommended(question.register, question.spec, len(sizes))


def _entries(
    session: Session,
    question: Question,
    dimension: Dimension,
    now: Mapping[str, float],
    sizes: Mapping[str, float],
    most: int,
) -> dict[str, list[str]]:
    """In their own order, else the largest of this period first; folded is what is small in both periods."""
    if dimension.slot is not None:
        return {code: [code] for code in _slots(question, dimension.slot, sizes)} if sizes else {}
    order = list(sizes)
    if dimension.ordered:
        known = dimension.labels(session, None)
        filled = dimension.kind in FILLED and bool(sizes)
        order = [code for code in known if filled or code in sizes] + sorted(set(sizes) - set(known))
    else:
        order.sort(key=lambda code: (-now.get(code, 0), -sizes[code], code))
    if len(order) <= most:
        return {code: [code] for code in order}
    largest = set(sorted(order, key=lambda code: (-sizes.get(code, 0), code))[: most - 1])
    kept = {code: [code] for code in order if code in largest}
    return kept | {REST: [code for code in order if code not in largest]}


def _sizes(measure: Measure, position: int, *sums: Sums) -> dict[str, float]:
    """How much each code holds: of a share or a mean what it is of."""
    sizes: dict[str, float] = {}
    for found in sums:
        for place, one in found.items():
            size = one.top if measure.adds_up else one.bottom
            sizes[place[position]] = sizes.get(place[position], 0) + size
    return sizes


def _slots(question: Question, slot: Slot, found: Iterable[str]) -> list[str]:
    """Every slot of the period, empty ones too; of all time those from the first found to the last."""
    first, last, known = question.asked.first, question.asked.last, sorted(found)
    if first is None and known:
        first = begins_on(slot, known[0])
    if last is None and known:
        last = begins_on(slot, known[-1])
    if first is None or last is None:
        return []
    codes = slots(slot, first, last, ROWS)
    if len(codes) > ROWS:
        raise Problems(Problem("split", N_("The period is too long for so fine a division.")))
    return codes


def _beside(question: Question) -> Question | None:
    """The same question about the days it stands beside."""
    if not question.spec.compare:
        return None
    asked, period = question.asked, Period(question.spec.period)
    first, last = compared(Compare(question.spec.compare), period, asked.first, asked.last)
    return question.over(first, last) if first is not None else None


def _moved(question: Question, beside: Question | None, was: Sums) -> Sums:
    """The other period's figures under the codes of this one: its first week beside the first, and so on."""
    slot = question.split.slot if question.split else None
    if slot is None or beside is None:
        return was
    codes = dict(zip(_slots(beside, slot, ()), _slots(question, slot, ()), strict=False))
    return {(codes[at], what): one for (at, what), one in was.items() if at in codes}


def _told(session: Session, question: Question, beside: Question | None, sums: Sums, was: Sums) -> Drawn:
    spec, measure, asked = question.spec, question.measure, question.asked
    moved = _moved(question, beside, was)
    at = axis_of(session, question, spec.kind, sums, moved)
    what = series_of(session, question, sums, moved)
    kind = spec.kind or recommended(question.register, spec, sum(map(len, at.values())))
    if kind not in kinds_for(question.register, spec):
        raise Problems(Problem("kind", N_("This kind of chart doesn't fit the question.")))
    return Drawn(
        spec=spec,
        kind=kind,
        title=_title(question),
        measure=measure.name,
        definition=measure.definition,
        unit=measure.unit,
        first=asked.first,
        last=asked.last,
        before_first=beside.asked.first if beside else None,
        before_last=beside.asked.last if beside else None,
        filters=_filters(session, question),
        at=_entries_told(session, question.split, at),
        what=_entries_told(session, question.by, what),
        cells=_cells(question, at, what, sums) if sums else (),
        before=_cells(question, at, what, moved) if moved else (),
        total=_cell(measure, "", "", _all(sums)),
        total_before=_cell(measure, "", "", _all(was)) if beside else None,
        as_of=asked.now,
        split_name=question.split.name if question.split else UNNAMED,
        by_name=question.by.name if question.by else UNNAMED,
        cut=sum(len(codes) for side in (at, what) for code, codes in side.items() if code == REST),
    )


def _entries_told(session: Session, dimension: Dimension | None, entries: Mapping[str, list[str]]) -> tuple[Entry, ...]:
    if dimension is None:
        return tuple(Entry(code, UNNAMED) for code in entries)
    names = named(dimension.labels, session, list(entries))
    return tuple(Entry(code, names[code]) for code in entries)


def _cells(
    question: Question, at: Mapping[str, list[str]], what: Mapping[str, list[str]], sums: Sums
) -> tuple[Cell, ...]:
    """A figure for every place of axis and series; where nothing was counted 0, or nothing to divide by."""
    return tuple(
        _cell(
            question.measure,
            one,
            other,
            _all({place: sums[place] for place in ((a, w) for a in at[one] for w in what[other]) if place in sums}),
        )
        for one in at
        for other in what
    )


def _all(sums: Sums) -> Sum:
    return sum(sums.values(), NOTHING)


def _cell(measure: Measure, at: str, what: str, one: Sum) -> Cell:
    match measure.reckoning:
        case Reckoning.COUNT:
            return Cell(at, what, int(one.top), int(one.top))
        case Reckoning.RATE:
            return Cell(at, what, one.top / one.bottom if one.bottom else None, int(one.top), one.bottom)
        case Reckoning.SUM:
            return Cell(at, what, one.top / measure.scale, one.bottom)
        case Reckoning.MEAN:
            mean = one.top / one.bottom / measure.scale if one.bottom else None
            return Cell(at, what, mean, one.bottom)


def _title(question: Question) -> Words:
    if question.spec.title.strip():
        return Words(question.spec.title.strip(), question.spec.title.strip())
    divisions = [one.name for one in (question.split, question.by) if one is not None]
    name = question.measure.name
    if not divisions:
        return name
    zh, en = "、".join(one.zh for one in divisions), " and ".join(one.en.lower() for one in divisions)
    return Words(f"{name.zh}（按{zh}）", f"{name.en} by {en}")


def _filters(session: Session, question: Question) -> tuple[tuple[Words, tuple[Words, ...]], ...]:
    told = []
    for dimension, codes in question.filters:
        names = named(dimension.labels, session, codes)
        told.append((dimension.name, tuple(names[code] for code in codes)))
    return tuple(told)
