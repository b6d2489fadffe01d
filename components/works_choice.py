"""What is asked of the registers of work, kept in the address."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components import asked
from components.tables import unit_names
from components.words import t
from components.works_labels import abouts, label, labels
from db.rules.permissions import Actor
from db.rules.scoring.works import ABOUTS, Kind, standings
from db.services import units
from db.services.works import lists
from db.services.works.lists import Choice, Tab
from db.services.works.scope import reads_all

TEXTS = ("text", "state", "category")
DAYS = ("received_from", "received_to")
NARROWED = ("state", "category", "year", "unit_id", *DAYS)


def choice_asked(actor: Actor, named: Mapping[str, str] | None = None) -> Choice:
    """The choice an address names, this page's own unless one is given; what makes no sense there is left out."""
    named = st.query_params.to_dict() if named is None else named
    tab = asked.one_of(Tab, named.get("tab"))
    return Choice(
        tab=tab if tab in lists.tabs_of(actor) else Tab.MEETING,
        year=asked.year_of(named.get("year")),
        unit_id=asked.number_of(named.get("unit_id")),
        **asked.named_alike(named, TEXTS),
    )


def ask_tab(actor: Actor, choice: Choice, total: str) -> None:
    """A tab for every kind, all, and what was removed; the chosen one with how many there are."""
    tabs = {tab.value: label("tab", tab) for tab in lists.tabs_of(actor)}
    asked.ask_tab(tabs | {choice.tab.value: f"{tabs[choice.tab.value]} ({total})"}, choice.tab.value)


def ask_words_and_order(choice: Choice) -> None:
    """The search box, the order, and the switch that shows the filters."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-tools"):
        asked.ask_words(choice.text, t("Words of the title"))
        asked.ask_direction(choice.order[1])
        used = sum(bool(getattr(choice, name)) for name in NARROWED)
        asked.filter_switch(used, ("text", *NARROWED), searching=bool(choice.text))


def ask_filters(actor: Actor, choice: Choice) -> None:
    """Year, unit, what kind, how a unit stands, and days; drawn only when they are wanted."""
    if not st.session_state.get(asked.SHOWN):
        return
    tables: list[tuple[str, str, Mapping[Any, str]]] = [
        ("year", t("Year"), {year: str(year) for year in lists.years(actor)}),
        ("unit_id", t("Unit"), _units(actor)),
        ("category", t("What kind"), abouts(_kinds(choice.tab))),
        ("state", t("Standing"), _stands(choice.tab)),
    ]
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-filters"):
        for name, text, options in tables:
            asked.any_of(name, text, options, getattr(choice, name))
        for name, text in zip(DAYS, (t("From"), t("Until")), strict=True):
            asked.any_day(name, text, getattr(choice, name))


def _units(actor: Actor) -> dict[int, str]:
    """The units whose part somebody reads."""
    every = units.units(actor)
    return unit_names(every if reads_all(actor) else every[every["path"].str.startswith(actor.unit_path or "-")])


def _kinds(tab: Tab) -> tuple[Kind, ...]:
    return (Kind(tab.value),) if tab.value in set(Kind) else tuple(Kind)


def _stands(tab: Tab) -> dict[str, str]:
    found = {stand for kind in _kinds(tab) for about in ABOUTS[kind] for stand in standings(kind, about)}
    return {code: text for code, text in labels("stand").items() if code in found}
