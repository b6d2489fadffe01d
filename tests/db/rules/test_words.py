"""Words as single characters and pairs: found from one character up, alike when most pairs are shared."""

from hypothesis import given
from hypothesis import strategies as st

from db.rules.words import likeness, sought, words_of

TEXT = st.text(st.sampled_from("东门路夜间施工噪音abc 12，。"), max_size=40)


def test_chinese_is_found_from_one_character_up() -> None:
    kept = words_of("夜间施工噪音").split()
    for asked in ("噪", "噪音", "施工噪音"):
        assert set(sought(asked)) <= set(kept), asked
    assert not set(sought("音噪")) <= set(kept)


def test_width_and_case_do_not_matter() -> None:
    assert words_of("ＡＢＣ") == words_of("abc")


def test_like_and_unlike() -> None:
    told = "东门工地每晚十一点后仍在打桩，老人孩子无法休息"
    assert likeness(told, told) == 1.0
    assert likeness("工地每晚打桩，老人孩子无法休息", told) > 0.7
    assert likeness("路灯不亮，晚上看不清路", told) < 0.3
    assert likeness("噪音", "噪音") == 0.0


@given(TEXT, TEXT)
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, other) == likeness(other, one)


@given(TEXT)
def test_whatever_is_asked_for_stands_among_the_words_of_its_text(text: str) -> None:
    assert set(sought(text)) <= set(words_of(text).split())
