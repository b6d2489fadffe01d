"""A briefing as Word: the office's template filled in, with headings, texts, figures and charts set in its place."""

import io
import secrets
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from docx import Document as Opened
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from db.documents import chart_word, word
from db.documents.forms import Form
from db.documents.word_places import as_small_as_can_be, empty, place_of
from db.languages import translate
from db.rules.briefings.issuing import BlockKind
from db.rules.briefings.parts import DASH, Part

# What stands between two sentences.
_GAP = {"zh": "", "en": " "}
_INDENT, _LINE, _AFTER = 2, 1.5, 4
# Levels of a section's and a chart's heading; an office's own template may know neither.
_SECTION, _CHART = 2, 3
_STYLES = {
    "Heading 2": WD_STYLE_TYPE.PARAGRAPH,
    "Heading 3": WD_STYLE_TYPE.PARAGRAPH,
    "Table Grid": WD_STYLE_TYPE.TABLE,
}
_VALUE, _SMALL, _TEXT, _HEADING = 16.0, 9.0, 12.0, 14.0


def briefing(
    template: bytes, form: Form, values: Mapping[str, object], parts: Sequence[Part], language: str, *, at: datetime
) -> bytes:
    """The filled-in briefing; a template without the place of the body has none. Raises Problems."""
    mark = secrets.token_hex(12)
    filled = word.render(template, form, {**values, "body": mark}, at=at)
    made = Opened(io.BytesIO(filled))
    stands = place_of(made, mark)
    if stands is not None:
        _Body(made, stands, language).set(parts)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


class _Body:
    """The parts, written at the end of the document and moved to their place."""

    def __init__(self, made: WordDocument, stands: Paragraph, language: str) -> None:
        self._made, self._stands, self._language = made, stands, language
        self._style = deepcopy(stands.runs[0]._r.rPr) if stands.runs else None
        empty(stands)

    def set(self, parts: Sequence[Part]) -> None:
        """Every part in its order."""
        kinds: Mapping[str, Callable[[Part], None]] = {
            BlockKind.HEADING: self._heading,
            BlockKind.TEXT: self._text,
            BlockKind.FIGURES: self._figures,
            BlockKind.CHART: self._chart,
        }
        _have_styles(self._made)
        body = self._made.element.body
        for part in parts:
            known = set(body)
            kinds[part.kind](part)
            for one in [one for one in body if one not in known]:
                self._stands._p.addprevious(one)
        self._keep_signature()
        as_small_as_can_be(self._stands)

    def _keep_signature(self) -> None:
        """What closes the document never stands on a page alone."""
        before = self._stands._p.getprevious()
        if before is not None and before.tag == qn("w:p"):
            Paragraph(before, self._made._body).paragraph_format.keep_with_next = True
        self._stands.paragraph_format.keep_with_next = True

    def _heading(self, part: Part) -> None:
        paragraph = self._paragraph(part.within(self._language), _HEADING, bold=True)
        paragraph.style = self._made.styles[f"Heading {_SECTION}"]
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = Pt(10)

    def _text(self, part: Part) -> None:
        for line in part.within(self._language).splitlines():
            if line.strip():
                paragraph = self._paragraph(line, _TEXT)
                paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
                paragraph.paragraph_format.first_line_indent = Pt(_TEXT * _INDENT * (self._language == "zh"))

    def _figures(self, part: Part) -> None:
        """A small table: names above, values large, changes below; what is counted underneath."""
        if not part.figures:
            self._missing(part)
            return
        table = self._made.add_table(3, len(part.figures))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for place, figure in enumerate(part.figures):
            change = figure.change.within(self._language)
            told = (
                (figure.heading(self._language), _SMALL + 1, False),
                (figure.value.within(self._language), _VALUE, True),
                ("" if change == DASH.zh else change, _SMALL, False),
            )
            for row, (said, size, bold) in zip(table.rows, told, strict=True):
                self._fill(row.cells[place].paragraphs[0], said, size, bold=bold)
        self._paragraph(_GAP[self._language].join(part.definitions(self._language)), _SMALL)

    def _chart(self, part: Part) -> None:
        if part.drawn is None:
            self._missing(part)
        else:
            chart_word.add_chart(self._made, part.drawn, self._language, level=_CHART, table=False)

    def _missing(self, part: Part) -> None:
        self._paragraph(translate(part.why, self._language), _SMALL + 1)

    def _paragraph(self, said: str, size: float, *, bold: bool = False) -> Paragraph:
        paragraph = self._made.add_paragraph()
        format_ = paragraph.paragraph_format
        format_.line_spacing, format_.space_after, format_.space_before = (
            _LINE if size > _SMALL else 1.15,
            Pt(_AFTER),
            Pt(0),
        )
        self._run(paragraph, said, size, bold=bold)
        return paragraph

    def _fill(self, paragraph: Paragraph, said: str, size: float, *, bold: bool) -> None:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(0)
        self._run(paragraph, said, size, bold=bold)

    def _run(self, paragraph: Paragraph, said: str, size: float, *, bold: bool) -> None:
        run: Any = paragraph.add_run(said)
        if self._style is not None:
            run._r.insert(0, deepcopy(self._style))
        run.font.size, run.bold = Pt(size), bold


def _have_styles(made: WordDocument) -> None:
    """Plain ones where the template has none, so that whatever an office made can be filled in."""
    known = {style.name for style in made.styles}
    for name, kind in _STYLES.items():
        if name not in known:
            made.styles.add_style(name, kind)
