"""G11: an address may say anything: every screen, with every name it asks its address for, in hostile words."""

import random
from dataclasses import replace
from typing import Any

import pytest
from streamlit.runtime.state.query_params_proxy import QueryParamsProxy

from components.front_door import incidents
from components.screens import SCREENS, Screen
from db.rules.permissions import Actor, Role
from tests.db.services.stages import brought
from tests.factories import Office
from tests.pages.conftest import Opener, as_person
from tests.trust import hostile

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
__all__ = ["as_person"]  # a fixture of the pages

VALUES = (
    "-1", "0", "9" * 30, "2147483648", "9223372036854775808", "1e309", "NaN", "1.5", "１", "٣", "²", "", " ", "\x00",
    "1;2", "1,2", "a,,b", "2026-02-30", "9999-12-31", "0000-00-00", "0001-01-01", "' OR 1=1 --", "%00", "../../x",
    "null", "true", "id", "q5", "中文", "\u202ex", "<img src=x onerror=alert(1)>", "[x](javascript:1)",
    "{x}", "%(x)s", "x" * 5000, "=1+1", "en", "zh", "book", "0x1", "-", ":", "a:b", "first,last", "🏳️‍🌈", "１２３－４",
)  # fmt: skip
# The names that lead to a record; with a hostile one there is nothing else to read.
RECORDS = {"id", "case", "kept", "gone"}
SOME = SCREENS[::12]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A few screens every day, all of them with `--every-value`."""
    if "screen" in metafunc.fixturenames:
        chosen = SCREENS if metafunc.config.getoption("every_value") else SOME
        metafunc.parametrize("screen", chosen, ids=lambda one: one.path)


class Asked(dict[str, str]):
    """An address that remembers what it was asked for."""

    def __init__(self, told: dict[str, str], names: set[str]) -> None:
        super().__init__(told)
        self._names = names

    def get(self, name: str, *default: Any) -> Any:
        """As a dictionary does."""
        self._names.add(name)
        return super().get(name, *default)

    def __contains__(self, name: object) -> bool:
        self._names.add(str(name))
        return super().__contains__(name)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What the pages of a test ask their address for."""
    found: set[str] = set()
    usual, whole, named = QueryParamsProxy.get, QueryParamsProxy.to_dict, QueryParamsProxy.__contains__

    def get(self: QueryParamsProxy, key: str, *default: Any) -> Any:
        found.add(key)
        return usual(self, key, *default)

    def contains(self: QueryParamsProxy, key: object) -> bool:
        found.add(str(key))
        return named(self, key)

    monkeypatch.setattr(QueryParamsProxy, "get", get)
    monkeypatch.setattr(QueryParamsProxy, "__contains__", contains)
    monkeypatch.setattr(QueryParamsProxy, "to_dict", lambda self: Asked(whole(self), found))
    return found


@pytest.mark.usefixtures("database")
def test_no_address_breaks_a_screen(
    office: Office,
    as_person: Opener,
    names: set[str],
    screen: Screen,
    pytestconfig: pytest.Config,
    caplog: pytest.LogCaptureFixture,
) -> None:
    brought(office)
    anybody = replace(office.director, roles=frozenset(Role))
    _open(as_person, anybody, screen, {}, caplog)
    _open(as_person, anybody, screen, dict.fromkeys(names & RECORDS, "1"), caplog)
    every = pytestconfig.getoption("every_value")
    turns = random.Random(screen.path)  # noqa: S311 - which text comes to which name
    texts = [*VALUES, *(t for t in hostile.every() if t.isprintable() and len(t) < 200)]
    for turn in range(40 if every else 2):
        asked = {name: turns.choice(texts) for name in sorted(names)}
        _open(as_person, anybody, screen, asked | dict.fromkeys(names & RECORDS, "1") if turn % 2 else asked, caplog)


def _open(as_person: Opener, who: Actor, screen: Screen, asked: dict[str, str], caplog: Any) -> None:
    app = as_person(who, screen, **asked)
    assert not app.exception, (asked, app.exception)
    broken = [record.getMessage() for record in caplog.records if record.name == incidents._log.name]
    assert not broken, (asked, broken)
