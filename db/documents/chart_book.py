"""A chart as a workbook: its table with real numbers, a chart Excel draws from them, and what it is about."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter

from db.documents import chart_words as words
from db.documents.chart_looks import PAPER, on_top
from db.documents.chart_native import NUMBERS, Native, native, value_of
from db.documents.chart_totals import overall
from db.documents.workbook import OPTIONS, width_of_column
from db.engine import current
from db.languages import moment_in, speaker
from db.rules.briefings.chart import Cell, ChartKind, Drawn

A4 = 9
_WIDEST = 28
# Longer tables take further pages.
_ON_ONE_PAGE = 60
_CHART = {"width": 760, "height": 420}


def workbook(drawn: Drawn, language: str) -> bytes:
    """The workbook's bytes; whatever looks like a formula stays text, hidden figures are told as text."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        _Sheet(book, drawn, language).write()
        _about(book, drawn, language)
    return target.getvalue()


@dataclass(frozen=True)
class _Column:
    """One column of figures: a series in one of the two periods."""

    head: str
    code: str
    before: bool
    cells: tuple[Cell | None, ...]


def _columns(drawn: Drawn, language: str) -> list[_Column]:
    """The other period stands beside its own, as on screen; without an axis the total is the only figure."""
    heads = words.table(drawn, language)[0][1:]
    codes, places = [one.code for one in drawn.what] or [""], [place.code for place in drawn.at] or [""]
    told = [{(cell.at, cell.what): cell for cell in part} for part in (drawn.cells, drawn.before)]
    if not drawn.at:
        told = [{("", code): total for code in codes} for total in (drawn.total, drawn.total_before) if total]
    kinds = [(code, before) for code in codes for before in ((False, True) if words.compared(drawn) else (False,))]
    return [
        _Column(head, code, before, tuple(told[before].get((at, code)) for at in places))
        for head, (code, before) in zip(heads, kinds, strict=True)
    ]


class _Sheet:
    """The sheet with the table, and the chart beside it."""

    def __init__(self, book: Any, drawn: Drawn, language: str) -> None:
        self.book, self.drawn, self.language = book, drawn, language
        t = speaker(language)
        self.name, self.all = t("Chart"), t("Overall")
        self.page = book.add_worksheet(self.name)
        self.native = native(drawn, language, piles_beside=False)
        self.columns = _columns(drawn, language)
        number = NUMBERS.get(drawn.unit, "General")
        edge = {"border": 1, "border_color": PAPER.line, "valign": "vcenter"}
        self.head = book.add_format(edge | {"bold": True, "bg_color": "#EAF1F0", "text_wrap": True, "align": "center"})
        self.text = book.add_format(edge | {"num_format": "@", "text_wrap": True})
        self.figure = book.add_format(edge | {"num_format": number, "align": "right"})
        total = edge | {"bold": True, "top": 2, "top_color": PAPER.grey}
        self.total_text = book.add_format(total | {"num_format": "@"})
        self.total = book.add_format(total | {"num_format": number, "align": "right"})

    def write(self) -> None:
        line = self._heading()
        heads = [self.drawn.split_name.within(self.language), *(column.head for column in self.columns)]
        for column, head in enumerate(heads):
            self.page.write_string(line, column, head, self.head)
        rows = words.named_places(self.drawn, self.language) or [("", self.drawn.measure.within(self.language))]
        for down, (_, name) in enumerate(rows, start=line + 1):
            self.page.write_string(down, 0, name, self.text)
            for place, told in enumerate(self.columns, start=1):
                self._figure(down, place, told.cells[down - line - 1], self.figure)
        last = line + len(rows)
        if len(self.drawn.what) <= 1 and self.drawn.spec.split:
            self._total(last + 1)
        self._widths(heads, [name for _, name in rows])
        if self.drawn.kind == ChartKind.HEAT and rows and self.columns:
            shades = {"type": "2_color_scale", "min_color": PAPER.shades[0], "max_color": PAPER.shades[5]}
            self.page.conditional_format(line + 1, 1, last, len(self.columns), shades)
        if self.native is not None:
            self._chart(self.native, line, last, len(heads))
        self._paper(line, len(rows))

    def _heading(self) -> int:
        """Title, days and definition above the table; answers the line the table begins in."""
        title = self.book.add_format({"bold": True, "font_size": 14, "num_format": "@"})
        quiet = self.book.add_format({"font_color": PAPER.grey, "num_format": "@"})
        drawn, language = self.drawn, self.language
        self.page.write_string(0, 0, words.headline(drawn, language), title)
        told = [words.caption(drawn, language), words.definition(drawn, language), *words.notes(drawn, language)]
        told.append(overall(drawn, language))
        for line, one in enumerate(filter(None, told), start=1):
            self.page.write_string(line, 0, one, quiet)
        return len([one for one in told if one]) + 2

    def _figure(self, line: int, column: int, cell: Cell | None, style: Any) -> None:
        value = value_of(cell, self.drawn.unit)
        if value is not None:
            self.page.write_number(line, column, value, style)
        else:
            self.page.write_string(line, column, words.shown(cell, self.drawn, self.language), style)

    def _total(self, line: int) -> None:
        self.page.write_string(line, 0, self.all, self.total_text)
        told = (self.drawn.total, self.drawn.total_before) if words.compared(self.drawn) else (self.drawn.total,)
        for column, cell in enumerate(told, start=1):
            self._figure(line, column, cell, self.total)

    def _widths(self, heads: list[str], names: list[str]) -> None:
        for column, head in enumerate(heads):
            self.page.set_column(column, column, min(width_of_column(head, names if column == 0 else []), _WIDEST))

    def _chart(self, found: Native, head: int, last: int, beside: int) -> None:
        kind = "bar" if found.lying else "line" if found.kind == ChartKind.LINE else "column"
        stacked = {"subtype": "stacked"} if found.kind == ChartKind.STACKED else {}
        chart = self.book.add_chart({"type": kind} | stacked)
        columns = {(column.code, column.before): n for n, column in enumerate(self.columns, start=1)}
        for place, series in enumerate(found.series):
            column = columns[series.code, series.before]
            chart.add_series(_looks(found, place) | {
                "name": [self.name, head, column],
                "categories": [self.name, head + 1, 0, last, 0],
                "values": [self.name, head + 1, column, last, column],
            })  # fmt: skip
        quiet: dict[str, Any] = {"num_font": {"color": PAPER.grey}, "line": {"color": PAPER.line}}
        places = quiet | {"major_gridlines": {"visible": False}, "label_position": "low"}
        scale = found.scale
        figures = quiet | {"num_format": scale.numbers}
        figures["major_gridlines"] = {"visible": True, "line": {"color": PAPER.line}}
        ends = {"min": scale.least, "max": scale.most, "major_unit": scale.step}
        figures |= {name: value for name, value in ends.items() if value is not None}
        if found.lying:
            # Across is across for XlsxWriter, whatever it shows; names run from the top down, figures stay below.
            chart.set_x_axis(figures)
            chart.set_y_axis(places | {"reverse": True, "crossing": "max", "interval_unit": 1})
        else:
            chart.set_x_axis(places)
            chart.set_y_axis(figures)
        chart.set_legend({"none": True} if len(found.series) == 1 else {"position": "bottom"})
        chart.set_title({"none": True})
        chart.show_blanks_as("gap")
        high = max(_CHART["height"], 26 * len(found.places) + 90) if found.lying else _CHART["height"]
        chart.set_size({"width": _CHART["width"], "height": high})
        self.page.insert_chart(head, beside + 1, chart)

    def _paper(self, head: int, rows: int) -> None:
        self.page.freeze_panes(head + 1, 1)
        self.page.hide_gridlines(2)
        self.page.set_landscape()
        self.page.set_paper(A4)
        self.page.fit_to_pages(1, 1 if rows <= _ON_ONE_PAGE else 0)
        self.page.repeat_rows(head)


def _looks(found: Native, place: int) -> dict[str, Any]:
    colour = found.colour(place)
    labels: dict[str, Any] = {}
    if found.labelled:
        labels = {"data_labels": {"value": True, "num_format": found.numbers}}
        if found.kind == ChartKind.STACKED:
            labels["data_labels"] |= {"font": {"color": on_top(colour)}}
    if found.kind == ChartKind.LINE:
        dot = {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
        dashes = {"dash_type": "dash"} if found.series[place].before else {}
        return labels | {"line": {"color": colour, "width": 2.25} | dashes, "marker": dot}
    return labels | {"fill": {"color": colour}, "border": {"none": True}, "gap": 60}


def _about(book: Any, drawn: Drawn, language: str) -> None:
    t = speaker(language)
    page = book.add_worksheet(t("About this chart"))
    head = book.add_format({"bold": True, "bg_color": "#EAF1F0", "border": 1, "valign": "top", "num_format": "@"})
    body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 90)
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    comma = t(", ")
    lines = [
        (t("Name of the chart"), words.headline(drawn, language)),
        (t("What is counted"), drawn.measure.within(language)),
        (t("How it is counted"), drawn.definition.within(language)),
        (t("Days"), words.days(drawn.first, drawn.last, language)),
        (t("Days beside"), words.now_and_before(drawn, language)[1] if words.compared(drawn) else ""),
        *((name.within(language), comma.join(one.within(language) for one in kept)) for name, kept in drawn.filters),
        (t("Counted at"), moment_in(current().settings.timezone, drawn.as_of)),
        *((t("Note"), note) for note in words.notes(drawn, language)),
    ]
    for line, (name, value) in enumerate((name, value) for name, value in lines if value):
        page.write_string(line, 0, name, head)
        page.write_string(line, 1, value, body)
