"""Restores that are killed, backups under load, disks that fail, power that is cut: short forms of the long runs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from db.engine import Database
from db.models import Person
from db.services import keeping
from tests.factories import SYSTEM, Office
from tests.faults import backups, io_errors, powercut, restoring

ROOT = Path(__file__).parents[2]
STEP = 12  # every twelfth moment; the long run takes each of them
BACKUPS = int(os.environ.get("FAULT_BACKUPS", "2"))
CUTS = int(os.environ.get("FAULT_CUTS", "20"))
ERRORS = int(os.environ.get("FAULT_ERRORS", "5"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL"),
    pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True),
]
needs_strace = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")


def told(figures: object) -> None:
    print(f"\n{figures}")  # noqa: T201 - the figures are what these tests are for


def test_a_restore_killed_at_any_moment_loses_nothing(database: Database, office: Office, tmp_path: Path) -> None:
    folder = database.settings.folder
    source = shutil.copy2(keeping.keep_one(database.settings).path, tmp_path)
    first = select(Person).order_by(Person.id).limit(1)
    with database.transaction(SYSTEM) as session:
        person = session.scalars(first).one()
        then, person.name = person.name, "somebody else"
    assert office
    database.close()
    words = [sys.executable, "-m", "tests.faults.restoring", str(folder), str(source), "somebody else", then, str(STEP)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = restoring.Figures(**json.loads(done.stdout))
    told(figures)
    assert figures.wrong == []
    assert figures.kills >= 2
    assert figures.before_the_swap
    assert figures.amid


def test_backups_under_load_are_good(database: Database, office: Office, tmp_path: Path) -> None:
    assert office
    figures = backups.run(database, tmp_path, BACKUPS, writers=4 if BACKUPS < 10 else 20)
    told(figures)
    assert figures.wrong == []
    assert figures.good == BACKUPS
    assert figures.meanwhile


@pytest.mark.strace
@needs_strace
def test_a_power_cut_loses_nothing_that_was_acknowledged(database: Database, office: Office) -> None:
    assert office
    database.close()
    figures = powercut.run(database.settings.folder, CUTS)
    told(figures)
    assert (figures.lost, figures.half, figures.corrupt) == ([], [], [])
    assert figures.cuts == CUTS
    assert figures.in_flight >= 5
    assert figures.syncs >= figures.acknowledged >= 8


@pytest.mark.strace
@needs_strace
@pytest.mark.parametrize("fault", io_errors.FAULTS if ERRORS > 5 else io_errors.FAULTS[:1])
def test_a_disk_that_fails_loses_nothing(database: Database, office: Office, fault: str) -> None:
    assert office
    database.close()
    figures = io_errors.run(database.settings.folder, ERRORS, fault)
    told(figures)
    assert (figures.lost, figures.half, figures.unsound) == ([], [], [])
    assert figures.injected >= ERRORS
    assert figures.acknowledged
    assert figures.refused
