"""`python -m tests.bench trust [GOAL...] [--long] [--write]`: the fault and attack plan as one table.

`trust mutants [N [SEED]]` and `trust attacks [N]` run those two alone and say what they do; `trust hostile` asks all
tests of the services anew for the calls and columns hostile texts are put into, then types them into every form in a
browser; `trust hostile typed` does the latter alone.
"""

import argparse
import shlex
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.bench.measure import table
from tests.bench.trust import attacks, hostile_calls, mutants
from tests.bench.trust.goals import ELSEWHERE, GOALS, Goal, Shown

PAGE = Path(__file__).parents[3] / "docs" / "trust.md"
MARK = "<!-- The table below is written by the command. -->"
HEADS = ("goal", "asked", "reached", "really hit", "passed", "seconds")


def main(words: list[str]) -> None:
    """Run what was asked for; ends with an error when a goal is not reached."""
    if words[:1] in (["mutants"], ["attacks"], ["hostile"]):
        _alone(words)
        return
    parser = argparse.ArgumentParser(prog="python -m tests.bench trust", description=__doc__)
    parser.add_argument("goals", nargs="*", metavar="GOAL", help="any of " + ", ".join(goal.id for goal in GOALS))
    parser.add_argument("--long", action="store_true", help="the full sizes, by hand")
    parser.add_argument("--write", action="store_true", help="keep the table in docs/trust.md")
    asked = parser.parse_args(words)
    known = {goal.id: goal for goal in GOALS}
    if unknown := set(asked.goals) - set(known):
        parser.error(f"there is no goal called {', '.join(sorted(unknown))}")
    rows = [_row(known[name], long=asked.long) for name in asked.goals or known]
    table("trust", HEADS, rows)
    if asked.write:
        _write(rows, "python -m tests.bench trust " + shlex.join(words))
    if failed := [row[0] for row in rows if row[4] != "yes"]:
        raise SystemExit(f"not reached: {', '.join(failed)}")


def _alone(words: Sequence[str]) -> None:
    if words[0] == "hostile":
        if words[1:] != ["typed"]:
            asked = hostile_calls.survey()
            print(*asked.wrong, f"{asked.trips} trips of {asked.fields} fields of {asked.services} services", sep="\n")
        if not hostile_calls.typed():
            raise SystemExit("not every form took hostile texts, or refused them, as it should")
        return
    how_many = int(words[1]) if len(words) > 1 else {"mutants": 52, "attacks": 30}[words[0]]
    if words[0] == "mutants":
        tried = mutants.run(how_many, seed=int(words[2]) if len(words) > 2 else 22)
        print(f"{tried.killed:.0f} %: {tried}; {tried.by_matrix} of them by the matrix and what asks everybody")
    else:
        found = attacks.run(how_many)
        print(f"{found.noticed} of {found.tried} fail without their guard")


def _row(goal: Goal, *, long: bool) -> tuple[str, ...]:
    begun = time.perf_counter()
    try:
        shown = goal.show(goal.long if long else goal.short)
    except Exception as error:  # one goal that breaks must not take the table along
        shown = Shown(f"{type(error).__name__}: {error}"[:200], 0, False)
    taken = time.perf_counter() - begun
    passed = shown.passed and shown.hits > 0
    row = (goal.id, goal.asked, shown.figure, str(shown.hits), "yes" if passed else "no", f"{taken:.0f}")
    print(" | ".join(row), flush=True)
    return row


def _write(rows: Sequence[Sequence[str]], command: str) -> None:
    """Keep what was run; goals that were not run now keep the line they had."""
    head, _, before = PAGE.read_text(encoding="utf-8").partition(MARK)
    kept = {line.split("|")[1].strip(): line for line in before.splitlines() if line.startswith("| G")}
    for row in rows:
        cells = [cell.replace("|", "/").replace("\n", " ") for cell in row]
        kept[row[0]] = f"| {' | '.join((*cells, f'`{command}`', date.today().isoformat()))} |"  # noqa: DTZ011 - the day it was run
    kept |= {name: f"| {name} | {said} | | | | | | |" for name, said in ELSEWHERE.items() if name not in kept}
    lines = sorted(kept.values(), key=lambda line: int(line.split("|")[1].strip()[1:]))
    top = [f"| {' | '.join((*HEADS, 'command', 'date'))} |", f"|{' --- |' * (len(HEADS) + 2)}"]
    PAGE.write_text("\n".join([head + MARK, "", *top, *lines]) + "\n", encoding="utf-8")
