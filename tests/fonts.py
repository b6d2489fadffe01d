"""The shipped Chinese font, cut out of Noto Sans CJK SC: `python -m tests.fonts`, once when the characters change.

Source: NotoSansCJK-Regular.ttc 2.004 of Debian's fonts-noto-cjk 1:20220127, third font of the collection (SC).
Characters: GB 2312, 通用规范汉字表 of 2013 (what it has beyond GB 2312 stands in more_characters.txt, taken from the
kTGHZ2013 readings of pypinyin-dict 0.9.0, MIT), Latin, punctuation and the signs offices write. No hints: nothing
that draws pictures uses them. A name of its own, because an altered font may not bear its source's name everywhere.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from db.documents.chart_fonts import FAMILY, FONT, FONTS

SOURCE, SIMPLIFIED = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), 2
# Latin, punctuation, currency, ℃ and №, arrows, mathematics, ①, boxes, 、。《》, ㈠ ㎡, full-width forms.
BLOCKS = (
    *((0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x205F), (0x20A0, 0x20BF), (0x2100, 0x217F), (0x2190, 0x21FF)),
    *((0x2200, 0x226F), (0x2460, 0x24FF), (0x2500, 0x25FF), (0x2605, 0x2606), (0x2610, 0x2611), (0x2713, 0x2717)),
    *((0x3000, 0x303F), (0x3200, 0x33FF), (0xFF01, 0xFFEF)),
)
NAMES = {1: FAMILY, 3: f"{FAMILY} 1.0", 4: FAMILY, 6: FONT.stem, 16: FAMILY}


def gb_2312() -> set[str]:
    """Everything that standard holds, its signs too."""
    rows, places = range(0xA1, 0xF8), range(0xA1, 0xFF)
    return set("".join(bytes((row, place)).decode("gb2312", "ignore") for row in rows for place in places))


def characters() -> set[str]:
    """Everything the font is to hold, as far as its source does."""
    more = (FONTS / "more_characters.txt").read_text("utf-8")
    signs = {chr(code) for first, last in BLOCKS for code in range(first, last + 1)}
    return gb_2312() | signs | set("".join(more.split()))


def make(source: Path) -> None:
    """Write the font file."""
    options = subset.Options()
    options.hinting, options.layout_features = False, ["kern", "ccmp"]
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    with TTFont(source, fontNumber=SIMPLIFIED) as font:
        cut = subset.Subsetter(options)
        cut.populate(unicodes=[ord(one) for one in characters()])
        cut.subset(font)
        for record in list(font["name"].names):
            if record.nameID in NAMES:
                record.string = NAMES[record.nameID]
        top = font["CFF "].cff
        top.fontNames = [FONT.stem]
        top.topDictIndex[0].FamilyName, top.topDictIndex[0].FullName = FAMILY, FAMILY
        font.save(FONT)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE)
