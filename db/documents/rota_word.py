"""A notice as Word: the office's template filled in, with the table set where it stands, to fit one page or flow."""

import io
import secrets
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from docx import Document as Opened
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Emu, Length, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from db.documents import word
from db.documents.fitting import BESIDE, Cell, Fit, Grid, fit, placed, wrapped
from db.documents.forms import Form
from db.documents.word_places import as_small_as_can_be, empty, place_of

# What a line takes of its type when a template leaves its spacing to Word, and what Word adds by itself.
_LINE, _SPARE = 1.5, 10.0
_USUAL_SIZE = 10.5
_TONES = {"rest": "F2F2F2", "holiday": "E2E2E2", "head": "E8EEED"}


def notice(template: bytes, form: Form, values: Mapping[str, object], grid: Grid, *, at: datetime) -> bytes:
    """The filled-in notice; a template without the table's placeholder is filled in without it. Raises Problems."""
    mark = secrets.token_hex(12)
    filled = word.render(template, form, {**values, "table": mark}, at=at)
    made = Opened(io.BytesIO(filled))
    stands = place_of(made, mark)
    if stands is not None:
        _set(made, stands, grid)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _set(made: WordDocument, stands: Paragraph, grid: Grid) -> None:
    """Put the table in the place of its paragraph, the page turned where more fits that way."""
    section = made.sections[-1]
    style = deepcopy(stands.runs[0]._r.rPr) if stands.runs else None
    empty(stands)
    pages = _pages(made, section, stands)
    found = fit(grid, *pages)
    if found.landscape:
        section.page_width, section.page_height = section.page_height, section.page_width
        turned = section.orientation == WD_ORIENT.PORTRAIT
        section.orientation = WD_ORIENT.LANDSCAPE if turned else WD_ORIENT.PORTRAIT
    stands._p.addprevious(_table(made, grid, found, style)._tbl)
    as_small_as_can_be(stands)


def _pages(made: WordDocument, section: Section, stands: Paragraph) -> list[tuple[float, float]]:
    """Width and height left for the table: on the page as it is, and turned."""
    wide, high = _points(section.page_width), _points(section.page_height)
    beside = _points(section.left_margin) + _points(section.right_margin)
    above = _points(section.top_margin) + _points(section.bottom_margin)
    others = [one for one in made.paragraphs if one._p is not stands._p]
    return [
        (width - beside, height - above - sum(_height(one, width - beside) for one in others) - _SPARE)
        for width, height in ((wide, high), (high, wide))
    ]


def _height(paragraph: Paragraph, width: float) -> float:
    """About how high a paragraph is."""
    style = paragraph.style
    sizes = [run.font.size.pt for run in paragraph.runs if run.font.size is not None]
    usual = style.font.size.pt if style is not None and style.font.size is not None else _USUAL_SIZE
    size = max(sizes, default=usual)
    format_ = paragraph.paragraph_format
    spacing = format_.line_spacing
    line = spacing.pt if isinstance(spacing, Length) else size * _LINE * (spacing or 1.0)
    around = sum(_points(gap) for gap in (format_.space_before, format_.space_after) if gap is not None)
    return len(wrapped(paragraph.text, width, size)) * float(line) + around


def _table(made: WordDocument, grid: Grid, found: Fit, style: Any) -> Table:
    rows = (*grid.heads, *grid.body)
    table: Table = made.add_table(len(rows), grid.columns)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    # Word reads what a table is in this order only.
    layout = table._tblPr.find(qn("w:tblLayout"))
    layout.addprevious(_borders())
    layout.addnext(_margins(found.above))
    for column, width in zip(table.columns, found.widths, strict=True):
        column.width = Pt(width)
    for place, (row, height) in enumerate(zip(rows, found.heights, strict=True)):
        head = place < len(grid.heads)
        line = table.rows[place]
        line.height, line.height_rule = Pt(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        _keep_whole(line._tr, head=head)
        for begins, told in placed(row):
            cell = line.cells[begins]
            cell = cell.merge(line.cells[begins + told.span - 1]) if told.span > 1 else cell
            _look(cell, told, head=head, centred=head or not grid.fills)
            _fill(cell, found.lines(begins, told), found, style, centred=head or not grid.fills)
    return table


def _look(cell: _Cell, told: Cell, *, head: bool, centred: bool) -> None:
    properties = cell._tc.get_or_add_tcPr()
    if tone := _TONES.get("head" if head else told.tone):
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", tone)):
            shade.set(qn(f"w:{name}"), value)
        properties.append(shade)
    align = OxmlElement("w:vAlign")
    align.set(qn("w:val"), "center" if centred else "top")
    properties.append(align)


def _fill(cell: _Cell, lines: Sequence[tuple[str, bool]], found: Fit, style: Any, *, centred: bool) -> None:
    """The lines of a cell, each a paragraph of its own so that a name is never broken."""
    paragraphs = [cell.paragraphs[0], *(cell.add_paragraph() for _ in lines[1:])]
    for paragraph, (text, bold) in zip(paragraphs, lines or [("", False)], strict=True):
        format_ = paragraph.paragraph_format
        format_.space_before = format_.space_after = format_.first_line_indent = Pt(0)
        format_.line_spacing = Pt(found.size * found.leading)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
        run = paragraph.add_run(text)
        if style is not None:
            run._r.insert(0, deepcopy(style))
        run.font.size, run.bold = Pt(found.size), bold


def _keep_whole(row: Any, *, head: bool) -> None:
    """A row is never split, and heads come again on a second page."""
    properties = row.get_or_add_trPr()
    for name in ("w:cantSplit", *(("w:tblHeader",) if head else ())):
        properties.append(OxmlElement(name))


def _borders() -> Any:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    return borders


def _margins(above: float) -> Any:
    margins = OxmlElement("w:tblCellMar")
    for side, gap in (("top", above), ("left", BESIDE), ("bottom", above), ("right", BESIDE)):
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:w"), str(round(gap * 20)))
        line.set(qn("w:type"), "dxa")
        margins.append(line)
    return margins


def _points(length: Any) -> float:
    return float(Emu(length).pt) if length is not None else 0.0
