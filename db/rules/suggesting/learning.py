"""Learning which pieces of text speak for which label, and measuring it on cases that were held back.

Two voices are added up. The first is a linear support vector machine on pieces weighed by how rare they are and how
much they tell the labels apart. The second sees each text as a mixture of some themes and asks which other texts mix
them alike; it knows words by their company. Decision 0024 has the figures.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import normalize
from sklearn.svm import SVC, LinearSVC
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from db.rules.problems import N_, Problem, Problems
from db.rules.suggesting.copies import families
from db.rules.suggesting.measuring import Measured, measure
from db.rules.suggesting.model import WIDTH, Floats, Model, Themes, softmax, unit_rows
from db.rules.suggesting.pieces import BITS, pieces

# Subject, text and label.
Example = tuple[str, str, str]
Places = NDArray[np.intp]
Progress = Callable[[int, int], None]

FOLDS = 5
# A label needs so many different cases, and all together so many, before anything is learned.
LABEL_NEEDS, ALL_NEED = 10, 60
# A piece is kept when it stands in so many texts; themes are mixed from pieces that stand in more.
SEEN_IN, THEME_SEEN_IN = 2, 3
THEMES = 100
STRICT, THEME_STRICT = 1.0, 5.0
SEED = 20_261_122


@dataclass(frozen=True)
class Learned:
    """A model, and how good it proved on cases that were held back."""

    model: Model
    measured: Measured


@dataclass(frozen=True)
class _Voices:
    """Both voices as learned from some texts; the pieces are columns of all texts."""

    columns: Places
    worth: Floats
    first: LinearSVC
    mixes: NDArray[np.int8]
    scale: Floats
    marks: Floats
    weights: Floats
    bias: Floats


def learn(examples: Sequence[Example], *, progress: Progress | None = None) -> Learned:
    """Learn from examples and measure by holding back each fifth once; near-copies stay together and count as one.

    Labels with fewer than LABEL_NEEDS different cases are left out and told in the figures. Raises Problems when fewer
    than two labels or ALL_NEED different cases are left. `progress(done, of)` is called after each part.
    """
    # One thread is as fast on tables of this size, and leaves the office's other people theirs.
    with threadpool_limits(limits=1):
        return _learn(examples, progress)


def _learn(examples: Sequence[Example], progress: Progress | None) -> Learned:
    sets, texts = _rows(examples)
    family = families(sets)
    kinds = np.array([label for _, _, label in examples], dtype=object)
    different = Counter(label for _, label in {*zip(family.tolist(), kinds, strict=True)})
    labels = sorted(label for label, count in different.items() if count >= LABEL_NEEDS)
    enough = np.flatnonzero([label in labels for label in kinds])
    found = len(set(family[enough].tolist()))
    if len(labels) < 2 or found < ALL_NEED:
        why = N_("Too few different closed cases to learn from: {found} of at least {needed}, in {sorts} of 2 sorts.")
        raise Problems(Problem("", why, {"found": found, "needed": ALL_NEED, "sorts": min(2, len(labels))}))
    texts, right = texts[enough], np.array([labels.index(label) for label in kinds[enough]])
    split = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    folds = list(split.split(right, right, family[enough]))
    scores = np.zeros((2, len(right), len(labels)), np.float32)
    for done, (learned, held) in enumerate(folds):
        _tell(progress, done)
        scores[:, held] = _scores(_voices(texts[learned], right[learned], len(labels)), texts[held])
    chances = np.zeros(scores.shape[1:], np.float32)
    for learned, held in folds:
        chances[held] = _chances(_loud(scores[:, learned], right[learned]), scores[:, held])
    _tell(progress, FOLDS)
    model = _model(labels, _voices(texts, right, len(labels)), _loud(scores, right))
    _tell(progress, FOLDS + 1)
    left_out = {label: count for label, count in Counter(kinds).items() if label not in labels}
    return Learned(model, measure(labels, right, chances, left_out))


def _tell(progress: Progress | None, done: int) -> None:
    if progress is not None:
        progress(done, FOLDS + 1)


def _rows(examples: Sequence[Example]) -> tuple[list[NDArray[np.uint32]], csr_matrix]:
    """The pieces of each text, and all of them as one sparse table of 1 + the logarithm of how often they occur."""
    rows = [pieces(subject, text) for subject, text, _ in examples]
    ends = np.cumsum([0, *(len(ids) for ids, _ in rows)])
    ids = np.concatenate([np.empty(0, np.int32), *(ids for ids, _ in rows)]).astype(np.int32)
    often = 1 + np.log(np.concatenate([np.empty(0, np.float32), *(counts for _, counts in rows)]))
    return [ids for ids, _ in rows], csr_matrix((often, ids, ends), shape=(len(rows), 1 << BITS), dtype=np.float32)


def _voices(texts: csr_matrix, right: Places, labels: int) -> _Voices:
    """Learn both voices."""
    seen_in = np.bincount(texts.indices, minlength=texts.shape[1])
    columns = np.flatnonzero(seen_in >= SEEN_IN)
    texts, seen_in = texts[:, columns], seen_in[columns]
    worth = _worth(texts, right, labels, seen_in)
    weighed = normalize(texts @ diags(worth))
    first = LinearSVC(C=STRICT, random_state=SEED).fit(weighed, right)
    mixes, scale = _themes(weighed, seen_in)
    mixed = unit_rows((weighed @ mixes.astype(np.float32)) * scale)
    marks, weights, bias = _marks(mixed, right, labels)
    return _Voices(columns, worth, first, mixes, scale, marks, weights, bias)


def _worth(texts: csr_matrix, right: Places, labels: int, seen_in: NDArray[np.integer]) -> Floats:
    """What a piece weighs: how rare it is, times how far it sets one label apart (largest log-count ratio, NB-SVM)."""
    stands = csr_matrix((np.ones_like(texts.data), texts.indices, texts.indptr), shape=texts.shape)
    own = np.zeros((labels, len(right)), np.float32)
    own[right, np.arange(len(right))] = 1
    inside = np.asarray((csr_matrix(own) @ stands).todense())
    sizes = np.bincount(right, minlength=labels)[:, None]
    ratio = np.log((inside + 0.5) / (sizes + 1)) - np.log((seen_in - inside + 0.5) / (len(right) - sizes + 1))
    rare = np.log((1 + len(right)) / (1 + seen_in)) + 1
    worth: Floats = (rare * np.abs(ratio).max(axis=0)).astype(np.float32)
    return worth


def _themes(weighed: csr_matrix, seen_in: NDArray[np.integer]) -> tuple[NDArray[np.int8], Floats]:
    """Latent themes (truncated singular value decomposition), rounded to a byte for each piece and theme."""
    common = np.flatnonzero(seen_in >= THEME_SEEN_IN)
    most = min(THEMES, weighed.shape[0] - 1, len(common) - 1)
    _, _, mixing = randomized_svd(weighed[:, common], most, n_iter=2, random_state=SEED)
    scale = (np.abs(mixing).max(axis=1) / 127).astype(np.float32)
    mixes = np.zeros((weighed.shape[1], most), np.int8)
    mixes[common] = np.rint(mixing.T / scale).astype(np.int8)
    return mixes, scale


def _marks(mixed: Floats, right: Places, labels: int) -> tuple[Floats, Floats, Floats]:
    """Support vectors on the themes, one label against the others, and what each says for each label."""
    weights = np.zeros((len(right), labels), np.float32)
    bias = np.zeros(labels, np.float32)
    for label in range(labels):
        # exp(-g |a - b|^2) of vectors of length one is exp(2 g (a.b - 1)).
        one = SVC(C=THEME_STRICT, gamma=WIDTH / 2).fit(mixed, right == label)
        weights[one.support_, label] = one.dual_coef_[0]
        bias[label] = one.intercept_[0]
    used = np.flatnonzero(np.abs(weights).max(axis=1))
    return mixed[used], weights[used], bias


def _model(labels: Sequence[str], voices: _Voices, loud: Floats) -> Model:
    themes = Themes(
        mixes=voices.mixes,
        scale=voices.scale,
        marks=voices.marks.astype(np.float16),
        weights=voices.weights.astype(np.float16),
        bias=voices.bias,
    )
    return Model(
        labels=tuple(labels),
        ids=voices.columns.astype(np.uint32),
        worth=voices.worth,
        weights=_each(voices.first.coef_).T.astype(np.float16),
        bias=_each(voices.first.intercept_[:, None])[:, 0].astype(np.float32),
        themes=themes,
        loud=loud,
    )


def _scores(voices: _Voices, texts: csr_matrix) -> Floats:
    """What each voice says for each label of each text."""
    weighed = normalize(texts[:, voices.columns] @ diags(voices.worth))
    mixed = unit_rows((weighed @ voices.mixes.astype(np.float32)) * voices.scale)
    near = np.exp(WIDTH * (mixed @ voices.marks.T - 1))
    first = weighed @ _each(voices.first.coef_).T + _each(voices.first.intercept_[:, None])[:, 0]
    return np.stack([first, near @ voices.weights + voices.bias]).astype(np.float32)


def _each(learned: NDArray[np.floating]) -> NDArray[np.floating]:
    """A row for each label; of two labels one row was learned, the other says the opposite."""
    return np.concatenate([-learned, learned]) if len(learned) == 1 else learned


def _loud(scores: Floats, right: Places) -> Floats:
    """How much each voice counts, so that held-back cases are as likely as they prove (temperature scaling)."""

    def surprise(loud: NDArray[np.float64]) -> float:
        own = _chances(loud, scores)[np.arange(len(right)), right]
        return float(-np.log(np.maximum(own, 1e-12)).mean())

    found = minimize(surprise, np.array([2.0, 2.0]), method="Nelder-Mead", options={"xatol": 0.01, "fatol": 1e-5})
    loud: Floats = np.maximum(found.x, 0).astype(np.float32)
    return loud


def _chances(loud: NDArray[np.floating], scores: Floats) -> Floats:
    return softmax(loud[0] * scores[0] + loud[1] * scores[1])
