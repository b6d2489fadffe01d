"""The parts of a briefing to read: headings, texts with their figures, rows of single figures, charts."""

from collections.abc import Sequence

import streamlit as st

from components import chart_view
from components.forms import plain
from components.words import language, t
from db.documents import chart_words
from db.rules.briefings.chart import ChartKind, Drawn
from db.rules.briefings.issuing import BlockKind
from db.rules.briefings.parts import DASH, Part, Told


def show(parts: Sequence[Part], key: str) -> None:
    """Everything, one part below the other."""
    for place, part in enumerate(parts):
        one(part, f"{key}:{place}")


def one(part: Part, key: str) -> None:
    """A single part; `key` tells it from every other on the page."""
    if part.kind == BlockKind.HEADING:
        st.subheader(plain(part.within(language())), anchor=False)
    elif part.kind == BlockKind.TEXT:
        text(part)
    elif part.drawn is not None:
        chart(part.drawn, key)
    elif part.figures:
        figures(part, key)
    if part.why:
        st.warning(t(part.why), icon=":material/visibility_off:")


def text(part: Part) -> None:
    """The words as they read, every line a line."""
    st.markdown("  \n".join(plain(line) for line in part.within(language()).splitlines()))


def figures(part: Part, key: str) -> None:
    """Single figures beside each other, with their change; what they count stands below."""
    with st.container(horizontal=True, gap="small", key=f"figures-{key}"):
        for figure in part.figures:
            _figure(figure)
    st.caption(plain(" ".join(part.definitions(language()))))


def chart(drawn: Drawn, key: str) -> None:
    """A chart with its title, days and definition; a table and a single figure as such."""
    st.markdown(f"**{plain(chart_words.headline(drawn, language()))}**")
    if drawn.kind == ChartKind.FIGURE:
        chart_view.figure(drawn)
    elif drawn.kind == ChartKind.TABLE:
        chart_view.table(drawn, key=key)
    else:
        chart_view.marks(drawn, key=key)
    chart_view.below(drawn)


def _figure(figure: Told) -> None:
    """A card; what changed may take two lines."""
    change = figure.change.within(language())
    with st.container(border=True, gap=None, height="stretch"):
        st.metric(plain(figure.heading(language())), figure.value.within(language()))
        if change != DASH.within(language()):
            st.caption(plain(change))
