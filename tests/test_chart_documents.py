"""Charts as workbook, slides and Word: opened by the libraries others use, and once by LibreOffice."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from openpyxl.workbook import Workbook
from pptx import Presentation
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck

from db.documents import chart_book, chart_native, chart_slides, chart_word, slide_look
from db.documents import chart_words as words
from db.documents.chart_fonts import lines_of
from db.engine import Database
from db.rules.briefings.chart import Drawn, Entry, Words
from tests.drawn import UNITS, WAYS, a_drawn, counted, entries, rated, samples
from tests.opened import pages_of

sqlite_only = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
pytestmark = sqlite_only
FORMULA = "=1+1"
# Kinds an office program draws by itself.
NATIVE = ("bar", "bar_before", "stacked", "line", "lines", "rate", "hidden", "many")


def book(drawn: Drawn, language: str = "zh") -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(chart_book.workbook(drawn, language)))


def deck(*drawns: Drawn, language: str = "zh", title: str = "半月分析") -> Deck:
    return Presentation(io.BytesIO(chart_slides.deck(drawns, language, title=title)))


def said(made: Workbook) -> list[list[object]]:
    return [[cell.value for cell in row if cell.value is not None] for row in made.worksheets[0] if row[0].value]


def texts(made: Deck) -> list[str]:
    """What stands on each slide, tables too."""
    told = []
    for slide in made.slides:
        lines = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        tables = [shape.table for shape in slide.shapes if shape.has_table]
        lines += [cell.text for table in tables for row in table.rows for cell in row.cells]
        told.append("\n".join(lines))
    return told


def charts(made: Deck) -> list[Any]:
    return [shape.chart for slide in made.slides for shape in slide.shapes if shape.has_chart]


# --- workbook ---


def test_a_workbook_has_numbers_with_their_formats_and_a_chart(database: Database) -> None:
    made = book(a_drawn(compared=True))
    rows = said(made)
    assert rows[0] == ["本期来件按渠道"]
    assert rows[1] == [words.caption(a_drawn(compared=True), "zh")]
    head = rows.index(["渠道", "2026-11-01至2026-11-15", "2026-10-16至2026-10-31"])
    assert rows[head + 1 : head + 3] == [["来访", 8, 5], ["来信", 25, 22]]
    assert rows[-1][1:] == [129, 111]
    sheet = made.worksheets[0]
    assert len(sheet._charts) == 1
    assert next(cell for row in sheet for cell in row if cell.value == 25).number_format == "#,##0"
    rates = book(a_drawn(unit="rate", at=entries(UNITS), cells=rated())).worksheets[0]
    formats = {cell.number_format for row in rates for cell in row if isinstance(cell.value, float)}
    assert formats == {"0.0%"}
    assert len(made.worksheets) == 2
    about = {row[0].value: row[1].value for row in made.worksheets[1]}
    assert "2026-11-16 09:30" in about.values()
    assert "柳林村、东坝村" in about.values()


@pytest.mark.parametrize("name", samples())
def test_every_kind_is_a_workbook(database: Database, name: str) -> None:
    drawn = samples()[name]
    made = book(drawn, "en")
    assert len(made.worksheets[0]._charts) == (name in NATIVE)
    assert words.headline(drawn, "en") == made.worksheets[0]["A1"].value
    figures = {cell.value for row in made.worksheets[0] for cell in row}
    assert {cell.value for cell in drawn.cells if cell.value is not None and not cell.hidden} <= figures
    assert not [cell for row in made.worksheets[0] for cell in row if cell.data_type == "f"]


def test_figures_below_zero_have_their_room(database: Database) -> None:
    below = a_drawn(cells=tuple(replace(cell, value=-3.0) for cell in a_drawn().cells), unit="points")
    (chart,) = charts(deck(below))
    assert chart.value_axis.minimum_scale is None
    assert charts(deck(a_drawn()))[0].value_axis.minimum_scale == 0


def test_rates_end_at_a_hundred_per_cent_and_few_cases_are_whole(database: Database) -> None:
    (chart,) = charts(deck(samples()["rate"]))
    axis = chart.value_axis
    assert (axis.minimum_scale, axis.maximum_scale, axis.major_unit) == (0, 1.1, 0.2)
    assert axis.tick_labels.number_format == "0%"
    few = a_drawn(cells=tuple(replace(cell, value=2.0) for cell in a_drawn().cells))
    assert charts(deck(few))[0].value_axis.major_unit == 1
    assert charts(deck(a_drawn()))[0].value_axis.major_unit is None


def test_a_table_too_wide_for_a_page_is_turned(database: Database) -> None:
    table = word(samples()["heat"]).tables[0]
    assert (len(table.rows), len(table.columns)) == (13, 8)
    assert [cell.text for cell in table.rows[0].cells][:3] == ["", "周一", "周二"]
    assert [cell.text for cell in table.rows[1].cells][:3] == ["8时", "0", "17"]


def test_hidden_figures_are_told_as_text(database: Database) -> None:
    values = [row for row in said(book(samples()["hidden"])) if row[0] in ("来信", "网上", "来访")]
    mark = words.shown(samples()["hidden"].cells[1], samples()["hidden"], "zh")
    assert values == [["来访", 8], ["来信", mark], ["网上", mark]]


def a_formula() -> Drawn:
    """Every name somebody may have typed looks like a formula."""
    name = Words(FORMULA, FORMULA)
    at = (Entry("a", name), Entry("b", Words("@SUM(A1)", "-2+3")))
    what = (Entry("x", name), Entry("y", Words("+1", "+1")))
    rows = [("a", "", ""), ("b", "", "")]
    cells = counted(rows, [("x", "", ""), ("y", "", "")])
    split = {"split_name": name, "by_name": name, "measure": name, "definition": name, "title": name}
    return a_drawn(at=at, what=what, cells=cells, filters=((name, (name,)),), **split)


def test_what_looks_like_a_formula_stays_text(database: Database) -> None:
    made = book(a_formula())
    cells = [cell for sheet in made.worksheets for row in sheet for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert [cell.value for cell in cells].count(FORMULA) >= 4
    with zipfile.ZipFile(io.BytesIO(chart_book.workbook(a_formula(), "zh"))) as parts:
        formulas = parse_xml(parts.read("xl/charts/chart1.xml")).iter("{*}f")
    assert {(one.text or "").partition("!")[0].strip("'") for one in formulas} == {made.worksheets[0].title}
    (chart,) = charts(deck(a_formula()))
    behind = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert {cell.data_type for row in behind.worksheets[0] for cell in row if cell.value is not None} == {"s", "n"}
    assert behind.worksheets[0]["A2"].value == FORMULA
    text = "\n".join(paragraph.text for paragraph in word(a_formula()).paragraphs)
    assert FORMULA in text


# --- slides ---


def test_a_chart_can_be_changed_in_powerpoint(database: Database) -> None:
    made = deck(a_drawn(compared=True))
    assert (made.slide_width, made.slide_height) == (slide_look.WIDE, slide_look.HIGH)
    (chart,) = charts(made)
    plot = chart.plots[0]
    assert list(plot.categories) == [zh for _, zh, _ in WAYS]
    now, _ = (tuple(series.values) for series in plot.series)
    assert now == (8.0, 25.0, 13.0, 30.0, 18.0, 35.0)
    (slide,) = texts(made)
    assert "本期来件按渠道" in slide
    assert words.caption(a_drawn(compared=True), "zh") in slide
    assert a_drawn().definition.zh in slide


@pytest.mark.parametrize("kind", ["bar", "line"])
def test_several_series_stand_beside_those_of_the_other_period(database: Database, kind: str) -> None:
    two, cells = {"what": entries(UNITS[:2])}, counted(WAYS, UNITS[:2])
    then = counted(WAYS, UNITS[:2], start=9)
    (chart,) = charts(deck(a_drawn(kind=kind, compared=True, cells=cells, before=then, **two)))
    named = [(series.name, tuple(series.values)) for series in chart.plots[0].series]
    for place, (code, zh, _) in enumerate(UNITS[:2]):
        for beside, (name, told) in enumerate(((zh, cells), (words.beside(zh, "zh"), then))):
            assert named[2 * place + beside] == (name, tuple(one.value for one in told if one.what == code))


def test_piles_stand_beside_those_of_the_other_period(database: Database) -> None:
    cells, then = counted(WAYS, UNITS[:2]), counted(WAYS, UNITS[:2], start=9)
    drawn = a_drawn(kind="stacked", compared=True, cells=cells, before=then, what=entries(UNITS[:2]))
    (chart,) = charts(deck(drawn))
    assert list(chart.plots[0].categories)[:3] == [WAYS[0][1], words.beside(WAYS[0][1], "zh"), WAYS[1][1]]
    first = chart.plots[0].series[0]
    assert tuple(first.values)[:2] == (cells[0].value, then[0].value)
    assert len(chart_native.native(drawn, "zh", piles_beside=False).places) == len(WAYS)  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_is_a_slide_in_our_fonts(database: Database, language: str) -> None:
    drawns = samples()
    made = deck(*drawns.values(), language=language)
    assert len(made.slides) == len(drawns) + 1
    assert len(charts(made)) == len(NATIVE)
    assert "129" in texts(made)[list(drawns).index("figure") + 1]
    for part in made.part.package.iter_parts():
        if part.partname.startswith(("/ppt/slides/slide", "/ppt/charts/chart")):
            for run in parse_xml(part.blob).iter(qn("a:rPr"), qn("a:defRPr")):
                assert [one.get("typeface") for one in run.findall(qn("a:ea"))] == [slide_look.EAST_ASIAN], (
                    part.partname
                )
    fields = [field.get("type") for slide in made.slides for field in slide._element.iter(qn("a:fld"))]
    assert fields == ["slidenum"] * len(drawns)


def test_a_long_table_goes_on_on_the_next_slide(database: Database) -> None:
    rows = tuple((str(n), f"第{n}片", f"Area {n}") for n in range(30))
    slides = texts(deck(a_drawn(kind="table", at=entries(rows), cells=counted(rows))))
    assert len(slides) == 3
    assert [f"第{n}片" for n in range(30) for slide in slides if f"第{n}片\n" in slide] == [
        f"第{n}片" for n in range(30)
    ]
    assert slides[1].startswith("本期来件按渠道 (2)")


@pytest.mark.parametrize(
    "paragraph", ["纠纷调解成功率保持稳定，其他情况正常。", "All is well, and more is to come. ", "字"]
)
def test_text_flows_onto_further_slides_and_nothing_is_lost(database: Database, paragraph: str) -> None:
    made = slide_look.blank_deck()
    long = [paragraph * 60, "", paragraph * 3, paragraph * 400]
    chart_slides.add_text_slide(made, "总体情况", long)
    slides = [slide.shapes[-1].text_frame.text for slide in made.slides]
    assert len(slides) > 2 or paragraph == "字"
    assert "".join("".join(slides).split()) == "".join("".join(long).split())
    wide, high = slide_look.points(slide_look.INSIDE), slide_look.points(slide_look.BODY)
    lines = [sum(len(lines_of(one, wide, chart_slides.TEXT)) for one in told.splitlines()) for told in slides]
    assert max(lines) * chart_slides.TEXT * chart_slides.LEADING <= high
    chart_slides.add_text_slide(made, "空", [])
    assert made.slides[-1].shapes.title.text_frame.text == "空"


# --- Word ---


def word(*drawns: Drawn, language: str = "zh") -> Any:
    return Document(io.BytesIO(chart_word.document(drawns, language, title="半月分析")))


def test_a_document_has_heading_picture_and_table(database: Database) -> None:
    made = word(a_drawn(compared=True))
    lines = [paragraph.text for paragraph in made.paragraphs]
    assert lines[0] == "本期来件按渠道"
    assert words.caption(a_drawn(compared=True), "zh") in lines
    (table,) = made.tables
    assert [cell.text for cell in table.rows[1].cells] == ["来访", "8", "5"]
    assert [cell.text for cell in table.rows[-1].cells][1:] == ["129", "111"]
    (shape,) = made.inline_shapes
    assert "来访 8" in shape._inline.docPr.get("descr")
    assert 'w:eastAsia="仿宋"' in made.styles.element.xml
    assert (made.core_properties.title, made.core_properties.author) == ("半月分析", "")


def test_every_kind_is_a_part_of_a_document(database: Database) -> None:
    drawns, language = samples(), "en"
    made = word(*drawns.values(), language=language)
    heads = [one.text for one in made.paragraphs if one.style.name == "Heading 1"]
    assert heads == [words.headline(drawn, language) for drawn in drawns.values()]
    assert len(made.inline_shapes) == len(drawns) - 3
    assert len(made.tables) == len(drawns) - 2


# --- all of them, opened by another program ---


@pytest.mark.office
def test_libreoffice_opens_them_and_their_pages_are_not_blank(database: Database, tmp_path: Path) -> None:
    drawns = samples()
    few = [drawns[name] for name in ("bar_before", "stacked", "line", "heat", "table", "figure")]
    files = {
        "deck-zh.pptx": chart_slides.deck(few, "zh", title="半月情况分析"),
        "word-zh.docx": chart_word.document(few[:2], "zh", title="半月情况分析"),
        "book-zh.xlsx": chart_book.workbook(drawns["bar_before"], "zh"),
        "deck-en.pptx": chart_slides.deck(few[:2], "en", title="Half-month analysis"),
    }
    told = pages_of(files, tmp_path)
    assert {name: len(one) for name, one in told.items()} == {
        "deck-zh.pptx": 7, "word-zh.docx": 2, "book-zh.xlsx": 2, "deck-en.pptx": 3,
    }  # fmt: skip
    assert all("本期来件按渠道" in page for page in told["deck-zh.pptx"][1:])
    for name in ("deck-zh.pptx", "word-zh.docx", "book-zh.xlsx"):
        assert "半月情况分析" in told[name][0] or "本期来件按渠道" in told[name][0]
    for place, zh in ((1, "热线转办"), (2, "规划建设和环境保护办公室"), (3, "11月")):
        assert zh in told["deck-zh.pptx"][place].replace(" ", "")
    assert "热线转办" in told["word-zh.docx"][0]
    assert "热线转办" in told["book-zh.xlsx"][0]
    assert "Found on patrol" in told["deck-en.pptx"][1]
