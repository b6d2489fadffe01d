"""Small counts stay hidden: no sum a reader knows leaves a hidden figure only one value."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from db.rules.briefings.chart import Cell, ChartSpec, Drawn, Entry, Words
from db.rules.briefings.hiding import hide, is_small
from db.rules.briefings.recommending import REST

BELOW = 5
NONE = Words("", "")
Counts = Mapping[tuple[str, str], int]


def drawn(counts: Counts, of: Counts | None = None) -> Drawn:
    """A chart of these counts, or of these shares."""
    places = list(counts)
    cells = tuple(_cell(*place, counts[place], of[place] if of else None) for place in places)
    total = _cell("", "", sum(counts.values()), sum(of.values()) if of else None)
    return Drawn(
        spec=ChartSpec(register="cases", measure="received"), kind="bar", title=NONE, measure=NONE, definition=NONE,
        unit="rate" if of else "count", first=None, last=None, before_first=None, before_last=None, filters=(),
        at=tuple(Entry(code, NONE) for code in dict.fromkeys(at for at, _ in places)),
        what=tuple(Entry(code, NONE) for code in dict.fromkeys(what for _, what in places)),
        cells=cells, before=cells, total=total, total_before=total, as_of=datetime(2026, 11, 19, tzinfo=UTC),
    )  # fmt: skip


def _cell(at: str, what: str, n: int, of: int | None) -> Cell:
    if of is None:
        return Cell(at, what, n, n)
    return Cell(at, what, n / of if of else None, n, of)


def line(*values: int) -> dict[tuple[str, str], int]:
    """Counts along one axis."""
    return {(f"a{number}", ""): value for number, value in enumerate(values)}


def grid(*rows: tuple[int, ...]) -> dict[tuple[str, str], int]:
    """Counts by axis and series."""
    return {(f"a{i}", f"b{j}"): value for i, row in enumerate(rows) for j, value in enumerate(row)}


def values(chart: Drawn) -> list[float | None]:
    """What is shown, by code."""
    return [cell.value for cell in by_code(chart)]


def by_code(chart: Drawn) -> list[Cell]:
    """The figures wherever they stand."""
    return sorted(chart.cells, key=lambda cell: (cell.at, cell.what))


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        (line(7, 9), [7, 9], 16),
        (line(0, 9), [0, 9], 9),
        # One alone would be the total less the others: the smallest other goes with it.
        (line(2, 9, 30), [None, None, 30], 41),
        (line(2, 3, 30), [None, None, 30], 35),
        # 1 and 1 are two at least, and 2 in all: a third goes with them.
        (line(1, 1, 9), [None, None, None], 11),
        # Nothing is left to hide it behind.
        (line(3, 0), [None, 0], None),
        (line(1, 1, 1, 1, 1), [None] * 5, None),
    ],
)
def test_along_one_axis(counts: Counts, shown: list[float | None], total: float | None) -> None:
    chart = hide(drawn(counts), BELOW)
    assert values(chart) == shown
    assert chart.total.value == total
    assert (chart.before, chart.total_before, chart.below) == (chart.cells, chart.total, BELOW)


def test_a_figure_alone_is_hidden_when_it_is_small() -> None:
    for value, shown in ((0, 0), (1, None), (4, None), (5, 5)):
        assert hide(drawn({("", ""): value}), BELOW).total.value == shown


def test_a_share_is_hidden_with_what_it_is_of_or_its_part() -> None:
    chart = hide(drawn(line(2, 8, 30, 0), line(3, 20, 40, 0)), BELOW)
    assert values(chart) == [None, None, 0.75, None]
    assert [cell.hidden for cell in by_code(chart)] == [True, True, False, False]
    assert all((cell.n, cell.of) == (0, None) for cell in chart.cells if cell.hidden)
    # 3 of 20 may point at somebody as well as 3 of 3.
    assert hide(drawn(line(3, 20), line(20, 40)), BELOW).cells[0].hidden


def test_all_of_a_share_would_say_it_of_each() -> None:
    chart = hide(drawn(line(3, 20), line(3, 20)), BELOW)
    assert chart.cells[0].hidden
    assert chart.total.hidden


def test_a_chart_without_small_counts_is_shown_whole() -> None:
    chart = drawn(grid((7, 0, 12), (0, 6, 40)))
    assert hide(chart, BELOW).cells == chart.cells


# --- what a reader can work out ---


def _leaves_more_than_one(counts: Counts, chart: Drawn, below: int) -> None:
    """With every shown figure, row, column and total, each hidden count but 0 may be another."""
    rows, columns = ({place[side]: 0 for place in counts} for side in (0, 1))
    for (at, what), value in counts.items():
        rows[at] += value
        columns[what] += value
    by_row = hide(drawn({(code, ""): value for code, value in rows.items()}), below)
    by_column = hide(drawn({(code, ""): value for code, value in columns.items()}), below)
    hidden = [(cell.at, cell.what) for cell in chart.cells if cell.hidden]
    total = sum(counts.values())
    # Who knows that zeros are shown takes a hidden count for at least 1, unless everything is hidden.
    least = 0 if len(hidden) == len(counts) else 1
    for place in (one for one in hidden if counts[one]):
        model = cp_model.CpModel()
        unknown = {one: model.new_int_var(least, total + 5, str(one)) for one in hidden}
        number = {one: unknown.get(one, value) for one, value in counts.items()}
        for shown, side in ((by_row, 0), (by_column, 1)):
            for cell in shown.cells:
                if not cell.hidden:
                    model.add(sum(number[one] for one in number if one[side] == cell.at) == cell.n)
        if not (chart.total.hidden or by_row.total.hidden or by_column.total.hidden):
            model.add(sum(number.values()) == total)
        model.add(unknown[place] != counts[place])
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE), (place, counts)


SMALL = st.one_of(st.integers(0, 3), st.integers(0, 12))


@settings(max_examples=40)
@given(st.lists(SMALL, min_size=1, max_size=6))
@example([1, 5])
@example([1, 1, 1, 2])
@example([4, 0, 0])
def test_no_hidden_count_can_be_worked_out_along_one_axis(numbers: list[int]) -> None:
    counts = line(*numbers)
    chart = hide(drawn(counts), BELOW)
    for cell, value in zip(by_code(chart), numbers, strict=True):
        assert cell.hidden or not is_small(Cell("", "", None, value), BELOW)
        assert cell.hidden or cell.value == value
    if not chart.total.hidden:
        _leaves_more_than_one(counts, chart, BELOW)


@settings(max_examples=40)
@given(st.integers(2, 4).flatmap(lambda width: st.lists(st.tuples(*[SMALL] * width), min_size=2, max_size=4)))
@example([(1, 9), (0, 10)])
@example([(1, 0), (0, 10)])
@example([(1, 9, 0), (0, 10, 0), (0, 0, 3)])
def test_no_hidden_count_can_be_worked_out_of_rows_columns_and_totals(rows: list[tuple[int, ...]]) -> None:
    counts = grid(*rows)
    chart = hide(drawn(counts), BELOW)
    for cell in chart.cells:
        assert cell.hidden or cell.value == counts[cell.at, cell.what]
        assert cell.hidden or not 0 < counts[cell.at, cell.what] < BELOW
    _leaves_more_than_one(counts, chart, BELOW)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12)), min_size=1, max_size=6))
def test_no_hidden_share_can_be_worked_out_of_the_total(parts: list[tuple[int, int]]) -> None:
    of = {place: met + more for place, (met, more) in zip(line(*[0] * len(parts)), parts, strict=True)}
    met = line(*[one for one, _ in parts])
    chart = hide(drawn(met, of), BELOW)
    hidden = [(cell.at, cell.what) for cell in chart.cells if cell.hidden]
    for cell in chart.cells:
        assert cell.hidden or not is_small(_cell(cell.at, cell.what, met[cell.at, ""], of[cell.at, ""]), BELOW)
    if not hidden or chart.total.hidden:
        return
    assert len(hidden) > 1
    whole, part = sum(of[place] for place in hidden), sum(met[place] for place in hidden)
    # Neither all nor none of what is hidden: that would say it of each.
    assert 0 < part < whole


# --- where the largest stands first, a place says how much there is ---


def codes(chart: Drawn) -> list[str]:
    """The axis from left to right."""
    return [one.code for one in chart.at]


def test_what_is_hidden_stands_behind_what_is_shown() -> None:
    counts = {("z", ""): 18, ("c", ""): 18, ("q", ""): 18, ("b", ""): 2, (REST, ""): 40}
    told = hide(drawn(counts), BELOW)
    assert [cell.hidden for cell in told.cells] == [False, False, True, True, False]
    assert codes(told)[2:4] == sorted(codes(told)[2:4])
    assert codes(told)[-1] == REST
    assert [cell.at for cell in told.cells] == [cell.at for cell in told.before] == codes(told)


def test_series_are_moved_as_the_axis_is() -> None:
    told = hide(drawn({("a", "y"): 50, ("a", "x"): 20, ("a", "c"): 20, ("a", "b"): 1}), BELOW)
    shown = [cell.what for cell in told.cells if not cell.hidden]
    assert [one.code for one in told.what] == [*shown, *sorted({"x", "y", "b", "c"} - set(shown))]


def test_an_order_of_its_own_stays() -> None:
    assert codes(hide(drawn(line(9, 2, 30)), BELOW)) == ["a0", "a1", "a2"]
    falling = drawn({("2026-09", ""): 30, ("2026-10", ""): 9, ("2026-11", ""): 2})
    in_time = replace(falling, spec=replace(falling.spec, split="month"))
    assert codes(hide(in_time, BELOW)) == ["2026-09", "2026-10", "2026-11"]
    assert codes(hide(drawn(line(30, 9, 7)), BELOW)) == ["a0", "a1", "a2"]
