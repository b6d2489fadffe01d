"""What is typed into a rubric: numbers and names, checked beside their fields, kept as text."""

import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from db.rules.problems import N_, Check
from db.rules.scoring.rubric import NOT_NEGATIVE
from db.rules.text import is_fit_line

Document = Mapping[str, Any]
Line = dict[str, Any]
Typed = Mapping[str, Any]

MOST = Decimal(1_000_000)
LONGEST_NAME, LONGEST_ENGLISH, LONGEST_SOURCE = 60, 100, 200
_CENT = Decimal("0.01")
NUMBER = N_("Write a number with at most two decimals.")


def number_of(typed: object) -> Decimal | None:
    """A number as typed, half or full width, with at most two decimals; None when it is none."""
    text = unicodedata.normalize("NFKC", str(typed)).strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= MOST or number != number.quantize(_CENT):
        return None
    return number


def plain(number: Decimal | None) -> str:
    """A number as a document keeps it: 0.5, 10, 100."""
    return "" if number is None else f"{number.normalize():f}"


def check_number(check: Check, field: str, typed: object, *, empty: bool = False) -> Decimal | None:
    """The number of a field, 0 or more; None where it is wrong, or empty and may be."""
    if typed is None or not str(typed).strip():
        check.that(empty, field, NUMBER)
        return None
    number = number_of(typed)
    if not check.that(number is not None, field, NUMBER) or number is None:
        return None
    return number if check.that(number >= 0, field, NOT_NEGATIVE) else None


def check_names(check: Check, typed: Typed) -> Line:
    """The names of a line."""
    name, english = words(typed, "name").strip(), words(typed, "name_en").strip()
    fits = 0 < len(name) <= LONGEST_NAME and is_fit_line(name)
    check.that(fits, "name", N_("Give a name of at most {most} characters."), most=LONGEST_NAME)
    fits = len(english) <= LONGEST_ENGLISH and is_fit_line(english)
    check.that(fits, "name_en", N_("At most {most} characters."), most=LONGEST_ENGLISH)
    source = words(typed, "source").strip()
    fits = len(source) <= LONGEST_SOURCE and is_fit_line(source)
    check.that(fits, "source", N_("At most {most} characters."), most=LONGEST_SOURCE)
    return {"name": name, "name_en": english}


def words(line: Typed, name: str) -> str:
    """A text of a line, "" where there is none."""
    value = line.get(name)
    return "" if value is None else str(value)
