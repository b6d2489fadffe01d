"""The search field beside every page: Enter goes to what was found."""

import streamlit as st

from components.words import t
from db.rules.permissions import Actor, Permission

PAGE, PATH, TEXT, MOST = "pages/records/find.py", "find", "text", 100


def show(actor: Actor, page: str) -> None:
    """A field and its button; nothing for who has no register to search, nor on the page that has a field itself."""
    if not actor.may(Permission.RECORDS_FIND) or page == PATH:
        return
    with (
        st.container(key="find-box"),
        st.form("find-box-form", border=False, clear_on_submit=True),
        st.container(horizontal=True, gap="small"),
    ):
        asked = st.text_input(
            t("Find"), value=None, type="search", placeholder=t("Case, dispute, unit …"), max_chars=MOST,
            label_visibility="collapsed", key="find-box-sought",
        )  # fmt: skip
        sent = st.form_submit_button(t("Find"), type="tertiary", key="find-box-go")
    if sent and asked and asked.strip():
        open_found(asked)


def open_found(text: str) -> None:
    """Go to what a text finds, in this tab."""
    st.switch_page(PAGE, query_params={TEXT: text.strip()[:MOST]})
