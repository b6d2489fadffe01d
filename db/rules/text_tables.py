"""Tables written as text: any encoding a Chinese office saves in, comma, semicolon or tab; read line by line. Pure."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from db.rules.problems import N_, Problem, Problems

LONGEST_CELL = 4_000_000
MOST_COLUMNS = 500
DELIMITERS = ",\t;"
_BLOCK = 1 << 20
_SAMPLE = 1 << 16
_SAMPLE_ROWS = 30
_MOSTLY = 0.9
Row = tuple[int, tuple[str, ...]]
TOO_WIDE = N_("Row {row} has more than {most} columns; this is no table of matters.")
TOO_LONG = N_("Row {row} holds more text than a cell can have; perhaps a quotation mark is never closed.")


@dataclass(frozen=True)
class Table:
    """Lines of cells as read from a file, each with its row number there, and how the file was written."""

    lines: tuple[Row, ...]
    encoding: str = ""


def encoding_of(file: BinaryIO) -> str:
    """The encoding of a file: UTF-16 or UTF-8 with or without mark, else GB18030; raises Problems for none."""
    file.seek(0)
    start = file.read(_SAMPLE)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        names: tuple[str, ...] = ("utf-16",)
    else:
        names = (*_utf_16_without_mark(start), "utf-8-sig", "gb18030")
    for name in names:
        if _is_written_in(file, name):
            return name
    raise Problems(Problem("file", N_("The file is neither UTF-8 nor GB18030 text.")))


def _utf_16_without_mark(start: bytes) -> tuple[str, ...]:
    """Commas, digits and line ends of such a file have one empty byte each, always on the same side."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if even + odd < len(start) / 100 or max(even, odd) < _MOSTLY * (even + odd):
        return ()
    return ("utf-16-le",) if odd > even else ("utf-16-be",)


def _is_written_in(file: BinaryIO, name: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(name)()
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a file and its encoding; raises Problems when it is in none of ours."""
    name = encoding_of(io.BytesIO(content))
    return content.decode(name), name


def delimiter_of(file: BinaryIO, encoding: str, known: Callable[[Sequence[str]], int] = len) -> str:
    """What parts the cells: the sign under which a row has most names that are `known`, then most rows one width."""
    file.seek(0)
    sample = codecs.getincrementaldecoder(encoding)().decode(file.read(_SAMPLE))
    best, most = DELIMITERS[0], (0, 0, 0)
    for delimiter in DELIMITERS:
        rows = _first_rows(sample, delimiter)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, often = max(widths.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
        weight = (max((known(row) for row in rows if len(row) > 1), default=0), often, width)
        if weight > most:
            best, most = delimiter, weight
    return best


def _first_rows(sample: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(sample.replace("\0", ""), newline=""), delimiter=delimiter)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return rows


def text_lines(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[Row]:
    """The lines that hold anything, one at a time; a row number is the row a spreadsheet would show.

    Raises Problems for a line or cell no table has; never reads more than one record at a time.
    """
    file.seek(0)
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    row = 0
    try:
        reader = csv.reader(_bounded(text), delimiter=delimiter)
        for row, cells in enumerate(reader, 1):
            if len(cells) > MOST_COLUMNS:
                raise Problems(Problem("file", TOO_WIDE, {"row": row, "most": MOST_COLUMNS}))
            if any(cell.strip() for cell in cells):
                yield row, tuple(cells)
    except _TooLong:
        raise Problems(Problem("file", TOO_LONG, {"row": row + 1})) from None
    except csv.Error as error:
        if "field larger" in str(error):
            raise Problems(Problem("file", TOO_LONG, {"row": row + 1})) from None
        raise Problems(Problem("file", N_("The file can't be read: {reason}."), {"reason": error})) from None
    finally:
        text.detach()


class _TooLong(Exception):
    """A line without an end."""


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_CELL):
        if len(line) == LONGEST_CELL and not line.endswith(("\n", "\r")):
            raise _TooLong
        yield line.replace("\0", "") if "\0" in line else line


def csv_table(content: bytes) -> Table:
    """A whole small file at once."""
    file = io.BytesIO(content)
    encoding = encoding_of(file)
    delimiter = delimiter_of(file, encoding)
    return Table(tuple(text_lines(file, encoding, delimiter)), encoding)
