"""Editing many rows at once: a snapshot, a Save button, and every conflict shown with both versions.

Edits belong to rows by primary key, never by position; only listed columns of rows that were sent are taken; the key
of the grid follows from the data, so unsaved edits outlive a reconnect but never land on another record.
"""

import hashlib
import secrets
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import pandas as pd
import streamlit as st

from components.account import current_actor
from components.forms import FRESH, plain
from components.words import moment, t, told
from db import clock
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import records

MOST_ROWS = 500
_STATES = "grids"


class Saved(Protocol):
    """What a service answers to a quick edit: ids saved, conflicts and problems by id."""

    @property
    def saved(self) -> tuple[int, ...]: ...
    @property
    def conflicts(self) -> Mapping[int, Changed]: ...
    @property
    def rejected(self) -> Mapping[int, Problems]: ...


Rows = Mapping[int, tuple[int, Mapping[str, object]]]
Save = Callable[..., Saved]


@dataclass
class _State:
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    outcome: Saved | None = None
    names: dict[int, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    saved_at: datetime | None = None
    refused: bool = False


def edit_grid(
    name: str,
    frame: pd.DataFrame,
    *,
    editable: Sequence[str],
    config: Mapping[str, Any],
    save: Save,
    label: str,
    height: int | Literal["auto", "content"] = "auto",
    **fixed: object,
) -> None:
    """Draw `frame` (index: primary key; a column `version`) and save edits of `editable` through `save`.

    `save(actor, rows={id: (version seen, new values)}, key=..., **fixed)` writes in one transaction. `config` holds a
    Streamlit column for every column shown, in order; `label` is the column that names a row to people.
    """
    if len(frame) > MOST_ROWS:
        raise ValueError(f"a grid of {len(frame)} rows; show at most {MOST_ROWS}")
    state = _state_of(name)
    _tell(state)
    state.labels = {column: str((drawn or {}).get("label") or column) for column, drawn in config.items()}
    key = f"grid:{name}:{revision(frame)}"
    shown = [column for column in config if column in frame.columns]
    st.data_editor(
        frame[shown],
        key=key,
        on_change="ignore",
        num_rows="fixed",
        height=height,
        placeholder="–",
        hide_index=True,
        disabled=[column for column in shown if column not in editable],
        column_config=dict(config),
    )
    sent = [(int(row_id), int(version)) for row_id, version in zip(frame.index, frame["version"], strict=True)]
    names = {int(row_id): str(text) for row_id, text in zip(frame.index, frame[label], strict=True)}
    st.button(
        t("Save changes"),
        key=f"{key}:save",
        type="primary",
        icon=":material/save:",
        on_click=_save,
        args=(name, state.token, key, sent, names, tuple(editable), save, fixed),
    )


def revision(frame: pd.DataFrame) -> str:
    """Which rows in which versions these are."""
    parts = ",".join(f"{row_id}.{version}" for row_id, version in zip(frame.index, frame["version"], strict=True))
    return hashlib.sha256(parts.encode()).hexdigest()[:12]


def edited(
    edits: Mapping[Hashable, Mapping[str, object]], sent: Sequence[tuple[int, int]], editable: Sequence[str]
) -> Rows:
    """What the browser says was edited, cut down to rows that were sent and columns that may be edited."""
    rows: dict[int, tuple[int, Mapping[str, object]]] = {}
    for position, changes in edits.items():
        if not isinstance(position, int) or not 0 <= position < len(sent) or not isinstance(changes, Mapping):
            continue
        kept = {column: value for column, value in changes.items() if column in editable}
        if kept:
            row_id, version = sent[position]
            rows[row_id] = (version, kept)
    return rows


def _save(
    name: str,
    token: str,
    key: str,
    sent: Sequence[tuple[int, int]],
    names: dict[int, str],
    editable: Sequence[str],
    save: Save,
    fixed: dict[str, Any],
) -> None:
    state = _state_of(name)
    edits = (st.session_state.get(key) or {}).get("edited_rows", {})
    rows = edited(edits, sent, editable)
    actor = current_actor()
    if actor is None or not rows:
        return
    try:
        outcome = save(actor, rows=rows, key=token, **fixed)
    except (Refused, NotThere):
        state.refused = True
        return
    except Problems as problems:
        # What holds for the whole of it (put in force meanwhile, say) is told of every row.
        outcome = records.Saved((), {}, dict.fromkeys(rows, problems))
    if state.token == token:
        state.token = secrets.token_urlsafe(16)
        state.outcome, state.names, state.saved_at, state.refused = outcome, names, clock.now(), False


def _tell(state: _State) -> None:
    """Saved, conflicts with both versions, and what could not be taken."""
    if state.refused:
        st.error(t("This is not there, or not yours to change."))
    if state.outcome is None or state.saved_at is None or clock.now() - state.saved_at > FRESH * 10:
        return
    outcome = state.outcome
    if outcome.saved:
        text = t("{count} rows saved at {time}.", count=len(outcome.saved), time=moment(state.saved_at))
        st.success(text, icon=":material/check:")
    if outcome.conflicts:
        st.warning(t("Somebody saved these rows first. Yours are kept here to copy."), icon=":material/sync_problem:")
        st.dataframe(_conflicts(state, outcome.conflicts), hide_index=True)
    for row_id, problems in outcome.rejected.items():
        for problem in problems.problems:
            st.markdown(f":red[:material/error: {plain(state.names.get(row_id, row_id))}: {plain(told(problem))}]")


def _conflicts(state: _State, conflicts: Mapping[int, Changed]) -> pd.DataFrame:
    rows = [
        (
            state.names.get(row_id, str(row_id)),
            state.labels.get(column, column),
            str(conflict.theirs.get(column, "–")),
            str(mine),
            conflict.by,
        )
        for row_id, conflict in conflicts.items()
        for column, mine in conflict.mine.items()
    ]
    return pd.DataFrame(rows, columns=[t("Row"), t("Field"), t("Theirs"), t("Yours"), t("Saved by")])


def _state_of(name: str) -> _State:
    states: dict[str, _State] = st.session_state.setdefault(_STATES, {})
    return states.setdefault(name, _State())
