"""G11 in a browser: the demo office with a hostile text in every place of a text, seen by several people.

No error, no request to anywhere else, no dialog, no script that fails, and no element the texts speak of. Every day a
few screens are seen by who they are for; with `--every-value` all of them, by others as well.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlcipher3 import dbapi2

from db import engine
from tests.browser.hostile_walk import HostileWalk
from tests.browser.test_every_screen import USUAL
from tests.browser.walking import stops
from tests.factories import settings_for
from tests.serving import Served
from tests.trust import hostile
from tests.trust.written_over import write_over

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SOME = ("desk of a clerk", "case in hand", "dispute, parties", "a decision")
# By others, too: who sees everything, who sees masked names, and who keeps the office.
OTHERS = ("director", "clerk", "viewer", "admin")


@pytest.fixture(scope="module")
def hostile_served(demo_served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A copy of the demo office, written over."""
    folder = tmp_path_factory.mktemp("hostile") / "data"
    shutil.copytree(
        demo_served.folder, folder, ignore=shutil.ignore_patterns("linli.db*", "ballast*", "backups", "*.lock")
    )
    with (
        closing(dbapi2.connect(str(demo_served.folder / "linli.db"))) as source,
        closing(dbapi2.connect(str(folder / "linli.db"))) as target,
    ):
        source.backup(target)
    (folder / "linli.db").chmod(0o600)
    before = list(engine._process)
    with closing(engine.open_database(settings_for(folder))) as database:
        assert write_over(database, hostile.every()) > 1000
    engine._process[:] = before
    with Served(folder) as served:
        yield served


@pytest.mark.in_turn(3, of=4)
def test_no_text_does_anything(
    hostile_served: Served, demo_cases: dict[str, int], browser: Browser, pytestconfig: pytest.Config
) -> None:
    every = stops(demo_cases)
    way = tuple(stop for stop in every if stop.name in SOME)
    if pytestconfig.getoption("every_value"):
        way = every + tuple(
            replace(stop, person=person, press=(), name=f"{stop.name} by {person}")
            for person in OTHERS
            for stop in every
            if stop.person and stop.person != person
        )
    walk = HostileWalk(hostile_served, browser)
    memory = walk.through(way)
    assert walk.found.seen >= len(way) * 0.9, memory.failed
    assert not walk.found.elements
    assert not walk.found.errors
    assert not walk.found.dialogs
    assert not memory.left
    assert not [line for line in memory.console if not USUAL.search(line)]
    if not pytestconfig.getoption("every_value"):
        assert not memory.failed
    assert memory.requests > 40


def test_the_list_of_stops_still_has_these(demo_cases: dict[str, int], demo_served: Served) -> None:
    assert demo_served.folder != Path()
    assert {stop.name for stop in stops(demo_cases)} >= set(SOME)
