"""Charts as pictures: they explain themselves, and their Chinese is Chinese where no font is installed."""

import base64
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import vl_convert
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont
from PIL import Image

from db.documents import chart_fonts
from db.documents import chart_pictures as pictures
from db.documents import chart_words as words
from db.engine import Database
from db.rules.briefings.chart import Words
from tests.drawn import a_drawn, counted, entries, samples
from tests.fonts import characters, gb_2312

ROOT = Path(__file__).parent.parent
# A drawing is asked for its words in both languages; these are drawn in pixels, too.
DRAWN = {("zh", name) for name in ("bar", "heat", "table", "figure", "many", "nothing")}
sqlite_only = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
LETTERS = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40">'
    '<text x="5" y="30" font-size="24" font-family="{families}">{letter}</text></svg>'
)


def known() -> set[str]:
    """Every character the shipped font has."""
    with TTFont(chart_fonts.FONT, lazy=True) as font:
        return set(map(chr, font.getBestCmap()))


def image(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def text_of(svg: bytes) -> str:
    return "\n".join(re.findall(r">([^<>]+)<", svg.decode()))


# --- the font ---


def test_the_font_has_what_offices_write() -> None:
    font = known()
    assert gb_2312() <= font
    more = set("".join((chart_fonts.FONTS / "more_characters.txt").read_text("utf-8").split()))
    assert len(more) == 1_467
    assert more <= font
    assert font <= characters() | {"\u2011"}
    assert set("①⑳℃№㎡“”‘’—…·《》【】％＋－０９Ａｚ〇") <= font
    assert chart_fonts.FONT.stat().st_size < 3_000_000


def test_the_font_has_every_word_of_ours() -> None:
    with (ROOT / "locale/zh/LC_MESSAGES/linli.po").open("rb") as file:
        said = {str(message.string) for message in read_po(file, locale="zh")}
    said |= {path.read_text("utf-8") for path in (ROOT / "db/presets").glob("*.toml")}
    assert {one for text in said for one in text if one.isprintable()} - known() == set()


def test_an_altered_font_bears_its_own_name_and_its_licence() -> None:
    with TTFont(chart_fonts.FONT) as font:
        names = {record.nameID: str(record) for record in font["name"].names}
    assert names[1] == names[4] == chart_fonts.FAMILY
    assert "Adobe" in names[0]
    licence = (chart_fonts.FONTS / "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in licence
    assert names[0].split("(")[0].strip() in licence


# --- lines ---


def test_lines_break_at_spaces_and_never_before_a_closing_sign() -> None:
    text = "本期登记的件数，含当场答复的；不含举报件。"
    for width in range(40, 300, 7):
        lines = chart_fonts.lines_of(text, width, 12)
        assert "".join(lines) == text
        assert not [line for line in lines if line[0] in "，；。"]
        assert all(chart_fonts.width_of(line, 12) <= width for line in lines)
    assert chart_fonts.lines_of("Cases by channel", 60, 12) == ["Cases by", "channel"]
    assert "".join(chart_fonts.lines_of("x" * 50, 60, 12)) == "x" * 50
    assert chart_fonts.lines_of("", 60, 12) == []


# --- pictures ---


@sqlite_only
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_is_a_picture_that_explains_itself(database: Database, language: str) -> None:
    for name, drawn in samples().items():
        content = pictures.svg(drawn, language)
        told = text_of(content).replace("\n", "").replace(" ", "")
        for part in (
            words.headline(drawn, language),
            words.caption(drawn, language),
            words.definition(drawn, language),
        ):
            assert part.replace(" ", "") in told.replace("&lt;", "<"), (name, part)
        if (language, name) not in DRAWN:
            continue
        drawing = image(pictures.png(drawn, language, scale=1))
        assert drawing.width == pictures.WIDTH
        assert drawing.height >= pictures.HEIGHT
        assert len(drawing.getcolors(1_000_000) or []) > 20, name


@sqlite_only
def test_a_long_table_says_how_much_of_it_is_left_out(database: Database) -> None:
    rows = tuple((str(n), f"第{n}片", f"Area {n}") for n in range(60))
    drawn = a_drawn(kind="table", at=entries(rows), cells=counted(rows))
    assert "… and 20 more rows" in text_of(pictures.svg(drawn, "en"))


@sqlite_only
def test_what_people_typed_is_text(database: Database) -> None:
    typed = "<script>&amp; \" ' =1+1 😀 㐀"
    content = pictures.svg(a_drawn(title=Words(typed, typed)), "zh")
    assert b"<script>" not in content
    assert "&lt;script&gt;&amp;amp;" in content.decode()
    pictures.png(a_drawn(title=Words(typed * 20, typed)), "zh")


@sqlite_only
def test_a_drawing_brings_along_the_letters_it_uses(database: Database) -> None:
    content = pictures.svg(a_drawn(), "zh").decode()
    found = re.search(r"url\(data:font/woff;base64,([^)]+)\)", content)
    assert found
    with TTFont(io.BytesIO(base64.b64decode(found[1]))) as font:
        assert set("本期来件按渠道热线转办巡查发现，。0123568") <= set(map(chr, font.getBestCmap()))
    assert "http" not in content.replace("http://www.w3.org/", "")
    assert set(re.findall(r'font-family="([^"]*)"', content)) == {chart_fonts.FAMILIES}
    assert len(content) < 60_000


def drawn_letter(letter: str, families: str = chart_fonts.FAMILY) -> bytes:
    chart_fonts.register()
    return bytes(vl_convert.svg_to_png(LETTERS.format(families=families, letter=letter)))


def test_characters_are_told_apart() -> None:
    drawn = [drawn_letter(letter) for letter in "柳林村喆囧℃①a"]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.skipif(os.name != "posix" or not shutil.which("unshare"), reason="needs a room without fonts")
def test_they_are_without_any_font_installed() -> None:
    """The same pixels where /usr/share/fonts is empty; without our font all of them are the same box."""
    here = (
        "import hashlib; from tests.test_chart_pictures import drawn_letter as d; from db.documents import chart_fonts"
    )
    told = "print(*(hashlib.sha256(d(x)).hexdigest() for x in '柳林'))"
    unregistered = f"{here}; chart_fonts.register = lambda: None; {told}"
    empty = "mount -t tmpfs none /usr/share/fonts && exec "
    outcomes = []
    for code in (f"{here}; {told}", unregistered):
        words_ = ["unshare", "--mount", "sh", "-c", f'{empty} "$0" -c "$1"', sys.executable, code]
        done = subprocess.run(words_, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode and ("unshare:" in done.stderr or "mount:" in done.stderr):
            pytest.skip("this machine lets nobody hide its fonts")
        assert done.returncode == 0, done.stderr
        outcomes.append(done.stdout.split())
    assert outcomes[0][0] != outcomes[0][1]
    assert outcomes[1][0] == outcomes[1][1]
