"""Mediation in figures: what is asked, the big numbers, charts by month, category and source, and both crossed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from components import asked, charts
from components.case_labels import code_labels
from components.dispute_address import open_list
from components.words import number, t
from db import clock
from db.engine import current
from db.rules.money import yuan
from db.rules.permissions import Actor, Permission
from db.services.mediation import committees, figures
from db.services.mediation.figures import Figures

YEARS_BACK = 5
BAR = 34


@dataclass(frozen=True)
class Question:
    """Which year and committee; None stands for all that the reader's figures reach."""

    year: int
    committee_id: int | None


def question(actor: Actor) -> Question:
    """The year and the committee the address names, drawn to be changed."""
    this_year = clock.today(current().settings.timezone).year
    years = [this_year - back for back in range(YEARS_BACK + 1)]
    year = asked.number_of(st.query_params.get("year"))
    chosen = Question(year if year in years else this_year, asked.number_of(st.query_params.get("committee_id")))
    with st.container(horizontal=True, vertical_alignment="bottom", key="figures-asked"):
        asked.widget(st.selectbox, "year", chosen.year, label=t("Year"), options=years, format_func=str, width=120)
        if actor.may(Permission.COMMITTEES_READ):
            names = committees.committee_names(actor)
            asked.any_of("committee_id", t("Committee"), names, chosen.committee_id)
    return chosen


def show(actor: Actor, asked_for: Question) -> None:
    """Everything of one year, or a word when there is nothing."""
    told = figures.figures(actor, year=asked_for.year, committee_id=asked_for.committee_id)
    _numbers(actor, told, asked_for)
    if told.accepted == 0:
        st.info(t("No dispute was accepted in {year}.", year=asked_for.year), icon=":material/handshake:")
        return
    _charts(actor, told, asked_for.year)
    _crossed(actor, told.cube)
    if not actor.may(Permission.MEDIATION_READ):
        st.caption(t("Numbers of 1 or 2 are not shown to readers of figures."))


def _numbers(actor: Actor, told: Figures, asked_for: Question) -> None:
    of_year: dict[str, str] = {"tab": "all", "accepted_in": str(asked_for.year)}
    rows: list[list[tuple[str, str, dict[str, str] | None]]] = [
        [
            (t("Accepted"), _count(told.accepted), of_year),
            (t("Succeeded"), _count(told.succeeded), of_year | {"result": "agreed"}),
            (t("Success rate"), _rate(told.success_rate), None),
            (t("Amount agreed on (yuan)"), t("hidden") if told.amount is None else yuan(told.amount), None),
        ],
        [
            (t("Refused"), _count(told.refused), of_year | {"result": "refused"}),
            (t("Ended without agreement"), _count(told.failed), of_year | {"result": "failed"}),
            (t("Open today"), _count(told.open), {"tab": "open"}),
            (t("Obligations overdue today"), _count(told.overdue_obligations), {"tab": "obligations"}),
        ],
        [
            (t("Written agreements"), _count(told.agreements_written), None),
            (t("Oral agreements"), _count(told.agreements_oral), None),
            (t("Confirmed by a court"), _count(told.confirmed), None),
        ],
    ]
    opens = actor.may(Permission.MEDIATION_READ)
    narrowed = {"committee_id": str(asked_for.committee_id)} if asked_for.committee_id else {}
    for row, line in enumerate(rows):
        for place, (column, (name, value, list_asked)) in enumerate(zip(st.columns(4), line, strict=False)):
            with column.container(border=True, key=f"figure-{row}-{place}", height="stretch"):
                st.metric(name, value)
                if (
                    opens
                    and list_asked
                    and st.button(
                        t("Show"), key=f"show-{row}-{place}", type="tertiary", icon=":material/arrow_forward:"
                    )
                ):
                    open_list(**list_asked, **narrowed)
                if name == t("Success rate"):
                    st.caption(t("Succeeded ÷ accepted, of the files accepted in this year"))


def _charts(actor: Actor, told: Figures, year: int) -> None:
    months = told.by_month.assign(at=[f"{month:%m}" for month in told.by_month["month"]])
    st.subheader(t("By month of acceptance"), anchor=False)
    _bars(months, t("Month"), t("Accepted and succeeded by month of {year}", year=year), key="figures-months")
    left, right = st.columns(2, gap="large")
    parts = (
        (left, t("By category"), told.by_category, "category", t("Category")),
        (right, t("By source"), told.by_source, "source", t("Source")),
    )
    for column, heading, frame, name, by in parts:
        labels = code_labels(actor, f"dispute_{name}")
        some = frame[frame["accepted"].isna() | (frame["accepted"] > 0)]
        named = some.assign(at=[labels.get(code, code) for code in some[name]])
        with column:
            st.subheader(heading, anchor=False)
            described = t("Accepted and succeeded in {year}: {heading}", year=year, heading=heading)
            _bars(named.sort_values("accepted", ascending=False), by, described, key=f"figures-{name}", lying=True)


def _bars(frame: pd.DataFrame, by: str, described: str, *, key: str, lying: bool = False) -> None:
    names = {"accepted": t("Accepted"), "succeeded": t("Succeeded")}
    rows: list[dict[str, object]] = [
        {"at": row["at"], "what": what, "n": None if pd.isna(row[code]) else int(row[code])}
        for row in frame.to_dict("records")
        for code, what in names.items()
    ]
    spec = charts.paired_bars(*names.values(), by, t("Disputes"), lying=lying)
    said = "; ".join(f"{row['at']} {row['what']} {_count(row['n'])}" for row in rows if row["n"] != 0)  # type: ignore[arg-type]
    height = 60 + BAR * len(frame) if lying else 240
    charts.chart(spec, rows, alt=f"{described}: {said}", key=key, height=height)


def _crossed(actor: Actor, cube: pd.DataFrame) -> None:
    """Category by source: how many were accepted."""
    st.subheader(t("Category by source"), anchor=False)
    categories, sources = code_labels(actor, "dispute_category"), code_labels(actor, "dispute_source")
    counts = cube.groupby(["category", "source"])["accepted"].agg(lambda part: part.sum(skipna=False))
    found: Mapping[Any, Any] = counts.to_dict()
    across = [code for code in sources if any(source == code for _, source in found)]
    down = [code for code in categories if any(category == code for category, _ in found)]
    columns: dict[str, list[str]] = {t("Category"): [categories[code] for code in down]}
    for source in across:
        columns[sources[source]] = [_cell(found.get((category, source), 0)) for category in down]
    st.dataframe(pd.DataFrame(columns), hide_index=True, alt=t("Category by source"), key="figures-crossed")


def _cell(value: Any) -> str:
    return _count(None) if pd.isna(value) else _count(int(value)) if value else ""


def _count(value: int | None) -> str:
    return t("1 or 2") if value is None else number(value)


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
