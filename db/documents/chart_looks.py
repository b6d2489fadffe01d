"""What charts look like on paper, on a light and on a dark screen: colours, fonts, and dates and numbers in Chinese."""

from dataclasses import dataclass, replace
from typing import Any

FONT = "Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
_ZH_TIME = {
    "dateTime": "%x %X",
    "date": "%Y年%-m月%-d日",
    "time": "%H:%M:%S",
    "periods": ["上午", "下午"],
    "days": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    "shortDays": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
    "months": [f"{n}月" for n in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")],
    "shortMonths": [f"{n}月" for n in range(1, 13)],
}
_ZH_NUMBER = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["¥", ""]}


@dataclass(frozen=True)
class Look:
    """Colours of one ground; series and shades as in .streamlit/config.toml, told apart by every reader.

    `ground` is drawn, `halo` is what lies under the chart and parts marks that touch. After the first six, series get
    softer colours, which lie far enough from one another but nearer to the first.
    """

    ground: str
    halo: str
    ink: str
    grey: str
    line: str
    quiet: str
    series: tuple[str, ...]
    shades: tuple[str, ...]


PAPER = Look(
    ground="#FFFFFF",
    halo="#FFFFFF",
    ink="#1C2B2E",
    grey="#4D5B5C",
    line="#DCE5E3",
    quiet="#AFC3C0",
    series=(
        *("#0F6B6B", "#C4821A", "#7088E6", "#5A1238", "#33307A", "#7E4210"),
        *("#8FC7B8", "#E3B7C8", "#9AA5A8", "#D8C38A"),
    ),
    shades=(
        *("#E3F1EF", "#C3E1DD", "#A0CFCA", "#7CBCB7", "#59A8A3"),
        *("#38938F", "#1E7F7D", "#0F6B6B", "#0A5556", "#063F41"),
    ),
)
LIGHT = replace(PAPER, ground="transparent")
DARK = Look(
    ground="transparent",
    halo="#12191A",
    ink="#E4ECEB",
    grey="#B4C0BF",
    line="#2B3839",
    quiet="#4B6163",
    series=(
        *("#45B3AC", "#F2DC6B", "#6674CC", "#C65A4C", "#9FF0EC", "#D9A03A"),
        *("#7FA08F", "#B48FA8", "#8E9C9D", "#A79660"),
    ),
    shades=(
        *("#0D3B3C", "#115051", "#176565", "#217A79", "#2F908D"),
        *("#45A6A1", "#65BAB5", "#8CCDC8", "#B3DFDB", "#D9F0ED"),
    ),
)


def locale(language: str) -> dict[str, Any]:
    """How Vega writes dates and numbers in this language; nothing for English, which it knows."""
    return {"locale": {"time": _ZH_TIME, "number": _ZH_NUMBER}} if language == "zh" else {}


def config(look: Look, language: str) -> dict[str, Any]:
    """The configuration of a chart that brings its own look along, wherever it is drawn."""
    text = {"labelColor": look.grey, "titleColor": look.grey, "labelFontSize": 12, "titleFontSize": 12}
    return {
        "font": FONT,
        "background": look.ground,
        "aria": False,
        "mark": {"aria": False},
        "view": {"stroke": None},
        "axis": text
        | {"titleFontWeight": "normal", "gridColor": look.line, "domainColor": look.line, "tickColor": look.line},
        "legend": text | {"symbolType": "square", "labelFontSize": 12},
        "range": {"category": list(look.series), "heatmap": list(look.shades), "ramp": list(look.shades)},
        **locale(language),
    }


def paler(colour: str) -> str:
    """The colour half way to white: the other period beside this one."""
    return "#" + "".join(f"{(int(colour[at : at + 2], 16) + 255) // 2:02X}" for at in (1, 3, 5))


def on_top(colour: str) -> str:
    """Black or white, whichever is read better on this colour."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return "#FFFFFF" if 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.25 else "#10191A"
