"""Charts as Word: heading, picture, days, definition and a table people can copy from; also parts of a briefing."""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document as Opened
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from db.documents import chart_pictures
from db.documents import chart_words as words
from db.documents.chart_columns import column_widths, turned
from db.documents.chart_looks import PAPER
from db.documents.chart_totals import moved, overall
from db.documents.word_places import as_small_as_can_be
from db.languages import speaker
from db.rules.briefings.chart import ChartKind, Drawn

# What the office's own templates are set in.
LATIN, BODY_FONT, HEAD_FONT = "Times New Roman", "仿宋", "黑体"
BODY_SIZE, SMALL, TABLE = 12.0, 9.0, 10.0
# A longer table belongs into the workbook.
MOST_ROWS = 40
_HEAD, _PICTURE = "EAF1F0", (640, 320)
_BESIDE, _HIGHEST = 8.0, Mm(190)


def document(drawns: Sequence[Drawn], language: str, *, title: str) -> bytes:
    """A document of charts under a title."""
    made = blank_document(title)
    if len(drawns) > 1:
        made.add_heading(title, 0)
    for drawn in drawns:
        add_chart(made, drawn, language)
    return saved(made)


def saved(made: WordDocument) -> bytes:
    """The document's bytes."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def blank_document(title: str) -> WordDocument:
    """An empty A4 document in official fonts, with page numbers; `title` is told in its properties only."""
    made = Opened()
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(26)
    page.top_margin, page.bottom_margin = Mm(28), Mm(25)
    _fonts(made)
    _page_number(page.footer.paragraphs[0])
    told = made.core_properties
    told.title, told.author, told.comments, told.last_modified_by = title, "", "", ""
    return made


def add_chart(made: WordDocument, drawn: Drawn, language: str, *, level: int = 1, table: bool = True) -> None:
    """A heading of that level (1 to 9), the chart, what it shows, and with `table` its figures once more as one."""
    made.add_heading(words.headline(drawn, language), level)
    for line in (words.caption(drawn, language), overall(drawn, language)):
        if line:
            _small(made, line, keep=True)
    if drawn.kind == ChartKind.FIGURE:
        _figure(made, drawn, language)
    elif drawn.kind != ChartKind.TABLE and not words.is_empty(drawn):
        _picture(made, drawn, language)
    table = table or drawn.kind == ChartKind.TABLE
    tabled = table and drawn.kind != ChartKind.FIGURE and not words.is_empty(drawn)
    told = [one for one in (words.definition(drawn, language), *words.notes(drawn, language)) if one]
    for place, one in enumerate(told, start=1):
        _small(made, one, keep=tabled or place < len(told))
    if tabled:
        _table(made, drawn, language)


def _small(made: WordDocument, said: str, *, keep: bool) -> None:
    paragraph = made.add_paragraph()
    run = paragraph.add_run(said)
    run.font.size, run.font.color.rgb = Pt(SMALL), RGBColor.from_string(PAPER.grey[1:])
    paragraph.paragraph_format.space_after = Pt(4)
    paragraph.paragraph_format.line_spacing = 1.15
    paragraph.paragraph_format.keep_with_next = keep


def _width(made: WordDocument) -> int:
    page = made.sections[-1]
    return int(page.page_width or Mm(210)) - int(page.left_margin or 0) - int(page.right_margin or 0)


def _picture(made: WordDocument, drawn: Drawn, language: str) -> None:
    """The chart alone: Word says title and days in its own type."""
    wide, high = _PICTURE
    content = chart_pictures.bare(drawn, language, width=wide, height=high, scale=3)
    shape = made.add_picture(io.BytesIO(content), width=Emu(_width(made)))
    if shape.height > _HIGHEST:
        shape.width, shape.height = Emu(int(shape.width * _HIGHEST / shape.height)), _HIGHEST
    shape._inline.docPr.set("descr", words.spoken(drawn, language))
    paragraph = made.paragraphs[-1]
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.line_spacing = 1


def _figure(made: WordDocument, drawn: Drawn, language: str) -> None:
    paragraph = made.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(6)
    run = paragraph.add_run(words.figure(drawn.total, drawn, language))
    run.font.size, run.font.bold, run.font.color.rgb = Pt(32), True, RGBColor.from_string(PAPER.series[0][1:])
    for said in (words.worked_out(drawn.total, language), moved(drawn, language)):
        if said:
            below = made.add_paragraph(said)
            below.alignment = WD_ALIGN_PARAGRAPH.CENTER
            below.paragraph_format.keep_with_next = True


# --- the table ---


def _table(made: WordDocument, drawn: Drawn, language: str) -> None:
    t = speaker(language)
    heads, rows = turned(*words.table(drawn, language))
    shown = rows[:MOST_ROWS]
    totalled = len(drawn.what) <= 1 and bool(drawn.spec.split)
    if totalled:
        told = (drawn.total, drawn.total_before) if words.compared(drawn) else (drawn.total,)
        shown = [*shown, [t("Overall"), *(words.shown(cell, drawn, language) for cell in told)]]
    table = made.add_table(len(shown) + 1, len(heads), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    size = TABLE if len(heads) <= 8 else 8.0 if len(heads) <= 12 else 6.5
    widths = [Pt(one) for one in column_widths(heads, shown, Emu(_width(made)).pt, size=size, beside=_BESIDE)]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for place, (line, row) in enumerate(zip((heads, *shown), table.rows, strict=True)):
        _keep_whole(row._tr, head=place == 0)
        bold = place == 0 or (totalled and place == len(shown))
        for column, (cell, said) in enumerate(zip(row.cells, line, strict=True)):
            cell.width = widths[column]
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if column == 0 else WD_ALIGN_PARAGRAPH.RIGHT
            form = paragraph.paragraph_format
            form.space_before, form.space_after, form.line_spacing = Pt(1.5), Pt(1.5), 1.1
            run = paragraph.add_run(said)
            run.font.size, run.font.bold = Pt(size), bold
            if place == 0:
                _shade(cell._tc)
    if len(rows) > MOST_ROWS:
        _small(made, t("… and {n} more rows", n=len(rows) - MOST_ROWS), keep=False)
    after = made.add_paragraph()
    as_small_as_can_be(after)
    after.paragraph_format.space_after = Pt(6)


def _keep_whole(row: Any, *, head: bool) -> None:
    properties = row.get_or_add_trPr()
    for name in ("w:cantSplit", *(("w:tblHeader",) if head else ())):
        properties.append(OxmlElement(name))


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", _HEAD)):
        shade.set(qn(f"w:{name}"), value)
    cell.get_or_add_tcPr().append(shade)


# --- fonts and page numbers ---


def _fonts(made: WordDocument) -> None:
    for name, east_asian, size in (
        ("Normal", BODY_FONT, BODY_SIZE),
        ("Title", HEAD_FONT, 20),
        ("Heading 1", HEAD_FONT, 15),
        ("Heading 2", HEAD_FONT, 13),
        ("Heading 3", HEAD_FONT, 12),
    ):
        style: Any = made.styles[name]
        style.font.name, style.font.size = LATIN, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), east_asian)
        for line in style.element.iter(qn("w:pBdr")):
            line.getparent().remove(line)
        if name != "Normal":
            style.font.color.rgb, style.font.bold = RGBColor.from_string(PAPER.ink[1:]), name == "Title"
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(12), Pt(4)
    made.styles["Normal"].paragraph_format.line_spacing = 1.4


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
