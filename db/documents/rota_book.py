"""A notice with its table as a workbook: one sheet that prints on one page, or flows over several, text as text."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from db.documents.fitting import Cell, Fit, Grid, Row, fit, placed, wrapped
from db.documents.workbook import OPTIONS

A4 = 9
WIDE, HIGH = 595.0, 842.0
# Inches around the page, and the points they leave; a column is counted in letters of the usual type.
_EDGE, _POINTS, _LETTER = 0.5, 72, 5.6
_HEAD_SIZE, _NOTE_SIZE, _LINE = 18, 10, 1.4
_TONES = {"rest": "#F2F2F2", "holiday": "#E2E2E2"}


def notice(grid: Grid, *, title: str, below_title: Sequence[str], notes: Sequence[str], sheet: str) -> bytes:
    """The workbook's bytes: a title, lines below it, the table, and notes at its foot."""
    target = BytesIO()
    wide, high = WIDE - 2 * _EDGE * _POINTS, HIGH - 2 * _EDGE * _POINTS
    around = _height(title, wide, _HEAD_SIZE) + sum(_height(one, wide, _NOTE_SIZE) for one in (*below_title, *notes))
    found = fit(grid, (wide, high - around), (high, wide - around))
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        page = _Page(book, book.add_worksheet(sheet[:31]), grid, found)
        page.line(title, _HEAD_SIZE, bold=True)
        for told in below_title:
            page.line(told, _NOTE_SIZE)
        first = page.at
        for place, (row, height) in enumerate(zip((*grid.heads, *grid.body), found.heights, strict=True)):
            page.row(row, height, head=place < len(grid.heads))
        page.repeated(first, first + len(grid.heads) - 1)
        for told in notes:
            page.line(told, _NOTE_SIZE, align="left")
        page.finish()
    return target.getvalue()


def _height(text: str, width: float, size: float) -> float:
    return len(wrapped(text, width, size)) * size * _LINE


class _Page:
    """The sheet, written line by line."""

    def __init__(self, book: Any, page: Any, grid: Grid, found: Fit) -> None:
        self.book, self.page, self.grid, self.found, self.at = book, page, grid, found, 0
        self.formats: dict[tuple[Any, ...], Any] = {}
        for column, width in enumerate(found.widths):
            page.set_column(column, column, width / _LETTER)

    def line(self, text: str, size: int, *, bold: bool = False, align: str = "center") -> None:
        """One line over the whole width."""
        style = self._format(font_size=size, bold=bold, align=align, text_wrap=True, border=0)
        self.page.set_row(self.at, _height(text, sum(self.found.widths), size))
        self._write(0, self.grid.columns, text, style)
        self.at += 1

    def row(self, row: Row, height: float, *, head: bool) -> None:
        """One row of the table."""
        self.page.set_row(self.at, height)
        for column, cell in placed(row):
            text = "\n".join(line for line, _ in self.found.lines(column, cell))
            self._write(column, cell.span, text, self._format(**self._look(cell, head=head)))
        self.at += 1

    def repeated(self, first: int, last: int) -> None:
        """Heads stay while scrolling and come again on every page."""
        self.page.repeat_rows(first, last)
        self.page.freeze_panes(last + 1, 0)

    def finish(self) -> None:
        """One page of A4, whatever is in it; a table that flows takes as many as it needs."""
        self.page.set_paper(A4)
        self.page.fit_to_pages(1, 0 if self.grid.flows else 1)
        self.page.set_margins(_EDGE, _EDGE, _EDGE, _EDGE)
        self.page.center_horizontally()
        self.page.print_area(0, 0, self.at - 1, self.grid.columns - 1)
        if self.found.landscape:
            self.page.set_landscape()

    def _look(self, cell: Cell, *, head: bool) -> dict[str, Any]:
        centred = head or not self.grid.fills
        tone = "#E8EEED" if head else _TONES.get(cell.tone, "")
        look: dict[str, Any] = {
            "font_size": self.found.size,
            "bold": head,
            "align": "center" if centred else "left",
            "valign": "vcenter" if centred else "top",
            "text_wrap": True,
            "border": 1,
        }
        return look | ({"bg_color": tone} if tone else {})

    def _format(self, **look: Any) -> Any:
        known = tuple(sorted(look.items()))
        if known not in self.formats:
            self.formats[known] = self.book.add_format({"valign": "vcenter", "num_format": "@"} | look)
        return self.formats[known]

    def _write(self, column: int, span: int, text: str, style: Any) -> None:
        if span > 1:
            self.page.merge_range(self.at, column, self.at, column + span - 1, "", style)
        self.page.write_string(self.at, column, text, style)
