"""G4: double clicks, clicks cut off by the next one, closed tabs: written once, or not at all, in the served program.

`FAULT_CLICKS=200` is the full size.
"""

import asyncio
import os
import random
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from db import engine
from db.services import intake
from tests.db.services.test_cases import an_intake
from tests.factories import Office, settings_for
from tests.faults.writers import HALF
from tests.serving import Served, give_passwords, serving
from tests.wsclient import Run, Tab, Widget

CLICKS = int(os.environ.get("FAULT_CLICKS", "4"))
LONGEST = 0.25
# Seconds after which what a closed tab began is over, on a slow machine too.
AT_REST = 4
pytestmark = pytest.mark.slow


@dataclass
class Ground:
    """The served program, who is signed in, and its file."""

    served: Served
    folder: Path
    cases: list[int]
    tokens: dict[str, str]
    dice: random.Random

    def tab(self, name: str) -> Tab:
        """A new browser tab of somebody."""
        return Tab(self.served.url, self.tokens[name])

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the file, read past the services."""
        with closing(dbapi2.connect(str(self.folder / "linli.db"))) as connection:
            return list(connection.execute(query).fetchall())

    def count(self, query: str) -> int:
        """One number."""
        return int(self.ask(query)[0][0])

    def half(self) -> list[str]:
        """Everything that is there in half."""
        return [
            f"{name}: {row}"
            for name, query in HALF.items()
            if name not in ("acts and lines differ", "a unit without a transfer")
            for row in self.ask(query)
        ]


@pytest.fixture(scope="module")
def ground(sqlite_template: tuple[Path, Office], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """The office with some cases for each test, served; the test process lets go of the file first."""
    template, office = sqlite_template
    folder = tmp_path_factory.mktemp("clicks") / "data"
    shutil.copytree(template, folder)
    folder.chmod(0o700)
    database = engine.open_database(settings_for(folder))
    give_passwords(database)
    made = [
        intake.register(office.clerk, intake=an_intake(), key=f"seed-{number}").case_id
        for number in range(2 * CLICKS + 1)
    ]
    database.close()
    engine._process.clear()
    with serving(folder, LINLI_IDLE_MINUTES="240") as served:  # at full size somebody waits for half an hour
        tokens = {name: served.sign_in(name) for name in ("clerk", "deputy", "leader")}
        yield Ground(served, folder, made, tokens, random.Random(4))  # noqa: S311 - repeatable


async def _form_filled(tab: Tab) -> tuple[Run, Widget]:
    run = await tab.visit("take-in")
    tab.fill(run, {"subject": "路灯不亮", "text": "巷口路灯已坏三天", "name_0": "李小明", "contact_0": "15400000001"})
    category = run.find("category")
    tab.fill(run, {"category": category.options[0]})
    await tab.send()
    run = await tab.listen()
    return run, run.find("_register")


async def _step_opened(tab: Tab, case_id: int) -> Widget:
    run = await tab.visit("case", f"id={case_id}")
    await tab.send(run.find(f"step:{case_id}"))
    run = await tab.listen()
    unit = run.find("unit")
    tab.fill(run, {"unit": unit.options[1]})
    await tab.send()
    run = await tab.listen()
    return run.find("take")


def test_a_double_click_registers_once(ground: Ground) -> None:
    heard = 0

    async def double_click(_number: int) -> None:
        nonlocal heard
        async with ground.tab("clerk") as tab:
            _, button = await _form_filled(tab)
            await tab.send(button)
            await asyncio.sleep(ground.dice.random() * LONGEST)
            await tab.send(button)
            heard += len(await tab.settle(1.0)) >= 2

    before = ground.count("SELECT count(*) FROM case_file")
    _each(CLICKS, double_click)
    assert heard >= CLICKS / 4, "hardly any second click had a run of its own: this run shows nothing"
    assert ground.count("SELECT count(*) FROM case_file") - before == CLICKS
    assert ground.half() == []


def test_a_double_click_takes_a_step_once(ground: Ground) -> None:
    heard = 0

    async def double_click(number: int) -> None:
        nonlocal heard
        async with ground.tab("deputy") as tab:
            button = await _step_opened(tab, ground.cases[number])
            await tab.send(button)
            await asyncio.sleep(ground.dice.random() * LONGEST)
            await tab.send(button)
            heard += len(await tab.settle(1.0)) >= 2

    _each(CLICKS, double_click)
    assert heard >= CLICKS / 4, "hardly any second click had a run of its own: this run shows nothing"
    taken = ground.ask("SELECT case_id, count(*) FROM case_entry WHERE step = 'propose' GROUP BY case_id")
    assert {case_id for case_id, _ in taken} >= set(ground.cases[:CLICKS])
    assert {how_often for _, how_often in taken} == {1}
    assert ground.half() == []


def test_an_interrupted_registration_is_whole_or_nothing(ground: Ground) -> None:
    interrupted = closed = 0

    async def interrupt(number: int) -> None:
        nonlocal interrupted, closed
        tab = ground.tab("clerk")
        async with tab:
            run, button = await _form_filled(tab)
            await tab.send(button)
            await asyncio.sleep(ground.dice.random() * LONGEST / 2)
            if number % 3 == 2:
                closed += 1
                return
            tab.fill(run, {"since": f"上周{number}"})
            await tab.send()
            runs = await tab.settle(1.0)
            interrupted += len(runs) >= 1

    before = ground.count("SELECT count(*) FROM case_file")
    _each(CLICKS, interrupt)
    time.sleep(AT_REST)
    saved = ground.count("SELECT count(*) FROM case_file") - before
    print(f"\n{CLICKS} clicks: {saved} registered, {interrupted} cut off by another click, {closed} by a closed tab")  # noqa: T201
    assert interrupted > 0
    assert closed > 0
    assert 0 < saved <= CLICKS
    keys = ground.count("SELECT count(*) FROM submission WHERE act = 'intake.register'")
    assert keys == ground.count("SELECT count(*) FROM case_file")
    assert ground.half() == []


def test_an_interrupted_step_is_whole_or_nothing(ground: Ground) -> None:
    async def interrupt(number: int) -> None:
        async with ground.tab("deputy") as tab:
            button = await _step_opened(tab, ground.cases[CLICKS + number])
            await tab.send(button)
            await asyncio.sleep(ground.dice.random() * LONGEST / 2)
            if number % 3 != 2:
                await tab.send()
                await tab.settle(1.0)

    before = ground.count("SELECT count(*) FROM case_entry WHERE step = 'propose'")
    _each(CLICKS, interrupt)
    time.sleep(AT_REST)
    proposed = {row[0] for row in ground.ask("SELECT id FROM case_file WHERE state = 'proposed'")}
    lines = [row[0] for row in ground.ask("SELECT case_id FROM case_entry WHERE step = 'propose'")]
    keys = ground.count("SELECT count(*) FROM submission WHERE act = 'case.propose'")
    print(f"\n{CLICKS} clicks: {len(lines) - before} steps taken")  # noqa: T201 - the figure
    assert len(lines) > before
    assert sorted(lines) == sorted(proposed)
    assert keys == len(lines)
    assert ground.half() == []


def test_who_saves_second_sees_both_versions(ground: Ground) -> None:
    async def both() -> str:
        case_id = ground.cases[-1]
        async with ground.tab("deputy") as first, ground.tab("leader") as second:
            runs = {}
            for tab, words in ((first, "先到的备注"), (second, "后到的备注")):
                tab.fill(await tab.visit("case", f"id={case_id}"), {"amend": True})
                runs[tab] = await tab.again()
                tab.fill(runs[tab], {"note": words})
            for tab in (first, second):
                await tab.send(runs[tab].find("_amend"))
                last = await tab.listen()
            return last.text

    shown = asyncio.run(both())
    assert "先到的备注" in shown
    assert "后到的备注" in shown
    assert "杜副班" in shown, "who saved first is not told"
    assert ground.count("SELECT count(*) FROM case_entry WHERE step = 'amend'") == 1
    assert ground.ask(f"SELECT note FROM case_file WHERE id = {ground.cases[-1]}") == [("先到的备注",)]  # noqa: S608 - a number


def _each(times: int, act: Callable[[int], Awaitable[None]]) -> None:
    async def all_of_them() -> None:
        for number in range(times):
            await act(number)

    asyncio.run(all_of_them())
