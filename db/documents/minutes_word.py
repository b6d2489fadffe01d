"""Minutes as Word: the office's template filled in, with the topics and their tables set where `agenda` stands."""

import io
import secrets
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document as Opened
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from db.documents import word
from db.documents.forms import Form
from db.documents.word_places import empty, place_of
from db.rules.text import cleaned

_HEAD, _LINE = "E8EEED", "7F8C8B"
_SIZE = 9.5


@dataclass(frozen=True)
class Part:
    """One topic: a heading, lines below it, a table whose columns are so wide, and lines below that."""

    heading: str
    lines: Sequence[str] = ()
    heads: Sequence[str] = ()
    widths: Sequence[int] = ()
    rows: Sequence[Sequence[str]] = ()
    below: Sequence[str] = ()


def minutes(template: bytes, form: Form, values: Mapping[str, object], parts: Sequence[Part], *, at: datetime) -> bytes:
    """The filled-in minutes; a template without `agenda` is filled in without the tables. Raises Problems."""
    mark = secrets.token_hex(12)
    filled = word.render(template, form, {**values, "agenda": mark}, at=at)
    made = Opened(io.BytesIO(filled))
    stands = place_of(made, mark)
    if stands is not None:
        pattern = deepcopy(stands._p)
        for part in parts:
            _set(made, stands, pattern, part)
        stands._p.getparent().remove(stands._p)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _set(made: WordDocument, stands: Paragraph, pattern: Any, part: Part) -> None:
    heading = _line(made, stands, pattern, part.heading, bold=True)
    heading.paragraph_format.space_before, heading.paragraph_format.keep_with_next = Pt(8), True
    for line in part.lines:
        _line(made, stands, pattern, line).paragraph_format.keep_with_next = bool(part.rows)
    if part.rows:
        stands._p.addprevious(_table(made, part)._tbl)
    for line in part.below:
        _line(made, stands, pattern, line)


def _line(made: WordDocument, stands: Paragraph, pattern: Any, text: str, *, bold: bool = False) -> Paragraph:
    """A paragraph that looks like the one the topics were asked for in."""
    paragraph = Paragraph(deepcopy(pattern), made._body)
    look = deepcopy(paragraph.runs[0]._r.rPr) if paragraph.runs else None
    empty(paragraph)
    run = paragraph.add_run(cleaned(text))
    if look is not None:
        run._r.insert(0, look)
    run.bold = bold or None
    stands._p.addprevious(paragraph._p)
    return paragraph


def _table(made: WordDocument, part: Part) -> Table:
    table: Table = made.add_table(1 + len(part.rows), len(part.heads))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    layout = table._tblPr.find(qn("w:tblLayout"))
    layout.addprevious(_borders())
    section = made.sections[-1]
    sides = (section.page_width, section.left_margin, section.right_margin)
    page, left, right = (int(side or 0) for side in sides)
    wide = (page - left - right) / sum(part.widths)
    for column, width in zip(table.columns, part.widths, strict=True):
        column.width = Emu(int(wide * width))
    for place, row in enumerate((part.heads, *part.rows)):
        line = table.rows[place]
        _keep_whole(line._tr, head=place == 0)
        for cell, text, width in zip(line.cells, row, part.widths, strict=True):
            cell.width = Emu(int(wide * width))
            _fill(cell, text, head=place == 0)
    return table


def _fill(cell: _Cell, text: str, *, head: bool) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(cleaned(text))
    run.font.size, run.bold = Pt(_SIZE), head or None
    format_ = paragraph.paragraph_format
    format_.line_spacing, format_.space_before, format_.space_after = 1.1, Pt(2), Pt(2)
    format_.first_line_indent = Pt(0)
    if head:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", _HEAD)):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)


def _borders() -> Any:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("color", _LINE)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    return borders


def _keep_whole(row: Any, *, head: bool) -> None:
    """A row stays on one page; the head is written again on the next."""
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
