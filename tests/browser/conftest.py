"""What the browser tests share: one Chromium, the demo office, and two walks through every screen of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.offices import in_latin, make_demo, told_in_latin
from tests.browser.walking import Memory, Walk, half, one_of_each, stops
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
def chinese_walk(
    demo_served: Served, demo_cases: dict[str, int], browser: Browser, pytestconfig: pytest.Config
) -> Memory:
    """Every screen of the demo office in Chinese, by day: half of their further states each time."""
    way = stops(demo_cases)
    if not pytestconfig.getoption("every_value"):
        first = one_of_each(way)
        today = {*first, *half(tuple(stop for stop in way if stop not in first))}
        way = tuple(stop for stop in way if stop in today)
    return Walk(demo_served, browser, locale="zh-CN", scheme="light").through(way)


@pytest.fixture(scope="module")
def english_walk(tmp_path_factory: pytest.TempPathFactory, browser: Browser, pytestconfig: pytest.Config) -> Memory:
    """Every screen of an office that writes Latin letters only, in English, by night: of axe's rules those of colour.

    What a page is built of is the same in both languages, and asked in Chinese. Every screen is seen in one state; with
    `--every-value` in all.
    """
    folder = tmp_path_factory.mktemp("latin") / "data"
    with told_in_latin():
        cases = make_demo(folder, in_latin)
    with Served(folder) as served:
        walk = Walk(served, browser, locale="en-GB", scheme="dark", rules=("color-contrast",))
        way = stops(cases)
        return walk.through(way if pytestconfig.getoption("every_value") else one_of_each(way))
