"""A chart as a Vega-Lite specification, the same on screen, in pictures and in documents; plain dictionaries.

Every row names its place and series by code in "at" and "what" and its period in "then" (now or before), so that a
click tells which records stand behind a mark.
"""

from typing import Any

from db.documents import chart_marks, chart_words
from db.documents.chart_frame import FRAME, Frame, is_time
from db.documents.chart_looks import PAPER, Look, config
from db.rules.briefings.chart import ChartKind, Drawn

__all__ = ["is_time", "tall", "vega"]
# Heights in pixels: of a lying bar with its gap, of each of several beside one another, of a cell of a heat map.
ROW, HALF, CELL, LINE, LEGEND = 32, 20, 30, 26, 24
UPRIGHT, FIGURE = 300, 150
# The same of lying bars on paper, where nobody has to hit them with a finger.
ROW_ON_PAPER, HALF_ON_PAPER, GAP, GAP_ON_PAPER = 24, 14, 12, 7


def vega(
    drawn: Drawn, language: str, *, width: int, height: int, clickable: bool = False, look: Look = PAPER
) -> dict[str, Any]:
    """The whole specification with its data, without title and caption; `clickable` adds the selection "chosen".

    `width` and `height` in pixels; for a screen that stretches it, give the width of the narrowest one.
    """
    frame = Frame.of(drawn, language, width=width, height=height, look=look, clickable=clickable)
    return {
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": config(look, language),
        **chart_marks.marks(frame),
    }


def tall(drawn: Drawn, language: str, *, width: int, on_paper: bool = False) -> int:
    """The height in pixels at which it reads well; lying bars stand closer on paper."""
    frame = Frame.of(drawn, language, width=width, look=PAPER)
    around = FRAME + (LEGEND if len(drawn.what) > 1 or frame.compared else 0)
    if chart_words.is_empty(drawn) or frame.kind == ChartKind.FIGURE:
        return FIGURE
    if frame.kind == ChartKind.TABLE:
        return FRAME + LINE * min(len(frame.places), chart_marks.MOST_LINES)
    if frame.kind == ChartKind.HEAT:
        return around + CELL * max(len(frame.down), 3)
    if frame.kind == ChartKind.LINE or not frame.lying:
        return UPRIGHT
    row, half, gap = (ROW_ON_PAPER, HALF_ON_PAPER, GAP_ON_PAPER) if on_paper else (ROW, HALF, GAP)
    return around + len(frame.places) * (row if frame.abreast == 1 else gap + half * frame.abreast)
