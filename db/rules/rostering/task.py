"""What is to be rostered: places on days, the people who may take them, and what each choice costs.

Days are whole numbers from 0; days below 0 were worked before and stay as they are. Costs are whole numbers; less is
better. A rule that is None or empty does not hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Place = int
Worker = int
Choice = tuple[Worker, Place]
Roster = frozenset[Choice]


@dataclass(frozen=True)
class Kind:
    """A kind of shift: minutes worked, and the kinds that may not begin so many days after it (0: on the same day)."""

    name: str
    minutes: int = 0
    not_after: Mapping[int, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Need:
    """A place on a day: how many it takes, what one too few costs, and one too many (None: never).

    Places of one crew are worked together, nobody in two of them. An optional place takes nobody or exactly its number.
    """

    day: int
    kind: int
    count: int
    under: int
    over: int | None = None
    crew: int | None = None
    optional: bool = False


@dataclass(frozen=True)
class Window:
    """At most so many assignments of these kinds (None: of all) in so many days on end."""

    days: int
    most: int
    kinds: frozenset[int] | None = None


@dataclass(frozen=True)
class Rules:
    """What holds for one person. Runs and breaks are counted in days, and go on beyond both ends of the task."""

    one_a_day: bool = True
    most_of_kind: Mapping[int, int] = field(default_factory=dict)
    minutes: tuple[int, int] | None = None
    longest_run: int | None = None
    shortest_run: int = 1
    shortest_break: int = 1
    weekends: int | None = None
    most: int | None = None
    longest_of_kind: Mapping[int, int] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True)
class Person:
    """One who serves: the places open to them with what each costs (less than 0: wished for), and their rules."""

    name: str
    places: Mapping[Place, int]
    rules: Rules


@dataclass(frozen=True)
class Measure:
    """Something to be spread evenly over some people.

    `counts`: what each place counts; `begin`: what each person begins with; `ideal`: the spread that is as good as
    none; `cost`: of every point by which somebody stands outside the best band of that width; `scale`: how many points
    are one duty or hour; `first`: whether the ideal is wanted before any single choice that costs less than a tier.
    """

    name: str
    counts: Mapping[Place, int]
    begin: Mapping[Worker, int]
    cost: int
    ideal: int = 0
    scale: int = 1
    first: bool = True


@dataclass(frozen=True)
class CrewRule:
    """In a crew where anybody serves, at least `least` and at most `most` are of these members.

    With `per`, `least` of them are there for each so many people, counted in parts: one for each two is three for five.
    """

    crew: int
    members: frozenset[Worker]
    least: int = 0
    most: int | None = None
    per: int | None = None


@dataclass(frozen=True)
class Opening:
    """Of these optional places at least `low` and at most `high` are taken; each one short costs `under`."""

    places: tuple[Place, ...]
    low: int
    high: int | None
    under: int


@dataclass(frozen=True)
class Task:
    """Everything the search needs to know."""

    days: int
    kinds: tuple[Kind, ...]
    needs: tuple[Need, ...]
    people: tuple[Person, ...]
    weekends: tuple[tuple[int, ...], ...] = ()
    months: tuple[tuple[tuple[int, ...], ...], ...] = ()
    """Where the limit of weekends holds for each month by itself: the weekends of each; empty: for all together."""
    measures: tuple[Measure, ...] = ()
    crews: tuple[CrewRule, ...] = ()
    openings: tuple[Opening, ...] = ()
    before: frozenset[tuple[Worker, int, int]] = frozenset()
    """Who worked on which day below 0, and which kind."""
    constant: int = 0
    """What every roster of this task costs, whatever it is."""
    tiers: tuple[int, ...] = ()
    """Costs of which one outweighs everything smaller together, the largest first; what is uneven comes after them."""
    floor: int | None = None
    """No roster of this task can cost less; None: not known."""

    def weekend_spans(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """The weekends that are counted together."""
        return self.months or (self.weekends,)
