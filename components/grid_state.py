"""What a grid remembers between runs, and the draft it keeps of what was typed into it and not saved.

The draft holds the rows alone, each with the version seen and with what stood in its cells: one per person and grid.
Another tab's rows in it are left as they are; what was saved or let go of here goes out of it.
"""

import hashlib
import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, cast

import pandas as pd
import streamlit as st

from components.screens import here
from components.words import t
from db.rules.permissions import Actor
from db.rules.problems import Changed, Problem, Problems
from db.services import intake

FORM = "grid:"
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
Packed = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Typed:
    """What was typed into a row and not saved: the version seen, the new values, and what stood there before."""

    version: int
    values: Mapping[str, object]
    before: Mapping[str, object]


@dataclass
class State:
    """What a grid remembers between runs; `carried` is drawn into it, `typed` came on top of that."""

    name: str = ""
    of: str = ""
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
    carried: dict[int, Typed] = field(default_factory=dict)
    typed: dict[int, Typed] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)
    opened: bool = False
    where: dict[str, Any] = field(default_factory=dict)
    packed: Packed = field(default_factory=dict)
    kept_at: datetime | None = None
    unkept: tuple[Problem, ...] = ()

    def read(self) -> None:
        """Take in what the browser says was typed into the grid as it was drawn last."""
        live = st.session_state.get(self.key) if self.key else None
        if live is not None:
            self.typed = self._by_row(live.get("edited_rows", {}))

    def rows(self) -> dict[int, Typed]:
        """Everything typed and not saved, by row."""
        found = dict(self.carried)
        for row_id, typed in self.typed.items():
            earlier = found.get(row_id, typed)
            values, before = {**earlier.values, **typed.values}, {**typed.before, **earlier.before}
            found[row_id] = Typed(earlier.version, values, before)
        return {row_id: typed for row_id, typed in found.items() if row_id not in self.settled}

    def overtaken(self) -> dict[int, Typed]:
        """Rows in which somebody saved other values where something was typed."""
        versions = dict(self.sent)
        return {one: typed for one, typed in self.rows().items() if versions.get(one, typed.version) != typed.version}

    def draw(self, frame: pd.DataFrame, editable: Sequence[str]) -> None:
        """Follow the data: a new key where it or what is carried changed, with all that was not saved."""
        data, drawn = revision(frame), bool(self.key) and self.key in st.session_state
        self.read()
        if data != self.data or self.settled or (self.typed and not drawn):
            self.round += data == self.data
            versions = dict(zip(frame.index, frame["version"], strict=True))
            self.carried = {row_id: _onto(typed, row_id, frame, versions) for row_id, typed in self.rows().items()}
            self.carried = {row_id: typed for row_id, typed in self.carried.items() if typed.values}
            self.typed, self.settled, self.data = {}, set(), data
        self.key = f"{FORM}{self.name}:{data}" + f":{self.round}" * bool(self.round)
        self.sent = tuple((int(one), int(n)) for one, n in zip(frame.index, frame["version"], strict=True))
        known = [column for column in editable if column in frame.columns]
        self.stood = {int(one): dict(zip(known, row, strict=True)) for one, row in _values(frame, known)}

    def anew(self, carried: dict[int, Typed]) -> None:
        """Go on with these rows alone, in a grid the browser builds anew."""
        self.carried, self.typed = carried, {}
        self.round += 1
        self.key = ""

    def open(self, actor: Actor) -> None:
        """Begin with the kept draft, if there is one."""
        self.opened = True
        draft = intake.draft_of(actor, form=FORM + self.name)
        if draft is None:
            return
        self.kept_at, self.packed = draft.saved_at, cast(Packed, draft.content["rows"])
        for row_id, row in self.packed.items():
            values = {column: self._value(column, value) for column, value in row["values"].items()}
            self.carried[int(row_id)] = Typed(row["version"], values, row["before"])
            self.names.setdefault(int(row_id), row["name"])

    def keep(self, actor: Actor) -> None:
        """Write the draft when something was typed since the last time; nothing typed, no draft."""
        packed = self._pack()
        if not self.opened or packed == self.packed:
            return
        form = FORM + self.name
        draft = intake.draft_of(actor, form=form)
        rows: Packed = {} if draft is None else dict(cast(Packed, draft.content["rows"]))
        for row_id in self.packed.keys() - packed.keys():
            rows.pop(row_id, None)
        rows |= {row_id: row for row_id, row in packed.items() if row != self.packed.get(row_id)}
        self.packed, self.unkept = packed, ()
        if not rows:
            intake.drop_draft(actor, form=form)
            self.kept_at = None
            return
        content = {"rows": rows, "where": self.where, "of": self.of}
        try:
            # A key of its own: a save takes some rows and leaves others, which stay a draft.
            self.kept_at = intake.keep_draft(
                actor, form=form, key=secrets.token_urlsafe(16), content=content, label=self._label(rows)
            )
        except Problems as problems:
            self.unkept = problems.problems

    def _pack(self) -> Packed:
        return {
            str(row_id): {
                "version": typed.version,
                "values": {column: _bare(value) for column, value in typed.values.items()},
                "before": {column: _bare(value) for column, value in typed.before.items()},
                "name": self.names.get(row_id, str(row_id)),
            }
            for row_id, typed in self.rows().items()
        }

    def _label(self, rows: Packed) -> str:
        """The screen and the first of its rows."""
        screen, names = here(), [str(row["name"]) for row in rows.values()]
        parts = ["" if screen is None else t(screen.title), names[0] + "…" * (len(names) > 1)]
        return " · ".join(part for part in parts if part)

    def _by_row(self, edits: Mapping[Hashable, Mapping[str, object]]) -> dict[int, Typed]:
        found = {}
        for row_id, (version, values) in edited(edits, self.sent, list(self.labels)).items():
            stood = self.stood.get(row_id, {})
            kept = {column: self._value(column, value) for column, value in values.items() if column in stood}
            if kept:
                found[row_id] = Typed(version, kept, {column: stood[column] for column in kept})
        return found

    def _value(self, column: str, value: object) -> object:
        """The browser sends days as text."""
        if column not in self.dates or not isinstance(value, str):
            return value
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None


def state_of(name: str) -> State:
    """The grid's memory of this session."""
    return states().setdefault(name, State(name=name))


def states() -> dict[str, State]:
    """Every grid this session has drawn."""
    found: dict[str, State] = st.session_state.setdefault(_STATES, {})
    return found


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


def with_typed(frame: pd.DataFrame, carried: Mapping[int, Typed]) -> pd.DataFrame:
    """The frame with what was typed before."""
    drawn = frame.copy()
    for column in {column for typed in carried.values() for column in typed.values} & set(frame.columns):
        cells = dict(zip(frame.index, frame[column], strict=True))
        new = {one: typed.values[column] for one, typed in carried.items() if column in typed.values}
        cells |= {one: value for one, value in new.items() if one in cells}
        plain_cells = [None if cell != "" and is_nothing(cell) else cell for cell in cells.values()]
        drawn[column] = pd.Series(plain_cells, index=frame.index, dtype=object)
    return drawn


def is_nothing(value: object) -> bool:
    """Whether a cell is empty, however that is written."""
    if isinstance(value, str):
        return not value
    return not isinstance(value, (list, tuple)) and bool(pd.isna(value))  # type: ignore[call-overload]


def _onto(typed: Typed, row_id: int, frame: pd.DataFrame, versions: Mapping[Hashable, int]) -> Typed:
    """What was typed, on the row as it stands now: on its new version where nobody changed the same cells."""
    if row_id not in versions:
        return typed
    stands = {column: frame.at[row_id, column] for column in typed.values if column in frame.columns}
    values = {column: value for column, value in typed.values.items() if not _same(value, stands.get(column))}
    before = {column: typed.before[column] for column in values}
    if all(_same(before[column], stands.get(column)) for column in values):
        return Typed(int(versions[row_id]), values, before)
    return Typed(typed.version, values, before)


def _same(one: object, other: object) -> bool:
    """Whether two cells say the same; nothing is nothing, however it is written."""
    return str(_bare(one)) == str(_bare(other))


def _bare(value: object) -> Any:
    """A cell as a draft holds it: nothing, yes or no, a number, words, a day as its words, or several of these."""
    if isinstance(value, (list, tuple)):
        return [_bare(one) for one in value]
    if is_nothing(value):
        return None
    if isinstance(value, date):
        return value.isoformat()[:10]
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _values(frame: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[Any, tuple[object, ...]]]:
    rows = frame[list(columns)].itertuples(index=False, name=None)
    yield from zip(frame.index, rows, strict=True)
