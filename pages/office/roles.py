"""Roles: who may do what, and how far it reaches; read from the one table the program itself obeys."""

import pandas as pd
import streamlit as st

from components.labels import PERMISSIONS, ROLES, SCOPES
from components.screens import enter
from components.shown_lists import export_shown
from components.words import t
from db.rules.permissions import GRANTS

actor = enter(__file__)
st.caption(t("Empty means no. People get their roles on the People screen; what a role may do is fixed."))
matrix = pd.DataFrame(
    {
        t(name): [t(SCOPES[GRANTS[role][p]]) if p in GRANTS[role] else "" for p in PERMISSIONS]
        for role, name in ROLES.items()
    },
    index=pd.Index([t(label) for label in PERMISSIONS.values()], name=t("May")),
)
export_shown("roles", t("Roles"), matrix.reset_index(), {name: name for name in matrix.reset_index().columns})
st.dataframe(matrix, width="stretch", height="content")
st.subheader(t("How far it reaches"))
reach = {
    t("own"): t("what the person registered or handles"),
    t("own unit"): t("what is with the person's unit"),
    t("unit and below"): t("what is with the unit and the units below it"),
    t("all"): t("everything except sealed accusations and matters the person stepped aside from"),
}
st.dataframe({t("Scope"): list(reach), t("Meaning"): list(reach.values())}, hide_index=True)
st.info(t("Administrator and audit administrator must be two people. The administrator can't read cases."))
