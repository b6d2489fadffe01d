"""Figures of a chart in words: counts, rates, hidden ones, changes, captions and the table, in both languages."""

from dataclasses import replace
from datetime import date

import pytest

from db.documents import chart_words as words
from db.engine import Database
from db.rules.briefings.chart import Cell, Entry, Words
from tests.drawn import a_drawn, samples

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
COUNTED, NOT_COUNTED = Cell("a", "", 1234.0, 1234), Cell("a", "", None, 0, 0)


@pytest.mark.parametrize(
    ("cell", "unit", "told"),
    [
        (COUNTED, "count", "1,234"),
        (Cell("a", "", 0.125, 1, 8), "rate", "12.5%"),
        (Cell("a", "", 3.456, 9), "days", "3.5"),
        (Cell("a", "", 1200.0, 2), "yuan", "1,200"),
        (Cell("a", "", 1200.5, 2), "yuan", "1,200.50"),
        (Cell("a", "", 86.25, 1), "points", "86.2"),
        (NOT_COUNTED, "rate", "–"),
        (Cell("a", "", None, 0, hidden=True), "count", "*"),
        (Cell("a", "", None, 0, 0, hidden=True), "rate", "*"),
        (None, "count", "0"),
        (None, "rate", "–"),
    ],
)
def test_a_figure_is_written_one_way(engine_name: str, cell: Cell | None, unit: str, told: str) -> None:
    assert words.shown(cell, a_drawn(unit=unit, below=5), "en") == told


def test_a_small_figure_that_stands_alone_says_below_what(engine_name: str) -> None:
    small = Cell("", "", None, 0, hidden=True)
    drawn = replace(samples()["figure"], cells=(small,), total=small, below=5)
    assert words.figure(drawn.total, drawn, "en") == "<5"
    assert words.notes(drawn, "en") == ("Numbers below 5 are not shown, so that nobody can be recognised.",)


def test_a_figure_alone_carries_its_unit(engine_name: str) -> None:
    assert words.figure(Cell("", "", 3.5, 2), a_drawn(unit="days"), "en") == "3.5 days"
    assert words.figure(NOT_COUNTED, a_drawn(unit="days"), "en") == "–"
    assert words.worked_out(Cell("", "", 0.3, 12, 40), "en") == "12 out of 40"
    assert words.worked_out(Cell("", "", None, 0, 40, hidden=True), "en") == ""


@pytest.mark.parametrize(
    ("unit", "now", "before", "told"),
    [
        ("count", 28.0, 25.0, "+3, +12%"),
        ("count", 20.0, 25.0, "-5, -20%"),
        ("count", 3.0, 0.0, "+3"),
        ("count", 25.0, 25.0, "no change"),
        ("days", 2.04, 2.0, "no change"),
        ("rate", 0.58, 0.52, "+6.0 percentage points"),
    ],
)
def test_a_change_tells_how_far_and_how_much(engine_name: str, unit: str, now: float, before: float, told: str) -> None:
    drawn = a_drawn(unit=unit, total=Cell("", "", now, 1, 1), total_before=Cell("", "", before, 1, 1))
    assert words.change(drawn, "en") == told


def test_nothing_is_said_of_a_change_that_would_give_a_hidden_figure_away(engine_name: str) -> None:
    drawn = a_drawn(total=Cell("", "", 28.0, 28), total_before=Cell("", "", None, 0, hidden=True))
    assert words.change(drawn, "en") == ""
    assert words.change(a_drawn(), "en") == ""


def test_the_caption_tells_days_filters_and_the_moment(database: Database) -> None:
    told = words.caption(a_drawn(), "en")
    assert told == "2026-11-01 to 2026-11-15 · Place: Liulin village, Dongba village · as of 2026-11-16 09:30"
    assert "compared with 2026-10-16 to 2026-10-31" in words.caption(a_drawn(compared=True), "en")
    assert words.caption(a_drawn(filters=(), first=None, last=None), "en").startswith("all days · as of")


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2026, 11, 1), date(2026, 11, 1), "2026-11-01"),
        (date(2026, 11, 1), None, "2026-11-01 and later"),
        (None, date(2026, 11, 1), "until 2026-11-01"),
    ],
)
def test_days_with_open_ends(engine_name: str, first: date | None, last: date | None, told: str) -> None:
    assert words.days(first, last, "en") == told


def test_what_must_be_known_stands_below(engine_name: str) -> None:
    drawn = samples()
    assert words.notes(drawn["bar"], "en") == ()
    assert words.notes(drawn["nothing"], "en") == ("Nothing was counted for this question.",)
    assert words.notes(drawn["hidden"], "en")[0].startswith("* stands for a number below 5")
    assert words.notes(drawn["many"], "en") == ("The 7 smallest stand together as one.",)
    assert words.definition(drawn["rate"], "en").startswith("Finished in time: Cases finished")


def test_the_table_has_every_figure_and_what_it_stands_beside(engine_name: str) -> None:
    heads, rows = words.table(samples()["bar_before"], "en")
    assert heads == ["Channel", "2026-11-01 to 2026-11-15", "2026-10-16 to 2026-10-31"]
    assert rows[0] == ["Visit", "8", "5"]
    heads, rows = words.table(samples()["table"], "en")
    assert len(heads) == 9
    assert heads[1:3] == ["Liulin village", "Liulin village (compared)"]
    assert len(words.table(replace(samples()["figure"]), "en")[1]) == 1


def test_two_places_of_one_name_are_told_apart_by_their_codes(engine_name: str) -> None:
    twice = tuple(Entry(code, Words("噪声", "Noise")) for code in ("noise", "noise_old"))
    assert words.named_places(a_drawn(at=twice), "en") == [
        ("noise", "Noise (noise)"),
        ("noise_old", "Noise (noise_old)"),
    ]


def test_a_chart_can_be_read_aloud(engine_name: str) -> None:
    assert words.spoken(samples()["hidden"], "en").startswith("Cases by channel: Visit 8; Letter *; Call ")
    assert words.headline(samples()["rate"], "en") == "Finished in time · Unit"
