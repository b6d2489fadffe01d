"""Words as single characters and pairs: found from one character up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.words import KEPT, phrases, snippets, sought, words_of

TEXT = st.text(st.sampled_from("东门路夜间施工噪音abc 12，。"), max_size=40)


def test_chinese_is_found_from_one_character_up() -> None:
    kept = words_of("夜间施工噪音").split()
    for asked in ("噪", "噪音", "施工噪音"):
        assert set(sought(asked)) <= set(kept), asked
    assert not set(sought("音噪")) <= set(kept)


def test_width_and_case_do_not_matter() -> None:
    assert words_of("ＡＢＣ") == words_of("abc")


@given(TEXT)
def test_whatever_is_asked_for_stands_among_the_words_of_its_text(text: str) -> None:
    assert set(sought(text)) <= set(words_of(text).split())


def test_neighbours_stay_neighbours_and_runs_stay_apart() -> None:
    assert words_of("东门路12号，路灯").startswith("东门 门路 路 12 号 路灯 灯 ")
    assert words_of("第〇章 Étage").startswith("第〇 〇章 章 étage")


@pytest.mark.parametrize(
    ("asked", "pieces", "begins"),
    [
        ("路", ("路",), False),
        ("路灯", ("路灯",), False),
        ("路灯不亮", ("路灯", "灯不", "不亮"), False),
        ("门路12号", ("门路", "路", "12", "号"), True),
        ("ＮＯＩ", ("noi",), True),
        ("a", ("a",), False),
        ("０００１２３", ("000123",), False),
    ],
)
def test_what_a_search_looks_for(asked: str, pieces: tuple[str, ...], begins: bool) -> None:
    (phrase,) = phrases(asked)
    assert (phrase.pieces, phrase.begins) == (pieces, begins)


def test_punctuation_sets_parts_apart_and_alone_finds_nothing() -> None:
    assert [one.pieces for one in phrases("「路灯」、2026-000123")] == [("路灯",), ("2026",), ("000123",)]
    assert phrases("，。！※ 　") == []


def test_a_long_text_is_kept_whole_and_all_of_them_end_somewhere() -> None:
    assert "末尾" in words_of("长" * 19_000 + "末尾").split()
    assert "末尾" not in words_of("长" * KEPT, "末尾").split()


@pytest.mark.parametrize(
    ("text", "asked", "hits"),
    [
        ("东门路 12 号旁路灯不亮", "路12号", ["路 12 号"]),
        ("ＡＢＣ路灯", "abc", ["ＡＢＣ"]),
        ("2026-000123", "123", ["000123"]),
        ("第1234号", "123", []),
        ("<b>路灯</b> **路灯**", "路灯", ["路灯", "路灯"]),
        ("路灯", "，", []),
        ("noise and annoying", "noi", ["noi"]),
    ],
)
def test_the_words_found_are_shown(text: str, asked: str, hits: list[str]) -> None:
    pieces = snippets(text, asked)
    assert [piece for piece, hit in pieces if hit] == hits
    assert "".join(piece for piece, _ in pieces) == text


def test_an_excerpt_is_around_the_words_found() -> None:
    shown = "".join(piece for piece, _ in snippets("前" * 500 + "路灯" + "后" * 500, "路灯"))
    assert "路灯" in shown
    assert shown[0] == shown[-1] == "…"
    assert len(shown) < 70


@given(TEXT, TEXT)
def test_an_excerpt_is_part_of_its_text(text: str, asked: str) -> None:
    shown = "".join(piece for piece, _ in snippets(text, asked)).strip("…")
    assert shown in " ".join(text.split())


@given(TEXT, st.integers(0, 39), st.integers(1, 40))
def test_every_part_of_a_text_is_found_unless_it_cuts_a_word(text: str, first: int, length: int) -> None:
    """What stands in a text is found in it: its pieces follow one another among its words."""
    asked, kept = text[first : first + length], f" {words_of(text)} "
    if _cuts(text, first) or _cuts(text, first + length):
        return
    for phrase in phrases(asked):
        assert f" {' '.join(phrase.pieces)}{'' if phrase.begins else ' '}" in kept


def _cuts(text: str, place: int) -> bool:
    beside = text[place - 1 : place + 1] if place else ""
    return len(beside) == 2 and beside.isascii() and beside.isalnum()
