"""Amounts of money: typed as people write them, kept as whole fen, shown as yuan."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

MOST = 10**13
_SHAPE = re.compile(r"\d+(\.\d{1,2})?")


def fen_of(typed: str) -> int | None:
    """Whole fen of an amount in yuan, half or full width, with or without ￥, 元 and separators; None when it is none.

    0 <= amount < 10^11 yuan; "" is 0. Never a float.
    """
    plain = unicodedata.normalize("NFKC", typed).replace(",", "").replace(" ", "").removeprefix("¥").removesuffix("元")
    if not plain:
        return 0
    if not _SHAPE.fullmatch(plain):
        return None
    try:
        fen = int(Decimal(plain) * 100)
    except InvalidOperation:
        return None
    return fen if fen < MOST else None


def yuan(fen: int) -> str:
    """An amount as read: 1234550 → 12,345.50."""
    return f"{fen // 100:,}.{fen % 100:02d}"
