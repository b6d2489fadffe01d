"""What is asked of the list, kept in the address, so that a link shows a colleague the same list."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import streamlit as st

from components.case_labels import code_labels, label, labels
from components.tables import unit_names
from components.words import t
from db.rules.permissions import Actor
from db.services import cases, units
from db.services.cases import Choice, Sort, Tab

TEXTS = ("text", "state", "grade", "kind", "channel", "category")
DAYS = ("received_from", "received_to", "closed_from")
SHOWN = "filters_shown"
Code = TypeVar("Code", bound=StrEnum)


def choice_asked(actor: Actor) -> Choice:
    """The choice the address names; whatever makes no sense there is left out."""
    asked = st.query_params.to_dict()
    tabs = cases.tabs_of(actor)
    tab = _one_of(Tab, asked.get("tab"))
    return Choice(
        **{name: asked.get(name, "")[:200] for name in TEXTS},
        tab=tab if tab in tabs else Tab.OPEN,
        unit_id=_number(asked.get("unit_id")),
        handler_id=_number(asked.get("handler_id")),
        received_from=_day(asked.get("received_from")),
        received_to=_day(asked.get("received_to")),
        closed_from=_day(asked.get("closed_from")),
        sort=_one_of(Sort, asked.get("sort")),
        ascending={"up": True, "down": False}.get(asked.get("order", "")),
        page=_number(asked.get("page")) or 1,
    )


def ask_tab(actor: Actor, choice: Choice, total: str) -> None:
    """The tabs by what needs this person; the chosen one says how many there are."""
    tabs = [tab.value for tab in cases.tabs_of(actor)]
    _widget(
        st.pills,
        "tab",
        choice.tab.value,
        label=t("Lists"),
        options=tabs,
        format_func=lambda tab: f"{label('tab', tab)} ({total})" if tab == choice.tab else label("tab", tab),
        required=True,
        label_visibility="collapsed",
    )


def ask_words_and_order(choice: Choice) -> None:
    """The search box, the order, and the switch that shows the other filters."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-tools"):
        _widget(
            st.text_input,
            "text",
            choice.text,
            label=t("Search"),
            value=None,
            type="search",
            placeholder=t("Number, subject, place or words, from one character up"),
            max_chars=100,
            width=420,
        )
        sorts = [sort.value for sort in cases.sorts_of(choice.tab)]
        sort, ascending = choice.order
        named = labels("sort")
        _widget(
            st.segmented_control,
            "sort",
            sort.value,
            label=t("Order"),
            options=sorts,
            format_func=lambda code: named[code],
            required=True,
        )
        orders = {"up": "↑", "down": "↓"}
        _widget(
            st.segmented_control,
            "order",
            "up" if ascending else "down",
            label=t("Direction"),
            options=["up", "down"],
            format_func=lambda code: orders[code],
            required=True,
        )
        used = sum(bool(getattr(choice, name)) for name in (*TEXTS[1:], *DAYS, "unit_id", "handler_id"))
        st.toggle(t("Filters ({n})", n=used) if used else t("Filters"), key=SHOWN)
        if used or choice.text:
            st.button(t("Clear"), key="clear-filters", type="tertiary", on_click=_clear)


def ask_filters(actor: Actor, choice: Choice) -> None:
    """The other filters, drawn only when they are wanted."""
    if not st.session_state.get(SHOWN):
        return
    tables: list[tuple[str, str, Mapping[Any, str]]] = [
        ("state", t("State"), labels("state")),
        ("grade", t("Grade"), labels("grade")),
        ("kind", t("Kind"), labels("kind")),
        ("channel", t("How it came"), labels("channel")),
        ("category", t("Category"), code_labels(actor, "category")),
        ("unit_id", t("Lead unit"), unit_names(units.units(actor))),
    ]
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-filters"):
        for name, text, options in tables:
            _any_of(name, text, options, getattr(choice, name))
        for name, text in zip(DAYS, (t("Received from"), t("Received until"), t("Closed from")), strict=True):
            day = getattr(choice, name)
            _widget(st.date_input, name, day, label=text, value=None, format="YYYY-MM-DD", width=170)


def ask_page(choice: Choice, page: int, pages: int) -> None:
    """Which page of the list; another choice begins at its first."""
    if pages > 1:
        key = f"list-page-{hash(replace(choice, page=1))}"
        st.pagination(pages, default=page, key=key, on_change=_remember, args=("page", key))


def _any_of(name: str, text: str, options: Mapping[Any, str], value: object) -> None:
    codes = list(options)
    _widget(
        st.selectbox,
        name,
        value if value in codes else None,
        label=text,
        options=codes,
        index=None,
        format_func=lambda code: options.get(code, str(code)).strip("　"),
        placeholder=t("Any"),
        width=190,
    )


def _widget(draw: Callable[..., Any], name: str, asked: object, /, **options: Any) -> None:
    """A widget whose value is what the address says; changing it changes the address."""
    key = f"list-{name}"
    if key not in st.session_state or st.session_state[key] != asked:
        st.session_state[key] = asked
    draw(key=key, on_change=_remember, args=(name, key), **options)


def _remember(name: str, key: str) -> None:
    value = st.session_state.get(key)
    if name != "page":
        st.query_params.pop("page", None)
    if name == "tab":
        for other in ("sort", "order"):
            st.query_params.pop(other, None)
    if value in (None, "", 1 if name == "page" else ""):
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value)


def _clear() -> None:
    for name in (*TEXTS, *DAYS, "unit_id", "handler_id", "page"):
        st.query_params.pop(name, None)


def _one_of(codes: type[Code], asked: str | None) -> Code | None:
    return codes(asked) if asked in set(codes) else None


def _number(asked: str | None) -> int | None:
    return int(asked) if asked and asked.isdecimal() and len(asked) < 10 else None


def _day(asked: str | None) -> date | None:
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError:
        return None
