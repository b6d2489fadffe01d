"""G2: the program is killed while it writes; what was acknowledged is there, nothing is there in half.

`python -m tests.bench kill --kills 1000` is the long run. A kill never loses what the system already took from the
program, so this says nothing about a power cut: test_disk.py does.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from db.engine import Database
from tests.factories import Office

ROOT = Path(__file__).parents[2]
KILLS = 30
INSIDE = 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_killed_writers_lose_nothing(database: Database, office: Office) -> None:
    assert office.clerk.id
    database.close()
    words = [sys.executable, "-m", "tests.faults.writers", str(database.settings.folder), str(KILLS), "1", str(INSIDE)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(done.stdout)
    print(f"\n{figures}")  # noqa: T201 - the figures are what this test is for
    assert (figures["lost"], figures["half"], figures["unsound"]) == ([], [], [])
    assert figures["kills"] >= KILLS
    assert figures["acknowledged"] >= 2 * KILLS, "too little was written to lose anything"
    assert figures["without_acknowledgement"] < KILLS / 10
    assert figures["inside_commit"] >= INSIDE, "no kill fell inside a commit: this run shows nothing"
