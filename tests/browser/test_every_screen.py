"""Every screen, walked through in Chinese by day and in English by night: nothing serious, half-translated or sent out.

The two walks take turns from day to day; `--every-value` goes both. All in one file, so that one worker walks and no
other waits for it.
"""

import re
from collections import defaultdict

import pytest

from components.screens import SCREENS
from tests.browser.offices import HAN
from tests.browser.walking import Memory, stops

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LATIN = re.compile(r"[A-Za-z][A-Za-z_-]{2,}")
# What is written so in Chinese as well.
ALLOWED = {
    "Linli": "our name",
    "English": "the switch to English says so in English",
    **dict.fromkeys(["JPG", "PNG", "WEBP", "PDF", "DOCX", "XLSX", "TXT", "WAV", "CSV", "JSON"], "kinds of files"),
    **dict.fromkeys(["Excel", "Word", "csv", "docx", "ics", "tsv", "txt", "xls", "xlsx", "zip"], "kinds of files"),
    "GBK": "an encoding",
    **dict.fromkeys(
        ["Python", "SQLite", "PostgreSQL", "Streamlit", "TLS", "root"], "names in every computer's language"
    ),
    **dict.fromkeys(["backup_dir", "anchor_dir", "public_url"], "settings, as they are typed"),
    "holiday-cn": "the name of a public data set",
}
# Kinds of words on a page that are the office's own: fields hold data, and user names are Latin.
DATA = ("value",)
# Tables that hold what the office itself writes: codes, holidays, user names, sources of numbers.
OWN_TABLES = {"codes", "calendar", "people", "units", "limits", "journal", "a committee", "duties"}
# A grid tells the code behind a choice where it is read aloud.
OWN_TABLES |= {"cases edited in place", "a sheet being scored", "a line of work, units"}
OWN_TABLES |= {"a meeting being held, part 2", "a duty, people", "retention", "backups"}
OWN_TABLES |= {"a draft of a rubric", "a draft, frame", "a draft, grades"}
# The places of a Word template that Linli fills in, as its author writes them.
PLACE = re.compile(r"\{[{%].*?[%}]\}")
# What is typed at a terminal.
TYPED = re.compile(r"(python )?manage\.py [\w-]+( FILE| --[a-z]+)?|--key")
# A query code is nine letters and digits in two groups.
CODE = re.compile(r"^[A-Z0-9]{4} [A-Z0-9]{4,5}$")
LANGUAGES = {"简体中文": "the switch to Chinese says so in Chinese"}
# Streamlit first looks for its server below the page's own address; it then asks at the root.
USUAL = re.compile(r"status of 404 .*/[a-z-]+/_stcore/(health|host-config)$")
ENOUGH = 500


CHINESE, ENGLISH = pytest.mark.in_turn(1, of=2), pytest.mark.in_turn(0, of=2)


@pytest.fixture(params=[pytest.param("chinese_walk", marks=CHINESE), pytest.param("english_walk", marks=ENGLISH)])
def walk(request: pytest.FixtureRequest) -> Memory:
    """Each of the two walks through every screen."""
    memory: Memory = request.getfixturevalue(request.param)
    return memory


# --- the way ---


def test_every_screen_is_on_the_way() -> None:
    way = stops(defaultdict(lambda: 1))
    assert {screen.path for screen in SCREENS} <= {stop.screen for stop in way}


def test_every_stop_was_read(walk: Memory) -> None:
    assert not walk.failed
    assert all(len(lines) > 3 for lines in walk.texts.values())


# --- axe ---


def test_nothing_is_serious(walk: Memory) -> None:
    assert {stop: lines for stop, lines in walk.serious.items() if lines} == {}


# --- both languages ---


def said(memory: Memory) -> list[tuple[str, str, str]]:
    """Stop, kind and words, without data and parts marked as another language."""
    return [
        (stop, kind, words)
        for stop, lines in memory.texts.items()
        for kind, words in lines
        if kind not in DATA and not kind.startswith("lang-") and not (kind == "cell" and stop in OWN_TABLES)
    ]


@CHINESE
def test_nothing_english_is_left_in_chinese(chinese_walk: Memory) -> None:
    left = {
        (found, words, kind): stop
        for stop, kind, words in said(chinese_walk)
        if not CODE.match(words)
        for found in LATIN.findall(TYPED.sub("", PLACE.sub("", words)))
        if found not in ALLOWED
    }
    assert left == {}


@ENGLISH
def test_nothing_chinese_is_left_in_english(english_walk: Memory) -> None:
    left = {
        (words, kind): stop for stop, kind, words in said(english_walk) if HAN.search(words) and words not in LANGUAGES
    }
    assert left == {}


# --- an office without the internet ---


def test_no_request_leaves_the_server(walk: Memory) -> None:
    assert walk.requests > ENOUGH
    assert not walk.left


def test_nothing_fails_in_the_console(walk: Memory) -> None:
    assert not [line for line in walk.console if not USUAL.search(line)]


def test_every_answer_carries_the_security_headers(walk: Memory) -> None:
    assert not walk.unprotected
