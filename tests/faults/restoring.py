"""A restore killed at every moment: each change to a file is a moment, and the program dies just before it.

A program of its own (`python -m tests.faults.restoring FOLDER BACKUP NOW THEN STEP`), because it forks; prints JSON.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlcipher3 import dbapi2

from db import engine
from db.services import journal, keeping
from db.settings import Settings, SettingsError

CHANGES = ("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect")
NAME = "SELECT name FROM person ORDER BY id LIMIT 1"


@dataclass
class Figures:
    """What a run hit and what it found."""

    kills: int = 0
    before_the_swap: int = 0
    amid: int = 0
    ended: int = 0
    wrong: list[str] = field(default_factory=list)


def run(folder: Path, source: Path, *, now: str, then: str, step: int = 1) -> Figures:
    """Kill restores of `source` over copies of the closed office in `folder`, at every `step`-th moment.

    The office's first person is called `now`, and in the backup `then`.
    """
    figures, moment, killed = Figures(), 1, True
    while killed:
        copy = folder.with_name(f"killed-{moment}")
        shutil.copytree(folder, copy)
        killed = _killed(copy, source, moment)
        figures.kills += killed
        figures.ended += not killed
        _examine(copy, source, now, then, figures, f"moment {moment}")
        shutil.rmtree(copy)
        moment += step
    return figures


def _killed(copy: Path, source: Path, moment: int) -> bool:
    """Whether the restore was killed before it ended; raises RuntimeError when it failed by itself."""
    child = os.fork()
    if child == 0:
        _die_at(moment, str(copy))
        try:
            keeping.restore(Settings(data_dir=str(copy), password_cost=10), source=source)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"the restore itself failed at moment {moment}")
    return os.WIFSIGNALED(status)


def _die_at(moment: int, folder: str) -> None:
    """Kill this process just before its `moment`-th change to a file of the office."""
    left = moment

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (event in CHANGES or writes) and folder in str(arguments[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _examine(copy: Path, source: Path, now: str, then: str, figures: Figures, where: str) -> None:
    settings = Settings(data_dir=str(copy), password_cost=10)
    try:
        keeping.look_before_start(settings)
        found, sound = _opened(settings)
    except SettingsError as refused:
        figures.amid += 1
        if "restore" not in str(refused):
            figures.wrong.append(f"{where}: no way out is told: {refused}")
    else:
        figures.before_the_swap += found == now
        if found not in (now, then) or not sound:
            figures.wrong.append(f"{where}: started with {found}, journal sound: {sound}")
        if found == now:
            return
    if now not in _names_in(copy, "linli.db*"):
        figures.wrong.append(f"{where}: what stood before is gone")
    keeping.restore(settings, source=source)
    found, sound = _opened(settings)
    if (found, sound) != (then, True):
        figures.wrong.append(f"{where}: restored again it holds {found}, journal sound: {sound}")
    if now not in _names_in(copy, "linli.db.before-*"):
        figures.wrong.append(f"{where}: what stood before is gone after restoring again")


def _opened(settings: Settings) -> tuple[str, bool]:
    database = engine.open_database(settings)
    try:
        with database.reading() as session:
            name = session.connection().exec_driver_sql(NAME).scalar()
        return str(name), journal.verify_database(database).sound
    finally:
        database.close()


def _names_in(folder: Path, pattern: str) -> set[str]:
    """What the first person is called in every database that lies there."""
    found = set()
    for path in folder.glob(pattern):
        if path.read_bytes()[:6] != b"SQLite":
            continue  # a log, a lock
        connection = dbapi2.connect(str(path))
        found.add(str(connection.execute(NAME).fetchone()[0]))
        connection.close()
    return found


if __name__ == "__main__":
    where, backup, name_now, name_then, every = sys.argv[1:]
    result = run(Path(where), Path(backup), now=name_now, then=name_then, step=int(every))
    print(json.dumps(asdict(result)))  # noqa: T201 - what the caller reads
