"""The search field beside every page: Enter goes to what was found."""

import streamlit as st

from components.words import t
from db.rules.permissions import Actor, Permission

PAGE, TEXT, MOST = "pages/records/find.py", "text", 100


def show(actor: Actor) -> None:
    """A field and its button; nothing for who has no register to search."""
    if not actor.may(Permission.RECORDS_FIND):
        return
    with (
        st.form("find-box", border=False, clear_on_submit=True, enter_to_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        asked = st.text_input(
            t("Find"), value=None, type="search", placeholder=t("Find a case, a dispute, a unit …"), max_chars=MOST,
            label_visibility="collapsed", key="find-box-text",
        )  # fmt: skip
        sent = st.form_submit_button(t("Find"), icon=":material/search:", type="tertiary", key="find-box-go")
    if sent and asked and asked.strip():
        open_found(asked)


def open_found(text: str) -> None:
    """Go to what a text finds, in this tab."""
    st.switch_page(PAGE, query_params={TEXT: text.strip()[:MOST]})
