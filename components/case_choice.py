"""What is asked of the list of cases, kept in the address."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components import asked
from components.case_labels import code_labels, label, labels
from components.tables import unit_names
from components.words import t
from db.rules.permissions import Actor
from db.services import cases, units
from db.services.cases import Choice, Tab
from db.services.listing import sorts_of

TEXTS = ("text", "state", "grade", "kind", "channel", "category", "brought", "clock", "whose")
DAYS = ("received_from", "received_to", "closed_from")


def choice_asked(actor: Actor, named: Mapping[str, str] | None = None) -> Choice:
    """The choice an address names, this page's own unless one is given; what makes no sense there is left out."""
    named = st.query_params.to_dict() if named is None else named
    tabs = cases.tabs_of(actor)
    tab = asked.one_of(Tab, named.get("tab"))
    return Choice(
        tab=tab if tab in tabs else Tab.OPEN,
        unit_id=asked.number_of(named.get("unit_id")),
        handler_id=asked.number_of(named.get("handler_id")),
        import_id=asked.number_of(named.get("import_id")),
        closed_from=asked.day_of(named.get("closed_from")),
        **asked.named_alike(named, TEXTS),
    )


def ask_tab(actor: Actor, choice: Choice, total: str) -> None:
    """The tabs by what needs this person; the chosen one says how many there are."""
    tabs = {tab.value: label("tab", tab) for tab in cases.tabs_of(actor)}
    tabs[choice.tab.value] += f" ({total})"
    asked.ask_tab(tabs, choice.tab.value)


def ask_words_and_order(choice: Choice) -> None:
    """The search box, the order, and the switch that shows the other filters."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-tools"):
        asked.ask_words(choice.text, t("Number, subject, place or words, from one character up"))
        sort, ascending = choice.order
        named = labels("sort")
        asked.ask_order({one.value: named[one] for one in sorts_of(choice.tab)}, sort.value, ascending)
        names = (*TEXTS[1:], *DAYS, "unit_id", "handler_id", "import_id")
        used = sum(bool(getattr(choice, name)) for name in names)
        asked.filter_switch(used, ("text", *names), searching=bool(choice.text))


def ask_filters(actor: Actor, choice: Choice) -> None:
    """The other filters, drawn only when they are wanted; an import is no filter people choose here."""
    if choice.import_id is not None:
        st.markdown(f":material/upload_file: {t('Only what one import brought.')}")
    if not st.session_state.get(asked.SHOWN):
        return
    tables: list[tuple[str, str, Mapping[Any, str]]] = [
        ("clock", t("Time left"), labels("time_left")),
        ("whose", t("Whose"), labels("whose")),
        ("state", t("State"), labels("state")),
        ("grade", t("Grade"), labels("grade")),
        ("kind", t("Kind"), labels("kind")),
        ("channel", t("How it came"), labels("channel")),
        ("category", t("Category"), code_labels(actor, "category")),
        ("unit_id", t("Lead unit"), unit_names(units.units(actor))),
    ]
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-filters"):
        for name, text, options in tables:
            asked.any_of(name, text, options, getattr(choice, name))
        for name, text in zip(DAYS, (t("Received from"), t("Received until"), t("Closed from")), strict=True):
            asked.any_day(name, text, getattr(choice, name))
