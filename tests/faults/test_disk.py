"""G3 and G7: every commit reaches the disk before it is acknowledged; a full disk loses nothing and says so."""

import errno
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from components.front_door import incidents
from db.engine import PRAGMAS, Database
from db.models import Submission
from db.services import intake, journal, keeping
from db.services.keeping.disk import BALLAST, BALLAST_BYTES
from tests.factories import Office
from tests.faults.writers import MATTER

ROOT = Path(__file__).parents[2]
ROUNDS = 8


@pytest.mark.strace
@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_every_commit_reaches_the_disk(database: Database, office: Office, tmp_path: Path) -> None:
    assert office.clerk.id
    database.close()
    trace = tmp_path / "trace.txt"
    strace = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", str(trace)]
    program = [sys.executable, "-m", "tests.faults.commits", str(database.settings.folder), str(ROUNDS)]
    done = subprocess.run([*strace, *program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    if "ptrace" in done.stderr and not trace.exists():
        pytest.skip("this machine does not let strace watch")
    assert done.returncode == 0, done.stderr[-2000:]
    commits = int(done.stdout)
    synced = re.findall(r"f(?:data)?sync\(\d+<[^>]*linli\.db-wal>\)\s+= 0", trace.read_text())
    print(f"\n{commits} commits, {len(synced)} syncs of the write-ahead log")  # noqa: T201 - the figure
    assert commits >= 4 * ROUNDS, "nothing was written: this run shows nothing"
    assert len(synced) >= commits


def test_the_pragmas_ask_for_it() -> None:
    assert (PRAGMAS["journal_mode"], PRAGMAS["synchronous"]) == ("wal", 2)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_full_disk_loses_nothing_says_so_and_takes_writes_again(database: Database, office: Office) -> None:
    settings = database.settings
    keeping.ensure_ballast(settings)
    with database.engine.connect() as connection:
        pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())

    def room(connection: Any, _record: Any, _proxy: Any) -> None:
        """The file may grow by a little, and by what the ballast took once that is gone."""
        spare = 40 if (settings.folder / BALLAST).exists() else BALLAST_BYTES // 4096
        connection.execute(f"PRAGMA max_page_count = {pages + spare}")

    stored: list[str] = []

    def write_on() -> None:
        while len(stored) < 500:
            key = f"key-{len(stored)}"
            intake.register(office.clerk, intake=MATTER, key=key)
            stored.append(key)

    event.listen(database.engine, "checkout", room)
    try:
        with pytest.raises(OperationalError) as refused:
            write_on()
        assert incidents.sentence(refused.value) == incidents.DISK_FULL
        assert len(stored) > 2
        assert "67 MB are free" in keeping.make_room(settings)[0]
        intake.register(office.clerk, intake=MATTER, key="again")
    finally:
        event.remove(database.engine, "checkout", room)
    with database.reading() as session:
        assert set(session.scalars(select(Submission.key))) == {*stored, "again"}
    assert journal.verify_database(database).sound
    assert "no ballast" in keeping.make_room(settings)[0]


def test_the_disk_is_told_in_a_sentence_of_its_own() -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    failing = OperationalError("COMMIT", {}, Exception("disk I/O error"))
    assert incidents.sentence(full) == incidents.DISK_FULL
    assert incidents.sentence(failing) == incidents.DISK_ERROR
    assert incidents.sentence(KeyError("x")) not in (incidents.DISK_FULL, incidents.DISK_ERROR)
