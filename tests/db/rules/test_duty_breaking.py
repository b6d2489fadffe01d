"""Hard rules by name: each alone, across months, years and what is published, and what a change would newly break."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.rules.duty.breaking import Away, Break, Ground, Limits, Member, Place, Rule, Within, breaks_of, new_breaks
from db.rules.duty.needs import Cover, Period
from db.rules.problems import Named

MONDAY = date(2026, 11, 2)
DAY = timedelta(days=1)
POST, OTHER_POST = 1, 2
DAYTIME, NIGHT, WHOLE = 1, 2, 3
SHIFTS = {DAYTIME: (8, 8), NIGHT: (20, 12), WHOLE: (8, 24)}  # hour it begins, hours
ANN, BEN = 1, 2
PEOPLE = {ANN: Member(ANN, "安平", ("staff",)), BEN: Member(BEN, "卞和", ("staff",))}


def at(n: int, shift: int = DAYTIME, member: int | None = ANN, *, first: date = MONDAY, **more: object) -> Place:
    """A place on the n-th day of the test, with an id of its own."""
    day = first + n * DAY
    hour, hours = SHIFTS[shift]
    begins = datetime.combine(day, time(hour), tzinfo=UTC)
    place = Place(100 * n + shift, day, POST, shift, "staff", begins, begins + timedelta(hours=hours), member_id=member)
    return replace(place, night=shift != DAYTIME, **more)  # type: ignore[arg-type]


def ground(*, people: Mapping[int, Member] = PEOPLE, **more: object) -> Ground:
    """Two people of the staff, and whatever else is said."""
    limits = more.pop("limits", Limits())
    return replace(Ground(members=people), limits=limits, **more)  # type: ignore[arg-type]


def with_ann(**changes: object) -> Ground:
    """Ann is different."""
    return ground(people=PEOPLE | {ANN: replace(PEOPLE[ANN], **changes)})  # type: ignore[arg-type]


def found(places: Sequence[Place], judged: Ground) -> list[tuple[Rule, int]]:
    """Rule and place of what is broken."""
    return [(b.rule, b.place_id) for b in breaks_of(places, judged)]


def sentence(told: Break) -> str:
    """What the reader is told, days left out."""
    return told.problem.message.format(**told.problem.values)


# --- a placing by itself ---


def test_nothing_is_broken_where_nobody_serves() -> None:
    limits = Limits(720, 1, 1, 7, 1, 0)
    assert breaks_of([at(n, member=None) for n in range(9)], ground(limits=limits)) == ()
    assert found([at(0)], ground()) == []


@pytest.mark.parametrize(
    ("judged", "rule"),
    [
        (with_ann(roles=("leader",)), Rule.ROLE),
        (with_ann(posts=frozenset({OTHER_POST})), Rule.POST),
        (with_ann(from_on=MONDAY + DAY), Rule.TERM),
        (with_ann(until_on=MONDAY - DAY), Rule.TERM),
        (with_ann(active=False), Rule.TERM),
        (ground(people={BEN: PEOPLE[BEN]}), Rule.ROLE),
        (ground(aways=[Away(ANN, MONDAY, MONDAY, "leave")]), Rule.LEAVE),
        (ground(aways=[Away(ANN, MONDAY - DAY, MONDAY + DAY, "unavailable", DAYTIME)]), Rule.UNAVAILABLE),
        (with_ann(reserve=True), Rule.RESERVE),
    ],
)
def test_what_a_placing_breaks_by_itself(judged: Ground, rule: Rule) -> None:
    assert found([at(0)], judged)[0] == (rule, DAYTIME)


@pytest.mark.parametrize(
    "judged",
    [
        with_ann(posts=frozenset({POST})),
        with_ann(from_on=MONDAY, until_on=MONDAY),
        replace(with_ann(active=False), today=MONDAY + DAY),
        ground(aways=[Away(ANN, MONDAY, MONDAY, "avoid"), Away(ANN, MONDAY, MONDAY, "want")]),
        ground(aways=[Away(ANN, MONDAY, MONDAY, "unavailable", NIGHT)]),
        ground(aways=[Away(ANN, MONDAY + DAY, MONDAY + DAY, "leave"), Away(BEN, MONDAY, MONDAY, "leave")]),
        replace(with_ann(reserve=True), periods=[Period(1, "春节", MONDAY, MONDAY)]),
    ],
)
def test_what_it_does_not_break(judged: Ground) -> None:
    assert found([at(0)], judged) == []


def test_a_place_is_for_its_team_and_for_its_unit_with_those_below() -> None:
    village = Within(Named("东村", "East village"), frozenset({3, 4}))
    of_team, of_unit = at(0, team="一队"), at(0, unit_id=3)
    assert found([of_team], ground()) == [(Rule.TEAM, DAYTIME)]
    assert found([of_team], with_ann(team="二队")) == [(Rule.TEAM, DAYTIME)]
    assert found([of_team], with_ann(team="一队")) == []
    assert found([of_unit], ground(units={3: village})) == [(Rule.UNIT, DAYTIME)]
    assert found([of_unit], replace(with_ann(unit_id=5), units={3: village})) == [(Rule.UNIT, DAYTIME)]
    assert found([of_unit], replace(with_ann(unit_id=4), units={3: village})) == []
    (told,) = breaks_of([of_team], ground())
    assert sentence(told) == "安平 is not of the team 一队."


def test_a_skill_is_asked_of_those_the_need_asks_for() -> None:
    people = {ANN: replace(PEOPLE[ANN], team="一队"), BEN: replace(PEOPLE[BEN], skills=frozenset({"driver"}))}
    crew = [at(0, team="一队"), replace(at(0, member=BEN), id=9)]
    cover = Cover(MONDAY, POST, DAYTIME, "staff", "driver", 1)
    assert found(crew, ground(people=people, covers=[cover])) == []
    assert found(crew, ground(people=people, covers=[replace(cover, team="一队")])) == [(Rule.SKILL, DAYTIME)]


def test_reserves_may_be_left_out_of_a_special_period() -> None:
    judged = replace(with_ann(reserve=True), periods=[Period(1, "会议", MONDAY, MONDAY, reserves=False)])
    assert found([at(0)], judged) == [(Rule.RESERVE, DAYTIME)]


def test_what_is_published_is_not_judged_by_itself() -> None:
    assert found([at(0, own=False)], with_ann(roles=())) == []


def test_the_sentences_name_who_and_what() -> None:
    (told,) = breaks_of([at(0)], with_ann(roles=("leader",)))
    assert (told.member_id, told.on_day, told.problem.field) == (ANN, MONDAY, "member_id")
    assert sentence(told) == "安平 does not serve in this role."


# --- time ---


def test_nobody_serves_twice_at_one_time() -> None:
    assert found([at(0), at(0, WHOLE)], ground()) == [(Rule.TWICE, WHOLE)]
    assert found([at(0, WHOLE), at(1, member=BEN), at(1, WHOLE, BEN)], ground()) == [(Rule.TWICE, 100 + WHOLE)]
    assert found([at(0), at(0, WHOLE, BEN)], ground()) == []


def test_one_shift_may_follow_another_where_no_rest_is_asked() -> None:
    assert found([at(0, NIGHT), at(1)], ground()) == []


@pytest.mark.parametrize(
    ("least", "after", "broken"), [(719, 0, False), (720, 0, False), (721, 0, True), (0, 721, True)]
)
def test_rest_is_the_longer_of_the_dutys_and_the_shifts(least: int, after: int, broken: bool) -> None:
    # from 16:00 to 20:00 of the same day are 4 hours, from 08:00 to 20:00 are 12
    places = [at(0, NIGHT, rest_after=after), at(1, NIGHT)]
    assert found(places, ground(limits=Limits(least))) == ([(Rule.REST, 100 + NIGHT)] if broken else [])


def test_too_short_a_rest_says_how_short() -> None:
    (told,) = breaks_of([at(0), at(0, NIGHT)], ground(limits=Limits(720)))
    assert told.problem.values == {
        "name": "安平",
        "hours": "4",
        "least": "12",
        "day": MONDAY,
        "next_day": MONDAY,
    }


def test_a_long_rest_reaches_over_a_shift_in_between() -> None:
    places = [at(0, rest_after=4320), at(1, member=BEN), at(2), at(3)]
    assert found(places, ground()) == [(Rule.REST, 200 + DAYTIME), (Rule.REST, 300 + DAYTIME)]


NEW_YEAR = date(2026, 12, 31)
LEAP = date(2028, 2, 28)


@pytest.mark.parametrize("first", [date(2026, 11, 30), NEW_YEAR, LEAP, LEAP + DAY])
def test_rest_reaches_across_the_ends_of_months_and_years(first: date) -> None:
    limits = ground(limits=Limits(721))
    places = [at(0, NIGHT, first=first), at(1, NIGHT, first=first)]
    assert found(places, limits) == [(Rule.REST, 100 + NIGHT)]
    assert found([replace(places[0], own=False), places[1]], limits) == [(Rule.REST, 100 + NIGHT)]
    assert found([places[0], replace(places[1], own=False)], limits) == [(Rule.REST, NIGHT)]
    assert found([replace(p, own=False) for p in places], limits) == []


def test_another_duty_of_the_same_person_takes_time_and_rest_and_nothing_else() -> None:
    judged = ground(limits=Limits(720, most_days_running=1, window_days=7, window_most=1, most_weekends=0))
    away = at(0, own=False, elsewhere=True)
    assert found([away, at(1)], judged) == []
    assert found([away, at(0, NIGHT)], judged) == [(Rule.REST, NIGHT)]
    assert found([away, at(0, WHOLE)], judged) == [(Rule.TWICE, WHOLE)]


# --- runs, windows, months ---


def test_too_many_days_running() -> None:
    judged = ground(limits=Limits(most_days_running=2))
    assert found([at(n) for n in (0, 1, 3, 4)], judged) == []
    assert found([at(n) for n in (0, 1, 2, 3)], judged) == [(Rule.DAYS_RUNNING, 201), (Rule.DAYS_RUNNING, 301)]
    assert found([at(n, own=n > 1) for n in range(3)], judged) == [(Rule.DAYS_RUNNING, 201)]
    assert found([at(n, own=n < 1) for n in range(3)], judged) == [(Rule.DAYS_RUNNING, 1)]


def test_leap_day_is_a_day_like_any_other_in_a_run() -> None:
    judged = ground(limits=Limits(most_days_running=2))
    assert found([at(n, first=LEAP) for n in range(3)], judged) == [(Rule.DAYS_RUNNING, 201)]
    assert found([at(n, first=LEAP) for n in (0, 2)], judged) == []


def test_too_many_nights_running_counts_nights_only() -> None:
    judged = ground(limits=Limits(most_nights_running=2))
    assert found([at(0, NIGHT), at(1, NIGHT), at(2), at(3, NIGHT)], judged) == []
    assert found([at(n, NIGHT) for n in range(3)], judged) == [(Rule.NIGHTS_RUNNING, 202)]


def test_too_many_in_a_window() -> None:
    judged = ground(limits=Limits(window_days=7, window_most=2))
    assert found([at(n) for n in (0, 3, 7)], judged) == []
    assert found([at(n) for n in (0, 3, 6)], judged) == [(Rule.WINDOW, 601)]
    (told,) = breaks_of([at(0, own=False), at(3, own=False), at(6)], judged)
    assert sentence(told) == "Too many shifts within 7 days for 安平: 3, at most 2."


def test_weekends_count_by_calendar_month() -> None:
    judged = ground(limits=Limits(most_weekends=1))
    saturday, sunday, next_sunday, first_of_december = 5, 6, 13, 33
    assert found([at(saturday), at(sunday)], judged) == []
    assert found([at(saturday), at(next_sunday)], judged) == [(Rule.WEEKENDS, 1301)]
    assert found([at(saturday, own=False), at(next_sunday)], judged) == [(Rule.WEEKENDS, 1301)]
    assert found([at(saturday), at(first_of_december)], judged) == []


def test_the_personal_maximum_counts_by_calendar_month() -> None:
    judged = with_ann(most=2)
    assert found([at(n) for n in (0, 9, 18)], judged) == [(Rule.MOST, 1801)]
    assert found([at(n) for n in (0, 9, 30)], judged) == []
    assert found([at(0, own=False), at(9, own=False), at(18)], judged) == [(Rule.MOST, 1801)]
    assert found([at(0)], with_ann(most=0)) == [(Rule.MOST, 1)]


# --- who serves together ---


def test_two_who_must_not_serve_together() -> None:
    apart = ground(apart=[(BEN, ANN)])
    mine, theirs = at(0), replace(at(0, member=BEN), id=77)
    assert found([mine, theirs], apart) == [(Rule.PAIR, 1), (Rule.PAIR, 77)]
    assert sentence(breaks_of([mine, theirs], apart)[0]) == "安平 and 卞和 must not serve together."
    assert found([mine, replace(theirs, post_id=OTHER_POST)], apart) == []
    assert found([mine, at(1, member=BEN)], apart) == []
    assert found([mine, at(0, NIGHT, BEN)], apart) == []


def test_a_skill_is_missed_once_no_open_place_can_bring_it() -> None:
    judged = ground(covers=[Cover(MONDAY, POST, DAYTIME, "staff", "first_aid", 1)])
    mine, other = at(0), replace(at(0, member=None), id=77)
    assert found([mine, other], judged) == []
    assert found([mine, replace(other, member_id=BEN)], judged) == [(Rule.SKILL, 77)]
    able = replace(judged, members=PEOPLE | {BEN: replace(PEOPLE[BEN], skills=frozenset({"first_aid"}))})
    assert found([mine, replace(other, member_id=BEN)], able) == []
    assert found([replace(mine, role="leader"), replace(other, role="leader")], judged) == [
        (Rule.ROLE, 1),
    ]


# --- what a change would newly break ---


def test_only_what_a_change_adds_is_told() -> None:
    judged = ground(limits=Limits(most_days_running=2), aways=[Away(ANN, MONDAY, MONDAY, "leave")], apart=[(ANN, BEN)])
    places = [at(0), at(1), at(2, member=BEN), replace(at(2, member=None), id=999)]
    assert new_breaks(places, {}, judged) == ()
    assert new_breaks(places, {999: None}, judged) == ()
    assert [b.rule for b in new_breaks(places, {201: ANN}, judged)] == [Rule.DAYS_RUNNING]
    assert [b.rule for b in new_breaks(places, {999: ANN}, judged)] == [Rule.PAIR, Rule.DAYS_RUNNING, Rule.PAIR]
    assert new_breaks(places, {1: BEN}, judged) == ()


def test_a_swap_is_judged_as_a_whole() -> None:
    judged = ground(limits=Limits(1440))
    places = [at(0), at(1, member=BEN), at(2), at(3, member=BEN)]
    assert [b.place_id for b in new_breaks(places, {101: ANN}, judged)] == [101, 201]
    assert new_breaks(places, {1: BEN, 101: ANN, 201: BEN, 301: ANN}, judged) == ()


# --- properties ---

LIMITS = st.builds(
    Limits,
    st.sampled_from([0, 480, 720]),
    st.sampled_from([None, 1, 3]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 7]),
    st.sampled_from([None, 2, 3]),
    st.sampled_from([None, 0, 1]),
)
SERVED = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([DAYTIME, NIGHT, WHOLE]), st.sampled_from([ANN, BEN])),
    max_size=16,
    unique_by=lambda each: each[:2],
)
PUBLISHED_TWICE = (Rule.TWICE, Rule.REST)


def rota(served: Sequence[tuple[int, int, int]], *, first: date = date(2027, 12, 20)) -> list[Place]:
    """Places around the turn of a year."""
    return [at(n, shift, member, first=first) for n, shift, member in served]


@settings(deadline=None)
@given(SERVED, LIMITS)
def test_times_and_numbers_agree_with_counting_by_hand(served: list[tuple[int, int, int]], limits: Limits) -> None:
    places = rota(served)
    told = breaks_of(places, ground(limits=limits))
    for member in (ANN, BEN):
        theirs = sorted((p for p in places if p.member_id == member), key=lambda p: p.begins_at)
        rules = {b.rule for b in told if b.member_id == member}
        pairs = [(a, b) for n, a in enumerate(theirs) for b in theirs[n + 1 :]]
        twice = any(b.begins_at < a.ends_at for a, b in pairs)
        assert (Rule.TWICE in rules) == twice
        short = any(b.begins_at < a.ends_at + timedelta(minutes=limits.least_rest) for a, b in pairs)
        assert bool(rules & set(PUBLISHED_TWICE)) == (twice or short)
        days = {p.on_day for p in theirs}
        most = limits.most_days_running
        run = most is not None and any(all(d + n * DAY in days for n in range(most + 1)) for d in days)
        assert (Rule.DAYS_RUNNING in rules) == run
        ends = Counter(p.on_day for p in theirs)
        window = limits.window_days and limits.window_most is not None and any(
            sum(ends[d - n * DAY] for n in range(limits.window_days)) > limits.window_most for d in days
        )  # fmt: skip
        assert (Rule.WINDOW in rules) == bool(window)


@settings(deadline=None)
@given(SERVED, LIMITS, st.integers(0, 40))
def test_what_was_published_before_counts_as_if_it_were_one_rota(
    served: list[tuple[int, int, int]], limits: Limits, cut: int
) -> None:
    judged = ground(limits=limits)
    places = rota(served)
    boundary = date(2027, 12, 20) + cut * DAY
    whole = [b for b in breaks_of(places, judged) if b.on_day >= boundary]
    assert list(breaks_of([replace(p, own=p.on_day >= boundary) for p in places], judged)) == whole


@settings(deadline=None)
@given(SERVED, LIMITS, st.data())
def test_who_takes_a_place_over_is_told_what_gets_worse_and_nobody_else_is(
    served: list[tuple[int, int, int]], limits: Limits, data: st.DataObject
) -> None:
    places = rota(served)
    judged = ground(limits=limits)
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    becomes = data.draw(st.sampled_from([None, ANN, BEN]))
    handed = [replace(p, member_id=becomes) if p.id == place.id else p for p in places]
    before, after = breaks_of(places, judged), breaks_of(handed, judged)
    added = new_breaks(places, {place.id: becomes}, judged)
    assert set(map(told_once, added)) <= set(map(told_once, after)) - set(map(told_once, before))
    if becomes is None or becomes == place.member_id:
        assert added == ()
    elif len(after_of(becomes, after)) > len(after_of(becomes, before)):
        assert added != ()
    assert {b.member_id for b in added} <= {becomes}


def told_once(broken: Break) -> tuple[object, ...]:
    """A break as something to compare in sets."""
    return broken.rule, broken.place_id, broken.member_id, tuple(broken.problem.values.items())


def after_of(member: int, breaks: Sequence[Break]) -> list[Break]:
    """What one member breaks."""
    return [b for b in breaks if b.member_id == member]
