"""A search for a rota, alone in its own process: it reads its task from a folder and writes there what it finds.

It never opens the database; the folder holds ids and numbers only. `python -m db.duty_search FOLDER`.
"""

import json
import os
import sys
import threading
import time
import types
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from filelock import FileLock, Timeout

from db.rules.rostering.search import Limits, search
from db.rules.rostering.task import Roster, Task

TASK, BEST, BEAT, ENDED = "task.json", "best.json", "beat.json", "ended.json"
WAITS, STOP, ALIVE = "waits", "stop", "alive.lock"
SLOT = "slot-{number}.lock"
DONE, STOPPED = "done", "stopped"
_EVERY = 0.5
_GRACE = 3.0
_LOW = 10


@dataclass(frozen=True)
class Order:
    """What to search, for how many seconds (or, repeatably, how many rounds), and how many may search at once.

    `start` is the rota as it was published, when it is planned again.
    """

    task: Task
    seconds: float
    seed: int
    rounds: int | None = None
    at_once: int = 1
    start: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Best:
    """The best so far: who takes which need; and when it got better: seconds, cost and open places."""

    roster: tuple[tuple[int, int], ...]
    found: tuple[tuple[float, int, int], ...]


@dataclass(frozen=True)
class Ended:
    """How it ended, and whether nothing better exists."""

    why: str
    proven: bool


# --- files ---


def plain(value: Any) -> Any:
    """A value of plain classes as JSON has it; pairs for mappings, because their keys are numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return [[plain(key), plain(item)] for key, item in value.items()]
    if isinstance(value, (set, frozenset)):
        return [plain(item) for item in sorted(value)]
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value


def revived(kind: Any, value: Any) -> Any:
    """The value `plain` made, as its kind again."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        return None if value is None else revived(next(one for one in inside if one is not type(None)), value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: revived(hints[name], item) for name, item in value.items()})  # type: ignore[operator]
    if origin is tuple:
        kinds = [inside[0]] * len(value) if inside[-1] is Ellipsis else list(inside)
        return tuple(revived(one, item) for one, item in zip(kinds, value, strict=True))
    if origin is frozenset:
        return frozenset(revived(inside[0], item) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        return {revived(inside[0], key): revived(inside[1], item) for key, item in value}
    return value


def write(path: Path, value: Any) -> None:
    """The whole file or none of it, readable by its owner alone."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(plain(value), out, separators=(",", ":"))
    fresh.replace(path)


def read(path: Path, kind: Any) -> Any:
    """What `write` wrote, or None when it isn't there."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return revived(kind, json.loads(text))


# --- the process ---


def open_places(task: Task, roster: Collection[tuple[int, int]]) -> int:
    """How many places nobody takes."""
    there = [0] * len(task.needs)
    for _, need in roster:
        there[need] += 1
    return sum(max(0, need.count - n) for need, n in zip(task.needs, there, strict=True))


class Searching:
    """One search: keeps the best on disk and says every half second that it is alive."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.order: Order = read(folder / TASK, Order)
        self.best = Best((), ())
        self.began = 0.0
        self.ending = threading.Lock()

    def run(self) -> None:
        """Wait for a turn, search, and say how it ended."""
        with self._turn():
            self.began = time.monotonic()
            threading.Thread(target=self._watch, daemon=True).start()
            order = self.order
            limits = Limits(seconds=None if order.rounds else order.seconds, rounds=order.rounds, seed=order.seed)
            start = frozenset(order.start)
            found = search(order.task, limits, start=start, on_roster=self.better, stop=self.stopping)
            self.better(found.roster, found.cost)
            self._end(found.proven)

    def stopping(self) -> bool:
        """Whether somebody asked it to stop."""
        return (self.folder / STOP).exists()

    def better(self, roster: Roster, cost: int) -> None:
        """Something better was found: it is on disk from now on."""
        with self.ending:
            if self.best.found and cost >= self.best.found[-1][1]:
                return
            when = round(time.monotonic() - self.began, 1)
            found = (*self.best.found, (when, cost, open_places(self.order.task, roster)))
            self.best = Best(tuple(sorted(roster)), found)
            write(self.folder / BEST, self.best)

    def _turn(self) -> FileLock:
        while True:
            for number in range(self.order.at_once):
                slot = FileLock(self.folder.parent / SLOT.format(number=number), mode=0o600)
                with suppress(Timeout):
                    slot.acquire(timeout=0)
                    return slot
            if self.stopping():
                self._end(proven=False)
                sys.exit(0)
            if not (self.folder / WAITS).exists():
                write(self.folder / WAITS, True)
            time.sleep(_EVERY)

    def _watch(self) -> None:
        """Beat, and end the process when the search doesn't hear that it shall stop."""
        asked = None
        while True:
            now = time.monotonic()
            write(self.folder / BEAT, round(now - self.began, 1))
            asked = asked or (now if self.stopping() else None)
            if asked and now - asked > _GRACE:
                self._end(proven=False)
                os._exit(0)
            time.sleep(_EVERY)

    def _end(self, proven: bool) -> None:
        with self.ending:
            if not (self.folder / ENDED).exists():
                if self.began:
                    write(self.folder / BEAT, round(time.monotonic() - self.began, 1))
                why = STOPPED if self.stopping() and not proven else DONE
                write(self.folder / ENDED, Ended(why, proven))


def main(folder: Path) -> None:
    """Search in a folder, with low priority; holds the folder's lock as long as it lives."""
    if hasattr(os, "nice"):
        os.nice(_LOW)
    with FileLock(folder / ALIVE, mode=0o600).acquire(timeout=10):
        Searching(folder).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
