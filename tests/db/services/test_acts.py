"""The door of every service: what a page says by itself must be something we know, whoever calls."""

import contextlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from db.rules.permissions import Role
from db.rules.problems import LinliError, Problems
from db.services.cases import Choice, Tab
from tests.factories import Office
from tests.trust.calls import Service, services

HALF = "路\ud800灯"
SERVICES = services()


def takes(name: str) -> list[Service]:
    """The services that have an argument of this name."""
    return [service for service in SERVICES if any(p.name == name for p in service.parameters)]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("database")
def test_a_language_nobody_speaks_is_refused(office: Office) -> None:
    anybody = replace(office.director, roles=frozenset(Role))
    told = takes("language")
    for service in told:
        for unknown in ("xx", "zh-CN", HALF):
            with pytest.raises(Problems) as refused:
                service.call(anybody, **service.arguments() | {"language": unknown})
            assert [problem.field for problem in refused.value.problems] == ["language"], service.name
    assert len(told) > 30


def asked_with(service: Service, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Its arguments with this text in each filter in turn, by the name of the filter."""
    arguments: dict[str, Any] = service.arguments()
    choice = arguments.get("choice")
    if is_dataclass(choice) and not isinstance(choice, type):
        for one in fields(choice):
            if one.type in (str, "str"):
                yield one.name, arguments | {"choice": replace(choice, **{one.name: text})}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("database")
def test_half_a_character_in_a_filter_is_refused(office: Office) -> None:
    anybody = replace(office.director, roles=frozenset(Role))
    asked = 0
    for service in takes("choice"):
        for name, arguments in asked_with(service, HALF):
            with pytest.raises(Problems) as refused:
                service.call(anybody, **arguments)
            assert [problem.field for problem in refused.value.problems] == [name], service.name
            asked += 1
    assert asked > 30


@pytest.mark.usefixtures("database")
def test_a_control_character_in_a_filter_finds_what_it_would_without(office: Office) -> None:
    anybody = replace(office.director, roles=frozenset(Role))
    for service in takes("choice"):
        for _, arguments in asked_with(service, "路\x00灯"):
            with contextlib.suppress(LinliError):
                service.call(anybody, **arguments)
    assert replace(Choice(tab=Tab.ALL), text="路\x00灯").text == "路灯"
