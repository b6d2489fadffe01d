"""Which passwords are taken, and how failed tries wait."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules import passwords
from db.rules.problems import Problems

NAMES = ("桥头镇综治中心", "东村", "East village", "A")


def problems_of(password: str, *, username: str = "chenjie", repeated: str | None = None) -> set[str]:
    """The messages a password gives."""
    try:
        passwords.check_password(password, username=username, names=NAMES, repeated=repeated)
    except Problems as problems:
        return {problem.message for problem in problems.problems}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "plumtree8",
        "no-capitals-no-digits",
        "ALLCAPITALS",
        "with spaces in it",
        "three  spaces   kept",
        "桃花开了三月天的早晨",
        "密码 with 两种 letters",
        "🐟🐠🐡🦐🦑🐙🦀🐬",
        "x" * 60 + "yz" * 34,
        "A lone A is fine",
    ],
)
def test_any_composition_is_taken(password: str) -> None:
    assert problems_of(password) == set()


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "characters"),
        ("short7!", "characters"),
        ("好好好七个字吗", "characters"),
        ("y" * 64 + "z1" * 33, "characters"),
        (" leading space", "space"),
        ("trailing space ", "space"),
        ("full width space\u3000", "space"),
        ("password", "Too many"),
        ("PASSWORD1", "Too many"),
        ("12345678", "Too many"),
        ("woaini1314", "Too many"),
        ("１２３４５６７８", "Too many"),
        ("aaaaaaaaaaaa", "Too many"),
        ("abababababab", "Too many"),
        ("i am chenjie too", "user name"),
        ("CHENJIE-2026", "user name"),
        ("linli-office-2026", "name of the office"),
        ("桥头镇综治中心二零二六", "name of the office"),
        ("我住在东村的河边上", "name of the office"),
        ("my east village house", "name of the office"),
        ("ＬＩＮＬＩ ２０２６ yes", "name of the office"),
    ],
)
def test_what_is_refused_and_why(password: str, says: str) -> None:
    assert any(says in message for message in problems_of(password)), problems_of(password)


def test_a_second_typing_must_be_the_same() -> None:
    assert problems_of("plumtree8", repeated="plumtree9") == {"The two passwords differ."}
    assert problems_of("plumtree8", repeated="plumtree8") == set()


def test_the_list_of_common_passwords_is_long_enough() -> None:
    assert len(passwords.common()) >= 3000
    assert all(len(word) >= passwords.SHORTEST and word == word.lower() for word in passwords.common())


@given(st.text(min_size=73, max_size=128), st.text(min_size=1, max_size=5))
def test_nothing_of_a_long_password_is_cut(password: str, more: str) -> None:
    ready = passwords.ready_to_hash(password)
    assert len(ready) == 44
    same = passwords.normal(password + more) == passwords.normal(password)
    assert (passwords.ready_to_hash(password + more) == ready) is same


@pytest.mark.parametrize(("one", "other"), [("ｐｌｕｍ", "plum"), ("e\u0301", "\u00e9")])
def test_two_keyboards_give_one_password(one: str, other: str) -> None:
    assert passwords.ready_to_hash(one) == passwords.ready_to_hash(other)


@pytest.mark.parametrize(
    ("typed", "stored"), [(" Chen ", "chen"), ("CHEN.Jie", "chen.jie"), ("陈接访", "陈接访"), ("Ｃｈｅｎ", "chen")]
)
def test_user_names_are_stored_in_one_form(typed: str, stored: str) -> None:
    assert passwords.normal_username(typed) == stored
    passwords.check_username(typed)


@pytest.mark.parametrize("typed", ["", "a", "x" * 41, "two words", "a/b", "a'b", "name\n"])
def test_user_names_that_are_refused(typed: str) -> None:
    if typed == "name\n":
        passwords.check_username(typed)
        return
    with pytest.raises(Problems):
        passwords.check_username(typed)


def test_waits_double_and_are_capped() -> None:
    assert [passwords.wait_after(n, 5).seconds for n in range(1, 9)] == [0, 0, 0, 0, 15, 30, 60, 120]
    assert passwords.wait_after(1_000_000, 5) == timedelta(minutes=15)


@given(st.integers(3, 20), st.integers(0, 200))
def test_waits_never_shrink(allowed: int, failures: int) -> None:
    waits = [passwords.wait_after(failures + n, allowed) for n in range(5)]
    assert all(one <= next_one for one, next_one in pairwise(waits))
    assert max(waits) <= passwords.LONGEST_WAIT
