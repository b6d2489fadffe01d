"""The disk answers with errors or is full: every act is whole or not there, and what was acknowledged stays.

`strace` lets every n-th write of the database's files fail, or every n-th sync, below the real driver. Run as a
program (`python -m tests.faults.io_errors FOLDER ACTS`) this is the writer whose disk fails.
"""

import itertools
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlcipher3 import dbapi2

from db import engine
from db.engine import Database
from db.services import intake
from db.services.journal import verify_database
from db.settings import Settings, secrets_of
from tests.faults.writers import MATTER, half_written, keys_stored, people_of

ROOT = Path(__file__).parents[2]
SPACING = 97  # an act writes some dozens of times, so that some acts fail and some don't
ACTS = 30
FAULTS = ("pwrite64:error=EIO", "pwrite64:error=ENOSPC", "fsync:error=EIO")


@dataclass
class Figures:
    """What a run hit and what it found."""

    injected: int = 0
    acknowledged: int = 0
    refused: int = 0
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)


def run(folder: Path, errors: int, fault: str) -> Figures:
    """Let acts go on until `errors` writes or syncs failed; raises RuntimeError when the writer itself broke."""
    figures, told = Figures(), set[str]()
    settings = Settings(data_dir=str(folder), password_cost=10)
    # A round syncs some forty times, and writes some hundreds of times.
    first, spacing = (20, SPACING) if fault.startswith("pwrite64") else (12, 7)
    for round_ in itertools.count():
        if figures.injected >= errors or round_ > errors:
            break
        trace = folder.parent / "injected.txt"
        call = fault.partition(":")[0]
        inject = f"inject={fault}:when={first + 3 * round_ % spacing}+{spacing}"
        where = [f"{folder}/linli.db{end}" for end in ("", "-wal")]
        strace = ["strace", "-f", "-o", str(trace), "-e", f"trace={call}", "-e", inject]
        strace += [word for path in where for word in ("-P", path)]
        program = [sys.executable, "-m", "tests.faults.io_errors", str(folder), str(ACTS), str(round_)]
        done = subprocess.run([*strace, *program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        figures.injected += len(re.findall(r"\(INJECTED\)", trace.read_text(errors="replace")))
        trace.unlink()
        lines = [line.split() for line in done.stdout.splitlines()]
        told |= {key for mark, key in lines if mark == "A"}
        figures.refused += sum(mark == "E" for mark, _ in lines)
        connection = dbapi2.connect(str(folder / "linli.db"))
        try:
            figures.lost += sorted(told - keys_stored(connection))
            figures.half += half_written(connection)
            figures.unsound += [a for (a,) in connection.execute("PRAGMA integrity_check") if a != "ok"]
        finally:
            connection.close()
    figures.acknowledged = len(told)
    keys = secrets_of(settings)
    reader = Database(settings, keys, engine._engine(settings, keys), reads_only=True)
    verdict = verify_database(reader)
    reader.close()
    figures.unsound += [] if verdict.sound else [f"journal row {verdict.seq}: {verdict.why}"]
    return figures


def _write(folder: Path, acts: int, round_: int) -> None:
    """Acts one after another, each told as stored (A) or refused (E); the opening itself may fail."""
    try:
        database = engine.open_database(Settings(data_dir=str(folder), password_cost=10))
        (clerk, *_), _ = people_of(database)
    except SQLAlchemyError:
        return
    for number in range(acts):
        key = f"io-{round_}-{number}"
        try:
            intake.register(clerk, intake=MATTER, key=key)
        except SQLAlchemyError:
            sys.stdout.write(f"E {key}\n")
        else:
            sys.stdout.write(f"A {key}\n")


if __name__ == "__main__":
    _write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
