"""What in other people's words tells who somebody is, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.others_words import Known, around, is_card, likely_in, replaced, said_in, surname_of

PERSON = Known(("王平",), ("13900005678",), ("柳林路12号3室",), ("王平安", "李四"))


def words(text: str, known: Known = PERSON, *, titles: bool = False) -> list[tuple[str, str]]:
    return sorted((one.tells.value, one.words) for one in said_in(text, known, titles=titles))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("来访人王平说", [("name", "王平")]),
        ("王 平、王\u3000平和王·平", [("name", "王 平"), ("name", "王\u3000平"), ("name", "王·平")]),
        ("王平安的意见", []),
        ("王平与王平安", [("name", "王平")]),
        ("电话139-0000-5678，另+86 13900005678", [("number", "+86 13900005678"), ("number", "139-0000-5678")]),
        ("编号1139000056781", []),
        ("住柳林路 12号3室", [("address", "柳林路 12号3室")]),
        ("柳林路12号", []),
        ("证件11010519491231002X", [("card", "11010519491231002X")]),
        ("单号110105194912310021", []),
        ("王先生来电", []),
        ("", []),
    ],
)
def test_what_is_found_and_what_is_not(text: str, found: list[tuple[str, str]]) -> None:
    assert words(text) == sorted(found)


def test_a_title_only_for_a_surname_nobody_else_has() -> None:
    alone = Known(("欧阳静",), others=("李四",))
    assert words("欧阳女士与欧阳静", alone, titles=True) == [("name", "欧阳静"), ("title", "欧阳女士")]
    assert words("欧阳女士", alone) == []
    assert words("王先生", titles=True) == [], "another of that surname stands in the record"
    assert [surname_of(name) for name in ("欧阳静", "欧阳", "王平", "Anna Smith", "王")] == ["欧阳", "欧", "王", "", ""]


def test_names_in_letters_are_words() -> None:
    anna = Known(("Ann Lee",))
    assert words("ANN LEE called; Annlee", anna) == [("name", "ANN LEE"), ("name", "Annlee")]
    assert words("Joann Leeds", anna) == []


def test_replaced_and_shown() -> None:
    text = "王平和王平安，王 平" * 3
    assert replaced(text, PERSON, ["王 平"], lambda _: "***") == "王平和王平安，***" * 3
    assert replaced(text, PERSON, ["王平"], lambda _: "***") == "***和王平安，王 平" * 3
    assert replaced(text, PERSON, [], str) == text
    assert around("一二三四五六七八九十一二三王平。", "王平", "王*") == (
        "…二三四五六七八九十一二三王平。",
        "…二三四五六七八九十一二三王*。",
    )
    assert likely_in(PERSON) == ("%王%平%", "%1%3%9%0%0%0%0%5%6%7%8%")
    assert is_card("11010519491231002x")


@given(st.text(alphabet="王平安 1390005678-号", max_size=40))
def test_afterwards_nothing_is_found(text: str) -> None:
    known = Known(("王平",), ("13900005678",))
    found = {one.words for one in said_in(text, known)}
    assert said_in(replaced(text, known, found, lambda _: "***"), known) == ()
