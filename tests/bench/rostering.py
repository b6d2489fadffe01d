"""`tests/bench/rostering.py INSTANCE.txt --seconds S --workers 2 --out ROSTER.csv`: the engine on a public instance.

Reads the shift-scheduling benchmark format of Curtois and Qu, prints every better roster with its time, and writes
employee, day, shift.
"""

import argparse
import csv
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

if __name__ == "__main__":  # started as a script, Python looks beside the script and not at the repository's root
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from db.rules.rostering.search import Limits, search
from db.rules.rostering.task import Kind, Need, Person, Place, Roster, Rules, Task

Sections = Mapping[str, list[list[str]]]


def sections(text: str) -> Sections:
    """The rows of each section, split at the commas."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    name = ""
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("SECTION_"):
            name = line.removeprefix("SECTION_")
        elif line and not line.startswith("#"):
            found[name].append([word.strip() for word in line.split(",")])
    return found


def read_instance(path: Path | str) -> Task:
    """An instance as a task; people and shifts keep their names."""
    parts = sections(Path(path).read_text(encoding="utf-8"))
    days = int(parts["HORIZON"][0][0])
    number = {row[0]: index for index, row in enumerate(parts["SHIFTS"])}
    kinds = tuple(_kind(row, number) for row in parts["SHIFTS"])
    cover = {(int(row[0]), number[row[1]]): [int(word) for word in row[2:5]] for row in parts["COVER"]}
    slots = [(day, kind) for day in range(days) for kind in range(len(kinds))]
    place = {slot: index for index, slot in enumerate(slots)}
    needs = tuple(Need(*slot, *cover.get(slot, (0, 0, 0))) for slot in slots)
    cost: dict[str, dict[Place, int]] = defaultdict(lambda: defaultdict(int))
    constant = 0
    for who, day, shift, weight in parts["SHIFT_ON_REQUESTS"]:
        cost[who][place[int(day), number[shift]]] -= int(weight)
        constant += int(weight)
    for who, day, shift, weight in parts["SHIFT_OFF_REQUESTS"]:
        cost[who][place[int(day), number[shift]]] += int(weight)
    off = {row[0]: {int(day) for day in row[1:]} for row in parts["DAYS_OFF"]}
    people = []
    for row in parts["STAFF"]:
        rules = _rules(row, number)
        open_to = [
            (day, kind) for day, kind in slots if rules.most_of_kind.get(kind, 0) and day not in off.get(row[0], ())
        ]
        people.append(Person(row[0], {place[slot]: cost[row[0]].get(place[slot], 0) for slot in open_to}, rules))
    weekends = tuple((day, day + 1) for day in range(5, days, 7))
    return Task(days, kinds, needs, tuple(people), weekends, constant=constant, floor=0)


def _kind(row: list[str], number: Mapping[str, int]) -> Kind:
    after = frozenset(number[name] for name in (row[2] if len(row) > 2 else "").split("|") if name)
    return Kind(row[0], int(row[1]), {1: after} if after else {})


def _rules(row: list[str], number: Mapping[str, int]) -> Rules:
    most = {number[name]: int(limit) for name, limit in (word.split("=") for word in row[1].split("|"))}
    longest_minutes, least_minutes, longest, shortest, rest, weekends = (int(word) for word in row[2:8])
    return Rules(
        most_of_kind=most,
        minutes=(least_minutes, longest_minutes),
        longest_run=longest,
        shortest_run=shortest,
        shortest_break=rest,
        weekends=weekends,
    )


def write_roster(path: Path, task: Task, roster: Roster) -> None:
    """One row for each shift somebody works."""
    rows = sorted((task.people[who].name, task.needs[place].day, task.needs[place].kind) for who, place in roster)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["employee", "day", "shift"])
        writer.writerows((name, day, task.kinds[kind].name) for name, day, kind in rows)


def main(words: list[str]) -> None:
    """Search as long as was asked for, and say what was found when."""
    parser = argparse.ArgumentParser(prog="tests/bench/rostering.py", description=__doc__)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("roster.csv"))
    asked = parser.parse_args(words)
    end = time.perf_counter() + asked.seconds
    task = read_instance(asked.instance)
    limits = Limits.until(end, workers=asked.workers, seed=asked.seed)
    found = search(task, limits, on_better=lambda cost, at: print(f"{at:8.1f} s  {cost}", flush=True))
    write_roster(asked.out, task, found.roster)
    proven = "proven the best" if found.proven else f"after {found.rounds} parts"
    print(f"found {found.cost}, {proven}; {len(found.roster)} shifts in {asked.out}")


if __name__ == "__main__":
    main(sys.argv[1:])
