"""Small tasks for the tests of the engine: one with everything in it, and random ones."""

import itertools
from collections.abc import Iterator

from hypothesis import strategies as st

from db.rules.rostering.task import (
    Choice,
    CrewRule,
    Kind,
    Measure,
    Need,
    Opening,
    Person,
    Roster,
    Rules,
    Task,
    Window,
)

EARLY, LATE = 0, 1
ROUNDS_SEED = 7


@st.composite
def rules(draw: st.DrawFn, *, days: int) -> Rules:
    """Some rules of one person."""
    maybe = st.none() | st.integers(1, 3)
    windows = [
        Window(draw(st.integers(2, 4)), draw(st.integers(1, 2)), draw(st.sampled_from([None, frozenset({LATE})])))
    ]
    shortest = draw(st.integers(1, 2))
    return Rules(
        one_a_day=shortest > 1 or draw(st.booleans()),
        most_of_kind=draw(st.sampled_from([{}, {LATE: 1}])),
        minutes=draw(st.sampled_from([None, (0, 60 * days)])),
        longest_run=draw(st.none() | st.integers(shortest, 3)),
        shortest_run=shortest,
        shortest_break=draw(st.integers(1, 2)),
        weekends=draw(st.none() | st.integers(0, 1)),
        most=draw(maybe),
        longest_of_kind=draw(st.sampled_from([{}, {LATE: 1}])),
        windows=tuple(windows) if draw(st.booleans()) else (),
    )


@st.composite
def tasks(draw: st.DrawFn, *, people: int = 2, days: int = 3) -> Task:
    """A small task with any of the rules; leaving everything open breaks none of them."""
    slots = [(day, kind) for day in range(days) for kind in (EARLY, LATE)]
    optional, close = draw(st.booleans()), draw(st.booleans())
    crew_of = {slot: slot[0] if close else number for number, slot in enumerate(slots)}  # nobody is in a crew twice
    needs = tuple(
        Need(*slot, draw(st.integers(1, 2)), 100, draw(st.sampled_from([None, 7])), crew=crew_of[slot])
        if slot[1] == EARLY or not optional
        else Need(*slot, draw(st.integers(1, 2)), 100, None, crew=crew_of[slot], optional=True)
        for slot in slots
    )
    places = st.dictionaries(st.integers(0, len(slots) - 1), st.integers(-3, 3), min_size=2)
    kinds = (
        Kind("early", 60, {0: frozenset({EARLY})}),
        Kind("late", 90, {0: frozenset({LATE}), 1: frozenset({EARLY})}),
    )
    if close:  # both on one day
        kinds = (Kind("early", 60, {0: frozenset({EARLY, LATE})}), kinds[1])
    before = draw(st.sampled_from([[], [(0, -1, LATE)], [(0, -1, EARLY), (0, -2, EARLY)]]))
    measure = Measure(
        "all",
        dict.fromkeys(range(len(slots)), 1),
        {who: draw(st.integers(0, 3)) for who in range(people)},
        draw(st.integers(1, 20)),
        draw(st.integers(0, 1)),
    )
    crew = CrewRule(
        draw(st.integers(0, days - 1)), frozenset({0}), draw(st.integers(0, 1)), draw(st.none() | st.just(1))
    )
    chosen = tuple(index for index, need in enumerate(needs) if need.optional)
    return Task(
        days=days,
        kinds=kinds,
        needs=needs,
        people=tuple(Person(f"P{who}", draw(places), draw(rules(days=days))) for who in range(people)),
        weekends=((0, 1),),
        measures=(measure,),
        crews=(crew,),
        openings=(Opening(chosen, 1, draw(st.none() | st.just(1)), 50),) if chosen else (),
        before=frozenset(before),
        constant=5,
    )


def every_roster(task: Task) -> Iterator[Roster]:
    """All rosters there are, with at most two places a person and day."""
    choices: list[list[frozenset[Choice]]] = []
    for who, person in enumerate(task.people):
        for day in range(task.days):
            here = [(who, place) for place in person.places if task.needs[place].day == day]
            choices.append([frozenset(some) for size in range(3) for some in itertools.combinations(here, size)])
    for taken in itertools.product(*choices):
        yield frozenset().union(*taken)
