"""The lists of an agenda to read: what each shows, in which columns, and what a click opens."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import case_labels, decision_labels, dispute_labels, supervision_labels
from components.case_address import open_case
from components.case_texts import unit_of
from components.dispute_address import open_dispute
from components.due_rows import left_column, time_left
from components.duty_gaps import WHAT
from components.duty_labels import named
from components.words import t
from db.rules.meetings.agenda import CASE_LISTS
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor
from db.services.duty.rows import records
from db.services.meetings.agenda import duty

Told = tuple[pd.DataFrame, dict[str, Any], Callable[[Any], None] | None]


def _cases(_actor: Actor, rows: pd.DataFrame) -> Told:
    config = st.column_config
    told = rows.assign(
        left=pd.Series(time_left(rows), index=rows.index),
        unit=[unit_of({"unit": row["lead_unit"], "unit_en": row["lead_unit_en"]}) for row in records(rows)],
        **{
            kind: [case_labels.label(kind, code) for code in rows[kind]]
            for kind in ("state", "acting", "grade", "outcome")
        },
    )
    columns: dict[str, Any] = {
        "number": config.TextColumn(t("Number"), width=105),
        "subject": config.TextColumn(t("Subject"), width=230),
        "left": left_column(told),
        "state": config.TextColumn(t("State"), width=130),
        "unit": config.TextColumn(t("Lead unit"), width=120),
        "handler": config.TextColumn(t("Handler"), width=90),
        "unit_due_on": config.DateColumn(t("Wanted by"), format="YYYY-MM-DD", width=110),
        "grade": config.TextColumn(t("Grade"), width=80),
        "next_step": config.TextColumn(t("Agreed next step"), width=200),
        "note": config.TextColumn(t("Note"), width=200),
    }
    if (rows["closed_on"].notna()).all():
        columns.pop("left")
        columns |= {"outcome": config.TextColumn(t("Outcome"), width=160)}
    return told, columns, lambda row: open_case(int(row["id"]))


def _supervised(_actor: Actor, rows: pd.DataFrame) -> Told:
    config = st.column_config
    told = rows.assign(
        left=pd.Series(time_left(rows), index=rows.index),
        unit=[unit_of(row) for row in records(rows)],
        state=[supervision_labels.label("state", code) for code in rows["state"]],
    )
    columns = {
        "number": config.TextColumn(t("Notice"), width=120),
        "case_number": config.TextColumn(t("Case"), width=118),
        "subject": config.TextColumn(t("Subject"), width=260),
        "unit": config.TextColumn(t("Unit"), width=120),
        "state": config.TextColumn(t("State"), width=110),
        "left": left_column(told),
        "text": config.TextColumn(t("What is asked for"), width=260),
    }
    return told, columns, lambda row: open_case(int(row["case_id"]))


def _disputes(actor: Actor, rows: pd.DataFrame) -> Told:
    config, categories = st.column_config, case_labels.code_labels(actor, "dispute_category")
    told = rows.assign(
        left=pd.Series(time_left(rows), index=rows.index),
        state=[dispute_labels.label("state", code) for code in rows["state"]],
        category=[categories.get(code, code) for code in rows["category"]],
    )
    columns = {
        "number": config.TextColumn(t("Number"), width=130),
        "left": left_column(told),
        "state": config.TextColumn(t("State"), width=130),
        "category": config.TextColumn(t("Category"), width=150),
        "committee": config.TextColumn(t("Committee"), width=170),
        "received_on": config.DateColumn(t("Received"), format="YYYY-MM-DD", width=110),
    }
    return told, columns, lambda row: open_dispute(int(row["id"]))


def _obligations(_actor: Actor, rows: pd.DataFrame) -> Told:
    config = st.column_config
    told = rows.assign(left=pd.Series(time_left(rows), index=rows.index))
    columns = {
        "number": config.TextColumn(t("Dispute"), width=130),
        "left": left_column(told),
        "due_on": config.DateColumn(t("Due on"), format="YYYY-MM-DD", width=110),
        "committee": config.TextColumn(t("Committee"), width=170),
    }
    return told, columns, lambda row: open_dispute(int(row["dispute_id"]))


def _duty(actor: Actor, rows: pd.DataFrame) -> Told:
    config, roles, every = st.column_config, case_labels.code_labels(actor, "duty_role"), records(rows)
    told = rows.assign(
        what=[t("Open place") if code == duty.TO_FILL else t(WHAT[code]) for code in rows["what"]],
        role=[roles.get(code, code) for code in rows["role"]],
        **{name: [named(row, name) for row in every] for name in ("duty", "post", "shift")},
    )
    columns = {
        "on_day": config.DateColumn(t("Day"), format="YYYY-MM-DD", width=110),
        "what": config.TextColumn(t("Missing"), width=190),
        "count": config.NumberColumn(t("How often"), width=90),
        "duty": config.TextColumn(t("Duty"), width=150),
        "post": config.TextColumn(t("Post"), width=130),
        "shift": config.TextColumn(t("Shift"), width=100),
        "role": config.TextColumn(t("Role"), width=110),
    }
    return told, columns, None


def _decisions(_actor: Actor, rows: pd.DataFrame) -> Told:
    config, every = st.column_config, records(rows)
    told = rows.assign(
        left=pd.Series(time_left(rows), index=rows.index),
        who=[decision_labels.who_owes(row) for row in every],
        often=[decision_labels.times(int(row["carried"])) for row in every],
    )
    columns = {
        "text": config.TextColumn(t("Decision"), width=310),
        "who": config.TextColumn(t("Who owes it"), width=135),
        "left": left_column(told),
        "often": config.TextColumn(t("Carried over"), width=100),
        "case_number": config.TextColumn(t("Case"), width=118),
        "note": config.TextColumn(t("Note"), width=220),
    }
    return told, columns, None


TABLES: Mapping[str, Callable[[Actor, pd.DataFrame], Told]] = {
    **dict.fromkeys(CASE_LISTS, _cases),
    TopicCode.SUPERVISED: _supervised,
    TopicCode.DISPUTES_DUE: _disputes,
    TopicCode.OBLIGATIONS_DUE: _obligations,
    TopicCode.DUTY_GAPS: _duty,
    TopicCode.DECISIONS: _decisions,
}
