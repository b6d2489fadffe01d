"""`python -m tests.bench.scenarios KIND [SCENARIO.json] --seed N --out FILE`: duty scenarios to try the engine on.

KIND is `redrawn` (another office of the same shape: names, leave and wishes drawn anew, the period moved by whole
weeks; with --published, a rota of SCENARIO.json, nobody is on leave when they serve there, so that a rota as good
exists), `year` (a small office over a whole year), `large` (300 people in 60 booths for a month) or `sick` (a rota of
SCENARIO.json, given with --published, and some of its people ill).
"""

import argparse
import copy
import json
import random
import re
import sys
from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from db.rules.rostering.written import rows_from

Told = dict[str, Any]
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "建国秀兰文斌海燕玉梅志强春花德胜美玲"
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def moved(told: Any, days: int) -> Any:
    """The same with every date so many days later."""
    if isinstance(told, dict):
        return {key: moved(value, days) for key, value in told.items()}
    if isinstance(told, list):
        return [moved(value, days) for value in told]
    if isinstance(told, str) and DAY.match(told):
        return (date.fromisoformat(told) + timedelta(days)).isoformat()
    return told


def redrawn(told: Told, dice: random.Random, served: Collection[tuple[str, date]] = ()) -> Told:
    """Another office of the same shape; where leave made places impossible, other places may be."""
    later = 7 * dice.randint(-20, 20)
    new: Told = moved(copy.deepcopy(told), later)
    new["id"] = f"{told['id']}-redrawn"
    days = period(new)
    serves = {(who, (day + timedelta(later)).isoformat()) for who, day in served}
    for number, person in enumerate(new["people"]):
        person["name"] = f"{dice.choice(FAMILY)}{dice.choice(GIVEN)}{number:02d}"
        away = len(person.get("unavailable", []))
        first = dice.randrange(len(days))
        free = [day for day in days if (person["id"], day) not in serves]
        person["unavailable"] = sorted(dice.sample(free, away)) if served else days[first : first + away]
    for wish in new.get("preferences", []):
        wish["date"] = dice.choice(days)
    return new


def period(told: Told) -> list[str]:
    """Every day of a scenario."""
    start, end = (date.fromisoformat(told["calendar"][edge]) for edge in ("start", "end"))
    return [(start + timedelta(n)).isoformat() for n in range((end - start).days + 1)]


def named(number: int, dice: random.Random, **more: Any) -> Told:
    """Somebody with a week of leave now and then."""
    return {"id": f"P{number:03d}", "name": f"{dice.choice(FAMILY)}{dice.choice(GIVEN)}{number:03d}", **more}


def year(dice: random.Random) -> Told:
    """A leader, a deputy and two staff every day of a year, 24 hours on and 24 off, everybody on leave twice."""
    start = date(2027, 1, 1)
    days = [(start + timedelta(n)).isoformat() for n in range(365)]
    counts = {"leader": (4, 1), "deputy": (4, 1), "staff": (8, 2)}
    people: list[Told] = []
    for role, (many, _) in counts.items():
        for _ in range(many):
            firsts = [dice.randrange(360) for _ in range(2)]
            away = [day for first in firsts for day in days[first : first + 6]]
            people.append(named(len(people) + 1, dice, roles=[role], main_role=role, unavailable=away))
    slots = [{"date": day, "post": "OFFICE", "shift": "H24", "role": role, "count": wanted}
             for day in days for role, (_, wanted) in counts.items()]  # fmt: skip
    fair = [{"id": f"{kind}, {role}", "people": {"main_role": role}, "days": kind, "ideal_spread": 1.0}
            for role in counts for kind in ("all", "rest")]  # fmt: skip
    return scenario("year", days, {"H24": {"start": "08:30", "hours": 24, "rest_after_hours": 24}}, people, slots, fair,
                    {"one_assignment_per_day": True, "min_rest_hours": 24})  # fmt: skip


def large(dice: random.Random) -> Told:
    """300 people in 60 booths, one by day and two by night, one of the two experienced."""
    days = [(date(2026, 10, 1) + timedelta(n)).isoformat() for n in range(31)]
    booths = [f"B{number:02d}" for number in range(60)]
    people: list[Told] = []
    for number in range(300):
        near = booths[number // 50 * 10 : number // 50 * 10 + 10]
        first = dice.randrange(28)
        skills = ["senior"] if number % 2 else []
        person = {"roles": ["patrol"], "posts": near, "skills": skills, "unavailable": days[first : first + 3]}
        people.append(named(number, dice, **person))
    slots = [{"date": day, "post": booth, "shift": shift, "role": "patrol", "count": wanted}
             for day in days for booth in booths for shift, wanted in (("D", 1), ("N", 2))]  # fmt: skip
    fair = [{"id": "total", "people": "all", "ideal_spread": 1.0},
            {"id": "nights", "people": "all", "shifts": ["N"], "ideal_spread": 1.0}]  # fmt: skip
    rules = {"one_assignment_per_day": True, "min_rest_hours": 11, "max_consecutive_days": 5,
             "max_consecutive_shift": {"N": 3}, "max_in_window": [{"shifts": "*", "days": 7, "max": 5}],
             "skill_cover": [{"post": "*", "shift": "N", "skill": "senior", "min": 1}]}  # fmt: skip
    shifts = {"D": {"start": "08:00", "hours": 12}, "N": {"start": "20:00", "hours": 12}}
    return scenario("large", days, shifts, people, slots, fair, rules)


def scenario(name: str, days: list[str], shifts: Told, people: list[Told], slots: list[Told], fair: list[Told],
             rules: Told) -> Told:  # fmt: skip
    """A scenario file as a dictionary."""
    calendar = {"start": days[0], "end": days[-1], "holidays": [], "extra_workdays": []}
    return {"format": "linli-rota-scenario/1", "id": name, "title": name, "calendar": calendar, "shifts": shifts,
            "people": people, "slots": slots, "fairness": fair, "rules": rules,
            "expected": {"min_unfilled": 0}}  # fmt: skip


def sick(told: Told, published: str, dice: random.Random) -> Told:
    """The same period after its first third, with two people ill for some days."""
    days = period(told)
    free = len(days) // 3
    ill = []
    for person in dice.sample([p for p in told["people"] if not p.get("reserve")], 2):
        first = dice.randrange(free, len(days) - 4)
        ill.append({"person": person["id"], "from": days[first], "to": days[first + 3]})
    fair = [{**measure, "ideal_spread": None} for measure in told.get("fairness", [])]
    replan = {"published": published, "first_free_day": days[free], "sick": ill}
    return {**told, "id": f"{told['id']}-sick", "fairness": fair, "replan": replan, "expected": {"min_unfilled": 0}}


def main(words: list[str]) -> None:
    """Write one scenario."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scenarios", description=__doc__)
    parser.add_argument("kind", choices=("redrawn", "year", "large", "sick"))
    parser.add_argument("scenario", nargs="?", type=Path)
    parser.add_argument("--published")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args(words)
    dice = random.Random(asked.seed)  # noqa: S311 - no secret
    if asked.kind in ("redrawn", "sick") and asked.scenario is None:
        parser.error(f"{asked.kind} needs a scenario")
    told = json.loads(asked.scenario.read_text(encoding="utf-8")) if asked.scenario else {}
    rows = rows_from(Path(asked.published).read_bytes()) if asked.kind == "redrawn" and asked.published else []
    made = {
        "redrawn": lambda: redrawn(told, dice, [(row.person, row.date) for row in rows]),
        "year": lambda: year(dice),
        "large": lambda: large(dice),
        "sick": lambda: sick(told, asked.published or "published.csv", dice),
    }[asked.kind]()
    asked.out.write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
