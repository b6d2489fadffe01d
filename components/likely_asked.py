"""Which pairs an address asks for: what became of them, why they look alike, which page."""

from dataclasses import dataclass

import streamlit as st

from components import asked as widgets
from components.likely_pair import reason_words
from components.words import t
from db.services.cases.likely_lists import REASONS, Tab


@dataclass(frozen=True)
class _Choice:
    """What makes two addresses the same list."""

    tab: Tab
    reason: str
    page: int = 1


def asked() -> tuple[Tab, str, int]:
    """The tab, the reason ("" for any) and the page the address names."""
    named = st.query_params.to_dict()
    reason = named.get("reason", "")
    page = widgets.number_of(named.get("page")) or 1
    return widgets.one_of(Tab, named.get("tab")) or Tab.OPEN, reason if reason in REASONS else "", page


def ask(tab: Tab, reason: str) -> None:
    """The tabs, and the filter by reason."""
    names = {Tab.OPEN: t("To decide"), Tab.REPEAT: t("Linked as repeats"), Tab.DIFFERENT: t("Not the same")}
    widgets.ask_tab({code.value: name for code, name in names.items()}, tab.value)
    widgets.any_of("reason", t("Why they look alike"), reason_words(), reason)


def nothing(tab: Tab, reason: str) -> None:
    """The empty list, and what it means."""
    if reason:
        st.info(t("No pair for this reason. Clear the filter to see the others."), icon=":material/search_off:")
    elif tab is Tab.OPEN:
        said = t("No pairs wait. After each import Linli looks for cases that may be one, and shows them here.")
        st.info(said, icon=":material/done_all:")
    else:
        st.info(t("Nothing here yet."), icon=":material/inbox:")


def ask_page(tab: Tab, reason: str, page: int, pages: int) -> None:
    """Which page of the list."""
    widgets.ask_page(_Choice(tab, reason), page, pages)
