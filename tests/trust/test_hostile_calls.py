"""G11: every service that writes a text somebody typed is known by a valid call, and a sample of them is tried."""

import dataclasses
import types
import typing
from collections import abc
from pathlib import Path
from typing import Any

import pytest

from db.base import Base
from tests.bench.trust import hostile_calls
from tests.trust.calls import Service, services
from tests.trust.swapping import UNTYPED
from tests.trust.written_over import free_texts

ROOT = Path(__file__).parents[2]
# Which no test calls validly on SQLite with a text that is typed, and why.
WITHOUT: dict[str, str] = {}
LEAST_SERVICES, LEAST_COLUMNS = 260, 120


def writes_texts(service: Service) -> bool:
    """Whether it writes once by a key, and is told a text."""
    told = [p for p in service.parameters if p.name not in UNTYPED]
    return any(p.name == "key" for p in service.parameters) and any(_holds_text(p.annotation) for p in told)


def _holds_text(kind: Any) -> bool:
    inner = [one for one in typing.get_args(kind) if one is not Ellipsis]
    if kind is str:
        return True
    if typing.get_origin(kind) is abc.Mapping:
        return inner[0] is str or _holds_text(inner[1])
    if typing.get_origin(kind) in (typing.Union, types.UnionType, tuple, abc.Sequence, typing.Unpack, abc.Collection):
        return any(_holds_text(one) for one in inner)
    if dataclasses.is_dataclass(kind) or typing.is_typeddict(kind):
        return any(_holds_text(one) for one in typing.get_type_hints(kind).values())
    return False


def test_every_service_that_writes_texts_is_known_by_a_valid_call() -> None:
    asked = {service.name for service in services() if writes_texts(service)}
    assert asked - set(hostile_calls.valid_calls()) - set(WITHOUT) == set()
    assert not set(WITHOUT) - asked
    assert len(hostile_calls.valid_calls()) >= LEAST_SERVICES


def test_the_calls_and_columns_are_still_there() -> None:
    assert set(hostile_calls.valid_calls()) <= {service.name for service in services()}
    for test in set(hostile_calls.valid_calls().values()):
        path, *_, name = test.split("::")
        assert f"def {name.partition('[')[0]}(" in (ROOT / path).read_text(encoding="utf-8"), test
    tables = {f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns}
    assert set(free_texts()) <= tables
    assert len(free_texts()) >= LEAST_COLUMNS


@pytest.mark.slow
def test_a_sample_of_the_calls_takes_hostile_texts(pytestconfig: pytest.Config) -> None:
    """A few tests every day, with `--every-value` more; all of them by `tests.bench trust G11 --long`."""
    more = pytestconfig.getoption("every_value")
    found = hostile_calls.run(each=1, over=int(more), every=10 if more else 40)
    assert found.wrong == []
    assert found.trips >= 10
    assert found.stored > 0
    assert found.refused > 0
