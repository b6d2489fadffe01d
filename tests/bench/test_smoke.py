"""Every benchmark still runs and still compares equal answers; no time is asserted."""

import re
from collections.abc import Iterator

import pytest

from db import engine
from db.services.briefings import standard
from tests.bench import charts, importing, journal_cost, load, mediation, reruns, scoring, services


@pytest.fixture(autouse=True)
def nothing_stays_open() -> Iterator[None]:
    """Each benchmark opens offices of its own."""
    yield
    engine._process.clear()


@pytest.fixture(autouse=True)
def few_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    """That thirty tabs are drawn says no more than that four are."""
    monkeypatch.setattr(reruns, "BUSY", 2)
    monkeypatch.setattr(reruns, "FURTHER", 2)


@pytest.mark.in_turn(1, of=2)
@pytest.mark.slow
def test_services_beside_raw_sql(capsys: pytest.CaptureFixture[str]) -> None:
    services.main([1000], seconds=0.05)
    shown = capsys.readouterr().out
    for name in (
        "list, open",
        "list, mine (handler)",
        "search, 1",
        "find, 2",
        "open a case",
        "create a case",
        "move a case",
    ):
        assert name in shown


@pytest.mark.slow
def test_cost_of_the_journal(capsys: pytest.CaptureFixture[str]) -> None:
    journal_cost.main(seconds=0.05, rows=300)
    shown = capsys.readouterr().out
    assert "cost per transaction" in shown
    assert int(re.findall(r"journal: (\d+) rows per registration", shown)[0]) >= 3


@pytest.mark.in_turn(1, of=2)
@pytest.mark.slow
def test_reruns_beside_an_empty_page(capsys: pytest.CaptureFixture[str]) -> None:
    reruns.main([1000], seconds=0.3)
    shown = capsys.readouterr().out
    for name in ("empty page", "list, 1,000 cases", "case, 1,000 cases"):
        assert name in shown


@pytest.mark.in_turn(0, of=2)
@pytest.mark.slow
def test_mediation_beside_an_office_with_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    mediation.main([20], seconds=0.05)
    shown = capsys.readouterr().out
    for name in ("list, open (director)", "search, 2 characters", "one file (mediator)", "yearly table (viewer)"):
        assert name in shown
    for page in ("mediation", "dispute", "mediation-figures"):
        assert f"\n{page} " in shown


@pytest.mark.in_turn(0, of=2)
@pytest.mark.slow
def test_scoring_of_many_villages(capsys: pytest.CaptureFixture[str]) -> None:
    scoring.main([12], seconds=0.05)
    shown = capsys.readouterr().out
    for name in ("compute, everything open", "compute again", "add everything up", "board", "one sheet", "empty page"):
        assert name in shown


@pytest.mark.slow
def test_an_import_beside_a_bare_insert(capsys: pytest.CaptureFixture[str]) -> None:
    importing.main([100], "xlsx")
    shown = capsys.readouterr().out
    assert "rows/s bare insert" in shown
    assert re.search(r"^100 +\d", shown, re.MULTILINE)


@pytest.mark.slow
def test_the_standard_charts_beside_raw_sql(capsys: pytest.CaptureFixture[str]) -> None:
    charts.main([1000], seconds=0.05)
    shown = capsys.readouterr().out
    for name, _ in standard.every():
        assert name.en in shown


@pytest.mark.in_turn(1, of=2)
@pytest.mark.slow
def test_people_at_work_beside_an_empty_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(load, "PAUSE", 0.1)
    monkeypatch.setattr(load, "WEIGHED_EVERY", 0.2)
    load.main(100, people=3, minutes=0.06)
    shown = capsys.readouterr().out
    assert "MB per 1,000 acts" in shown
    office = next(line.split() for line in shown.splitlines() if line.startswith("office"))
    errors, registered, stored = office[-4], office[-2], office[-1]
    assert errors == "0"
    assert registered == stored != "0"
