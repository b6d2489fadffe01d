"""What slides of the office look like: a 16:9 deck, its fonts for both scripts, places of title, caption and foot."""

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Emu, Inches, Length, Pt

from db.documents.chart_looks import PAPER

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
WIDE, HIGH = Inches(13.333), Inches(7.5)
EDGE, INSIDE = Inches(0.6), Inches(12.133)
TITLE_TOP, CAPTION_TOP, BODY_TOP, FOOT_TOP = Inches(0.4), Inches(1.08), Inches(1.62), Inches(6.7)
BODY = Emu(FOOT_TOP - BODY_TOP - Inches(0.1))
# There on every office PC; where they are not, the program takes the nearest it has.
LATIN, EAST_ASIAN = "Calibri", "微软雅黑"
STRONG = PAPER.series[0]
_COVER, _USUAL = "Title Slide", "Title Only"
_BAR = (
    '<p:sp {ns}><p:nvSpPr><p:cNvPr id="{id}" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>'
    '<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    '<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
)


def blank_deck() -> Deck:
    """A deck without slides in the office's look."""
    return Presentation(io.BytesIO(_base()))


def new_slide(deck: Deck, title: str, caption: Sequence[str] = ()) -> Slide:
    """A slide with its title, grey lines below it and its number at the foot."""
    slide: Slide = deck.slides.add_slide(_layout(deck, _USUAL))
    size = 26 if len(title) <= 40 else 20
    write(slide.placeholders[0].text_frame, [title], size=size, bold=True)
    if caption:
        box(slide, caption, CAPTION_TOP, Inches(0.5), size=11, colour=PAPER.grey)
    _number(slide)
    return slide


def cover(deck: Deck, title: str, lines: Sequence[str]) -> Slide:
    """The first slide: a title and some lines below it."""
    slide: Slide = deck.slides.add_slide(_layout(deck, _COVER))
    heading, below = slide.placeholders[0], slide.placeholders[1]
    write(heading.text_frame, [title], size=36, bold=True, anchor=MSO_ANCHOR.BOTTOM)
    write(below.text_frame, list(lines), size=18, colour=PAPER.grey, anchor=MSO_ANCHOR.TOP)
    return slide


def box(slide: Slide, lines: Sequence[str], top: int, height: int, **look: Any) -> None:
    """Lines of text over the whole width."""
    frame = slide.shapes.add_textbox(EDGE, Emu(top), INSIDE, Emu(height)).text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    write(frame, lines, **look)


def write(
    frame: TextFrame,
    lines: Sequence[str],
    *,
    size: float,
    colour: str = PAPER.ink,
    bold: bool = False,
    align: PP_ALIGN = PP_ALIGN.LEFT,
    anchor: MSO_ANCHOR | None = None,
    after: float = 0,
) -> None:
    """Paragraphs in our fonts, `size` and the gap `after` each in points; replaces what stood there."""
    frame.word_wrap = True
    if anchor is not None:
        frame.vertical_anchor = anchor
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment, paragraph.space_after = align, Pt(after)
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, rgb(colour)
        _both_scripts(run._r.get_or_add_rPr())


def dress(font: Any, size: float, colour: str = PAPER.ink) -> None:
    """The same for a chart's own text."""
    font.size, font.color.rgb = Pt(size), rgb(colour)
    _both_scripts(font._rPr)


def rgb(colour: str) -> RGBColor:
    """#0F6B6B as PowerPoint knows it."""
    known: RGBColor = RGBColor.from_string(colour.removeprefix("#"))
    return known


def points(length: int) -> float:
    """A length in points."""
    return float(Length(length).pt)


def _both_scripts(properties: Any) -> None:
    for name, typeface in (("a:latin", LATIN), ("a:ea", EAST_ASIAN)):
        for old in properties.findall(qn(name)):
            properties.remove(old)
        properties.append(parse_xml(f'<{name} {nsdecls("a")} typeface="{typeface}"/>'))


def _layout(deck: Deck, name: str) -> Any:
    found = deck.slide_layouts.get_by_name(name)
    return found if found is not None else deck.slide_layouts[0]


def _number(slide: Slide) -> None:
    frame = slide.shapes.add_textbox(Emu(EDGE + INSIDE - Inches(1)), Inches(7.08), Inches(1), Inches(0.3)).text_frame
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT
    field = parse_xml(
        f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
        f'<a:rPr sz="1100"><a:solidFill><a:srgbClr val="{PAPER.grey[1:]}"/></a:solidFill></a:rPr><a:t>‹#›</a:t></a:fld>'
    )
    paragraph._p.append(field)
    _both_scripts(field.find(qn("a:rPr")))


# --- the deck every other is a copy of ---


@cache
def _base() -> bytes:
    """python-pptx's own deck turned to 16:9, with our fonts, places and colours; unused layouts left out."""
    deck = Presentation()
    stretched = WIDE / int(deck.slide_width or WIDE)
    deck.slide_width, deck.slide_height = WIDE, HIGH
    for layout in list(deck.slide_layouts):
        if layout.name not in (_COVER, _USUAL):
            deck.slide_layouts.remove(layout)
    for owner in (deck.slide_master, *deck.slide_layouts):
        for shape in owner.placeholders:
            if shape._element.spPr.find(qn("a:xfrm")) is not None:
                shape.left, shape.width = Emu(int(shape.left * stretched)), Emu(int(shape.width * stretched))
    _place(deck.slide_master.placeholders[0], TITLE_TOP, Inches(0.68))
    _title_style(deck.slide_master)
    cover = _layout(deck, _COVER)
    _place(cover.placeholders[0], Inches(2.0), Inches(1.6))
    _place(cover.placeholders[1], Inches(3.85), Inches(1.6))
    _bar(cover, Inches(0), Inches(0), Inches(0.22), HIGH)
    _bar(cover, EDGE, Inches(3.7), Inches(1.6), Inches(0.05))
    _bar(_layout(deck, _USUAL), Inches(0), TITLE_TOP, Inches(0.22), Inches(0.68))
    _theme(deck)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _place(shape: Any, top: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = EDGE, Emu(top), INSIDE, Emu(height)
    body = shape._element.txBody.find(qn("a:bodyPr"))
    for side in ("lIns", "rIns", "tIns", "bIns"):
        body.set(side, "0")


def _title_style(master: Any) -> None:
    style = master._element.find(qn("p:txStyles")).find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    style.set("algn", "l")
    style.find(qn("a:defRPr")).set("sz", "2600")


def _bar(layout: Any, x: int, y: int, w: int, h: int) -> None:
    tree = layout.shapes._spTree
    number = max(int(one.get("id")) for one in tree.iter(qn("p:cNvPr"))) + 1
    told = {"ns": nsdecls("p", "a"), "id": number, "name": f"Bar {number}", "colour": STRONG[1:]}
    tree.append(parse_xml(_BAR.format(x=int(x), y=int(y), w=int(w), h=int(h), **told)))


def _theme(deck: Deck) -> None:
    """Fonts and the first colours of the theme, for what people add themselves."""
    part = next(one.target_part for one in deck.slide_master.part.rels.values() if one.reltype.endswith("/theme"))
    root = parse_xml(part.blob)
    for fonts in root.iter(qn("a:majorFont"), qn("a:minorFont")):
        fonts.find(qn("a:latin")).set("typeface", LATIN)
        fonts.find(qn("a:ea")).set("typeface", EAST_ASIAN)
    for place, colour in enumerate(PAPER.series[:6], start=1):
        for accent in root.iter(qn(f"a:accent{place}")):
            accent[0].set("val", colour[1:])
    part._blob = serialize_part_xml(root)
