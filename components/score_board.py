"""The board of an assessment: units in the order of their ranks, what totals are made of, ranks from sheet to sheet."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd
import streamlit as st

from components import charts
from components.due_rows import clicked
from components.result_labels import word
from components.score_address import open_sheet
from components.score_labels import label, names_in
from components.shown_lists import export_shown
from components.words import language, t
from db.rules.scoring.ranking import ranks
from db.services.duty.rows import records
from db.services.scoring.board import Board

BAR = 26
# More bars and lines than these are no picture any more; the table shows every unit.
MOST_BARS, MOST_LINES = 30, 12


def table(seen: Board) -> None:
    """Every unit with rank, total, grade, cards and its sheets; a click opens its sheet."""
    names = names_in(seen.document or {})
    rows = _in_order(seen.units)
    told = pd.DataFrame(
        {
            "id": rows["assessed_unit_id"],
            "unit": [_unit(row) for row in records(rows)],
            "rank": rows["rank"],
            "total": rows["total"],
            "grade": [names.get(code, "") for code in rows["grade"]],
            "cards": [[word("card", kind) for kind in held] for held in rows["cards"]],
            "whole": ["" if whole else t("provisional") for whole in rows["whole"]],
        }
    )
    config = st.column_config
    columns: dict[str, Any] = {
        "rank": config.NumberColumn(t("Rank"), width=70),
        "unit": config.TextColumn(t("Unit"), width=170),
        "total": config.NumberColumn(t("Total"), format="%.1f", width=80),
        "grade": config.TextColumn(t("Grade"), width=90),
        "cards": config.ListColumn(t("Cards"), width=130),
        "whole": config.TextColumn(t("State"), width=100),
    }
    if not seen.ranked:
        del columns["rank"]
    if not any(rows["cards"]):
        del columns["cards"]
    for period in seen.periods:
        told[period] = rows[period]
        columns[period] = config.NumberColumn(names.get(period, period), format="%.1f", width=118)
    export_shown("scores", t("Scores"), told, columns)
    place = clicked(told, columns, key=f"board:{seen.assessment_id}", alt=t("Units; press Enter on one to open it"))
    if place is not None:
        open_sheet(int(rows["assessed_unit_id"].iloc[place]))


def made_of(seen: Board) -> None:
    """A bar per unit, split into its parts; a click opens the sheet behind it."""
    if seen.parts.empty or not (seen.parts["points"] != 0).any():
        st.info(t("Nothing is scored yet."), icon=":material/bar_chart:")
        return
    names = names_in(seen.document or {}) | {code: label("piece", code) for code in ("bonus", "deduction")}
    order = [int(pk) for pk in _in_order(seen.units)["assessed_unit_id"].head(MOST_BARS)]
    pieces = list(dict.fromkeys(seen.parts["part"]))
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in records(seen.parts):
        found.setdefault(int(row["assessed_unit_id"]), []).append(row)
    rows: list[dict[str, object]] = [
        {
            "id": pk,
            "at": _unit(row),
            "what": names.get(row["part"], row["part"]),
            "n": round(row["points"], 2),
            "order": pieces.index(row["part"]),
        }
        for pk in order
        for row in found.get(pk, ())
    ]
    spec = charts.stacked_bars(tuple(names.get(piece, piece) for piece in pieces), t("Unit"), t("Points"))
    said = "; ".join(f"{row['at']} {row['what']} {row['n']}" for row in rows if row["n"])
    height = 70 + BAR * len(order)
    chosen = charts.chosen_bar(
        spec, rows, alt=f"{t('What each total is made of')}: {said}", key=f"parts:{seen.assessment_id}", height=height
    )
    if len(seen.units) > MOST_BARS:
        st.caption(t("The first {n} units; the table shows all.", n=MOST_BARS))
    st.caption(t("Click a bar to open the sheet behind it."))
    if chosen is not None:
        open_sheet(chosen)


def over_time(seen: Board) -> None:
    """The rank of each unit from sheet to sheet, by the scores as shown."""
    scored = [period for period in seen.periods if seen.units[period].notna().any()]
    if len(scored) < 2 or not seen.ranked:
        st.info(t("Ranks over time need two scored periods."), icon=":material/show_chart:")
        return
    names = names_in(seen.document or {})
    top = _in_order(seen.units).head(MOST_LINES)
    rows: list[dict[str, object]] = []
    for period in scored:
        places = ranks(
            {
                int(row["assessed_unit_id"]): None if row[period] is None else Fraction(str(row[period]))
                for row in records(seen.units)
            }
        )
        rows += [
            {"at": names.get(period, period), "what": _unit(row), "n": places[int(row["assessed_unit_id"])]}
            for row in records(top)
            if int(row["assessed_unit_id"]) in places
        ]
    said = "; ".join(f"{row['at']} {row['what']} {row['n']}" for row in rows)
    spec = charts.rank_lines(t("Unit"), t("Rank"))
    charts.chart(spec, rows, alt=f"{t('Ranks over time')}: {said}", key=f"ranks:{seen.assessment_id}", height=320)
    if len(seen.units) > MOST_LINES:
        st.caption(t("The first {n} units; the table shows all.", n=MOST_LINES))


def _in_order(units: pd.DataFrame) -> pd.DataFrame:
    return units.sort_values("rank", kind="stable", na_position="last").reset_index(drop=True)


def _unit(row: Mapping[str, Any]) -> str:
    return str((language() == "en" and row["unit_en"]) or row["unit"])
