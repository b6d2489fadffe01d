"""The table of docs/trust.md can still be made: its smallest goals run, and two guards are missed when they go."""

from pathlib import Path

import pytest

from tests.bench import trust
from tests.bench.trust import attacks, goals, mutants
from tests.bench.trust.apart import ROOT


def test_every_goal_is_in_the_table() -> None:
    known = [*(goal.id for goal in goals.GOALS), *goals.ELSEWHERE]
    assert sorted(known, key=lambda name: int(name[1:])) == [f"G{number}" for number in range(1, 25)]
    assert all(goal.short <= goal.long or goal.id == "G9" for goal in goals.GOALS)


def test_a_switch_stands_at_every_check() -> None:
    every = dict(enumerate(mutants.every()))
    assert len(every) > 500
    for path in sorted({mutant.path for mutant in every.values()})[::19]:
        theirs = {number: mutant for number, mutant in every.items() if mutant.path == path}
        whole = (ROOT / path).read_text(encoding="utf-8")
        switched = mutants.switched(whole, theirs)
        assert switched.count(mutants.SWITCHES) == len(theirs)
        compile(switched, path, "exec")


def test_what_stands_twice_is_there() -> None:
    assert mutants.TWICE.keys() <= {mutant.key for mutant in mutants.every()}
    assert all(mutants.TWICE.values())


@pytest.mark.parametrize(
    ("module", "test"), [("cases/merged", "merging"), ("file_owners", "works"), ("cases/lists", "case_lists")]
)
def test_the_tests_that_would_notice_are_chosen(module: str, test: str) -> None:
    assert f"tests/db/services/test_{test}.py" in mutants.tests_for(f"db/services/{module}.py")


def test_the_table_keeps_what_was_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "trust.md"
    page.write_text(
        f"# Trust\n\n{trust.MARK}\n\n| G3 | asked | kept | 1 | yes | 1 | `x` | 2026-01-01 |\n", encoding="utf-8"
    )
    monkeypatch.setattr(trust, "PAGE", page)
    trust.main(["G19", "--write"])
    assert "G19" in capsys.readouterr().out
    lines = page.read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("| G3 | asked | kept") for line in lines)
    assert any(line.startswith("| G19 |") and "python -m tests.bench trust G19 --write" in line for line in lines)


@pytest.mark.slow
def test_two_guards_are_missed_when_they_go() -> None:
    assert attacks.run(1, say=False).unnoticed == []
