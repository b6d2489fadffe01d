"""One chart as a file: picture, workbook, slide or Word, drawn as this person may see it and journalled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from db import clock, journal
from db.documents import chart_book, chart_pictures, chart_slides, chart_word, slide_look, word, workbook
from db.documents import chart_words as words
from db.documents.forms import Document
from db.engine import current, transaction
from db.rules.briefings.chart import ChartSpec, Drawn
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.briefings.drawing import draw
from db.services.briefings.saved import chart

LONGEST_NAME = 80
_UNSAFE = dict.fromkeys([*range(32), 127, *map(ord, '\\/:*?"<>|')], " ")


class Kind(StrEnum):
    """What a chart can leave as; the ending of its file."""

    PNG = "png"
    SVG = "svg"
    XLSX = "xlsx"
    PPTX = "pptx"
    DOCX = "docx"


@dataclass(frozen=True)
class Made:
    """How a file is made of a chart in a language, and what it is to a browser."""

    make: Callable[[Drawn, str], bytes]
    media_type: str


FILES: Mapping[Kind, Made] = {
    Kind.PNG: Made(chart_pictures.png, "image/png"),
    Kind.SVG: Made(chart_pictures.svg, "image/svg+xml"),
    Kind.XLSX: Made(chart_book.workbook, workbook.MEDIA_TYPE),
    Kind.PPTX: Made(
        lambda drawn, into: chart_slides.deck([drawn], into, title=words.headline(drawn, into)), slide_look.MEDIA_TYPE
    ),
    Kind.DOCX: Made(
        lambda drawn, into: chart_word.document([drawn], into, title=words.headline(drawn, into)), word.MEDIA_TYPE
    ),
}


@guarded(Permission.CHARTS_DRAW)
def document(actor: Actor, *, spec: ChartSpec, kind: Kind, language: str) -> Document:
    """The file and its name; raises Problems for wrong codes and Refused for a register that is not theirs."""
    return _document(actor, spec, kind, language, "")


@guarded(Permission.CHARTS_DRAW)
def saved_document(actor: Actor, *, chart_id: int, kind: Kind, language: str) -> Document:
    """The same of a saved chart; raises NotThere for one that is neither mine nor shared with me."""
    found = chart(actor, chart_id=chart_id)
    return _document(actor, found.spec, kind, language, chart_id)


def _document(actor: Actor, spec: ChartSpec, kind: Kind, language: str, chart_id: object) -> Document:
    drawn = draw(actor, spec=spec)
    content = FILES[kind].make(drawn, language)
    with transaction(actor) as session:
        # A title is free text, which may name somebody; the journal is read by others.
        detail: dict[str, object] = {"as": kind.value, "spec": replace(spec, title="").to_json()}
        journal.note(session, "export", tbl="saved_chart", pk=chart_id, detail=detail)
    day = clock.day_of(drawn.as_of, current().settings.timezone)
    return Document(f"{file_name(words.headline(drawn, language))} {day}.{kind.value}", content)


def file_name(title: str) -> str:
    """A title as every system takes it for a file: no separators, no signs with a meaning, not too long."""
    return " ".join(title.translate(_UNSAFE).split())[:LONGEST_NAME].strip(" .") or "linli"
