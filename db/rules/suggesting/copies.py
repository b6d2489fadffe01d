"""Near-copies among texts: put together, so that no copy of a held-back case is among those learned from."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

BANDS, ROWS = 10, 4
ALIKE = 0.7


def families(sets: Sequence[NDArray[np.uint32]]) -> NDArray[np.intp]:
    """For each text the number of its family: those whose first texts share ALIKE of their pieces."""
    family = list(range(len(sets)))

    def first(one: int) -> int:
        while family[one] != one:
            family[one] = family[family[one]]
            one = family[one]
        return one

    for pair in _candidates(sets):
        one, other = sorted(first(text) for text in pair)
        if one != other and _alike(sets[one], sets[other]):
            family[other] = one
    return np.array([first(one) for one in range(len(sets))], np.intp)


def _candidates(sets: Sequence[NDArray[np.uint32]]) -> Iterator[tuple[int, int]]:
    """Pairs worth a look: the same least hashes in one band (MinHash)."""
    odd = np.random.default_rng(7).integers(1, 2**32, size=(2, BANDS * ROWS), dtype=np.uint32) | np.uint32(1)
    least = np.array([_least(one, odd) for one in sets]).reshape(-1, BANDS * ROWS)
    for band in range(BANDS):
        rows = np.ascontiguousarray(least[:, band * ROWS : (band + 1) * ROWS])
        keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * ROWS))).ravel()
        order = np.argsort(keys, kind="stable")
        same = keys[order][1:] == keys[order][:-1]
        yield from zip(order[:-1][same].tolist(), order[1:][same].tolist(), strict=True)


def _least(pieces: NDArray[np.uint32], odd: NDArray[np.uint32]) -> NDArray[np.uint32]:
    if not len(pieces):
        return np.zeros(odd.shape[1], np.uint32)
    mixed = pieces[:, None] * odd[0] ^ odd[1]
    mixed ^= mixed >> np.uint32(16)
    least: NDArray[np.uint32] = (mixed * np.uint32(0x85EBCA6B)).min(axis=0)
    return least


def _alike(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> bool:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared >= ALIKE * max(1, len(one) + len(other) - shared)
