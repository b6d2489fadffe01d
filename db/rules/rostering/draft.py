"""A model being written: the free choices of a roster as variables, and what is fixed around them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from db.rules.rostering.linear import FREE, Linear
from db.rules.rostering.standing import Free, Standing
from db.rules.rostering.task import Choice, Worker


@dataclass
class Draft:
    """`choices`: the variable of each free choice; `on`: a person's variables by day, each with its kind."""

    standing: Standing
    free: Free
    linear: Linear = field(default_factory=Linear)
    choices: dict[Choice, int] = field(default_factory=dict)
    on: dict[Worker, dict[int, list[tuple[int, int]]]] = field(default_factory=dict)
    working: dict[tuple[Worker, int], int] = field(default_factory=dict)

    def choose(self) -> None:
        """A variable for every place open to a person on a free day."""
        standing, linear = self.standing, self.linear
        needs, people = standing.task.needs, standing.task.people
        for who, days in self.free.items():
            by_day: dict[int, list[tuple[int, int]]] = {}
            for day in days:
                here = by_day[day] = []
                for place in standing.open_to[who].get(day, ()):
                    cost = people[who].places[place]
                    var = linear.var(0, 1, cost, int(who in standing.there[place]))
                    self.choices[who, place] = var
                    here.append((needs[place].kind, var))
                if len(here) > 1:
                    self._on_one_day(who, day)
            self.on[who] = by_day

    def _on_one_day(self, who: Worker, day: int) -> None:
        needs = self.standing.task.needs
        here = [(needs[place].kind, self.choices[who, place]) for place in self.standing.open_to[who][day]]
        terms = [var for _, var in here]
        if self.standing.task.people[who].rules.one_a_day:
            self.linear.total(terms, -FREE, 1)
            return
        works = self.linear.var(0, 1, 0, int(any(self.linear.hint[var] for var in terms)))
        self.working[who, day] = works
        self.linear.row([*terms, works], [1] * len(terms) + [-1], 0, FREE)
        for var in terms:
            self.linear.row([var, works], [1, -1], -FREE, 0)
        by_kind: dict[int, list[int]] = defaultdict(list)
        for kind, var in here:
            by_kind[kind].append(var)
        for mine in by_kind.values():
            if len(mine) > 1:
                self.linear.total(mine, -FREE, 1)

    def works(self, who: Worker, day: int) -> tuple[list[int], int]:
        """Variables of which at most one is 1, then if they work on a day; and 1 when it is fixed that they do."""
        if day in self.free[who]:
            whole = self.working.get((who, day))
            return ([var for _, var in self.on[who][day]] if whole is None else [whole]), 0
        return [], int(bool(self.standing.kinds(who, day)))

    def days_worked(self, who: Worker, days: Iterable[int]) -> tuple[list[int], int]:
        """The variables and the fixed part of the number of days worked."""
        terms: list[int] = []
        fixed = 0
        for day in days:
            more, settled = self.works(who, day)
            terms += more
            fixed += settled
        return terms, fixed

    def assignments(self, who: Worker, days: Iterable[int], kinds: Collection[int] | None) -> tuple[list[int], int]:
        """The variables and the fixed part of the number of assignments of some kinds (None: of all)."""
        terms: list[int] = []
        fixed = 0
        free, on = self.free[who], self.on[who]
        for day in days:
            if day in free:
                terms += [var for kind, var in on[day] if kinds is None or kind in kinds]
            else:
                fixed += sum(kinds is None or kind in kinds for kind in self.standing.kinds(who, day))
        return terms, fixed

    def at_most(self, counted: tuple[list[int], int], most: int) -> None:
        """A limit on what was counted; what is fixed beyond it stays, and nothing is added to it."""
        terms, fixed = counted
        if terms and len(terms) + fixed > most:
            self.linear.total(terms, -FREE, max(0, most - fixed))
