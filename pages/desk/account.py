"""My account: change the password, see where one is signed in, sign out everywhere."""

import streamlit as st

from components import account
from components.front_door import change_password
from components.screens import enter
from components.words import moment, t
from db.services import accounts

actor = enter(__file__)
seat = account.who_is_here()

st.subheader(t("Password"))
if seat is not None:
    change_password.form(seat)

st.subheader(t("Where I am signed in"))
for one in accounts.my_sessions(actor):
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container():
            st.text(account.browser_name(one.browser) or t("Unknown browser"))
            st.text(f"{moment(one.created_at)} – {moment(one.seen_at)} · {one.address}")
        if one.is_this_one:
            st.badge(t("This one"), color="green")
        else:
            st.button(
                t("End"),
                key=f"end_{one.id}",
                on_click=accounts.end_mine,
                args=(actor,),
                kwargs={"session_id": one.id},
            )
st.button(
    t("Sign out everywhere"),
    key="end_all",
    icon=":material/logout:",
    on_click=accounts.end_all_mine,
    args=(actor,),
)
