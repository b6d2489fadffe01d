"""One chart: asked with a few choices, drawn at once, kept, shared and taken away."""

import streamlit as st

from components import chart_address, chart_behind, chart_keep, chart_question, chart_view
from components.screens import enter
from components.words import t

actor = enter(__file__)
seen = chart_address.saved_chart(actor)
spec = chart_address.spec_asked() or (seen.spec if seen is not None else None)
if spec is None:
    chart_question.begin(actor)
    st.stop()

spec = chart_question.completed(actor, spec)
chart_id = seen.id if seen is not None else None
answer, question = st.columns([3, 1], gap="medium")
with question:
    chart_question.ask(actor, spec, chart_id)
with answer:
    drawn = chart_view.draw(actor, spec)
    if drawn is None:
        chart_keep.tools_of_broken(seen)
        st.stop()
    chart_view.heading(drawn)
    chart_question.shape(spec, chart_id, drawn)
    chart_view.figure(drawn)
    clicked = chart_view.marks(drawn, key="chart", clickable=True)
    if chart_view.is_table(drawn):
        clicked = chart_view.table(drawn, key="chart")
    chart_view.below(drawn)

chart_keep.tools(actor, spec, drawn, seen)
if chart_view.has_more(drawn):
    with st.expander(t("Table")):
        clicked = chart_view.table(drawn, key="chart") or clicked
chart_behind.show(actor, drawn, clicked)
