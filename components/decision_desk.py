"""Decisions I owe, on my desk: what is due first on top."""

import pandas as pd
import streamlit as st

from components.decision_labels import times
from components.decision_list import open_decision
from components.due_rows import clicked, left_column, time_left
from components.meeting_labels import named
from components.words import t
from db.rules.permissions import Actor, Permission
from db.services.duty.rows import records
from db.services.meetings import decisions


def show(actor: Actor) -> None:
    """Nothing for who can owe none, or while nothing is owed."""
    if not actor.may(Permission.DECISIONS_SETTLE):
        return
    rows = decisions.owed(actor)
    if rows.empty:
        return
    st.subheader(t("Decisions I owe"), anchor=False)
    every, config = records(rows), st.column_config
    told = rows.assign(
        left=pd.Series(time_left(rows), index=rows.index),
        often=[times(int(row["carried"])) for row in every],
        meeting=[named(row["kind"], row["kind_en"]) for row in every],
    )
    columns = {
        "text": config.TextColumn(t("Decision"), width=322),
        "left": left_column(told),
        "often": config.TextColumn(t("Carried over"), width=100),
        "meeting": config.TextColumn(t("Meeting"), width=160),
        "case_number": config.TextColumn(t("Case"), width=118),
    }
    place = clicked(told, columns, key="desk-decisions", alt=t("Decisions I owe; press Enter on one to open it"))
    if place is not None:
        open_decision(int(rows["id"].iloc[place]))
