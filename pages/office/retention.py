"""Retention: how long which records are kept, lists of what is due, what is held, and the protocol of what went."""

import streamlit as st

from components import asked, retention_lists
from components.screens import enter
from components.words import t

actor = enter(__file__)
review_id = asked.number_of(st.query_params.get("id"))
if review_id is not None:
    retention_lists.one(actor, review_id)
else:
    st.caption(
        t(
            "What was kept long enough goes after one person put it on a list and another approved it. Figures, days "
            "and units stay; names, telephones, addresses, words and files go."
        )
    )
    st.subheader(t("What is due"), anchor=False)
    retention_lists.propose(actor)
    st.subheader(t("Lists"), anchor=False)
    retention_lists.protocol(actor)
    st.subheader(t("On hold"), anchor=False)
    retention_lists.holds(actor)
    st.subheader(t("Schedule"), anchor=False)
    retention_lists.schedule(actor)
