"""A chart as a question (ChartSpec) and as its answer (Drawn): plain values, both kept as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class ChartKind(StrEnum):
    """How a chart is drawn."""

    BAR = "bar"
    STACKED = "stacked"
    LINE = "line"
    HEAT = "heat"
    TABLE = "table"
    FIGURE = "figure"


class Compare(StrEnum):
    """What it stands beside: the period before, or the same days a year ago."""

    BEFORE = "before"
    YEAR_AGO = "year_ago"


class Period(StrEnum):
    """Days counted from the day it is asked on; CHOSEN is what `first` and `last` say, EVER has no ends."""

    TODAY = "today"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_HALF_MONTH = "this_half_month"
    LAST_HALF_MONTH = "last_half_month"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    LAST_12_MONTHS = "last_12_months"
    CHOSEN = "chosen"
    EVER = "ever"


@dataclass(frozen=True, kw_only=True)
class ChartSpec:
    """What is asked: a measure of a register, split along an axis (`split`) and once more (`by`).

    Dimensions and measures are codes of the register's declaration; `filters` name a dimension and the codes kept.
    `kind` "" is the recommended one. It holds no figures and no person's right to them.
    """

    register: str
    measure: str
    split: str = ""
    by: str = ""
    period: str = Period.THIS_MONTH.value
    first: date | None = None
    last: date | None = None
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    kind: str = ""
    compare: str = ""
    title: str = ""

    def to_json(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False, default=str)

    @classmethod
    def from_json(cls, stored: str) -> "ChartSpec":
        """As it was before it was stored; codes nobody knows any more stay as they are."""
        told = json.loads(stored)
        days = {name: date.fromisoformat(told[name]) if told.get(name) else None for name in ("first", "last")}
        filters = tuple((name, tuple(codes)) for name, codes in told.get("filters", ()))
        known = {name: told[name] for name in cls.__dataclass_fields__ if name in told}
        return cls(**known | days | {"filters": filters})

    def over(self, first: date, last: date) -> "ChartSpec":
        """The same question about these days."""
        return replace(self, period=Period.CHOSEN.value, first=first, last=last)


@dataclass(frozen=True)
class Words:
    """A name in both languages."""

    zh: str
    en: str

    def within(self, language: str) -> str:
        """The name as a reader of that language sees it."""
        return (self.en or self.zh) if language == "en" else (self.zh or self.en)


@dataclass(frozen=True)
class Entry:
    """One place of an axis or one series: stored code ("" for not said) and its name."""

    code: str
    name: Words


@dataclass(frozen=True)
class Cell:
    """One figure at `at` (code of the axis, "" without one) of the series `what`.

    `value` is a count, or numerator ÷ denominator from 0 to 1, or a sum or mean in the measure's unit; None is "–":
    nothing to divide by, or `hidden` because the number is so small that somebody could be recognised.
    """

    at: str
    what: str
    value: float | None
    n: int = 0
    of: int | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Drawn:
    """The answer: everything a reader is shown, in both languages, so that it can be drawn again years later.

    `what` has one entry "" without a second split; when compared, `before` holds the cells of the other period (with
    the same codes). `unit` is count, rate, days, yuan or points. `cut` entries were folded into one "other".
    """

    spec: ChartSpec
    kind: str
    title: Words
    measure: Words
    definition: Words
    unit: str
    first: date | None
    last: date | None
    before_first: date | None
    before_last: date | None
    filters: tuple[tuple[Words, tuple[Words, ...]], ...]
    at: tuple[Entry, ...]
    what: tuple[Entry, ...]
    cells: tuple[Cell, ...]
    before: tuple[Cell, ...]
    total: Cell
    total_before: Cell | None
    as_of: datetime
    split_name: Words = Words("", "")
    by_name: Words = Words("", "")
    cut: int = 0
    below: int = 0

    def to_json(self) -> str:
        """As a briefing keeps it."""
        return json.dumps(asdict(self) | {"spec": json.loads(self.spec.to_json())}, ensure_ascii=False, default=str)

    @classmethod
    def from_json(cls, stored: str) -> "Drawn":
        """As it was before it was stored."""
        told: dict[str, Any] = json.loads(stored)
        told["spec"] = ChartSpec.from_json(json.dumps(told["spec"]))
        for name in ("title", "measure", "definition", "split_name", "by_name"):
            told[name] = Words(**told[name])
        for name in ("first", "last", "before_first", "before_last"):
            told[name] = date.fromisoformat(told[name]) if told[name] else None
        told["filters"] = tuple((Words(**name), tuple(Words(**v) for v in kept)) for name, kept in told["filters"])
        for name in ("at", "what"):
            told[name] = tuple(Entry(one["code"], Words(**one["name"])) for one in told[name])
        for name in ("cells", "before"):
            told[name] = tuple(Cell(**one) for one in told[name])
        told["total"] = Cell(**told["total"])
        told["total_before"] = Cell(**told["total_before"]) if told["total_before"] else None
        told["as_of"] = datetime.fromisoformat(told["as_of"])
        return cls(**told)

    def cell(self, at: str, what: str = "") -> Cell | None:
        """The figure at one place, None where nothing was counted."""
        return next((one for one in self.cells if (one.at, one.what) == (at, what)), None)

    def table(self, language: str) -> tuple[list[str], list[list[object]]]:
        """Heads and rows of the figures as a table: the axis down, series across; None where hidden or empty."""
        known: Mapping[tuple[str, str], Cell] = {(one.at, one.what): one for one in self.cells}
        heads = [
            self.split_name.within(language),
            *(one.name.within(language) or self.measure.within(language) for one in self.what),
        ]
        rows: list[list[object]] = []
        for place in self.at:
            cells = [known.get((place.code, series.code)) for series in self.what]
            rows.append([place.name.within(language), *(None if one is None else one.value for one in cells)])
        return heads, rows
