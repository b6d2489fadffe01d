"""A chart as a picture that explains itself: title, days, figures, definition, in a font it brings along."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import vl_convert

from db.documents import chart_spec
from db.documents import chart_words as words
from db.documents.chart_columns import column_widths, turned
from db.documents.chart_fonts import FAMILIES, FAMILY, embedded, lines_of, register, width_of
from db.documents.chart_looks import PAPER
from db.documents.chart_totals import moved, overall
from db.languages import speaker
from db.rules.briefings.chart import ChartKind, Drawn

WIDTH, HEIGHT = 960, 540
INK, FAINT, RULE, GROUND, STRONG, HEAD = PAPER.ink, PAPER.grey, PAPER.line, PAPER.ground, PAPER.series[0], "#EAF1F0"
_EDGE, _TITLE, _SMALL, _CELL, _BESIDE = 24.0, 22.0, 13.0, 14.0, 7.0
_LINE = 1.45
# A table longer than this goes on in the workbook; a picture of it could no longer be read.
MOST_ROWS = 40
_LEAST = 160.0
_FONT = re.compile(r'font-family="[^"]*"')
_OUTER = re.compile(r"<svg\b([^>]*)>(.*)</svg>\s*$", re.DOTALL)
_SIZE = re.compile(r'\b(width|height)="([\d.]+)"')
_LETTERS = re.compile(r">([^<>]+)<")


def png(drawn: Drawn, language: str, *, width: int = WIDTH, height: int = HEIGHT, scale: float = 2) -> bytes:
    """The picture in pixels, `scale` for each unit of width and height; a long table makes it higher."""
    register()
    return bytes(vl_convert.svg_to_png(_framed(drawn, language, width, height), scale=scale))


def svg(drawn: Drawn, language: str, *, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """The picture as drawing: text stays text, and the letters used come along as a font."""
    made = _framed(drawn, language, width, height)
    letters = "".join(
        sorted({letter for text in _LETTERS.findall(made) for letter in text if letter > " "} | set("&<>"))
    )
    face = f'@font-face{{font-family:"{FAMILY}";src:url({embedded(letters)}) format("woff")}}'
    return made.replace("<g ", f"<style>{face}</style><g ", 1).encode()


def bare(drawn: Drawn, language: str, *, width: int, height: int, scale: float = 2) -> bytes:
    """The chart alone, for a page that says the rest in its own words."""
    register()
    body = _body(drawn, language, width, height)
    return bytes(vl_convert.svg_to_png(_svg(body.markup, width, body.height), scale=scale))


def _framed(drawn: Drawn, language: str, width: int, height: int) -> str:
    inside = width - 2 * _EDGE
    above = [
        *_lines(words.headline(drawn, language), inside, _TITLE, most=2),
        *_lines(words.caption(drawn, language), inside, _SMALL, most=3, colour=FAINT),
        *_lines(overall(drawn, language), inside, _SMALL, most=2),
    ]
    told = (words.definition(drawn, language), *words.notes(drawn, language)[words.is_empty(drawn) :])
    below = [line for one in told for line in _lines(one, inside, _SMALL, most=4, colour=FAINT)]
    top = _EDGE + _height(above) + 10
    foot = _height(below) + (14 if below else 0) + _EDGE
    body = _body(drawn, language, inside, max(height - top - foot, _LEAST))
    full = max(float(height), top + body.height + foot)
    parts = [*_set(above, _EDGE), f'<g transform="translate({_EDGE:g} {top:g})">{body.markup}</g>']
    if below:
        begins = full - _EDGE - _height(below)
        parts += [_rule(_EDGE, begins - 7, inside), *_set(below, begins)]
    return _svg("".join(parts), width, full)


def _svg(markup: str, width: float, height: float) -> str:
    size = f'width="{width:g}" height="{height:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:g} {height:g}">'
        f'<g font-family="{FAMILIES}"><rect {size} fill="{GROUND}"/>{markup}</g></svg>'
    )


# --- lines of text ---


@dataclass(frozen=True)
class _Line:
    text: str
    size: float
    colour: str


def _lines(text: str, width: float, size: float, *, most: int, colour: str = INK) -> list[_Line]:
    found = lines_of(text, width, size)
    if len(found) > most:
        found = [*found[: most - 1], found[most - 1][:-1] + "…"]
    return [_Line(one, size, colour) for one in found]


def _height(lines: Sequence[_Line]) -> float:
    return sum(line.size * _LINE for line in lines)


def _set(lines: Sequence[_Line], top: float) -> list[str]:
    made, at = [], top
    for line in lines:
        made.append(_text(_EDGE, at + line.size * 1.1, line.text, line.size, colour=line.colour))
        at += line.size * _LINE
    return made


def _text(x: float, y: float, text: str, size: float, *, colour: str = INK, anchor: str = "start") -> str:
    where = f'x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{colour}"'
    return f'<text {where} text-anchor="{anchor}">{escape(text, quote=False)}</text>'


def _rule(x: float, y: float, width: float) -> str:
    return f'<path d="M{x:g} {y:g}h{width:g}" stroke="{RULE}" stroke-width="1"/>'


# --- what stands between them ---


@dataclass(frozen=True)
class _Body:
    markup: str
    height: float


def _body(drawn: Drawn, language: str, width: float, height: float) -> _Body:
    if drawn.kind == ChartKind.FIGURE:
        return _figure(drawn, language, width, height)
    if drawn.kind == ChartKind.TABLE and not words.is_empty(drawn):
        return _table(*turned(*words.table(drawn, language)), language, width)
    return _chart(drawn, language, width, height)


def _chart(drawn: Drawn, language: str, width: float, height: float) -> _Body:
    """What the screen draws, brought into its place; nothing is fetched from anywhere."""
    register()
    high = int(max(height, chart_spec.tall(drawn, language, width=int(width), on_paper=True)))
    asked = chart_spec.vega(drawn, language, width=int(width), height=high)
    asked = asked | {"config": asked.get("config", {}) | {"font": FAMILIES}}
    made = vl_convert.vegalite_to_svg(asked, allowed_base_urls=[])
    found = _OUTER.search(made)
    if found is None:
        raise ValueError("the drawing library answered with something that is no picture")
    size = {name: float(value) for name, value in _SIZE.findall(found[1])}
    shrunk = min(width / size["width"], 1.0)
    markup = _FONT.sub(f'font-family="{FAMILIES}"', found[2])
    return _Body(f'<g transform="scale({shrunk:.4f})">{markup}</g>', size["height"] * shrunk)


def _figure(drawn: Drawn, language: str, width: float, height: float) -> _Body:
    """One number, as large as it can be, with how it moved and what it was."""
    said = words.figure(drawn.total, drawn, language)
    size = min(height * 0.4, 150.0, width * 0.9 / max(width_of(said, 1.0), 1.0))
    under = [words.worked_out(drawn.total, language), moved(drawn, language)]
    middle, at = width / 2, (height - size - 2 * 26) / 2 + size
    parts = [_text(middle, at, said, size, colour=STRONG, anchor="middle")]
    for line in filter(None, under):
        at += 34
        parts.append(_text(middle, at, line, 20, anchor="middle"))
    return _Body("".join(parts), height)


def _table(heads: list[str], rows: list[list[str]], language: str, width: float) -> _Body:
    """Heads and rows; a column is as wide as it needs, shared out, and broken where the page ends."""
    shown = rows[:MOST_ROWS]
    widths = column_widths(heads, shown, width, size=_CELL, beside=_BESIDE)
    made, at = [], 0.0
    for place, row in enumerate((heads, *shown)):
        cells = [
            lines_of(text, wide - 2 * _BESIDE + 0.1, _CELL) or [""] for text, wide in zip(row, widths, strict=True)
        ]
        tall = max(len(lines) for lines in cells) * _CELL * 1.3 + 10
        if place == 0:
            made.append(f'<rect y="{at:g}" width="{width:g}" height="{tall:g}" fill="{HEAD}"/>')
        left = 0.0
        for column, (lines, wide) in enumerate(zip(cells, widths, strict=True)):
            x, anchor = (left + _BESIDE, "start") if column == 0 else (left + wide - _BESIDE, "end")
            for n, line in enumerate(lines):
                made.append(_text(x, at + 5 + _CELL * (1.02 + 1.3 * n), line, _CELL, anchor=anchor))
            left += wide
        at += tall
        made.append(_rule(0, at, width))
    if len(rows) > MOST_ROWS:
        at += 24
        left_out = speaker(language)("… and {n} more rows", n=len(rows) - MOST_ROWS)
        made.append(_text(_BESIDE, at - 6, left_out, _SMALL, colour=FAINT))
    return _Body("".join(made), at)
