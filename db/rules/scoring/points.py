"""Points: exact fractions inside, decimals as typed, one decimal shown."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

MOST = Decimal(1000)
_SHAPE = re.compile(r"\d+(\.\d{1,2})?")
_TENTH = Decimal("0.1")


def points_of(typed: str) -> Decimal | None:
    """Points as typed, half or full width, with at most two decimals; None when they are none. 0 <= points < 1000."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    if not _SHAPE.fullmatch(plain):
        return None
    points = Decimal(plain)
    return points if points < MOST else None


def total_of(points: Iterable[Decimal | Fraction]) -> Fraction:
    """An exact sum."""
    # Points as typed are short decimals: adding those up is exact, and ten times as fast as adding fractions.
    decimals, fractions = Decimal(), Fraction()
    for one in points:
        if isinstance(one, Decimal):
            decimals += one
        else:
            fractions += one
    return fractions + Fraction(decimals)


def shown(points: Decimal | Fraction) -> Decimal:
    """As shown and ranked: one decimal, half up, rounded once and from the exact value."""
    exact = Fraction(points)
    # Whole tenths first: a decimal quotient of thirds would be cut before it is rounded.
    tenths, rest = divmod(abs(exact) * 10, 1)
    rounded = Decimal(int(tenths) + (1 if rest * 2 >= 1 else 0)) * _TENTH
    return (-rounded if exact < 0 and rounded else rounded).quantize(_TENTH, ROUND_HALF_UP)
