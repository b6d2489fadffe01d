"""When a joint co-ordination meeting is worth proposing, and what its record must say."""

from datetime import date, timedelta
from typing import Any

import pytest

from db.rules.conferences import LONGEST, Why, check_conference, why_confer
from db.rules.problems import Problems

TODAY = date(2026, 11, 19)
FINE: dict[str, Any] = {
    "day": TODAY,
    "place": "二楼会议室",
    "unit_ids": [1, 2],
    "topic": "排水沟归谁清理",
    "texts": {"others": "", "statements": "", "agreed": "由市政所牵头。"},
    "agreed": True,
    "due_on": TODAY + timedelta(days=7),
    "today": TODAY,
}


@pytest.mark.parametrize(
    ("units", "objected", "why"),
    [(0, False, None), (1, False, None), (2, False, Why.UNITS), (3, True, Why.OBJECTIONS), (0, True, Why.OBJECTIONS)],
)
def test_it_is_proposed_for_several_units_or_objections(units: int, objected: bool, why: Why | None) -> None:
    assert why_confer(units, objected=objected) is why


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("day", {"day": None}),
        ("day", {"day": TODAY + timedelta(days=1), "due_on": None}),
        ("place", {"place": " "}),
        ("unit_ids", {"unit_ids": []}),
        ("topic", {"topic": ""}),
        ("topic", {"topic": "字" * (LONGEST + 1)}),
        ("agreed", {"texts": {"agreed": " "}}),
        ("due_on", {"due_on": TODAY - timedelta(days=1)}),
    ],
)
def test_each_gap_is_told_at_its_field(field: str, changed: dict[str, Any]) -> None:
    check_conference(**FINE)
    with pytest.raises(Problems) as told:
        check_conference(**FINE | changed)
    assert [problem.field for problem in told.value.problems] == [field]
