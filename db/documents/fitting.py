"""A table on one page: the largest type at which it fits, how wide its columns and how high its rows are, in points."""

import re
from dataclasses import dataclass, replace
from itertools import accumulate

LARGEST, SMALLEST, STEP = 12.0, 5.0, 0.5
# Below this size lines stand closer instead of the type becoming smaller still.
LEGIBLE = 8.0
# What a table of several pages is set in.
USUAL = 10.5
# Of the type's size: how wide a letter or figure is, and the gap between one and a Chinese character.
LATIN, GAP = 0.56, 0.25
BESIDE = 2.5
# Bold type is wider; the line below a row takes a little.
BOLD, RULE = 1.07, 0.5
# How far lines stand apart (of the type's size), and what is left above and below them: usually, and at a pinch.
AIRY, TIGHT = (1.3, 1.5), (1.12, 0.5)
_ROUNDING = 0.1
# A row is never stretched beyond so many lines of type.
TALLEST = 2.2
# Where a line may end: behind punctuation and spaces, so that a name stays whole; else anywhere but in a word.
_NAMES = re.compile(r"[^、：，；:,;\s]*[、：，；:,;\s]*")
_LETTERS = re.compile(r"[\x21-\u2e7f]+|.", re.DOTALL)
# What parts two names is not written where a line ends between them.
_PARTS = "、，, "
_MEETING = re.compile(r"[A-Za-z0-9](?=[\u2e80-\uffff])|[\u2e80-\uffff](?=[A-Za-z0-9])")


@dataclass(frozen=True)
class Cell:
    """One cell: a bold first line, plain lines below it, how many columns it covers, and what its ground says."""

    lines: tuple[str, ...] = ()
    title: str = ""
    span: int = 1
    tone: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in it, line by line."""
        return (self.title, *self.lines) if self.title else self.lines


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """A table: rows of heads, rows below them, the columns that take only what they need; `fills` the whole page.

    One that `flows` takes further pages rather than type too small to read.
    """

    heads: tuple[Row, ...]
    body: tuple[Row, ...]
    narrow: frozenset[int] = frozenset()
    fills: bool = False
    flows: bool = False

    @property
    def columns(self) -> int:
        """How many there are."""
        return sum(cell.span for cell in self.heads[-1])


@dataclass(frozen=True)
class Fit:
    """How a table is set: size of type, widths of columns, heights of all rows; `fits` false when one page can't do.

    `leading` is how far lines stand apart, of the size; `above` what is left above and below them.
    """

    size: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    leading: float
    above: float
    landscape: bool = False
    fits: bool = True

    def lines(self, place: int, cell: Cell) -> list[tuple[str, bool]]:
        """A cell that begins in a column, line by line, broken where names end; whether each belongs to the title."""
        inside = sum(self.widths[place : place + cell.span]) - 2 * BESIDE + _ROUNDING
        titled = [(line, True) for line in wrapped(cell.title, inside, self.size * BOLD)] if cell.title else []
        return [*titled, *((line, False) for text in cell.lines for line in wrapped(text, inside, self.size))]


def fit(grid: Grid, *pages: tuple[float, float]) -> Fit:
    """The best of some pages (width and height left for the table, the preferred one first), `landscape` the second.

    The largest type; where it is small on all of them, the widest, because there names stand side by side.
    """
    found = [_on_page(grid, width, height) for width, height in pages]
    best = max(found, key=lambda one: (one.fits, one.size, sum(one.widths) if one.size < LEGIBLE else 0.0))
    if grid.flows and (not best.fits or best.size < LEGIBLE):
        best = _flowing(grid, pages)
        return replace(best, landscape=len(pages) > 1 and sum(best.widths) > pages[0][0])
    return replace(best, landscape=best is not found[0])


def _flowing(grid: Grid, pages: tuple[tuple[float, float], ...]) -> Fit:
    """As many pages as it takes, in usual type; smaller, or turned, only where names would be broken."""
    size = USUAL
    while size >= SMALLEST:
        for width, _ in pages if size <= LEGIBLE else pages[:1]:
            found = _set(grid, width, size, *AIRY)
            if found is not None:
                return found
        size -= STEP
    return _on_page(grid, *pages[-1])


def placed(row: Row) -> list[tuple[int, Cell]]:
    """Each cell with the column it begins in."""
    begins = accumulate((cell.span for cell in row), initial=0)
    return list(zip(begins, row, strict=False))


def width_of(text: str, size: float) -> float:
    """How wide a line of text is."""
    letters = sum(1.0 if ord(letter) > 0x2E7F else LATIN for letter in text)
    return size * (letters + GAP * len(_MEETING.findall(text)))


def wrapped(text: str, width: float, size: float) -> list[str]:
    """A text in lines of a width: broken between names, inside one only where it is wider than the line."""
    lines = [""]
    for piece in _NAMES.findall(text):
        if width_of((lines[-1] + piece).rstrip(_PARTS), size) <= width:
            lines[-1] += piece
        elif width_of(piece.rstrip(_PARTS), size) <= width:
            lines.append(piece)
        else:
            for letters in _LETTERS.findall(piece):
                if lines[-1] and width_of((lines[-1] + letters).rstrip(_PARTS), size) > width:
                    lines.append("")
                lines[-1] += letters
    return [*(line.rstrip(_PARTS) for line in lines[:-1] if line), lines[-1]]


def _on_page(grid: Grid, width: float, height: float) -> Fit:
    rules = RULE * (len(grid.heads) + len(grid.body) + 1)
    size = LARGEST
    while size >= SMALLEST:
        found = _set(grid, width, size, *(AIRY if size >= LEGIBLE else TIGHT))
        if found is not None and sum(found.heights) + rules <= height:
            return replace(found, heights=_stretched(grid, found.heights, height - rules, size))
        size -= STEP
    even = (width / grid.columns,) * grid.columns
    found = _set(grid, width, SMALLEST, *TIGHT) or _heighten(grid, Fit(SMALLEST, even, (), *TIGHT))
    return replace(found, fits=False)


def _set(grid: Grid, width: float, size: float, leading: float, above: float) -> Fit | None:
    widths = _widths(grid, width, size)
    return _heighten(grid, Fit(size, tuple(widths), (), leading, above)) if widths else None


def _heighten(grid: Grid, found: Fit) -> Fit:
    """Every row as high as its fullest cell."""
    lines = (max(len(found.lines(*one)) for one in placed(row)) for row in (*grid.heads, *grid.body))
    return replace(found, heights=tuple(max(n, 1) * found.size * found.leading + 2 * found.above for n in lines))


def _widths(grid: Grid, width: float, size: float) -> list[float] | None:
    """As much as each column needs, shared out, and a calendar's all alike; None when not even single names fit."""
    least, wanted = [0.0] * grid.columns, [0.0] * grid.columns
    for row in (*grid.heads, *grid.body):
        for place, cell in placed(row):
            if cell.span == 1:
                whole, broken = _wants(cell, size, head=row in grid.heads)
                wanted[place] = max(wanted[place], whole)
                least[place] = max(least[place], whole if place in grid.narrow else broken)
    if sum(least) > width:
        return None
    if grid.fills and max(least) <= width / grid.columns:
        return [width / grid.columns] * grid.columns
    if sum(wanted) > width:
        share = (width - sum(least)) / (sum(wanted) - sum(least))
        return [low + (high - low) * share for low, high in zip(least, wanted, strict=True)]
    return _shared_out(grid, wanted, width)


def _shared_out(grid: Grid, wanted: list[float], width: float) -> list[float]:
    """What is left over goes to the columns that are not narrow."""
    wide = sum(one for place, one in enumerate(wanted) if place not in grid.narrow)
    more = (width - sum(wanted) + wide) / wide if wide else 1.0
    return [one if place in grid.narrow else one * more for place, one in enumerate(wanted)]


def _wants(cell: Cell, size: float, *, head: bool) -> tuple[float, float]:
    """How wide a cell would like to be, and the width below which a name would be broken."""
    whole = max((width_of(text, size) for text in cell.lines), default=0.0)
    whole = max(whole, width_of(cell.title, size * BOLD))
    pieces = (piece.rstrip(_PARTS) for text in cell.texts for piece in _NAMES.findall(text))
    longest = max((width_of(piece, size) for piece in pieces), default=0.0)
    least = max(longest / 2, 2 * size) if head else longest
    return whole + 2 * BESIDE, min(least, whole) + 2 * BESIDE


def _stretched(grid: Grid, heights: tuple[float, ...], height: float, size: float) -> tuple[float, ...]:
    """The page filled, without pulling short tables apart."""
    heads = len(grid.heads)
    more = (height - sum(heights)) / max(len(grid.body), 1)
    most = more if grid.fills else max(size * TALLEST - min(heights[heads:], default=0.0), 0.0)
    return tuple(one + (min(more, most) if place >= heads else 0.0) for place, one in enumerate(heights))
