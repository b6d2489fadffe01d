"""The receipt after opening a dispute: its number, and the way into the file for who may read it."""

from typing import Any

import streamlit as st

from components.asked import number_of
from components.dispute_address import open_dispute
from components.dispute_open import CASE, FORM
from components.forms import id_of
from components.kept_forms import kept_state
from components.words import moment, t
from db.rules.permissions import Actor, Permission
from db.services.mediation import lists
from db.services.mediation.lists import Choice, Tab
from db.services.mediation.opening import Opened

OPENED = "opened"


def just_opened() -> Opened | None:
    """What was opened in this tab a moment ago; the address tells it from the next visit of the form."""
    kept = kept_state(id_of(FORM, number_of(st.query_params.get(CASE)) or ""))
    if isinstance(kept.result, Opened):
        st.session_state[OPENED] = kept.result
        st.query_params.from_dict({OPENED: str(kept.result.dispute_id)})
        kept.result = None
    last: Any = st.session_state.get(OPENED)
    named = st.query_params.get(OPENED, "")
    return last if isinstance(last, Opened) and str(last.dispute_id) == named else None


def show(actor: Actor, opened: Opened) -> None:
    """The number, and what comes next."""
    readable = _may_read(actor, opened)
    with st.container(border=True):
        st.markdown(f":green[:material/check_circle: **{t('Opened {time}', time=moment(opened.at))}**]")
        st.metric(t("Number"), opened.number)
        if not readable:
            st.text(t("The committee has it now. You see how it stands; only its mediators see the file."))
    with st.container(horizontal=True):
        if readable and st.button(t("Open the file"), key="to-the-file", type="primary", icon=":material/description:"):
            open_dispute(opened.dispute_id)
        st.button(t("Open another dispute"), key="open-another", icon=":material/add_notes:", on_click=_begin)


def _may_read(actor: Actor, opened: Opened) -> bool:
    if not actor.may(Permission.MEDIATION_READ):
        return False
    rows = lists.register(actor, choice=Choice(tab=Tab.ALL, text=opened.number)).rows
    return bool(rows.loc[rows["id"] == opened.dispute_id, "whole"].any())


def _begin() -> None:
    st.query_params.clear()
