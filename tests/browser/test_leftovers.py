"""No half-translated page: in Chinese nothing English is left to read or to hear, in English nothing Chinese."""

import re

import pytest

from tests.browser.offices import HAN
from tests.browser.walking import Memory

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LATIN = re.compile(r"[A-Za-z][A-Za-z_-]{2,}")
# What is written so in Chinese as well.
ALLOWED = {
    "Linli": "our name",
    "English": "the switch to English says so in English",
    **dict.fromkeys(["JPG", "PNG", "WEBP", "PDF", "DOCX", "XLSX", "TXT", "WAV", "CSV", "JSON"], "kinds of files"),
    **dict.fromkeys(["Excel", "Word", "docx", "ics", "txt", "xlsx"], "kinds of files"),
    "holiday-cn": "the name of a public data set",
}
# Kinds of words on a page that are the office's own: fields hold data, and user names are Latin.
DATA = ("value",)
# Tables that hold what the office itself writes: codes, holidays, user names, sources of numbers.
OWN_TABLES = {"codes", "calendar", "people", "units", "limits", "journal", "a committee", "duties"}
# A grid tells the code behind a choice where it is read aloud, once it is drawn.
OWN_TABLES |= {"cases edited in place"}
OWN_TABLES |= {"a duty, people", "a draft of a rubric", "a draft, frame", "a draft, grades"}
# The places of a Word template that Linli fills in, as its author writes them.
PLACE = re.compile(r"\{[{%].*?[%}]\}")
# A query code is eight letters and digits in two groups.
CODE = re.compile(r"^[A-Z0-9]{4} [A-Z0-9]{4}$")
LANGUAGES = {"简体中文": "the switch to Chinese says so in Chinese"}


def said(memory: Memory) -> list[tuple[str, str, str]]:
    """Stop, kind and words, without data and parts marked as another language."""
    return [
        (stop, kind, words)
        for stop, lines in memory.texts.items()
        for kind, words in lines
        if kind not in DATA and not kind.startswith("lang-") and not (kind == "cell" and stop in OWN_TABLES)
    ]


def test_nothing_english_is_left_in_chinese(chinese_walk: Memory) -> None:
    left = {
        (found, words, kind): stop
        for stop, kind, words in said(chinese_walk)
        if not CODE.match(words)
        for found in LATIN.findall(PLACE.sub("", words))
        if found not in ALLOWED
    }
    assert left == {}


def test_nothing_chinese_is_left_in_english(english_walk: Memory) -> None:
    left = {
        (words, kind): stop for stop, kind, words in said(english_walk) if HAN.search(words) and words not in LANGUAGES
    }
    assert left == {}


@pytest.mark.parametrize("name", ["chinese_walk", "english_walk"])
def test_every_stop_was_read(request: pytest.FixtureRequest, name: str) -> None:
    memory: Memory = request.getfixturevalue(name)
    assert not memory.failed
    assert all(len(lines) > 3 for lines in memory.texts.values())
