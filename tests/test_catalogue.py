"""The Chinese catalogue: every message of the code, translated, with the same places, and nothing else."""

import re
from string import Formatter

import pytest

from tests.catalogue import known, messages

# Messages that read the same in both languages, each with its reason.
THE_SAME: dict[str, str] = {
    "{measure} {n}": "two values beside each other",
    "<{n}": "a sign and a number",
    "A3": "a size of paper",
    "A4": "a size of paper",
    "Excel": "a program's name",
}
# Latin letters a translation may hold: file formats, encodings and sizes, and the code an example shows.
LATIN = {
    ".csv",
    ".tsv",
    ".txt",
    ".xls",
    ".zip",
    " tr",
    "App",
    "CSV",
    "Cookie",
    "Excel",
    "GB",
    "GB18030",
    "GBK",
    "JPEG",
    "JSON",
    "MB",
    "Python",
    "Streamlit",
    "TLS",
    "UTF-8",
    "Word",
    "docx",
    "holiday-cn",
    "ics",
    "root",
    "xlsx",
}
# Markdown that is not text: icons, colours and badges.
MARKDOWN = re.compile(r":material/\w+:|:[a-z]+(-badge|-background)?(?=\[)")
# What is typed as it stands: commands, and the names of settings.
TYPED = re.compile(r"`[^`]*`|https://|manage\.py [a-z-]+|[a-z]+_[a-z]+")
# Half-width marks that belong to Western text; between digits they are numbers, dates and times.
HALF_WIDTH = re.compile(r"[,;!?'\"]|[():](?!\d)|(?<!\d)\.(?![a-z\d])")
CHINESE = known()
FOUND = sorted(set(messages()))


def _places(text: str) -> list[str]:
    """The {named} places of a message, in alphabetical order."""
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


def _words(text: str) -> str:
    """A translation without its places, its Markdown and what is typed as it stands."""
    return re.sub(r"\{\w*\}", "", MARKDOWN.sub("", TYPED.sub("", text)))


def test_every_message_of_the_code_is_translated() -> None:
    missing = [f"{path}: {message}" for message, path in FOUND if not CHINESE.get(message, "").strip()]
    if missing:
        pytest.fail("translate these (python -m tests.catalogue adds them):\n" + "\n".join(missing))


def test_nothing_is_translated_that_no_code_says() -> None:
    assert sorted(set(CHINESE) - {message for message, _ in FOUND}) == []


def test_a_translation_has_the_places_of_its_message() -> None:
    other = {m: text for m, text in CHINESE.items() if text and _places(m) != _places(text)}
    assert other == {}


def test_a_translation_differs_from_its_message() -> None:
    same = {message for message, text in CHINESE.items() if message == text}
    assert same == set(THE_SAME)


def test_a_translation_is_chinese() -> None:
    known_words = re.compile("|".join(sorted(LATIN, key=len, reverse=True)))
    left = {text: re.findall(r"[A-Za-z]{2,}", known_words.sub("", _words(text))) for text in CHINESE.values()}
    assert {text: words for text, words in left.items() if words} == {}


def test_punctuation_is_full_width_and_quotation_marks_are_the_same_everywhere() -> None:
    wrong = {text for text in CHINESE.values() if HALF_WIDTH.search(_words(text)) or re.search("[「」『』]", text)}
    assert wrong == set()


def test_a_sentence_stays_a_sentence() -> None:
    sentences = {m: text for m, text in CHINESE.items() if text and re.search(r"[\w)}]\.$", m) and m != "No."}
    assert {m: text for m, text in sentences.items() if not text.endswith(("。", "！", "？"))} == {}


def test_a_message_keeps_its_space_at_both_ends() -> None:
    """Pieces that are put together keep what separates them, except after Chinese punctuation."""
    other = {m: text for m, text in CHINESE.items() if m.startswith(" ") and not text.startswith((" ", "，", "、"))}
    assert other == {}
