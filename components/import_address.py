"""Which import an address asks for; not there and not yours look the same."""

import streamlit as st

from components.asked import number_of
from components.words import t

ID, LIKE = "id", "like"


def asked_id() -> int | None:
    """The import named by ?id=, None for a new one."""
    return number_of(st.query_params.get(ID))


def like_asked() -> int | None:
    """The import whose mapping a new one begins with, named by ?like=."""
    return number_of(st.query_params.get(LIKE))


def begin_like(import_id: int) -> None:
    """Callback: to the field for another file, to be read as this one was."""
    st.query_params.pop(ID, None)
    st.query_params[LIKE] = str(import_id)


def not_there() -> None:
    """A calm word, a way out, and the end of the page."""
    st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
    if st.button(t("To the imports"), key="to-the-imports", type="primary"):
        open_list()
    st.stop()


def open_import(import_id: int | None = None, **more: str) -> None:
    """Go to an import in this tab, or to a new one."""
    query = {ID: str(import_id)} if import_id is not None else {}
    st.switch_page("pages/cases/import.py", query_params={**query, **more} or None)


def open_list() -> None:
    """Go to the list of imports in this tab."""
    st.switch_page("pages/cases/imports.py")
