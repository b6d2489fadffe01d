"""What the command line says about a rota: what stays open and why, and how even it is."""

from collections.abc import Iterator, Mapping

from db.rules.rostering.check import broken
from db.rules.rostering.reasons import reasons_for
from db.rules.rostering.rota import Rota, open_places
from db.rules.rostering.task import Roster

EXPLAINED = 100
"""For so many open places everybody qualified is gone through."""


def lines(rota: Rota, roster: Roster) -> Iterator[str]:
    """The whole report, one finding a line."""
    empty = open_places(rota, roster)
    yield f"{len(roster)} places filled, {sum(missing for _, missing in empty)} open"
    for number, (slot, missing) in enumerate(empty):
        yield f"open: {rota.scenario.date_of(slot.day)} {slot.post} {slot.shift} {slot.role}, {missing} missing"
        if number >= EXPLAINED:
            continue
        reasons = reasons_for(rota, roster, slot)
        if not reasons:
            yield "    nobody is qualified"
        for reason in reasons:
            who = " ".join(word for word in (reason.member.id, reason.member.name) if word)
            yield f"    {who}: {reason.message.format(**{'there': '', **reason.values})}"
    for problem in broken(rota.task, roster):
        name = rota.scenario.members[problem.who].id if problem.who is not None else "place"
        yield f"broken: {problem.rule}, {name}, {problem.day}"
    if rota.scenario.published:
        yield f"{changes(rota, roster)} changes of what was published"
    for name, (low, high) in spreads(rota, roster).items():
        yield f"{name}: from {low:g} to {high:g}"


def changes(rota: Rota, roster: Roster) -> int:
    """How many assignments were not published."""
    now = {(who, rota.slots[place]) for who, place in roster}
    return sum(slot.day >= rota.scenario.first_free_day for _, slot in now - rota.scenario.published)


def spreads(rota: Rota, roster: Roster) -> Mapping[str, tuple[float, float]]:
    """Least and most of each measure, in its own points."""
    found = {}
    for measure in rota.task.measures:
        totals = dict(measure.begin)
        for who, place in roster:
            if who in totals:
                totals[who] += measure.counts.get(place, 0)
        found[measure.name] = (min(totals.values()) / measure.scale, max(totals.values()) / measure.scale)
    return found
