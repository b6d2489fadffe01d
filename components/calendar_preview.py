"""What a change of the calendar would do, before it is done."""

import streamlit as st

from components.tables import table
from components.words import day, t
from db.rules.calendar_files import KINDS
from db.services.calendar import Preview


def show_preview(preview: Preview) -> None:
    """The days that would change, and the due dates that would move."""
    kinds = {kind: t(label) for kind, label in KINDS.items()}
    days = {"day": t("Day"), "was": t("Until now"), "becomes": t("From now on"), "name": t("Holiday")}
    table(preview.days, days, shows={"day": day, "was": kinds.get, "becomes": kinds.get})
    st.text(t("{count} open cases would move.", count=len(preview.moves)))
    if preview.moves.empty:
        return
    moves = {
        "number": t("Case"),
        "promise_was": t("Promise until now"),
        "promise_becomes": t("Promise from now on"),
        "statute_was": t("Statute until now"),
        "statute_becomes": t("Statute from now on"),
    }
    table(preview.moves, moves, shows={name: day for name in moves if name != "number"})
