"""Superiors' layouts: their own Excel and Word files, filled from a register without code."""

import streamlit as st

from components import layouts as drawn
from components.screens import enter
from components.words import t
from db.services import layouts

actor = enter(__file__)
removed = st.toggle(t("Also removed layouts"), key="layouts:removed")
frame = layouts.layouts(actor, removed=removed)
if frame.empty:
    st.info(t("No layout yet. Add the file a superior wants filled in."), icon=":material/table_chart:")
else:
    drawn.overview(frame)
drawn.adding()
if not frame.empty:
    drawn.one(actor, frame)
