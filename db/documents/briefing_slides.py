"""A briefing as slides: a title, a slide for each chart and row of figures, texts on as many as they need."""

from collections.abc import Sequence

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Inches

from db.documents.chart_looks import PAPER
from db.documents.chart_slides import GAP, TEXT, add_slide, add_text_slide, add_title_slide, saved
from db.documents.slide_look import EDGE, FOOT_TOP, INSIDE, STRONG, blank_deck, box, new_slide, write
from db.languages import translate
from db.rules.briefings.issuing import BlockKind
from db.rules.briefings.parts import DASH, Part, Told

# So many figures stand in one line of a slide.
MOST_IN_LINE = 4
# So many characters of a text stand below them.
MOST_BELOW = {"zh": 180, "en": 380}
_TOP, _ROOM = Inches(1.5), Inches(5.0)


def briefing(parts: Sequence[Part], language: str, *, title: str, lines: Sequence[str]) -> bytes:
    """The deck: `lines` stand below the title on the first slide."""
    made = blank_deck()
    add_title_slide(made, title, *lines)
    section, texts = title, list[str]()
    for place, part in enumerate(parts):
        if part.kind == BlockKind.TEXT:
            if not _stands_below(parts, place, language):
                texts += _lines(part, language)
            continue
        _text(made, section, texts)
        if part.kind == BlockKind.HEADING:
            section = part.within(language)
        elif part.drawn is not None:
            add_slide(made, part.drawn, language, section=section if section != title else "")
        elif part.figures:
            below = _lines(parts[place + 1], language) if _stands_below(parts, place + 1, language) else []
            _figures(made, section, part, below, language)
        elif part.why:
            add_text_slide(made, section, [translate(part.why, language)])
    _text(made, section, texts)
    return saved(made, title)


def _stands_below(parts: Sequence[Part], place: int, language: str) -> bool:
    """Whether a text is short enough to stand on the slide of the figures before it."""
    if not 0 < place < len(parts) or parts[place].kind != BlockKind.TEXT:
        return False
    few = 0 < len(parts[place - 1].figures) <= MOST_IN_LINE
    return few and len(parts[place].within(language)) <= MOST_BELOW[language]


def _lines(part: Part, language: str) -> list[str]:
    return [line for line in part.within(language).splitlines() if line.strip()]


def _text(made: Deck, section: str, texts: list[str]) -> None:
    """The texts since the last slide, which are then told."""
    if texts:
        add_text_slide(made, section, texts)
        texts.clear()


def _figures(made: Deck, section: str, part: Part, below: Sequence[str], language: str) -> None:
    """Up to four figures beside each other, at most two lines of them on a slide; a short text below one line."""
    for first in range(0, len(part.figures), MOST_IN_LINE * 2):
        shown = part.figures[first : first + MOST_IN_LINE * 2]
        slide = new_slide(made, section)
        lines = [shown[at : at + MOST_IN_LINE] for at in range(0, len(shown), MOST_IN_LINE)]
        high = Emu(_ROOM // (2 if below else len(lines)))
        if below:
            box(slide, below, Emu(_TOP + high), high, size=TEXT, after=GAP)
        for place, line in enumerate(lines):
            _line(slide, line, Emu(_TOP + place * high), high, language)
        told = ("" if language == "zh" else " ").join(part.definitions(language))
        box(slide, [told], FOOT_TOP, Inches(0.4), size=10, colour=PAPER.grey)


def _line(slide: Slide, figures: Sequence[Told], top: Emu, high: Emu, language: str) -> None:
    """Names above, values large, changes below."""
    wide, third = Emu(INSIDE // len(figures)), Emu(high // 3)
    for place, figure in enumerate(figures):
        value, change = figure.value.within(language), figure.change.within(language)
        told = (
            (figure.heading(language), 18, PAPER.grey, MSO_ANCHOR.BOTTOM),
            (value, _size(value), STRONG, MSO_ANCHOR.MIDDLE),
            ("" if change == DASH.within(language) else change, 16, PAPER.grey, MSO_ANCHOR.TOP),
        )
        for line, (said, size, colour, anchor) in enumerate(told):
            left, above = Emu(EDGE + place * wide), Emu(top + line * third)
            frame = slide.shapes.add_textbox(left, above, wide, third).text_frame
            bold = colour == STRONG
            write(frame, [said], size=size, colour=colour, bold=bold, align=PP_ALIGN.CENTER, anchor=anchor)


def _size(value: str) -> int:
    """As large as its line allows."""
    return 54 if len(value) <= 6 else 36 if len(value) <= 12 else 22
