"""Excel workbooks of other systems, read row by row; what could hurt is refused before anything is unpacked."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from db.rules.files import why_not_workbook
from db.rules.problems import N_, Problem, Problems
from db.rules.text_tables import MOST_COLUMNS, TOO_WIDE, Row

MOST_ROWS = 200_000
MOST_CELLS = 8_000_000
MOST_STRINGS = 1_500_000
MAC_DAYS = 1462
SURE_DIGITS = 15
OLD_EXCEL = N_("{name} is in the old Excel format (.xls) or locked with a password. Save it as .xlsx without one.")
DAMAGED = N_("{name} is damaged.")
TOO_LARGE = N_("{name} holds too many cells to be brought in at once; split it into several files.")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_STRING = re.compile(rb"<(?:\w+:)?si[\s>/]")
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_BLOCK = 1 << 20
_OVERLAP = 32
_COUNTED_FROM = 4 << 20


class Workbook:
    """An open workbook: its sheets by name, whether it counts days from 1904, and the rows of a sheet."""

    def __init__(self, book: Any, name: str) -> None:
        self._book, self._name = book, name
        self.sheets: tuple[str, ...] = tuple(sheet.title for sheet in book.worksheets)
        self.later_by = MAC_DAYS if book.epoch == CALENDAR_MAC_1904 else 0

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows that hold anything as text, one at a time; raises Problems for what no sheet of matters has."""
        try:
            worksheet = self._book[sheet]
            worksheet.reset_dimensions()
            for number, cells in enumerate(worksheet.iter_rows(max_row=MOST_ROWS + 1, values_only=True), 1):
                if number > MOST_ROWS:
                    raise Problems(Problem("file", TOO_LARGE, {"name": self._name}))
                texts = tuple(map(cell_text, cells))
                if len(texts) > MOST_COLUMNS and any(texts[MOST_COLUMNS:]):
                    raise Problems(Problem("file", TOO_WIDE, {"row": number, "most": MOST_COLUMNS}))
                if any(texts):
                    yield number, texts[:MOST_COLUMNS]
        except Problems:
            raise
        except Exception as error:  # a damaged part raises whatever its reader raises
            raise Problems(Problem("file", DAMAGED, {"name": self._name})) from error


@contextmanager
def opened(source: bytes | Path, name: str) -> Iterator[Workbook]:
    """A workbook that may be read; raises Problems with the reason otherwise."""
    with open_bytes(source) as file:
        if why := why_not_workbook(file):
            raise Problems(Problem("file", why, {"name": name}))
        _refuse_masses(file, name)
        file.seek(0)
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # the same
            raise Problems(Problem("file", DAMAGED, {"name": name})) from error
        try:
            yield Workbook(book, name)
        finally:
            with suppress(Exception):
                book.close()


def open_bytes(source: bytes | Path) -> Any:
    """The source as an open file."""
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _refuse_masses(file: Any, name: str) -> None:
    """Count cells and strings in the packed parts of a large workbook, which takes no memory; raises Problems."""
    try:
        with zipfile.ZipFile(file) as archive:
            cells = strings = 0
            for part in archive.infolist():
                if part.file_size < _COUNTED_FROM:
                    continue
                if part.filename.startswith("xl/worksheets/"):
                    cells += _occurrences(archive, part, _CELL, MOST_CELLS)
                elif part.filename.endswith("sharedStrings.xml"):
                    strings += _occurrences(archive, part, _STRING, MOST_STRINGS)
                if cells > MOST_CELLS or strings > MOST_STRINGS:
                    raise Problems(Problem("file", TOO_LARGE, {"name": name}))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise Problems(Problem("file", DAMAGED, {"name": name})) from error


def _occurrences(archive: zipfile.ZipFile, part: zipfile.ZipInfo, sign: re.Pattern[bytes], most: int) -> int:
    found, rest = 0, b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            whole = rest + block
            end = 0
            for match in sign.finditer(whole):
                found, end = found + 1, match.end()
            if found > most:
                break
            rest = whole[max(end, len(whole) - _OVERLAP) :]
    return found


# --- cells ---


def cell_text(value: object) -> str:
    """A cell as text, to the last digit where the workbook still has it."""
    if value is None:
        return ""
    return _AS_TEXT.get(type(value), str)(value)


def _number(value: Any) -> str:
    """A whole number without a decimal point; one that lost its last digits is written so that it is seen."""
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if value == int(value):
        digits = str(abs(int(value)))
        lost = len(digits) > SURE_DIGITS and (isinstance(value, float) or not digits[SURE_DIGITS:].strip("0"))
        return f"{float(value):.14E}" if lost else str(int(value))
    return str(value)


def _moment(value: Any) -> str:
    return str(value.isoformat(sep=" ", timespec="seconds"))


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    str: lambda value: "" if value in _ERRORS else value,
    bool: lambda value: "1" if value else "0",
    int: _number,
    float: _number,
    datetime: _moment,
    date: lambda value: value.isoformat(),
    time: lambda value: value.isoformat(timespec="minutes"),
    timedelta: str,
}
