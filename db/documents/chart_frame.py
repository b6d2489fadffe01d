"""What every kind of chart is drawn from: its rows, its names, which way bars lie, colours and axes."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from db.documents import chart_words as words
from db.documents.chart_looks import Look
from db.languages import speaker
from db.rules.briefings.chart import Cell, ChartKind, Drawn

Spec = dict[str, Any]
NOW, BEFORE = "now", "before"
# What stands around the marks, and how wide a Latin letter and a Chinese character are, in pixels.
FRAME, LETTER, CHARACTER, LEGIBLE = 56, 7, 13, 14
HEADROOM, HALF = 1.12, 0.5
LONGEST_NAME, SHORT_NAME, NARROW_NAME, WIDE_NAME = 170, 50, 130, 260
# Windows below PHONE pixels show a chart about NARROW wide, others one of at least WIDE.
# Weekdays and hours stand under upright bars, however many they are.
SHORTEST_NAME = 34
_SLOT = re.compile(r"(19|20)\d\d(-(\d\d(-\d\d)?|Q[1-4]))?")
PHONE, NARROW, WIDE = 640, 360, 640


@dataclass(frozen=True)
class Frame:
    """One chart on its way to a specification."""

    drawn: Drawn
    language: str
    width: int
    height: int
    look: Look
    clickable: bool
    places: tuple[tuple[str, str], ...]
    series: tuple[tuple[str, str], ...]
    periods: tuple[str, str]

    @classmethod
    def of(
        cls, drawn: Drawn, language: str, *, width: int, look: Look, height: int = 0, clickable: bool = False
    ) -> "Frame":
        """The frame of an answer, with the names a reader of that language sees."""
        places, series = words.named_places(drawn, language), words.named_series(drawn, language)
        periods = words.now_and_before(drawn, language)
        return cls(drawn, language, width, height, look, clickable, tuple(places), tuple(series), periods)

    @property
    def kind(self) -> ChartKind:
        """How it is drawn; a kind nobody knows any more is a bar."""
        return ChartKind(self.drawn.kind) if self.drawn.kind in set(ChartKind) else ChartKind.BAR

    @property
    def compared(self) -> bool:
        """Whether another period stands beside."""
        return words.compared(self.drawn)

    @property
    def many(self) -> bool:
        """Whether there are several series."""
        return len(self.series) > 1

    @property
    def stacks(self) -> bool:
        """Whether series may be added up; rates and means stand side by side instead."""
        return self.kind == ChartKind.STACKED and self.drawn.unit in ("count", "yuan")

    @property
    def abreast(self) -> int:
        """How many bars of one place stand side by side."""
        return len(self.series) if self.many and not self.stacks else 2 if self.compared else 1

    @cached_property
    def lying(self) -> bool:
        """Whether bars lie: names that would not stand side by side under upright ones."""
        if is_time(self.drawn) or _widest(self.places) <= SHORTEST_NAME:
            return False
        return (_widest(self.places) + 8) * len(self.places) > self.width - FRAME

    @property
    def crowded(self) -> bool:
        """Whether bars lie so close that their figures would cover one another."""
        bars = len(self.places) * (2 if self.compared and self.stacks else self.abreast)
        return self.lying and self.height - FRAME < bars * LEGIBLE

    @property
    def turned(self) -> bool:
        """Whether a heat map has its places down and its series across.

        Long names stand at the side; among short ones (weekdays and hours) more of them fit across.
        """
        places, series = _widest(self.places), _widest(self.series)
        if max(places, series) > SHORT_NAME:
            return places > series
        return len(self.places) < len(self.series)

    @property
    def down(self) -> tuple[tuple[str, str], ...]:
        """What a heat map has down its side."""
        return self.places if self.turned else self.series

    @cached_property
    def rows(self) -> list[Spec]:
        """Every figure as a row, places and series in their order, those of the other period behind."""
        return self._rows(self.drawn.cells, NOW) + (self._rows(self.drawn.before, BEFORE) if self.compared else [])

    @cached_property
    def ends(self) -> float:
        """Where the axis of figures ends: room for the figure behind the longest bar or pile."""
        piles: dict[tuple[str, ...], float] = {}
        for row in self.rows:
            pile = (row["at"], row["then"]) if self.stacks else (row["at"], row["then"], row["what"])
            piles[pile] = piles.get(pile, 0) + (row["n"] or 0)
        longest = max((_pixels(row["said"]) for row in self.rows), default=0) + (20 if self.stacks else 8)
        marks = max(self.width - FRAME - min(_widest(self.places), self.longest_name), 2 * longest)
        return max(piles.values(), default=0) * (marks / (marks - longest) if self.lying else HEADROOM) or 1

    @property
    def longest_name(self) -> int:
        """How wide a name beside lying bars may be: a third of a wide picture."""
        return min(max(LONGEST_NAME, self.width // 3), WIDE_NAME)

    @property
    def top(self) -> float:
        """The largest figure."""
        return max((row["n"] for row in self.rows if row["n"] is not None), default=0)

    def _rows(self, cells: tuple[Cell, ...], then: str) -> list[Spec]:
        known = {(cell.at, cell.what): cell for cell in cells}
        period = self.periods[then == BEFORE]
        return [
            {"at": at, "place": place, "what": what, "series": name, "order": order, "then": then, "period": period}
            | self._figures(known.get((at, what)))
            for at, place in self.places
            for order, (what, name) in enumerate(self.series)
        ]

    def _figures(self, cell: Cell | None) -> Spec:
        """The figure as a number (None where hidden or missing), in words, and what it is made of."""
        said = words.shown(cell, self.drawn, self.language)
        value = cell.value if cell is not None else 0 if said == "0" else None
        hidden = cell is not None and cell.hidden
        made = words.worked_out(cell, self.language)
        number = None if hidden else value
        return {"n": number, "hidden": hidden, "said": said, "told": f"{said} ({made})" if made else said}

    # --- encodings ---

    def place_axis(self) -> Spec:
        """The axis of places."""
        limit = self.by_window(NARROW_NAME, WIDE_NAME, self.longest_name)
        labels: Spec = {"labelPadding": 6, "labelLimit": limit}
        if not self.lying:
            # Below the lowest figure beside the axis, and apart from one another.
            labels = {"labelPadding": 10, "labelAngle": 0, "labelOverlap": True, "labelSeparation": 6}
        axis = {"domain": not self.lying, "ticks": False, **labels}
        return {"field": "place", "type": "nominal", "sort": _names(self.places), "title": None, "axis": axis}

    def figure_axis(self) -> Spec:
        """The axis of figures, in whole numbers for counts and percent for rates."""
        formats = {"count": ",d", "rate": ".0%"}
        axis: Spec = {"tickCount": 4, "domain": False, "ticks": False, "format": formats.get(self.drawn.unit, ",~r")}
        if self.drawn.unit == "count":
            axis["tickMinStep"] = 1
        if self.drawn.unit == "rate":
            # No tick stands beyond 100 %, whatever room the figures need.
            axis["values"] = [
                one / 100 for one in range(0, 101, 25 if self.top > HALF else 10) if one / 100 <= self.ends
            ]
        t = speaker(self.language)
        unit = {"days": t("days"), "yuan": t("yuan"), "points": t("points")}.get(self.drawn.unit)
        shared = {"type": "quantitative", "scale": {"domain": [0, self.ends]}, "stack": None}
        return {"field": "n", "title": unit, "axis": axis if self.top else None, **shared}

    def colour(self) -> Spec:
        """Colours of series, or of the two periods when there is one series."""
        if self.many:
            return self.coloured("series", _names(self.series), [*self.look.series])
        if self.compared:
            return self.coloured("period", [*self.periods], [self.look.series[0], self.look.quiet])
        return {"value": self.look.series[0]}

    def coloured(self, field: str, names: list[str], colours: list[str], symbol: str = "square") -> Spec:
        """A colour for each name, told in a legend that wraps where the chart is narrow."""
        scale = {"domain": names, "range": [colours[at % len(colours)] for at in range(len(names))]}
        legend = {
            "title": None,
            "orient": "top",
            "symbolType": symbol,
            "labelLimit": 240,
            "columns": self.columns(names),
        }
        return {"field": field, "type": "nominal", "scale": scale, "legend": legend}

    def columns(self, names: list[str]) -> Any:
        """How many names of a legend stand in one line."""
        each = max(_pixels(name) for name in names) + 34
        beside = min(_widest(self.places), self.longest_name) if self.lying else 30
        return self.by_window(*(max(1, (width - beside) // each) for width in (NARROW - 40, WIDE, self.width)))

    def by_window(self, narrow: float, wide: float, picture: float) -> Any:
        """A number that follows the width of the reader's window; in a picture it is what it is."""
        on_screen = self.look.ground == "transparent"
        return {"expr": f"windowSize()[0] < {PHONE} ? {narrow} : {wide}"} if on_screen else picture

    def tooltip(self) -> list[Spec]:
        """What a mark tells when it is pointed at."""
        t = speaker(self.language)
        split, by = (name.within(self.language) for name in (self.drawn.split_name, self.drawn.by_name))
        told = [("place", split or " ")] if split or len(self.places) > 1 else []
        told += [("series", by or " ")] if self.many else []
        told += [("period", t("Days"))] if self.compared else []
        told += [("told", self.drawn.measure.within(self.language) or " ")]
        return [{"field": field, "type": "nominal", "title": title} for field, title in told]

    def chosen(self) -> Spec:
        """The selection a click makes, to be put on the marks that can be clicked."""
        if not self.clickable:
            return {}
        select = {"type": "point", "fields": ["at", "what", "then"], "on": "click", "toggle": False}
        return {"params": [{"name": "chosen", "select": select}]}

    def faded(self) -> Spec:
        """Marks that were not chosen step back."""
        if not self.clickable:
            return {}
        return {"opacity": {"condition": {"param": "chosen", "value": 1, "empty": True}, "value": 0.4}}

    @property
    def pointer(self) -> Spec:
        """The hand over marks that can be clicked."""
        return {"cursor": "pointer"} if self.clickable else {}


def is_time(drawn: Drawn) -> bool:
    """Whether the axis runs through days, weeks, months, quarters or years."""
    return bool(drawn.at) and all(_SLOT.fullmatch(place.code) for place in drawn.at)


def _names(entries: tuple[tuple[str, str], ...]) -> list[str]:
    return [name for _, name in entries]


def _pixels(text: str) -> int:
    return sum(CHARACTER if ord(letter) > 0x2E7F else LETTER for letter in text)


def _widest(entries: tuple[tuple[str, str], ...]) -> int:
    return max((_pixels(name) for _, name in entries), default=0)
