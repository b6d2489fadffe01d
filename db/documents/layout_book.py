"""A superior's Excel sheet filled with rows: its own formatting stays, what stands below the rows moves down."""

import copy
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from db.documents.workbook import ACTS, LONGEST
from db.rules.layouts import Plan
from db.rules.problems import N_, Problem, Problems

FIELD = "upload"
MOST_ROWS, MOST_COLUMNS = 400, 100
MOST_PART = 20 * 1024 * 1024
MOST_CELLS = 200_000
GRID_ROWS, GRID_COLUMNS = 30, 60
_OUTSIDE = re.compile(
    r"externallinks?/|embeddings/|connections\.xml|querytable|oleobject|ctrlprops/|customui|webextension"
)
_REACHES = re.compile(
    r"\[|\||WEBSERVICE|FILTERXML|HYPERLINK|IMPORT\w*\(|\bRTD\b|\bCALL\b|REGISTER|INDIRECT|\bEXEC\b|\bIMAGE\b|://", re.I
)
_REFERENCE = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)(?::(\$?[A-Z]{1,3}\$?)(\d+))?")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def check_book(content: bytes) -> None:
    """Raise Problems for a workbook that brings in other files, reaches out, or is too large for a form."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for part in parts.infolist():
                if _OUTSIDE.search(part.filename.lower()):
                    raise _refused(N_("A layout may not bring in other files: {what}"), part.filename)
                if part.file_size > MOST_PART:
                    raise _refused(N_("This sheet is too large for a layout."))
                if part.filename.endswith((".xml", ".rels")):
                    _check_part(part.filename, parts.read(part))
        page = _page(_opened(content), "")
    except Problems:
        raise
    except Exception:  # a damaged part raises whatever its reader raises
        raise _refused(N_("This file is not an Excel workbook that can be read.")) from None
    if page.max_row > MOST_ROWS or page.max_column > MOST_COLUMNS:
        raise _refused(N_("This sheet is too large for a layout."))
    for row in page.iter_rows():
        for cell in row:
            if cell.data_type == "f" and _REACHES.search(str(getattr(cell.value, "text", cell.value))):
                raise _refused(N_("A formula in this layout reaches outside the sheet: {what}"), cell.coordinate)


def grid_of(content: bytes) -> list[list[str]]:
    """The first rows as text, to see where the rows begin; every row as wide as the widest."""
    page = _page(_opened(content), "")
    width = min(max(page.max_column, 1), GRID_COLUMNS)
    return [
        ["" if cell.value is None else str(cell.value) for cell in row]
        for row in page.iter_rows(min_row=1, max_row=min(page.max_row, GRID_ROWS), max_col=width)
    ]


def letters_of(place: int) -> str:
    """A, B … of a column, counted from 0."""
    return str(get_column_letter(place + 1))


def filled(content: bytes, plan: Plan, rows: Sequence[Sequence[object]], words: Mapping[str, str]) -> bytes:
    """The workbook with the rows in it; `words` stand for {{office}}, {{begins}}, {{ends}}, {{today}} anywhere."""
    book = _opened(content)
    page = _page(book, plan.sheet)
    _say(page, words)
    _make_room(page, plan.first_row, len(rows))
    for n, row in enumerate(rows):
        for column, value in zip(plan.columns, row, strict=True):
            cell = page.cell(plan.first_row + n, column_index_from_string(column.letters))
            if not isinstance(cell, MergedCell):
                _write(cell, value)
    book.security = None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), keep_vba=False, keep_links=False)


def _page(book: openpyxl.Workbook, name: str) -> Worksheet:
    return book[name] if name in book.sheetnames else book.worksheets[0]


def _check_part(name: str, text: bytes) -> None:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _refused(N_("This file is not an Excel workbook that can be read."))
    if sum(1 for _ in _CELL.finditer(text)) > MOST_CELLS:
        raise _refused(N_("This sheet is too large for a layout."))
    if name.endswith(".rels") and re.search(rb'TargetMode\s*=\s*"External"', text, re.I):
        raise _refused(N_("A layout may not bring in other files: {what}"), name)


def _say(page: Worksheet, words: Mapping[str, str]) -> None:
    for row in page.iter_rows():
        for cell in row:
            if cell.data_type == "s" and isinstance(cell.value, str) and "{{" in cell.value:
                _write(cell, _PLACE.sub(lambda found: words.get(found[1], found[0]), cell.value))


def _make_room(page: Worksheet, first: int, count: int) -> None:
    """Rows as the first one looks; merged cells, heights and formulas below move along."""
    more = max(count, 1) - 1
    looks = [copy.copy(cell._style) for cell in page[first]]
    height = page.row_dimensions[first].height
    if more:
        _move_down(page, first, more)
    for line in range(first, first + more + 1):
        page.row_dimensions[line].height = height
        for cell, look in zip(page[line], looks, strict=False):
            if not isinstance(cell, MergedCell):
                cell._style = copy.copy(look)
                cell.value = None


def _move_down(page: Worksheet, first: int, more: int) -> None:
    below = [str(one) for one in page.merged_cells.ranges if one.min_row > first]
    for one in below:
        page.unmerge_cells(one)
    heights = {line: page.row_dimensions[line].height for line in range(first + 1, page.max_row + 1)}
    last = page.max_row
    if last > first:
        area = f"A{first + 1}:{get_column_letter(page.max_column)}{last}"
        page.move_range(area, rows=more)
    for line, height in heights.items():
        page.row_dimensions[line].height = None
        page.row_dimensions[line + more].height = height
    for one in below:
        moved = CellRange(one)
        moved.shift(row_shift=more)
        page.merge_cells(moved.coord)
    for row in page.iter_rows(min_row=first + more + 1):
        for cell in row:
            if cell.data_type == "f" and isinstance(cell.value, str):
                cell.value = _REFERENCE.sub(lambda found: _moved(found, first, more), cell.value)
    if page.print_area:
        page.print_area = _REFERENCE.sub(lambda found: _moved(found, first, more), str(page.print_area)).split("!")[-1]


def _moved(found: re.Match[str], first: int, more: int) -> str:
    """A reference after the rows were put in: a range over the first row grows, what is below moves."""
    column, row, other, end = found[1], int(found[2]), found[3], found[4]
    begins = row + more if row > first else row
    if other is None:
        return f"{column}{begins}"
    ends = int(end) + more if int(end) >= first else int(end)
    return f"{column}{begins}:{other}{ends}"


def _write(cell: Any, value: object) -> None:
    """Text stays text, whatever it begins with."""
    if value is None or isinstance(value, (int, float)):
        cell.value = value
    elif isinstance(value, date):
        cell.value = value
        if cell.number_format in ("General", "@"):
            cell.number_format = "yyyy-mm-dd"
    else:
        text = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST]
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(ACTS)


def _refused(message: str, what: str = "") -> Problems:
    return Problems(Problem(FIELD, message, {"what": what[:80]} if what else {}))
