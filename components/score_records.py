"""The records behind a computed point, to be opened one by one, and computing them anew with its progress shown."""

import pandas as pd
import streamlit as st

from components import case_address, dispute_address
from components.case_labels import label as case_label
from components.dispute_labels import label as dispute_label
from components.due_rows import clicked
from components.forms import mark_problem, press
from components.score_labels import DASH, label
from components.state import next_key, submission_key
from components.words import day, t
from db.rules.permissions import Actor, Permission
from db.rules.problems import Problems
from db.services.scoring import behind, computing

STATES = {"case": case_label, "dispute": dispute_label}
OPENS = {"case": case_address.open_case, "dispute": dispute_address.open_dispute}


def records(actor: Actor, entry_id: int) -> None:
    """What a computed point was counted from; a click opens a case or a dispute."""
    found = behind.records_of(actor, entry_id=entry_id)
    if found.empty:
        return
    told = pd.DataFrame(
        {
            "id": range(len(found)),
            "kind": [label("behind", kind) for kind in found["kind"]],
            "number": [
                str(number) or t("{count} not yours to open", count=int(count))
                for number, count in zip(found["number"], found["count"], strict=True)
            ],
            "state": [
                STATES[kind]("state", state) if state and kind in STATES else DASH
                for kind, state in zip(found["kind"], found["state"], strict=True)
            ],
            "day": [day(one) for one in found["day"]],
            "met": [DASH if pd.isna(met) else t("Yes") if met else t("No") for met in found["met"]],
        }
    )
    columns = {
        "kind": t("Kind"),
        "number": t("Record"),
        "state": t("State"),
        "day": t("Day"),
        "met": t("Counts above the line"),
    }
    place = clicked(told, columns, key=f"records:{entry_id}", alt=t("Records behind the point"))
    if place is not None:
        kind, record_id = found["kind"].iloc[place], found["id"].iloc[place]
        if kind in OPENS and not pd.isna(record_id):
            OPENS[kind](int(record_id))


def compute_one(actor: Actor, assessed_unit_id: int) -> None:
    """Compute the open sheets of one unit anew."""
    if actor.may(Permission.SCORES_ENTER):
        press(
            "score.compute",
            t("Compute again"),
            computing.compute_unit,
            record=assessed_unit_id,
            assessed_unit_id=assessed_unit_id,
            icon=":material/calculate:",
        )


def compute_all(actor: Actor, assessment_id: int) -> None:
    """Compute every unit; it may be stopped by leaving the page and begun again without harm."""
    if not actor.may(Permission.SCORES_ENTER):
        return
    form = f"score.compute_all:{assessment_id}"
    pressed = st.button(t("Compute all units"), key=form, icon=":material/calculate:")
    if not pressed:
        return
    with st.container():
        bar = st.progress(0.0, t("Computing …"))

        def tell(done: int, of: int) -> None:
            bar.progress(done / of, t("Computed {done} of {of} units", done=done, of=of))

        try:
            written = computing.compute(actor, assessment_id=assessment_id, key=submission_key(form), tell=tell)
        except Problems as problems:
            for problem in problems.problems:
                mark_problem(problem)
            return
        next_key(form)
        bar.progress(1.0, t("Computed; {count} points changed.", count=written))
