"""Disputes as a table people read: what one may only know of is told by number, state and committee, and stays shut."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from components import downloads
from components.case_labels import code_labels
from components.dispute_address import open_dispute
from components.dispute_labels import label, labels
from components.due_rows import clicked, left_column, time_left
from components.words import N_, t
from db.rules.permissions import Actor, Permission
from db.services.mediation import exports
from db.services.mediation.lists import Choice, Tab

MARKS = ("major", "child", "escalation")
SHOWN: tuple[str, ...] = ("lock", "number", "subject", "left", "state", "parties", "mediators")
SHOWN += ("committee", "category", "source", "marks", "received_on")


EXPORTED = tuple(
    name
    for column in SHOWN
    for name in {"lock": (), "left": ("next_due_on", "days_left"), "marks": MARKS}.get(column, (column,))
)
KNOWN_ONLY = ("lock", "number", "state", "committee")


def table(actor: Actor, rows: pd.DataFrame, *, key: str, columns: tuple[str, ...] = SHOWN) -> None:
    """The rows to read; a click on one that may be read opens it in this tab."""
    told = _told(actor, rows)
    if not rows["whole"].any():
        columns = KNOWN_ONLY
    known = _columns(told)
    config = {name: known[name] for name in columns if name != "lock" or not rows["whole"].all()}
    place = clicked(told, config, key=key, alt=t("Disputes; press Enter on one to open it"))
    if place is None:
        return
    if rows["whole"].iloc[place]:
        open_dispute(int(rows["id"].iloc[place]))
    known_only = t("{number}: you see that it exists and how it stands; only its mediators see the file.")
    st.info(known_only.format(number=told["number"][place]), icon=":material/lock:")


def _told(actor: Actor, rows: pd.DataFrame) -> pd.DataFrame:
    """Codes as words, days as what is left of them, what must not be overlooked in one column."""
    states = labels("state")
    categories, sources = code_labels(actor, "dispute_category"), code_labels(actor, "dispute_source")
    told = rows.reset_index(drop=True)
    told["lock"] = ["" if whole else "🔒" for whole in rows["whole"]]
    told["left"] = [left if whole else [] for left, whole in zip(time_left(rows), rows["whole"], strict=True)]
    told["state"] = [states.get(code, code) for code in rows["state"]]
    told["category"] = [categories.get(code, code) for code in rows["category"]]
    told["source"] = [sources.get(code, code) for code in rows["source"]]
    marks = dict(zip(MARKS, (t("Major"), t("Child"), t("Risk")), strict=True))
    told["marks"] = [[word for name, word in marks.items() if row[name]] for row in rows.to_dict("records")]
    return told


def _columns(told: pd.DataFrame) -> dict[str, Any]:
    config = st.column_config
    marks = {t("Major"): "orange", t("Child"): "violet", t("Risk"): "red"}
    return {
        "lock": config.TextColumn("", width=30),
        "number": config.TextColumn(t("Number"), width=125),
        "tab": config.TextColumn(t("To do"), width=130),
        "subject": config.TextColumn(t("Subject"), width=240),
        "left": left_column(told),
        "state": config.TextColumn(t("State"), width=150),
        "parties": config.TextColumn(t("Parties"), width=150),
        "mediators": config.TextColumn(t("Mediators"), width=120),
        "committee": config.TextColumn(t("Committee"), width=170),
        "category": config.TextColumn(t("Category"), width=140),
        "source": config.TextColumn(t("Source"), width=130),
        "marks": config.MultiselectColumn(t("Marks"), options=list(marks), color=list(marks.values()), width=130),
        "received_on": config.DateColumn(t("Received"), format="YYYY-MM-DD", width=110),
    }


def export(choice: Choice) -> None:
    """The files of the list one may open, as a workbook."""
    said, left_out = N_("{n} disputes exported."), N_("{n} disputes that are not yours to open are left out.")
    asked: dict[str, Any] = {"choice": choice, "columns": EXPORTED}
    downloads.export_button(t("Export"), exports.ask_list, said=said, left_out=left_out, **asked)


def nothing(actor: Actor, choice: Choice) -> None:
    """The empty list, and what to do about it."""
    if replace(choice, page=1, sort=None, ascending=None) != Choice(tab=choice.tab):
        told = t("Nothing fits. Clear the search and the filters, or look under another tab.")
        st.info(told, icon=":material/search_off:")
    elif choice.tab in (Tab.OPEN, Tab.ALL):
        st.info(t("No disputes yet."), icon=":material/handshake:")
    else:
        st.info(t("Nothing waits under “{tab}”. Well done.", tab=label("tab", choice.tab)), icon=":material/done_all:")
    if actor.may(Permission.MEDIATION_OPEN) and st.button(t("Open a dispute"), key="to-open-dispute", type="primary"):
        st.switch_page("pages/mediation/open.py")
