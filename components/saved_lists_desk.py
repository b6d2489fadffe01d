"""The saved lists somebody pinned to the desk, each with how many rows it has for this person now."""

import streamlit as st

from components.list_counters import COUNTERS
from components.saved_lists import open_link
from components.screens import SCREENS
from components.words import number, t
from db.rules.permissions import Actor
from db.services import saved_lists


def show(actor: Actor) -> None:
    """In one row; nothing when none is pinned."""
    may_open = {screen.path for screen in SCREENS if actor.may(screen.permission)}
    pinned = [one for one in saved_lists.pinned(actor) if one.screen in may_open & COUNTERS.keys()]
    if not pinned:
        return
    st.subheader(t("My lists"), anchor=False)
    with st.container(horizontal=True, key="desk-lists"):
        for one in pinned:
            page = COUNTERS[one.screen](actor, one.address)
            open_link(one, count=number(page.total) + ("+" if page.more else ""))
