"""G3: every commit reaches the disk before it is acknowledged; counted by strace around real acts."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from db.engine import PRAGMAS, Database
from tests.factories import Office

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
