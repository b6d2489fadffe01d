"""The font that leaves with charts: registered for pictures, cut down to the letters used inside an SVG."""

import base64
import io
import re
from functools import cache, lru_cache
from pathlib import Path

import vl_convert
from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Linli Sans SC"
FONTS = Path(__file__).parent / "fonts"
FONT = FONTS / "LinliSansSC-Regular.otf"
# Programs that ignore a font inside a picture take the next one they know.
FAMILIES = f"{FAMILY}, Noto Sans SC, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, SimHei, sans-serif"
# A word, or one character, with the signs that may not begin a line.
_PIECES = re.compile(r"[\x21-\u2e7f]+\s*|[\u2e80-\uffff][，。、；：？！）》」』】％…]*\s*|.", re.DOTALL)


@cache
def register() -> None:
    """Let the drawing library know the font, once for the process."""
    vl_convert.register_font_directory(str(FONTS))


@cache
def _advances() -> tuple[dict[int, int], int]:
    """How wide each character is, and how many units an em has."""
    with TTFont(FONT, lazy=True) as font:
        widths, names = font["hmtx"].metrics, font.getBestCmap()
        return {code: widths[name][0] for code, name in names.items()}, int(font["head"].unitsPerEm)


def width_of(text: str, size: float) -> float:
    """How wide a line is in this font, in the unit of its size."""
    advances, em = _advances()
    return sum(advances.get(ord(letter), em) for letter in text) * size / em


def lines_of(text: str, width: float, size: float) -> list[str]:
    """A text in lines of a width: broken at spaces and between characters, never before a closing sign."""
    lines, filled = [""], 0.0
    for piece in _PIECES.findall(" ".join(text.split())):
        for part in piece if width_of(piece.rstrip(), size) > width else (piece,):
            if lines[-1] and filled + width_of(part.rstrip(), size) > width:
                lines.append("")
                filled = 0.0
            lines[-1] += part
            filled += width_of(part, size)
    return [line.strip() for line in lines if line.strip()]


@lru_cache(maxsize=32)
def embedded(letters: str) -> str:
    """A font of these characters only as a data address (WOFF), for @font-face."""
    options = subset.Options()
    options.layout_features, options.flavor = ["kern"], "woff"
    options.notdef_outline = True
    with TTFont(FONT, lazy=True) as font:
        cut = subset.Subsetter(options)
        cut.populate(text=letters)
        cut.subset(font)
        out = io.BytesIO()
        font.flavor = "woff"
        font.save(out)
    return "data:font/woff;base64," + base64.b64encode(out.getvalue()).decode()
