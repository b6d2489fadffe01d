"""Searches as processes of their own: begun, watched and ended through files in the data folder.

They outlive the server that began them. Nothing in the files names a person; they are removed with their folder.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from db import duty_search
from db.duty_search import ALIVE, BEAT, BEST, ENDED, STOP, TASK, WAITS, Best, Ended, Order, read, write
from db.services.duty.tasks import Tasked

FOLDER = "searches"
_ROOT = Path(duty_search.__file__).parent.parent
_TOLD = "told.txt"
_EXIT_SECONDS = 5.0
_PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL")
_begun: dict[Path, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Look:
    """How a search is: `waits` for its turn; `elapsed` None before it began; `ended` once it said so."""

    alive: bool
    waits: bool
    elapsed: float | None
    best: Best | None
    ended: Ended | None


def folder_of(data: Path, name: str) -> Path:
    """Where the files of one search lie."""
    return data / FOLDER / name


def at_once() -> int:
    """How many searches may run at once: a core stays for everybody else."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)


def begin(folder: Path, tasked: Tasked, *, seconds: float, seed: int, rounds: int | None = None) -> None:
    """Write the task down and start a process that searches it; it waits there for its turn."""
    folder.mkdir(parents=True, mode=0o700)
    write(folder / TASK, Order(tasked.task, seconds, seed, rounds, at_once(), tuple(sorted(tasked.start))))
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with os.fdopen(os.open(folder / _TOLD, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as told:
        _begun[folder] = subprocess.Popen(  # noqa: S603 - our own module on our own folder
            [sys.executable, "-m", duty_search.__name__, str(folder)],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            start_new_session=True,
        )


def look(folder: Path, *, young: bool = False) -> Look:
    """How a search is. `young`: begun so recently that its process may not hold its lock yet."""
    alive = is_alive(folder, young=young)
    beat = read(folder / BEAT, float)
    waits = beat is None and (folder / WAITS).exists()
    return Look(alive, waits, beat, read(folder / BEST, Best), read(folder / ENDED, Ended))


def is_alive(folder: Path, *, young: bool = False) -> bool:
    """Whether its process still runs, whoever began it."""
    mine = _begun.get(folder)
    if mine is not None:
        return mine.poll() is None
    if not folder.exists():
        return False
    lock = FileLock(folder / ALIVE, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return young


def ask_to_stop(folder: Path) -> None:
    """Tell a search to end; it does within seconds."""
    if folder.exists():
        write(folder / STOP, True)


def wait(folder: Path, seconds: float) -> bool:
    """Wait for a search this process began; whether it is over."""
    mine = _begun.get(folder)
    try:
        return mine is None or mine.wait(seconds) is not None
    except subprocess.TimeoutExpired:
        return False


def remove(folder: Path) -> None:
    """Remove the files of a search that is over."""
    mine = _begun.pop(folder, None)
    if mine is not None:
        try:
            mine.wait(_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            mine.kill()
            mine.wait()
    shutil.rmtree(folder, ignore_errors=True)


def last_words(folder: Path) -> str:
    """The last line a process that failed left behind."""
    try:
        lines = (folder / _TOLD).read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return ""
    return next((line for line in reversed(lines) if line.strip()), "")


def left_over(data: Path, before: datetime) -> Iterator[Path]:
    """The folders of searches begun before a moment whose process is over."""
    for folder in sorted((data / FOLDER).glob("*/")):
        if folder.stat().st_mtime < before.timestamp() and not is_alive(folder):
            yield folder
