"""Suggestions learned from words: what is kept of a text, what is learned, and how it is measured."""

import io
import subprocess
import sys

import numpy as np
import pytest

from db.rules.problems import Problems
from db.rules.suggesting.copies import families
from db.rules.suggesting.learning import FOLDS, Learned, learn
from db.rules.suggesting.measuring import Confusion, measure, measured_of
from db.rules.suggesting.model import unpacked
from db.rules.suggesting.pieces import BITS, pieces
from tests.suggesting_texts import examples

ASKED = ("和平小区烧烤摊", "楼下烧烤摊油烟很重，气味刺鼻，希望处理。")


@pytest.fixture(scope="module")
def learned() -> Learned:
    """Learned once for all tests of this module."""
    return learn(examples())


def test_a_text_is_its_pieces_whatever_its_width_case_and_spaces() -> None:
    ids, counts = pieces("ＡＢ 路灯", "路灯\n不亮")
    again, _ = pieces("ab  路灯", "路灯 不亮")
    assert ids.tolist() == again.tolist() == sorted(set(ids.tolist()))
    assert ids.max() < 2**BITS
    assert counts.max() >= 4, "路 and 灯 stand in the subject, which counts again, and in the text"


@pytest.mark.parametrize("text", ["", " ", "字", "😀", "\ud800", "a", "É", "字" * 20_000])
def test_any_text_has_pieces(text: str) -> None:
    ids, counts = pieces("", text)
    assert len(ids) == len(counts)


def test_near_copies_are_one_family() -> None:
    told = [
        "东风路的路灯坏了三天没有人修，晚上很黑",
        "东风路的路灯坏了三天没有人修，晚上太黑",
        "学校食堂涨价没有通知家长",
    ]
    one, copy, other = families([pieces("", text)[0] for text in told])
    assert one == copy != other


def test_it_learns_what_tells_labels_apart_and_says_how_sure_it_is(learned: Learned) -> None:
    (best, chance), (_, less) = learned.model.likeliest(*ASKED)
    assert (best, less < chance) == ("environment", True)
    assert learned.model.chances(*ASKED).sum() == pytest.approx(1, abs=1e-3)
    assert learned.model.chances("", "").tolist() == pytest.approx([1 / 3] * 3), "nothing said, nothing known"
    measured = learned.measured
    assert (measured.cases, [one.cases for one in measured.labels]) == (180, [60, 60, 60])
    assert measured.accuracy > 0.9
    assert measured_of(measured.as_dict()) == measured


def test_what_is_kept_is_numbers_and_nothing_is_unpickled(learned: Learned) -> None:
    content = learned.model.packed()
    with np.load(io.BytesIO(content), allow_pickle=False) as told:
        assert {told[name].dtype.kind for name in told} <= {"u", "i", "f"}
    again = unpacked(content, learned.model.labels)
    assert again.likeliest(*ASKED) == learned.model.likeliest(*ASKED)


def test_two_labels_are_enough_and_rare_ones_are_left_out() -> None:
    steps: list[int] = []
    told = [one for one in examples() if one[2] != "education"]
    rare = [("别的", "别的事情", "other")] * 9
    found = learn(told + rare, progress=lambda done, of: steps.append(done * 10 + of))
    assert found.model.labels == ("environment", "transport")
    assert (found.model.likeliest(*ASKED)[0][0], found.measured.left_out) == ("environment", {"other": 9})
    assert steps == [done * 10 + FOLDS + 1 for done in range(FOLDS + 2)]


@pytest.mark.parametrize("count", [0, 33, 59])
def test_too_few_cases_are_a_sentence_and_no_model(count: int) -> None:
    with pytest.raises(Problems, match="Too few different closed cases"):
        learn(examples()[60 - count // 2 :][:count])


def test_the_figures_are_what_they_are_called() -> None:
    right = np.array([0, 0, 1, 1, 1])
    chances = np.array([[0.9, 0.1], [0.35, 0.65], [0.2, 0.8], [0.3, 0.7], [0.45, 0.55]])
    told = measure(["a", "b"], right, chances)
    assert (told.accuracy, told.within_two, told.surest) == (0.8, 1.0, 0.75)
    a, b = told.labels
    assert (a.recall, a.precision, b.recall, b.precision) == (0.5, 1.0, 1.0, 0.75)
    assert told.macro_f1 == pytest.approx((2 / 3 + 6 / 7) / 2)
    assert told.off == pytest.approx((0.1 + abs(0.35 + 0.3) + 0.2 + 0.3 + 0.45) / 5), "each in a bin of its own"
    assert told.confused == (), "once is no pattern"
    twice = measure(["a", "b"], np.array([0, 0, 1]), np.array([[0.1, 0.9]] * 3))
    assert (twice.confused, twice.labels[0].precision) == ((Confusion("a", "b", 2),), None)


def test_asking_needs_no_learning_library() -> None:
    code = "import db.rules.suggesting.model, sys; sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
