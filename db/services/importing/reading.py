"""Looking at a file of another system and reading it row by row, never the whole of it at once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any

from db.engine import current
from db.rules.files import label_of
from db.rules.importing.headings import FIELDS, HEADER_WITHIN, Header, fields_of, header_at, header_of, meanings
from db.rules.importing.identity_numbers import is_identity_column, masked
from db.rules.problems import N_, Problem, Problems
from db.rules.text_tables import Row, delimiter_of, encoding_of, text_lines
from db.services.importing.workbooks import OLD_EXCEL, open_bytes, opened
from db.services.office.presets import preset

NOWHERE: Mapping[str, int] = MappingProxyType({})
SAMPLES = 20
LOOKED_AT = 200
LONGEST_SAMPLE = 200
ON_SERVER_MEGABYTES = 190
TEXT, BOOK = (".csv", ".txt", ".tsv"), (".xlsx",)
KINDS = (*TEXT, *BOOK)
IDENTITY = N_("Numbers of identity cards are never brought in.")
_MEGABYTE = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"MZ",
    b"\x7fELF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
)
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta")


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its heading, the field it most likely means ("" for none), why it can't be brought in
    (a message, mostly ""), and its first cells."""

    heading: str
    field: str
    why_not: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class SheetLook:
    """A sheet: the row that names its columns (0: none), its columns, how many of them are known, and its first rows
    down to those names."""

    name: str
    header_row: int
    columns: tuple[Column, ...]
    known: int
    top: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Sheets:
    """A file as looked at: encoding ("" for Excel), its sheets, and which one most likely holds matters."""

    name: str
    encoding: str
    sheets: tuple[SheetLook, ...]
    best: str


def look_at(source: bytes | Path, name: str, header_rows: Mapping[str, int] = NOWHERE) -> Sheets:
    """Look at the beginning of every sheet of a file; raises Problems with a sentence for a file that can't be read.

    `header_rows`: by sheet the row somebody says the names stand in.
    """
    known = meanings(synonyms())
    with opened_file(source, name) as file:
        looks = [
            _look(sheet, islice(file.rows(sheet), LOOKED_AT), known, header_rows.get(sheet, 0)) for sheet in file.sheets
        ]
        best = max(looks, key=lambda look: (look.known, len(look.columns)), default=None)
        return Sheets(label_of(name), file.encoding, tuple(looks), best.name if best else "")


@cache
def words() -> Mapping[str, Any]:
    """What the preset knows of other systems."""
    return preset("import")


def synonyms() -> Mapping[str, Sequence[str]]:
    """The headings the preset knows, by field."""
    found: Mapping[str, Sequence[str]] = words()["columns"]
    return found


def _look(name: str, rows: Iterator[Row], known: Mapping[str, tuple[str, int]], at: int) -> SheetLook:
    lines = list(rows)
    header = header_at(lines, at) if at else header_of(lines, known)
    top = tuple((n, tuple(map(masked, cells))) for n, cells in lines if n <= (header.last if header else HEADER_WITHIN))
    if header is None:
        return SheetLook(name, at, (), 0, top)
    below = [cells for number, cells in lines if number > header.last]
    meant = fields_of(header.headings, known)
    columns = []
    for place, heading in enumerate(header.headings):
        values = [cells[place] for cells in below if place < len(cells) and cells[place].strip()]
        if heading.startswith("(") and not values:
            continue
        identity = is_identity_column(heading, values)
        shown = () if identity else tuple(masked(" ".join(v.split()))[:LONGEST_SAMPLE] for v in values[:SAMPLES])
        columns.append(Column(heading, "" if identity else meant[place], IDENTITY if identity else "", shown))
    return SheetLook(name, header.first, tuple(columns), sum(bool(column.field) for column in columns), top)


# --- an open file ---


@dataclass(frozen=True)
class Open:
    """An open file: its sheets, how it is written, and its rows one by one."""

    sheets: tuple[str, ...]
    encoding: str
    later_by: int
    rows: Any


@contextmanager
def opened_file(source: bytes | Path, name: str) -> Iterator[Open]:
    """Open a file after looking at its size, name and first bytes; raises Problems."""
    kind = _kind(source, name)
    if kind in BOOK:
        with opened(source, label_of(name)) as book:
            yield Open(book.sheets, "", book.later_by, book.rows)
        return
    known = meanings(synonyms())
    with open_bytes(source) as file:
        encoding = encoding_of(file)
        delimiter = delimiter_of(file, encoding, lambda cells: sum(map(bool, fields_of(cells, known))))
        yield Open(("",), encoding, 0, lambda _sheet: text_lines(file, encoding, delimiter))


def _kind(source: bytes | Path, name: str) -> str:
    """The ending of a file that is what its name says; raises Problems."""
    label = label_of(name)
    ending = PurePath(label).suffix.lower()
    with open_bytes(source) as file:
        start = file.read(4096)
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
    most = current().settings.import_megabytes
    if isinstance(source, Path):  # it lies on the server already, where the administrator or we put it
        most = max(most, ON_SERVER_MEGABYTES)
    if size > most * _MEGABYTE:
        raise _refused(N_("{name} is larger than {megabytes} MB."), name=label, megabytes=most)
    if start.startswith(_OLE) or ending == ".xls":
        raise _refused(OLD_EXCEL, name=label)
    if ending not in KINDS:
        raise _refused(N_("{name} can't be brought in; only these can: {known}."), name=label, known=", ".join(KINDS))
    if not start.strip():
        raise _refused(N_("{name} is empty."), name=label)
    is_book, is_text = start.startswith(_ZIP), not start.startswith((_ZIP, *_OTHERS))
    plain_start = start.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if (ending in BOOK) is not is_book or (ending in TEXT and (not is_text or plain_start.startswith(_MARKUP))):
        raise _refused(N_("{name} is not what its name says."), name=label)
    return ending


def _refused(message: str, **values: object) -> Problems:
    return Problems(Problem("file", message, values))


# --- its rows below the header ---


@dataclass(frozen=True)
class Layout:
    """How a sheet is laid out: the header, the field of each column ("" for left out), and the columns left out."""

    header: Header
    fields: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def below_header(rows: Iterator[Row], columns: Mapping[str, str], header_row: int = 0) -> tuple[Layout, Iterator[Row]]:
    """The layout of a sheet under a choice of columns (heading to field), and the rows below the header.

    Raises Problems when no row bears these names, or none of them means the subject or the text.
    """
    lines = list(islice(rows, LOOKED_AT))
    by_choice = {field: [h for h, f in columns.items() if f == field] for field in ("", *FIELDS)}
    known = meanings(by_choice)
    header = header_at(lines, header_row) if header_row else header_of(lines[: HEADER_WITHIN + 1], known)
    fields = _chosen(header, columns) if header else ()
    if header is None or not {"subject", "text"} & set(fields):
        message = N_("No row names the columns; a column for the text or the subject is needed.")
        raise Problems(Problem("file", message))
    below = [row for row in lines if row[0] > header.last]
    fields, left_out = _without_identities(header, fields, below)
    return Layout(header, fields, left_out), chain(below, rows)


def _chosen(header: Header, columns: Mapping[str, str]) -> tuple[str, ...]:
    """The field of each column as chosen, each single field once."""
    taken: set[str] = set()
    fields = []
    for heading in header.headings:
        field = columns.get(heading, "")
        if field not in FIELDS or (field in taken and not FIELDS[field].many):
            field = ""
        taken.add(field)
        fields.append(field)
    return tuple(fields)


def _without_identities(
    header: Header, fields: tuple[str, ...], below: Sequence[Row]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    kept, left_out = [], []
    for place, (heading, field) in enumerate(zip(header.headings, fields, strict=True)):
        values = [cells[place] for _, cells in below if place < len(cells)]
        identity = is_identity_column(heading, values)
        kept.append("" if identity else field)
        if identity or (not field and (any(values) or not heading.startswith("("))):
            left_out.append((heading, IDENTITY if identity else ""))
    return tuple(kept), tuple(left_out)
