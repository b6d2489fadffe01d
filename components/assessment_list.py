"""The assessments: the list, a new one from a preset or from another year's, and one of them with its units."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import asked, saved_by
from components.assessment_units import choosing
from components.assessment_units import fields as unit_fields
from components.due_rows import clicked
from components.forms import Form, plain, press
from components.kept_forms import KeptForm
from components.rubric_address import ID, open_rubric
from components.rubric_labels import label
from components.score_labels import named
from components.shown_lists import export_shown
from components.tables import table
from components.words import t
from db import clock
from db.engine import current
from db.rules.people import KINDS
from db.rules.permissions import Actor
from db.services.duty.rows import records
from db.services.scoring import assessments

_OPENED, _MADE = "assessments_opened", "assessments_made"
_PRESET, _COPY = "preset", "copy"
Row = Mapping[str, Any]


# --- the list ---


def overview(found: pd.DataFrame) -> None:
    """Every assessment in a line, a click opens it."""
    rows = records(found)
    drafts = found["draft_id"].notna().any()
    told = pd.DataFrame(
        {
            "id": found["id"],
            "year": found["year"],
            "name": [named(row) for row in rows],
            "kind": [label("kind", row["kind"]) for row in rows],
            "units": found["units"],
            "force": [_edition(row["edition"]) for row in rows],
            "draft": [_edition(row["draft_edition"]) for row in rows],
            "state": [t("In use") if row["active"] else t("Retired") for row in rows],
        }
    )
    config = st.column_config
    columns: dict[str, Any] = {
        "year": config.NumberColumn(t("Year"), format="%d", width=70),
        "name": config.TextColumn(t("Name"), width=260),
        "kind": config.TextColumn(t("Kind"), width=130),
        "units": config.NumberColumn(t("Units"), width=70),
        "force": config.TextColumn(t("In force"), width=110),
        "draft": config.TextColumn(t("Draft"), width=110),
        "state": config.TextColumn(t("State"), width=90),
    }
    if not drafts:
        del columns["draft"]
    if found["active"].all():
        del columns["state"]
    export_shown("assessments", t("Assessments"), told, columns)
    opened = st.session_state.setdefault(_OPENED, 0)
    place = clicked(told, columns, key=f"assessments:{opened}", alt=t("Assessments; press Enter on one to open it"))
    if place is not None:
        # The browser keeps a table's selection: back from one, the list must be another table.
        st.session_state[_OPENED] = opened + 1
        _open(int(found["id"].iloc[place]))


def asked_for(found: pd.DataFrame) -> Row | None:
    """The assessment of ?id=, or None when the address names none that exists."""
    wanted = asked.number_of(st.query_params.get(ID))
    return next((row for row in records(found) if row["id"] == wanted), None)


def adding(actor: Actor, found: pd.DataFrame, *, expanded: bool) -> None:
    """A new one: what it begins with is chosen first, because name and year follow from it."""
    with st.expander(t("Add an assessment"), icon=":material/add:", expanded=expanded, key="assessments-add"):
        presets = {f"{_PRESET}:{one['code']}": one for one in assessments.rubric_presets(actor)}
        copies = {f"{_COPY}:{row['id']}": row for row in records(found)}
        every: dict[str, Row] = {**presets, **copies}
        begin = st.selectbox(
            t("Begin with"),
            list(every),
            format_func=lambda code: _beginning(code, every.get(code, {})),
            key="assessments:begin",
        )
        chosen = every[begin]
        kind, _, which = str(begin).partition(":")
        st.caption(plain(_told(kind, chosen)))
        form = KeptForm("assessments.add", record=begin, border=False)
        with form:
            left, right = st.columns(2)
            with left:
                form.text("name", t("Name"), chosen["name"])
                form.number("year", t("Year"), _year(kind, chosen))
            with right:
                form.text("name_en", t("Name in English (optional)"), chosen["name_en"])
            units = assessments.units_of(actor, assessment_id=int(which)) if kind == _COPY else pd.DataFrame()
            unit_fields(actor, form, [int(one) for one in units["unit_id"]] if kind == _COPY else ())
            fixed: dict[str, Any] = {"copy_of_id": int(which)} if kind == _COPY else {"preset": which}
            form.submit(t("Add"), choosing(assessments.add_assessment, actor), **fixed)
        if form.result is not None and st.session_state.get(_MADE) != form.result:
            st.session_state[_MADE] = form.result
            _open(int(form.result))


def _beginning(code: str, row: Row) -> str:
    if not row:
        return code
    return t("Copy of {year}: {name}", year=row["year"], name=named(row)) if "year" in row else named(row)


def _told(kind: str, row: Row) -> str:
    if kind == _COPY:
        return t("Everything as in its newest edition, with the periods in the year chosen.")
    return t("A preset; every number in it can be corrected. Source: {source}", source=row["source"])


def _year(kind: str, row: Row) -> int:
    return int(row["year"]) + 1 if kind == _COPY else clock.today(current().settings.timezone).year


# --- one assessment ---


def head(row: Row) -> None:
    """Its name, year and state, and the way to its rubric."""
    st.button(
        t("All assessments"),
        key="all-assessments",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=st.query_params.clear,
    )
    st.subheader(plain(f"{named(row)} {row['year']}"), anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.badge(label("kind", row["kind"]), color="blue")
        if row["edition"] is not None:
            st.badge(t("Edition {n} in force", n=row["edition"]), color="green")
        if row["draft_edition"] is not None:
            st.badge(t("Edition {n} is a draft", n=row["draft_edition"]), color="orange")
        if not row["active"]:
            st.badge(t("Retired"), color="gray")
        if row["source"]:
            st.markdown(f":gray[{plain(row['source'])}]", width="content")
    with st.container(horizontal=True):
        if row["rubric_id"] is not None and st.button(
            t("Open the rubric"), key="open-rubric", icon=":material/rule:", type="primary"
        ):
            open_rubric(int(row["rubric_id"]))
        if row["draft_id"] is not None and st.button(t("Open the draft"), key="open-draft", icon=":material/edit:"):
            open_rubric(int(row["draft_id"]))


def units(actor: Actor, row: Row) -> pd.DataFrame:
    """The units that are scored; answers them."""
    found = assessments.units_of(actor, assessment_id=int(row["id"]))
    if found.empty:
        st.info(t("No unit is chosen yet."), icon=":material/account_tree:")
        return found
    shown = found.assign(name=[named(one) for one in records(found)])
    kinds = {kind: t(words) for kind, words in KINDS.items()}
    table(shown, {"name": t("Unit"), "kind": t("Kind")}, shows={"kind": kinds.get}, key=f"assessed:{row['id']}")
    return found


def keeping(actor: Actor, row: Row, scored: pd.DataFrame) -> None:
    """Its units, its name, and taking it out of use or putting it back."""
    which: dict[str, Any] = {"assessment_id": int(row["id"])}
    version = int(row["version"])
    saved_by.show(actor, "assessment", int(row["id"]))
    if row["active"]:
        chosen = [int(one) for one in scored["unit_id"]]
        choose = Form("assessments.units", record=row["id"], version=assessments.units_digest(chosen))
        with choose:
            unit_fields(actor, choose, chosen)
            st.caption(t("A unit left out keeps what was entered for it and is not ranked."))
            choose.submit(t("Save the units"), choosing(assessments.set_units, actor), **which)
    form = KeptForm("assessments.edit", record=row["id"], version=version)
    with form:
        left, right = st.columns(2)
        with left:
            form.text("name", t("Name"), row["name"])
        with right:
            form.text("name_en", t("Name in English (optional)"), row["name_en"])
        form.text("source", t("Source (optional)"), row["source"])
        form.submit(t("Save"), assessments.edit_assessment, **which)
    act = assessments.retire_assessment if row["active"] else assessments.restore_assessment
    said = t("Retire") if row["active"] else t("Restore")
    press(f"assessments.{act.__name__}", said, act, record=row["id"], version=version, **which)


def _edition(number: int | None) -> str:
    return "" if number is None else t("Edition {n}", n=number)


def _open(assessment_id: int) -> None:
    st.query_params[ID] = str(assessment_id)
    st.rerun()
