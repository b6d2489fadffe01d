"""Two processes that search for one roster: what is better is told, and the other never outlives this one."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from db.rules.rostering import search as searching
from db.rules.rostering.beside import Line
from db.rules.rostering.check import broken
from db.rules.rostering.search import Limits, search
from db.rules.rostering.task import Kind, Need, Person, Rules, Task
from db.rules.rostering.worth import worth

ROOT = Path(__file__).parents[4]
FOREVER = """
import multiprocessing
from db.rules.rostering import search as searching
from tests.db.rules.rostering.test_beside import four_weeks
if __name__ == "__main__":
    def stop():
        for child in multiprocessing.active_children():
            print(child.pid, flush=True)
        return False
    searching.WHOLE_WITH_LEAST = 0
    searching.search(four_weeks(), searching.Limits(seconds=120, workers=2), stop=stop)
"""


def four_weeks(people: int = 8, days: int = 28) -> Task:
    """Four weeks of early and late for people with hours to keep, more wanted than they can give."""
    kinds = (Kind("early", 480), Kind("late", 480, {1: frozenset({0})}))
    needs = tuple(Need(day, kind, 2 + (day + kind) % 3, 100, 1) for day in range(days) for kind in (0, 1))
    rules = Rules(minutes=(7680, 8640), longest_run=5, shortest_run=2, shortest_break=2, weekends=2)
    everybody = tuple(
        Person(f"P{who}", {place: (place * who) % 3 for place in range(2 * days) if place % 9 != who}, rules)
        for who in range(people)
    )
    weekends = tuple((day, day + 1) for day in range(5, days, 7))
    return Task(days, kinds, needs, everybody, weekends, floor=0)


def test_two_ends_tell_each_other_only_what_is_better() -> None:
    ours, theirs = multiprocessing.Pipe()
    here, there = Line(ours), Line(theirs)
    assert here.heard() is None
    for cost in (9, 9, 7, 8):
        there.tell(frozenset({(0, cost)}), cost)
    assert here.heard() == (frozenset({(0, 7)}), 7)
    here.tell(frozenset(), 7)
    assert there.heard() is None
    theirs.close()
    assert here.heard() is None
    assert here.closed


def test_two_processes_agree_on_one_roster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "WHOLE_WITH_LEAST", 0)
    task = four_weeks()
    told: list[int] = []
    found = search(task, Limits(seconds=6, workers=2), on_better=lambda cost, _: told.append(cost))
    assert not broken(task, found.roster)
    assert found.cost == worth(task, found.roster) == told[-1]
    assert told == sorted(set(told), reverse=True)
    assert not multiprocessing.active_children()


@pytest.mark.skipif(sys.platform == "win32", reason="no signals to kill with")
def test_the_other_process_ends_with_a_killed_one() -> None:
    with subprocess.Popen([sys.executable, "-c", FOREVER], cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        other = int(started.stdout.readline())
        started.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while _lives(other) and time.monotonic() < until:
        time.sleep(0.2)
    assert not _lives(other)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc").exists() else True
