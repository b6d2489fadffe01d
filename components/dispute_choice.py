"""What is asked of the list of disputes, kept in the address."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components import asked
from components.case_labels import code_labels
from components.case_labels import labels as case_labels
from components.dispute_labels import label, labels
from components.mediation_figures import figure_name
from components.words import number, t
from db.rules.permissions import Actor, Permission
from db.services.listing import sorts_of
from db.services.mediation import committees, lists
from db.services.mediation.counted import Counted
from db.services.mediation.lists import Choice, Tab

TEXTS = ("text", "state", "category", "source")
DAYS = ("received_from", "received_to")
NARROWED = (*TEXTS[1:], *DAYS, "committee_id", "counted")


def choice_asked(actor: Actor, named: Mapping[str, str] | None = None) -> Choice:
    """The choice an address names, this page's own unless one is given; what makes no sense there is left out."""
    named = st.query_params.to_dict() if named is None else named
    tab, tabs = asked.one_of(Tab, named.get("tab")), lists.tabs_of(actor)
    return Choice(
        tab=tab if tab in tabs else lists.first_tab(actor),
        committee_id=asked.number_of(named.get("committee_id")),
        counted=asked.one_of(Counted, named.get("counted")) or "",
        year=asked.year_of(named.get("year")),
        **asked.named_alike(named, TEXTS),
    )


def ask_tab(actor: Actor, choice: Choice, total: str) -> None:
    """The tabs by what needs this person, each with how many wait there; the chosen one with what is shown."""
    counts = {tab: number(count) for tab, count in lists.counts(actor).items() if count} | {choice.tab: total}
    tabs = {tab.value: label("tab", tab) for tab in lists.tabs_of(actor)}
    tabs |= {tab.value: f"{tabs[tab.value]} ({count})" for tab, count in counts.items()}
    asked.ask_tab(tabs, choice.tab.value)


def ask_words_and_order(choice: Choice) -> None:
    """The search box, the order, and the switch that shows the other filters."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-tools"):
        asked.ask_words(choice.text, t("Number, subject or committee, from one character up"))
        sort, ascending = choice.order
        named = case_labels("sort")
        asked.ask_order({one.value: named[one] for one in sorts_of(choice.tab)}, sort.value, ascending)
        used = sum(bool(getattr(choice, name)) for name in NARROWED)
        asked.filter_switch(used, ("text", "year", *NARROWED), searching=bool(choice.text))


def ask_filters(actor: Actor, choice: Choice) -> None:
    """The other filters, drawn only when they are wanted."""
    if choice.counted and choice.year:
        figure = figure_name(choice.counted)
        st.caption(t("Only what “{figure}” counts in the figures of {year}.", figure=figure, year=choice.year))
    if not st.session_state.get(asked.SHOWN):
        return
    tables: list[tuple[str, str, Mapping[Any, str]]] = [
        ("state", t("State"), labels("state")),
        ("category", t("Category"), code_labels(actor, "dispute_category")),
        ("source", t("Source"), code_labels(actor, "dispute_source")),
    ]
    if actor.may(Permission.COMMITTEES_READ):
        tables.append(("committee_id", t("Committee"), committees.committee_names(actor)))
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-filters"):
        for name, text, options in tables:
            asked.any_of(name, text, options, getattr(choice, name))
        for name, text in zip(DAYS, (t("Received from"), t("Received until")), strict=True):
            asked.any_day(name, text, getattr(choice, name))
