"""What one did to cases a moment ago, with the button that takes it back once; and the acts of the last weeks."""

from collections.abc import Mapping
from datetime import timedelta

import streamlit as st

from components.forms import plain, press
from components.state import receipt
from components.taking_back import tell_what_stays
from components.words import N_, moment, t
from db.rules.permissions import Actor
from db.services import cases
from db.services.cases import Kind
from db.services.records import Saved

JUST_NOW = timedelta(minutes=2)
# Of one case and of several; a kind nobody named here is told as changed cases.
WORDS: Mapping[str, tuple[str, str]] = {
    Kind.QUICK: (N_("Quick edit: 1 case saved."), N_("Quick edit: {n} cases saved.")),
    Kind.BULK: (N_("1 case changed."), N_("{n} cases changed.")),
    Kind.HANDOVER: (N_("1 case handed over."), N_("{n} cases handed over.")),
    Kind.BIN: (N_("1 case put into the bin."), N_("{n} cases put into the bin.")),
    Kind.MERGE: (N_("1 case merged into another."), N_("{n} cases merged into others.")),
}


def undo_bar(actor: Actor) -> None:
    """One line about the last act, as long as it is news and still stands."""
    act = cases.latest(actor, within=JUST_NOW)
    # Always one element: if the page below moved, the browser would build it anew and lose what is being typed.
    with st.container(key="undo-bar"):
        if act is None:
            return
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.badge("✓", color="green")
            st.text(said(act.kind, act.count), width="content")
            _button(act.id)


def my_acts(actor: Actor) -> None:
    """What this person did lately that can be taken back, each with its button."""
    rows = cases.my_acts(actor)
    if rows.empty:
        st.caption(t("Nothing done lately that could be taken back."))
        return
    for row in rows.itertuples(index=False):
        act_id, at, kind, count, undone_at = row
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"act-{act_id}"):
            st.markdown(f"{plain(said(str(kind), int(count)))}  \n:gray[{plain(moment(at))}]", width="stretch")
            if undone_at is not None and undone_at == undone_at:
                st.badge(t("taken back"), color="gray")
            else:
                _button(int(act_id))


def said(kind: str, count: int) -> str:
    """What an act did, as a sentence."""
    one, many = WORDS.get(kind, WORDS[Kind.BULK])
    return t(one) if count == 1 else t(many, n=count)


def _button(act_id: int) -> None:
    press("case.undo", t("Undo this act"), _undo, record=act_id, act_id=act_id, icon=":material/undo:")


def _undo(actor: Actor, *, act_id: int, key: str) -> Saved:
    """Take it back, and tell what was changed since and stays as it is."""
    saved = cases.undo(actor, act_id=act_id, key=key)
    receipt(t("1 case is as before.") if len(saved.saved) == 1 else t("{n} cases are as before.", n=len(saved.saved)))
    tell_what_stays(saved)
    return saved
