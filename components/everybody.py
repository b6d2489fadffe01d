"""All of a roll in one click that can be taken back, leaving what somebody else saved meanwhile."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components import state
from components.account import current_actor
from components.words import t
from db.rules.permissions import Actor
from db.rules.problems import LinliError
from db.services.records import Saved

Rows = Mapping[int, tuple[int, Mapping[str, object]]]
Every = Callable[..., Mapping[int, tuple[int, Mapping[str, object]]]]
Attend = Callable[..., Saved]
_BACK = "everybody_back"


def click(
    name: str, label: str, versions: Mapping[int, int], every: Every, said: Callable[[int], str], **which: Any
) -> None:
    """The button that says it of all of them (id → version seen); `said` tells how many were changed."""
    st.button(
        label,
        key=f"everybody-{name}",
        icon=":material/done_all:",
        on_click=_say,
        args=(name, dict(versions), every, said, which, state.submission_key(f"everybody:{name}")),
    )


def take_back(name: str, attend: Attend, **which: Any) -> None:
    """The button that takes the last click back, while there is one."""
    back = _backs().get(name)
    if back:
        st.button(
            t("Take it back"),
            key=f"everybody-undo-{name}",
            type="tertiary",
            icon=":material/undo:",
            on_click=_undo,
            args=(name, back, attend, which, state.submission_key(f"everybody-back:{name}")),
        )


def _say(
    name: str, versions: Mapping[int, int], every: Every, said: Callable[[int], str], which: dict[str, Any], key: str
) -> None:
    done = _tried(lambda actor: every(actor, seen=versions, key=key, **which))
    if done is not None:
        _backs()[name] = done
        state.next_key(f"everybody:{name}")
        state.receipt(said(len(done)))


def _undo(name: str, back: Rows, attend: Attend, which: dict[str, Any], key: str) -> None:
    saved = _tried(lambda actor: attend(actor, rows=back, key=key, **which))
    if saved is not None:
        state.next_key(f"everybody-back:{name}")
        _backs().pop(name, None)
        kept = len(back) - len(saved.saved)
        told = t("Taken back; {n} were saved by somebody else meanwhile.", n=kept) if kept else t("Taken back.")
        state.receipt(told)


def _tried(act: Callable[[Actor], Any]) -> Any:
    """What the act answers, None after telling that it can't."""
    actor = current_actor()
    if actor is None:
        return None
    try:
        return act(actor)
    except LinliError:
        state.receipt(t("This is not there, or not yours to change."))
        return None


def _backs() -> dict[str, Rows]:
    """What the last click of each roll changed."""
    found: dict[str, Rows] = st.session_state.setdefault(_BACK, {})
    return found
