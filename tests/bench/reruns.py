"""What one rerun costs the served program, beside an empty Streamlit page served in the same run."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]

from tests.bench import ground
from tests.bench.measure import table
from tests.serving import Served
from tests.wsclient import Tab

ROOT = Path(__file__).parents[2]
BUSY = 10
FURTHER = 20
HEADS = ("", "cpu ms per rerun", "of empty", "10 busy: reruns/s", "of empty", "MB per session", "targets missed")
TARGET_CPU, TARGET_SHARE, TARGET_MEMORY = 40, 0.7, 1.0


@dataclass(frozen=True)
class Cost:
    """One page: processor milliseconds per rerun, reruns a second with ten busy tabs, MB per further tab."""

    name: str
    cpu: float
    busy: float
    memory: float


def main(sizes: Sequence[int], *, seconds: float = 6) -> None:
    """Print one table: the empty page first, then the list and the case page at each size."""
    with empty() as (url, process):
        nothing = asyncio.run(cost_of("empty page", url, "", process, "", "", seconds))
    costs = [nothing]
    for size in sizes:
        with ground.opened(size) as (database, _):
            folder = database.settings.folder
        with Served(folder, "", {"LINLI_IDLE_MINUTES": "240"}) as served:
            assert served.process is not None
            process, token = psutil.Process(served.process.pid), served.sign_in("director")
            for name, page, query in (("list", "cases", ""), ("case", "case", f"id={size - 3}")):
                costs.append(
                    asyncio.run(cost_of(f"{name}, {size:,} cases", served.url, token, process, page, query, seconds))
                )
    table("reruns of the served program", HEADS, [_row(cost, nothing) for cost in costs])


def _row(cost: Cost, empty: Cost) -> tuple[object, ...]:
    missed = []
    if cost is not empty:
        missed += ["cpu"] * (cost.cpu > TARGET_CPU) + ["busy"] * (cost.busy < TARGET_SHARE * empty.busy)
        missed += ["memory"] * (cost.memory > TARGET_MEMORY)
    shares = (cost.cpu / empty.cpu, cost.busy / empty.busy)
    return (cost.name, cost.cpu, shares[0], cost.busy, shares[1], cost.memory, " ".join(missed))


async def cost_of(
    name: str, url: str, token: str, process: psutil.Process, page: str, query: str, seconds: float
) -> Cost:
    """What a page costs: one tab alone, ten busy ones, and twenty more that only lie open."""
    async with contextlib.AsyncExitStack() as open_tabs:
        tabs = []
        for _ in range(BUSY):
            tab = await open_tabs.enter_async_context(Tab(url, token, reads=False))
            first = await tab.visit(page, query)
            assert first.finished, f"{name}: the first run did not finish"
            assert first.messages > 3, f"{name}: nothing was drawn"
            tabs.append(tab)
        for _ in range(5):
            await tabs[0].again()
        reruns, used = await _busy(tabs[:1], process, seconds)
        many, _ = await _busy(tabs, process, seconds)
        before = process.memory_info().rss
        for _ in range(FURTHER):
            tab = await open_tabs.enter_async_context(Tab(url, token, reads=False))
            await tab.visit(page, query)
        grown = (process.memory_info().rss - before) / 2**20 / FURTHER
    return Cost(name, used / reruns * 1000, many / seconds, grown)


async def _busy(tabs: Sequence[Tab], process: psutil.Process, seconds: float) -> tuple[int, float]:
    """How many reruns the tabs got in that time without a pause, and the processor seconds the server used."""
    done, before, end = 0, _used(process), time.monotonic() + seconds

    async def work(tab: Tab) -> None:
        nonlocal done
        while time.monotonic() < end:
            run = await tab.again()
            assert run.finished
            done += 1

    await asyncio.gather(*map(work, tabs))
    return done, _used(process) - before


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextlib.contextmanager
def empty() -> Iterator[tuple[str, psutil.Process]]:
    """The empty page, served with the settings of Linli."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("LINLI_", "STREAMLIT_"))}
    page = Path(__file__).with_name("empty_page.py")
    words = [sys.executable, "-m", "streamlit", "run", str(page), f"--server.port={port}"]
    with tempfile.TemporaryFile() as log, subprocess.Popen(words, cwd=ROOT, env=environ, stdout=log, stderr=log) as one:
        try:
            url = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                with contextlib.suppress(httpx.HTTPError):
                    if httpx.get(f"{url}/_stcore/health", timeout=2).status_code == 200:
                        break
                time.sleep(0.2)
            yield url, psutil.Process(one.pid)
        finally:
            one.terminate()
