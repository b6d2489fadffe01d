"""Units: the centre, its departments and villages, their groups."""

import streamlit as st

from components import saved_by
from components.forms import Form, press
from components.kept_forms import KeptForm
from components.screens import enter
from components.shown_lists import export_shown
from components.tables import pick, table, unit_name, unit_names
from components.words import t
from db.rules.people import KINDS, KINDS_OF_LEVEL, LEVELS
from db.services import units

actor = enter(__file__)
tree = units.tree(actor)
tree["shown"] = list(unit_names(tree).values())
kinds = {kind: t(label) for kind, label in KINDS.items()}
columns = {
    "shown": t("Unit"),
    "kind": t("Kind"),
    "people": t("People"),
    "open_cases": t("Open cases"),
    "active": t("In use"),
}
export_shown("units", t("Units"), tree, columns, shows={"kind": kinds.get})
table(tree, columns, shows={"kind": kinds.get})

above = unit_names(tree[tree["active"] & (tree["level"] < LEVELS)])
with st.expander(t("Add a unit"), icon=":material/add:"):
    adding = KeptForm("units.add", border=False)
    with adding:
        adding.choose("parent_id", t("Below"), above)
        adding.text("name", t("Name"))
        adding.text("name_en", t("Name in English (optional)"))
        adding.choose("kind", t("Kind"), {kind: label for kind, label in kinds.items() if kind != "centre"})
        adding.submit(t("Add"), units.add_unit)

chosen = pick("unit", t("Unit"), unit_names(tree))
if chosen is not None:
    unit = tree.set_index("id").loc[chosen]
    version = int(unit["version"])
    saved_by.show(actor, "unit", chosen)
    form = KeptForm("units.edit", record=chosen, version=version)
    with form:
        form.text("name", t("Name"), unit["name"])
        form.text("name_en", t("Name in English (optional)"), unit["name_en"])
        form.choose("kind", t("Kind"), {k: kinds[k] for k in KINDS_OF_LEVEL[int(unit["level"])]}, unit["kind"])
        form.submit(t("Save"), units.edit_unit, unit_id=chosen)
    moving = Form("units.move", record=chosen, version=version)
    with moving:
        moving.choose("parent_id", t("Move below"), above)
        st.caption(t("Everything below {unit} moves along; what people see follows.", unit=unit_name(unit)))
        moving.submit(t("Move"), units.move_unit, main=False, unit_id=chosen)
    if unit["active"]:
        press("units.retire", t("Retire"), units.retire_unit, record=chosen, unit_id=chosen, version=version)
    else:
        press("units.restore", t("Restore"), units.restore_unit, record=chosen, unit_id=chosen, version=version)
