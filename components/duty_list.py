"""The list of duties, the one the address asks for, and a new one from a preset or from nothing."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from components import asked
from components.case_texts import unit_of
from components.duty_labels import named
from components.duty_rules import duty_fields
from components.forms import Form
from components.kept_forms import KeptForm
from components.shown_lists import export_shown
from components.tables import unit_names
from components.words import N_, language, t
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services import units
from db.services.duty import describing, presets
from db.services.duty.describing import DutyView
from db.services.duty.rows import records

ID, PART = "id", "part"
_OPENED = "duties_opened"
PARTS: Mapping[str, str] = {
    "people": N_("People"),
    "leave": N_("Leave and wishes"),
    "pairs": N_("Pairs"),
    "gaps": N_("Missing marks"),
    "served": N_("Served"),
    "needs": N_("Needs"),
    "posts": N_("Posts"),
    "shifts": N_("Shifts"),
    "periods": N_("Special periods"),
    "rules": N_("Rules"),
}


def asked_for(actor: Actor) -> DutyView | None:
    """The duty of ?id=, or None when the address names none that exists."""
    duty_id = asked.number_of(st.query_params.get(ID))
    if duty_id is None:
        return None
    try:
        return describing.duty_view(actor, duty_id=duty_id)
    except NotThere:
        st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
        return None


def overview(actor: Actor, *, manages: bool) -> pd.DataFrame:
    """Every duty in a line; a click opens it. Answers what is shown."""
    retired = manages and st.toggle(t("Also retired duties"), key="duties:retired")
    found = describing.duties(actor, retired=retired)
    if found.empty:
        said = t("No duty is described yet. Begin with a preset below; every number in it can be corrected.")
        nothing = t("No duty is described yet. The director or the administrator does it.")
        st.info(said if manages else nothing, icon=":material/assignment:")
    else:
        _table(found)
    return found


def _table(found: pd.DataFrame) -> None:
    shown = {
        t("Name"): [named(row) for row in records(found)],
        t("Unit"): [unit_of(row) for row in records(found)],
        t("Posts"): list(found["posts"]),
        t("Shifts"): list(found["shifts"]),
        t("Needs"): list(found["needs"]),
        t("People"): list(found["members"]),
        t("Source"): [named(row, "source") for row in records(found)],
        t("State"): [t("In use") if active else t("Retired") for active in found["active"]],
    }
    export_shown("duties", t("Duties"), pd.DataFrame(shown), {name: name for name in shown})
    # The browser keeps a table's selection: back from a duty, the list must be another table.
    opened = st.session_state.setdefault(_OPENED, 0)
    chosen = st.dataframe(
        pd.DataFrame(shown),
        hide_index=True,
        column_config={t("Name"): st.column_config.TextColumn(width=180)},
        on_select="rerun",
        selection_mode="single-cell",
        key=f"duties:{len(found)}:{opened}",
        alt=t("Duties; press Enter on one to open it"),
        placeholder="–",
        height="content",
    )
    cells = chosen.selection.cells
    if cells and cells[0][0] < len(found):
        st.session_state[_OPENED] = opened + 1
        open_duty(int(found["id"].iloc[cells[0][0]]))


def ask_part(seen: DutyView) -> str:
    """Which part of a duty is shown, kept in the address; what everybody served is for who plans it."""
    parts = [code for code in PARTS if code != "served" or seen.may_plan]
    part = st.query_params.get(PART, "")
    part = part if part in parts else "people"
    asked.widget(
        st.pills,
        PART,
        part,
        label=t("Part of the duty"),
        options=parts,
        format_func=lambda code: t(PARTS[code]),
        required=True,
        label_visibility="collapsed",
    )
    return part


def open_duty(duty_id: int) -> None:
    """Show one duty."""
    st.query_params[ID] = str(duty_id)
    st.rerun()


def preset_form(actor: Actor, *, expanded: bool) -> None:
    """A new duty with the posts, shifts and needs of a preset."""
    with st.expander(t("Begin with a preset"), icon=":material/playlist_add:", expanded=expanded):
        form = Form("duties.preset", border=False)
        with form:
            form.choose("preset", t("Duty"), presets.duty_presets(actor, language=language()))
            form.choose("unit_id", t("Unit"), {None: t("No unit")} | unit_names(units.units(actor)))
            form.submit(t("Take this preset"), presets.load_duty_preset)
        _go_there("duties_preset_taken", form)


def add_form(actor: Actor) -> None:
    """A new duty from nothing."""
    with st.expander(t("Describe a duty from nothing"), icon=":material/add:"):
        form = KeptForm("duties.add", border=False)
        with form:
            duty_fields(actor, form, None)
            form.submit(t("Add"), describing.add_duty)
        _go_there("duties_added", form)


def _go_there(went: str, form: Form) -> None:
    """Open the duty just made, once."""
    if form.result is not None and st.session_state.get(went) != form.result:
        st.session_state[went] = form.result
        open_duty(int(form.result))
