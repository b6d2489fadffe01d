"""My account: the password, the second factor, where one is signed in, and the way out of each place."""

import streamlit as st

from components import account, my_sessions
from components.front_door import change_password, second_factor
from components.screens import enter
from components.words import t

actor = enter(__file__)
seat = account.who_is_here()

st.subheader(t("Password"))
if seat is not None:
    change_password.form(seat)
    st.subheader(t("Second factor"))
    second_factor.part(seat)

st.subheader(t("Where I am signed in"))
my_sessions.show(actor)
