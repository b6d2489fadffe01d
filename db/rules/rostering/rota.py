"""A duty scenario as a task for the search, and what was found as rows of a rota."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from db.rules.rostering.evenness import measures_of
from db.rules.rostering.scenario import MINUTES_A_DAY, Member, Row, Scenario, Slot, as_date, match
from db.rules.rostering.task import (
    CrewRule,
    Kind,
    Need,
    Opening,
    Person,
    Place,
    Roster,
    Rules,
    Task,
    Window,
    Worker,
)

# Each weighs more than all of the next it could be traded for: hard rules of patrols, open places, changes of what was
# published, duties of the reserve, unevenness (in its own module), wishes.
UNVISITED, OPEN, CHANGE, RESERVE, WISH = 10**11, 10**9, 10**7, 10**6, 1


@dataclass(frozen=True)
class Rota:
    """A scenario beside its task: `slots` are the places, `start` is what was published and can stay."""

    scenario: Scenario
    task: Task
    slots: Sequence[Slot]
    start: Roster


def rota_of(scenario: Scenario) -> Rota:
    """The task of a scenario."""
    kinds = {name: index for index, name in enumerate(scenario.shifts)}
    crews: dict[tuple[int, str, str], int] = {}
    slots: list[Slot] = []
    needs: list[Need] = []
    counts = [(slot, count, False) for slot, count in sorted(scenario.slots.items())]
    for slot, count, optional in [*counts, *_patrol_slots(scenario)]:
        crew = crews.setdefault((slot.day, slot.post, slot.shift), len(crews))
        slots.append(slot)
        needs.append(Need(slot.day, kinds[slot.shift], count, OPEN, crew=crew, optional=optional))
    place = {slot: index for index, slot in enumerate(slots)}
    wishes, constant = _wishes(scenario)
    rules = {who: _rules(scenario, member, kinds) for who, member in enumerate(scenario.members)}
    people = tuple(
        Person(member.id, _places(scenario, who, slots, wishes[who]), rules[who])
        for who, member in enumerate(scenario.members)
    )
    task = Task(
        days=scenario.days,
        kinds=tuple(_kind(scenario, name, kinds) for name in scenario.shifts),
        needs=tuple(needs),
        people=people,
        weekends=_weekends(scenario),
        measures=measures_of(scenario, slots),
        crews=tuple(_crew_rules(scenario, crews, people, needs)),
        openings=tuple(_openings(scenario, place)),
        before=frozenset((who, slot.day, kinds[slot.shift]) for who, slot in scenario.carried if slot.day < 0),
        constant=constant,
        tiers=(UNVISITED, OPEN, CHANGE, RESERVE),
        floor=0,
    )
    stands = frozenset((who, place[slot]) for who, slot in scenario.published if slot in place)
    return Rota(scenario, task, slots, stands)


def _kind(scenario: Scenario, name: str, kinds: dict[str, int]) -> Kind:
    """A shift, and after how many days which others still begin too early."""
    shape = scenario.shifts[name]
    rest = max(round(scenario.rules.get("min_rest_hours", 0) * 60), shape.rest_after)
    not_after: dict[int, frozenset[int]] = {}
    for gap in range(ceil((shape.begins + shape.lasts + rest) / MINUTES_A_DAY) + 1):
        early = {
            kinds[other]
            for other, then in scenario.shifts.items()
            if then.begins + gap * MINUTES_A_DAY < shape.begins + shape.lasts + rest
            and (gap or then.begins >= shape.begins)
        }
        if early:
            not_after[gap] = frozenset(early)
    return Kind(name, shape.lasts, not_after)


def _patrol_slots(scenario: Scenario) -> Iterator[tuple[Slot, int, bool]]:
    patrols = scenario.patrols
    if patrols:
        for day in range(scenario.days):
            for shift in patrols["shifts"]:
                for route in patrols["routes"]:
                    yield Slot(day, route["id"], shift, patrols["role"]), patrols["team_size"], True


def _openings(scenario: Scenario, place: dict[Slot, Place]) -> Iterator[Opening]:
    """How many patrols set out in each shift, and how often each checkpoint is seen."""
    patrols = scenario.patrols
    if not patrols:
        return
    role, shifts, nights = patrols["role"], patrols["shifts"], patrols.get("night_shifts", [])
    routes = {route["id"]: set(route["checkpoints"]) for route in patrols["routes"]}
    wanted = patrols["patrols_per_shift"]
    for day in range(scenario.days):
        for shift in shifts:
            here = tuple(place[Slot(day, route, shift, role)] for route in routes)
            yield Opening(here, wanted, wanted, OPEN * patrols["team_size"])

    def visits(days: range, when: Sequence[str], seen: Sequence[str]) -> tuple[Place, ...]:
        return tuple(place[Slot(day, route, shift, role)] for day in days for shift in when for route in seen)

    for asked in patrols["requirements"]:
        seen = [route for route, points in routes.items() if asked["checkpoint"] in points]
        for first in range(0, scenario.days - 6, 7):
            week = range(first, first + 7)
            for least, when in ((asked.get("min_per_week"), shifts), (asked.get("min_night_per_week"), nights)):
                if least and seen:
                    yield Opening(visits(week, when, seen), least, None, UNVISITED)
        gap = asked.get("max_gap_days") or 0
        if gap and seen:
            for first in range(scenario.days - gap + 1):
                yield Opening(visits(range(first, first + gap), shifts, seen), 1, None, UNVISITED)


def is_open_to(scenario: Scenario, member: Member, slot: Slot) -> bool:
    """Whether a member may ever take a place: qualified, in service, there, and not outside the reserve's periods."""
    return (
        slot.role in member.roles
        and match(slot.post, member.posts)
        and member.can(slot.day)
        and (slot.day, slot.shift) not in member.not_then
        and not (member.reserve and not reserve_called(scenario, slot.day))
    )


def reserve_called(scenario: Scenario, day: int) -> bool:
    """Whether the reserve may be called on a day."""
    periods = scenario.rules.get("reserve_periods", [])
    now = scenario.date_of(day).isoformat()
    return not periods or any(str(first) <= now <= str(last) for first, last in periods)


def _wishes(scenario: Scenario) -> tuple[dict[Worker, dict[int, list[tuple[str | Sequence[str], int]]]], int]:
    """What each wish adds to the cost of a day, and the cost of following none."""
    found: dict[Worker, dict[int, list[tuple[str | Sequence[str], int]]]] = defaultdict(lambda: defaultdict(list))
    constant = 0
    for wish in scenario.wishes:
        who = scenario.number.get(wish["person"])
        day = _day(scenario, wish["date"])
        weight = int(wish.get("weight", 1)) * WISH
        if who is not None:
            sign = 1 if wish["kind"] == "avoid" else -1
            found[who][day].append((wish.get("shift", "*"), sign * weight))
            constant += weight if sign < 0 else 0
    return found, constant


def _day(scenario: Scenario, text: object) -> int:
    return (as_date(text) - scenario.start).days


def _places(
    scenario: Scenario,
    who: Worker,
    slots: Sequence[Slot],
    wishes: dict[int, list[tuple[str | Sequence[str], int]]],
) -> dict[Place, int]:
    member = scenario.members[who]
    stands = {slot for other, slot in scenario.published if other == who}
    open_to: dict[Place, int] = {}
    for place, slot in enumerate(slots):
        if not is_open_to(scenario, member, slot):
            continue
        cost = RESERVE if member.reserve else 0
        if scenario.published and slot not in stands and slot.day >= scenario.first_free_day:
            cost += CHANGE
        cost += sum(weight for spec, weight in wishes.get(slot.day, ()) if match(slot.shift, spec))
        open_to[place] = cost
    return open_to


def _rules(scenario: Scenario, member: Member, kinds: dict[str, int]) -> Rules:
    rules = scenario.rules
    kind_of_person = "reserve" if member.reserve else "regular"
    windows = []
    for window in rules.get("max_in_window", []):
        if match(kind_of_person, window.get("who", "*")):
            held = frozenset(number for name, number in kinds.items() if match(name, window.get("shifts", "*")))
            every = len(held) == len(kinds)
            windows.append(Window(window["days"], window["max"], None if every else held))
    return Rules(
        one_a_day=bool(rules.get("one_assignment_per_day")),
        longest_run=rules.get("max_consecutive_days") or None,
        weekends=rules.get("max_weekends") or None,
        most=member.most,
        longest_of_kind={kinds[name]: most for name, most in rules.get("max_consecutive_shift", {}).items()},
        windows=tuple(windows),
    )


def _weekends(scenario: Scenario) -> tuple[tuple[int, ...], ...]:
    found: dict[int, list[int]] = defaultdict(list)
    first = scenario.start.weekday()
    for day in range(scenario.days):
        if (first + day) % 7 >= 5:
            found[(first + day) // 7].append(day)
    return tuple(tuple(days) for days in found.values())


def _crew_rules(
    scenario: Scenario, crews: dict[tuple[int, str, str], int], people: Sequence[Person], needs: Sequence[Need]
) -> Iterator[CrewRule]:
    skilled = {
        rule["skill"]: frozenset(who for who, member in enumerate(scenario.members) if rule["skill"] in member.skills)
        for rule in scenario.rules.get("skill_cover", [])
    }
    may_serve: dict[int, set[Worker]] = defaultdict(set)
    for who, person in enumerate(people):
        for place in person.places:
            crew = needs[place].crew
            if crew is not None:
                may_serve[crew].add(who)
    pairs = [
        frozenset(scenario.number[name] for name in pair)
        for pair in scenario.rules.get("forbidden_pairs", [])
        if all(name in scenario.number for name in pair)
    ]
    for (_, post, shift), crew in crews.items():
        for rule in scenario.rules.get("skill_cover", []):
            if match(post, rule.get("post", "*")) and match(shift, rule.get("shift", "*")):
                yield CrewRule(crew, skilled[rule["skill"]], least=rule["min"])
        for pair in pairs:
            if pair <= may_serve[crew]:
                yield CrewRule(crew, pair, most=1)


def open_places(rota: Rota, roster: Roster) -> list[tuple[Slot, int]]:
    """The places that stay open, and how many people each lacks; a patrol that does not set out lacks its team."""
    there = Counter(place for _, place in roster)
    found = [
        (rota.slots[place], need.count - there[place])
        for place, need in enumerate(rota.task.needs)
        if there[place] < need.count and not need.optional
    ]
    patrols = rota.scenario.patrols
    for opening in rota.task.openings:
        if patrols and opening.high is not None:
            idle = [place for place in opening.places if not there[place]]
            missing = opening.low - (len(opening.places) - len(idle))
            found += [(rota.slots[place], patrols["team_size"]) for place in idle[: max(0, missing)]]
    return sorted(found)


def rows_of(rota: Rota, roster: Roster) -> list[Row]:
    """The rota as it is written, open places as rows without a person."""
    members, date_of = rota.scenario.members, rota.scenario.date_of
    filled = [(rota.slots[place], members[who].id) for who, place in roster]
    empty = [(slot, "") for slot, missing in open_places(rota, roster) for _ in range(missing)]
    return [Row(date_of(slot.day), *slot[1:], person) for slot, person in sorted([*filled, *empty])]
