"""The rostering benchmark runs as a script, and its independent checker agrees with it and finds what is broken."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import check_roster, rostering

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests/bench/instances/six-people.txt"
PUBLIC = ROOT.parent / "shared" / "data" / "rostering"


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """A script of ours, from the repository's root."""
    command = [sys.executable, *(str(word) for word in words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def test_a_small_instance_is_solved_and_checked(tmp_path: Path) -> None:
    out = tmp_path / "roster.csv"
    solved = run("tests/bench/rostering.py", OWN, "--seconds", "8", "--workers", "2", "--out", out)
    assert solved.returncode == 0, solved.stderr
    found = int(re.findall(r"found (\d+)", solved.stdout)[0])
    checked = run("tests/bench/check_roster.py", OWN, out)
    assert (checked.returncode, checked.stdout.strip()) == (0, f"objective {found}")


def test_broken_rules_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "roster.csv"
    rows = [("A", 0, "L"), ("A", 1, "E"), ("A", 3, "E"), ("A", 3, "L"), ("B", 20, "E"), ("E", 2, "L")]
    with out.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("employee", "day", "shift"), *rows])
    assert check_roster.main([str(OWN), str(out)]) == 1
    said = capsys.readouterr().out
    for part in ("right after L", "twice on day 3", "there is no B, 20", "E works L 1 times", "A works 1440 minutes",
                 "works only 1 days", "rests only 1 days", "objective"):  # fmt: skip
        assert part in said
    assert check_roster.main([str(OWN), str(tmp_path / "missing.csv")]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 3])
def test_public_instances(number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = PUBLIC / f"Instance{number}.txt"
    if not instance.exists():
        pytest.skip(f"{instance.name} is not beside the repository")
    out = tmp_path / "roster.csv"
    rostering.main([str(instance), "--seconds", "10", "--out", str(out)])
    assert check_roster.main([str(instance), str(out)]) == 0
    found, checked = re.findall(r"(?:found|objective) (\d+)", capsys.readouterr().out)
    assert found == checked
