"""Where the page of supervision notices stands, and what its address asks for."""

from collections.abc import Mapping

import streamlit as st

from components import asked
from db.services.supervision.lists import Tab

PAGE = "pages/cases/supervision.py"


def tab_asked(first: Tab, named: Mapping[str, str] | None = None) -> tuple[Tab, int]:
    """The tab and the page of the list an address names, this page's own unless one is given; `first` for none."""
    named = st.query_params.to_dict() if named is None else named
    return asked.one_of(Tab, named.get("tab")) or first, asked.number_of(named.get("page")) or 1


def open_notices(tab: Tab) -> None:
    """Go to a list of notices in this tab."""
    st.switch_page(PAGE, query_params={"tab": tab.value})
