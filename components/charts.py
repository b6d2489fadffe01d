"""Charts: Altair builds a specification once, cached; here it gets our font, colours, language and a description."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st

from components.words import language

Spec = dict[str, Any]
FONT = "Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
_ZH_TIME = {
    "dateTime": "%x %X",
    "date": "%Y年%-m月%-d日",
    "time": "%H:%M:%S",
    "periods": ["上午", "下午"],
    "days": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    "shortDays": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
    "months": [f"{n}月" for n in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")],
    "shortMonths": [f"{n}月" for n in range(1, 13)],
}
_ZH_NUMBER = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["¥", ""]}


def chart(spec: Spec, rows: list[dict[str, object]], *, alt: str, key: str, height: int = 180) -> None:
    """Draw a cached specification over these rows; colours follow the theme, `alt` says what is seen."""
    dressed = spec | {"data": {"values": rows}, "config": spec.get("config", {}) | _dress(language())}
    st.vega_lite_chart(None, dressed, width="stretch", height=height, key=key, alt=alt)


@cache
def paired_bars(first: str, second: str, by: str, count: str, *, lying: bool = False) -> Spec:
    """Two bars side by side for each "at" in the order of the rows; the four words are in the reader's language."""
    import altair as alt

    names = alt.Axis(labelLimit=240) if lying else alt.Axis(labelAngle=0, labelOverlap=True)
    numbers = alt.Axis(tickMinStep=1, tickCount=4)
    along, across = (alt.Y, alt.X) if lying else (alt.X, alt.Y)
    offset = alt.YOffset if lying else alt.XOffset
    built = (
        alt.Chart(alt.UrlData("replaced"))
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            along("at:O", title=None if lying else by, axis=names, sort=None),
            across("n:Q", title=None, axis=numbers, scale=alt.Scale(nice=4)),
            offset("what:N", sort=[first, second]),
            color=alt.Color(
                "what:N", sort=[first, second], legend=alt.Legend(title=None, orient="top", symbolType="square")
            ),
            tooltip=[
                alt.Tooltip("at:O", title=by),
                alt.Tooltip("what:N", title=" "),
                alt.Tooltip("n:Q", title=count),
            ],
        )
        .to_dict()
    )
    return {name: value for name, value in built.items() if name not in ("data", "datasets", "$schema")}


def _dress(into: str) -> Mapping[str, object]:
    locale = {"locale": {"time": _ZH_TIME, "number": _ZH_NUMBER}} if into == "zh" else {}
    # The description is read aloud in the reader's language; Vega's own words for axes and bars are English only.
    return {"font": FONT, "aria": False, "mark": {"aria": False}, **locale}
