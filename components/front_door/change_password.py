"""Choosing a new password: at first sign-in the only screen there is, later a part of My account."""

from collections.abc import Callable

import streamlit as st

from components import state
from components.words import t, told
from db.rules.problems import Problems
from db.services import accounts
from db.services.accounts import Seat

FORM = "change_password"


def first_view(seat: Seat) -> Callable[[], None]:
    """The screen at every address until the first password is changed."""

    def new_password() -> None:
        st.title(t("New password"), anchor=False)
        st.info(t("Your first password was known to somebody else. Please choose your own to go on."))
        form(seat)

    return new_password


def form(seat: Seat) -> None:
    """Present password, new one twice, and what is wrong beside each."""
    key = state.submission_key(FORM)
    with st.form(f"{FORM}_{key}", width=440):
        labels = {
            "present": t("Present password"),
            "password": t("New password"),
            "repeated": t("New password again"),
        }
        typed, places = {}, {}
        for name, label in labels.items():
            autocomplete = "current-password" if name == "present" else "new-password"
            typed[name] = st.text_input(label, type="password", autocomplete=autocomplete, key=f"{FORM}_{name}_{key}")
            places[name] = st.container()
        st.caption(t("8 to 128 characters of any kind, spaces and Chinese included; a sentence is best."))
        if not st.form_submit_button(t("Change password"), type="primary", key=f"{FORM}_go_{key}"):
            return
    try:
        accounts.change_password(seat.actor, **typed)
    except Problems as problems:
        for problem in problems.problems:
            places[problem.field].error(told(problem))
        return
    except accounts.Waiting as waiting:
        places["present"].error(t("Too many tries. Please try again in {seconds} seconds.", seconds=waiting.seconds))
        return
    state.next_key(FORM)
    state.receipt(t("The password is changed; your other sessions have ended."))
    st.rerun()
