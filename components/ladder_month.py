"""One month of a ladder: the ranking with what follows of it, and the grid its figures are entered in."""

from typing import Any

import pandas as pd
import streamlit as st

from components import asked
from components.grids import edit_grid
from components.ladder_labels import step_in, why_in
from components.score_labels import DASH
from components.words import language, number, t
from db.services.duty.rows import records
from db.services.scoring import ladders
from db.services.scoring.ladders import QUICK, Ladder

TALL_FROM = 15
# Rows of one grid: as many as can be looked over.
PAGE = 200


def standing(seen: Ladder) -> None:
    """What follows of the month, then every unit by its increase."""
    rows = records(seen.units)
    told = [row for row in rows if row["card"] != "none"]
    if seen.units["percent"].isna().all() and not told:
        st.info(t("No figure of this month can be compared yet."), icon=":material/query_stats:")
    if told:
        st.dataframe(
            pd.DataFrame(
                {
                    t("Unit"): [unit_name(row) for row in told],
                    t("Step"): [step_in(row["card"], language()) for row in told],
                    t("Since month"): [f"{seen.year}-{int(row['since']):02}" for row in told],
                    t("Reason"): [why_in(row["card"], seen.rules, language()) for row in told],
                    t("Note"): [row["since_note"] or DASH for row in told],
                }
            ),
            hide_index=True,
            key=f"ladder-steps:{seen.assessment_id}:{seen.month}",
            alt=t("Units a step follows for, with the reason"),
        )
    _ranking(seen)
    st.caption(
        t("Ranked by the increase over the same month of the year before, as shown; equal ones share a rank.")
        if seen.ranked
        else t("Your own units; ranks are told when results are published.")
    )


def _ranking(seen: Ladder) -> None:
    rows = records(seen.units)
    config = st.column_config
    columns = {
        "rank": config.NumberColumn(t("Rank"), width=70),
        "unit": config.TextColumn(t("Unit"), width=180),
        "before": config.NumberColumn(t("Year before"), format="localized", width=110),
        "now": config.NumberColumn(t("This year"), format="localized", width=110),
        "percent": config.NumberColumn(t("Increase (%)"), format="%+.1f", width=110),
        "step": config.TextColumn(t("Step"), width=150),
        "reward": config.NumberColumn(t("Reward (yuan)"), format="%d", width=110),
    }
    if not seen.ranked:
        del columns["rank"]
    told = seen.units.assign(
        unit=[unit_name(row) for row in rows],
        step=[step_in(row["card"], language()) for row in rows],
        reward=pd.array([row["reward"] or None for row in rows], dtype="Float64"),
    )
    st.dataframe(
        told[list(columns)],
        hide_index=True,
        column_config=columns,
        key=f"ladder-ranking:{seen.assessment_id}:{seen.month}",
        alt=t("Units by the increase of the month"),
        placeholder=DASH,
        height="content" if len(told) <= TALL_FROM else 560,
    )
    spent = sum(row["reward"] for row in rows)
    if spent:
        st.caption(t("Rewards of the month: {yuan} yuan", yuan=number(spent)))


def grid(seen: Ladder) -> None:
    """The figures of the month; units of one's own are somebody else's to enter."""
    rows = sorted(records(seen.units), key=lambda row: int(row["assessed_unit_id"]))
    own, others = [row for row in rows if row["own"]], [row for row in rows if not row["own"]]
    if own:
        names = t(", ").join(unit_name(row) for row in own)
        st.caption(t("You belong to {units}; another assessor enters those figures.", units=names))
    if not others:
        return
    pages = -(-len(others) // PAGE)
    page = 1
    if pages > 1:
        page = int(st.pagination(pages, key=f"ladder-page:{seen.assessment_id}") or 1)
    part = others[(page - 1) * PAGE : page * PAGE]
    frame = pd.DataFrame(
        {
            "version": [int(row["version"]) for row in part],
            "unit": [unit_name(row) for row in part],
            "before": pd.array([row["before"] for row in part], dtype="Float64"),
            "now": pd.array([row["now"] for row in part], dtype="Float64"),
            "ineffective": [bool(row["ineffective"]) for row in part],
            "note": [str(row["note"]) for row in part],
        },
        index=[int(row["assessed_unit_id"]) for row in part],
    )
    config = st.column_config
    figure: Any = {"format": "%.2f", "min_value": 0, "step": 0.01, "width": 120}
    edit_grid(
        f"ladder:{seen.assessment_id}:{seen.month}",
        frame,
        editable=QUICK,
        config={
            "unit": config.TextColumn(t("Unit"), width="medium"),
            "before": config.NumberColumn(t("Year before"), **figure),
            "now": config.NumberColumn(t("This year"), **figure),
            "ineffective": config.CheckboxColumn(
                t("Without effect"), width=150, help=t("Putting it right had no effect; the note says why (R-31).")
            ),
            "note": config.TextColumn(t("Note"), width="large"),
        },
        save=ladders.save_figures,
        label="unit",
        at={asked.PART: "figures"},
        assessment_id=seen.assessment_id,
        month=seen.month,
    )


def unit_name(row: dict[str, object]) -> str:
    """A unit's name in the person's language."""
    return str((language() == "en" and row["unit_en"]) or row["unit"])
