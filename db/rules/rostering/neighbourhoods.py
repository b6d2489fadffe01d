"""Which part of a roster to decide anew: a few people, some days, around a place that lacks people, the uneven ones."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from db.rules.rostering.standing import Free, Standing
from db.rules.rostering.task import Choice, Place, Worker
from db.rules.rostering.worth import outside


@dataclass(frozen=True)
class Ground:
    """What every neighbourhood is cut from: the roster, the days that may change, and how much is open to each."""

    standing: Standing
    first_day: int
    load: Sequence[float]

    @classmethod
    def of(cls, standing: Standing, first_day: int) -> "Ground":
        """The ground of a roster whose days from `first_day` on may change."""
        days = max(1, standing.task.days)
        return cls(standing, first_day, [len(person.places) / days for person in standing.task.people])

    @property
    def days(self) -> int:
        """How many days may change."""
        return self.standing.task.days - self.first_day

    def movable(self) -> list[Worker]:
        """Everybody to whom something is open."""
        return [who for who, load in enumerate(self.load) if load]

    def cut(self, people: Iterable[Worker], days: range, size: float) -> Free:
        """These days of these people, until about `size` choices are free."""
        free: dict[Worker, range] = {}
        used = 0.0
        for who in people:
            free[who] = days
            used += self.load[who] * len(days)
            if used >= size:
                break
        return free

    def span(self, dice: random.Random, width: float, middle: int | None = None) -> range:
        """So many days on end, anywhere or around a day."""
        length = max(3, min(int(width), self.days))
        end = self.standing.task.days
        if middle is None:
            start = dice.randint(self.first_day - length // 3, end - length + length // 3)
        else:
            start = middle - dice.randint(0, length - 1)
        return range(max(self.first_day, start), min(end, start + length))


Shape = Callable[[Ground, float, random.Random], Free]


def some_people(ground: Ground, size: float, dice: random.Random) -> Free:
    """A few people, over as many days as the size allows."""
    people = ground.movable()
    dice.shuffle(people)
    each = sum(ground.load[who] for who in people[: dice.choice((2, 3, 4, 6, 8))]) or 1
    return ground.cut(people, ground.span(dice, max(10, size / each)), size)


def some_days(ground: Ground, size: float, dice: random.Random) -> Free:
    """A few days of as many people as the size allows."""
    people = ground.movable()
    dice.shuffle(people)
    width = max(size / (sum(ground.load) or 1), dice.choice((5, 7, 9, 12)))
    return ground.cut(people, ground.span(dice, width), size)


def around_trouble(ground: Ground, size: float, dice: random.Random) -> Free:
    """The days around a place that lacks people or has too many, or around somebody's costly choice."""
    sore = _sore(ground)
    if not sore:
        return {}
    place = dice.choices(list(sore), list(sore.values()))[0]
    standing = ground.standing
    day = standing.task.needs[place].day
    able = list(standing.able[place])
    there = [who for other in standing.on_day[day] for who in sorted(standing.there[other])]
    dice.shuffle(able)
    dice.shuffle(there)
    people = dict.fromkeys([*able[: max(2, len(able) // 2)], *there, *able])
    return ground.cut(people, ground.span(dice, dice.choice((5, 8, 11, 16, 28)), day), size)


def _sore(ground: Ground) -> Mapping[Place, int]:
    """What each place costs that costs something."""
    standing = ground.standing
    sore: dict[Place, int] = {}
    for place, need in enumerate(standing.task.needs):
        if need.day < ground.first_day:
            continue
        there = standing.there[place]
        cost = sum(max(0, standing.task.people[who].places.get(place, 0)) for who in there)
        if len(there) < need.count and not (need.optional and not there):
            cost += need.under * (need.count - len(there))
        elif len(there) > need.count and need.over:
            cost += need.over * (len(there) - need.count)
        if cost:
            sore[place] = cost
    for opening in standing.task.openings:
        if sum(bool(standing.there[place]) for place in opening.places) < opening.low:
            sore |= {p: opening.under for p in opening.places if standing.task.needs[p].day >= ground.first_day}
    return sore


def uneven(ground: Ground, size: float, dice: random.Random) -> Free:
    """Who has most and who has least of a measure, and a few others."""
    standing = ground.standing
    away = [
        measure.cost * outside(totals.values(), measure.ideal) if totals else 0
        for measure, totals in zip(standing.task.measures, standing.totals, strict=True)
    ]
    if not any(away):
        return {}
    totals = dice.choices(standing.totals, away)[0]
    order = sorted(totals, key=lambda who: (totals[who], dice.random()))
    if len(order) < 2:
        return {}
    few = dice.choice((1, 1, 2, 3))
    others = ground.movable()
    dice.shuffle(others)
    people = list(dict.fromkeys([*order[-few:], *order[:few], *others]))
    each = sum(ground.load[who] for who in people[: 2 * few + 1]) or 1
    return ground.cut(people, ground.span(dice, max(7, size / each)), size)


def wishes_unmet(ground: Ground, size: float, dice: random.Random) -> Free:
    """The days around a wish that was not followed, of whoever wished and of those in their place."""
    standing = ground.standing
    wished = [
        (who, place)
        for who in dice.sample(range(len(ground.load)), min(8, len(ground.load)))
        for place, cost in standing.task.people[who].places.items()
        if cost < 0 and who not in standing.there[place] and standing.task.needs[place].day >= ground.first_day
    ]
    if not wished:
        return {}
    choice: Choice = dice.choice(wished)
    day = standing.task.needs[choice[1]].day
    there = sorted(standing.there[choice[1]])
    others = [who for other in standing.on_day[day] for who in sorted(standing.there[other])]
    dice.shuffle(others)
    people = dict.fromkeys([choice[0], *there, *others, *dice.sample(ground.movable(), len(ground.movable()))])
    return ground.cut(people, ground.span(dice, dice.choice((5, 8, 11, 16, 28)), day), size)


SHAPES: Mapping[str, Shape] = {
    "people": some_people,
    "days": some_days,
    "trouble": around_trouble,
    "uneven": uneven,
    "wishes": wishes_unmet,
}
