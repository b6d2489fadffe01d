"""The registers of work as a table people read; a click opens a line."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from components import downloads
from components.case_texts import unit_of
from components.due_rows import clicked
from components.words import N_, t
from components.works_address import open_line
from components.works_labels import COUNTED, counted, label
from db.rules.permissions import Actor, Permission
from db.rules.scoring.works import Paper
from db.services.duty.rows import records
from db.services.works import exports
from db.services.works.lists import Choice, Tab

EXPORTED = ("on_day", "kind", "title", "about", "units", "unit", *COUNTED, "persons", "level", "papers", "files")


def table(rows: pd.DataFrame, choice: Choice, *, key: str) -> None:
    """The lines to read; a click on one opens it."""
    shown = ["on_day", "title", "who", "how", "about"]
    shown += ["level"] * bool((rows["level"] != "").any()) + ["papers"] * bool((rows["kind"] == "activity").any())
    shown += ["files"] * bool(rows["files"].any())
    shown[1:1] = ["kind"] * (choice.tab in (Tab.ALL, Tab.REMOVED))
    told = _told(rows)
    known = _columns(told)
    place = clicked(told, {name: known[name] for name in shown}, key=key, alt=t("Lines; press Enter on one to open it"))
    if place is not None:
        open_line(int(rows["id"].iloc[place]))


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """Codes as words, how units stand in one column."""
    told, every = rows.reset_index(drop=True), records(rows)
    told["how"] = [list(counted(row).values()) for row in every]
    told["colours"] = [[COUNTED[code] for code in counted(row)] for row in every]
    told["who"] = [unit_of(row) or t("{n} units", n=row["units"]) for row in every]
    for name in ("kind", "about", "level"):
        told[name] = [label(name, code) if code else "" for code in rows[name]]
    told["papers"] = [f"{len(row['papers'].split())} / {len(Paper)}" for row in every]
    return told


def _columns(told: pd.DataFrame) -> dict[str, Any]:
    config = st.column_config
    colours = {
        words: colour
        for said, painted in zip(told["how"], told["colours"], strict=True)
        for words, colour in zip(said, painted, strict=True)
    }
    return {
        "on_day": config.DateColumn(t("Day"), format="YYYY-MM-DD", width=105),
        "kind": config.TextColumn(t("Kind"), width=95),
        "title": config.TextColumn(t("Title"), width=210),
        "how": config.MultiselectColumn(
            t("How units stand"), options=list(colours), color=list(colours.values()), width=270
        ),
        "about": config.TextColumn(t("What kind"), width=170),
        "who": config.TextColumn(t("Units"), width=145),
        "level": config.TextColumn(t("Adopted at"), width=110),
        "papers": config.TextColumn(t("Papers"), width=70),
        "files": config.NumberColumn(t("Files"), width=60),
    }


def export(choice: Choice) -> None:
    """The list as a workbook."""
    asked: dict[str, Any] = {"choice": choice, "columns": EXPORTED}
    downloads.export_button(t("Export"), exports.ask, said=N_("{n} lines exported."), **asked)


def nothing(actor: Actor, choice: Choice) -> None:
    """The empty list, and what to do about it."""
    if replace(choice, page=1, ascending=None, sort=None) != Choice(tab=choice.tab):
        told = t("Nothing fits. Clear the search and the filters, or look under another tab.")
        st.info(told, icon=":material/search_off:")
    elif choice.tab is Tab.REMOVED:
        st.info(t("Nothing was removed."), icon=":material/delete:")
    elif actor.may(Permission.WORKS_KEEP):
        st.info(
            t("Nothing is entered yet. Begin above; scores are computed from these lines."), icon=":material/checklist:"
        )
    else:
        st.info(t("No line names your unit yet."), icon=":material/checklist:")
