"""A chart on screen: its figure, marks that can be clicked, caption, definition, and the table below."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components.chart_address import open_list
from components.forms import mark_problem, plain
from components.words import language, t
from db.documents import chart_spec, chart_words
from db.documents.chart_looks import DARK, LIGHT
from db.rules.briefings.chart import ChartKind, ChartSpec, Drawn
from db.rules.briefings.periods import slots
from db.rules.permissions import Actor
from db.rules.problems import Problems, Refused
from db.services.briefings import drawing
from db.services.briefings.registers import REGISTERS

# A telephone's width decides which way bars lie; every screen stretches them.
NARROWEST = 330
TALL_FROM = 15


@dataclass(frozen=True)
class Place:
    """Where somebody clicked: the codes of place and series, and the question about the period it belongs to."""

    at: str
    what: str
    spec: ChartSpec
    name: str


def draw(actor: Actor, spec: ChartSpec) -> Drawn | None:
    """The answer as this person may see it, or None after a sentence says why there is none."""
    try:
        return drawing.draw(actor, spec=spec)
    except Refused:
        st.info(t("You may not read the figures of this register."), icon=":material/lock:")
    except Problems as problems:
        for problem in problems.problems:
            mark_problem(problem)
    return None


def is_table(drawn: Drawn) -> bool:
    """Whether the table is all there is."""
    return drawn.kind == ChartKind.TABLE


def has_more(drawn: Drawn) -> bool:
    """Whether a table says more than what is drawn."""
    return not is_table(drawn) and not chart_words.is_empty(drawn)


def heading(drawn: Drawn) -> None:
    """What it is called, and the way back to all charts."""
    with st.container(horizontal=True, vertical_alignment="center", key="chart-head"):
        st.subheader(plain(chart_words.headline(drawn, language())), anchor=False, width="stretch")
        if st.button(t("All charts"), key="all-charts", icon=":material/arrow_back:", type="tertiary"):
            open_list()


def figure(drawn: Drawn) -> None:
    """The whole as one figure, and how far it moved."""
    into = language()
    st.metric(
        plain(drawn.measure.within(into)),
        plain(chart_words.figure(drawn.total, drawn, into)),
        delta=chart_words.change(drawn, into) or None,
        delta_color="off",
        help=plain(chart_words.worked_out(drawn.total, into)) or None,
    )


def marks(drawn: Drawn, *, key: str, clickable: bool = False, height: int | None = None) -> Place | None:
    """The picture, but for tables and single figures; answers the mark that was clicked.

    Where nothing was counted a sentence says so.
    """
    if drawn.kind in (ChartKind.TABLE, ChartKind.FIGURE):
        return None
    into = language()
    if chart_words.is_empty(drawn):
        st.info(plain(chart_words.notes(drawn, into)[0]), icon=":material/search_off:")
        return None
    look = DARK if st.context.theme.type == "dark" else LIGHT
    tall = height or chart_spec.tall(drawn, into, width=NARROWEST)
    spec = chart_spec.vega(drawn, into, width=NARROWEST, height=tall, clickable=clickable, look=look)
    options: dict[str, Any] = {"on_select": "rerun"} if clickable else {}
    seen = st.vega_lite_chart(
        None,
        {name: value for name, value in spec.items() if name not in ("width", "height")},
        theme=None,
        width="stretch",
        height=tall,
        key=f"{key}:{_digest(drawn)}",
        alt=chart_words.spoken(drawn, into),
        **options,
    )
    found = (seen["selection"].get("chosen") or []) if clickable else []
    return _place(drawn, found[0]) if found else None


def below(drawn: Drawn) -> None:
    """Days, filters and moment; how the figure is counted; what must be known."""
    into = language()
    said = chart_words.is_empty(drawn) and drawn.kind not in (ChartKind.TABLE, ChartKind.FIGURE)
    notes = chart_words.notes(drawn, into)[said:]
    lines = (chart_words.caption(drawn, into), chart_words.definition(drawn, into), *notes)
    st.caption("  \n".join(plain(line) for line in lines if line))


def table(drawn: Drawn, *, key: str) -> Place | None:
    """Every figure as text; answers the cell that was clicked."""
    heads, rows = chart_words.table(drawn, language())
    unique = [head if heads.index(head) == at else f"{head} ({at})" for at, head in enumerate(heads)]
    frame = pd.DataFrame([[*row] for row in rows], columns=[str(at) for at in range(len(heads))])
    first = {"0": st.column_config.TextColumn(unique[0] or " ", pinned=True)}
    config = {str(at): st.column_config.TextColumn(head, alignment="right") for at, head in enumerate(unique) if at}
    chosen = st.dataframe(
        frame,
        hide_index=True,
        column_config=first | config,
        on_select="rerun",
        selection_mode="single-cell",
        key=f"{key}-table:{_digest(drawn)}",
        alt=t("Figures of the chart; press Enter on one to see the records behind it"),
        height="content" if len(rows) <= TALL_FROM else 560,
    )
    cells = chosen.selection.cells
    return _cell(drawn, int(cells[0][0]), int(cells[0][1])) if cells else None


def _cell(drawn: Drawn, row: int, column: int) -> Place | None:
    """The place a cell of the table stands for; names stand in column 0."""
    periods = 2 if chart_words.compared(drawn) else 1
    series, period = divmod(column - 1, periods)
    if column < 1 or row >= max(len(drawn.at), 1) or series >= max(len(drawn.what), 1):
        return None
    at = drawn.at[row].code if drawn.at else ""
    what = drawn.what[series].code if drawn.what else ""
    return _place(drawn, {"at": at, "what": what, "then": "before" if period else "now"})


def _place(drawn: Drawn, told: dict[str, Any]) -> Place | None:
    """The place a click names; nothing for what this chart does not have."""
    into = language()
    at, what = str(told.get("at") or ""), str(told.get("what") or "")
    places, series = dict(chart_words.named_places(drawn, into)), dict(chart_words.named_series(drawn, into))
    if (drawn.at and at not in places) or (drawn.what and what not in series):
        return None
    spec, first, last, name = drawn.spec, drawn.first, drawn.last, places.get(at, "")
    if told.get("then") == "before":
        first, last = drawn.before_first, drawn.before_last
        if first is None or last is None:
            return None
        at, spec = _slot_before(drawn, at, first, last), spec.over(first, last)
    names = [name, series.get(what, "") if what else "", chart_words.days(first, last, into)]
    return Place(at, what, spec, " · ".join(name for name in names if name))


def _slot_before(drawn: Drawn, at: str, first: date, last: date) -> str:
    """On an axis of time the slot of the other period that stands beside this one."""
    split = REGISTERS[drawn.spec.register].dimensions[drawn.spec.split] if drawn.spec.split else None
    if split is None or split.slot is None:
        return at
    place = [one.code for one in drawn.at].index(at)
    before = slots(split.slot, first, last, len(drawn.at))
    return before[place] if place < len(before) else at


def _digest(drawn: Drawn) -> str:
    """Another question is another element: what was clicked in the last one is not chosen in this one."""
    return hashlib.sha256(f"{drawn.spec.to_json()}{drawn.kind}".encode()).hexdigest()[:12]
