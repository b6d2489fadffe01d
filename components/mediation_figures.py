"""Mediation in figures: what is asked, the big numbers, charts by month, category and source, and both crossed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
import streamlit as st

from components import asked, charts, downloads
from components.case_labels import code_labels
from components.dispute_address import open_list
from components.words import N_, number, t
from db import clock
from db.engine import current
from db.rules.money import yuan
from db.rules.permissions import Actor, Permission, Scope
from db.services.mediation import exports, figures
from db.services.mediation.figures import Figures
from db.services.mediation.lists import Tab

YEARS_BACK = 5
NAMES: Mapping[str, str] = {
    "accepted": N_("Accepted"),
    "succeeded": N_("Succeeded"),
    "rate": N_("Success rate"),
    "amount": N_("Amount agreed on (yuan)"),
    "refused": N_("Refused by a party"),
    "failed": N_("Ended without agreement"),
    "open": N_("Open today"),
    "obligations": N_("Obligations overdue today"),
    "written": N_("Written agreements"),
    "oral": N_("Oral agreements"),
    "confirmed": N_("Confirmed by a court"),
}
BAR = 34


@dataclass(frozen=True)
class Question:
    """Which year and committee; None stands for all that the reader's figures reach."""

    year: int
    committee_id: int | None


def question(actor: Actor) -> Question:
    """The year and the committee the address names, drawn to be changed; only what the reader's figures reach."""
    this_year, names = clock.today(current().settings.timezone).year, figures.committees_counted(actor)
    years = [this_year - back for back in range(YEARS_BACK + 1)]
    year, committee_id = (asked.number_of(st.query_params.get(name)) for name in ("year", "committee_id"))
    chosen = Question(
        year if year in years else this_year,
        committee_id if committee_id in names else None,
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="figures-asked"):
        asked.widget(st.selectbox, "year", chosen.year, label=t("Year"), options=years, format_func=str, width=120)
        if len(names) > 1:
            asked.any_of("committee_id", t("Committee"), names, chosen.committee_id)
        st.space("stretch")
        _export(chosen)
    downloads.fetch_now()
    return chosen


def _export(chosen: Question) -> None:
    said = N_("The yearly table is ready.")
    downloads.export_button(t("Yearly table (.xlsx)"), exports.ask_year, said=said, **asdict(chosen))


def show(actor: Actor, chosen: Question) -> None:
    """Everything of one year, or a word when there is nothing."""
    told = figures.figures(actor, year=chosen.year, committee_id=chosen.committee_id)
    _numbers(actor, told, chosen)
    if told.accepted == 0:
        st.info(t("No dispute was accepted in {year}.", year=chosen.year), icon=":material/handshake:")
        return
    _charts(actor, told, chosen.year)
    _crossed(actor, told.crossed)
    if not actor.may(Permission.MEDIATION_READ):
        st.caption(t("Numbers of 1 or 2 are not shown to readers of figures."))


def figure_name(counted: str) -> str:
    """What a figure is called."""
    return t(NAMES[counted]) if counted in NAMES else counted


def _numbers(actor: Actor, told: Figures, chosen: Question) -> None:
    """The big figures; each that counts files opens them for who may read every file."""
    amount = t("1 or 2") if told.amount is None else yuan(told.amount)
    rows: list[list[tuple[str, str]]] = [
        [("accepted", _count(told.accepted)), ("succeeded", _count(told.succeeded))],
        [("refused", _count(told.refused)), ("failed", _count(told.failed))],
        [("written", _count(told.agreements_written)), ("oral", _count(told.agreements_oral))],
    ]
    rows[0] += [("rate", _rate(told.success_rate)), ("amount", amount)]
    rows[1] += [("open", _count(told.open)), ("obligations", _count(told.overdue_obligations))]
    rows[2] += [("confirmed", _count(told.confirmed))]
    for row in rows:
        for column, (name, value) in zip(st.columns(4), row, strict=False):
            with column.container(border=True, height="stretch", key=f"figure-{name}"):
                st.metric(figure_name(name), value)
                if name == "rate":
                    st.caption(t("Succeeded ÷ accepted, of the files accepted in this year"))
                elif name != "amount" and actor.scope(Permission.MEDIATION_READ) is Scope.ALL:
                    _way_in(name, chosen)


def _way_in(name: str, chosen: Question) -> None:
    if st.button(t("Show"), key=f"show-{name}", type="tertiary", icon=":material/arrow_forward:"):
        asked_for = {"tab": name} if name in set(Tab) else {"tab": Tab.ALL, "counted": name, "year": str(chosen.year)}
        narrowed = {"committee_id": str(chosen.committee_id)} if chosen.committee_id else {}
        open_list(**asked_for, **narrowed)


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


def _crossed(actor: Actor, crossed: pd.DataFrame) -> None:
    """Category by source: how many were accepted."""
    st.subheader(t("Category by source"), anchor=False)
    categories, sources = code_labels(actor, "dispute_category"), code_labels(actor, "dispute_source")
    held = crossed.set_index(["category", "source"])["accepted"].to_dict()
    columns = {t("Category"): [categories[code] for code in categories if code in set(crossed["category"])]}
    for source in (code for code in sources if code in set(crossed["source"])):
        columns[sources[source]] = [
            _cell(held.get((code, source), 0)) for code in categories if code in set(crossed["category"])
        ]
    st.dataframe(pd.DataFrame(columns), hide_index=True, alt=t("Category by source"), key="figures-crossed")


def _cell(value: Any) -> str:
    return _count(None) if pd.isna(value) else _count(int(value)) if value else ""


def _count(value: int | None) -> str:
    return t("1 or 2") if value is None else number(value)


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
