"""The committees and their mediators, with terms, trainings and searches."""

import streamlit as st

from components.committee_tabs import show_members, show_searches, show_trainings
from components.committees import adding_form, asked_for, facts, head, keeping, overview
from components.screens import enter
from components.words import t
from db.rules.permissions import Permission
from db.services.mediation import committees

actor = enter(__file__)
keeps = actor.may(Permission.COMMITTEES_MANAGE)
every = committees.committees(actor, retired=True)
chosen = asked_for(every)

if chosen is not None:
    head(actor, chosen)
    facts(chosen)
    labels = [t("Members"), t("Trainings"), t("Searches")] + [t("Correct or retire")] * keeps
    places = st.tabs(labels)
    with places[0]:
        show_members(actor, chosen, keeps=keeps)
    with places[1]:
        show_trainings(actor, chosen, keeps=keeps)
    with places[2]:
        show_searches(actor, chosen, keeps=keeps)
    if keeps:
        with places[3]:
            keeping(actor, chosen)
    st.stop()

retired = not every["active"].all() and st.toggle(t("Also retired committees"), key="committees:retired")
shown = every if retired else every[every["active"]]
if shown.empty and keeps:
    st.info(t("No committee yet. Enter the village's or the street's first, then its chair and members."))
elif shown.empty:
    st.info(t("No committee yet. The director or the administrator enters them."))
else:
    overview(actor, shown)
if keeps:
    with st.expander(t("Add a committee"), icon=":material/add:", expanded=shown.empty):
        adding_form(actor)
