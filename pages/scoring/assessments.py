"""The assessments: which year, which units, which edition of their rubric is in force."""

import streamlit as st

from components import assessment_list
from components.screens import enter
from components.words import t
from db.rules.permissions import Permission
from db.services.scoring import assessments

actor = enter(__file__)
manages = actor.may(Permission.RUBRICS_MANAGE)
every = assessments.assessments(actor, retired=True)
chosen = assessment_list.asked_for(every)

if chosen is not None:
    assessment_list.head(chosen)
    scored = assessment_list.units(actor, chosen)
    if manages:
        assessment_list.keeping(actor, chosen, scored)
    st.stop()

retired = not every["active"].all() and st.toggle(t("Also retired assessments"), key="assessments:retired")
shown = every if retired else every[every["active"].astype(bool)].reset_index(drop=True)
if shown.empty and manages:
    st.info(t("No assessment yet. Begin with a preset below; every number in it can be corrected."))
elif shown.empty:
    st.info(t("No assessment yet. The director or the administrator sets one up."), icon=":material/rule:")
else:
    assessment_list.overview(shown)
if manages:
    assessment_list.adding(actor, every, expanded=shown.empty)
