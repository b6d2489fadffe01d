"""A power cut at any moment: each write and sync of real acts is recorded, the disk rebuilt as it may have been.

`strace` records what the writing program asks of the system, in order, with the acknowledgements between. A cut is a
place in that record: what was synced before it is on the disk; of what was not, either nothing or a random half is.
Run as a program (`python -m tests.faults.powercut FOLDER ACTS SYNCHRONOUS`) this is the writer that is recorded.
"""

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlcipher3 import dbapi2

from db import engine
from db.settings import Settings
from tests.faults.writers import half_written, keys_stored, people_of, write_for_ever

ROOT = Path(__file__).parents[2]
CALLS = "pwrite64,ftruncate,fsync,fdatasync,write"
LINE = re.compile(r"^\d+ +(\w+)\((\d+)<([^>]*)>(?:, )?(.*)\) += (-?\d+)")
MODELS = ("all lost", "half lost")
ACKNOWLEDGED = b"A "


@dataclass(frozen=True)
class Event:
    """A write, a cut of the length, a sync of one file, or an acknowledgement (its key as data)."""

    kind: str
    file: str = ""
    at: int = 0
    data: bytes = b""


@dataclass
class Figures:
    """What a run hit and what it found."""

    cuts: int = 0
    acknowledged: int = 0
    syncs: int = 0
    in_flight: int = 0
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)


class Disk:
    """Files as they are synced, and the writes nobody synced yet."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the office before the first event."""
        self.synced = {name: bytearray(_content(folder / name)) for name in ("linli.db", "linli.db-wal")}
        self.pending: list[Event] = []

    def take(self, event: Event) -> None:
        """One event in its order."""
        if event.kind != "sync":
            self.pending.append(event)
            return
        for one in self.pending:
            if one.file == event.file:
                _apply(self.synced[one.file], one)
        self.pending = [one for one in self.pending if one.file != event.file]

    def after_cut(self, model: str, dice: random.Random) -> dict[str, bytes]:
        """What a restart finds."""
        files = {name: bytearray(content) for name, content in self.synced.items()}
        for one in self.pending if model == "half lost" else ():
            if dice.random() < 0.5:
                _apply(files[one.file], one)
        return {name: bytes(content) for name, content in files.items()}


def _apply(content: bytearray, event: Event) -> None:
    if event.kind == "truncate":
        del content[event.at :]
        content.extend(bytes(event.at - len(content)))
        return
    content.extend(bytes(max(0, event.at - len(content))))
    content[event.at : event.at + len(event.data)] = event.data


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def run(folder: Path, cuts: int, seed: int = 1, *, synchronous: int = 2) -> Figures:
    """Record real acts on the office in `folder`, then cut the power `cuts` times under each model."""
    dice, figures = random.Random(seed), Figures()  # noqa: S311 - repeatable moments
    disk = Disk(folder)
    events = record(folder, acts=max(8, cuts // 5), synchronous=synchronous)
    begun = next(place for place, event in enumerate(events) if event.kind == "ack")
    places = sorted(dice.randrange(begun, len(events)) for _ in range(cuts))
    told: set[str] = set()
    figures.acknowledged = sum(event.kind == "ack" for event in events)
    figures.syncs = sum(event.kind == "sync" for event in events)
    for place, event in enumerate(events):
        if event.kind == "ack":
            told.add(event.data.decode())
        else:
            disk.take(event)
        for _ in range(places.count(place)):
            figures.cuts += 1
            figures.in_flight += bool(disk.pending)
            for model in MODELS:
                _examine(disk.after_cut(model, dice), told, figures, f"{model} at {place}")
    return figures


def _examine(files: dict[str, bytes], told: set[str], figures: Figures, where: str) -> None:
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        connection = dbapi2.connect(f"{folder}/linli.db")
        try:
            findings = [finding for (finding,) in connection.execute("PRAGMA integrity_check") if finding != "ok"]
            figures.corrupt += [f"{where}: {finding}" for finding in findings]
            figures.lost += [f"{where}: {key}" for key in sorted(told - keys_stored(connection))]
            figures.half += [f"{where}: {half}" for half in half_written(connection)]
        except dbapi2.DatabaseError as error:
            figures.corrupt.append(f"{where}: {error}")
        finally:
            connection.close()


def record(folder: Path, *, acts: int, synchronous: int) -> list[Event]:
    """Let the writer act under strace; every event on the database's two files, and every acknowledgement."""
    trace = folder.parent / "trace.txt"
    words = [sys.executable, "-m", "tests.faults.powercut", str(folder), str(acts), str(synchronous)]
    strace = ["strace", "-f", "-y", "-xx", "-s", "8192", "-e", f"trace={CALLS}", "-o", str(trace)]
    done = subprocess.run([*strace, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=1200)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found = list(_events(trace))
    trace.unlink()
    return found


def _events(trace: Path) -> Iterator[Event]:
    begun: dict[str, str] = {}
    with trace.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            who, _, rest = line.partition(" ")
            if "<unfinished" in line:
                begun[who] = line.partition(" <unfinished")[0]
                continue
            if "resumed>" in rest:
                line = begun.pop(who, "") + line.partition("resumed>")[2]
            if (found := LINE.match(line)) and (event := _event(*found.groups())):
                yield event


def _event(call: str, number: str, path: str, rest: str, answer: str) -> Event | None:
    name = bytes.fromhex(path.replace("\\x", "")).decode(errors="replace") if path.startswith("\\x") else path
    file = Path(name).name
    data = bytes.fromhex(rest.split('"')[1].replace("\\x", "")) if '"' in rest else b""
    if call == "write":
        is_told = number == "1" and data.startswith(ACKNOWLEDGED)
        return Event("ack", data=data.split()[-1]) if is_told else None
    if file not in ("linli.db", "linli.db-wal") or int(answer) < 0:
        return None
    if call == "pwrite64":
        return Event("write", file, int(rest.rpartition(", ")[2]), data)
    return Event("truncate", file, int(rest)) if call == "ftruncate" else Event("sync", file)


class Enough(Exception):
    """As many acts as were asked for."""


def _write(folder: Path, acts: int, synchronous: int) -> None:
    """Acts, each told on standard output after its commit; the program then ends as if by a kill."""
    engine.PRAGMAS["synchronous"] = synchronous
    database = engine.open_database(Settings(data_dir=str(folder), password_cost=10))
    actors, unit_id = people_of(database)
    told = 0

    def say(line: str) -> None:
        nonlocal told
        os.write(1, f"{line}\n".encode())
        told += 1
        if told == acts:
            raise Enough

    with suppress(Enough):
        write_for_ever(actors, unit_id, 0, say)
    os._exit(0)


if __name__ == "__main__":
    _write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
