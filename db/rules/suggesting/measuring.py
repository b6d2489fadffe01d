"""How good suggestions are on cases that were held back: figures a director can read, never flattering."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SUREST = 0.8
BINS = 10
CONFUSED = 8


@dataclass(frozen=True)
class OfLabel:
    """One label on held-back cases: how many there were, how many were found, how many suggestions of it were right.

    `recall` and `precision` are 0 to 1; precision is None when it was never suggested.
    """

    label: str
    cases: int
    recall: float
    precision: float | None


@dataclass(frozen=True)
class Confusion:
    """So many cases of `label` for which `taken_for` was suggested."""

    label: str
    taken_for: str
    cases: int


@dataclass(frozen=True)
class Measured:
    """Shares are 0 to 1. `surest` is how many are right among the surest 80 %; `off` is by how much the shown
    confidence differs from what proves right, on average (expected calibration error)."""

    cases: int
    accuracy: float
    macro_f1: float
    within_two: float
    surest: float
    off: float
    labels: tuple[OfLabel, ...]
    confused: tuple[Confusion, ...]
    left_out: Mapping[str, int]

    def as_dict(self) -> dict[str, Any]:
        """For keeping as JSON."""
        return asdict(self)


def measured_of(told: Mapping[str, Any]) -> Measured:
    """The figures as they were kept."""
    lists = {
        "labels": tuple(OfLabel(**one) for one in told["labels"]),
        "confused": tuple(Confusion(**one) for one in told["confused"]),
    }
    return Measured(**(dict(told) | lists))


def measure(
    labels: Sequence[str],
    right: NDArray[np.integer],
    chances: NDArray[np.floating],
    left_out: Mapping[str, int] | None = None,
) -> Measured:
    """Figures of suggestions: `right` is the place of each case's own label, `chances` one row for each case."""
    order = np.argsort(-chances, axis=1)
    first, confidence = order[:, 0], chances.max(axis=1)
    hit = first == right
    surest = np.argsort(-confidence, kind="stable")[: max(1, round(SUREST * len(right)))]
    each = [_of_label(label, place, right, first) for place, label in enumerate(labels)]
    return Measured(
        cases=len(right),
        accuracy=float(hit.mean()),
        macro_f1=float(np.mean([_f1(one) for one in each])),
        within_two=float((order[:, :2] == right[:, None]).any(axis=1).mean()),
        surest=float(hit[surest].mean()),
        off=_off(confidence, hit),
        labels=tuple(each),
        confused=_confused(labels, right, first),
        left_out=dict(left_out or {}),
    )


def _of_label(label: str, place: int, right: NDArray[np.integer], first: NDArray[np.integer]) -> OfLabel:
    mine, told = right == place, first == place
    both = int((mine & told).sum())
    return OfLabel(
        label=label,
        cases=int(mine.sum()),
        recall=both / int(mine.sum()) if mine.any() else 0.0,
        precision=both / int(told.sum()) if told.any() else None,
    )


def _f1(one: OfLabel) -> float:
    precision = one.precision or 0.0
    return 2 * precision * one.recall / (precision + one.recall) if precision + one.recall else 0.0


def _off(confidence: NDArray[np.floating], hit: NDArray[np.bool_]) -> float:
    """Expected calibration error over BINS bins of equal width."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(float(hit[bins == b].mean() - confidence[bins == b].mean())) * (bins == b).mean() for b in set(bins)]
    return float(sum(gaps))


def _confused(labels: Sequence[str], right: NDArray[np.integer], first: NDArray[np.integer]) -> tuple[Confusion, ...]:
    wrong = right != first
    pairs, counts = np.unique(np.stack([right[wrong], first[wrong]]), axis=1, return_counts=True)
    told = [
        Confusion(labels[a], labels[b], int(count))
        for (a, b), count in zip(pairs.T.tolist(), counts, strict=True)
        if count > 1
    ]
    return tuple(sorted(told, key=lambda one: -one.cases)[:CONFUSED])
