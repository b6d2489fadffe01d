"""G11, typed: hostile texts in every field of every form somebody can open, its button pressed, what came of it seen.

Minutes a round, so with `--every-value` alone; `python -m tests.bench trust hostile typed` tells the figures. Which
forms there are is asked of the pages: one that is added later is typed into as well.
"""

import os
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser

from components.screens import SCREENS
from db import engine
from tests.browser.hostile_typing import Typing
from tests.browser.hostile_walk import HostileWalk
from tests.browser.offices import make_demo
from tests.browser.test_every_screen import USUAL
from tests.browser.walking import Stop, button, stops
from tests.factories import settings_for
from tests.pages.test_continue import further, people_of
from tests.serving import Served
from tests.trust import hostile

pytestmark = [pytest.mark.browser, pytest.mark.long]
ROUNDS, ONLY = int(os.environ.get("TYPED_ROUNDS", "1")), os.environ.get("TYPED_SCREEN", "")
# Where the steps of a case are taken, and by whom.
STATES = ("registered", "proposed", "objected", "handling", "answered", "signed", "confirmed", "replied", "visited",
          "review", "reviewed", "rereview")  # fmt: skip
WHO = ("leader", "director", "clerk", "building2")
# After these nothing else of a file may be changed.
ENDS = tuple(f"form={name}" for name in ("archive", "terminate", "withdraw", "refuse"))
LEAST_FORMS = 90


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, int], tuple[Stop, ...]]]:
    """A demo office of its own, and every way to a form."""
    folder = tmp_path_factory.mktemp("typed") / "data"
    case = make_demo(folder)
    before = list(engine._process)
    with closing(engine.open_database(settings_for(folder))) as database:
        engine._process[:] = [database]
        folded = list(further(case, people_of(database)["director"]))
        engine._process[:] = before
    way = [*stops(case)]
    way += [Stop(f"{one.person} at {one.path}", one.person, one.path, tuple(map(_opens, one.keys))) for one in folded]
    way += [
        Stop(f"{state}, {who}", who, f"case?id={case[state]}", (button("next-step"),))
        for state in STATES
        if state in case
        for who in WHO
    ]
    way.sort(key=lambda stop: stop.path.endswith(ENDS))
    screens = {screen.path for screen in SCREENS}
    with Served(folder) as served:
        yield served, case, tuple(s for s in way if s.screen in screens and s.person and (ONLY or s.screen) == s.screen)


def _opens(key: str) -> str:
    return f"[class*='st-key-{key}'] :is(summary, label, button)"


def test_whatever_is_typed_is_saved_or_refused_beside_its_field(
    office: tuple[Served, dict[str, int], tuple[Stop, ...]], browser: Browser
) -> None:
    served, case, way = office
    walk = Typing(served, browser, tuple(dict.fromkeys((*hostile.sharp(), *hostile.every()))))
    for _ in range(ROUNDS):
        memory = walk.through(way)
        walk.again()
    typed = walk.typed
    lines = [f"{typed.figure}; {len(memory.failed)} ways that could not be gone"]
    for name, told in (("never saved", typed.never_saved), ("not gone", memory.failed)):
        lines += [f"{name}: {one[:150]}: {why[:200]!r}" for one, why in told.items()]
    print("", *lines, sep="\n")  # noqa: T201 - the figures
    looked = HostileWalk(served, browser)
    looked.through(stops(case) if not ONLY else way)
    for seen in (walk, looked):
        assert not seen.found.elements
        assert not seen.found.errors
        assert not seen.found.dialogs
        assert not seen.memory.left
        assert not [line for line in seen.memory.console if not USUAL.search(line)]
    assert not typed.silent
    assert not typed.lost
    assert "Traceback" not in served.log
    assert "Uncaught" not in served.log
    assert ONLY or len(typed.forms) >= LEAST_FORMS
    assert typed.saved > typed.fields / 10
    assert typed.refused > 0
