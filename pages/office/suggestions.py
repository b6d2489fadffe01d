"""Suggestions: what they learned from, how good they proved, learn anew, switch off."""

import streamlit as st

from components import suggestion_card
from components.case_labels import code_labels
from components.screens import enter
from components.tables import unit_names
from components.words import t
from db.services import units
from db.services.suggesting import Kind

actor = enter(__file__)
st.caption(
    t(
        "Learned from the subject and the words of closed cases, never from sealed ones or accusations. What is kept "
        "are numbers; no word can be read from them. A suggestion is only offered: nothing is chosen by itself."
    )
)
category, unit = st.tabs([t("Category"), t("Lead unit")])
with category:
    suggestion_card.show(actor, Kind.CATEGORY, code_labels(actor, "category"))
with unit:
    names = {str(one): name.strip("　") for one, name in unit_names(units.units(actor, retired=True)).items()}
    suggestion_card.show(actor, Kind.UNIT, names)
