"""What in other people's words tells who somebody is: their name, a title beside their surname, numbers, address.

Nothing is guessed: a title counts only where the whole name stands too, and only for a surname nobody else there has.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

SHORTEST_NAME, SHORTEST_NUMBER, SHORTEST_ADDRESS, AROUND = 2, 7, 5, 12
COMPOUND = "欧阳|司徒|诸葛|上官|司马|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木|长孙|宇文|南宫|百里|独孤|申屠|太史"
TITLES = "先生|女士|小姐|太太|老师|师傅|医生|同志|大爷|大妈|大叔|大姐|大哥|阿姨|奶奶|爷爷|老人|某某|某"
_GAP = "[ \\t\u3000\u00a0·]{0,2}"
_CARD = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Tells(StrEnum):
    """By what somebody is known."""

    NAME = "name"
    TITLE = "title"
    NUMBER = "number"
    CARD = "card"
    ADDRESS = "address"


@dataclass(frozen=True)
class Known:
    """Who is looked for, and the names of others in the same record."""

    names: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """Something said of the person, exactly as it stands in a text."""

    tells: Tells
    words: str


def said_in(text: str, known: Known, *, titles: bool = False) -> tuple[Said, ...]:
    """Everything in a text that tells who the person is, each spelling once; `titles` looks for them too."""
    found = {text[start:end]: tells for start, end, tells in reversed(_places(text, known, titles))}
    return tuple(Said(tells, words) for words, tells in sorted(found.items()))


def replaced(
    text: str, known: Known, words: Collection[str], mask: Callable[[str], str], *, titles: bool = False
) -> str:
    """The text with these spellings masked wherever they mean the person, and nowhere else."""
    for start, end, _ in reversed(_places(text, known, titles)):
        if text[start:end] in words:
            text = text[:start] + mask(text[start:end]) + text[end:]
    return text


def likely_in(known: Known) -> tuple[str, ...]:
    """Patterns of SQL's LIKE that every text with the name or a number holds, so that few are read."""
    words = [name for name in known.names if len(name) >= SHORTEST_NAME]
    words += [number for number in known.numbers if len(number) >= SHORTEST_NUMBER]
    return tuple("%" + "%".join(re.sub(r"[%_\\\s]", "", word)) + "%" for word in words)


def around(text: str, words: str, mask: str) -> tuple[str, str]:
    """Where it stands first, with a few characters on both sides: as it is, and as it would be."""
    at = text.find(words)
    left, right = text[max(0, at - AROUND) : at], text[at + len(words) : at + len(words) + AROUND]
    left = f"…{left}" if at > AROUND else left
    right = f"{right}…" if at + len(words) + AROUND < len(text) else right
    return f"{left}{words}{right}", f"{left}{mask}{right}"


def surname_of(name: str) -> str:
    """The surname of a Chinese name, "" for any other."""
    if not re.fullmatch(r"[\u3400-\u9fff]{2,4}", name):
        return ""
    return name[:2] if name[:2] in COMPOUND.split("|") and len(name) > len(name[:2]) else name[:1]


def is_card(number: str) -> bool:
    """Whether the last place of an 18-place number is the one the others make (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def _places(text: str, known: Known, titles: bool) -> list[tuple[int, int, Tells]]:
    """Where it stands, from the left; a place inside a longer name of somebody else is that person's."""
    spans = [(*found.span(), tells) for tells, pattern in _patterns(known, titles) for found in pattern.finditer(text)]
    spans += [(*found.span(), Tells.CARD) for found in _CARD.finditer(text) if is_card(found[0])]
    names = [found.span() for name in known.others if name for found in re.finditer(re.escape(name), text)]
    taken: list[tuple[int, int, Tells]] = []
    for start, end, tells in sorted(spans, key=lambda one: one[0] - one[1]):
        inside = any(a <= start and end <= b and b - a > end - start for a, b in names)
        if not inside and not any(start < b and a < end for a, b, _ in taken):
            taken.append((start, end, tells))
    return sorted(taken)


def _patterns(known: Known, titles: bool) -> Iterator[tuple[Tells, re.Pattern[str]]]:
    for name in known.names:
        if len(name.strip()) >= SHORTEST_NAME:
            yield Tells.NAME, _spread(name)
    if titles:
        theirs = {surname_of(name) for name in known.others}
        for surname in sorted({surname_of(name) for name in known.names} - theirs - {""}):
            yield Tells.TITLE, re.compile(f"{surname}(?:{TITLES})")
    for number in known.numbers:
        if len(number) >= SHORTEST_NUMBER and number.isdecimal():
            digits = r"[\-－ ()（）]?".join(number)
            yield Tells.NUMBER, re.compile(rf"(?<!\d)(?:(?:\+|00)86[\- ]?)?{digits}(?!\d)")
    for address in known.addresses:
        if len(address.strip()) >= SHORTEST_ADDRESS:
            yield Tells.ADDRESS, _spread(address)


def _spread(words: str) -> re.Pattern[str]:
    """The same characters, with or without room between them."""
    tight: Sequence[str] = re.sub(r"[\s·]+", "", words)
    edge = "[A-Za-z]" if words.isascii() else "(?!)"
    return re.compile(
        f"(?<!{edge})" * words.isascii() + _GAP.join(map(re.escape, tight)) + f"(?!{edge})", re.IGNORECASE
    )
