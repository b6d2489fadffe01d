"""Where something stands in a template, so that whoever wrote it finds it: paragraph, row of a table, header."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn

from db.rules.problems import N_, Problem

FILLED = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_ACT = re.compile(r"\{%-?\s*(?:(p|tr|tc|r)\s+)?(\w+)")
_SHOWN = 80
FIELD = "upload"


@dataclass(frozen=True)
class Line:
    """One paragraph of a template: its number outside tables, or its table, row and cell, each from 1."""

    text: str
    body: bool = True
    number: int = 0
    table: int = 0
    row: int = 0
    cell: int = 0

    @property
    def tags(self) -> tuple[str, ...]:
        """What docxtpl reads in it, written as one would write it."""
        return tuple(_plain(tag) for tag in _TAG.findall(self.text))


@dataclass(frozen=True)
class _Open:
    """A condition or loop that waits for its end."""

    line: Line
    tag: str
    word: str
    alone: bool


def lines_of(template: bytes) -> tuple[Line, ...]:
    """Every paragraph of a sound template, the body first."""
    with zipfile.ZipFile(io.BytesIO(template)) as parts:
        names = sorted(filter(FILLED.fullmatch, parts.namelist()), key=lambda name: (not _is_body(name), name))
        return tuple(line for name in names for line in lines_in(name, parse_xml(parts.read(name))))


def lines_in(name: str, root: Any) -> Iterator[Line]:
    """Every paragraph of one part."""
    body, number, places = _is_body(name), 0, _places(root)
    for paragraph in root.iter(qn("w:p")):
        text = "".join(part.text or "" for part in paragraph.iter(qn("w:t"))).strip()
        place = places.get(paragraph)
        number += place is None
        yield Line(text, body, 0, *place) if place else Line(text, body, number)


def _places(root: Any) -> dict[Any, tuple[int, int, int]]:
    """Table, row and cell of every paragraph in an outermost table; each element is met a few times at most."""
    found: dict[Any, tuple[int, int, int]] = {}
    outermost = (one for one in root.iter(qn("w:tbl")) if next(one.iterancestors(qn("w:tbl")), None) is None)
    for table_number, table in enumerate(outermost, 1):
        for row_number, row in enumerate(table.iterchildren(qn("w:tr")), 1):
            for cell_number, cell in enumerate(row.iterchildren(qn("w:tc")), 1):
                place = (table_number, row_number, cell_number)
                found.update(dict.fromkeys(cell.iter(qn("w:p")), place))
    return found


def told(line: Line) -> Problem:
    """The place as a sentence of its own."""
    values: dict[str, object] = {"line": line.text[:_SHOWN]}
    if not line.body:
        return Problem(FIELD, N_("It stands in the header, footer or a note: {line}"), values)
    if line.table:
        values |= {"table": line.table, "row": line.row}
        return Problem(FIELD, N_("It stands in table {table}, row {row}: {line}"), values)
    return Problem(FIELD, N_("It stands in paragraph {number}: {line}"), values | {"number": line.number})


def place_of(template: bytes, source: str, what: str) -> tuple[Problem, ...]:
    """Where what was found wrong stands: `source` is the line docxtpl made of it, `what` the name it is about."""
    tags = [_plain(tag) for tag in _TAG.findall(re.sub(r"<[^>]+>", "", source))]
    wanted = [tag for tag in tags if what and what in tag] or tags
    found = next((line for line in lines_of(template) if set(wanted) & set(line.tags)), None)
    return (told(found),) if found else ()


def unpaired(lines: Sequence[Line]) -> tuple[Problem, ...]:
    """The first condition or loop that is never closed, or closes what was not opened; nothing when all are paired."""
    waiting: list[_Open] = []
    for line, tag, word, alone in _acts(lines):
        if word in ("if", "for"):
            waiting.append(_Open(line, tag, word, alone))
        elif word in ("endif", "endfor"):
            if not waiting or waiting[-1].word != word.removeprefix("end"):
                return Problem(FIELD, N_("This closes what was not opened: {what}"), {"what": tag}), told(line)
            waiting.pop()
    if waiting:
        last = waiting[-1]
        return Problem(FIELD, N_("This is opened and never closed: {what}"), {"what": last.tag}), told(last.line)
    return ()


def torn(lines: Sequence[Line]) -> tuple[Problem, ...]:
    """The first condition or loop that begins in one cell and ends in another without rows of its own."""
    waiting: list[_Open] = []
    for line, tag, word, alone in _acts(lines):
        if word in ("if", "for"):
            waiting.append(_Open(line, tag, word, alone))
        elif word in ("endif", "endfor") and waiting:
            begun = waiting.pop()
            apart = (begun.line.table, begun.line.row, begun.line.cell) != (line.table, line.row, line.cell)
            if apart and not begun.alone:
                said = N_("This begins in one cell of a table or outside, and ends in another: {what}")
                return Problem(FIELD, said, {"what": begun.tag}), told(begun.line)
    return ()


def _acts(lines: Sequence[Line]) -> Iterator[tuple[Line, str, str, bool]]:
    """Each condition, loop and end: its line, the tag, its word, whether it takes a row or paragraph of its own."""
    for line in lines:
        for tag in _TAG.findall(line.text):
            if act := _ACT.match(tag):
                yield line, tag, act[2], bool(act[1])


def _plain(tag: str) -> str:
    """A tag without what only docxtpl reads, spaces made even."""
    return " ".join(re.sub(r"^\{%-?\s*(?:p|tr|tc|r)\s", "{% ", tag).split())


def _is_body(name: str) -> bool:
    return name == "word/document.xml"
