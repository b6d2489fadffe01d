"""Backups while everybody writes: each restores and holds what was acknowledged before it began."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlcipher3 import dbapi2

from db.engine import Database
from db.services import intake
from db.services.keeping import KeepingError
from db.services.keeping.archive import unpack
from db.services.keeping.backup import make
from db.services.keeping.keys import backup_key
from db.services.keeping.restore import examined
from tests.faults.writers import MATTER, half_written, keys_stored, people_of


@dataclass
class Figures:
    """What a run hit and what it found; times in seconds."""

    backups: int = 0
    good: int = 0
    acknowledged: int = 0
    meanwhile: int = 0
    refused: int = 0
    longest: float = 0
    wrong: list[str] = field(default_factory=list)


def run(database: Database, folder: Path, backups: int, writers: int = 20) -> Figures:
    """Make, restore and examine `backups` backups of an open SQLite office while `writers` people register cases."""
    figures, told, stop = Figures(), list[str](), threading.Event()
    (clerk, *_), _ = people_of(database)

    def write(writer: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            key = f"load-{writer}-{number}"
            intake.register(clerk, intake=MATTER, key=key)
            told.append(key)
            stop.wait(0.05)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    try:
        while len(told) < writers:
            stop.wait(0.05)
        for number in range(backups):
            _one(database, folder / f"{number}.linli-backup", figures, told)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    figures.acknowledged = len(told)
    return figures


def _one(database: Database, target: Path, figures: Figures, told: list[str]) -> None:
    before, begun = set(told), time.perf_counter()
    figures.backups += 1
    try:
        made = make(database.settings, destination=target)
        meanwhile = len(told) - len(before)
        with TemporaryDirectory(dir=target.parent) as scratch:
            manifest = unpack(made.path, Path(scratch), backup_key(database.settings))
            with examined(database.settings, Path(scratch), manifest, "drill") as fresh:
                connection = dbapi2.connect(str(fresh.database))
                lost = before - keys_stored(connection)
                wrong = [*(f"lost: {key}" for key in sorted(lost)), *half_written(connection)]
                connection.close()
    except KeepingError as error:
        wrong, meanwhile = [str(error)], 0
    figures.longest = max(figures.longest, round(time.perf_counter() - begun, 1))
    figures.meanwhile += meanwhile
    figures.wrong += [f"{target.name}: {one}" for one in wrong]
    figures.good += not wrong
    target.unlink(missing_ok=True)
