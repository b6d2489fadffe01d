"""The linear model of a task, or of the part of it that is free while the rest of a roster stays."""

from collections import defaultdict
from collections.abc import Sequence

from db.rules.rostering.draft import Draft
from db.rules.rostering.linear import FREE, Linear
from db.rules.rostering.person_rules import add_person
from db.rules.rostering.standing import Free, Standing
from db.rules.rostering.task import Choice, CrewRule, Measure, Need, Place, Roster, Worker
from db.rules.rostering.worth import band

MANY_TOTALS = 60
"""So many different totals of people who are not free make a measure too dear to be kept exact in a part."""


class Part:
    """The model in which only the given days of the given people are free; its cost is that of the whole roster."""

    def __init__(self, standing: Standing, free: Free) -> None:
        self._draft = draft = Draft(standing, free)
        self._before = standing.chosen(free)
        self._taken: dict[Place, int] = {}
        self.short: set[int] = set()
        self.uneven: set[int] = set()
        draft.choose()
        for who in free:
            add_person(draft, who)
        at: dict[Place, list[int]] = defaultdict(list)
        for (_, place), var in draft.choices.items():
            at[place].append(var)
        for place, vars_ in at.items():
            _cover(self, standing.task.needs[place], place, vars_)
        self._openings(at)
        self._crews()
        for measure, totals in zip(standing.task.measures, standing.totals, strict=True):
            _measure(self, draft, measure, totals)
        linear = draft.linear
        linear.constant = standing.cost - linear.cost(linear.hint)

    @property
    def linear(self) -> Linear:
        """The model itself; its hint is what stands."""
        return self._draft.linear

    @property
    def choices(self) -> int:
        """How many free choices there are."""
        return len(self._draft.choices)

    def change(self, values: Sequence[int]) -> tuple[set[Choice], set[Choice]]:
        """Which choices these values add to the roster, and which they take away."""
        now = {choice for choice, var in self._draft.choices.items() if values[var]}
        return now - self._before, self._before - now

    def roster(self, values: Sequence[int]) -> Roster:
        """The whole roster these values make of what stands."""
        added, removed = self.change(values)
        return (self._draft.standing.roster() | added) - removed

    def still_stands(self) -> bool:
        """Whether the free days are still as they were when the model was made."""
        return self._draft.standing.chosen(self._draft.free) == self._before

    def staying(self, place: Place) -> int:
        """How many people are fixed at a place."""
        return sum((who, place) not in self._draft.choices for who in self._draft.standing.there[place])

    def lacks(self, most: int, cost: int, now: int) -> int:
        """How much a place or an opening lacks."""
        var = self.linear.var(0, most, cost, now)
        self.short.add(var)
        return var

    def outside(self, measure: Measure, people: int, most: int, now: int) -> int:
        """How far the total of so many people stands outside its band."""
        var = self.linear.var(0, most, measure.cost * people, now)
        if measure.first:
            self.uneven.add(var)
        return var

    def optional(self, need: Need, place: Place, vars_: list[int]) -> None:
        """A place that takes its people only when it is taken at all."""
        linear, fixed = self.linear, self.staying(place)
        if fixed:
            linear.total(vars_, max(0, need.count - fixed), max(0, need.count - fixed))
            return
        taken = linear.var(0, 1, 0, int(any(linear.hint[var] for var in vars_)))
        self._taken[place] = taken
        linear.row([*vars_, taken], [1] * len(vars_) + [-need.count], 0, 0)

    def _openings(self, at: dict[Place, list[int]]) -> None:
        standing, linear = self._draft.standing, self.linear
        for number in sorted({n for place in at for n in standing.openings_of.get(place, ())}):
            opening = standing.task.openings[number]
            free = [self._taken[place] for place in opening.places if place in self._taken]
            fixed = sum(bool(standing.there[p]) for p in opening.places if p not in self._taken)
            if not free:
                continue
            if opening.high is not None:
                linear.total(free, -FREE, max(0, opening.high - fixed))
            short = opening.low - fixed
            if short > 0:
                now = max(0, short - sum(linear.hint[var] for var in free))
                linear.total([*free, self.lacks(short, opening.under, now)], short, FREE)

    def _crews(self) -> None:
        standing, draft = self._draft.standing, self._draft
        free: dict[int, list[tuple[Worker, int]]] = defaultdict(list)
        for (who, place), var in draft.choices.items():
            crew = standing.task.needs[place].crew
            if crew is not None and crew in standing.rules_of:
                free[crew].append((who, var))
        for crew, here in free.items():
            everybody = [(who, place) for place in standing.crew_places[crew] for who in standing.there[place]]
            staying = [who for who, place in everybody if (who, place) not in draft.choices]
            for rule in standing.rules_of[crew]:
                _crew(self.linear, rule, here, staying)


def _cover(part: Part, need: Need, place: Place, vars_: list[int]) -> None:
    linear = part.linear
    if need.optional:
        part.optional(need, place, vars_)
        return
    left = need.count - part.staying(place)
    now = sum(linear.hint[var] for var in vars_)
    under = [part.lacks(left, need.under, max(0, left - now))] if left > 0 and need.under else []
    if need.over is None:
        linear.total([*vars_, *under], left if under else -FREE, max(0, left))
        return
    over = linear.var(0, len(vars_) + max(0, -left), need.over, max(0, now - left))
    factors = [1] * (len(vars_) + len(under)) + [-1]
    linear.row([*vars_, *under, over], factors, left if under else -FREE, left)


def _crew(linear: Linear, rule: CrewRule, here: list[tuple[Worker, int]], staying: list[Worker]) -> None:
    inside = [var for who, var in here if who in rule.members]
    held = sum(who in rule.members for who in staying)
    short = rule.least - held
    if rule.per is not None:
        factors = [rule.per * (who in rule.members) - rule.least for who, _ in here]
        linear.row([var for _, var in here], factors, rule.least * len(staying) - rule.per * held, FREE)
    elif short > 0 and staying:
        linear.total(inside, short, FREE)
    elif short > 0:
        for who, var in here:
            if who in rule.members and short > 1:
                linear.row(inside, [1 - short if other == var else 1 for other in inside], 0, FREE)
            elif who not in rule.members:
                linear.row([*inside, var], [1] * len(inside) + [-short], 0, FREE)
    if rule.most is not None and len(inside) + held > rule.most:
        linear.total(inside, -FREE, max(0, rule.most - held))


def _measure(part: Part, draft: Draft, measure: Measure, totals: dict[Worker, int]) -> None:
    """How far each total stands outside a band, which itself lies where that is least."""
    linear = part.linear
    mine: dict[Worker, list[tuple[int, int]]] = defaultdict(list)
    for (who, place), var in draft.choices.items():
        if who in totals and place in measure.counts:
            mine[who].append((var, measure.counts[place]))
    if not mine:
        return
    fixed: dict[Worker, int] = {}
    for who in mine:
        now = sum(count * linear.hint[var] for var, count in mine[who])
        fixed[who] = totals[who] - now
    still: dict[int, int] = defaultdict(int)
    for who, total in totals.items():
        if who not in mine:
            still[total] += 1
    least = min([*still, *fixed.values()]) - measure.ideal
    most = max([*still, *(fixed[who] + sum(count for _, count in terms) for who, terms in mine.items())])
    now_low = band(totals.values(), measure.ideal)
    exact = len(still) <= MANY_TOTALS
    low = linear.var(least if exact else now_low, most if exact else now_low, 0, now_low)
    width = most - least
    for who, terms in mine.items():
        away = max(0, now_low - totals[who], totals[who] - now_low - measure.ideal)
        out = part.outside(measure, 1, width, away)
        vars_, counts = [var for var, _ in terms], [count for _, count in terms]
        linear.row([*vars_, low, out], [*counts, -1, -1], -FREE, measure.ideal - fixed[who])
        linear.row([*vars_, low, out], [*counts, -1, 1], -fixed[who], FREE)
    for total, people in still.items():
        away = max(0, now_low - total, total - now_low - measure.ideal)
        out = part.outside(measure, people, width, away)
        linear.row([low, out], [-1, -1], -FREE, measure.ideal - total)
        linear.row([low, out], [-1, 1], -total, FREE)
