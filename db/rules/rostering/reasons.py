"""Why an open place can't be taken: who is qualified for it, and what keeps each of them out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from db.rules.problems import N_
from db.rules.rostering.check import Broken, broken_by_person, crew_breaks
from db.rules.rostering.rota import Rota, reserve_called
from db.rules.rostering.scenario import Member, Slot, match
from db.rules.rostering.task import Choice, Place, Roster, Worker

REASONS: Mapping[str, str] = {
    "not_in_service": N_("not in service on that day"),
    "sick": N_("reported sick"),
    "away": N_("on leave or unavailable"),
    "not_then": N_("unavailable for that shift"),
    "reserve": N_("reserve, not called in that period"),
    "here": N_("already serves here"),
    "one_a_day": N_("already serves {there}"),
    "rest": N_("too little rest beside {there}"),
    "longest_run": N_("would serve too many days in a row"),
    "longest_of_kind": N_("would serve that shift too many days in a row"),
    "window": N_("would serve too often within a few days"),
    "most": N_("has reached the personal maximum"),
    "weekends": N_("has reached the maximum of weekends"),
    "crew": N_("may not serve with those who are there"),
    "team_size": N_("would serve without a team"),
    "free": N_("could take it"),
}


@dataclass(frozen=True)
class Reason:
    """What keeps one member out: an entry of REASONS, with the values of its places."""

    member: Member
    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The catalogue entry."""
        return REASONS[self.code]


def reasons_for(rota: Rota, roster: Roster, slot: Slot) -> list[Reason]:
    """Everybody qualified for an open place with the first thing that keeps them out; empty: nobody is qualified."""
    place = rota.slots.index(slot)
    mine: dict[Worker, set[Choice]] = defaultdict(set)
    for choice in roster:
        mine[choice[0]].add(choice)
    crew = rota.task.needs[place].crew
    there = {who for who, other in roster if rota.task.needs[other].crew == crew}
    return [
        _reason(rota, mine[who], there, place, who)
        for who, member in enumerate(rota.scenario.members)
        if slot.role in member.roles and match(slot.post, member.posts)
    ]


def _reason(rota: Rota, mine: set[Choice], there: set[Worker], place: Place, who: Worker) -> Reason:
    member, slot, need = rota.scenario.members[who], rota.slots[place], rota.task.needs[place]
    code = _never(rota, member, slot)
    if code:
        return Reason(member, code)
    if (who, place) in mine:
        return Reason(member, "here")
    now = {problem.rule for problem in _breaks(rota, who, mine)}
    problems = [p.rule for p in _breaks(rota, who, {*mine, (who, place)}) if p.rule not in now]
    if problems:
        first = min(problems, key=list(REASONS).index)
        return Reason(member, first, {"there": _beside(rota, mine, slot, first)})
    if any(rule.crew == need.crew and crew_breaks(rule, {*there, who}) for rule in rota.task.crews):
        return Reason(member, "crew")
    return Reason(member, "team_size" if need.optional and need.count > 1 else "free")


def _never(rota: Rota, member: Member, slot: Slot) -> str | None:
    """What keeps a member from a place whatever else the rota says."""
    if not member.in_service(slot.day):
        return "not_in_service"
    if slot.day in member.sick:
        return "sick"
    if slot.day in member.away:
        return "away"
    if (slot.day, slot.shift) in member.not_then:
        return "not_then"
    return "reserve" if member.reserve and not reserve_called(rota.scenario, slot.day) else None


def _breaks(rota: Rota, who: Worker, mine: set[Choice]) -> Iterator[Broken]:
    days: dict[int, list[int]] = {}
    for other, day, kind in rota.task.before:
        if other == who:
            days.setdefault(day, []).append(kind)
    for _, place in mine:
        need = rota.task.needs[place]
        days.setdefault(need.day, []).append(need.kind)
    return broken_by_person(rota.task, who, days)


def _beside(rota: Rota, mine: set[Choice], slot: Slot, code: str) -> str:
    """The assignment nearest to a place, which stands in its way."""
    if code not in ("one_a_day", "rest") or not mine:
        return ""
    near = min((rota.slots[place] for _, place in mine), key=lambda other: (abs(other.day - slot.day), other))
    return f"{rota.scenario.date_of(near.day)} {near.post} {near.shift}"
