"""Charts as answers, one of each kind, for the tests of what is made of them; every name is invented."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from db.rules.briefings.chart import Cell, ChartKind, ChartSpec, Drawn, Entry, Words

Rows = Sequence[tuple[str, str, str]]
WAYS: Rows = (
    ("visit", "来访", "Visit"),
    ("letter", "来信", "Letter"),
    ("call", "来电", "Call"),
    ("online", "网上", "Online"),
    ("hotline", "热线转办", "Hotline"),
    ("patrol", "巡查发现", "Found on patrol"),
)
UNITS: Rows = (
    ("u1", "柳林村", "Liulin village"),
    ("u2", "青石桥社区居民委员会", "Qingshiqiao community"),
    ("u3", "东坝村", "Dongba village"),
    ("u4", "规划建设和环境保护办公室", "Planning and environment office"),
)
MONTHS = tuple((f"2026-{n:02}", f"{n}月", f"{n:02}/2026") for n in range(1, 12))
HOURS = tuple((str(hour), f"{hour}时", f"{hour}:00") for hour in range(8, 20))
WEEKDAYS = (("一", "Mon"), ("二", "Tue"), ("三", "Wed"), ("四", "Thu"), ("五", "Fri"), ("六", "Sat"), ("日", "Sun"))
DAYS = tuple((str(n), f"周{zh}", en) for n, (zh, en) in enumerate(WEEKDAYS))
TOLD = Words(
    "本期登记的件数，含当场答复的；不含已封存的和举报件。",
    "Cases registered in these days, those answered on the spot among them; sealed ones and accusations left out.",
)
RATE = Words("期限内办结的件数÷应办结的件数。", "Cases finished within their limit ÷ cases that had to be finished.")


def entries(rows: Rows) -> tuple[Entry, ...]:
    """Places or series, from code, Chinese and English."""
    return tuple(Entry(code, Words(zh, en)) for code, zh, en in rows)


def counted(at: Rows, what: Rows = (("", "", ""),), *, start: int = 3) -> tuple[Cell, ...]:
    """A count for every place and series, the same at every call."""
    return tuple(
        Cell(a[0], w[0], float(n), n)
        for i, a in enumerate(at)
        for j, w in enumerate(what)
        for n in [start + (i * 17 + j * 11) % 29]
    )


def a_drawn(**changes: object) -> Drawn:
    """Cases of half a month by the way they came in, as a bar chart, compared with the half before."""
    cells = counted(WAYS, start=8)
    before = counted(WAYS, start=5)
    usual = Drawn(
        spec=ChartSpec(register="cases", measure="registered", split="channel"),
        kind=ChartKind.BAR,
        title=Words("本期来件按渠道", "Cases by channel"),
        measure=Words("登记件数", "Registered"),
        definition=TOLD,
        unit="count",
        first=date(2026, 11, 1),
        last=date(2026, 11, 15),
        before_first=None,
        before_last=None,
        filters=((Words("属地", "Place"), (Words("柳林村", "Liulin village"), Words("东坝村", "Dongba village"))),),
        at=entries(WAYS),
        what=entries((("", "", ""),)),
        cells=cells,
        before=(),
        total=Cell("", "", sum(c.value or 0 for c in cells), sum(c.n for c in cells)),
        total_before=None,
        as_of=datetime(2026, 11, 16, 1, 30, tzinfo=UTC),
        split_name=Words("渠道", "Channel"),
    )
    if changes.pop("compared", False):
        total = Cell("", "", sum(c.value or 0 for c in before), sum(c.n for c in before))
        usual = replace(usual, before=before, total_before=total)
        usual = replace(usual, before_first=date(2026, 10, 16), before_last=date(2026, 10, 31))
    return replace(usual, **changes)  # type: ignore[arg-type]


def rated() -> tuple[Cell, ...]:
    """Rates of the units; one has nothing to divide by."""
    made = [Cell(code, "", n / of, n, of) for (code, _, _), n, of in zip(UNITS, (41, 18, 7), (44, 24, 9), strict=False)]
    return (*made, Cell(UNITS[3][0], "", None, 0, 0))


def samples() -> dict[str, Drawn]:
    """Name and chart: every kind, rates, small numbers hidden, nothing counted, many places, long names."""
    many = tuple((f"p{n}", f"第{n}网格长名称责任片区", f"Grid area number {n}") for n in range(1, 31))
    by: dict[str, object] = {"what": entries(UNITS), "by_name": Words("单位", "Unit")}
    hidden = tuple(
        replace(c, value=None, n=0, hidden=True) if c.at in ("letter", "online") else c for c in counted(WAYS, start=8)
    )
    months: dict[str, object] = {"at": entries(MONTHS), "split_name": Words("月份", "Month")}
    rate: dict[str, object] = {
        "unit": "rate",
        "definition": RATE,
        "measure": Words("按期办结率", "Finished in time"),
        "at": entries(UNITS),
    }
    rate |= {"title": Words("", ""), "split_name": Words("单位", "Unit"), "total": Cell("", "", 66 / 77, 66, 77)}
    heat: dict[str, object] = {"at": entries(DAYS), "what": entries(HOURS), "cells": counted(DAYS, HOURS, start=0)}
    heat |= {"split_name": Words("星期", "Weekday"), "by_name": Words("小时", "Hour")}
    alone: dict[str, object] = {
        "at": entries((("", "", ""),)),
        "split_name": Words("", ""),
        "spec": ChartSpec(register="cases", measure="registered"),
    }
    one = a_drawn(kind=ChartKind.FIGURE, compared=True, **alone)
    one = replace(one, cells=(one.total,), before=(one.total_before,) if one.total_before else ())
    nothing: dict[str, object] = {"cells": (), "at": (), "total": Cell("", "", 0.0)}
    return {
        "bar": a_drawn(),
        "bar_before": a_drawn(compared=True),
        "stacked": a_drawn(kind=ChartKind.STACKED, cells=counted(WAYS, UNITS), **by),
        "line": a_drawn(kind=ChartKind.LINE, cells=counted(MONTHS), **months),
        "lines": a_drawn(kind=ChartKind.LINE, cells=counted(MONTHS, UNITS), **months, **by),
        "rate": a_drawn(cells=rated(), **rate),
        "heat": a_drawn(kind=ChartKind.HEAT, **heat),
        "table": a_drawn(
            kind=ChartKind.TABLE, compared=True, cells=counted(WAYS, UNITS), before=counted(WAYS, UNITS, start=1), **by
        ),
        "figure": one,
        "hidden": a_drawn(cells=hidden, below=5, total=Cell("", "", 80.0, 80)),
        "nothing": a_drawn(**nothing),
        "many": a_drawn(cells=counted(many), at=entries(many), split_name=Words("网格", "Grid"), cut=7),
    }
