"""Who serves how often, and who is over and under the fair share by how much."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.duty.counts import MEASURES, Score, Standing, Tally, group_of, over_share, score_of, spread, tally_of
from db.rules.working_calendar import WorkingCalendar

CALENDAR = WorkingCalendar(
    holidays=frozenset({date(2026, 10, 3), date(2026, 10, 5)}), workdays=frozenset({date(2026, 10, 10)})
)


@pytest.mark.parametrize(
    ("day", "night", "counts"),
    [
        (date(2026, 10, 9), False, Tally(1)),
        (date(2026, 10, 9), True, Tally(1, nights=1)),
        (date(2026, 10, 11), False, Tally(1, weekends=1)),
        (date(2026, 10, 10), False, Tally(1)),  # made up
        (date(2026, 10, 5), False, Tally(1, festivals=1)),
        (date(2026, 10, 3), True, Tally(1, 1, 1, 1)),
    ],
)
def test_what_one_place_counts(day: date, night: bool, counts: Tally) -> None:
    assert tally_of(day, night=night, calendar=CALENDAR) == counts


def test_tallies_add_up() -> None:
    assert Tally(1, 2, 3, 4) + Tally(10, 20, 30, 40) == Tally(11, 22, 33, 44)


def test_one_is_compared_with_those_of_the_same_first_role() -> None:
    assert group_of(["staff", "deputy"], reserve=False) == group_of(["staff"], reserve=False)
    assert group_of(["staff"], reserve=False) != group_of(["deputy", "staff"], reserve=False)
    assert group_of(["staff"], reserve=True) != group_of(["staff"], reserve=False)
    assert group_of([], reserve=False) == group_of((), reserve=False)


def standing(member_id: int, total: int, *, group: str = "staff", share: int = 100, before: int = 0) -> Standing:
    return Standing(member_id, group, share, Tally(total), Tally(total + before))


def test_the_years_before_count() -> None:
    assert over_share([standing(1, 4, before=6), standing(2, 4)], "total") == {1: 3, 2: -3}
    assert spread([standing(1, 4, before=6), standing(2, 4)], "total") == 6


def test_a_half_share_is_half_as_much() -> None:
    fair = [standing(1, 4, share=50), standing(2, 8), standing(3, 8)]
    assert spread(fair, "total") == 0
    assert over_share([standing(1, 8, share=50), standing(2, 8)], "total") == pytest.approx({1: 16 / 6, 2: -16 / 6})


def test_each_group_by_itself_and_the_widest_counts() -> None:
    listed = [standing(1, 9, group="a"), standing(2, 1, group="b"), standing(3, 4, group="b")]
    assert spread(listed, "total") == 3
    assert over_share(listed, "total") == {1: 0, 2: -1.5, 3: 1.5}


def test_nobody_has_a_share() -> None:
    assert spread([standing(1, 2, share=0), standing(2, 0, share=0)], "total") == 2
    assert spread([], "total") == 0


def test_the_score_rounds_what_is_shown() -> None:
    listed = [standing(1, 1), standing(2, 0), standing(3, 0)]
    score = score_of(listed, open_places=2, broken=1)
    assert (score.open, score.broken) == (2, 1)
    assert score.spread == {"total": 1, "nights": 0, "weekends": 0, "festivals": 0}
    assert [score.over[n]["total"] for n in (1, 2, 3)] == [0.67, -0.33, -0.33]
    assert score_of([], open_places=0, broken=0) == Score(0, 0, dict.fromkeys(MEASURES, 0.0), {})


members = st.builds(
    Standing,
    st.integers(),
    st.sampled_from(["a", "b"]),
    st.integers(1, 100),
    st.just(Tally()),
    st.builds(Tally, st.integers(0, 300), st.integers(0, 300), st.integers(0, 99), st.integers(0, 20)),
)


@given(st.lists(members, max_size=8, unique_by=lambda each: each.member_id), st.sampled_from(MEASURES))
def test_what_one_is_over_the_others_of_the_group_are_under(listed: list[Standing], measure: str) -> None:
    over = over_share(listed, measure)
    for group in "ab":
        assert sum(over[each.member_id] for each in listed if each.group == group) == pytest.approx(0, abs=1e-6)
    assert spread(listed, measure) >= 0
