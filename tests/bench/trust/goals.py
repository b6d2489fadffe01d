"""The goals G1 to G24: what is asked, how it is shown short and long, and how often the fault really struck."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from db import clock, engine
from db.engine import Database
from tests.bench import journal_cost as journal
from tests.bench.trust import attacks, hostile_calls, mutants, reach
from tests.factories import NOW, Office, a_database
from tests.faults.writers import run as killed
from tests.trust import canaries, hostile

ROOT = Path(__file__).parents[3]
# Lines in which a test tells its figures.
TOLD = r"^(\D{0,40}\d+ \w+.*, |Figures\()"
Size = int


@dataclass(frozen=True)
class Shown:
    """What one goal reached: a figure in words, how often the fault struck, and whether that is enough."""

    figure: str
    hits: int
    passed: bool


@dataclass(frozen=True)
class Goal:
    """One line of the table; `short` and `long` are sizes handed to `show`."""

    id: str
    asked: str
    short: Size
    long: Size
    show: Callable[[Size], Shown]
    command: str = ""


@contextmanager
def an_office() -> Iterator[tuple[Database, Office]]:
    """An office of its own, on the day of the tests."""
    before = list(engine._process)
    with tempfile.TemporaryDirectory(prefix="linli-trust-") as folder, clock.at(NOW):
        database, office = a_database(Path(folder))
        engine._process[:] = [database]
        try:
            yield database, office
        finally:
            database.close()
            engine._process[:] = before


def pytest_of(*chosen: str, **sizes: str) -> Callable[[Size], Shown]:
    """Shown by tests: as many hits as passed; `sizes` are environment variables with {size} in them."""

    @cache
    def show(size: Size) -> Shown:
        told = {name: said.format(size=size) for name, said in sizes.items()}
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-s", "--every-value", *chosen]
        done = subprocess.run(words, cwd=ROOT, env=os.environ | told, capture_output=True, text=True, check=False)
        passed = _number(r"(\d+) passed", done.stdout)
        failed = _number(r"(\d+) (?:failed|error)", done.stdout)
        said = "; ".join(line for line in done.stdout.splitlines() if re.match(TOLD, line) and " in " not in line[-16:])
        said = "; ".join(re.findall(r"^FAILED (.+)", done.stdout, re.MULTILINE)) or said
        figure = f"{passed} tests passed, {failed} failed" + (f": {said[:600]}" if said else "")
        return Shown(figure, passed, done.returncode == 0 and passed > 0)

    return show


def _number(pattern: str, text: str) -> int:
    return sum(int(found) for found in re.findall(pattern, text))


def of_tests(pattern: str, most: Mapping[str, float], show: Callable[[Size], Shown]) -> Callable[[Size], Shown]:
    """Figures that tests told, each named group of `pattern` at most as given."""

    def judged(size: Size) -> Shown:
        seen = show(size)
        told = [one.groupdict() for one in re.finditer(pattern, seen.figure)]
        found = [{name: float(value) for name, value in one.items()} for one in told]
        worst = {name: max((one[name] for one in found), default=0.0) for name in most}
        figure = ", ".join(f"{name} {value:g} (at most {most[name]:g})" for name, value in worst.items())
        return Shown(figure, seen.hits, seen.passed and bool(found) and all(worst[name] <= most[name] for name in most))

    return judged


def journal_cost(size: Size) -> Shown:
    """G16 and G17: what the journal costs, and how fast `size` rows of it are verified."""
    cost = journal.measured(rows=size)
    figure = f"{cost.of_a_transaction:.1f} ms a transaction, {cost.verified:,} rows verified a second"
    return Shown(figure, size, cost.of_a_transaction <= 5 and cost.verified >= 50_000)


def both(*shows: Callable[[Size], Shown]) -> Callable[[Size], Shown]:
    """Shown in more than one way: all must pass."""

    def show(size: Size) -> Shown:
        seen = [one(size) for one in shows]
        figure = "; ".join(one.figure for one in seen)
        return Shown(figure, sum(one.hits for one in seen), all(one.passed for one in seen))

    return show


def kills(size: Size) -> Shown:
    """G2."""
    with tempfile.TemporaryDirectory(prefix="linli-kill-") as folder:
        database, _ = a_database(Path(folder))
        database.close()
        found = asdict(killed(Path(folder), size, 1, max(2, size // 20)))
    lost = sum(len(found[name]) for name in ("lost", "half", "unsound"))
    figure = f"{lost} lost or half of {found['acknowledged']} acknowledged; {found['inside_commit']} kills in a commit"
    return Shown(figure, found["kills"], lost == 0 and found["inside_commit"] > 0)


def access(size: Size) -> Shown:
    """G9: every `size`-th service, screen and form; 1 is all of them, in every way they can be called."""
    found = reach.whole(size)
    return Shown(found.figure, found.refused + found.actions, not found.wrong)


def planted(size: Size) -> Shown:
    """G10."""
    with an_office() as (database, office):
        signs, ids = canaries.plant(office, size)
        people = [name for name, who in office.people.items() if name not in ("director", "clerk", "deputy", "leader")]
        found = canaries.look(database, office, signs, ids, people, every=1 if size > 100 else 9)
    figure = f"{len(found.hits)} hits of {found.planted} signs in {found.looks} looks ({found.characters:,} characters)"
    return Shown(figure, found.looks, not found.hits)


def hostile_texts(size: Size) -> Shown:
    """G11: at least `size` trips through intake, lists, exports and imports; and the fields of all other services."""
    found, long = hostile.Figures(), size > 1000
    every = hostile.every()
    # Names leave 1,000 matters at most at once, so that a long list goes through offices of its own in parts.
    parts = [every[n : n + 500] for n in range(0, len(every), 500)] if long else [every[:: len(every) // 72]]
    while found.trips < size:
        for part in parts:
            with an_office() as (_, office):
                found.add(hostile.travel(office, part))
    calls = hostile_calls.run(each=3 if long else 1, over=1 if long else 0, every=1 if long else 30)
    wrong = [*found.wrong, *calls.wrong]
    figure = (
        f"{len(wrong)} wrong of {found.trips + calls.trips:,} trips: {found.trips:,} of intake with "
        f"{found.exported:,} exported, {found.brought_back:,} read back; {calls.trips:,} of {calls.fields} fields of "
        f"{calls.services} services with {calls.stored:,} stored as they were, {calls.refused:,} refused; {calls.over} "
        f"services in an office of hostile texts, {calls.files} files opened {'; '.join(wrong)[:200]}"
    ).strip()
    return Shown(figure, found.refused + calls.refused, not wrong)


def mutated(size: Size) -> Shown:
    """G22."""
    found = mutants.run(size, say=False)
    figure = "; ".join([f"{found.killed:.0f} %: {found}", *found.survived])
    return Shown(figure, found.tried, found.killed >= 95)


def attacked(size: Size) -> Shown:
    """G24: every class by its test, and the first `size` of them again without their guards."""
    tested = pytest_of("tests/trust", "-k", "attacks_on", "-m", "not postgres")(0)
    found = attacks.run(size, say=False)
    figure = f"{tested.figure}; without its guard {found.noticed} of {found.tried} fail {'; '.join(found.unnoticed)}"
    return Shown(figure.strip(), tested.hits + found.noticed, tested.passed and not found.unnoticed)


KEEPING = "tests/faults/test_keeping_faults.py"
GUARD, DOOR, ACCOUNTS = "tests/test_guard.py", "tests/test_front_door.py", "tests/db/services/test_accounts.py"
STEADY = ("-m", "not postgres")
EDITORS = pytest_of("tests/faults/test_editors.py", FAULT_EDITS="{size}")
WAITS = r"99 % waited (?P<p99>[\d.]+) s, longest (?P<longest>[\d.]+) s"
GOALS: tuple[Goal, ...] = (
    Goal("G1", "lost updates of 20 editors: 0", 5, 50, EDITORS),
    Goal("G2", "acknowledged writes lost to kill -9: 0", 30, 1000, kills),
    Goal("G3", "writes lost to a power cut: 0; a sync for each commit", 20, 300, pytest_of(
        "tests/faults/test_disk.py", KEEPING, "-k", "commit or pragmas or power_cut", *STEADY, FAULT_CUTS="{size}")),
    Goal("G4", "half or double saves by clicks: 0", 6, 200, pytest_of(
        "tests/faults/test_clicks.py", FAULT_CLICKS="{size}")),
    Goal("G5", "write wait with 20 editors: 99 % at most 0.5 s, longest 2 s", 5, 50, of_tests(
        WAITS, MappingProxyType({"p99": 0.5, "longest": 2}), EDITORS)),
    Goal("G6", "backups under load that restore: all", 2, 50, pytest_of(
        KEEPING, "-k", "backups or restore", *STEADY, FAULT_BACKUPS="{size}")),
    Goal("G7", "lost to a full or failing disk, a damaged file, a database's restart: 0", 1, 20, both(
        pytest_of("tests/faults/test_disk.py", "-k", "full_disk", *STEADY),
        pytest_of(KEEPING, "-k", "disk_that_fails", *STEADY, FAULT_ERRORS="{size}5"),
        pytest_of("tests/faults/test_damaged.py", FAULT_DAMAGES="{size}0"),
        pytest_of("tests/faults/test_database_restart.py", FAULT_RESTARTS="{size}"))),
    Goal("G9", "deviations from the access tables: 0", 12, 1, access),
    Goal("G10", "identities seen by who may not: 0", 20, 500, planted),
    Goal("G11", "hostile texts that break or change: 0", 500, 10_000, hostile_texts),
    Goal("G12", "hostile files taken: 0 of at least 300", 2, 30, pytest_of(
        "tests/db/services/test_importing_files.py", "tests/db/services/test_hostile_files.py", *STEADY,
        FILE_BREAKS="{size}")),
    Goal("G13", "stolen ids, replayed cookies, disabled people: 0 in of 100 each", 1, 100, pytest_of(
        DOOR, "-k", "stolen or resumed or dead or disabled or ticket or again", FAULT_TRIES="{size}")),
    Goal("G14", "what answers a stranger: sign-in, static, health", 1, 1, pytest_of(DOOR, "-k", "stranger", *STEADY)),
    Goal("G15", "headers and cookie flags on every answer", 1, 1, pytest_of(
        DOOR, GUARD, "-k", "header or cookie or policy", *STEADY)),
    Goal("G16", "the journal misses no write", 1, 1, pytest_of("tests/db/test_journal_triggers.py")),
    Goal("G17", "tampering found: all; 5 ms a transaction, 50,000 rows a second", 20_000, 20_000, both(
        pytest_of("tests/db/services/test_journal.py", *STEADY), journal_cost)),
    Goal("G18", "journal kept: never below six months", 1, 1, pytest_of(
        "tests/db/services/test_journal.py", "-k", "six_months or seal", *STEADY)),
    Goal("G19", "64 items shown or excepted (at most 3)", 1, 1, pytest_of("tests/trust/test_documents.py")),
    Goal("G20", "guesses counted exactly; no difference of known names", 1, 1, pytest_of(
        ACCOUNTS, "-k", "fifty or same_time", *STEADY)),
    Goal("G21", "steps of the flow that differ from the model: 0", 300, 10_000, pytest_of(
        "tests/db/services/test_flow_machine.py", *STEADY, FLOW_STEPS="{size}")),
    Goal("G22", "checks taken away that are noticed: 95 %", 2, 52, mutated),
    Goal("G24", "attack classes with a test of their name: 30", 2, 30, attacked),
)  # fmt: skip
# Measured by hand with other commands, and what stands in their documents.
ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "G8": "20 people for 10 minutes, 100,000 cases: `manage.py bench load`",
        "G23": "time of the suite: `manage.py test`",
    }
)
