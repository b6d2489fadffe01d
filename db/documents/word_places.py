"""The place in a filled-in Word document where something is set that a template can't hold: a table, charts."""

from typing import Any

from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph


def place_of(made: WordDocument, mark: str) -> Paragraph | None:
    """The first paragraph of the body that holds the mark, None without one; every other is emptied."""
    stands, *again = _marked(made.element.body, mark) or [None]
    for paragraph in (*again, *(one for part in _around(made) for one in _marked(part, mark))):
        empty(Paragraph(paragraph, made._body))
    return Paragraph(stands, made._body) if stands is not None else None


def empty(paragraph: Paragraph) -> None:
    """Take out what stands in a paragraph, not the paragraph."""
    for run in paragraph.runs:
        run._r.getparent().remove(run._r)


def as_small_as_can_be(paragraph: Paragraph) -> None:
    """Word wants a paragraph below a table; it takes one point."""
    format_ = paragraph.paragraph_format
    format_.line_spacing, format_.space_before, format_.space_after = Pt(1), Pt(0), Pt(0)


def _marked(part: Any, mark: str) -> list[Any]:
    """The paragraphs in which something was asked for."""
    return [
        paragraph
        for paragraph in part.iter(qn("w:p"))
        if mark in "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
    ]


def _around(made: WordDocument) -> list[Any]:
    """Headers and footers, where only text stands."""
    kinds = (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER)
    return [one.target_part.element for one in made.part.rels.values() if one.reltype in kinds]
