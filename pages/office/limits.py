"""Limits: every number the clocks count with, its basis, and from when it holds."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from components import saved_by, taking_back
from components.forms import press
from components.grids import edit_grid
from components.kept_forms import KeptForm
from components.screens import enter
from components.shown_lists import export_shown
from components.tables import pick, table
from components.words import day, t
from db.rules.limits import LABELS, UNITS
from db.services import office

actor = enter(__file__)
sets = office.limit_sets(actor)
columns = {
    "name": t("Limit set"),
    "source": t("Source"),
    "effective_from": t("In force from"),
    "active": t("In use"),
    "kept": t("Records kept under it"),
}
table(sets, columns, shows={"name": t, "source": t, "effective_from": day})

chosen = pick("set", t("Limit set"), {int(s["id"]): t(s["name"]) for _, s in sets.iterrows()}, required=True)
if chosen is not None:
    limit_set = sets.set_index("id").loc[chosen]
    saved_by.show(actor, "limit_set", chosen)
    rules = office.limit_rules(actor, limit_set_id=chosen)
    rules.insert(3, "label", [t(LABELS.get(code, code)) for code in rules["code"]])
    used = int(limit_set["kept"]) > 0
    labels = {"label": t("Limit"), "amount": t("Amount"), "unit": t("Counted in"), "basis": t("Basis")}
    labels |= {"source": t("Rule")}
    units = {unit.value: t(label) for unit, label in UNITS.items()}
    says: dict[str, Callable[[Any], object]] = {"unit": units.get, "basis": t, "source": t}
    export_shown("limits", t("Limits"), rules, labels, shows=says, about=[(t("Limit set"), t(limit_set["name"]))])
    if used:
        st.info(t("Records are kept under this set, so its numbers stay. Copy it to change them from a day on."))
        table(rules, labels, shows=says)
    else:
        edit_grid(
            f"limits:{chosen}",
            rules.assign(basis=rules["basis"].map(t), source=rules["source"].map(t)).set_index("id"),
            editable=("amount", "unit", "basis", "source"),
            config={
                "label": st.column_config.TextColumn(labels["label"], width="large"),
                "amount": st.column_config.NumberColumn(labels["amount"], min_value=0, step=1, required=True),
                "unit": st.column_config.SelectboxColumn(
                    labels["unit"], options=list(units), format_func=lambda code: units[str(code)], required=True
                ),
                "basis": st.column_config.TextColumn(labels["basis"], required=True, max_chars=120),
                "source": st.column_config.TextColumn(labels["source"], max_chars=40),
            },
            save=office.edit_limits,
            label="label",
        )
        taking_back.show(actor, "limits", chosen)
    active, version = bool(limit_set["active"]), int(limit_set["version"])
    text = t("Take out of use") if active else t("Put in use")
    press(
        "limits.use",
        text,
        office.activate_limits,
        record=chosen,
        limit_set_id=chosen,
        version=version,
        active=not active,
    )
    with st.expander(t("Copy to a new set"), icon=":material/content_copy:"):
        copying = KeptForm("limits.copy", record=chosen, border=False)
        with copying:
            copying.text("name", t("Name of the new set"))
            copying.text("source", t("Regulation or decision it comes from"))
            copying.day("effective_from", t("In force from"), "today")
            st.caption(t("Cases taken in from that day on are kept under it, once it is in use."))
            copying.submit(t("Copy"), office.copy_limits, limit_set_id=chosen)
