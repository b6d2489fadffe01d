"""Setting up the second factor: for some roles the only screen there is at first, later a part of My account."""

from collections.abc import Callable
from html import escape

import streamlit as st

from components import state
from components.forms import plain
from components.words import t, told
from db.documents.sheets import qr_code
from db.rules.problems import Problems
from db.services import accounts
from db.services.accounts import Seat

FORM = "second_factor"
_WANTED = "second-factor-wanted"


def first_view(seat: Seat) -> Callable[[], None]:
    """The screen at every address until the second factor of such a role is set up."""

    def second_factor() -> None:
        st.title(t("Second factor"), anchor=False)
        _set_up(seat, t("Your role needs a second factor. Set it up on your telephone to go on."))

    return second_factor


def part(seat: Seat) -> None:
    """How one's own second factor stands, and what can be done about it."""
    standing = accounts.my_second_factor(seat.actor)
    if standing.on:
        said = t("It is on. {n} recovery codes are left.", n=standing.codes_left)
        st.markdown(f":green[:material/verified_user:] {plain(said)}")
        _change(seat)
    elif st.session_state.get(_WANTED):
        _set_up(seat)
    else:
        st.markdown(t("It is off. Whoever knows your password can sign in as you."))
        st.button(t("Set up the second factor"), key="second-factor-begin", on_click=_want)


def _want() -> None:
    st.session_state[_WANTED] = True


def _set_up(seat: Seat, why: str = "") -> None:
    """The QR code and the secret as text; it counts once one code was right."""
    place = st.empty()
    with place.container():
        if why:
            st.info(why)
        try:
            enrolment = accounts.begin_second_factor(seat.actor)
        except Problems:
            st.rerun()  # confirmed in another tab since this screen looked
        st.markdown(t("1. Scan this with an authenticator app on your telephone."))
        alt = t("QR code for the authenticator")
        st.html(f'<img src="{escape(qr_code(enrolment.uri))}" alt="{escape(alt)}">')
        st.markdown(t("Or type this secret into it (time-based, 6 digits, 30 seconds):"))
        st.code(" ".join(enrolment.secret[at : at + 4] for at in range(0, len(enrolment.secret), 4)), language=None)
        st.markdown(t("2. Type the six digits it shows now."))
        code, problem = _code_form(t("Confirm"), "set-up")
    if code is None:
        return
    try:
        codes = accounts.confirm_second_factor(seat.actor, code=code)
    except Problems as problems:
        problem.error(told(problems.problems[0]))
        return
    st.session_state.pop(_WANTED, None)
    place.empty()
    _show_codes(codes)


def _change(seat: Seat) -> None:
    """New recovery codes, or away with it for another telephone; both for a code."""
    with st.expander(t("New recovery codes, or another telephone"), icon=":material/key:"):
        place = st.container()
        acts = {"renew": t("Make new recovery codes"), "drop": t("Take the second factor away")}
        act = st.segmented_control(
            t("What to do"), list(acts), format_func=lambda one: acts[one], default="renew", key="second-factor-act"
        )
        code, problem = _code_form(t("Go on"), "change")
    if code is None or act is None:
        return
    try:
        if act == "renew":
            codes = accounts.renew_recovery_codes(seat.actor, code=code)
            with place:
                _show_codes(codes)
            return
        accounts.drop_second_factor(seat.actor, code=code)
    except Problems as problems:
        problem.error(told(problems.problems[0]))
        return
    except accounts.Waiting as waiting:
        problem.error(t("Too many tries. Please try again in {seconds} seconds.", seconds=waiting.seconds))
        return
    state.receipt(t("The second factor is taken away."))
    st.rerun()


def _code_form(button: str, name: str) -> tuple[str | None, "st.delta_generator.DeltaGenerator"]:
    """The code typed when the button was pressed, and the place for what is wrong with it."""
    with st.form(f"{FORM}_{name}", width=440):
        code = st.text_input(t("One-time code"), autocomplete="one-time-code", max_chars=40, key=f"{FORM}_code_{name}")
        problem = st.container()
        pressed = st.form_submit_button(button, type="primary", key=f"{FORM}_go_{name}")
    return (code if pressed else None), problem


def _show_codes(codes: tuple[str, ...]) -> None:
    """The recovery codes, shown this once."""
    st.success(t("The second factor is on."), icon=":material/verified_user:")
    st.warning(
        t("Write down or print these recovery codes now: they are shown only this once. Each lets you in one time.")
    )
    st.code("\n".join(codes), language=None)
    if st.button(t("I have kept them"), key="second-factor-kept", type="primary"):
        st.rerun()
