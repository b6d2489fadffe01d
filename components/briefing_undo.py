"""Acts on the parts of a draft, each with the act that takes it back; the last one of this session can be undone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from components.briefing_address import EDIT
from components.forms import press
from components.words import N_, t
from db.rules.briefings.chart import ChartSpec
from db.rules.briefings.parts import Part
from db.rules.permissions import Actor
from db.services.briefings import blocks
from db.services.briefings.scope import Head

_LAST = "briefing_last_change"
Act = Callable[..., object]


def added(actor: Actor, *, briefing_id: int, **typed: Any) -> int:
    """A heading, a text or a row of figures more."""
    return _remember_added(briefing_id, blocks.add(actor, briefing_id=briefing_id, **typed))


def chart_added(actor: Actor, *, briefing_id: int, **typed: Any) -> int:
    """A chart more."""
    return _remember_added(briefing_id, blocks.add_chart(actor, briefing_id=briefing_id, **typed))


def saved(actor: Actor, *, briefing_id: int, block_id: int, before: Mapping[str, Any], **typed: Any) -> int:
    """Another text, or other figures."""
    version = blocks.save(actor, block_id=block_id, **typed)
    st.query_params.pop(EDIT, None)
    _remember(briefing_id, N_("Undo the change"), blocks.save, block_id=block_id, version=version, **before)
    return version


def chart_saved(actor: Actor, *, briefing_id: int, block_id: int, before: ChartSpec, **typed: Any) -> int:
    """Another question of a chart."""
    version = blocks.save_chart(actor, block_id=block_id, **typed)
    st.query_params.pop(EDIT, None)
    _remember(briefing_id, N_("Undo the change"), blocks.save_chart, block_id=block_id, version=version, spec=before)
    return version


def moved(actor: Actor, *, briefing_id: int, block_id: int, by: int, key: str) -> int:
    """One place up or down."""
    place = blocks.move(actor, block_id=block_id, by=by, key=key)
    _remember(briefing_id, N_("Undo the move"), blocks.move, block_id=block_id, by=-by)
    return place


def taken_out(actor: Actor, *, briefing_id: int, block_id: int, **typed: Any) -> int:
    """A part less."""
    blocks.remove(actor, block_id=block_id, **typed)
    _remember(briefing_id, N_("Put the part back"), blocks.restore, block_id=block_id)
    return block_id


def offer(seen: Head, parts: Sequence[Part]) -> None:
    """The button that takes the last change of this session back."""
    last = st.session_state.get(_LAST)
    if last is None or last["briefing_id"] != seen.id:
        return
    typed = dict(last["typed"])
    if last["act"] is blocks.remove:
        known = {part.block_id: part.version for part in parts}
        if typed["block_id"] not in known:
            return
        typed["version"] = known[typed["block_id"]]
    record = f"{seen.id}:{last['number']}"
    press(
        "briefing.undo", t(last["said"]), _undone, record=record, icon=":material/undo:", act=last["act"], typed=typed
    )


def _undone(actor: Actor, *, act: Act, typed: Mapping[str, Any], key: str) -> object:
    answered = act(actor, key=key, **typed)
    st.session_state.pop(_LAST, None)
    return answered


def _remember_added(briefing_id: int, block_id: int) -> int:
    _remember(briefing_id, N_("Undo adding it"), blocks.remove, block_id=block_id)
    return block_id


def _remember(briefing_id: int, said: str, act: Act, **typed: Any) -> None:
    number = st.session_state.get(_LAST, {}).get("number", 0) + 1
    told = {"briefing_id": briefing_id, "said": said, "act": act, "typed": typed, "number": number}
    st.session_state[_LAST] = told
