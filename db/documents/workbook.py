"""One table as a real .xlsx: text stays text, days are days, nothing is a formula or a link; made to be printed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
WIDEST, NARROWEST = 60, 8
PAPERS = {"A4": 9, "A3": 8}
# What a spreadsheet would take for a formula when somebody types the cell again or saves it as text.
ACTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LONGEST = 32_000
# For paper: letters a line holds, type in points, and how many of its letters go into one of a column's width.
_LETTERS = {"A4": 140, "A3": 200}
_SIZE, _DENSER, _LINE, _TALLEST = 9, 1.25, 12.5, 400
_LARGEST = 2**53
_UNBROKEN = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class Head:
    """What stands above the table when it is printed, and the paper: a title, lines left of it, "A4" or "A3"."""

    title: str
    lines: Sequence[str] = ()
    paper: str = "A4"
    page: str = "&P / &N"


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    sheet: str,
    about: Sequence[tuple[str, str]] = (),
    about_sheet: str = "",
    zone: str,
    head: Head | None = None,
) -> bytes:
    """The workbook's bytes: one sheet with the table, one that says what it is and who took it when."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        looks = _Looks(book, framed=head is not None, zone=zone)
        page = book.add_worksheet(sheet[:31])
        first = _head(book, page, head, len(headings))
        samples = [[row[n] for row in rows[:200]] for n in range(len(headings))]
        widths = [width_of_column(heading, values) for heading, values in zip(headings, samples, strict=True)]
        if head is not None:
            least = [_least(heading, values) for heading, values in zip(headings, samples, strict=True)]
            widths = fitted(widths, least, _LETTERS[head.paper])
            page.set_row(first, _height(headings, widths))
        for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
            page.write_string(first, column, heading, looks.head)
            page.set_column(column, column, width)
        for line, row in enumerate(rows, start=first + 1):
            if head is not None:
                page.set_row(line, _height(row, widths))
            for column, value in enumerate(row):
                looks.write(page, line, column, value)
        page.freeze_panes(first + 1, 1)
        page.autofilter(first, 0, first + max(len(rows), 1), max(len(headings) - 1, 0))
        _for_paper(page, head, first, first + len(rows), len(headings) - 1)
        if about:
            told = book.add_worksheet(about_sheet[:31])
            told.set_column(0, 0, 24)
            told.set_column(1, 1, 80)
            told.set_paper(PAPERS["A4"])
            told.set_landscape()
            told.fit_to_pages(1, 0)
            for line, (name, value) in enumerate(about):
                told.write_string(line, 0, name, looks.head)
                looks.write(told, line, 1, value)
    return target.getvalue()


class _Looks:
    """The looks of cells, and how a value is written into one."""

    def __init__(self, book: xlsxwriter.Workbook, *, framed: bool, zone: str) -> None:
        every = {"valign": "top", **({"border": 1, "font_size": _SIZE} if framed else {})}
        body = every | {"text_wrap": True, "num_format": "@"}
        self.head = book.add_format({"bold": True, "bg_color": "#EAF1F0", "border": 1, "text_wrap": True, **every})
        self.body = book.add_format(body)
        self.literal = book.add_format(body | {"quote_prefix": True})
        self.number = book.add_format(every)
        self.days = book.add_format(every | {"num_format": "yyyy-mm-dd", "align": "left"})
        self.minutes = book.add_format(every | {"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self.empty = self.body if framed else None
        self.zone = ZoneInfo(zone)

    def write(self, page: Any, line: int, column: int, value: object) -> None:
        """Days as days, counts as numbers, everything else as text that can't act."""
        if value is None or value == "":
            if self.empty is not None:
                page.write_blank(line, column, None, self.empty)
        elif isinstance(value, datetime):
            page.write_datetime(line, column, value.astimezone(self.zone).replace(tzinfo=None), self.minutes)
        elif isinstance(value, date):
            page.write_datetime(line, column, datetime(value.year, value.month, value.day), self.days)  # noqa: DTZ001 - a cell has no zone
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST:
            page.write_number(line, column, value, self.number)
        else:
            text = str(value)[:LONGEST]
            page.write_string(line, column, text, self.literal if text.startswith(ACTS) else self.body)


def _head(book: xlsxwriter.Workbook, page: Any, head: Head | None, columns: int) -> int:
    """Write the title and its lines; answers the line of the headings."""
    if head is None:
        return 0
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    line_look = book.add_format({"align": "left", "valign": "vcenter", "text_wrap": True, "font_color": "#444444"})
    for line, (said, look) in enumerate([(head.title, title), *((said, line_look) for said in head.lines)]):
        if columns > 1:
            page.merge_range(line, 0, line, columns - 1, "", look)
        page.write_string(line, 0, said, look)
        page.set_row(line, 28 if line == 0 else 16 * _lines(said, _LETTERS[head.paper]))
    return 1 + len(head.lines)


def _for_paper(page: Any, head: Head | None, first: int, last: int, right: int) -> None:
    page.set_landscape()
    page.set_paper(PAPERS[head.paper if head else "A4"])
    page.fit_to_pages(1, 0)
    page.repeat_rows(first)
    if head is not None:
        page.print_area(0, 0, max(last, first + 1), max(right, 0))
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.center_horizontally()
        page.set_footer(f"&C{head.page}")


def fitted(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths of together `room` letters: the widest give way, none below its own least, so that print stays large."""
    given = [max(width, narrowest) for width, narrowest in zip(widths, least, strict=True)]
    while sum(given) > room:
        free = [n for n, width in enumerate(given) if width > least[n]]
        if not free:
            break
        given[max(free, key=lambda n: given[n])] -= 1
    return given


def _least(heading: str, values: Sequence[object]) -> int:
    """The longest piece of a column that can't be broken, of a heading or a value; four Chinese characters at least."""
    pieces = [piece for value in (heading, *values) if value is not None for piece in _UNBROKEN.findall(_shown(value))]
    return max(min(max(map(len, pieces), default=0), 18) + 1, NARROWEST)


def _height(row: Sequence[object], widths: Sequence[int]) -> float:
    """In points, so that every line of every cell is seen."""
    most = max((_lines(_shown(v), w * _DENSER) for v, w in zip(row, widths, strict=True) if v is not None), default=1)
    return min(most * _LINE + 3, _TALLEST)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of this width."""
    return sum(max(1, ceil(_cells(part, LONGEST) / max(width - 0.5, 1))) for part in text.split("\n"))


def width_of_column(heading: str, values: Sequence[object]) -> int:
    """In letters of the usual type, from NARROWEST to WIDEST."""
    longest = max((_cells(_shown(v)) for v in (heading, *values) if v is not None), default=0)
    return min(max(longest + 2, NARROWEST), WIDEST)


def _shown(value: object) -> str:
    """A value as its cell shows it: moments to the minute."""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _cells(text: str, most: int = 80) -> int:
    """How wide a text is; a Chinese character takes two places."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text[:most])
