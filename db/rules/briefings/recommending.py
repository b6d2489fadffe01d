"""Which kinds of chart fit a question, and which one answers it best."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from db.rules.briefings.chart import ChartKind, ChartSpec

MOST = 20
"""Entries along an axis; further ones are folded into one."""
SERIES = 8
"""Series beside each other; further ones are folded into one."""
MANY = 40
"""More entries than these along an axis are read in a table."""
ROWS = 400
"""Rows of a table, and slots of an axis of time."""
CROSSED = 100
"""Rows of a table with series."""
REST = "~rest"
"""The code of what was folded."""


class DimensionKind(StrEnum):
    """What a dimension divides by."""

    CATEGORY = "category"
    UNIT = "unit"
    TIME = "time"
    WEEKDAY = "weekday"
    HOUR = "hour"
    NUMBER = "number"


class Divides(Protocol):
    """What is known of a dimension here."""

    @property
    def kind(self) -> DimensionKind: ...


class Reckons(Protocol):
    """What is known of a measure here."""

    @property
    def adds_up(self) -> bool: ...


class Declares(Protocol):
    """What is known of a register here."""

    @property
    def dimensions(self) -> Mapping[str, Divides]: ...

    @property
    def measures(self) -> Mapping[str, Reckons]: ...


_GRID = frozenset({DimensionKind.WEEKDAY, DimensionKind.HOUR})


def kinds_for(register: Declares, spec: ChartSpec) -> tuple[str, ...]:
    """The kinds that can show this question, the recommended one first."""
    split, by = (register.dimensions.get(code) for code in (spec.split, spec.by))
    if split is None:
        return (ChartKind.FIGURE.value, ChartKind.TABLE.value)
    measure = register.measures.get(spec.measure)
    adds_up = measure is None or measure.adds_up
    if by is None:
        line = split.kind is DimensionKind.TIME
        fitting = [ChartKind.LINE, ChartKind.BAR] if line else [ChartKind.BAR]
        return tuple(kind.value for kind in (*fitting, ChartKind.TABLE))
    fitting = [ChartKind.STACKED, ChartKind.BAR] if adds_up else [ChartKind.BAR]
    if split.kind is DimensionKind.TIME:
        fitting = [ChartKind.LINE, *fitting]
    grid = {split.kind, by.kind} == _GRID
    fitting = [ChartKind.HEAT, *fitting] if grid else [*fitting, ChartKind.HEAT]
    return tuple(kind.value for kind in (*fitting, ChartKind.TABLE))


def recommended(register: Declares, spec: ChartSpec, entries: int = 0) -> str:
    """The kind that answers best; a table where `entries` along the axis are MANY, but for time."""
    split = register.dimensions.get(spec.split)
    if split is not None and split.kind is not DimensionKind.TIME and entries > MANY:
        return ChartKind.TABLE.value
    return kinds_for(register, spec)[0]


def most_along(kind: DimensionKind, drawn_as: str, *, crossed: bool) -> int:
    """How many entries an axis has before the smallest are folded; fewer where it is `crossed` with series."""
    if kind in (DimensionKind.TIME, *_GRID):
        return ROWS
    if drawn_as == ChartKind.TABLE:
        return CROSSED if crossed else ROWS
    return MOST


def most_series(kind: DimensionKind) -> int:
    """How many series stand beside each other before the smallest are folded."""
    return ROWS if kind in _GRID else SERIES
