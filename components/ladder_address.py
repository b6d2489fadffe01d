"""Which ladder and which month an address asks for, and taking the month away."""

import streamlit as st

from components import asked, downloads
from components.forms import mark_problem
from components.score_labels import named
from components.tables import pick
from components.words import N_, t
from db.rules.permissions import Actor
from db.rules.problems import Problems
from db.services.duty.rows import records
from db.services.scoring import board, ladder_exports, ladders
from db.services.scoring.ladders import Ladder


def chosen(actor: Actor) -> Ladder | None:
    """The ladder named by ?id=, else the newest, in the month named by ?month=, else the last begun."""
    found = board.assessments(actor)
    names = {int(row["id"]): f"{row['year']} · {named(row)}" for row in records(found) if row["kind"] == "ladder"}
    if not names:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        assessment_id = int(pick("id", t("Ladder"), names, required=True))
        try:
            seen = ladders.ladder(
                actor, assessment_id=assessment_id, month=asked.number_of(st.query_params.get("month"))
            )
        except Problems as problems:
            for problem in problems.problems:
                mark_problem(problem)
            st.stop()
        months = list(reversed(seen.months))
        asked.widget(
            st.selectbox,
            "month",
            seen.month if seen.months else None,
            label=t("Month"),
            options=months,
            format_func=lambda month: f"{seen.year}-{month:02}",
            width=140,
        )
        st.space("stretch")
        downloads.export_button(
            t("Export"),
            ladder_exports.ask,
            said=N_("{n} units exported."),
            assessment_id=assessment_id,
            month=seen.month,
        )
    return seen
