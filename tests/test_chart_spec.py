"""Charts as Vega-Lite: every kind compiles, hidden figures never become numbers, colours are those of the screen."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import vl_convert

from db.documents import chart_spec
from db.documents.chart_looks import DARK, LIGHT, PAPER
from db.rules.briefings.chart import Cell, ChartKind, Drawn, Entry, Words
from tests.drawn import MONTHS, UNITS, a_drawn, counted, entries, samples

EVERY = samples() | {
    "stacked_before": a_drawn(
        kind=ChartKind.STACKED, compared=True, what=entries(UNITS), cells=counted(MONTHS, UNITS), at=entries(MONTHS)
    ),
    "lines_before": a_drawn(
        kind=ChartKind.LINE, compared=True, what=entries(UNITS), cells=counted(MONTHS, UNITS), at=entries(MONTHS)
    ),
    "bars_before": a_drawn(compared=True, what=entries(UNITS), cells=counted(MONTHS, UNITS), at=entries(MONTHS)),
    "unknown": a_drawn(kind="pie"),
}


def spec_of(drawn: Drawn, language: str = "zh", **more: Any) -> dict[str, Any]:
    """As wide as a page, as tall as it likes to be."""
    return chart_spec.vega(drawn, language, width=640, height=chart_spec.tall(drawn, language, width=640), **more)


@pytest.mark.parametrize("name", EVERY)
def test_every_kind_becomes_a_picture(name: str) -> None:
    assert vl_convert.vegalite_to_svg(spec_of(EVERY[name], "en")).startswith("<svg")


@pytest.mark.parametrize("name", ["bar_before", "stacked", "lines", "heat", "figure", "table", "nothing"])
def test_marks_can_be_clicked_and_words_cannot(name: str) -> None:
    clickable = spec_of(EVERY[name], clickable=True, look=DARK)
    vl_convert.vegalite_to_vega(clickable)
    words_only = name in ("figure", "table", "nothing")
    assert ('"name": "chosen"' in json.dumps(clickable)) is not words_only


def test_a_hidden_figure_is_told_and_never_a_number() -> None:
    rows = spec_of(EVERY["hidden"])["data"]["values"]
    hidden = [row for row in rows if row["at"] in ("letter", "online")]
    assert [(row["n"], row["said"]) for row in hidden] == [(None, "*"), (None, "*")]
    assert vl_convert.vegalite_to_svg(spec_of(EVERY["hidden"])).count(">*</text>") == 2


def test_a_pile_with_a_hidden_piece_says_so_at_its_end() -> None:
    cells = (Cell("visit", "u1", 7.0, 7), Cell("visit", "u2", None, 0, hidden=True))
    drawn = a_drawn(
        kind=ChartKind.STACKED, at=entries((("visit", "来访", "Visit"),)), below=5, cells=cells, what=entries(UNITS[:2])
    )
    assert "7 + *" in vl_convert.vegalite_to_svg(spec_of(drawn))


def test_shares_are_never_piled_up() -> None:
    drawn = a_drawn(kind=ChartKind.STACKED, unit="rate", what=entries(UNITS), cells=counted(MONTHS, UNITS))
    assert "begins" not in spec_of(drawn)["data"]["values"][0]


def test_long_names_lie_and_months_stand() -> None:
    assert spec_of(EVERY["many"])["encoding"]["y"]["field"] == "place"
    assert spec_of(a_drawn(at=entries(MONTHS), cells=counted(MONTHS)))["encoding"]["x"]["field"] == "place"
    units = tuple(Entry(str(pk), Words(f"单位的长名称{pk}", f"Unit with a long name {pk}")) for pk in range(1001, 1012))
    assert not chart_spec.is_time(a_drawn(at=units))


def test_text_that_looks_like_a_formula_or_a_tag_stays_text() -> None:
    names = (("x", "<b>=1+1</b>", "<b>=1+1</b>"), ("y", "datum.n", "datum.n"))
    svg = vl_convert.vegalite_to_svg(spec_of(a_drawn(at=entries(names), cells=counted(names)), "en"))
    assert "&lt;b&gt;=1+1&lt;/b&gt;" in svg
    assert "datum.n" in svg


def test_a_click_tells_place_series_and_period() -> None:
    row = spec_of(EVERY["bar_before"], clickable=True)["data"]["values"][-1]
    assert (row["at"], row["what"], row["then"]) == ("patrol", "", "before")


def test_colours_are_those_of_the_screens() -> None:
    config = tomllib.loads((Path(__file__).parent.parent / ".streamlit/config.toml").read_text(encoding="utf-8"))
    for look, theme in ((PAPER, "light"), (LIGHT, "light"), (DARK, "dark")):
        assert list(look.series[:6]) == config["theme"][theme]["chartCategoricalColors"]
        assert list(look.shades) == config["theme"][theme]["chartSequentialColors"]
        assert look.ink == config["theme"][theme]["textColor"]
        assert look.grey == config["theme"][theme]["grayTextColor"]
    assert spec_of(EVERY["bar"])["config"]["locale"]["time"]["months"][0] == "一月"


def test_bars_that_lie_close_carry_no_figures() -> None:
    drawn = a_drawn(at=entries(UNITS), cells=counted(UNITS), compared=True, before=counted(UNITS))
    printed = [
        chart_spec.vega(drawn, "zh", width=330, height=height)["layer"][-1]["data"]["values"] for height in (120, 400)
    ]
    assert [len(one) for one in printed] == [0, 8]


def test_no_tick_of_a_share_is_beyond_all() -> None:
    axis = spec_of(EVERY["rate"])["layer"][0]["encoding"]["x"]["axis"]
    assert axis["values"] == [0, 0.25, 0.5, 0.75, 1]
