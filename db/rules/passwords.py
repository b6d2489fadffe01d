"""Which passwords are taken, how one is made ready for hashing, and how long failed tries must wait."""

import base64
import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from pathlib import Path

from db.rules.problems import Check

SHORTEST, LONGEST = 8, 128
SHORTEST_NAME, LONGEST_NAME = 2, 40
PRODUCT_WORDS = ("linli", "邻里")
FIRST_PASSWORD_LASTS = timedelta(hours=24)
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
_COMMON = Path(__file__).parent.parent / "presets" / "common_passwords.txt"


def normal(text: str) -> str:
    """One form for every way a keyboard may send the same characters (full width, composed)."""
    return unicodedata.normalize("NFKC", text)


def normal_username(typed: str) -> str:
    """A user name as it is stored and looked up: no spaces at the ends, lower case."""
    return normal(typed).strip().lower()


def ready_to_hash(password: str) -> str:
    """44 characters that stand for the whole password; bcrypt alone stops after 72 bytes."""
    return base64.b64encode(hashlib.sha256(normal(password).encode()).digest()).decode()


@cache
def common() -> frozenset[str]:
    """Passwords too many people use, in lower case."""
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("# "))


def check_username(typed: str, *, field: str = "username") -> None:
    """Raise Problems unless the name can be signed in with."""
    name = normal_username(typed)
    check = Check()
    check.that(
        SHORTEST_NAME <= len(name) <= LONGEST_NAME,
        field,
        "A user name has {low} to {high} characters.",
        low=SHORTEST_NAME,
        high=LONGEST_NAME,
    )
    check.that(
        all(c.isalnum() or c in "._-" for c in name),
        field,
        "A user name has letters, digits, dots and dashes only.",
    )
    check.done()


def check_password(password: str, *, username: str, names: Iterable[str] = (), repeated: str | None = None) -> None:
    """Raise Problems unless the password is long enough, not common and without names people would guess.

    `names` are the office's and its units' names; any composition of characters is taken.
    """
    plain = normal(password)
    folded = plain.lower()
    check = Check()
    check.that(
        SHORTEST <= len(plain) <= LONGEST,
        "password",
        "A password has {low} to {high} characters.",
        low=SHORTEST,
        high=LONGEST,
    )
    check.that(plain == plain.strip(), "password", "A password can't begin or end with a space.")
    check.that(not _is_common(folded), "password", "Too many people use this password. Choose another one.")
    check.that(
        normal_username(username) not in folded if username else True,
        "password",
        "A password can't contain the user name.",
    )
    check.that(
        not any(name in folded for name in _guessable(names)),
        "password",
        "A password can't contain the name of the office, of a unit or of this program.",
    )
    if repeated is not None:
        check.that(repeated == password, "repeated", "The two passwords differ.")
    check.done()


def wait_after(failures: int, allowed: int) -> timedelta:
    """How long the next try waits: not below `allowed` failures, then doubling up to a quarter of an hour."""
    if failures < allowed:
        return timedelta(0)
    doublings = min(failures - allowed, 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _is_common(folded: str) -> bool:
    return folded in common() or len(set(folded)) <= 2


def _guessable(names: Iterable[str]) -> set[str]:
    """Names worth refusing: two Chinese characters or four Latin letters; shorter ones occur by chance."""
    folded = {normal(name).strip().lower() for name in (*PRODUCT_WORDS, *names)}
    return {name for name in folded if len(name) >= (4 if name.isascii() else 2)}
