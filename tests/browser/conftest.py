"""What the browser tests share: one Chromium, the demo office, and two walks through every screen of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, expect

from tests.browser.offices import make_demo, told_in_latin
from tests.browser.walking import Memory, Walk, stops
from tests.serving import PATIENCE, Served, chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a module; Playwright allows one at a time."""
    expect.set_options(timeout=PATIENCE)
    with chromium() as found:
        yield found
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="package")
def demo_cases() -> dict[str, int]:
    """One case of the demo office per state; filled when `demo_served` starts."""
    return {}


@pytest.fixture(scope="package")
def demo_served(tmp_path_factory: pytest.TempPathFactory, demo_cases: dict[str, int]) -> Iterator[Served]:
    """The demo office."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    demo_cases |= make_demo(folder)
    with Served(folder) as server:
        yield server


@pytest.fixture(scope="module")
def chinese_walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Memory:
    """Every screen of the demo office in Chinese, by day."""

    def walk() -> Memory:
        served, cases = request.getfixturevalue("demo_served"), request.getfixturevalue("demo_cases")
        return Walk(served, request.getfixturevalue("browser"), locale="zh-CN", scheme="light").through(stops(cases))

    return _once(tmp_path_factory, "chinese", walk)


@pytest.fixture(scope="module")
def english_walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Memory:
    """Every screen of an office that writes Latin letters only, in English, by night."""

    def walk() -> Memory:
        folder = tmp_path_factory.mktemp("latin") / "data"
        with told_in_latin():
            cases = make_demo(folder)
        with Served(folder) as served:
            browser = request.getfixturevalue("browser")
            return Walk(served, browser, locale="en-GB", scheme="dark").through(stops(cases))

    return _once(tmp_path_factory, "english", walk)


def _once(factory: pytest.TempPathFactory, name: str, walk: Callable[[], Memory]) -> Memory:
    """Walk once for all workers of pytest-xdist."""
    shared = factory.getbasetemp()
    shared = shared.parent if shared.name.startswith("popen-") else shared
    file = Path(shared) / f"walk-{name}.json"
    with FileLock(f"{file}.lock"):
        if file.exists():
            return Memory.kept_in(file)
        memory = walk()
        memory.keep_in(file)
        return memory
