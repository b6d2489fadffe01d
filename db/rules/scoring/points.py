"""Points: exact fractions inside, decimals as typed, one decimal shown."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

MOST = Decimal(1000)
_SHAPE = re.compile(r"\d+(\.\d{1,2})?")


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
    exact = points if isinstance(points, Fraction) else Fraction(points)
    # Whole numbers only: a decimal quotient of thirds would be cut before it is rounded.
    tenths = (abs(exact.numerator) * 20 + exact.denominator) // (2 * exact.denominator)
    return Decimal(-tenths if exact.numerator < 0 else tenths).scaleb(-1)
