"""Settling a decision, and opening it again."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import streamlit as st

from components.decision_card import settled
from components.decision_labels import labels
from components.forms import Form, id_of, press, state_of
from components.words import t
from db.rules.meetings.deciding import LONGEST_TEXT
from db.rules.meetings.words import DecisionState
from db.rules.permissions import Actor
from db.services.meetings import deciding

REWORD, SETTLE = FORMS = ("decisions.reword", "decisions.settle")


def afresh(act: Callable[..., int]) -> Callable[..., int]:
    """The act on a decision; its other forms then begin with what stands now, so that nobody meets oneself."""

    @wraps(act)
    def acted(actor: Actor, *, decision_id: int, **values: Any) -> int:
        answer = act(actor, decision_id=decision_id, **values)
        for form in FORMS:
            state_of(id_of(form, decision_id)).renew()
        return answer

    return acted


def show(row: Mapping[str, Any]) -> None:
    """Done or dropped with a note; or undo."""
    where: dict[str, Any] = {"decision_id": int(row["id"])}
    if settled(row):
        undo: dict[str, Any] = {"version": int(row["version"]), "icon": ":material/undo:"}
        press("decisions.again", t("Open it again"), afresh(deciding.open_again), record=row["id"], **where, **undo)
        return
    ends = {code: said for code, said in labels("state").items() if code != DecisionState.OPEN}
    with Form(SETTLE, record=row["id"], version=int(row["version"]), border=False) as form:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            form.choose("state", t("What became of it"), ends, DecisionState.DONE.value, width=180)
            form.text("note", t("Note"), str(row["note"] or ""), max_chars=LONGEST_TEXT)
        form.submit(t("Settle"), afresh(deciding.settle), **where)
