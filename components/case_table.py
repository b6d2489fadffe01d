"""Cases as a table people read, and the same rows for quick edits."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from components import case_merged
from components.case_address import open_case
from components.case_labels import code_labels, label, labels
from components.due_rows import clicked, fitting, left_column, time_left
from components.grids import edit_grid
from components.words import t
from db.engine import current
from db.rules.permissions import Actor, Permission
from db.services import cases
from db.services.cases import Choice, Tab

# What the list shows, in this order, and what is exported from it.
SHOWN = (
    "number",
    "subject",
    "left",
    "state",
    "acting",
    "lead_unit",
    "handler",
    "grade",
    "category",
    "place",
    "resident",
    "contact",
    "received_at",
)
EXPORTED = tuple(name for column in SHOWN for name in (("next_due_on", "days_left") if column == "left" else (column,)))
QUICK = ("handler_id", "grade", "category", "next_step", "note")


def table(actor: Actor, rows: pd.DataFrame, *, key: str, columns: tuple[str, ...] = SHOWN) -> None:
    """The rows to read; a click on one opens the case in this tab."""
    told, config = told_rows(actor, rows, columns)
    place = clicked(told, config, key=key, alt=t("Cases; press Enter on one to open it"))
    if place is not None:
        open_case(int(rows["id"].iloc[place]))


def told_rows(actor: Actor, rows: pd.DataFrame, columns: tuple[str, ...]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The rows as they are written, and these of their columns in order."""
    told = _told(actor, rows)
    return told, {name: column for name, column in _columns(told).items() if name in columns}


def _told(actor: Actor, rows: pd.DataFrame) -> pd.DataFrame:
    """Codes as words, days as what is left of them."""
    states, grades, acting = labels("state"), labels("grade"), labels("acting")
    categories = code_labels(actor, "category")
    told = rows.copy()
    told["left"] = time_left(rows)
    told["state"] = [
        f"{states.get(code, code)} · {t('sealed')}" if sealed else states.get(code, code)
        for code, sealed in zip(rows["state"], rows["sealed"], strict=True)
    ]
    told["acting"] = [acting.get(code, code) for code in rows["acting"]]
    told["grade"] = [grades.get(code, code) for code in rows["grade"]]
    told["category"] = [categories.get(code, code) for code in rows["category"]]
    absent = cases.stood_for(actor)
    told["handler"] = [
        t("for {absent}", absent=name) if one in absent else name
        for one, name in zip(rows["handler_id"].fillna(0), rows["handler"], strict=True)
    ]
    zone = current().settings.timezone
    told["received_at"] = [at.tz_convert(zone).tz_localize(None) if at is not None else None for at in _moments(rows)]
    return told


def _moments(rows: pd.DataFrame) -> list[Any]:
    return [pd.Timestamp(at) if at is not None else None for at in rows["received_at"]]


def _columns(told: pd.DataFrame) -> dict[str, Any]:
    """The columns in order; the time left is coloured by how near it is."""
    config = st.column_config
    return {
        "number": config.TextColumn(t("Number"), width=118),
        "tab": config.TextColumn(t("To do"), width=100),
        "subject": config.TextColumn(t("Subject"), width=260),
        "left": left_column(told),
        "state": config.TextColumn(t("State"), width=fitting(told["state"], 80, 140)),
        "acting": config.TextColumn(t("Next step"), width=fitting(told["acting"], 120, 210)),
        "lead_unit": config.TextColumn(t("Lead unit"), width=120),
        "handler": config.TextColumn(t("Handler"), width=90),
        "grade": config.TextColumn(t("Grade"), width=80),
        "category": config.TextColumn(t("Category"), width=150),
        "place": config.TextColumn(t("Place"), width=150),
        "resident": config.TextColumn(t("Resident"), width=90),
        "contact": config.TextColumn(t("Contact"), width=120),
        "received_at": config.DatetimeColumn(t("Received"), format="YYYY-MM-DD HH:mm", width=140),
    }


def quick_edit(actor: Actor, rows: pd.DataFrame) -> None:
    """Owner, grade, category and note in a grid; nobody is overwritten."""
    if rows.empty:
        return
    units = sorted({int(unit) for unit in rows["lead_unit_id"].dropna()})
    people: Mapping[int, str] = dict(cases.handlers(actor, unit_ids=units))
    standing = {int(i): n for i, n in zip(rows["handler_id"], rows["handler"], strict=True) if not pd.isna(i) and n}
    people = {**standing, **people}
    categories, grades = code_labels(actor, "category"), labels("grade")
    config = st.column_config
    edit_grid(
        "cases.quick",
        rows.set_index("id"),
        editable=QUICK,
        config={
            "number": config.TextColumn(t("Number"), width=118),
            "subject": config.TextColumn(t("Subject"), width=230),
            "handler_id": config.SelectboxColumn(
                t("Handler"), options=list(people), format_func=_from(people), width=110
            ),
            "grade": config.SelectboxColumn(t("Grade"), options=list(grades), format_func=_from(grades), required=True),
            "category": config.SelectboxColumn(
                t("Category"),
                width=150,
                options=list(categories),
                format_func=_from(categories),
                required=True,
            ),
            "next_step": config.TextColumn(t("Agreed next step"), width=200, max_chars=2000),
            "note": config.TextColumn(f"{t('Note')} · {t('internal')}", width=260, max_chars=2000),
        },
        save=cases.edit_many,
        label="number",
        of="case",
    )


def _from(names: Mapping[Any, str]) -> Callable[[Any], str]:
    return lambda code: names.get(code, str(code))


def nothing(actor: Actor, choice: Choice) -> None:
    """The empty list, and what to do about it."""
    narrowed = replace(choice, page=1, sort=None, ascending=None) != Choice(tab=choice.tab)
    if choice.text and case_merged.tell_where(actor, number=choice.text):
        return
    if narrowed:
        st.info(
            t("Nothing fits. Clear the search and the filters, or look under another tab."),
            icon=":material/search_off:",
        )
    elif choice.tab in (Tab.OPEN, Tab.ALL):
        st.info(t("No cases yet."), icon=":material/inbox:")
    else:
        st.info(t("Nothing waits under “{tab}”. Well done.", tab=label("tab", choice.tab)), icon=":material/done_all:")
    if actor.may(Permission.INTAKE_REGISTER) and st.button(t("Take in a matter"), key="to-intake", type="primary"):
        st.switch_page("pages/intake/take_in.py")
