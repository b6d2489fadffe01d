"""Who is here on this run: from the guard's own header, looked up in the database each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from components import words
from components.front_door import identity
from db.rules.permissions import Actor
from db.services import accounts
from db.services.accounts import Seat

_OWNER = "owner_of_this_state"
_KEPT = ("language",)
LANGUAGE_COOKIE = "linli_language"
# Most browsers also name the ones they descend from, so the order counts.
_BROWSERS = {
    "Edg": "Edge",
    "MicroMessenger": "WeChat",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def who_is_here() -> Seat | None:
    """The person at this browser, or None. The one function tests replace to be somebody."""
    session_id = identity.session_in(str(st.user.get(identity.USER_KEY) or ""))
    return accounts.seat_of(session_id, origin=address()) if session_id is not None else None


_this_run: ContextVar[Seat | None] = ContextVar("seat_of_this_run", default=None)


def current_actor() -> Actor | None:
    """Who acts, for pages; None also for somebody whose account needs something first.

    While the page is drawn this is the seat read at the beginning of the run; a callback, which comes before it,
    reads the database itself.
    """
    seat = _this_run.get() or who_is_here()
    return seat.actor if seat is not None and seat.at_work else None


def arrive() -> Seat | None:
    """Begin a run: who is here, nobody else's state in their hands, and their language."""
    seat = who_is_here()
    owner = seat.session_id if seat else 0
    if st.session_state.setdefault(_OWNER, owner) != owner:
        for key in [key for key in st.session_state if key not in _KEPT]:
            del st.session_state[key]
        st.session_state[_OWNER] = owner
    chosen = seat.actor.language if seat else ""
    words.set_language(chosen or st.session_state.get("language") or st.context.cookies.get(LANGUAGE_COOKIE, ""))
    return seat


@contextmanager
def seated(seat: Seat | None) -> Iterator[None]:
    """Let current_actor() answer this seat while the page is drawn."""
    token = _this_run.set(seat)
    try:
        yield
    finally:
        _this_run.reset(token)


def address() -> str:
    """Where this browser is, as the guard saw it."""
    return st.context.headers.get(identity.ADDRESS) or ""


def browser_name(user_agent: str) -> str:
    """Firefox · Windows: enough to know one's own again; "" when it says nothing known."""
    names = (_first(user_agent, _BROWSERS), _first(user_agent, _SYSTEMS))
    return " · ".join(name for name in names if name)


def _first(user_agent: str, marks: dict[str, str]) -> str:
    return next((name for mark, name in marks.items() if mark in user_agent), "")
