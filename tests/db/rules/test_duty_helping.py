"""What would fill open places: everybody's reasons, single changes, and the fewest of them together."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain, combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.duty.breaking import Away, Ground, Limits, Member, Place, Rule, Within, breaks_of
from db.rules.duty.helping import Change, Judge, Way, days_text, fewest, free_ways, reasons_of, ways_of
from db.rules.duty.needs import Cover
from db.rules.problems import Named

FIRST = date(2026, 2, 14)
DAY = timedelta(days=1)
MEMBERS = {
    1: Member(1, "甲", roles=("leader",)),
    2: Member(2, "乙", roles=("leader",)),
    3: Member(3, "丙", roles=("staff",)),
}


def a_place(number: int, day: int, role: str = "leader", member_id: int | None = None, **changes: object) -> Place:
    """A place of 24 hours with 24 hours of rest after it."""
    start = datetime.combine(FIRST + day * DAY, datetime.min.time(), ZoneInfo("Asia/Shanghai")) + timedelta(hours=8)
    place = Place(number, FIRST + day * DAY, 1, 1, role, start, start + DAY, 1440, night=True, member_id=member_id)
    return replace(place, **changes)  # type: ignore[arg-type]


def a_judge(*places: Place, **ground: object) -> Judge:
    return Judge(places, replace(Ground(Limits(), MEMBERS), **ground))  # type: ignore[arg-type]


def leave(member_id: int, first: int, last: int) -> Away:
    return Away(member_id, FIRST + first * DAY, FIRST + last * DAY, "leave")


def test_everybody_of_the_role_has_the_rule_that_keeps_them_out() -> None:
    judge = a_judge(a_place(1, 0, member_id=1), a_place(2, 1), a_place(3, 1, role="staff"), aways=(leave(2, 0, 1),))
    told = {(p.id, m.id): [b.rule for b in breaks] for p, m, breaks in reasons_of(judge, 100)}
    assert told == {(2, 1): [Rule.REST], (2, 2): [Rule.LEAVE], (3, 3): []}
    assert len(list(reasons_of(judge, 2))) == 2


def test_who_is_free_is_told_and_not_counted_twice() -> None:
    judge = a_judge(a_place(1, 0), a_place(2, 1), a_place(3, 2), a_place(4, 3))
    assert [(way.member_id, [p.id for p in way.fills]) for way in free_ways(judge)] == [(1, [1, 3]), (2, [2, 4])]


def test_one_more_person_takes_what_rest_allows_and_a_second_the_others() -> None:
    judge = a_judge(*(a_place(n, n) for n in range(4)), aways=(leave(1, 0, 9), leave(2, 0, 9)))
    ways = ways_of(judge, judge.open)
    people = [way for way in ways if way.change is Change.PERSON]
    assert [[p.id for p in way.fills] for way in people] == [[0, 2], [1, 3]]
    moved = [way for way in ways if way.change is Change.ABSENCE]
    assert [(way.member_id, [p.id for p in way.fills]) for way in moved] == [(1, [0, 2]), (2, [0, 2])]
    best = fewest(ways, judge.open)
    assert len(best) == 2
    assert frozenset().union(*(way.ids for way in best)) == {0, 1, 2, 3}


def test_one_more_person_is_of_the_team_and_unit_the_place_is_for() -> None:
    village = Within(Named("东村"), frozenset({3}))
    places = (a_place(1, 0, team="一队"), a_place(2, 0, unit_id=3), a_place(3, 2, team="一队"))
    judge = a_judge(*places, units={3: village})
    reasons = {(p.id, m.id): [b.rule for b in breaks] for p, m, breaks in reasons_of(judge, 100)}
    assert reasons == {(p, m): [Rule.UNIT if p == 2 else Rule.TEAM] for p in (1, 2, 3) for m in (1, 2)}
    assert [[p.id for p in way.fills] for way in ways_of(judge, judge.open)] == [[1, 3], [2]]


def test_one_absence_may_be_all_that_stands_in_the_way() -> None:
    judge = a_judge(a_place(1, 0), a_place(2, 2), aways=(leave(1, 0, 0), leave(1, 2, 2), leave(2, 0, 5)))
    best = fewest(ways_of(judge, judge.open), judge.open)
    assert [(way.change, len(way.fills)) for way in best] == [(Change.PERSON, 2)]
    ways = [way for way in ways_of(judge, judge.open) if way.change is Change.ABSENCE]
    assert [(way.member_id, len(way.fills)) for way in ways] == [(2, 2), (1, 1), (1, 1)]


def test_what_no_change_fills_is_given_up() -> None:
    lost = a_place(1, 1, role="staff")
    best = fewest([], [lost, a_place(2, 3, role="staff"), a_place(3, 3)])
    assert [(way.change, [p.id for p in way.fills]) for way in best] == [
        (Change.WITHOUT, [1, 2]),
        (Change.WITHOUT, [3]),
    ]
    assert fewest([], []) == ()


def test_pairs_skills_and_places_elsewhere_are_heard() -> None:
    beside = a_place(1, 0, role="staff", member_id=3)
    elsewhere = a_place(9, -1, member_id=2, own=False, elsewhere=True)
    judge = a_judge(beside, a_place(2, 0), elsewhere, apart=((1, 3),))
    assert {m.id: [b.rule for b in breaks] for _, m, breaks in reasons_of(judge, 9)} == {1: [Rule.PAIR], 2: [Rule.REST]}
    cover = Cover(FIRST, 1, 1, "leader", "firm", 1)
    judge = a_judge(beside, a_place(2, 0), covers=(cover,))
    assert {m.id: [b.rule for b in breaks] for _, m, breaks in reasons_of(judge, 9)} == {
        1: [Rule.SKILL],
        2: [Rule.SKILL],
    }
    assert [way.change for way in ways_of(judge, judge.open)] == [Change.PERSON]


@given(st.lists(st.frozensets(st.integers(1, 6), min_size=1), max_size=6))
def test_no_smaller_set_leaves_nothing_open(covered: list[frozenset[int]]) -> None:
    places = [a_place(n, n) for n in range(1, 7)]
    ways = [Way(Change.PERSON, tuple(p for p in places if p.id in ids)) for ids in covered]
    best = fewest(ways, places)
    cost = sum(len(way.fills) if way.change is Change.WITHOUT else 1 for way in best)
    every = chain.from_iterable(combinations(ways, n) for n in range(len(ways) + 1))
    assert cost == min(len(s) + 6 - len(frozenset().union(*(way.ids for way in s))) for s in every if len(s) <= 4)


@given(st.lists(st.sampled_from([None, 1, 2]), min_size=3, max_size=8))
def test_what_a_change_would_fill_breaks_no_rule(serving: list[int | None]) -> None:
    places = [a_place(n, n, member_id=who) for n, who in enumerate(serving)]
    ground = Ground(Limits(), MEMBERS)
    if breaks_of(places, ground):
        return
    judge = Judge(places, ground)
    for way in free_ways(judge):
        handed = {p.id: p.member_id for p in way.fills}
        assert not breaks_of([replace(p, member_id=handed.get(p.id, p.member_id)) for p in places], ground)


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ([0], "2026-02-14"),
        ([2, 0, 1], "2026-02-14 – 2026-02-16"),
        ([0, 2, 3, 15], "2026-02-14, 2026-02-16 – 2026-02-17, 2026-03-01"),
        ([], ""),
    ],
)
def test_days_are_told_as_spans(days: list[int], text: str) -> None:
    assert days_text(FIRST + n * DAY for n in days) == text
