"""The door of every service: what a page says by itself must be something we know, whoever calls."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from db.rules.permissions import Role
from db.rules.problems import Problems
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


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("database")
def test_half_a_character_in_a_filter_is_refused(office: Office) -> None:
    anybody = replace(office.director, roles=frozenset(Role))
    asked = 0
    for service in takes("choice"):
        arguments: dict[str, Any] = service.arguments()
        choice = arguments.get("choice")
        if not is_dataclass(choice) or isinstance(choice, type):
            continue
        for one in [field.name for field in fields(choice) if field.type in (str, "str")]:
            with pytest.raises(Problems) as refused:
                service.call(anybody, **arguments | {"choice": replace(choice, **{one: HALF})})
            assert [problem.field for problem in refused.value.problems] == [one], service.name
            asked += 1
    assert asked > 30
