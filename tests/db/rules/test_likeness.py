"""Like words about the same place are probably one matter; the same words about another place are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.likeness import LIKE_ENOUGH, apart, is_like, likeness, same_places, told

NOISE = "东村工地夜里施工，噪音太大，老人和孩子都睡不着"
TEXTS = st.text(alphabet="东西村路灯不亮工地噪音a3区12号 ", max_size=60)


@pytest.mark.parametrize(
    ("other", "is_like"),
    [
        (NOISE, True),
        (f"关于噪音的投诉。尊敬的领导：{NOISE}，请尽快处理。", True),
        ("我们东村工地夜里还在施工，噪音太大，孩子睡不着", True),
        (NOISE.replace("东村", "西村"), False),
        ("A3区的路灯不亮，晚上看不清路", False),
        ("", False),
    ],
)
def test_words_and_place_together_decide(other: str, is_like: bool) -> None:
    assert (likeness(told(NOISE), told(other)) >= LIKE_ENOUGH) is is_like


@pytest.mark.parametrize(
    ("typed", "like"),
    [("东村工地噪音", True), ("西村工地噪音", False), ("工地", False), ("东村的路灯不亮", False), (NOISE, True)],
)
def test_a_text_just_begun_is_asked_only_what_it_says(typed: str, like: bool) -> None:
    assert is_like(told(typed), told(NOISE * 3 + "因此请求有关部门到现场核实并给出处理意见")) is like


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("幸福路12号漏水", "幸福路12号又漏水", 1.0),
        ("幸福路12号漏水", "幸福路18号漏水", 0.0),
        ("A3区停水", "a4区停水", 0.0),
        ("翠竹小区3栋停水", "住在翠竹小区，停水", 1.0),
        ("没有说地方", "翠竹小区停水", 1.0),
        ("幸福路和平安路口堵车", "幸福路堵车", 1.0),
    ],
)
def test_places_are_found_in_the_words(one: str, other: str, share: float) -> None:
    assert same_places(told(one), told(other)) == share


@given(TEXTS, TEXTS)
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    left, right = told(one), told(other)
    assert 0.0 <= likeness(left, right) <= 1.0
    assert likeness(left, right) == pytest.approx(likeness(right, left))


def test_what_differs_is_marked() -> None:
    one, other = "东村的路灯不亮，请尽快修理", "西村的路灯不亮，请尽快处理"
    assert apart(one, other) == [("东", True), ("村的路灯不亮，请尽快", False), ("修理", True)]
    assert apart("", other) == []
    assert "".join(piece for piece, _ in apart(one * 200, other)) == one * 200
