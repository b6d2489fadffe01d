"""Tables written as text: any encoding a Chinese office saves in, comma, semicolon or tab. All pure."""

import csv
import io
from dataclasses import dataclass

from db.rules.problems import N_, Problem, Problems

LONGEST_CELL = 10_000_000


@dataclass(frozen=True)
class Table:
    """Lines of cells as read from a file, each with its row number there, and how the file was written."""

    lines: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str = ""


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a file and its encoding: UTF-8 with or without mark, UTF-16 with mark, else GB18030."""
    names = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for name in names:
        try:
            return content.decode(name), name
        except UnicodeDecodeError:
            continue
    raise Problems(Problem("file", N_("The file is neither UTF-8 nor GB18030 text.")))


def csv_table(content: bytes) -> Table:
    """The lines of a CSV file that hold anything; a row number is the row a spreadsheet would show."""
    text, encoding = decoded(content)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Problems(Problem("file", N_("The file can't be read: {reason}."), {"reason": error})) from None
    return Table(tuple((i, tuple(row)) for i, row in enumerate(rows, 1) if any(c.strip() for c in row)), encoding)
