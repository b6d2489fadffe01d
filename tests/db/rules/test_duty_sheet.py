"""Reading a sheet: which column means what, what cells say, and what can't be read."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.duty.sheet import Known, Layout, SheetRow, layout_of, rows_of
from db.rules.problems import Problems

TOLD: dict[str, Any] = {
    "yes": ["是", "√"],
    "no": ["否"],
    "kinds": {"leave": ["请假"], "want": ["愿意值班"]},
    "column": [
        {"field": field, "zh": zh, "en": field, "also": []}
        for field, zh in (
            ("name", "姓名"),
            ("roles", "角色"),
            ("unit", "单位"),
            ("share", "比例"),
            ("reserve", "后备"),
            ("from_on", "到岗"),
            ("leave_kind", "类别"),
            ("leave_from", "请假 开始"),
            ("leave_until", "请假结束"),
        )
    ],
}
LAYOUT = layout_of(TOLD)
KNOWN = Known(
    roles={"领导": "leader", "leader": "leader"}, skills={}, posts={"东门": 3}, units={"东村": 4}, accounts={}
)
DAY = date(2026, 11, 19)


def read(*lines: tuple[object, ...], layout: Layout = LAYOUT) -> list[SheetRow]:
    return rows_of(lines, layout, KNOWN, "Asia/Shanghai")


def one(**cells: object) -> SheetRow:
    """The only row of a sheet with these columns."""
    (row,) = read(("姓名", *cells), ("人", *cells.values()))
    return row


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"角色": "领导"}, {"roles": ("leader",)}),
        ({"角色": "领导、Leader"}, {"roles": ("leader", "leader")}),
        ({"角色": "  "}, {}),
        ({"单位": "东村"}, {"unit_id": 4}),
        ({"比例": "50%"}, {"share": 50}),
        ({"比例": 0.5}, {"share": 50}),
        ({"比例": 50.0}, {"share": 50}),
        ({"后备": "√"}, {"reserve": True}),
        ({"后备": "否"}, {"reserve": False}),
        ({"到岗": DAY}, {"from_on": DAY}),
        ({"到岗": datetime(2026, 11, 19, 8)}, {"from_on": DAY}),  # noqa: DTZ001 - a cell has no zone
        ({"到岗": "2026.11.19"}, {"from_on": DAY}),
        ({"到岗": "2026年11月19日"}, {"from_on": DAY}),
    ],
)
def test_a_cell_says_what_is_written(cells: dict[str, object], said: dict[str, object]) -> None:
    row = one(**cells)
    assert (dict(row.member), row.wrong) == (said, ())


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"角色": "厨师"}, "roles"),
        ({"单位": "西村"}, "unit"),
        ({"比例": "一半"}, "share"),
        ({"比例": "inf"}, "share"),
        ({"比例": "nan"}, "share"),
        ({"后备": "也许"}, "reserve"),
        ({"到岗": "下周"}, "from_on"),
        ({"到岗": "2026-02-30"}, "from_on"),
        ({"请假开始": "明天"}, "leave_from"),
        ({"类别": "迟到", "请假开始": DAY}, "leave_kind"),
        ({"类别": "请假"}, "leave_from"),
    ],
)
def test_what_can_not_be_read_is_told_beside_its_column(cells: dict[str, object], field: str) -> None:
    assert [problem.field for problem in one(**cells).wrong] == [field]


def test_days_make_an_absence() -> None:
    told = one(类别="愿意值班", 请假开始=DAY, 请假结束=None)
    assert dict(told.absence) == {"kind": "want", "from_on": DAY, "until_on": None, "reason": ""}
    assert one(请假开始=DAY).absence["kind"] == "leave"
    assert one(角色="领导").absence == {}


def test_rows_keep_the_number_a_spreadsheet_shows() -> None:
    rows = read(("值班人员表",), (), ("NAME", "比例"), ("甲", 50), ("", None), ("乙",))
    assert [(row.row, row.name, dict(row.member)) for row in rows] == [(4, "甲", {"share": 50}), (6, "乙", {})]


@pytest.mark.parametrize("lines", [(), (("角色", "比例"), ("领导", 5)), ((None,), ("",))])
def test_a_sheet_without_a_name_is_none_of_ours(lines: tuple[tuple[object, ...], ...]) -> None:
    with pytest.raises(Problems, match="content: No row names the columns"):
        read(*lines)


CELLS = st.none() | st.text(max_size=12) | st.integers() | st.floats() | st.booleans() | st.dates() | st.datetimes()


@given(st.lists(st.lists(CELLS, max_size=9).map(tuple), max_size=6))
def test_no_cell_whatever_breaks_the_reading(below: list[tuple[object, ...]]) -> None:
    names = ("姓名", "角色", "比例", "后备", "到岗", "类别", "请假开始", "请假结束")
    numbers = [row.row for row in read(names, *below)]
    assert numbers == sorted(numbers)
    assert len(numbers) <= len(below)
