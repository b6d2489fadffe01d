"""Charts as slides: charts PowerPoint draws and lets people change, tables, large figures, and text that flows on."""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from db.documents import chart_pictures
from db.documents import chart_words as words
from db.documents.chart_columns import column_widths, turned
from db.documents.chart_fonts import lines_of, width_of
from db.documents.chart_looks import PAPER, on_top
from db.documents.chart_native import Native, native, value_of
from db.documents.chart_totals import moved, overall
from db.documents.slide_look import (
    BODY,
    BODY_TOP,
    EDGE,
    FOOT_TOP,
    INSIDE,
    STRONG,
    blank_deck,
    box,
    cover,
    dress,
    new_slide,
    points,
    rgb,
    write,
)
from db.documents.workbook import OPTIONS
from db.rules.briefings.chart import ChartKind, Drawn

TEXT, GAP, LEADING = 18.0, 8.0, 1.35
_PICTURE = 900
# Heads are bold, and other fonts are wider than ours.
BOLD = 1.12
_ROWS, _BESIDE, _SMALLEST, _HEAD, _BAND = 12, 5.0, 7.0, "#EAF1F0", "#F7FAF9"
_SENTENCES = re.compile(r".+?(?:[。；！？]+|[.;!?]+\s+|$)", re.DOTALL)


def deck(drawns: Sequence[Drawn], language: str, *, title: str) -> bytes:
    """A deck of charts; several have a title slide before them."""
    made = blank_deck()
    if len(drawns) > 1:
        add_title_slide(made, title)
    for drawn in drawns:
        add_slide(made, drawn, language)
    return saved(made, title)


def saved(made: Deck, title: str) -> bytes:
    """The deck's bytes under its title, without the names python-pptx leaves in it."""
    told = made.core_properties
    told.title, told.author, told.last_modified_by, told.comments = title, "", "", ""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def add_title_slide(presentation: Deck, title: str, *lines: str) -> None:
    """A title with lines below it: the office, the days, the edition."""
    cover(presentation, title, lines)


def add_text_slide(presentation: Deck, title: str, paragraphs: Sequence[str]) -> None:
    """Paragraphs on as many slides as they need; a long one goes on behind a sentence."""
    for place, page in enumerate(_pages(paragraphs) or [[]], start=1):
        slide = new_slide(presentation, title if place == 1 else f"{title} ({place})")
        box(slide, page, BODY_TOP - Inches(0.3), BODY, size=TEXT, after=GAP)


def add_slide(presentation: Deck, drawn: Drawn, language: str, *, section: str = "") -> None:
    """One chart; a table longer than a slide takes several. `section` is the heading it stands under."""
    title = words.headline(drawn, language)
    told = " · ".join(one for one in (section, words.caption(drawn, language)) if one)
    caption = [line for line in (told, overall(drawn, language)) if line]
    if drawn.kind == ChartKind.TABLE and not words.is_empty(drawn):
        heads, rows = turned(*words.table(drawn, language))
        for place, first in enumerate(range(0, len(rows), _ROWS), start=1):
            slide = new_slide(presentation, title if place == 1 else f"{title} ({place})", caption)
            _table(slide, heads, rows[first : first + _ROWS])
            _foot(slide, drawn, language)
        return
    slide = new_slide(presentation, title, caption)
    found = native(drawn, language)
    if found is not None:
        _chart(slide, found, drawn, language)
    elif drawn.kind == ChartKind.FIGURE:
        _figure(slide, drawn, language)
    elif words.is_empty(drawn):
        said = words.notes(drawn, language)[:1]
        box(slide, said, Inches(3.4), Inches(0.6), size=20, colour=PAPER.grey, align=PP_ALIGN.CENTER)
    else:
        _picture(slide, drawn, language)
    _foot(slide, drawn, language)


def _foot(slide: Slide, drawn: Drawn, language: str) -> None:
    told = [
        one
        for one in (words.definition(drawn, language), *words.notes(drawn, language)[words.is_empty(drawn) :])
        if one
    ]
    box(slide, [" ".join(told)], FOOT_TOP, Inches(0.4), size=11, colour=PAPER.grey)


# --- charts PowerPoint draws ---


def _chart(slide: Slide, found: Native, drawn: Drawn, language: str) -> None:
    told = CategoryChartData(number_format=found.numbers)
    told.categories = found.places
    for series in found.series:
        told.add_series(series.name, [value_of(cell, drawn.unit) for cell in series.cells])
    frame = slide.shapes.add_chart(_type(found), EDGE, BODY_TOP, INSIDE, BODY, told)  # type: ignore[arg-type]
    frame._element.nvGraphicFramePr.cNvPr.set("descr", words.spoken(drawn, language))
    chart: Any = frame.chart  # type: ignore[attr-defined]
    dress(chart.font, 12)
    chart.has_title = False
    chart.has_legend = len(found.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        dress(chart.legend.font, 12)
    _axes(chart, found)
    _series(chart, found)
    chart.part.chart_workbook.update_from_xlsx_blob(_numbers(found, drawn, language))


def _type(found: Native) -> Any:
    if found.kind == ChartKind.LINE:
        return XL_CHART_TYPE.LINE_MARKERS
    if found.kind == ChartKind.STACKED:
        return XL_CHART_TYPE.BAR_STACKED if found.lying else XL_CHART_TYPE.COLUMN_STACKED
    return XL_CHART_TYPE.BAR_CLUSTERED if found.lying else XL_CHART_TYPE.COLUMN_CLUSTERED


def _axes(chart: Any, found: Native) -> None:
    values, places = chart.value_axis, chart.category_axis
    values.major_gridlines.format.line.color.rgb = values.format.line.color.rgb = rgb(PAPER.line)
    places.format.line.color.rgb = rgb(PAPER.line)
    scale = found.scale
    values.minimum_scale, values.maximum_scale, values.major_unit = scale.least, scale.most, scale.step
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = scale.numbers, False
    places.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if found.lying:
        # From the top down, with the figures still below.
        places.reverse_order = True
        values._element.find(qn("c:crosses")).set("val", "max")
        each = OxmlElement("c:tickLblSkip")
        each.set("val", "1")
        places._element.find(qn("c:noMultiLvlLbl")).addprevious(each)
    dress(values.tick_labels.font, 12, PAPER.grey)
    dress(places.tick_labels.font, _name_size(found, 12), PAPER.grey)


def _fitting(found: Native, size: float, lines: int) -> float:
    """As large as so many lines one below another leave room for, where bars lie."""
    return max(_SMALLEST, min(size, points(BODY) / lines * 0.72)) if found.lying else size


def _name_size(found: Native, size: float) -> float:
    """As large as the names of all places leave room for, below or beside one another."""
    widest = max((width_of(name, 1.0) for name in found.places), default=0) * BOLD
    abreast = points(INSIDE) * 0.75 / len(found.places) / max(widest, 1.0)
    return _fitting(found, size, len(found.places)) if found.lying else max(_SMALLEST, min(size, abreast))


def _series(chart: Any, found: Native) -> None:
    plot = chart.plots[0]
    abreast = 1 if found.kind == ChartKind.STACKED else len(found.series)
    small = _fitting(found, 11, len(found.places) * abreast + len(found.places) // 2)
    if found.kind != ChartKind.LINE:
        plot.gap_width = 60
        plot.overlap = 100 if found.kind == ChartKind.STACKED else 0
    if found.labelled:
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = found.numbers, False
        if found.kind == ChartKind.LINE:
            labels.position = XL_LABEL_POSITION.ABOVE
        dress(labels.font, small)
    for place, drawn in enumerate(plot.series):
        colour = rgb(found.colour(place))
        if found.labelled and found.kind == ChartKind.STACKED:
            drawn.data_labels.show_value = True
            dress(drawn.data_labels.font, small, on_top(found.colour(place)))
        if found.kind == ChartKind.LINE:
            drawn.smooth = False
            drawn.format.line.color.rgb, drawn.format.line.width = colour, Pt(2.25)
            if found.series[place].before:
                drawn.format.line.dash_style = MSO_LINE_DASH_STYLE.DASH
            drawn.marker.style, drawn.marker.size = XL_MARKER_STYLE.CIRCLE, 6
            drawn.marker.format.fill.solid()
            drawn.marker.format.fill.fore_color.rgb = drawn.marker.format.line.color.rgb = colour
        else:
            drawn.format.fill.solid()
            drawn.format.fill.fore_color.rgb = colour


def _numbers(found: Native, drawn: Drawn, language: str) -> bytes:
    """The workbook behind the chart; python-pptx's own would make a formula of a name that looks like one."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        page = book.add_worksheet("Sheet1")
        number = book.add_format({"num_format": found.numbers})
        for line, name in enumerate(found.places, start=1):
            page.write_string(line, 0, name)
        for column, series in enumerate(found.series, start=1):
            page.write_string(0, column, series.name)
            for line, cell in enumerate(series.cells, start=1):
                value = value_of(cell, drawn.unit)
                if value is None:
                    page.write_string(line, column, words.shown(cell, drawn, language))
                else:
                    page.write_number(line, column, value, number)
    return target.getvalue()


# --- what is no chart ---


def _picture(slide: Slide, drawn: Drawn, language: str) -> None:
    """What PowerPoint has no chart for, as it is on screen."""
    width, height = _PICTURE, round(_PICTURE * BODY / INSIDE)
    made = chart_pictures.bare(drawn, language, width=width, height=height)
    shape: Any = slide.shapes.add_picture(io.BytesIO(made), EDGE, BODY_TOP, height=BODY)
    if shape.width > INSIDE:
        shape.height, shape.width = Emu(int(shape.height * INSIDE / shape.width)), INSIDE
    shape.left = Emu(EDGE + (INSIDE - shape.width) // 2)
    shape._element.nvPicPr.cNvPr.set("descr", words.spoken(drawn, language))


def _figure(slide: Slide, drawn: Drawn, language: str) -> None:
    said = words.figure(drawn.total, drawn, language)
    frame = slide.shapes.add_textbox(EDGE, Inches(2.2), INSIDE, Inches(2.2)).text_frame
    size = min(120.0, points(INSIDE) * 0.8 / max(len(said), 1) / 0.6)
    write(frame, [said], size=size, colour=STRONG, bold=True, align=PP_ALIGN.CENTER, anchor=MSO_ANCHOR.MIDDLE)
    under = [one for one in (words.worked_out(drawn.total, language), moved(drawn, language)) if one]
    box(slide, under, Inches(4.6), Inches(1.2), size=20, align=PP_ALIGN.CENTER, after=6)


def _table(slide: Slide, heads: list[str], rows: list[list[str]]) -> None:
    """Figures to the right; smaller where there are many columns."""
    size = 14.0 if len(heads) <= 6 else 12.0 if len(heads) <= 10 else 9.0
    widths = column_widths(heads, rows, points(INSIDE), size=size * BOLD, beside=_BESIDE)
    shape = slide.shapes.add_table(len(rows) + 1, len(heads), EDGE, BODY_TOP, INSIDE, Pt(size))
    table: Any = shape.table
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
    for place, line in enumerate((heads, *rows)):
        tall = max(len(lines_of(one, wide - 2 * _BESIDE, size * BOLD)) for one, wide in zip(line, widths, strict=True))
        table.rows[place].height = Pt((tall + 0.4) * size * LEADING)
        for column, said in enumerate(line):
            cell = table.cell(place, column)
            cell.margin_left = cell.margin_right = Pt(_BESIDE)
            cell.margin_top = cell.margin_bottom = Pt(2)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.fill.solid()
            cell.fill.fore_color.rgb = rgb(_HEAD if place == 0 else PAPER.ground if place % 2 else _BAND)
            align = PP_ALIGN.LEFT if column == 0 else PP_ALIGN.RIGHT
            write(cell.text_frame, [said], size=size, bold=place == 0, align=align)


# --- text that flows on ---


def _pages(paragraphs: Sequence[str]) -> list[list[str]]:
    """Paragraphs shared out to slides."""
    pages: list[list[str]] = []
    room = 0.0
    for paragraph in paragraphs:
        begins = True
        for piece in _pieces(paragraph):
            together = pages[-1][-1] + piece if pages and not begins else piece
            more = _height(together) - (_height(pages[-1][-1]) if pages and not begins else 0)
            if not pages or more > room:
                pages.append([piece])
                room = points(BODY) - _height(piece)
            elif begins:
                pages[-1].append(piece)
                room -= more
            else:
                pages[-1][-1] = together
                room -= more
            begins = False
    return [[line.strip() for line in page] for page in pages]


def _pieces(paragraph: str) -> Iterator[str]:
    """Sentences; one that fills a slide by itself in parts."""
    most = int(points(BODY) / (TEXT * LEADING)) - 1
    for sentence in _SENTENCES.findall(paragraph):
        lines = lines_of(sentence, points(INSIDE), TEXT)
        if len(lines) <= most:
            yield sentence
        else:
            letters = max(len(sentence) * most // len(lines), 1)
            yield from (sentence[at : at + letters] for at in range(0, len(sentence), letters))


def _height(paragraph: str) -> float:
    return max(len(lines_of(paragraph, points(INSIDE), TEXT)), 1) * TEXT * LEADING + GAP
