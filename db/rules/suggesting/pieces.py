"""A text as the numbers a suggestion is learned from: hashes of one and two characters, of letters in Latin words.

A piece is so short that no word, name or number anybody wrote can be read from what is kept.
"""

import re
import unicodedata
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BITS = 20
LONGEST = 6000
# Beside standing in the whole text, the subject's pieces count so many times more.
SUBJECT_AGAIN = 2
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")
_SPACE = re.compile(r"\s+")
# Odd 32-bit numbers that spread neighbours far apart.
_FIRST, _SECOND, _THIRD, _FOURTH = (np.uint32(n) for n in (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F))
_MIX = np.uint32(0x2C1B3C6D)


def cleaned(subject: str, text: str) -> str:
    """Both as one text: one form of each character, small letters, single spaces, at most LONGEST characters."""
    told = unicodedata.normalize("NFKC", f"{subject} {text}"[:LONGEST]).lower()
    return _SPACE.sub(" ", told).strip()


def pieces(subject: str, text: str) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The distinct pieces of a text, each a number below 2**BITS, ascending, and how often each occurs."""
    said = [cleaned(subject, text), *[cleaned(subject, "")] * SUBJECT_AGAIN]
    found = np.concatenate([each for told in said for each in _hashed(told)]) >> np.uint32(32 - BITS)
    ids, counts = np.unique(found, return_counts=True)
    return ids, counts.astype(np.float32)


def _hashed(told: str) -> Iterator[NDArray[np.uint32]]:
    yield np.empty(0, np.uint32)
    signs = _codes(told)
    yield _spread(1, signs)
    yield _spread(2, signs[:-1], signs[1:])
    letters = _codes(" ".join(f"^{word}$" for word in _LATIN.findall(told)))
    yield _spread(5, letters[:-2], letters[1:-1], letters[2:])
    yield _spread(6, letters[:-3], letters[1:-2], letters[2:-1], letters[3:])


def _codes(told: str) -> NDArray[np.uint32]:
    return np.frombuffer(told.encode("utf-32-le", "surrogatepass"), np.uint32)


def _spread(length: int, *signs: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """One number for each place where so many signs stand side by side."""
    if not len(signs[-1]):
        return np.empty(0, np.uint32)
    mixed = np.full(len(signs[-1]), length, np.uint32) * _MIX
    for each, odd in zip(signs, (_FIRST, _SECOND, _THIRD, _FOURTH), strict=False):
        mixed = (mixed ^ (each[: len(mixed)] * odd)) * _MIX
        mixed ^= mixed >> np.uint32(15)
    return mixed
