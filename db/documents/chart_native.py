"""What a chart of Word's family is made of: names, rows of numbers, and whether bars lie, stand or are stacked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from db.documents import chart_words as words
from db.documents.chart_frame import Frame
from db.documents.chart_looks import PAPER, paler
from db.rules.briefings.chart import Cell, ChartKind, Drawn

NUMBERS = {"count": "#,##0", "rate": "0.0%", "days": "#,##0.0", "points": "#,##0.0", "yuan": "#,##0.00"}
# Figures are written on the marks as long as there are no more of them.
MOST_LABELS = 36
# Up to here an axis of counts has a mark for each.
FEW = 8
# What the screen would have: bars lie here where they lie there.
WIDTH = 1000


@dataclass(frozen=True)
class Series:
    """One row of bars or one line: its code and name, a figure for each place, whether it is the other period."""

    code: str
    name: str
    cells: tuple[Cell | None, ...]
    before: bool = False


@dataclass(frozen=True)
class Scale:
    """An axis of figures: how they are written there, where it begins and ends, how far its marks stand apart."""

    numbers: str
    least: float | None
    most: float | None
    step: float | None


@dataclass(frozen=True)
class Native:
    """A chart an office program can draw and change by itself."""

    places: tuple[str, ...]
    series: tuple[Series, ...]
    kind: ChartKind
    lying: bool
    unit: str

    @property
    def numbers(self) -> str:
        """How its figures are written."""
        return NUMBERS.get(self.unit, "General")

    @property
    def scale(self) -> Scale:
        """The axis of figures: from 0 unless one is below, to 100 % for rates, in whole steps for counts."""
        least = None if self._below_zero else 0.0
        if self.unit == "rate":
            return Scale("0%", least, 1.1, 0.2)
        whole = self.unit == "count" and self._top <= FEW
        return Scale(self.numbers, least, None, 1.0 if whole else None)

    @property
    def labelled(self) -> bool:
        """Whether every mark carries its figure."""
        crossing = self.kind == ChartKind.LINE and len(self.series) > 1
        return not crossing and len(self.places) * len(self.series) <= MOST_LABELS

    def colour(self, place: int) -> str:
        """The colour of a series; the other period beside it is grey where there is one, else paler."""
        one, codes = self.series[place], list(dict.fromkeys(one.code for one in self.series))
        own = PAPER.series[codes.index(one.code) % len(PAPER.series)]
        if not one.before:
            return own
        return PAPER.quiet if len(codes) == 1 else paler(own)

    @property
    def _below_zero(self) -> bool:
        return any((cell.value or 0) < 0 for one in self.series for cell in one.cells if cell is not None)

    @property
    def _top(self) -> float:
        """The highest bar or pile."""
        piles = zip(*(one.cells for one in self.series), strict=True)
        joined = sum if self.kind == ChartKind.STACKED else max
        return max((joined([value_of(cell, self.unit) or 0 for cell in pile]) for pile in piles), default=0)


def native(drawn: Drawn, language: str, *, piles_beside: bool = True) -> Native | None:
    """The chart, or None for tables, heat maps, single figures and charts of nothing.

    No office program draws two piles at one place, so those of the other period have places of their own; without
    `piles_beside` they are left out.
    """
    frame = Frame.of(drawn, language, width=WIDTH, look=PAPER, clickable=False)
    if frame.kind not in (ChartKind.BAR, ChartKind.STACKED, ChartKind.LINE) or words.is_empty(drawn):
        return None
    kind = ChartKind.BAR if frame.kind == ChartKind.STACKED and not frame.stacks else frame.kind
    places, series = [name for _, name in frame.places], _series(drawn, frame, stacked=kind == ChartKind.STACKED)
    if kind == ChartKind.STACKED and frame.compared and piles_beside:
        places = [named for name in places for named in (name, words.beside(name, language))]
        series = [_one_pile_after_another(drawn, frame, one) for one in series]
    lying = frame.lying and kind != ChartKind.LINE
    return Native(tuple(places), tuple(series), kind, lying, drawn.unit)


def value_of(cell: Cell | None, unit: str) -> float | None:
    """The figure as a number: nothing counted is 0 for counts and money, None otherwise and where it is hidden."""
    if cell is None:
        return 0 if unit in ("count", "yuan") else None
    return None if cell.hidden or cell.value is None else float(cell.value)


def _series(drawn: Drawn, frame: Frame, *, stacked: bool) -> list[Series]:
    """Every series, with that of the other period behind it; piles of the other period are no series."""
    known, then = _cells(drawn.cells), _cells(drawn.before)
    found = []
    for code, name in frame.series:
        pair = frame.compared and not stacked
        now = name if frame.many or not pair else frame.periods[0]
        found.append(Series(code, now, tuple(known.get((at, code)) for at, _ in frame.places)))
        if pair:
            before = words.beside(name, frame.language) if frame.many else frame.periods[1]
            found.append(Series(code, before, tuple(then.get((at, code)) for at, _ in frame.places), before=True))
    return found


def _one_pile_after_another(drawn: Drawn, frame: Frame, series: Series) -> Series:
    """The same with the other period's figure behind each."""
    then = _cells(drawn.before)
    pairs = ((now, then.get((at, series.code))) for (at, _), now in zip(frame.places, series.cells, strict=True))
    return replace(series, cells=tuple(cell for pair in pairs for cell in pair))


def _cells(cells: Iterable[Cell]) -> dict[tuple[str, str], Cell]:
    return {(cell.at, cell.what): cell for cell in cells}
