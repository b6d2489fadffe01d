"""Amounts as typed, and in the capital numerals of bills (Rules on payment and settlement, annex 1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.money import MOST, capital, fen_of, yuan

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (1000, "壹拾元整"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (100001000, "壹佰万零壹拾元整"),
        (10000000500, "壹亿零伍元整"),
        (MOST - 1, "玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_capital_numerals(fen: int, said: str) -> None:
    assert capital(fen) == said


@given(st.integers(0, MOST - 1))
def test_capital_numerals_are_the_same_amount(fen: int) -> None:
    said = capital(fen)
    assert "零零" not in said
    assert read(said) == fen


def read(said: str) -> int:
    """The amount somebody reads out of capital numerals."""
    whole, _, rest = said.removesuffix("整").rpartition("元")
    tenths, _, cents = rest.rpartition("角") if "角" in rest else ("", "", rest)
    fen = 10 * DIGITS.index(tenths[-1:] or "零") + DIGITS.index(cents.removesuffix("分")[-1:] or "零")
    for size, unit in ((10**8, "亿"), (10**4, "万"), (1, "")):
        group, found, left = whole.partition(unit) if unit else (whole, "x", "")
        if found:
            whole = left
            fen += read_group(group) * size * 100
    return fen


def read_group(group: str) -> int:
    total = digit = 0
    for sign in group:
        if sign in UNITS:
            total, digit = total + digit * UNITS[sign], 0
        else:
            digit = DIGITS.index(sign)
    return total + digit


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1200", 120000),
        ("1,200.5", 120050),
        ("￥１２００元", 120000),
        ("", 0),
        ("-1", None),
        ("1.234", None),
        ("1e3", None),
    ],
)
def test_amounts_are_taken_as_people_type_them(typed: str, fen: int | None) -> None:
    assert fen_of(typed) == fen


def test_an_amount_reads_with_separators() -> None:
    assert yuan(1234550) == "12,345.50"
