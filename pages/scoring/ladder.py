"""The monthly ladder: figures of a month, ranks by increase, what follows of them, and quarters and the year."""

import streamlit as st

from components import asked, downloads, ladder_course, ladder_month, publish_panel
from components.ladder_address import chosen
from components.screens import enter
from components.words import t

actor = enter(__file__)
seen = chosen(actor)
if seen is None:
    st.info(t("No ladder yet. A director sets one up under Assessments."), icon=":material/stairs:")
    st.stop()
if not seen.months:
    st.info(t("The year {year} has not begun.", year=seen.year), icon=":material/event:")
    st.stop()
if seen.units.empty:
    st.info(t("No unit is scored here yet."), icon=":material/account_tree:")
    st.stop()

publish_panel.show(actor, seen.assessment_id, {})
names = [t("Ranking"), t("Over the months"), t("Quarters and year")]
names += [t("Enter figures")] if seen.may_enter else []
tabs = st.tabs(names, default=asked.tab({"figures": names[-1]}))
with tabs[0]:
    ladder_month.standing(seen)
with tabs[1]:
    ladder_course.over_months(seen)
with tabs[2]:
    ladder_course.review(seen)
if seen.may_enter:
    with tabs[3]:
        ladder_month.grid(seen)
downloads.fetch_now()
