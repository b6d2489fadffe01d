"""What docs/trust.md leans on: thirty attack classes and sixty-four items, each shown by something that exists."""

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.test_house import ROOT

HERE = Path(__file__).parent
MOST_EXCEPTIONS = 3


def told(name: str, table: str) -> list[dict[str, Any]]:
    """The entries of one of our lists."""
    with (HERE / name).open("rb") as file:
        return list(tomllib.load(file)[table])


@cache
def names_of(file: str) -> frozenset[str]:
    """Names of the tests of a file."""
    body = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef))


CLASSES = told("attack_classes.toml", "class")
ITEMS = told("checklist.toml", "item")


def test_there_are_thirty_classes_and_sixty_four_items() -> None:
    assert [one["number"] for one in CLASSES] == list(range(1, 31))
    assert [one["number"] for one in ITEMS] == list(range(1, 65))


@pytest.mark.parametrize("one", CLASSES, ids=lambda one: one["number"])
def test_an_attack_class_has_its_test_and_its_guard(one: dict[str, Any]) -> None:
    file, _, name = one["test"].partition("::")
    assert name in names_of(f"tests/trust/{file}")
    assert name.startswith(f"test_{one['number']:02}_")
    for path, stands, without in one["edits"]:
        assert stands in (ROOT / path).read_text(encoding="utf-8"), path
        assert stands != without


@pytest.mark.parametrize("one", ITEMS, ids=lambda one: one["number"])
def test_an_item_is_shown_by_something_that_exists(one: dict[str, Any]) -> None:
    assert ("shown" in one) != ("exception" in one)
    for where in one.get("shown", ()):
        file, _, name = where.partition("::")
        assert (ROOT / file).is_file(), where
        assert not name or name in names_of(file), where
        assert name or file.startswith("docs/"), f"{where}: which test?"


def test_there_are_few_exceptions() -> None:
    assert sum("exception" in one for one in ITEMS) <= MOST_EXCEPTIONS
