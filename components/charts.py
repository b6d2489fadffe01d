"""Charts: Altair builds a specification once, cached; here it gets our font, colours, language and a description."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st

from components.words import language
from db.documents.chart_looks import FONT, locale

Spec = dict[str, Any]


def chart(spec: Spec, rows: list[dict[str, object]], *, alt: str, key: str, height: int = 180) -> None:
    """Draw a cached specification over these rows; colours follow the theme, `alt` says what is seen."""
    st.vega_lite_chart(None, _filled(spec, rows), width="stretch", height=height, key=key, alt=alt)


def chosen_bar(spec: Spec, rows: list[dict[str, object]], *, alt: str, key: str, height: int = 180) -> int | None:
    """The same for bars that are chosen by a click; answers the "id" of the one chosen."""
    seen = st.vega_lite_chart(
        None, _filled(spec, rows), width="stretch", height=height, key=key, alt=alt, on_select="rerun"
    )
    found = seen["selection"].get("bar") or []
    return int(found[0]["id"]) if found and "id" in found[0] else None


def _filled(spec: Spec, rows: list[dict[str, object]]) -> Spec:
    return spec | {"data": {"values": rows}, "config": spec.get("config", {}) | _dress(language())}


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


@cache
def stacked_bars(pieces: tuple[str, ...], by: str, count: str) -> Spec:
    """Lying bars of each "at" in the order of the rows, split into "what" in the order of `pieces`; parts below 0 too.

    A bar is chosen by a click: selection "bar" tells its "id".
    """
    import altair as alt

    chosen = alt.selection_point(name="bar", fields=["id"], on="click", toggle=False)
    built = (
        alt.Chart(alt.UrlData("replaced"))
        .mark_bar(cursor="pointer")
        .encode(
            alt.Y("at:N", title=None, sort=None, axis=alt.Axis(labelLimit=240)),
            alt.X("n:Q", title=count, axis=alt.Axis(tickCount=5)),
            color=alt.Color(
                "what:N", sort=list(pieces), legend=alt.Legend(title=None, orient="top", symbolType="square")
            ),
            order=alt.Order("order:Q"),
            opacity=alt.condition(chosen, alt.value(1), alt.value(0.45)),
            tooltip=[alt.Tooltip("at:N", title=by), alt.Tooltip("what:N", title=" "), alt.Tooltip("n:Q", title=count)],
        )
        .add_params(chosen)
        .to_dict()
    )
    return {name: value for name, value in built.items() if name not in ("data", "datasets", "$schema")}


@cache
def rank_lines(by: str, rank: str) -> Spec:
    """A line for each "what" over "at" in the order of the rows, the first rank on top."""
    import altair as alt

    built = (
        alt.Chart(alt.UrlData("replaced"))
        .mark_line(point=True)
        .encode(
            alt.X("at:N", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelLimit=120)),
            alt.Y("n:Q", title=rank, axis=alt.Axis(tickMinStep=1), scale=alt.Scale(reverse=True, domainMin=1)),
            color=alt.Color("what:N", sort=None, legend=alt.Legend(title=None, orient="right", labelLimit=160)),
            tooltip=[alt.Tooltip("what:N", title=by), alt.Tooltip("at:N", title=" "), alt.Tooltip("n:Q", title=rank)],
        )
        .to_dict()
    )
    return {name: value for name, value in built.items() if name not in ("data", "datasets", "$schema")}


@cache
def change_lines(by: str, change: str) -> Spec:
    """A line for each "what" over "at" in the order of the rows; above 0 it rose, below it fell."""
    import altair as alt

    built = (
        alt.Chart(alt.UrlData("replaced"))
        .mark_line(point=True)
        .encode(
            alt.X("at:N", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelLimit=120)),
            alt.Y("n:Q", title=change, axis=alt.Axis(tickCount=5)),
            color=alt.Color("what:N", sort=None, legend=alt.Legend(title=None, orient="right", labelLimit=160)),
            tooltip=[alt.Tooltip("what:N", title=by), alt.Tooltip("at:N", title=" "), alt.Tooltip("n:Q", title=change)],
        )
        .to_dict()
    )
    return {name: value for name, value in built.items() if name not in ("data", "datasets", "$schema")}


def _dress(into: str) -> Mapping[str, object]:
    # The description is read aloud in the reader's language; Vega's own words for axes and bars are English only.
    return {"font": FONT, "aria": False, "mark": {"aria": False}, **locale(into)}
