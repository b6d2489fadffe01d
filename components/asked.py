"""Widgets whose value is what the address says, so that a link shows a colleague the same list."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Protocol, TypeVar

import streamlit as st

from components.words import t
from db.services.listing import Sort

SHOWN = "filters_shown"
PART = "part"
Code = TypeVar("Code", bound=StrEnum)


class Paged(Protocol):
    """What a list is asked by; `page` is one of its fields."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


def widget(draw: Callable[..., Any], name: str, asked: object, /, **options: Any) -> None:
    """A widget whose value is what the address says; changing it changes the address."""
    key = f"list-{name}"
    if key not in st.session_state or st.session_state[key] != asked:
        st.session_state[key] = asked
    draw(key=key, on_change=_remember, args=(name, key), **options)


def tab(labels: Mapping[str, str]) -> str | None:
    """The label of the tab the address names with ?part=, for what a draft leads back to; None: the first."""
    return labels.get(st.query_params.get(PART, ""))


def ask_words(text: str, placeholder: str) -> None:
    """The search box."""
    more = {"value": None, "type": "search", "placeholder": placeholder, "max_chars": 100, "width": 420}
    widget(st.text_input, "text", text, label=t("Search"), **more)


def ask_order(sorts: Mapping[str, str], sort: str, ascending: bool) -> None:
    """What the list is sorted by, and in which direction."""
    _one_in_sight("sort", t("Order"), sorts, sort)
    ask_direction(ascending)


def ask_direction(ascending: bool) -> None:
    """In which direction a list runs that has one order only."""
    _one_in_sight("order", t("Direction"), {"up": "↑", "down": "↓"}, "up" if ascending else "down")


def _one_in_sight(name: str, text: str, options: Mapping[str, str], value: str) -> None:
    shown = {"options": list(options), "format_func": lambda code: options[code], "required": True}
    widget(st.segmented_control, name, value, label=text, **shown)


def ask_tab(tabs: Mapping[str, str], tab: str) -> None:
    """The tabs of a list."""
    widget(
        st.pills,
        "tab",
        tab,
        label=t("Lists"),
        options=list(tabs),
        format_func=lambda code: tabs[code],
        required=True,
        label_visibility="collapsed",
    )


def filter_switch(used: int, clears: Iterable[str], *, searching: bool) -> None:
    """The switch that shows the other filters, and the button that empties them."""
    st.toggle(t("Filters ({n})", n=used) if used else t("Filters"), key=SHOWN)
    if used or searching:
        st.button(t("Clear"), key="clear-filters", type="tertiary", on_click=_clear, args=(tuple(clears),))


def any_of(name: str, text: str, options: Mapping[Any, str], value: object) -> None:
    """A filter by one of `options`; empty means any."""
    codes = list(options)
    widget(
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


def any_day(name: str, text: str, value: date | None) -> None:
    """A filter by a day."""
    widget(st.date_input, name, value, label=text, value=None, format="YYYY-MM-DD", width=170)


def named_alike(named: Mapping[str, str], texts: Iterable[str]) -> dict[str, Any]:
    """What the address of every list names alike: texts and codes, days, order and page."""
    return {name: named.get(name, "")[:200] for name in texts} | {
        "received_from": day_of(named.get("received_from")),
        "received_to": day_of(named.get("received_to")),
        "sort": one_of(Sort, named.get("sort")),
        "ascending": {"up": True, "down": False}.get(named.get("order", "")),
        "page": number_of(named.get("page")) or 1,
    }


def ask_page(choice: Paged, page: int, pages: int) -> None:
    """Which page of the list; another choice begins at its first."""
    if pages > 1:
        key = f"list-page-{hash(replace(choice, page=1))}"
        st.pagination(pages, default=page, key=key, on_change=_remember, args=("page", key))


def one_of(codes: type[Code], asked: str | None) -> Code | None:
    """The code the address names, if there is such a one."""
    return codes(asked) if asked in set(codes) else None


def number_of(asked: str | None) -> int | None:
    """The number the address names, if it is one."""
    return int(asked) if asked and asked.isascii() and asked.isdecimal() and len(asked) < 10 else None


def year_of(asked: str | None) -> int | None:
    """The year the address names, if it is one."""
    year = number_of(asked)
    return year if year is not None and date.min.year <= year <= date.max.year else None


def day_of(asked: str | None) -> date | None:
    """The day the address names, if it is one."""
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError:
        return None


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


def _clear(names: tuple[str, ...]) -> None:
    for name in (*names, "page"):
        st.query_params.pop(name, None)
