"""The directory of committees on screen: the list, one committee, and the forms of those who keep it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components import saved_by
from components.case_labels import code_labels
from components.case_texts import fact, unit_of
from components.forms import Form, plain, press
from components.kept_forms import KeptForm
from components.shown_lists import export_shown
from components.tables import unit_names
from components.words import N_, day, language, t, told
from db.rules.permissions import Actor
from db.rules.problems import Problem
from db.services import units
from db.services.duty.rows import records
from db.services.mediation import committees

ID = "id"
_OPENED = "committees_opened"
# What a warning is about, in a word.
CONCERNS: Mapping[str, str] = {
    "members": N_("Members"),
    "women": N_("Women"),
    "chair": N_("Chair"),
    "term_from": N_("Term"),
}
FOUNDED_FROM = date(1949, 10, 1)
# A long name fits, and on a telephone the badges beside it.
NAME_WIDTH = 250
Row = Mapping[str, Any]


# --- the list ---


def overview(actor: Actor, frame: pd.DataFrame) -> None:
    """Every committee in a line, what is off as badges; a click opens it."""
    kinds = code_labels(actor, "committee_kind")
    shown = {
        t("Name"): [name_of(row) for row in records(frame)],
        t("To look at"): [_concerns(row) for row in records(frame)],
        t("Members"): list(frame["members"]),
        t("Women"): list(frame["women"]),
        t("Term until"): [day(until) for until in frame["term_until"]],
        t("Kind"): [kinds.get(kind, kind) for kind in frame["kind"]],
        t("Unit"): [unit_of(row) for row in records(frame)],
    }
    frame_shown = pd.DataFrame(shown)
    export_shown("committees", t("Committees"), frame_shown, {name: name for name in shown})
    badges = st.column_config.MultiselectColumn(options=[*map(t, CONCERNS.values()), t("Retired")], color="orange")
    # The browser keeps a table's selection: back from a committee, the list must be another table.
    opened = st.session_state.setdefault(_OPENED, 0)
    chosen = st.dataframe(
        frame_shown,
        hide_index=True,
        column_config={t("Name"): st.column_config.TextColumn(width=NAME_WIDTH), t("To look at"): badges},
        on_select="rerun",
        selection_mode="single-cell",
        key=f"committees:{len(frame)}:{opened}",
        alt=t("Committees; press Enter on one to open it"),
        placeholder="–",
        height="content",
    )
    cells = chosen.selection.cells
    if cells and cells[0][0] < len(frame):
        st.session_state[_OPENED] = opened + 1
        st.query_params[ID] = str(frame["id"].iloc[cells[0][0]])
        st.rerun()


def asked_for(frame: pd.DataFrame) -> Row | None:
    """The committee of ?id=, or None when the address names none that exists."""
    asked = st.query_params.get(ID, "")
    return next((row for row in records(frame) if str(row["id"]) == asked), None)


def name_of(row: Row) -> str:
    """A committee's name in the reader's language, where it has one."""
    return str((language() == "en" and row["name_en"]) or row["name"])


def _concerns(row: Row) -> list[str]:
    """The words of a row's badges, each once."""
    told_of = [t(CONCERNS[problem.field]) for problem in row["warnings"]]
    return list(dict.fromkeys(told_of)) if row["active"] else [t("Retired")]


# --- one committee ---


def head(actor: Actor, row: Row) -> None:
    """Its name, what it is, and what it should look at."""
    st.button(t("All committees"), icon=":material/arrow_back:", type="tertiary", on_click=st.query_params.clear)
    st.subheader(plain(name_of(row)), anchor=False)
    with st.container(horizontal=True):
        st.badge(_label(actor, "committee_kind", row["kind"]), color="blue")
        if row["field"]:
            st.badge(_label(actor, "dispute_category", row["field"]), color="gray")
        if not row["active"]:
            st.badge(t("Retired"), color="gray")
    if row["active"] and row["warnings"]:
        st.markdown("  \n".join(f":orange[:material/info: {plain(_sentence(each))}]" for each in row["warnings"]))
        st.caption(t("Reminders from the People's Mediation Law; the committee goes on working."))


def _label(actor: Actor, list_name: str, code: str) -> str:
    return code_labels(actor, list_name).get(code) or code


def facts(row: Row) -> None:
    """Where it belongs, since when, and how many people and files it has."""
    counted = t("{members}, of them {women} women and {full} full-time", **_numbers(row))
    lines = [
        (t("Unit"), unit_of(row) or "–"),
        (t("Set up on"), day(row["set_up_on"])),
        (t("Term began on"), day(row["term_from"])),
        (t("Term until"), day(row["term_until"])),
        (t("Members"), counted),
        (t("Open files"), row["open_files"]),
    ]
    for place, start in zip(st.columns(3), range(0, len(lines), 2), strict=True):
        place.markdown("\n\n".join(fact(name, value) for name, value in lines[start : start + 2]))


def _numbers(row: Row) -> dict[str, object]:
    return {"members": row["members"], "women": row["women"], "full": row["full_time"]}


def _sentence(problem: Problem) -> str:
    """A warning with its day as people write it."""
    values = {name: day(value) if isinstance(value, date) else value for name, value in problem.values.items()}
    return told(replace(problem, values=values))


def adding_form(actor: Actor) -> None:
    """A new committee."""
    form = KeptForm("committees.add", border=False)
    with form:
        _committee_fields(actor, form, {})
        form.submit(t("Add"), committees.add_committee)


def keeping(actor: Actor, row: Row) -> None:
    """Correct it, begin its new term, take it out of use or put it back."""
    committee_id, version = int(row["id"]), int(row["version"])
    saved_by.show(actor, "committee", committee_id)
    form = KeptForm("committees.edit", record=committee_id, version=version)
    with form:
        _committee_fields(actor, form, row)
        form.submit(t("Save"), committees.edit_committee, committee_id=committee_id)
    use("committees", row, committees.retire_committee, committees.restore_committee, committee_id=committee_id)


def _committee_fields(actor: Actor, form: Form, row: Row) -> None:
    kinds = code_labels(actor, "committee_kind", retired=False)
    fields = {"": t("No particular field")} | code_labels(actor, "dispute_category", retired=False)
    places = {None: t("No unit")} | unit_names(units.units(actor))
    where = row.get("unit_id")
    left, right = st.columns(2)
    with left:
        form.text("name", t("Name"), row.get("name", ""))
        form.choose("kind", t("Kind"), kinds, row.get("kind"))
        form.day("set_up_on", t("Set up on"), row.get("set_up_on"), min_value=FOUNDED_FROM)
    with right:
        form.text("name_en", t("Name in English (optional)"), row.get("name_en", ""))
        form.choose("field", t("Field, for a specialised committee"), fields, row.get("field", ""))
        form.day("term_from", t("Term began on"), row.get("term_from"), min_value=FOUNDED_FROM)
    form.choose("unit_id", t("Unit"), places, None if pd.isna(where) else int(where))


def use(name: str, row: Row, retire: Callable[..., int], restore: Callable[..., int], **ids: Any) -> None:
    """The one button that takes a row out of use, or puts it back."""
    act, label = (retire, t("Retire")) if row["active"] else (restore, t("Restore"))
    form = f"{name}.{'retire' if row['active'] else 'restore'}"
    press(form, label, act, record=row["id"], version=int(row["version"]), **ids)
