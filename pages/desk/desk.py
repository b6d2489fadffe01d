"""My desk: what needs me today, what I began, what I did last, and the figures of my unit."""

import streamlit as st

from components import case_desk
from components.screens import enter
from db.rules.permissions import Permission

actor = enter(__file__)
reads_cases = actor.may(Permission.CASES_READ)

if reads_cases:
    case_desk.needs_me(actor)
case_desk.upkeep(actor)
left, right = st.columns([1, 1], gap="large")
with left:
    case_desk.drafts(actor)
    if reads_cases:
        case_desk.done_lately(actor)
with right:
    if actor.may(Permission.FIGURES_READ):
        case_desk.numbers(actor)
