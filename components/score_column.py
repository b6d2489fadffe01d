"""One item entered unit by unit, as a meeting goes through it: choose the sheet and the item, fill in the grid."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components import asked
from components.grids import MOST_ROWS, edit_grid
from components.score_labels import named
from components.tables import pick
from components.words import language, t
from db import clock
from db.engine import current
from db.rules.permissions import Actor, Permission
from db.rules.scoring.entries import entered
from db.rules.scoring.written import rubric_of
from db.services.duty.rows import records
from db.services.records import Saved
from db.services.scoring import grids
from db.services.scoring.board import Board
from db.services.scoring.told import periods_of

GRID = ("points", "not_applicable", "reason")
PERMISSION = Permission.SCORES_ENTER


def show(actor: Actor, seen: Board) -> None:
    """The choice and the grid; units whose sheet is finished are left out and counted."""
    document = seen.document or {}
    rubric = rubric_of(document, seen.year)
    today = clock.today(current().settings.timezone)
    spans = {period.code: period for period in rubric.periods()}
    periods = {one["code"]: named(one) for one in periods_of(document) if spans[one["code"]].begins <= today}
    if not periods:
        st.info(t("No period of this assessment has begun."), icon=":material/event:")
        return
    left, right = st.columns(2)
    with left:
        period = str(pick("in_period", t("Sheet"), periods, required=True))
    names = {item["code"]: named(item) for item in document.get("items", ())}
    items = {item.code: names[item.code] for item in entered(rubric, period) if not item.trigger}
    if not items:
        st.info(t("Everything in this sheet is computed."), icon=":material/calculate:")
        return
    with right:
        item = str(pick("for_item", t("Item"), items, required=True))
    found = grids.column(actor, assessment_id=seen.assessment_id, period=period, item=item)
    finished = int(found["finished"].sum())
    found = found[~found["finished"].astype(bool)].head(MOST_ROWS)
    if finished:
        st.caption(t("{count} sheets are finished and not shown.", count=finished))
    if found.empty:
        return
    usual = min(max(today, spans[period].begins), spans[period].ends)
    most = next(one.points for one in rubric.items if one.code == item)
    _grid(seen, found, period, item, usual, f"{most:f}")


def _grid(seen: Board, found: pd.DataFrame, period: str, item: str, usual: date, most: str) -> None:
    rows = records(found)
    frame = pd.DataFrame(
        {
            "version": found["version"].tolist(),
            "unit": [str((language() == "en" and row["unit_en"]) or row["unit"]) for row in rows],
            "points": found["points"].tolist(),
            "not_applicable": found["not_applicable"].astype(bool).tolist(),
            "reason": found["reason"].tolist(),
        },
        index=found["assessed_unit_id"].tolist(),
    )
    config = st.column_config
    columns = {
        "unit": config.TextColumn(t("Unit"), width="medium"),
        "points": config.TextColumn(t("Points of {most}", most=most), width=130),
        "not_applicable": config.CheckboxColumn(t("Does not apply"), width=110),
        "reason": config.TextColumn(t("Reason"), width="large"),
    }
    base = {
        int(row["assessed_unit_id"]): {name: row[name] for name in GRID} | {"on_day": row["on_day"] or usual}
        for row in rows
    }
    edit_grid(
        f"column:{seen.assessment_id}:{period}:{item}",
        frame,
        editable=GRID,
        config=columns,
        save=save_grid,
        label="unit",
        base=base,
        period=period,
        item=item,
        at={asked.PART: "items"},
        entry_ids={int(row["assessed_unit_id"]): row["entry_id"] for row in rows},
    )


def save_grid(
    actor: Actor,
    *,
    rows: Mapping[int, tuple[int, Mapping[str, Any]]],
    base: Mapping[int, Mapping[str, Any]],
    key: str,
    **which: Any,
) -> Saved:
    """The rows that were typed in, each with what stood in its other columns."""
    whole: dict[int, tuple[int, dict[str, Any]]] = {}
    for unit, (version, changes) in rows.items():
        values = dict(base[unit]) | dict(changes)
        whole[unit] = (version, values | {name: values[name] or "" for name in ("points", "reason")})
    return grids.save_column(actor, rows=whole, key=key, **which)
