"""Amounts of money: typed as people write them, kept as whole fen, shown as yuan."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

MOST = 10**13
_SHAPE = re.compile(r"\d+(\.\d{1,2})?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))
_GROUPS = ((10**8, "亿"), (10**4, "万"), (1, ""))


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


def capital(fen: int) -> str:
    """An amount in the capital numerals of bills: 1234550 → 壹万贰仟叁佰肆拾伍元伍角整 (0 <= fen < MOST)."""
    whole, tenths, cents = fen // 100, fen // 10 % 10, fen % 10
    text = f"{_capital_whole(whole)}元" if whole else ""
    if not fen % 100:
        return f"{text or '零元'}整"
    if tenths:
        text += f"{_DIGITS[tenths]}角"
    elif text:
        text += "零"
    return f"{text}{_DIGITS[cents]}分" if cents else f"{text}整"


def _capital_whole(number: int) -> str:
    """Groups of four digits, a single 零 for every gap between them."""
    text = ""
    for size, unit in _GROUPS:
        group, number = divmod(number, size)
        if group:
            gap = "零" if text and group < 1000 else ""
            text += f"{gap}{_capital_group(group)}{unit}"
    return text


def _capital_group(group: int) -> str:
    text = ""
    for size, unit in _PLACES:
        digit, rest = group // size % 10, group % size
        if digit:
            text += f"{_DIGITS[digit]}{unit}"
        elif text and rest and not text.endswith("零"):
            text += "零"
    return text
