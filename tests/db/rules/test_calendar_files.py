"""Yearly calendar files: what is read, and what is refused with its reason."""

import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from db.rules.calendar_files import HOLIDAY, WORKDAY, SpecialDay, read_year
from db.rules.problems import Problems

DAYS = [
    {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
    {"name": "元旦", "date": "2027-01-02", "isOffDay": True},
    {"name": "春节", "date": "2027-02-14", "isOffDay": False},
]


def as_json(days: object) -> bytes:
    return json.dumps({"year": 2027, "days": days}).encode()


def test_json_of_the_data_set_is_read() -> None:
    file = read_year(as_json(DAYS), "2027.json")
    assert file.year == 2027
    assert file.days[0] == SpecialDay(date(2027, 1, 1), HOLIDAY, "元旦")
    assert file.days[-1].kind == WORKDAY


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_offices_send(encoding: str) -> None:
    text = "日期,类型,名称\r\n2027/1/1,休,元旦\r\n\r\n2027-02-14,班,春节\r\n".replace("2027/1/1", "2027-01-01")
    file = read_year(text.encode(encoding), "x.csv")
    assert [d.kind for d in file.days] == [HOLIDAY, WORKDAY]


def test_a_late_december_day_of_the_year_before_belongs_to_it() -> None:
    file = read_year(as_json([*DAYS, {"name": "元旦", "date": "2026-12-31", "isOffDay": True}]), "2027.json")
    assert file.year == 2027
    assert file.days[0].day == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (as_json([]), "2027.json", "has not been announced"),
        (b"{}", "x.json", "holiday-cn"),
        (b"[" * 100_000, "x.json", "holiday-cn"),
        (as_json([*DAYS, DAYS[0]]), "x.json", "twice"),
        (as_json([*DAYS, {"name": "x", "date": "2025-05-01", "isOffDay": True}]), "x.json", "not in the year"),
        (as_json([*DAYS, {"name": "x", "date": "2027-03-03", "isOffDay": False}]), "x.json", "no weekend"),
        (b"date,kind\n2027-01-01,perhaps\n", "x.csv", "Line 2"),
        (b"date,kind\nsoon,holiday\n", "x.csv", "Line 2"),
        (b"a,b\n1,2\n", "x.csv", "first line"),
        (b"\xff\xfe\xff", "x.csv", "neither"),
        (b"0" * 2_000_000, "x.csv", "larger"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(content: bytes, name: str, words: str) -> None:
    with pytest.raises(Problems, match=words):
        read_year(content, name)


@given(st.binary(max_size=300), st.sampled_from(["x.json", "x.csv"]))
@example(b"\r\x00", "x.csv")
def test_no_bytes_break_it(content: bytes, name: str) -> None:
    with suppress(Problems):
        assert read_year(content, name).days
