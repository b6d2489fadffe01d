"""Editing many rows at once: a snapshot, a Save button, and every conflict shown with both versions.

Edits belong to rows by primary key, never by position; only listed columns of rows that were sent are taken; the key
of the grid follows from the data, so unsaved edits outlive a reconnect but never land on another record. When the data
changes under unsaved edits (somebody saved, another grid of the page did, the list was left and opened again), they are
drawn into the new grid: onto the new version where nobody touched the same cells, else they meet it as a conflict.
"""

import hashlib
import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

import pandas as pd
import streamlit as st

from components.account import current_actor
from components.forms import FRESH, plain
from components.words import moment, t, told
from db import clock
from db.rules.problems import Changed, NotThere, Problem, Problems, Refused
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


@dataclass(frozen=True)
class _Typed:
    """What was typed into a row and not saved: the version seen, the new values, and what stood there before."""

    version: int
    values: Mapping[str, object]
    before: Mapping[str, object]


@dataclass
class _State:
    """What a grid remembers between runs; `carried` is drawn into it, `typed` came on top of that."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    outcome: Saved | None = None
    names: dict[int, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    choices: dict[str, dict[object, str]] = field(default_factory=dict)
    dates: frozenset[str] = frozenset()
    saved_at: datetime | None = None
    refused: bool = False
    data: str = ""
    key: str = ""
    round: int = 0
    sent: tuple[tuple[int, int], ...] = ()
    stood: dict[int, dict[str, object]] = field(default_factory=dict)
    carried: dict[int, _Typed] = field(default_factory=dict)
    typed: dict[int, _Typed] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)

    def read(self) -> None:
        """Take in what the browser says was typed into the grid as it was drawn last."""
        live = st.session_state.get(self.key) if self.key else None
        if live is not None:
            self.typed = self._by_row(live.get("edited_rows", {}))

    def rows(self) -> dict[int, _Typed]:
        """Everything typed and not saved, by row."""
        found = dict(self.carried)
        for row_id, typed in self.typed.items():
            earlier = found.get(row_id, typed)
            values, before = {**earlier.values, **typed.values}, {**typed.before, **earlier.before}
            found[row_id] = _Typed(earlier.version, values, before)
        return found

    def draw(self, name: str, frame: pd.DataFrame, editable: Sequence[str]) -> None:
        """Follow the data: a new key where it or what is carried changed, with all that was not saved."""
        data, drawn = revision(frame), bool(self.key) and self.key in st.session_state
        self.read()
        unsaved = {row_id: typed for row_id, typed in self.rows().items() if row_id not in self.settled}
        if data != self.data or self.settled or (self.typed and not drawn):
            self.round += data == self.data
            versions = dict(zip(frame.index, frame["version"], strict=True))
            self.carried = {row_id: _onto(typed, row_id, frame, versions) for row_id, typed in unsaved.items()}
            self.carried = {row_id: typed for row_id, typed in self.carried.items() if typed.values}
            self.typed, self.settled, self.data = {}, set(), data
        self.key = f"grid:{name}:{data}" + f":{self.round}" * bool(self.round)
        self.sent = tuple((int(one), int(n)) for one, n in zip(frame.index, frame["version"], strict=True))
        known = [column for column in editable if column in frame.columns]
        self.stood = {int(one): dict(zip(known, row, strict=True)) for one, row in _values(frame, known)}

    def _by_row(self, edits: Mapping[Hashable, Mapping[str, object]]) -> dict[int, _Typed]:
        found = {}
        for row_id, (version, values) in edited(edits, self.sent, list(self.labels)).items():
            stood = self.stood.get(row_id, {})
            kept = {column: self._value(column, value) for column, value in values.items() if column in stood}
            if kept:
                found[row_id] = _Typed(version, kept, {column: stood[column] for column in kept})
        return found

    def _value(self, column: str, value: object) -> object:
        """The browser sends days as text."""
        if column not in self.dates or not isinstance(value, str):
            return value
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None


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
    state.labels = {column: str((drawn or {}).get("label") or column) for column, drawn in config.items()}
    state.choices = {column: _options(drawn) for column, drawn in config.items()}
    state.dates = frozenset(column for column, drawn in config.items() if _kind(drawn).get("type") == "date")
    state.draw(name, frame, editable)
    state.names |= {int(row_id): str(text) for row_id, text in zip(frame.index, frame[label], strict=True)}
    with st.container():
        _tell(state)
        _tell_unsaved(name, state, frame)
    shown = [column for column in config if column in frame.columns]
    st.data_editor(
        _with(frame[shown], state.carried),
        key=state.key,
        on_change="ignore",
        num_rows="fixed",
        height=height,
        placeholder="–",
        hide_index=True,
        disabled=[column for column in shown if column not in editable],
        column_config=dict(config),
    )
    st.button(
        t("Save changes"),
        key=f"{state.key}:save",
        type="primary",
        icon=":material/save:",
        on_click=_save,
        args=(name, state.token, state.key, save, fixed),
    )


def remember() -> None:
    """Take in what stands unsaved in the grids of the last screen, before the next one is drawn without them."""
    for state in st.session_state.get(_STATES, {}).values():
        state.read()


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


def _save(name: str, token: str, key: str, save: Save, fixed: dict[str, Any]) -> None:
    state = _state_of(name)
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
        state.settled = {*outcome.saved, *outcome.conflicts}


def _onto(typed: _Typed, row_id: int, frame: pd.DataFrame, versions: Mapping[Hashable, int]) -> _Typed:
    """What was typed, on the row as it stands now: on its new version where nobody changed the same cells."""
    if row_id not in versions:
        return typed
    stands = {column: frame.at[row_id, column] for column in typed.values if column in frame.columns}
    values = {column: value for column, value in typed.values.items() if not _same(value, stands.get(column))}
    before = {column: typed.before[column] for column in values}
    if all(_same(before[column], stands.get(column)) for column in values):
        return _Typed(int(versions[row_id]), values, before)
    return _Typed(typed.version, values, before)


def _with(frame: pd.DataFrame, carried: Mapping[int, _Typed]) -> pd.DataFrame:
    """The frame with what was typed before."""
    drawn = frame.copy()
    for column in {column for typed in carried.values() for column in typed.values} & set(frame.columns):
        cells = dict(zip(frame.index, frame[column], strict=True))
        new = {one: typed.values[column] for one, typed in carried.items() if column in typed.values}
        cells |= {one: value for one, value in new.items() if one in cells}
        plain_cells = [None if cell != "" and _is_nothing(cell) else cell for cell in cells.values()]
        drawn[column] = pd.Series(plain_cells, index=frame.index, dtype=object)
    return drawn


def _same(one: object, other: object) -> bool:
    """Whether two cells say the same; nothing is nothing, however it is written."""
    return (_is_nothing(one) and _is_nothing(other)) or (str(one) == str(other))


def _is_nothing(value: object) -> bool:
    return value is None or value == "" or (not isinstance(value, (list, tuple)) and bool(pd.isna(value)))  # type: ignore[call-overload]


def _values(frame: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[Any, tuple[object, ...]]]:
    rows = frame[list(columns)].itertuples(index=False, name=None)
    yield from zip(frame.index, rows, strict=True)


def _kind(drawn: Any) -> Mapping[str, Any]:
    return (drawn or {}).get("type_config") or {}


def _options(drawn: Any) -> dict[object, str]:
    """What the choices of a column are called."""
    options = [one for one in _kind(drawn).get("options") or () if isinstance(one, Mapping)]
    return {one["value"]: str(one.get("label") or one["value"]) for one in options}


def _tell_unsaved(name: str, state: _State, frame: pd.DataFrame) -> None:
    """What was typed before the data changed, and the way to let go of it; rows that left the list, to copy."""
    if not state.carried:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        count = len(state.carried)
        said = t("{n} rows hold what you typed and have not saved yet.", n=count)
        said = t("1 row holds what you typed and have not saved yet.") if count == 1 else said
        st.markdown(f":orange[:material/edit_note:] {plain(said)}", width="content")
        st.button(t("Discard"), key=f"{state.key}:discard", type="tertiary", on_click=_discard, args=(name,))
    away = [(row_id, typed) for row_id, typed in state.carried.items() if row_id not in frame.index]
    if away:
        st.caption(t("These rows have left the list meanwhile. Save still tries them; yours are kept here to copy."))
        told = [(row_id, column, value) for row_id, typed in away for column, value in typed.values.items()]
        rows = [
            (state.names.get(row_id, str(row_id)), state.labels.get(column, column), _word(state, column, value))
            for row_id, column, value in told
        ]
        st.dataframe(pd.DataFrame(rows, columns=[t("Row"), t("Field"), t("Yours")]), hide_index=True)


def _discard(name: str) -> None:
    state = _state_of(name)
    state.carried, state.typed = {}, {}
    state.round += 1
    state.key = ""


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
    typed = state.rows()
    for row_id, problems in outcome.rejected.items():
        for problem in problems.problems:
            st.markdown(f":red[:material/error: {plain(_refusal(state, row_id, problem, typed.get(row_id)))}]")


def _refusal(state: _State, row_id: int, problem: Problem, typed: _Typed | None) -> str:
    """Which row, which column, why, and what was typed there."""
    where = [state.names.get(row_id, str(row_id))]
    where += [state.labels[problem.field]] if problem.field in state.labels else []
    said = f"{t(', ').join(where)}: {told(problem)}"
    if typed is None or problem.field not in typed.values:
        return said
    return f"{said} {t('You typed: {value}', value=_word(state, problem.field, typed.values[problem.field]))}"


def _conflicts(state: _State, conflicts: Mapping[int, Changed]) -> pd.DataFrame:
    rows = [
        (
            state.names.get(row_id, str(row_id)),
            state.labels.get(column, column),
            _word(state, column, conflict.theirs.get(column)),
            _word(state, column, mine),
            conflict.by,
        )
        for row_id, conflict in conflicts.items()
        for column, mine in conflict.mine.items()
    ]
    return pd.DataFrame(rows, columns=[t("Row"), t("Field"), t("Theirs"), t("Yours"), t("Saved by")])


def _word(state: _State, column: str, value: object) -> str:
    """A value as its column shows it."""
    if _is_nothing(value):
        return "–"
    return state.choices.get(column, {}).get(value, str(value))


def _state_of(name: str) -> _State:
    states: dict[str, _State] = st.session_state.setdefault(_STATES, {})
    return states.setdefault(name, _State())
