"""What a session keeps beside its widgets: one submission key per form, and receipts shown for ten seconds.

Kept in a plain dictionary per session and not in st.session_state: an assignment there after a commit can be
interrupted by the next click, and then the next honest record would be dropped as a double one. And what a session
does not keep: the widgets of screens somebody has left.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from db import clock

SHOWN_FOR = timedelta(seconds=10)
MOST_SHOWN = 2


@dataclass
class Shelf:
    """One session's keys and receipts."""

    keys: dict[str, str] = field(default_factory=dict)
    receipts: list[tuple[datetime, str]] = field(default_factory=list)


def submission_key(form: str) -> str:
    """The key of the record being written in this form: the same on every rerun until next_key(form).

    Put it into the submit button's key and into the service's arguments; a service takes each key once.
    """
    return _shelf().keys.setdefault(form, secrets.token_urlsafe(16))


def next_key(form: str) -> None:
    """The record is written; the form begins a new one."""
    _shelf().keys.pop(form, None)


def receipt(sentence: str) -> None:
    """Tell what was written (an already translated sentence), here or on the next screen."""
    _shelf().receipts.append((clock.now(), sentence))


def show_receipts() -> None:
    """Draw the receipts of the last ten seconds; the menu calls this above every page."""
    shelf, now = _shelf(), clock.now()
    shelf.receipts[:] = [(at, text) for at, text in shelf.receipts if now - at < SHOWN_FOR]
    # Always one element: if the page below moved, the browser would build it anew and lose what is being typed.
    with st.container(key="receipts"):
        for _, sentence in shelf.receipts[-MOST_SHOWN:]:
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                st.badge("✓", color="green")
                st.text(sentence)


def forget_what_was_left() -> None:
    """Drop what Streamlit keeps of widgets that are not shown any more; call it before a run draws its first.

    It forgets their values after every run, but never how they are read, their callbacks and all that these hold: a
    frame, a draft, a record. A tab open for a day would keep something of every record it ever showed.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return
    with context.session_state._lock:
        session = context.session_state._state
        known, keys = session._new_widget_state.widget_metadata, session._key_id_mapper
        shown = session._old_state.keys() | session._new_widget_state.states.keys()
        shown |= {name for name, widget in known.items() if widget.bind or widget.persist_state}
        shown |= {keys.get_id_from_key(key) or key for key in session._new_session_state}
        for name in known.keys() - shown:
            del known[name]
        for name in keys.id_key_mapping.keys() - shown:
            key = keys.id_key_mapping.pop(name)
            if keys.get_id_from_key(key) == name:
                del keys._key_id_mapping[key]


def _shelf() -> Shelf:
    context = get_script_run_ctx(suppress_warning=True)
    return _shelf_of(context.session_id if context else "")


@st.cache_resource(show_spinner=False, max_entries=2000, ttl="12h")
def _shelf_of(session_id: str) -> Shelf:  # noqa: ARG001 - one shelf is kept per session
    return Shelf()
