"""What is to be spread evenly in a scenario, in whole numbers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import floor, lcm
from typing import Any

from db.rules.rostering.scenario import Scenario, Slot, match
from db.rules.rostering.task import Measure, Worker

UNEVEN, WITHOUT_IDEAL = 1000, 100
"""The cost of a point outside the band; less where the scenario names no spread that is good enough."""
FINEST = 1000
"""Shares that no such scale makes whole are rounded, and the ideal is narrowed by what rounding may hide."""


def measures_of(scenario: Scenario, slots: Sequence[Slot]) -> tuple[Measure, ...]:
    """A measure for each line of the scenario's fairness that concerns anybody."""
    found = (_measure(scenario, told, slots) for told in scenario.fairness)
    return tuple(measure for measure in found if len(measure.begin) > 1)


def _measure(scenario: Scenario, told: Mapping[str, Any], slots: Sequence[Slot]) -> Measure:
    counted = [place for place, slot in enumerate(slots) if _counts(scenario, told, slot)]
    hours = told.get("unit") == "hours"
    points = {p: Fraction(scenario.shifts[slots[p].shift].lasts, 60) if hours else Fraction(1) for p in counted}
    history = told.get("history", {})
    begin = {who: Fraction(str(history.get(scenario.members[who].id, 0))) for who in _people(scenario, told)}
    if told.get("mode") == "prorata":
        for who, share in _shares(scenario, begin, [slots[place] for place in counted]).items():
            begin[who] -= share
    scale = min(FINEST, lcm(*(value.denominator for value in (*begin.values(), *points.values()))))
    rounded = any((value * scale).denominator > 1 for value in (*begin.values(), *points.values()))
    ideal = told.get("ideal_spread")
    width = floor(Fraction(str(ideal or 0)) * scale) - (2 if rounded and ideal else 0)
    return Measure(
        name=str(told.get("id", "")),
        counts={place: round(value * scale) for place, value in points.items()},
        begin={who: round(value * scale) for who, value in begin.items()},
        cost=max(1, (WITHOUT_IDEAL if ideal is None else UNEVEN) // scale),
        ideal=max(0, width),
        scale=scale,
        first=ideal is not None,
    )


def _counts(scenario: Scenario, told: Mapping[str, Any], slot: Slot) -> bool:
    days = told.get("days", "all")
    there: Collection[int] = range(scenario.days)
    if days != "all":
        there = scenario.rest_days if days == "rest" else scenario.holidays
    return (
        slot.day in there
        and match(slot.shift, told.get("shifts", "*"))
        and match(slot.role, told.get("roles", "*"))
        and match(slot.post, told.get("posts", "*"))
    )


def _people(scenario: Scenario, told: Mapping[str, Any]) -> list[Worker]:
    """Whom a line concerns: all, a list of names, or those of a role, a main role or the reserve."""
    whom = told["people"]
    if whom == "all":
        return list(range(len(scenario.members)))
    if not isinstance(whom, Mapping):
        return [scenario.number[name] for name in whom if name in scenario.number]
    return [
        who
        for who, member in enumerate(scenario.members)
        if ("role" not in whom or whom["role"] in member.roles)
        and ("main_role" not in whom or member.main_role == whom["main_role"])
        and ("reserve" not in whom or member.reserve == whom["reserve"])
    ]


def _shares(scenario: Scenario, people: Collection[Worker], slots: Sequence[Slot]) -> Mapping[Worker, Fraction]:
    """Everybody's fair share of the places on the days they are there; a place counts one, however long it is."""
    share: dict[Worker, Fraction] = defaultdict(Fraction)
    wanted: dict[int, int] = defaultdict(int)
    for slot in slots:
        wanted[slot.day] += scenario.slots.get(slot, 0)
    for day, count in wanted.items():
        present = [who for who in people if scenario.members[who].can(day)]
        for who in present:
            share[who] += Fraction(count, len(present))
    return share
