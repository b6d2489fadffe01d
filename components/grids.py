"""Editing many rows at once: a snapshot, a Save button, a draft of what was typed, and every conflict with both sides.

Edits belong to rows by primary key, never by position; only listed columns of rows that were sent are taken; the key
of the grid follows from the data, so unsaved edits outlive a reconnect but never land on another record. When the data
changes under unsaved edits (somebody saved, another grid of the page did, the list was left and opened again), they are
drawn into the new grid: onto the new version where nobody touched the same cells, else beside what stands now. Every
cell is kept as it is left, and offered back after a reload, a restart or a sign-out.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from components.account import current_actor
from components.forms import FRESH, mark_problem, plain
from components.grid_state import FORM, Rows, Save, State, Typed, is_nothing, state_of, states, with_typed
from components.screens import here
from components.words import moment, t, told
from db import clock
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problem, Problems, Refused
from db.services import records

MOST_ROWS = 500
__all__ = ["FORM", "MOST_ROWS", "edit_grid", "remember"]


def edit_grid(
    name: str,
    frame: pd.DataFrame,
    *,
    editable: Sequence[str],
    config: Mapping[str, Any],
    save: Save,
    label: str,
    height: int | Literal["auto", "content"] = "auto",
    at: Mapping[str, str] | None = None,
    of: str = "",
    **fixed: object,
) -> None:
    """Draw `frame` (index: primary key; a column `version`) and save edits of `editable` through `save`.

    `save(actor, rows={id: (version seen, new values)}, key=..., **fixed)` writes in one transaction. `config` holds a
    Streamlit column for every column shown, in order; `label` is the column that names a row to people. `at` is what
    the address must say beside what it says now for the grid to be in sight; `of` the register the rows stand in,
    where what was typed about a record must go with it.
    """
    if len(frame) > MOST_ROWS:
        raise ValueError(f"a grid of {len(frame)} rows; show at most {MOST_ROWS}")
    state, actor = state_of(name), current_actor()
    state.of = of
    state.labels = {column: str((drawn or {}).get("label") or column) for column, drawn in config.items()}
    state.choices = {column: _options(drawn) for column, drawn in config.items()}
    state.dates = frozenset(column for column, drawn in config.items() if _kind(drawn).get("type") == "date")
    if actor is not None and not state.opened:
        state.open(actor)
    state.draw(frame, editable)
    state.names |= {int(row_id): str(text) for row_id, text in zip(frame.index, frame[label], strict=True)}
    if (screen := here()) is not None:
        state.where = {"screen": screen.path, "query": st.query_params.to_dict() | dict(at or {})}
    if actor is not None:
        state.keep(actor)
    with st.container():
        _tell(state)
        _tell_unsaved(state, frame)
    shown = [column for column in config if column in frame.columns]
    st.data_editor(
        with_typed(frame[shown], state.carried),
        key=state.key,
        num_rows="fixed",
        height=height,
        placeholder="–",
        hide_index=True,
        disabled=[column for column in shown if column not in editable],
        column_config=dict(config),
    )
    with st.container(horizontal=True, vertical_alignment="center", key=f"{state.key}:foot"):
        st.button(
            t("Save changes"),
            key=f"{state.key}:save",
            type="primary",
            icon=":material/save:",
            on_click=_save,
            args=(name, state.token, state.key, save, fixed),
        )
        _tell_kept(state)


def remember(actor: Actor | None) -> None:
    """Take in what stands unsaved in the grids of the last screen, before the next one is drawn without them."""
    for state in states().values():
        state.read()
        if actor is not None:
            state.keep(actor)


def _save(name: str, token: str, key: str, save: Save, fixed: dict[str, Any]) -> None:
    state = state_of(name)
    if state.key != key:
        return
    state.read()
    rows: Rows = {row_id: (typed.version, typed.values) for row_id, typed in state.rows().items()}
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
        state.outcome, state.saved_at, state.refused = outcome, clock.now(), False
        state.settled = set(outcome.saved)


def _keep_mine(name: str) -> None:
    """What was typed goes onto what stands now; saving writes it."""
    state = state_of(name)
    versions = dict(state.sent)
    for row_id, typed in state.overtaken().items():
        stood = state.stood.get(row_id, {})
        before = {column: stood.get(column) for column in typed.values}
        state.carried[row_id] = Typed(versions[row_id], typed.values, before)
    state.outcome = None


def _take_theirs(name: str) -> None:
    state = state_of(name)
    lost = state.overtaken()
    state.anew({row_id: typed for row_id, typed in state.rows().items() if row_id not in lost})
    state.outcome = None


def _discard(name: str) -> None:
    state = state_of(name)
    state.anew({})
    state.outcome = None


def _kind(drawn: Any) -> Mapping[str, Any]:
    return (drawn or {}).get("type_config") or {}


def _options(drawn: Any) -> dict[object, str]:
    """What the choices of a column are called."""
    options = [one for one in _kind(drawn).get("options") or () if isinstance(one, Mapping)]
    return {one["value"]: str(one.get("label") or one["value"]) for one in options}


def _tell_unsaved(state: State, frame: pd.DataFrame) -> None:
    """What was typed before the data changed; of rows that left the list, to copy."""
    if not state.carried:
        return
    count = len(state.carried)
    said = t("{n} rows hold what you typed and have not saved yet.", n=count)
    said = t("1 row holds what you typed and have not saved yet.") if count == 1 else said
    st.markdown(f":orange[:material/edit_note:] {plain(said)}")
    away = [(row_id, typed) for row_id, typed in state.carried.items() if row_id not in frame.index]
    if away:
        st.caption(t("These rows have left the list meanwhile. Save still tries them; yours are kept here to copy."))
        told = [(row_id, column, value) for row_id, typed in away for column, value in typed.values.items()]
        rows = [
            (state.names.get(row_id, str(row_id)), state.labels.get(column, column), _word(state, column, value))
            for row_id, column, value in told
        ]
        st.dataframe(pd.DataFrame(rows, columns=[t("Row"), t("Field"), t("Yours")]), hide_index=True)


def _tell_kept(state: State) -> None:
    """When the draft was kept, and the way to let go of what was typed."""
    for problem in state.unkept:
        mark_problem(problem)
    if state.kept_at is not None and state.packed:
        st.caption(t("Draft kept {time}", time=moment(state.kept_at)), width="content")
    if state.rows():
        st.button(t("Discard"), key=f"{state.key}:discard", type="tertiary", on_click=_discard, args=(state.name,))


def _tell(state: State) -> None:
    """Saved, both versions of what somebody else saved first, and what could not be taken."""
    if state.refused:
        st.error(t("This is not there, or not yours to change."))
    fresh = state.saved_at is not None and clock.now() - state.saved_at <= FRESH * 10
    outcome = state.outcome if fresh else None
    if outcome is not None and outcome.saved and state.saved_at is not None:
        text = t("{count} rows saved at {time}.", count=len(outcome.saved), time=moment(state.saved_at))
        st.success(text, icon=":material/check:")
    _tell_conflicts(state)
    if outcome is None:
        return
    typed = state.rows()
    for row_id, problems in outcome.rejected.items():
        for problem in problems.problems:
            st.markdown(f":red[:material/error: {plain(_refusal(state, row_id, problem, typed.get(row_id)))}]")


def _tell_conflicts(state: State) -> None:
    """What stands now beside what was typed, and the choice between them."""
    overtaken, told = state.overtaken(), {} if state.outcome is None else state.outcome.conflicts
    unsaved = state.rows()
    rows = [
        (row_id, column, stood.get(column), mine, told[row_id].by if row_id in told else "")
        for row_id, typed in unsaved.items()
        if row_id in overtaken or row_id in told
        for stood in [state.stood.get(row_id) or (told[row_id].theirs if row_id in told else {})]
        for column, mine in typed.values.items()
    ]
    if not rows:
        return
    said = t("Somebody saved these rows first. Nothing of yours is lost: choose.")
    st.warning(said, icon=":material/sync_problem:")
    words = [
        (state.names.get(row_id, str(row_id)), state.labels.get(column, column), _word(state, column, theirs),
         _word(state, column, mine), by)
        for row_id, column, theirs, mine, by in rows
    ]  # fmt: skip
    names = [t("Row"), t("Field"), t("Theirs"), t("Yours"), t("Saved by")]
    shown = pd.DataFrame(words, columns=names)
    st.dataframe(shown if any(by for *_, by in words) else shown.drop(columns=names[-1]), hide_index=True)
    if overtaken:
        with st.container(horizontal=True):
            for act, label in ((_keep_mine, t("Keep mine: save again")), (_take_theirs, t("Take theirs"))):
                st.button(label, key=f"{state.key}:{act.__name__}", on_click=act, args=(state.name,))


def _refusal(state: State, row_id: int, problem: Problem, typed: Typed | None) -> str:
    """Which row, which column, why, and what was typed there."""
    where = [state.names.get(row_id, str(row_id))]
    where += [state.labels[problem.field]] if problem.field in state.labels else []
    said = f"{t(', ').join(where)}: {told(problem)}"
    if typed is None or problem.field not in typed.values:
        return said
    return f"{said} {t('You typed: {value}', value=_word(state, problem.field, typed.values[problem.field]))}"


def _word(state: State, column: str, value: object) -> str:
    """A value as its column shows it."""
    if is_nothing(value):
        return "–"
    return state.choices.get(column, {}).get(value, str(value))
