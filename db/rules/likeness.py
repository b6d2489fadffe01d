"""How alike the words of two matters are, and whether they speak of the same place; measured in decision 0022."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from operator import add

from db.rules.words import folded

LIKE_ENOUGH = 0.4
"""From here on words alone say that two matters are probably one: precision and recall in decision 0022."""
ELSEWHERE = 0.3
"""What is left of a likeness when two texts name different places."""
BEGUN, BEGUN_ENOUGH, FEWEST = 40, 0.5, 4
"""A text of so few pairs is still being typed: half of them, and at least four, must stand in the other."""
COMPARED = 4000
MARKED, FEWEST_SAME = 1500, 3

_HAN = "㐀-鿿"
_RUNS = re.compile(f"[{_HAN}]+|[a-z0-9]+")
_BETWEEN = "在们的是于住到从了有我和与至向由本为及将对把被这那个位"
_KINDS = (
    "小区|花园|家园|社区|大厦|广场|公寓|街道|学校|中学|小学|医院|公司|市场|公园|幼儿园|[村镇乡路街巷苑城厂园湾坊桥河]"
)
_PLACES = (
    re.compile(r"[a-z]\d{0,2}[市区县]"),
    re.compile(f"[^{_BETWEEN}\\W\\d_a-z][{_HAN}]??(?={_KINDS})"),
    re.compile(r"\d+(?:号|栋|楼|单元|室|期)"),
)


@dataclass(frozen=True)
class Told:
    """What a text says, ready to be compared: the weight of each pair, all of them together, places by kind."""

    weights: Mapping[str, float]
    length: float
    places: tuple[frozenset[str], ...]


def told(*texts: str) -> Told:
    """The first 4,000 characters of these texts as pairs and places."""
    text = folded(" ".join(texts))[:COMPARED]
    weights = {pair: 1 + math.log(times) if times > 1 else 1.0 for pair, times in _pairs(text).items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return Told(weights, length, tuple(frozenset(kind.findall(text)) for kind in _PLACES))


def likeness(one: Told, other: Told) -> float:
    """0 to 1: the cosine of the two texts' pairs, less where the places they name differ."""
    return same_words(one, other) * (ELSEWHERE + (1 - ELSEWHERE) * same_places(one, other))


def is_like(typed: Told, earlier: Told) -> bool:
    """Whether what is being typed is probably the earlier matter: a text just begun is asked only what it says."""
    if likeness(typed, earlier) >= LIKE_ENOUGH:
        return True
    common = len(typed.weights.keys() & earlier.weights.keys())
    enough = common >= FEWEST and BEGUN_ENOUGH * len(typed.weights) <= common
    return len(typed.weights) < BEGUN and enough and same_places(typed, earlier) > 0


def same_words(one: Told, other: Told) -> float:
    """The cosine of the two texts' pairs, 0 to 1, each pair weighed by the logarithm of how often it stands there."""
    few, many = sorted((one.weights, other.weights), key=len)
    common = sum(weight * many[pair] for pair, weight in few.items() if pair in many)
    return min(1.0, common / (one.length * other.length)) if common else 0.0


def same_places(one: Told, other: Told) -> float:
    """The share of places that both name, by the kind that agrees least; 1 where one of them names none."""
    shares = [_share(mine, theirs) for mine, theirs in zip(one.places, other.places, strict=True) if mine and theirs]
    return min(shares, default=1.0)


def _share(mine: Iterable[str], theirs: Iterable[str]) -> float:
    few, many = sorted((tuple(mine), tuple(theirs)), key=len)
    return sum(any(name.endswith(place) or place.endswith(name) for name in many) for place in few) / len(few)


def _pairs(text: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for run in _RUNS.findall(text):
        counted.update(map(add, run, run[1:]) if run[0] >= "㐀" else (run,))
    return counted


def apart(one: str, other: str) -> list[tuple[str, bool]]:
    """The first text in pieces, each with whether the other says it differently or not at all.

    Runs of fewer than three characters in common are chance. Only the first 1,500 characters are compared.
    """
    one, rest, other = one[:MARKED], one[MARKED:], other[:MARKED]
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    pieces: list[tuple[str, bool]] = []
    for what, begins, ends, _, _ in matcher.get_opcodes():
        differs = what != "equal" or ends - begins < FEWEST_SAME
        if begins == ends:
            continue
        if pieces and pieces[-1][1] == differs:
            pieces[-1] = (pieces[-1][0] + one[begins:ends], differs)
        else:
            pieces.append((one[begins:ends], differs))
    return [*pieces, (rest, False)] if rest else pieces
