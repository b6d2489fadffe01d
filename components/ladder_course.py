"""A ladder over its months: the increase of each unit, and what quarters and the year come to."""

import pandas as pd
import streamlit as st

from components import charts
from components.ladder_labels import SPANS, step_in
from components.ladder_month import TALL_FROM, unit_name
from components.score_labels import DASH
from components.words import language, t
from db.services.duty.rows import records
from db.services.scoring.ladders import Ladder

MOST_LINES = 12


def over_months(seen: Ladder) -> None:
    """The increase month by month: of the units ranked first in the month looked at, or of those chosen."""
    names = {int(row["assessed_unit_id"]): unit_name(row) for row in records(seen.units)}
    first = list(names)[: MOST_LINES // 2]
    chosen = st.multiselect(
        t("Units"),
        list(names),
        default=first,
        format_func=lambda unit: names.get(unit, str(unit)),
        max_selections=MOST_LINES,
        placeholder=t("Choose"),
        key=f"ladder-units:{seen.assessment_id}",
    )
    course = seen.course[seen.course["assessed_unit_id"].isin(chosen) & seen.course["percent"].notna()]
    if course.empty:
        st.info(t("No figure of these units can be compared yet."), icon=":material/show_chart:")
        return
    rows: list[dict[str, object]] = [
        {"at": f"{row['month']:02}", "what": unit_name(row), "n": float(row["percent"])} for row in records(course)
    ]
    said = "; ".join(f"{row['at']} {row['what']} {row['n']}" for row in rows)
    heading = t("Increase over the year before, percent")
    spec = charts.change_lines(t("Unit"), heading)
    charts.chart(spec, rows, alt=f"{heading}: {said}", key=f"ladder-course:{seen.assessment_id}", height=320)


def review(seen: Ladder) -> None:
    """Each quarter that has begun and the year: sums, increase, how often told of, furthest step, rewards."""
    spans = list(dict.fromkeys(seen.review["span"]))
    span = st.segmented_control(
        t("Span"),
        spans,
        default=spans[-1],
        format_func=lambda code: t(SPANS[code]),
        required=True,
        label_visibility="collapsed",
        key=f"ladder-span:{seen.assessment_id}",
    )
    found = seen.review[seen.review["span"] == span].sort_values("rank", kind="stable", na_position="last")
    rows = records(found)
    config = st.column_config
    columns = {
        "rank": config.NumberColumn(t("Rank"), width=70),
        "unit": config.TextColumn(t("Unit"), width=160),
        "before": config.NumberColumn(t("Year before"), format="localized", width=105),
        "now": config.NumberColumn(t("This year"), format="localized", width=100),
        "percent": config.NumberColumn(t("Increase (%)"), format="%+.1f", width=105),
        "told": config.NumberColumn(t("Times told of"), width=115),
        "step": config.TextColumn(t("Furthest step"), width=140),
        "reward": config.NumberColumn(t("Rewards (yuan)"), format="%d", width=110),
    }
    if not seen.ranked:
        del columns["rank"]
    told = pd.DataFrame(found).assign(
        unit=[unit_name(row) for row in rows],
        step=[step_in(row["card"], language()) for row in rows],
        reward=pd.array([row["reward"] or None for row in rows], dtype="Float64"),
    )
    st.dataframe(
        told[list(columns)],
        hide_index=True,
        column_config=columns,
        key=f"ladder-review:{seen.assessment_id}:{span}",
        alt=t("Units in this span"),
        placeholder=DASH,
        height="content" if len(told) <= TALL_FROM else 560,
    )
