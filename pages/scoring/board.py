"""Scores of an assessment while it is open: ranks, what totals are made of, ranks over time, and the way to a sheet."""

import streamlit as st

from components import asked, publish_panel, score_board, score_column, score_records
from components.score_address import chosen_board
from components.screens import enter
from components.words import t
from db.rules.scoring.words import RubricKind
from db.services.scoring import board

actor = enter(__file__)
found = board.assessments(actor)
found = found[found["kind"] == RubricKind.POINTS].reset_index(drop=True)
if found.empty:
    st.info(t("No assessment yet. A director sets one up under Assessments."), icon=":material/leaderboard:")
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    seen = chosen_board(actor, found)
    score_records.compute_all(actor, seen.assessment_id)
if seen.document is None:
    st.info(t("This assessment has no rubric in force yet."), icon=":material/gavel:")
    st.stop()
if seen.units.empty:
    st.info(t("No unit is scored here yet."), icon=":material/account_tree:")
    st.stop()

publish_panel.show(actor, seen.assessment_id, seen.document)
names = [t("Units"), t("What totals are made of"), t("Ranks over time")]
enters = actor.may(score_column.PERMISSION)
names += [t("Enter by item")] if enters else []
tabs = st.tabs(names, default=asked.tab({"items": names[-1]}))
with tabs[0]:
    score_board.table(seen)
with tabs[1]:
    score_board.made_of(seen)
with tabs[2]:
    score_board.over_time(seen)
if enters:
    with tabs[3]:
        score_column.show(actor, seen)
