"""Cases to tick, and what each would become."""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.case_outcome import told_table
from components.case_table import told_rows
from components.due_rows import TALL_FROM
from components.forms import mark_problem, plain
from components.grid_state import revision
from components.words import t, told
from db.rules.permissions import Actor
from db.rules.problems import Problem

COLUMNS = ("number", "subject", "left", "state", "lead_unit", "handler", "category")


def ticked(actor: Actor, rows: pd.DataFrame, *, key: str, before: Collection[int] = ()) -> list[int]:
    """The rows to tick; answers the ids ticked, at first those of `before`."""
    shown, config = told_rows(actor, rows, COLUMNS)
    places = [place for place, one in enumerate(rows["id"]) if one in set(before)]
    chosen = st.dataframe(
        shown[list(config)],
        hide_index=True,
        column_config=config,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": places}},
        key=f"{key}:{revision(rows.set_index('id'))}",
        alt=t("Cases to tick"),
        placeholder="–",
        height="content" if len(rows) <= TALL_FROM else 460,
    )
    return [int(rows["id"].iloc[place]) for place in chosen.selection.rows if place < len(rows)]


def previewed(actor: Actor, rows: pd.DataFrame) -> None:
    """What each case becomes, and above it what is refused and why."""
    fine, bad = rows[rows["why"].isna()], rows[rows["why"].notna()]
    if len(bad):
        st.markdown(f":orange[:material/block: **{plain(t('{n} stay as they are', n=len(bad)))}**]")
        told_table(
            {"number": bad["number"], "subject": bad["subject"], "why": [told(one) for one in bad["why"]]}, "bad"
        )
    if not len(fine):
        return
    st.markdown(f"**{plain(t('{n} will change', n=len(fine)))}**")
    names = list(dict.fromkeys(name for after in fine["after"] for name in after))
    categories = code_labels(actor, "category")
    columns: dict[str, Any] = {"number": fine["number"], "subject": fine["subject"]}
    for name in names:
        said = categories if name == "category" else {}
        pairs = zip(fine["before"], fine["after"], strict=True)
        columns[name] = [_becomes(was.get(name), becomes.get(name), said) for was, becomes in pairs]
    told_table(columns, "fine")


def problems(found: Mapping[int, Problem | None], rows: pd.DataFrame) -> list[int]:
    """Tell which rows are refused; answers the ids of the others."""
    bad = rows[[found.get(int(one)) is not None for one in rows["id"]]]
    if len(bad) == 1:
        mark_problem(found[int(bad["id"].iloc[0])] or Problem("", ""))
    elif len(bad):
        st.markdown(f":orange[:material/block: **{plain(t('{n} stay as they are', n=len(bad)))}**]")
        why = [told(one) for case_id in bad["id"] if (one := found[int(case_id)]) is not None]
        told_table({"number": bad["number"], "subject": bad["subject"], "why": why}, "bad")
    return [int(one) for one in rows["id"] if found.get(int(one)) is None]


def _becomes(was: object, becomes: object, said: Mapping[str, str]) -> str:
    before, after = (said.get(str(one), str(one or "–")) for one in (was, becomes))
    if after.startswith(before + "\n"):
        return "+ " + after[len(before) + 1 :]
    return f"{before} → {after}"
