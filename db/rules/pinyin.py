"""The first letters of a name's pinyin, by which people type names: 王小明 is wxm."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Surnames that are not read as the dictionary reads the character alone.
SURNAMES = {
    "单": "s", "曾": "z", "解": "x", "仇": "q", "朴": "p", "区": "o", "覃": "q", "查": "z", "盖": "g", "翟": "z",
    "乐": "y", "缪": "m", "冼": "x", "种": "c", "折": "s", "员": "y", "尉迟": "yc", "万俟": "mq", "长孙": "zs",
}  # fmt: skip


@lru_cache(4096)
def initials(name: str, *, person: bool = True) -> str:
    """Small letters, one per Chinese character, first letters of latin words; "" for a name without any.

    `person` reads the surname as a surname (单 is s, not d).
    """
    name = "".join(name.split()) if any("㐀" <= char <= "鿿" for char in name) else name
    surname = next((name[:n] for n in (2, 1) if person and len(name) > n and name[:n] in SURNAMES), "")
    rest = name[len(surname) :]
    syllables = lazy_pinyin(rest, style=Style.FIRST_LETTER, errors=lambda other: _latin(other))
    found = SURNAMES.get(surname, "") + "".join(syllables).lower()
    return "".join(letter for letter in found if letter.isascii() and letter.isalnum())


def _latin(other: str) -> str:
    """What is no Chinese: the first letter of each word; numbers are whole, because units are told apart by them."""
    return "".join(word if word.isdecimal() else word[:1] for word in other.split())
