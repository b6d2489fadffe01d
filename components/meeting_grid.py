"""The lists of an agenda as grids for quick edits during the meeting, one row of the database in each line."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import case_labels, decision_labels, supervision_labels
from components.case_texts import unit_of
from components.due_rows import time_left
from components.grids import edit_grid
from components.tables import unit_names
from components.words import language, t
from db.rules.meetings.agenda import LONGEST_NOTE
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor
from db.services import cases, units
from db.services.duty.rows import records
from db.services.meetings import decisions, editing
from db.services.meetings.agenda import Topic
from db.services.meetings.keeping import Seen

Columns = dict[str, Any]


def show(actor: Actor, seen: Seen, topic: Topic) -> None:
    """The grid of one list; what is refused is told of its cell, what was not saved stays."""
    if topic.code == TopicCode.SUPERVISED:
        frame, config, save = _supervised(topic)
    elif topic.code == TopicCode.DECISIONS:
        frame, config, save = _decisions(actor, topic)
    else:
        frame, config, save = _cases(actor, topic)
    edit_grid(
        f"meeting:{seen.id}:{topic.code}",
        frame.set_index("id"),
        editable=topic.editable,
        config=config,
        save=save,
        label="text" if topic.code == TopicCode.DECISIONS else "number",
        height="content",
        at={"line": str(topic.id)},
        of="case" if save is editing.edit_cases else "",
        meeting_id=seen.id,
        topic=topic.code,
    )


def _cases(actor: Actor, topic: Topic) -> tuple[pd.DataFrame, Columns, Callable[..., Any]]:
    rows, grades, config = topic.rows, case_labels.labels("grade"), st.column_config
    leads = sorted({int(unit) for unit in rows["lead_unit_id"].dropna()})
    people = dict(cases.handlers(actor, unit_ids=leads))
    people |= {
        int(one): name for one, name in zip(rows["handler_id"], rows["handler"], strict=True) if not pd.isna(one)
    }
    states = case_labels.labels("state")
    frame = rows.assign(
        left=_left(rows),
        unit=[unit_of({"unit": row["lead_unit"], "unit_en": row["lead_unit_en"]}) for row in records(rows)],
        state=[states.get(code, code) for code in rows["state"]],
    )
    closed = topic.code == TopicCode.CLOSED
    columns: Columns = {
        "number": config.TextColumn(t("Number"), width=105, pinned=True),
        "subject": config.TextColumn(t("Subject"), width=320 - _left_width()),
        "left": config.TextColumn(t("Time left"), width=_left_width()),
        "handler_id": config.SelectboxColumn(t("Handler"), options=list(people), format_func=_from(people), width=95),
        "unit_due_on": config.DateColumn(t("Wanted by"), format="YYYY-MM-DD", width=115),
        "grade": config.SelectboxColumn(
            t("Grade"), options=list(grades), format_func=_from(grades), required=True, width=88
        ),
        "next_step": config.TextColumn(t("Agreed next step"), width=160, max_chars=LONGEST_NOTE),
        "note": config.TextColumn(f"{t('Note')} · {t('internal')}", width=150, max_chars=LONGEST_NOTE),
        "state": config.TextColumn(t("State"), width=120),
        "unit": config.TextColumn(t("Lead unit"), width=150),
    }
    return frame, {name: one for name, one in columns.items() if not (closed and name == "left")}, editing.edit_cases


def _supervised(topic: Topic) -> tuple[pd.DataFrame, Columns, Callable[..., Any]]:
    rows, config = topic.rows, st.column_config
    frame = rows.assign(
        left=_left(rows),
        unit=[unit_of(row) for row in records(rows)],
        state=[supervision_labels.label("state", code) for code in rows["state"]],
    )
    return (
        frame,
        {
            "number": config.TextColumn(t("Notice"), width=110),
            "subject": config.TextColumn(t("Subject"), width=165),
            "unit": config.TextColumn(t("Unit"), width=120),
            "state": config.TextColumn(t("State"), width=150),
            "left": config.TextColumn(t("Time left"), width=_left_width()),
            "answer_by": config.DateColumn(t("Answer by"), format="YYYY-MM-DD", width=120),
            "text": config.TextColumn(t("What is asked for"), width=240),
            "case_number": config.TextColumn(t("Case"), width=105),
        },
        editing.edit_supervisions,
    )


def _decisions(actor: Actor, topic: Topic) -> tuple[pd.DataFrame, Columns, Callable[..., Any]]:
    rows, config = topic.rows, st.column_config
    people = {one: name for one, (name, _, _) in decisions.owners(actor).items()}
    owing = zip(rows["owner_id"], rows["owner"], strict=True)
    people |= {int(one): name for one, name in owing if not pd.isna(one)}
    states = decision_labels.labels("state")
    named = {one: name.strip("　") for one, name in unit_names(units.units(actor, retired=True)).items()}
    frame = rows.assign(left=_left(rows), often=[decision_labels.times(int(n)) for n in rows["carried"]])
    return (
        frame,
        {
            "text": config.TextColumn(t("Decision"), width=370 - _left_width()),
            "often": config.TextColumn(t("Carried over"), width=98),
            "left": config.TextColumn(t("Time left"), width=_left_width()),
            "state": config.SelectboxColumn(
                t("State"), options=list(states), format_func=_from(states), required=True, width=90
            ),
            "owner_id": config.SelectboxColumn(t("Person"), options=list(people), format_func=_from(people), width=95),
            "unit_id": config.SelectboxColumn(t("Unit"), options=list(named), format_func=_from(named), width=115),
            "due_on": config.DateColumn(t("Due on"), format="YYYY-MM-DD", width=105),
            "note": config.TextColumn(t("Note"), width=150, max_chars=LONGEST_NOTE),
            "case_number": config.TextColumn(t("Case"), width=118),
        },
        editing.edit_decisions,
    )


def _left_width() -> int:
    """Wide enough for "overdue by 14 working days"."""
    return 180 if language() == "en" else 115


def _left(rows: pd.DataFrame) -> list[str]:
    return [words[0] for words in time_left(rows)]


def _from(names: Mapping[Any, str]) -> Callable[[Any], str]:
    return lambda code: names.get(code, str(code))
