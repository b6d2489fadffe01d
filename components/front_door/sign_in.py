"""The sign-in screen. streamlit-authenticator draws the form and checks the password; nothing else of it is used."""

import secrets
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st
import streamlit_authenticator as stauth
from streamlit_authenticator.controllers import AuthenticationController

from components import account
from components.words import language, set_language, t
from db.languages import LANGUAGES
from db.rules import passwords
from db.services import accounts

SCRIPT = '<script src="/app/static/front_door.js"></script>'


class SignInForm(stauth.Authenticate):  # type: ignore[misc]
    """The library's form over our own table of people; one try per submit."""

    def __init__(self, target: str) -> None:
        # The parent's constructor would draw its cookie component, so its attributes are set here.
        self.path, self.attrs = None, {"login_sleep_time": 0}
        self.cookie_controller = _NoCookie()
        self.authentication_controller = AuthenticationController(
            {"usernames": {}}, auto_hash=False, secret_key=secrets.token_hex(32)
        )
        self._model = self.authentication_controller.authentication_model
        self._model.login = self._try
        self._target = target
        self.ticket = ""
        self.message = ""

    def _try(self, username: str | None, password: str | None, *_: Any, **__: Any) -> bool:
        """Called by the library with what was typed."""
        if not username or not password:
            self.message = t("Enter your user name and your password.")
            return False
        try:
            attempt = accounts.begin(username, address=account.address())
        except accounts.Waiting as waiting:
            self.message = t("Too many tries. Please try again in {seconds} seconds.", seconds=waiting.seconds)
            return False
        ready = passwords.ready_to_hash(password)
        self._model.credentials = {"usernames": {username: {"password": attempt.stored}}}
        right = self._model.check_credentials(username, ready) and attempt.person_id is not None
        if not right or attempt.expired:
            accounts.fail(attempt)
            self.message = (
                t("This first password is no longer valid. Please ask for a new one.")
                if right
                else t("User name or password is not right.")
            )
            return False
        self.ticket = accounts.succeed(attempt, ready=ready, target=self._target)
        return True


class _NoCookie:
    """Stands where the library expects its cookie controller."""

    def get_cookie(self) -> None:
        """There is none; our own is set by a route."""

    def set_cookie(self) -> None:
        """The ticket does this."""


def view(address: str) -> Callable[[], None]:
    """The sign-in screen at one screen's address, to be shown in place of it."""

    def sign_in() -> None:
        query = urlencode({key: st.query_params.get_all(key) for key in st.query_params}, doseq=True)
        _draw(address + (f"?{query}" if query else ""))

    return sign_in


def _draw(target: str) -> None:
    with st.container(horizontal_alignment="center"), st.container(width=440):
        st.title(accounts.office_name() or t("Linli"), anchor=False)
        form = SignInForm(target)
        labels = {
            "Form name": t("Sign in"),
            "Username": t("User name"),
            "Password": t("Password"),
            "Login": t("Sign in"),
        }
        form.login(fields=labels, key="sign_in")
        if form.ticket:
            st.html(_posted("/session/claim", ticket=form.ticket), unsafe_allow_javascript=True)
            st.caption(t("Signing in …"))
        elif form.message:
            st.error(form.message, icon=":material/error:")
        if not accounts.has_administrator():
            st.info(t("This office is not set up yet. Open the link that the terminal shows."))
        _language_switch()
        st.html(f'<span data-linli-focus="sign-in"></span>{SCRIPT}', unsafe_allow_javascript=True)


def sign_out_now(token: str) -> None:
    """Let the browser post its way out; a link could be followed by mistake or from elsewhere."""
    st.html(_posted("/session/end", token=token), unsafe_allow_javascript=True)


def _language_switch() -> None:
    with st.container(horizontal=True, gap="small"):
        for code, name in LANGUAGES.items():
            if st.button(name, key=f"language_{code}", type="tertiary", disabled=code == language()):
                set_language(code)
                st.rerun()


def _posted(where: str, **values: str) -> str:
    """An element from which static/front_door.js makes a form and posts it; `values` are our own tokens."""
    data = " ".join(f'data-field-{name}="{escape(value)}"' for name, value in values.items())
    return f'<span data-linli-post="{escape(where)}" {data}></span>{SCRIPT}'
