"""Small counts are hidden, and as many others as keep them from being computed again from rows, columns and totals.

A count from 1 to below - 1 may point at somebody; 0 says nothing and stays. A hidden figure is safe when the shown ones
leave it at least two values: there is a move, some hidden counts one up and others one down, that changes no sum a
reader knows. Rates are hidden with their numerator or denominator, sums and means with the number of their records.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import pairwise
from typing import TypeVar

from db.rules.briefings.chart import Cell, Drawn, Entry
from db.rules.briefings.periods import Slot
from db.rules.briefings.recommending import REST

Place = tuple[str, str]
Counts = Mapping[Place, int]
Key = TypeVar("Key", str, Place)
Node = tuple[int, str]
"""A row (0) or column (1)."""
IN_TIME = frozenset({*Slot, "weekday", "hour"})
"""What has an order of its own that a reader reads along."""
TOTALS = "\0"
"""The row or column of totals; no code looks like this."""


def hide(drawn: Drawn, below: int) -> Drawn:
    """The chart as somebody sees it who may read figures but not the records behind them."""
    now, was = _Grid.of(drawn.cells, below), _Grid.of(drawn.before, below)
    cells, total = _hidden(now, drawn.cells, drawn.total)
    before, total_before = _hidden(was, drawn.before, drawn.total_before)
    at = _rearranged(drawn, 0, now.rows.hidden | was.rows.hidden)
    what = _rearranged(drawn, 1, now.columns.hidden | was.columns.hidden)
    return replace(
        drawn,
        at=at,
        what=what,
        cells=_in_order(cells, at, what),
        before=_in_order(before, at, what),
        total=total if total is not None else drawn.total,
        total_before=total_before,
        below=below,
    )


def is_small(cell: Cell, below: int) -> bool:
    """Whether a figure may point at somebody: its records, or what it is of."""
    return any(0 < number < below for number in (cell.n, cell.of or 0))


def _rearranged(drawn: Drawn, side: int, hidden: Collection[str]) -> tuple[Entry, ...]:
    """What is hidden behind what is shown, by code: where the largest stands first, a place says how much there is."""
    entries = (drawn.at, drawn.what)[side]
    if not hidden or (side == 0 and drawn.spec.split in IN_TIME):
        return entries
    sums: dict[str, list[float]] = {one.code: [0, 0] for one in entries}
    for cell in drawn.cells:
        code = (cell.at, cell.what)[side]
        for place, number in enumerate((_counted(cell), cell.value or 0 if cell.of is None else _counted(cell))):
            sums[code][place] += number
    shown = [sums[one.code] for one in entries if one.code != REST]
    if not any(all(a[by] >= b[by] for a, b in pairwise(shown)) for by in (0, 1)):
        return entries
    apart = [one for one in entries if one.code not in hidden or one.code == REST]
    last = [one for one in apart if one.code == REST]
    moved = sorted((one for one in entries if one not in apart), key=lambda one: one.code)
    return (*(one for one in apart if one not in last), *moved, *last)


def _in_order(cells: Iterable[Cell], at: Iterable[Entry], what: Iterable[Entry]) -> tuple[Cell, ...]:
    rows, columns = ({one.code: place for place, one in enumerate(side)} for side in (at, what))
    return tuple(sorted(cells, key=lambda cell: (rows[cell.at], columns[cell.what])))


def _hidden(grid: "_Grid", cells: tuple[Cell, ...], total: Cell | None) -> tuple[tuple[Cell, ...], Cell | None]:
    places = grid.hidden_places()
    lost = total is not None and (grid.total_hidden or is_small(total, grid.below))
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
    beside: Mapping[Node, Sequence[Place]]
    everything: bool = False

    @classmethod
    def of(cls, cells: Iterable[Cell], below: int) -> "_Grid":
        known = {(cell.at, cell.what): cell for cell in cells}
        beside: dict[Node, list[Place]] = {}
        for place in known:
            for side in (0, 1):
                beside.setdefault((side, place[side]), []).append(place)
        return cls(known, below, _Line(_added(known, 0), below), _Line(_added(known, 1), below), beside)

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
        while waiting:
            place = waiting.pop()
            for counts, least in _numbers(self.cells):
                if self._way(place, counts, least, hidden) is not None:
                    continue
                counted = {one for one, cell in self.cells.items() if _counted(cell)} | hidden
                way = self._way(place, counts, least, counted, hidden)
                if way is None:
                    self.everything = True
                    return set(self.cells)
                waiting += sorted(way - hidden)
                hidden |= way
        return hidden

    def _way(
        self, place: Place, counts: Counts, least: int, among: set[Place], free: Collection[Place] | None = None
    ) -> set[Place] | None:
        """The cells of a move that takes this one up or down; what is not `free` costs the records it hides."""
        found = [
            way
            for up in (True, False)
            if (up or counts[place] > least)
            and (way := self._path(place, counts, least, among, free, up=up)) is not None
        ]
        return min(found, key=lambda way: way[0])[1] if found else None

    def _path(
        self,
        place: Place,
        counts: Counts,
        least: int,
        among: set[Place],
        free: Collection[Place] | None,
        *,
        up: bool,
    ) -> tuple[int, set[Place]] | None:
        """From the row of a cell to its column, by cells that go the other way and the same way in turn.

        A hidden total of a row or column stands for one more cell in it, which takes whatever comes.
        """
        row, column = (0, place[0]), (1, place[1])
        best: dict[Node, int] = {row: 0}
        came: dict[Node, tuple[Node, Place | None]] = {}
        queue: list[tuple[int, Node]] = [(0, row)]
        while queue:
            cost, node = heappop(queue)
            if node == column:
                return cost, self._followed(node, came) | {place}
            if cost > best[node]:
                continue
            goes_down = (node[0] == 0) is up
            for cell in self.beside.get(node, ()):
                if cell not in among or cell == place or (goes_down and counts[cell] <= least):
                    continue
                to = (1 - node[0], cell[1 - node[0]])
                further = cost + (0 if free is None or cell in free else _counted(self.cells[cell]))
                if further < best.get(to, further + 1):
                    best[to], came[to] = further, (node, cell)
                    heappush(queue, (further, to))
            for to in self._slack(node):
                if cost < best.get(to, cost + 1):
                    best[to], came[to] = cost, (node, None)
                    heappush(queue, (cost, to))
        return None

    def _slack(self, node: Node) -> Iterator[Node]:
        """Where a hidden total leads: the column of row totals, the row of column totals, and where both meet."""
        side, code = node
        if code == TOTALS:
            yield from ((1 - side, one) for one in (self.columns, self.rows)[side].hidden)
            if self.total_hidden:
                yield 1 - side, TOTALS
        elif code in (self.rows, self.columns)[side].hidden:
            yield 1 - side, TOTALS

    @staticmethod
    def _followed(node: Node, came: Mapping[Node, tuple[Node, Place | None]]) -> set[Place]:
        cells: set[Place] = set()
        while node in came:
            node, cell = came[node]
            cells |= {cell} if cell else set()
        return cells


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
