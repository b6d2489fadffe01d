"""Small counts are hidden, and as many others as keep them from being computed again from rows, columns and totals.

A count from 1 to below - 1 may point at somebody; 0 says nothing and stays. A hidden figure is safe when the shown ones
leave it at least two values: there is a move, some hidden counts one up and others one down, that changes no sum a
reader knows. Rates are hidden with their numerator or denominator, sums and means with the number of their records.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeVar

from db.rules.briefings.chart import Cell, Drawn

Place = tuple[str, str]
Counts = Mapping[Place, int]
Key = TypeVar("Key", str, Place)
Move = tuple[tuple[Place, ...], tuple[Place, ...]]


def hide(drawn: Drawn, below: int) -> Drawn:
    """The chart as somebody sees it who may read figures but not the records behind them."""
    cells, total = _hidden(drawn.cells, drawn.total, below)
    before, total_before = _hidden(drawn.before, drawn.total_before, below)
    return replace(
        drawn,
        cells=cells,
        before=before,
        total=total if total is not None else drawn.total,
        total_before=total_before,
        below=below,
    )


def is_small(cell: Cell, below: int) -> bool:
    """Whether a figure may point at somebody: its records, or what it is of."""
    return any(0 < number < below for number in (cell.n, cell.of or 0))


def _hidden(cells: tuple[Cell, ...], total: Cell | None, below: int) -> tuple[tuple[Cell, ...], Cell | None]:
    grid = _Grid.of(cells, below)
    places = grid.hidden_places()
    lost = total is not None and (grid.total_hidden or is_small(total, below))
    kept = tuple(_without(cell) if (cell.at, cell.what) in places else cell for cell in cells)
    return kept, _without(total) if total is not None and lost else total


def _without(cell: Cell) -> Cell:
    return Cell(cell.at, cell.what, None, hidden=True)


@dataclass
class _Line:
    """Figures that add up to one total; `hidden` and `total_hidden` once they are safe."""

    cells: Mapping[str, Cell]
    below: int
    hidden: set[str] = field(default_factory=set)
    total_hidden: bool = False

    def __post_init__(self) -> None:
        small = {code for code, cell in self.cells.items() if is_small(cell, self.below)}
        self.hidden = set(small)
        left = sorted((_counted(self.cells[code]), code) for code in self.cells if code not in small)
        more = [code for count, code in left if count]
        while any(not self._safe(code) for code in self.hidden):
            if not more:
                # Nothing is left to hide it behind: then the total must not be known.
                self.hidden, self.total_hidden = small, True
                return
            self.hidden.add(more.pop(0))

    def _safe(self, code: str) -> bool:
        return all(
            any(numbers[one] > least for other in self.hidden - {code} for one in (code, other))
            and len(self.hidden) > 1
            for numbers, least in _numbers(self.cells)
        )


@dataclass
class _Grid:
    """The figures of a chart by axis and series, and what of them stays hidden."""

    cells: Mapping[Place, Cell]
    below: int
    rows: _Line
    columns: _Line
    everything: bool = False

    @classmethod
    def of(cls, cells: Iterable[Cell], below: int) -> "_Grid":
        known = {(cell.at, cell.what): cell for cell in cells}
        return cls(known, below, _Line(_added(known, 0), below), _Line(_added(known, 1), below))

    @property
    def total_hidden(self) -> bool:
        """Whether the total would give something away."""
        return self.rows.total_hidden or self.columns.total_hidden or self.everything

    def hidden_places(self) -> Collection[Place]:
        """Everything that is hidden; in a chart without series the axis alone says what."""
        small = {place for place, cell in self.cells.items() if is_small(cell, self.below)}
        if not small:
            return small
        if len(self.columns.cells) == 1:
            (what,) = self.columns.cells
            return {(at, what) for at in self.rows.hidden}
        if len(self.rows.cells) == 1:
            (at,) = self.rows.cells
            return {(at, what) for what in self.columns.hidden}
        return self._crossed(small)

    def _crossed(self, small: set[Place]) -> Collection[Place]:
        hidden, waiting = set(small), sorted(small)
        numbers = _numbers(self.cells)
        while waiting:
            place = waiting.pop()
            for counts, least in numbers:
                if any(_fits(move, hidden, counts, least) for move in self._moves(place, hidden)):
                    continue
                added = self._cheapest(place, hidden, counts, least)
                if added is None:
                    self.everything = True
                    return set(self.cells)
                hidden |= added
                waiting += sorted(added)
        return hidden

    def _cheapest(self, place: Place, hidden: set[Place], counts: Counts, least: int) -> set[Place] | None:
        """The fewest records to hide as well, so that a move becomes possible."""
        counted = {one for one, cell in self.cells.items() if _counted(cell)}
        best: tuple[int, list[Place]] | None = None
        for move in self._moves(place, counted | hidden):
            if _fits(move, counted | hidden, counts, least):
                more = sorted({one for side in move for one in side} - hidden)
                cost = sum(_counted(self.cells[one]) for one in more)
                if best is None or (cost, more) < best:
                    best = cost, more
        return None if best is None else set(best[1])

    def _moves(self, place: Place, among: Collection[Place]) -> Iterator[Move]:
        """Ways to put a figure one up that no known sum shows; hidden rows and columns may change with each other."""
        at, what = place
        here, there = at in self.rows.hidden, what in self.columns.hidden
        if here and there and self.total_hidden:
            yield (place,), ()
        in_row = [one for one in among if one[0] == at and one != place]
        in_column = [one for one in among if one[1] == what and one != place]
        for one, other in product(in_row, in_column):
            corner = (other[0], one[1])
            if corner in among:
                yield (place, corner), (one, other)
        if there:
            yield from (((place,), (one,)) for one in in_row if one[1] in self.columns.hidden)
        if here:
            yield from (((place,), (one,)) for one in in_column if one[0] in self.rows.hidden)
        if here and there:
            for one in among:
                apart = one[0] != at and one[1] != what
                if apart and one[0] in self.rows.hidden and one[1] in self.columns.hidden:
                    yield (place,), (one,)


def _fits(move: Move, hidden: Collection[Place], counts: Counts, least: int) -> bool:
    """Whether all of a move is hidden, and nothing falls below what a reader knows it is at least, one way round."""
    up, down = move
    if not all(one in hidden for one in (*up, *down)):
        return False
    return all(counts[one] > least for one in down) or all(counts[one] > least for one in up)


def _counted(cell: Cell) -> int:
    """The records a figure is of."""
    return cell.n if cell.of is None else cell.of


def _numbers(cells: Mapping[Key, Cell]) -> list[tuple[dict[Key, int], int]]:
    """What must stay unknown, and what it is at least: a count; of a rate what it is of, and either part of that."""
    if all(cell.of is None for cell in cells.values()):
        return [({place: cell.n for place, cell in cells.items()}, 1)]
    of = {place: cell.of or 0 for place, cell in cells.items()}
    met = {place: cell.n for place, cell in cells.items()}
    return [(of, 1), (met, 0), ({place: of[place] - met[place] for place in of}, 0)]


def _added(cells: Mapping[Place, Cell], side: int) -> dict[str, Cell]:
    """The totals of rows (0) or columns (1)."""
    sums: dict[str, Cell] = {}
    for place, cell in cells.items():
        known = sums.get(place[side], Cell(place[side], "", None, 0, None if cell.of is None else 0))
        of = None if cell.of is None else (known.of or 0) + cell.of
        sums[place[side]] = replace(known, n=known.n + cell.n, of=of)
    return sums
