"""A pytest plugin: each valid call a test makes of a service is made again with hostile texts, and taken back.

`python -m pytest tests/db/services -p tests.trust.swapping`: a test knows a valid call of nearly every service, with
everything that must have happened before. One text at a time is put in the place of what the test said; the rest
stays as it was, so that the text reaches the write. What is then in the journal is what would be stored. After that
the call is made, by everybody who may, in a copy of the office in which every text is a hostile one; the files that
come of it are opened. HOSTILE_EACH says how many texts a field is given, HOSTILE_OVER how many calls of a service are
made in such a copy, HOSTILE_KEPT where the findings are kept.
"""

import dataclasses
import functools
import importlib
import inspect
import json
import os
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, cast, event, func, select
from sqlalchemy.orm import Session

from db import engine, identity
from db.base import Base
from db.journal import JournalRow
from db.rules import rates
from db.rules import text as rules
from db.rules.permissions import GRANTS, Permission, Role
from db.rules.problems import LinliError
from db.services import acts, records

Slot = tuple[object, ...]
# What is encrypted where it stands.
SEALED = (
    "case_party.name", "case_party.contact", "case_party.address", "case_party.guardian",
    "dispute_party.name", "dispute_party.contact", "dispute_party.address", "dispute_party.guardian",
    "dispute_party.agent", "dispute_party.agent_contact",
    "duty_member.phone", "data_request.name", "data_request.contact", "data_request.applicant",
)  # fmt: skip
# What no person types: what an act is remembered by, what a page was given to fetch with, and what it says itself.
UNTYPED = {"key", "token", "seen", "language", "what"}
# What goes on working after it has answered, in an office that would be gone by then.
GOES_ON = {"batch.start", "batch.again", "duty.searching.ask", "importing.running.start", "importing.waiting.begin"}
GOES_ON |= {"importing.running.resume", "importing.running.go_on_looking", "importing.waiting.look"}
# What is kept under an id of its own each time.
ANEW = {"exports.put_by": {"token": ""}}
# Columns made of others to be looked up by, in letters and figures only.
MADE = {"place_key"}
EACH = int(os.environ.get("HOSTILE_EACH", "1"))
OVER = int(os.environ.get("HOSTILE_OVER", "1"))
KEPT = os.environ.get("HOSTILE_KEPT", "")
Door = Callable[..., Any]


class Undone(Exception):
    """Everything went well, and is taken back."""


@dataclasses.dataclass
class Seen:
    """What happened to the texts of one field of one service."""

    trips: int = 0
    stored: int = 0
    refused: int = 0
    wrong: list[str] = dataclasses.field(default_factory=list)
    columns: dict[str, tuple[int, bool]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Over:
    """What happened to a service in an office of hostile texts."""

    calls: int = 0
    refused: int = 0
    files: int = 0
    texts: int = 0
    wrong: list[str] = dataclasses.field(default_factory=list)


class Swapping:
    """Stands at every door while the tests run."""

    def __init__(self) -> None:
        self.fields: dict[tuple[str, str], Seen] = {}
        self.over: dict[str, Over] = {}
        self.tests: dict[str, str] = {}
        self.doors: set[str] = set()
        self._inside = False
        self._texts: tuple[str, ...] = ()
        self._next: Counter[tuple[str, str]] = Counter()
        self._test = ""
        self._copies: Any = None
        self._fetched: Any = None
        self._office: Any = None

    def guarded(self, permission: Permission, usual: Callable[..., Any]) -> Callable[[Door], Door]:
        """The door as it is, and this beside it."""

        def door(service: Door) -> Door:
            enter = usual(permission)(service)
            name = f"{service.__module__.removeprefix('db.services.')}.{service.__name__}"
            signature = inspect.signature(service)
            self.doors.add(name)

            @functools.wraps(enter)
            def again_and_then(actor: Any, /, *args: Any, **told: Any) -> Any:
                if not self._inside and engine._process and engine.current().is_sqlite:
                    self._inside = True
                    try:
                        self._swapped(name, enter, actor, _bound(signature, actor, args, told))
                    finally:
                        self._inside = False
                return enter(actor, *args, **told)

            return again_and_then

        return door

    def _swapped(self, name: str, enter: Door, actor: Any, told: dict[str, Any] | None) -> None:
        slots = [slot for slot in _slots(told) if slot[0] not in UNTYPED] if told else []
        wanted = [slot for slot in slots if self._of(name, slot).trips < EACH]
        over = self.over.setdefault(name, Over())
        if told is None or not (wanted or over.calls < OVER):
            return
        with taken_back() as ask:
            usual = ask(enter, actor, told)
            if usual.error:
                return
            self.tests.setdefault(name, self._test)
            for slot in wanted:
                seen = self._of(name, slot)
                for text in self._some(name, slot, EACH - seen.trips):
                    seen.trips += 1
                    came = ask(enter, actor, _with(told, slot, text))
                    _judge(seen, usual, came, _at(told, slot), text)

        if over.calls < OVER and name not in GOES_ON:
            self._in_an_office_of_hostile_texts(name, enter, actor, told)

    def _in_an_office_of_hostile_texts(self, name: str, enter: Door, actor: Any, told: dict[str, Any]) -> None:
        over = self.over[name]
        over.calls += 1
        permission = acts.DOORS[name]
        others = [dataclasses.replace(actor, roles=frozenset({role})) for role in Role if permission in GRANTS[role]]
        with self._copies.of_the_open_one() as copy:
            over.texts += self._office.write_over(copy, self._texts)
            for one in (actor, *others):
                try:
                    answer = enter(one, **told | ANEW.get(name, {}))
                    if isinstance(token := getattr(answer, "token", None), str) and token:
                        answer = self._fetched(one, token)
                    over.files += self._office.files_in(answer)
                    over.wrong += self._office.wrong_in(answer)
                except LinliError:
                    over.refused += 1
                except Exception as error:
                    over.wrong.append(f"{type(error).__name__}: {error!s:.200} ({_where(error)})")

    def _of(self, name: str, slot: Slot) -> Seen:
        return self.fields.setdefault((name, _said(slot)), Seen())

    def _some(self, name: str, slot: Slot, how_many: int) -> Iterator[str]:
        every = self._texts
        # Each field begins elsewhere, so that together they see all of them.
        begin = sum(map(ord, f"{name}{_said(slot)}")) * 7
        for _ in range(how_many):
            self._next[name, _said(slot)] += 1
            yield every[(begin + self._next[name, _said(slot)] * 11) % len(every)]

    # --- pytest's hooks ---

    def pytest_sessionstart(self) -> None:
        """What reads services itself is read after the doors are watched."""
        self._texts = importlib.import_module("tests.trust.hostile").every()
        self._fetched = importlib.import_module("components.front_door.exports")._workbook
        self._office = importlib.import_module("tests.trust.written_over")
        self._copies = self._office.Copies()

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Which test the calls belong to."""
        self._test = item.nodeid

    def pytest_sessionfinish(self) -> None:
        """Keep what was found."""
        if KEPT:
            rows = [
                {"service": name, "field": field, **dataclasses.asdict(seen), "test": self.tests.get(name, "")}
                for (name, field), seen in sorted(self.fields.items())
            ]
            over = {name: dataclasses.asdict(seen) for name, seen in sorted(self.over.items()) if seen.calls}
            told = {"doors": len(self.doors), "fields": rows, "over": over}
            Path(KEPT).write_text(json.dumps(told), encoding="utf-8")


@dataclasses.dataclass(frozen=True)
class Came:
    """What came of a call: an error of ours or another's, or what the journal would have kept."""

    error: Exception | None
    rows: tuple[tuple[str, str, Any], ...] = ()
    wrote: bool = False
    rejected: bool = False


@contextmanager
def taken_back() -> Iterator[Callable[..., Came]]:
    """A way to call a service whose writing is taken back."""
    kept: list[tuple[str, str, Any]] = []
    wrote: list[bool] = []
    rejected: list[object] = []

    def saved(done: Any, conflicts: Any, refused: Any) -> records.Saved:
        rejected.extend(refused)
        return usual_saved(done, conflicts, refused)

    usual_saved = records.Saved

    def undo(session: Session) -> None:
        if session.get_nested_transaction() is None:
            session.flush()
            rows = select(JournalRow.event, JournalRow.tbl, JournalRow.pk).where(JournalRow.seq > newest)
            for row in session.execute(rows.order_by(JournalRow.seq)).all():
                if row.event in ("insert", "update"):
                    kept.extend(_stored(session, row.tbl, row.pk))
            wrote.append(True)
            raise Undone

    def ask(enter: Door, actor: Any, told: dict[str, Any]) -> Came:
        kept.clear()
        wrote.clear()
        rejected.clear()
        error: Exception | None = None
        try:
            enter(actor, **told)
        except Undone:
            pass
        except Exception as raised:
            error = raised
        return Came(error, tuple(kept), bool(wrote), bool(rejected))

    with engine.reading() as session:
        newest = session.scalar(select(func.max(JournalRow.seq))) or 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acts, "_journal_refusal", lambda *_: None)
        patch.setattr(records, "Saved", saved)
        patch.setattr(rates.Buckets, "take", lambda *_, **__: True, raising=False)
        event.listen(Session, "before_commit", undo)
        try:
            yield ask
        finally:
            event.remove(Session, "before_commit", undo)


def _stored(session: Session, name: str, pk: str) -> Iterator[tuple[str, str, Any]]:
    """What stands in a row that was written: columns, what is inside of documents, and what is encrypted, in clear."""
    table = Base.metadata.tables[name]
    (key, *others) = table.primary_key.columns
    if others:
        return
    found = session.execute(select(table).where(cast(key, String) == pk)).mappings().first()
    row: Mapping[Any, Any] = found or {}
    for column, value in row.items():
        sealed = isinstance(value, bytes) and f"{name}.{column}" in SEALED
        told = identity.decrypt(engine.current(), f"{name}.{column}", value) if sealed else value
        yield from ((name, path, inner) for path, inner in _leaves(told, column))


def _judge(seen: Seen, usual: Came, came: Came, before: str, text: str) -> None:
    """Only our own refusals; and where the usual text stood, the hostile one stands, or what it is cleaned to."""
    if isinstance(came.error, LinliError) or came.rejected:
        seen.refused += 1
    elif came.error is not None:
        why = f"{came.error!s:.160} ({_where(came.error)})"
        seen.wrong.append(f"{type(came.error).__name__} for {text!r:.60}: {why}")
    elif came.wrote:
        same = forms(text)
        for table, path in {
            (t, p) for t, p, value in usual.rows if value == before and len(before) > 1 and p not in MADE
        }:
            there, then = (_values(one, table, path) for one in (came, usual))
            if there and there != then and not any(value in same for value in there):
                seen.wrong.append(f"{table}.{path}: {text!r:.60} became {there[0]!r:.60}")
        kept = {f"{t}.{p}" for t, p, v in came.rows if v in same and v and len(str(v)) > 1}
        seen.stored += bool(kept)
        for column in kept:
            longest, lines = seen.columns.get(column, (0, False))
            seen.columns[column] = max(longest, len(text.strip())), lines or "\n" in text.strip()


def forms(text: str) -> set[str]:
    """The text, and what it may be cleaned to: ends of lines as one sign, no control characters, no blanks around."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    fit = rules.cleaned(text)
    return {text, text.strip(), lines, lines.strip(), fit, fit.strip()}


def _values(came: Came, table: str, path: str) -> list[Any]:
    return [value for t, p, value in came.rows if (t, p) == (table, path)]


def _where(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in last if "/db/" in frame.filename or "/components/" in frame.filename] or last
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, f"{path}[]")
    elif isinstance(value, str) and re.match(r"\s*[\[{]", value):
        yield path, value
        try:
            yield from _leaves(json.loads(value), path)
        except ValueError:
            return
    else:
        yield path, value


# --- texts inside of what a service is told ---


def _bound(signature: inspect.Signature, actor: Any, args: Any, told: dict[str, Any]) -> dict[str, Any] | None:
    try:
        bound = signature.bind(actor, *args, **told)
    except TypeError:
        return None
    bound.apply_defaults()
    said = dict(list(bound.arguments.items())[1:])
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            said |= said.pop(name, {})
    return said


def _slots(value: Any, path: Slot = ()) -> Iterator[Slot]:
    in_a_grid = path[:1] == ("rows",) and len(path) > 3
    if isinstance(value, str) and not isinstance(value, Enum):
        yield path
    elif in_a_grid and (value is None or isinstance(value, int | float | date)):
        yield path  # a browser may send a text for any cell
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _slots(inner, (*path, name))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(islice(value, 3)):
            yield from _slots(inner, (*path, number))
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.init:
                yield from _slots(getattr(value, field.name), (*path, field.name))


def _at(value: Any, slot: Slot) -> str:
    for step in slot:
        value = getattr(value, str(step)) if dataclasses.is_dataclass(value) else value[step]
    return str(value)


def _with(value: Any, slot: Slot, text: str) -> Any:
    if not slot:
        return text
    step, rest = slot[0], slot[1:]
    if isinstance(value, Mapping):
        return {name: _with(inner, rest, text) if name == step else inner for name, inner in value.items()}
    if isinstance(value, list | tuple):
        inner = [_with(one, rest, text) if number == step else one for number, one in enumerate(value)]
        return type(value)(*inner) if hasattr(value, "_fields") else type(value)(inner)
    return dataclasses.replace(value, **{str(step): _with(getattr(value, str(step)), rest, text)})


def _said(slot: Slot) -> str:
    return ".".join("#" if isinstance(step, int) else str(step) for step in slot)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before any service is read: the tests' own settings read some."""
    swapping, usual = Swapping(), acts.guarded
    acts.guarded = functools.partial(swapping.guarded, usual=usual)
    early_config.pluginmanager.register(swapping, "linli-swapping")
