"""Who has seen a confidential record: when, who in which role, which part, page by page from the newest."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from components.labels import role
from components.words import N_, moment, t
from db.rules.looks import EMERGENCY
from db.services.journal import Looks

EVENTS = {
    "look": N_("Looked at it"),
    "unmask": N_("Saw the identity"),
    "download": N_("Took a file"),
    "print": N_("Printed it"),
    "export": N_("Exported it with names"),
    "copy": N_("Copied the people into a mediation file"),
    EMERGENCY: N_("Read it in an emergency"),
}


def show(load: Callable[[int | None], Looks | None], *, record: str) -> None:
    """`load` answers the page before a place, or None when the record is not this person's to be told of."""
    asked = f"looks-before:{record}"
    seen = load(st.session_state.get(asked))
    if seen is None:
        st.markdown(t("Who has seen it is told to the director and to those who answer for it."))
        return
    if seen.rows.empty:
        st.markdown(t("Nobody has opened what is confidential in it."))
        return
    rows = seen.rows
    shown = {
        t("When"): [moment(at) for at in rows["at"]],
        t("Who"): list(rows["person"]),
        t("Roles"): [t(", ").join(map(role, held)) for held in rows["roles"]],
        t("What"): [_what(event, file) for event, file in zip(rows["event"], rows["what"], strict=True)],
        t("Times"): list(rows["times"]),
    }
    st.dataframe(pd.DataFrame(shown), hide_index=True, alt=t("Who has seen it"), key=f"looks-{record}")
    with st.container(horizontal=True):
        if asked in st.session_state:
            st.button(t("Back to the newest"), key=f"looks-newest-{record}", on_click=_turn, args=(asked, None))
        if seen.older is not None:
            st.button(t("Older"), key=f"looks-older-{record}", on_click=_turn, args=(asked, seen.older))


def _what(event: str, file: str) -> str:
    said = t(EVENTS[event])
    return f"{said}: {file}" if file else said


def _turn(key: str, before: int | None) -> None:
    st.session_state.pop(key, None)
    if before is not None:
        st.session_state[key] = before
