"""Text as single characters and pairs, so that Chinese is found from one character up without a dictionary."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

_RUNS = re.compile(r"[㐀-鿿]+|[a-z0-9]+")
LONGEST = 4000
FEWEST = 4


def folded(text: str) -> str:
    """Half width and lower case, as words are kept and searched."""
    return unicodedata.normalize("NFKC", text).lower()


def _pieces(text: str) -> Iterator[str]:
    for run in _RUNS.findall(folded(text)[:LONGEST]):
        if run[0] < "㐀":
            yield run
            continue
        yield from run
        yield from (run[i : i + 2] for i in range(len(run) - 1))


def words_of(*texts: str) -> str:
    """The distinct pieces of all texts, separated by spaces."""
    return " ".join(dict.fromkeys(piece for text in texts for piece in _pieces(text)))


def sought(text: str) -> list[str]:
    """The pieces a search must all find: pairs where there are any, else the single character."""
    found: list[str] = []
    for run in _RUNS.findall(folded(text)[:200]):
        if run[0] < "㐀" or len(run) == 1:
            found.append(run)
        else:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return list(dict.fromkeys(found))


def likeness(one: str, other: str) -> float:
    """Share of the shorter text's pairs that stand in the other, 0 to 1; 0 under FEWEST common pairs."""
    left, right = Counter(_pairs(one)), Counter(_pairs(other))
    common = sum((left & right).values())
    shorter = min(sum(left.values()), sum(right.values()))
    return common / shorter if common >= FEWEST else 0.0


def _pairs(text: str) -> list[str]:
    """Every pair or latin word of a text, repeated as often as it stands there."""
    return [piece for piece in _pieces(text) if len(piece) > 1]
