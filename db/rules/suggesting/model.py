"""What was learned, as plain numbers: which piece speaks for which label; a text's chances need nothing but numpy."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.rules.suggesting.pieces import pieces

Floats = NDArray[np.float32]
# A chance below this is no news to anybody.
SHOWN_FROM = 0.4
# How quickly a mark speaks less for a text that mixes themes otherwise.
WIDTH = 2.0


@dataclass(frozen=True)
class Themes:
    """The second voice: each theme is a mixture of pieces (`mixes` times `scale`), `marks` are mixtures of themes that
    speak for labels by how near a text comes to them."""

    mixes: NDArray[np.int8]
    scale: Floats
    marks: NDArray[np.float16]
    weights: NDArray[np.float16]
    bias: Floats

    def of(self, places: NDArray[np.intp], said: Floats) -> Floats:
        """How a text mixes the themes, brought to length one; `said` is how much each of its pieces weighs."""
        mixed = (said @ self.mixes[places].astype(np.float32)) * self.scale
        brought: Floats = unit_rows(mixed[None, :])[0]
        return brought

    def scores(self, mixed: Floats) -> Floats:
        """What speaks for each label, a row for each text."""
        near: Floats = np.exp(WIDTH * (mixed @ self.marks.T.astype(np.float32) - 1))
        scores: Floats = near @ self.weights.astype(np.float32) + self.bias
        return scores


@dataclass(frozen=True)
class Model:
    """`ids` are the pieces known, ascending; `worth` what each weighs in a text, `weights` its voice for each label.

    A text's pieces are brought to length one before they speak; `loud` is how much each of the two voices counts, so
    that the chances are honest.
    """

    labels: tuple[str, ...]
    ids: NDArray[np.uint32]
    worth: Floats
    weights: NDArray[np.float16]
    bias: Floats
    themes: Themes
    loud: Floats

    def chances(self, subject: str, text: str) -> Floats:
        """How likely each label is, 0 to 1, summing to 1; all alike for a text without any known piece."""
        told, counts = pieces(subject, text)
        places = np.searchsorted(self.ids, told)
        known = places < len(self.ids)
        known[known] = self.ids[places[known]] == told[known]
        places = places[known]
        if not len(places):
            return np.full(len(self.labels), 1 / len(self.labels), np.float32)
        said = unit_rows(((1 + np.log(counts[known])) * self.worth[places])[None, :])[0]
        first = said @ self.weights[places].astype(np.float32) + self.bias
        second = self.themes.scores(self.themes.of(places, said)[None, :])[0]
        return softmax(self.loud[0] * first + self.loud[1] * second)

    def likeliest(self, subject: str, text: str, most: int = 2) -> list[tuple[str, float]]:
        """The likeliest labels with their chances, best first."""
        chances = self.chances(subject, text)
        return [(self.labels[place], float(chances[place])) for place in np.argsort(-chances)[:most]]

    def packed(self) -> bytes:
        """Everything but the labels, as numbers only."""
        own = {name: getattr(self, name) for name in _OWN}
        theirs = {f"themes_{name}": getattr(self.themes, name) for name in _THEMES}
        file = io.BytesIO()
        np.savez_compressed(file, **own, **theirs)
        return file.getvalue()


_OWN = ("ids", "worth", "weights", "bias", "loud")
_THEMES = ("mixes", "scale", "marks", "weights", "bias")


def unpacked(content: bytes, labels: Sequence[str]) -> Model:
    """A model as it was packed; nothing but numbers is ever read."""
    with np.load(io.BytesIO(content), allow_pickle=False) as told:
        themes = Themes(**{name: told[f"themes_{name}"] for name in _THEMES})
        return Model(labels=tuple(labels), themes=themes, **{name: told[name] for name in _OWN})


def unit_rows(rows: Floats) -> Floats:
    """Each row brought to length one."""
    brought: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return brought


def softmax(scores: NDArray[np.floating]) -> Floats:
    """Scores as chances, row by row."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: Floats = (raised / raised.sum(axis=-1, keepdims=True)).astype(np.float32)
    return chances
