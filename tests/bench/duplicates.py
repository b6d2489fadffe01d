"""How well like texts are told from other matters: precision and recall on pairs that were looked at one by one.

The texts are citizens' messages that stay outside the repository; `likely_pairs.csv` holds row numbers of them and what
each pair was judged to be: a near copy, the same matter in other words, or another one. To these come texts whose
places were exchanged for others: the same words about another place.
"""

import csv
import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from db.rules.likeness import LIKE_ENOUGH, likeness, same_words, told
from tests.bench.measure import table

MESSAGES = Path(__file__).parents[3] / "shared" / "data" / "complaints-train.csv"
JUDGED = Path(__file__).with_name("likely_pairs.csv")
MOVED = 120
# Wider than what the rule knows: a place exchanged here need not be one it finds.
_TAILS = "小区 花园 家园 社区 大厦 广场 公寓 街道 村 镇 乡 路 街 苑 城 学校 中学 小学 幼儿园 医院 公司 厂".replace(
    " ", "|"
)
_PLACE = re.compile(rf"(?:[A-Z]\d{{0,2}}(?=[市区县])|[一-鿿]{{2}}(?={_TAILS})|\d+(?=号|栋|楼|单元))")


@dataclass(frozen=True)
class Pair:
    """Two texts and what they were judged to be: copy, same or different."""

    one: str
    other: str
    judged: str


def main() -> None:
    """Print both measures at a few thresholds, or say that the texts are not here."""
    if not MESSAGES.exists():
        print(f"duplicates: left out, the messages are not at {MESSAGES}")
        return
    pairs = [*judged(), *moved()]
    counted = Counter(pair.judged for pair in pairs)
    title = (
        f"likely duplicates: {counted['copy']} copies, {counted['same']} in other words, {counted['different']} other"
    )
    rows = []
    for name, score in (("words and places", _likeness), ("words alone", _words), ("share of the shorter", _share)):
        scores = [score(pair.one, pair.other) for pair in pairs]
        rows += [[name, threshold, *figures(pairs, scores, threshold)] for threshold in (0.3, 0.35, 0.4, 0.5, 0.6)]
    table(title, ("measure", "from", "precision", "copies found", "all found"), rows)
    print(f"\nin force: words and places from {LIKE_ENOUGH}")


def figures(pairs: list[Pair], scores: list[float], threshold: float) -> tuple[float, float, float]:
    """Precision, recall of the copies, recall of everything that is the same matter."""
    hits = [pair.judged for pair, score in zip(pairs, scores, strict=True) if score >= threshold]
    counted, there = Counter(hits), Counter(pair.judged for pair in pairs)
    right, all_of_them = counted["copy"] + counted["same"], there["copy"] + there["same"]
    return right / max(1, len(hits)), counted["copy"] / there["copy"], right / all_of_them


def judged() -> Iterator[Pair]:
    """The pairs of messages somebody looked at."""
    texts = _texts()
    with JUDGED.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            yield Pair(texts[int(row["row"])], texts[int(row["other"])], row["judged"])


def moved() -> Iterator[Pair]:
    """Messages beside themselves with every place exchanged for another of its kind."""
    chance, texts = random.Random(7), _texts()  # noqa: S311 - the same texts every time
    known = sorted({place for text in texts for place in _PLACE.findall(text)})
    kinds = {kind: [place for place in known if _kind(place) == kind] for kind in map(_kind, known)}
    fit = [text for text in texts if 60 <= len(text) <= 600 and len(set(_PLACE.findall(text))) > 1]
    for text in chance.sample(fit, MOVED):
        others = {place: chance.choice(kinds[_kind(place)]) for place in sorted(set(_PLACE.findall(text)))}
        yield Pair(text, _exchanged(text, others), "different")


def _exchanged(text: str, others: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda found: others[found.group()], text)


def _kind(place: str) -> str:
    return "number" if place.isdecimal() else "region" if place.isascii() else "name"


def _texts() -> list[str]:
    with MESSAGES.open(encoding="utf-8-sig", newline="") as rows:
        return [f"{row['留言主题'].strip()} {row['留言详情'].strip()}".strip() for row in csv.DictReader(rows)]


def _likeness(one: str, other: str) -> float:
    return likeness(told(one), told(other))


def _words(one: str, other: str) -> float:
    return same_words(told(one), told(other))


def _share(one: str, other: str) -> float:
    """What was in force before: the share of the shorter text's pairs that stand in the other."""
    left, right = (Counter({pair: round(math.exp(w - 1)) for pair, w in told(x).weights.items()}) for x in (one, other))
    return sum((left & right).values()) / max(1, min(left.total(), right.total()))
