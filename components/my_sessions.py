"""Where one is signed in: each browser with its address and times, and the way to end it."""

import streamlit as st

from components import account
from components.words import moment, t
from db.rules.permissions import Actor
from db.services import accounts


def show(actor: Actor) -> None:
    """This browser first, then the others; end one, all others, or all."""
    found = sorted(accounts.my_sessions(actor), key=lambda one: not one.is_this_one)
    for one in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"session-{one.id}"):
            with st.container(gap="small"):
                st.text(account.browser_name(one.browser) or t("Unknown browser"))
                times = {"since": moment(one.created_at), "seen": moment(one.seen_at), "address": one.address}
                st.caption(t("{address} · signed in {since}, last seen {seen}", **times))
            if one.is_this_one:
                st.badge(t("This one"), color="green")
            else:
                end = {"on_click": accounts.end_mine, "args": (actor,), "kwargs": {"session_id": one.id}}
                st.button(t("End"), key=f"end_{one.id}", **end)  # type: ignore[arg-type]
    with st.container(horizontal=True):
        if len(found) > 1:
            st.button(t("End all others"), key="end_others", on_click=accounts.end_my_others, args=(actor,))
        everywhere = t("Sign out everywhere")
        icon = ":material/logout:"
        st.button(everywhere, key="end_all", icon=icon, on_click=accounts.end_all_mine, args=(actor,))
