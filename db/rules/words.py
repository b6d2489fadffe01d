"""Text as pairs and single characters in order, so that Chinese is found from one character up without a dictionary."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from operator import add

_HAN = "〇㐀-鿿\U00020000-\U000323af"
_LATIN = "a-z0-9ß-öø-ɏ"
_RUNS = re.compile(f"[{_HAN}]+|[{_LATIN}]+")
_GROUPS = re.compile(f"[{_HAN}{_LATIN}]+")
_BREAK = "ǁ"
KEPT = 40_000
"""Characters of a record's texts that are indexed: PostgreSQL's vector of words ends at a megabyte."""
LONGEST_SOUGHT = 200
AROUND = 60


def folded(text: str) -> str:
    """Half width and lower case, as words are kept and searched."""
    return unicodedata.normalize("NFKC", text).lower()


@dataclass(frozen=True)
class Phrase:
    """Pieces that must stand next to one another; `begins` when the last is only the beginning of a piece."""

    pieces: tuple[str, ...]
    begins: bool = False


def words_of(*texts: str) -> str:
    """The pieces of all texts in order, so that neighbours stay neighbours, then each single character once."""
    kept, left = [], KEPT
    for text in texts:
        kept.append(folded(text)[:left])
        left -= len(kept[-1])
    streams = [_stream(text) for text in kept]
    there = {piece for stream in streams for piece in stream}
    chars = dict.fromkeys("".join(kept))
    singles = [char for char in chars if _is_han(char) and char not in there]
    return f" {_BREAK} ".join(" ".join(pieces) for pieces in (*streams, singles) if pieces)


def phrases(text: str) -> list[Phrase]:
    """What a search must find, each part of the text that punctuation or a space sets apart as it stands there.

    A single character stands alone; a latin word may be the beginning of one, a number is whole.
    """
    return list(dict.fromkeys(_phrase(group) for group in _GROUPS.findall(folded(text)[:LONGEST_SOUGHT])))


def sought(text: str) -> list[str]:
    """The pieces a search is about: pairs where there are any, else the single character."""
    return list(dict.fromkeys(piece for phrase in phrases(text) for piece in phrase.pieces))


def snippets(text: str, wanted: str, most: int = AROUND) -> list[tuple[str, bool]]:
    """An excerpt of at most about `most` characters around what was sought, piece by piece with whether it is a hit.

    Joined, the pieces are the excerpt, with … where text was left out; no hit at all gives the beginning.
    """
    text = " ".join(text.split())
    spans = _hits(text, wanted)
    first = max(0, (spans[0][0] if spans else 0) - most // 3)
    begin, end = (0, most) if first + most < most + 8 else (first, first + most)
    found, at = [("…", False)] if begin else [], begin
    for start, stop in spans:
        if start >= at and stop <= end:
            found += [(text[at:start], False), (text[start:stop], True)]
            at = stop
    found += [(text[at:end], False), ("…" if end < len(text) else "", False)]
    return [(piece, hit) for piece, hit in found if piece]


def _is_han(char: str) -> bool:
    return char == "〇" or "㐀" <= char <= "鿿" or "\U00020000" <= char <= "\U000323af"


def _stream(plain: str) -> list[str]:
    """Pairs in order, after the last of a run its last character, which keeps two runs from becoming one."""
    pieces: list[str] = []
    for run in _RUNS.findall(plain):
        if _is_han(run[0]):
            pieces.extend(map(add, run, run[1:]))
            run = run[-1]
        pieces.append(run)
    return pieces


def _phrase(group: str) -> Phrase:
    runs = _RUNS.findall(group)
    last = runs[-1]
    if not _is_han(last[0]):
        return Phrase(tuple(_stream(group)), begins=len(last) > 1 and not last.isdecimal())
    pieces = tuple(_stream(group))
    if len(last) > 1:  # what follows is open: the run may go on in the text
        return Phrase(pieces[:-1])
    return Phrase(pieces, begins=len(runs) > 1)


def _hits(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where the parts of `wanted` stand in the text, from left to right, none within another."""
    pattern = _pattern(wanted[:LONGEST_SOUGHT])
    if pattern is None:
        return []
    plain, places = "", []
    for place, char in enumerate(text):
        half = folded(char)
        plain += half
        places += [place] * len(half)
    return [(places[hit.start()], places[hit.end() - 1] + 1) for hit in pattern.finditer(plain) if hit.group()]


@lru_cache(64)
def _pattern(wanted: str) -> re.Pattern[str] | None:
    groups = _GROUPS.findall(folded(wanted))
    return re.compile("|".join(map(_said, sorted(groups, key=len, reverse=True)))) if groups else None


def _said(group: str) -> str:
    """The group as it may stand in a text: its runs with anything but words between them."""
    runs = _RUNS.findall(group)
    whole = r"[\W_]*".join(runs)
    if runs[0].isdecimal():
        whole = f"0*{whole}"
    if not _is_han(runs[0][0]):
        whole = f"(?<![{_LATIN}]){whole}"
    return f"{whole}(?![{_LATIN}])" if runs[-1].isdecimal() else whole
