"""`tests/bench/check_roster.py INSTANCE.txt ROSTER.csv`: the rules and the objective of a roster, recomputed.

Shares nothing with the engine. Prints every broken rule and `objective N`; exit 1 on a broken rule, 2 on input that
can't be read. At both ends of the horizon the least lengths of runs and rests assume that they go on outside.
"""

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

Days = dict[int, str]
MINUTES_MOST, MINUTES_LEAST, RUN_MOST, RUN_LEAST, REST_LEAST, WEEKENDS_MOST = range(6)


@dataclass
class Instance:
    """What an instance file says, as it says it."""

    days: int = 0
    minutes: dict[str, int] = field(default_factory=dict)
    never_after: dict[str, set[str]] = field(default_factory=dict)
    most_of: dict[str, dict[str, int]] = field(default_factory=dict)
    limits: dict[str, list[int]] = field(default_factory=dict)
    off: dict[str, set[int]] = field(default_factory=dict)
    wanted: list[tuple[str, int, str, int]] = field(default_factory=list)
    unwanted: list[tuple[str, int, str, int]] = field(default_factory=list)
    cover: dict[tuple[int, str], tuple[int, int, int]] = field(default_factory=dict)

    def take(self, section: str, row: list[str]) -> None:
        """One row of a section."""
        if section == "HORIZON":
            self.days = int(row[0])
        elif section == "SHIFTS":
            self.minutes[row[0]] = int(row[1])
            self.never_after[row[0]] = set(row[2].split("|")) - {""} if len(row) > 2 else set()
        elif section == "STAFF":
            self.most_of[row[0]] = {s: int(n) for s, n in (word.split("=") for word in row[1].split("|"))}
            self.limits[row[0]] = [int(word) for word in row[2:8]]
        elif section == "DAYS_OFF":
            self.off[row[0]] = {int(word) for word in row[1:]}
        elif section == "SHIFT_ON_REQUESTS":
            self.wanted.append((row[0], int(row[1]), row[2], int(row[3])))
        elif section == "SHIFT_OFF_REQUESTS":
            self.unwanted.append((row[0], int(row[1]), row[2], int(row[3])))
        elif section == "COVER":
            self.cover[int(row[0]), row[1]] = (int(row[2]), int(row[3]), int(row[4]))
        else:
            raise ValueError(f"unknown section {section}")


def read(path: Path) -> Instance:
    """The instance in a file."""
    instance, section = Instance(), ""
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith("SECTION_"):
            section = text.removeprefix("SECTION_")
        elif text and not text.startswith("#"):
            instance.take(section, [word.strip() for word in text.split(",")])
    return instance


def read_roster(path: Path) -> list[tuple[str, int, str]]:
    """Employee, day and shift of every row."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [(row["employee"], int(row["day"]), row["shift"]) for row in csv.DictReader(file)]


def stretches(instance: Instance, days: Days) -> list[tuple[bool, int, int]]:
    """Work or rest, first and last day, over the whole horizon."""
    found = []
    for works, group in groupby(range(instance.days), key=lambda day: day in days):
        run = list(group)
        found.append((works, run[0], run[-1]))
    return found


def broken_by(instance: Instance, who: str, days: Days) -> Iterator[str]:
    """What one employee's days break."""
    limits = instance.limits[who]
    for day, shift in sorted(days.items()):
        if days.get(day + 1) in instance.never_after[shift]:
            yield f"{who} works {days[day + 1]} on day {day + 1}, right after {shift}"
        if day in instance.off.get(who, ()):
            yield f"{who} works on day {day}, a fixed day off"
    for shift, count in Counter(days.values()).items():
        if count > instance.most_of[who].get(shift, 0):
            yield f"{who} works {shift} {count} times"
    minutes = sum(instance.minutes[shift] for shift in days.values())
    if not limits[MINUTES_LEAST] <= minutes <= limits[MINUTES_MOST]:
        yield f"{who} works {minutes} minutes"
    for works, first, last in stretches(instance, days):
        length, inside = last - first + 1, first > 0 and last < instance.days - 1
        if works and length > limits[RUN_MOST]:
            yield f"{who} works {length} days on end up to day {last}"
        if works and inside and length < limits[RUN_LEAST]:
            yield f"{who} works only {length} days on end up to day {last}"
        if not works and inside and length < limits[REST_LEAST]:
            yield f"{who} rests only {length} days up to day {last}"
    weekends = sum(saturday in days or saturday + 1 in days for saturday in range(5, instance.days, 7))
    if weekends > limits[WEEKENDS_MOST]:
        yield f"{who} works on {weekends} weekends"


def objective(instance: Instance, worked: dict[str, Days]) -> int:
    """Unmet requests and weighted under- and over-cover."""
    cost = sum(weight for who, day, shift, weight in instance.wanted if worked[who].get(day) != shift)
    cost += sum(weight for who, day, shift, weight in instance.unwanted if worked[who].get(day) == shift)
    there = Counter((day, shift) for days in worked.values() for day, shift in days.items())
    for slot, (wanted, under, over) in instance.cover.items():
        cost += max(0, wanted - there[slot]) * under + max(0, there[slot] - wanted) * over
    return cost


def check(instance: Instance, rows: list[tuple[str, int, str]]) -> tuple[list[str], int]:
    """The broken rules and the objective of a roster."""
    broken: list[str] = []
    worked: dict[str, Days] = defaultdict(dict)
    for who, day, shift in rows:
        if who not in instance.limits or shift not in instance.minutes or not 0 <= day < instance.days:
            broken.append(f"there is no {who}, {day}, {shift}")
        elif day in worked[who]:
            broken.append(f"{who} works twice on day {day}")
        else:
            worked[who][day] = shift
    for who in instance.limits:
        broken += broken_by(instance, who, worked[who])
    return broken, objective(instance, worked)


def main(words: list[str]) -> int:
    """Print what is broken and the objective."""
    parser = argparse.ArgumentParser(prog="tests/bench/check_roster.py", description=__doc__)
    parser.add_argument("instance", type=Path)
    parser.add_argument("roster", type=Path)
    asked = parser.parse_args(words)
    try:
        broken, cost = check(read(asked.instance), read_roster(asked.roster))
    except (OSError, ValueError, KeyError, IndexError) as error:
        print(f"cannot read: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print(*broken, sep="\n", end="\n" if broken else "")
    print(f"objective {cost}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
