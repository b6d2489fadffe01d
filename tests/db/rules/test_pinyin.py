"""The first letters of names: surnames as surnames, latin words by their first letter."""

import pytest

from db.rules.pinyin import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("王小明", "wxm"),
        ("单小明", "sxm"),
        ("曾 国", "zg"),
        ("尉迟恭", "ycg"),
        ("Zhang San", "zs"),
        ("李 Smith", "ls"),
        ("", ""),
        ("🙂", ""),
    ],
)
def test_people(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_unit_is_no_surname() -> None:
    assert initials("单位办", person=False) == "dwb"
    assert initials("第12社区", person=False) == "d12sq"
