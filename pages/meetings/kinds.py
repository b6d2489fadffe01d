"""Kinds of meetings: how often each is due, who attends, what its agenda begins with."""

import streamlit as st

from components import meeting_kinds
from components.screens import enter
from components.words import t
from db.services.meetings import kinds

actor = enter(__file__)
every = kinds.kinds(actor)
chosen = meeting_kinds.asked_for(every)
if chosen is not None:
    meeting_kinds.one(actor, chosen)
    st.stop()

if every.empty:
    st.info(t("No kind of meeting yet. Begin with the usual ones, or add your own."), icon=":material/event_repeat:")
else:
    meeting_kinds.overview(every)
meeting_kinds.usual(every)
meeting_kinds.adding(expanded=every.empty)
