"""G8: so many people at work in one served office for some minutes, beside as many on an empty Streamlit page.

Everybody does one thing every three seconds or so: turns to a screen, looks for something, opens a case, or fills in
the form of a new matter and registers it. Waiting is from asking to the last word of the screen. What is registered
is counted in the file afterwards. Growth is weighed at the end against the end of the warm-up; what the server
weighed in between tells whether it was a leak or the one time that everything is made ready.
"""

import asyncio
import re
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import median, quantiles

import psutil  # type: ignore[import-untyped]
from sqlcipher3 import dbapi2

from components.front_door.incidents import SOMETHING
from tests.bench import ground
from tests.bench.measure import table
from tests.bench.reruns import empty
from tests.serving import Served
from tests.wsclient import Run, Tab

PAUSE = 3.0
# The first seconds warm up: caches fill, and memory grows once.
WARM = 20.0
WEIGHED_EVERY = 2.0
WRITERS = ("clerk", "deputy", "leader")
NAMES = (*WRITERS, "director", "handler", "head")
SCREENS = (
    ("desk", ""), ("cases", "tab=all"), ("cases", "tab=all&text=路灯"), ("cases", "tab=all&page=3"),
    ("find", "text=井盖"), ("case", "id={case}"), ("case", "id={case}"), ("supervision", ""),
)  # fmt: skip
HEADS = ("who", "acts", "p50 ms", "p95 ms", "p95 of empty", "errors", "MB grown", "registered", "in the file")
# The number of a case, which the receipt tells.
NUMBER = re.compile(r"20\d\d-\d{6}")


@dataclass
class Heard:
    """What all of them waited for and were told."""

    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    registered: int = 0

    async def act(self, name: str, asked: Callable[[], Awaitable[Run]], *, counts: bool) -> Run:
        """Do one thing and note how long it took and whether it went well."""
        begun = time.monotonic()
        run = await asked()
        if counts:
            self.waits.append(time.monotonic() - begun)
        if not run.finished or SOMETHING[:20] in run.text:
            self.errors.append(name)
        return run


@dataclass(frozen=True)
class Outcome:
    """One office under load: what was heard, the server's MB since it was warm, how many cases the file has more."""

    heard: Heard
    sizes: list[float]
    stored: int

    @property
    def grown(self) -> float:
        """By how many MB the server was larger in the end."""
        return self.sizes[-1] - self.sizes[0]

    def course(self) -> str:
        """The same over the time, by medians of a sixth of it each: a single moment differs from the next by many MB.

        Needs six sizes.
        """
        sixth = len(self.sizes) // 6
        first, second, *_, fifth, last = [median(self.sizes[n * sixth : (n + 1) * sixth]) for n in range(6)]
        return (
            f"memory: {first:.0f} MB in the first sixth, {last:.0f} in the last, {max(self.sizes):.0f} at most; "
            f"{second - first:+.1f} MB in the first third, {last - fifth:+.1f} in the last; "
            f"{(last - first) / len(self.heard.waits) * 1000:+.1f} MB per 1,000 acts"
        )


def main(cases: int, *, people: int, minutes: float) -> None:
    """Print one table: the empty page first, then the office."""
    with empty() as (url, process):
        seats = [(url, "") for _ in range(people)]
        nothing = asyncio.run(_work(seats, process, minutes=min(minutes, 1), last=0))
    office = office_under_load(cases, people=people, minutes=minutes)
    table(
        f"{people} people for {minutes:g} minutes, {cases:,} cases",
        HEADS,
        [_row("empty page", Outcome(*nothing, 0), nothing[0]), _row("office", office, nothing[0])],
    )
    if len(office.sizes) >= 6:
        print(office.course())
    for name in sorted(set(office.heard.errors)):
        print(f"error: {name} ({office.heard.errors.count(name)})")


def office_under_load(cases: int, *, people: int, minutes: float) -> Outcome:
    """Serve a copy of the office with so many cases to so many people for so many minutes."""
    with ground.opened(cases) as (database, _):
        made = database.settings.folder
    with tempfile.TemporaryDirectory(prefix="linli-load-") as parent:
        folder = Path(shutil.copytree(made, Path(parent) / "data"))
        folder.chmod(0o700)
        before = _stored(folder)
        with Served(folder, "", {"LINLI_IDLE_MINUTES": "240"}) as served:
            assert served.process is not None
            seats = [(served.url, served.sign_in(name)) for name in islice(cycle(NAMES), people)]
            process = psutil.Process(served.process.pid)
            heard, sizes = asyncio.run(_work(seats, process, minutes=minutes, last=cases))
        return Outcome(heard, sizes, _stored(folder) - before)


def _stored(folder: Path) -> int:
    with closing(dbapi2.connect(str(folder / "linli.db"))) as connection:
        return int(connection.execute("SELECT count(*) FROM case_file").fetchone()[0])


def _row(name: str, outcome: Outcome, nothing: Heard) -> tuple[object, ...]:
    heard = outcome.heard
    half, late = _percentile(heard.waits, 50), _percentile(heard.waits, 95)
    return (
        name, len(heard.waits), half * 1000, late * 1000, late / _percentile(nothing.waits, 95),
        len(heard.errors), outcome.grown, heard.registered, outcome.stored,
    )  # fmt: skip


def _percentile(waits: Sequence[float], percent: int) -> float:
    return quantiles(waits, n=100)[percent - 1]


async def _work(
    seats: Sequence[tuple[str, str]], process: psutil.Process, *, minutes: float, last: int
) -> tuple[Heard, list[float]]:
    """Everybody works until the time is over; answers what was heard, and the server's MB from when it was warm on."""
    heard, begun = Heard(), time.monotonic()
    warm, end = begun + min(WARM, minutes * 20), begun + minutes * 60
    sizes: list[float] = []

    async def weigh() -> None:
        await asyncio.sleep(warm - time.monotonic())
        while time.monotonic() < end:
            sizes.append(process.memory_info().rss / 2**20)
            await asyncio.sleep(min(WEIGHED_EVERY, max(end - time.monotonic(), 0)))

    people = [_person(n, *seat, heard, warm=warm, end=end, last=last) for n, seat in enumerate(seats)]
    await asyncio.gather(weigh(), *people)
    return heard, [*sizes, process.memory_info().rss / 2**20]


async def _person(number: int, url: str, token: str, heard: Heard, *, warm: float, end: float, last: int) -> None:
    dice = Random(number)  # noqa: S311 - repeatable
    async with Tab(url, token) as tab:
        await asyncio.sleep(dice.random() * PAUSE)
        while time.monotonic() < end:
            await _one_act(tab, dice, heard, writes=number % len(NAMES) < len(WRITERS), warm=warm, last=last)
            await asyncio.sleep(PAUSE * (0.5 + dice.random()))


async def _one_act(tab: Tab, dice: Random, heard: Heard, *, writes: bool, warm: float, last: int) -> None:
    counts = time.monotonic() > warm
    if not last:
        await heard.act("empty page", tab.visit, counts=counts)
    elif writes and dice.random() < 0.2:
        await _register(tab, dice, heard, counts=counts)
    else:
        page, query = dice.choice(SCREENS)
        asked = query.format(case=dice.randint(1, last))
        await heard.act(page, lambda: tab.visit(page, asked), counts=counts)


async def _register(tab: Tab, dice: Random, heard: Heard, *, counts: bool) -> None:
    """Fill in the form as somebody does, in two goes, and register."""
    run = await heard.act("take-in", lambda: tab.visit("take-in"), counts=counts)
    if not run.finished:
        return
    thing = dice.choice(ground.THINGS)
    tab.fill(
        run, {"subject": f"{thing}{dice.randint(1, 10**6)}", "text": f"{dice.choice(ground.STREETS)}{thing}无人管理"}
    )
    tab.fill(run, {"name_0": "李小明", "contact_0": f"154{dice.randint(0, 10**8 - 1):08d}"})
    tab.fill(run, {"category": run.find("category").options[0]})

    async def typed() -> Run:
        await tab.send()
        return await tab.listen()

    run = await heard.act("typing", typed, counts=counts)
    button = run.find("_register")

    async def pressed() -> Run:
        await tab.send(button)
        return await tab.listen()

    run = await heard.act("registering", pressed, counts=counts)
    heard.registered += bool(NUMBER.search(run.text))
    while (again := await tab.listen(0.5)).finished:
        run = again
    await tab.send(run.find("next_one"))
    await tab.settle()
