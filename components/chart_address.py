"""A question about a register in the address, so that a link asks a colleague's figures the same."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from components import asked
from components.words import t
from db.rules.briefings.chart import ChartSpec
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services.briefings import saved
from db.services.briefings.saved import Saved

ID, FILTER = "id", "filter"
TEXTS = ("register", "measure", "split", "by", "period", "kind", "compare", "title")
DAYS = ("first", "last")
LONGEST, MOST_FILTERS, MOST_CODES = 100, 20, 200
_PAGE = "pages/briefings/chart.py"


def saved_chart(actor: Actor) -> Saved | None:
    """The saved chart of ?id=, or None when the address names none that is theirs to see."""
    if ID not in st.query_params:
        return None
    chart_id = asked.number_of(st.query_params.get(ID))
    try:
        return None if chart_id is None else saved.chart(actor, chart_id=chart_id)
    except NotThere:
        st.info(t("This chart does not exist any more, or it is not shared with you."), icon=":material/search_off:")
        return None


def spec_asked() -> ChartSpec | None:
    """The question the address asks, whether or not it makes sense; None when it asks none."""
    named = st.query_params.to_dict()
    if not named.get("register"):
        return None
    told: dict[str, Any] = {name: named[name][:LONGEST] for name in TEXTS if named.get(name)}
    told |= {name: asked.day_of(named.get(name)) for name in DAYS}
    told["filters"] = tuple(_filter(one) for one in st.query_params.get_all(FILTER)[:MOST_FILTERS])
    return replace(ChartSpec(register="", measure=""), **told)


def params_of(spec: ChartSpec) -> dict[str, str | list[str]]:
    """The question as an address carries it."""
    told: dict[str, str | list[str]] = {name: value for name in TEXTS if (value := getattr(spec, name))}
    told |= {name: value.isoformat() for name in DAYS if (value := getattr(spec, name))}
    if spec.filters:
        told[FILTER] = [f"{name}:{'|'.join(codes)}" for name, codes in spec.filters]
    return told


def ask(spec: ChartSpec, chart_id: int | None = None) -> None:
    """Put a question into the address; with the saved chart it is a change of."""
    mine: Mapping[str, str | Sequence[str]] = {ID: str(chart_id)} if chart_id is not None else {}
    st.query_params.from_dict({**mine, **params_of(spec)})


def open_chart(spec: ChartSpec | None = None, chart_id: int | None = None) -> None:
    """Show a saved chart, a question, or the beginning of a new one."""
    if chart_id is not None:
        st.switch_page(_PAGE, query_params={ID: str(chart_id)})
    st.switch_page(_PAGE, query_params=params_of(spec) if spec is not None else None)


def open_list() -> None:
    """Back to all charts."""
    st.switch_page("pages/briefings/charts.py")


def _filter(told: str) -> tuple[str, tuple[str, ...]]:
    name, _, codes = told.partition(":")
    return name[:LONGEST], tuple(code[:LONGEST] for code in codes.split("|")[:MOST_CODES])
