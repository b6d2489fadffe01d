"""The charts somebody pinned to the desk, small; a click on the name opens one."""

import streamlit as st

from components import chart_view
from components.chart_address import open_chart
from components.forms import plain
from components.words import language, t
from db.documents import chart_words
from db.rules.briefings.chart import ChartKind, Drawn
from db.rules.permissions import Actor
from db.rules.problems import Problems, Refused
from db.services.briefings import drawing, saved
from db.services.briefings.saved import Saved

HEIGHT, ROWS = 280, 6


def show(actor: Actor) -> None:
    """At most four, two abreast, each asked once; nothing when none is pinned."""
    pinned = saved.pinned(actor)
    if not pinned:
        return
    st.subheader(t("My charts"), anchor=False)
    for row in (pinned[:2], pinned[2:]):
        for column, one in zip(st.columns(2), row, strict=False):
            with column.container(border=True, height="stretch", key=f"desk-chart-{one.id}"):
                _card(actor, one)


def _card(actor: Actor, one: Saved) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(one.name)}**", width="stretch")
        if st.button(t("Show"), key=f"desk-chart-open-{one.id}", type="tertiary", icon=":material/arrow_forward:"):
            open_chart(chart_id=one.id)
    try:
        drawn = drawing.draw(actor, spec=one.spec)
    except Refused:
        st.caption(t("You may not read the figures of this register."))
        return
    except Problems:
        st.caption(t("This chart can't be drawn any more. Open it to change its question."))
        return
    if drawn.kind == ChartKind.FIGURE:
        chart_view.figure(drawn)
    elif drawn.kind == ChartKind.TABLE:
        _table(drawn)
    else:
        chart_view.marks(drawn, key=f"desk-chart-{one.id}", height=HEIGHT)
    st.caption(plain(chart_words.caption(drawn, language())))


def _table(drawn: Drawn) -> None:
    heads, rows = chart_words.table(drawn, language())
    names = [head if heads.index(head) == at else f"{head} ({at})" for at, head in enumerate(heads)]
    shown = {name: [row[at] for row in rows[:ROWS]] for at, name in enumerate(names)}
    st.dataframe(shown, hide_index=True, alt=chart_words.headline(drawn, language()))
