"""Units of an assessment, shown as a whole kind where most of it is chosen."""

from typing import Any

import pytest

from components.assessment_units import folded, unfolded


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ([], ([], [])),
        ([1, 2, 3], (["all:village"], [])),
        ([1, 2, 9], (["all:village", 9], [3])),
        ([1], ([1], [])),
        ([8], ([8], [])),
        ([1, 2, 3, 8, 99], (["all:village", 8, 99], [])),
    ],
)
def test_units_are_shown_as_a_whole_and_taken_one_by_one(chosen: list[int], shown: tuple[list[Any], list[int]]) -> None:
    kinds = {"village": [1, 2, 3], "department": [8], "group": []}
    assert folded(chosen, kinds) == shown
    assert unfolded(*shown, kinds) == chosen
