"""A table on one page: names stay whole, type is as large as it can be, rows fill no more than the page."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.documents.fitting import LARGEST, RULE, SMALLEST, Cell, Grid, fit, placed, width_of, wrapped

PORTRAIT, LANDSCAPE = (510.0, 680.0), (756.0, 433.0)


def a_month(columns: int, names: str) -> Grid:
    heads = (Cell(title="日期"), *(Cell(title=f"第{n}岗亭") for n in range(columns)))
    body = tuple((Cell((f"{day}日",)), *(Cell((names,)) for _ in range(columns))) for day in range(1, 32))
    return Grid((heads,), body, narrow=frozenset({0}))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("林带班、杜副班", 100, ["林带班、杜副班"]),
        ("林带班、杜副班", 45, ["林带班", "杜副班"]),
        ("值班副主任：杜副班", 65, ["值班副主任：", "杜副班"]),
        ("欧阳带班长", 20, ["欧阳", "带班", "长"]),
        ("Leader on duty: Lin", 50, ["Leader", "on duty:", "Lin"]),
        ("", 50, [""]),
    ],
)
def test_lines_end_between_names(text: str, width: float, lines: list[str]) -> None:
    assert wrapped(text, width, 10) == lines


@given(st.text(alphabet="林杜陈AB1 、：,*", max_size=40), st.floats(12, 200))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: float) -> None:
    lines = wrapped(text, width, 10)
    kept = "".join(text.split()).replace("、", "").replace(",", "")
    assert "".join("".join(lines).split()).replace("、", "").replace(",", "") == kept
    for line in lines:
        told = line.rstrip("、，, ")
        one_word = told.isascii() and " " not in told
        assert width_of(told, 10) <= width or one_word or len(told) == 1 or any(c in told for c in "AB1,*")


def test_few_names_are_set_large_and_upright() -> None:
    found = fit(a_month(3, "林带班"), PORTRAIT, LANDSCAPE)
    assert (found.size, found.landscape, found.fits) == (LARGEST, False, True)
    assert sum(found.widths) == pytest.approx(PORTRAIT[0])


def test_many_columns_turn_the_page_and_make_the_type_smaller() -> None:
    sizes = [fit(a_month(columns, "林带班、杜副班"), PORTRAIT, LANDSCAPE) for columns in (2, 6, 12)]
    assert all(found.fits for found in sizes)
    assert all(first.size >= second.size for first, second in pairwise(sizes))
    assert [found.landscape for found in sizes] == [False, False, True]


def test_too_much_for_a_page_says_so_and_still_has_a_table() -> None:
    found = fit(a_month(40, "林带班、杜副班、陈接访、王经办"), PORTRAIT, LANDSCAPE)
    assert not found.fits
    assert found.size == SMALLEST
    assert len(found.heights) == 32


@given(st.integers(1, 12), st.integers(1, 5), st.booleans())
def test_what_fits_stays_on_the_page_with_whole_names(columns: int, people: int, fills: bool) -> None:
    plain = a_month(columns, "、".join(["林带班"] * people))
    grid = Grid(plain.heads, plain.body, plain.narrow, fills)
    found = fit(grid, PORTRAIT, LANDSCAPE)
    width, height = LANDSCAPE if found.landscape else PORTRAIT
    if found.fits:
        assert sum(found.widths) <= width + 0.01
        assert sum(found.heights) + RULE * 33 <= height + 0.01
        for place, cell in placed(grid.body[0])[1:]:
            assert all(len(line.split("、")[0]) == 3 for line, _ in found.lines(place, cell))
