"""Numbers of identity cards: known by their form and check digit, never brought in (PIPL Art. 6, 28)."""

import re
from collections.abc import Sequence

from db.rules.case_import import half_width, plain

HEADINGS = ("身份证", "身份证号", "身份证号码", "证件号", "证件号码", "公民身份号码", "idcard", "idnumber", "idno")
MASK = "*" * 18
MOSTLY = 0.5
_NUMBER = re.compile(r"(?<![0-9０-９A-Za-z])[1-8１-８][0-9０-９]{16}[0-9０-９XxＸｘ](?![0-9０-９A-Za-z])")
_FORM = re.compile(r"[1-8]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def is_identity_number(text: str) -> bool:
    """Whether a text is one number of an identity card (GB 11643: place, day of birth, order, check digit)."""
    number = half_width(text).strip().lstrip("'").upper()
    if _FORM.fullmatch(number) is None:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECKS[total % 11] == number[17]


def masked(text: str) -> str:
    """The text with every number of an identity card in it made unreadable."""
    return _NUMBER.sub(lambda found: MASK if is_identity_number(found[0]) else found[0], text)


def is_identity_column(heading: str, values: Sequence[str]) -> bool:
    """Whether a column holds such numbers: by its heading, or because most of its cells are some."""
    if plain(heading).endswith(HEADINGS):
        return True
    filled = [value for value in values if value.strip()]
    return bool(filled) and sum(map(is_identity_number, filled)) > MOSTLY * len(filled)
