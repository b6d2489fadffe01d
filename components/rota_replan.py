"""Planning a published rota again after sick calls: the fewest changes, seen as a list before they are taken."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.forms import Form, attempt, plain
from components.kept_forms import KeptForm
from components.rota_placing import LINE, whole
from components.rota_sheet import member_of
from components.words import N_, day, t
from db import clock
from db.engine import current
from db.rules.permissions import Actor
from db.rules.problems import Changed, Problem, Problems
from db.services.duty import absences, replanning
from db.services.duty.replanning import Replan
from db.services.duty.rotas import RotaView
from db.services.duty.rows import records
from db.services.records import Saved

_KEPT = "rota_replanned"
MEANWHILE = N_("Somebody changed one of these places meanwhile. Look for the fewest changes again.")


def show(actor: Actor, seen: RotaView) -> None:
    """From which day on, the list of changes, and taking all of them."""
    if seen.state != "published" or not seen.may_plan:
        return
    said = t("Plan again after sick calls or leave")
    with st.expander(said, icon=":material/healing:", key=f"rota-again-{seen.id}", on_change="rerun") as part:
        if part.open:
            _plan(actor, seen)


def _plan(actor: Actor, seen: RotaView) -> None:
    st.caption(t("What was published is kept; as few places as possible change hands, from a day on."))
    _sick_call(seen)
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"rota-replan-{seen.id}"):
        from_on = st.date_input(
            t("From"), value=_first(seen), key=f"rota-replan-from:{seen.id}", format="YYYY-MM-DD", width=180
        )
        asked = st.button(t("Look for the fewest changes"), key=f"rota-replan-ask:{seen.id}", type="primary")
    key = f"{_KEPT}:{seen.id}:{seen.version}:{hash(tuple(seen.absences['id']))}"
    if asked:
        with st.spinner(t("Looking for the fewest changes…")):
            found = attempt(replanning.replan, actor, rota_id=seen.id, from_on=from_on)
        st.session_state[key] = found
    if (kept := st.session_state.get(key)) is not None:
        _result(actor, seen, kept)


def take(actor: Actor, **values: Any) -> Saved:
    """All the changes that were shown, or none of them when somebody changed a place meanwhile."""
    try:
        return whole(replanning.take_replan)(actor, **values)
    except Changed as changed:
        raise Problems(Problem("", MEANWHILE)) from changed


def _sick_call(seen: RotaView) -> None:
    """Who called in sick, entered here so that nobody has to leave the rota for it."""
    names = {int(row["id"]): str(row["name"]) for row in seen.people if row["active"]}
    today = _first(seen)
    with KeptForm("rota.sick", record=seen.id, border=False, behind=f"rota-again-{seen.id}") as form:
        who, since, until, why = st.columns(4)
        with who:
            form.choose("member_id", t("Who is away"), names)
        with since:
            form.day("from_on", t("Away from"), today)
        with until:
            form.day("until_on", t("Until (empty: one day)"))
        with why:
            form.text("reason", t("Reason (optional)"), max_chars=LINE)
        form.submit(t("Enter the leave"), enter_leave, main=False, icon=":material/sick:")


def enter_leave(actor: Actor, *, member_id: int | None, **days: Any) -> int:
    """Leave of a member who must be named."""
    if member_id is None:
        raise Problems(Problem("member_id", N_("Choose who is away.")))
    return absences.add_absence(actor, member_id=member_id, kind="leave", **days)


def _result(actor: Actor, seen: RotaView, found: Replan) -> None:
    if found.changes.empty:
        st.success(t("Nothing has to change."), icon=":material/check:")
        return
    said = t("Places that change hands: {n}", n=len(found.changes))
    said += t("; fewer is impossible") if found.proven else ""
    said += t("; places that stay open: {n}", n=found.open) if found.open else t("; no place stays open")
    st.markdown(f"**{plain(said)}**")
    st.dataframe(_told(actor, seen, found.changes), hide_index=True, key=f"rota-replan-list:{seen.id}")
    rows = {int(row["place_id"]): (int(row["version"]), member_of(row, "becomes_id")) for row in records(found.changes)}
    with Form("rota.replan", record=seen.id, border=False) as form:
        form.text("reason", t("Reason of the changes"), max_chars=LINE)
        form.submit(t("Take these changes"), take, icon=":material/download_done:", rota_id=seen.id, rows=rows)


def _told(actor: Actor, seen: RotaView, changes: pd.DataFrame) -> pd.DataFrame:
    roles = code_labels(actor, "duty_role")
    rows = [
        (
            day(row["on_day"]),
            f"{seen.shifts.get(int(row['shift_id']), '')} · {seen.posts.get(int(row['post_id']), '')}",
            roles.get(row["role"], row["role"]),
            row["was"] or t("open"),
            row["becomes"] or t("open"),
        )
        for row in records(changes)
    ]
    return pd.DataFrame(rows, columns=[t("Day"), t("Place to serve"), t("Role"), t("Was"), t("Becomes")])


def _first(seen: RotaView) -> date:
    """Today, or the first day when it has not begun."""
    today = clock.today(current().settings.timezone)
    return min(max(today, seen.from_on), seen.until_on)
