"""What became of many cases: those that stay as they are, and why."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components.case_labels import label
from components.due_rows import TALL_FROM
from components.forms import plain
from components.words import t, told
from db.rules.problems import N_, Problem, Problems
from db.services.records import Saved


def outcome(saved: Saved, names: Mapping[int, str]) -> None:
    """What was not saved, and why: somebody changed it meanwhile, or a rule spoke against it."""
    lines = [
        (names.get(one, str(one)), t("{who} saved first. Look at it again.", who=conflict.by or t("somebody else")))
        for one, conflict in saved.conflicts.items()
    ]
    lines += [(names.get(one, str(one)), told(wrong.problems[0])) for one, wrong in saved.rejected.items()]
    if lines:
        with st.container(border=True):
            st.markdown(f":orange[:material/block: **{plain(t('{n} stay as they are', n=len(lines)))}**]")
            told_table({"number": [one for one, _ in lines], "why": [why for _, why in lines]}, "left")


def some(saved: Saved) -> Saved:
    """The same when at least one row was saved; otherwise raises Problems, and the form keeps what was typed."""
    if saved.saved:
        return saved
    first = N_("{who} saved first. Look at it again.")
    who = {conflict.by or t("somebody else") for conflict in saved.conflicts.values()}
    wrong = {told(problems.problems[0]): problems.problems[0] for problems in saved.rejected.values()}
    raise Problems(*(Problem("", first, {"who": one}) for one in sorted(who)), *wrong.values())


def told_table(columns: Mapping[str, Any], key: str) -> None:
    """Columns of rows under the names of their fields."""
    config = st.column_config
    widths = {"number": 118, "subject": 230}
    named = {"number": t("Number"), "subject": t("Subject"), "why": t("Why")}
    frame = pd.DataFrame({name: list(values) for name, values in columns.items()})
    st.dataframe(
        frame,
        hide_index=True,
        key=f"preview-{key}",
        column_config={
            name: config.TextColumn(named.get(name) or label("field", name), width=widths.get(name)) for name in columns
        },
        height="content" if len(frame) <= TALL_FROM else 320,
    )
