"""Rotas as tasks: random duties, searched; what is found breaks no rule, and what stays open can't simply be taken."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from db.models import Duty, Rota
from db.rules.duty.breaking import Away, Ground, Limits, Member, Place, Within, breaks_of, new_breaks
from db.rules.duty.counts import Tally
from db.rules.duty.needs import Cover, Period
from db.rules.problems import Named
from db.rules.rostering.search import Limits as Bounds
from db.rules.rostering.search import search
from db.rules.working_calendar import WorkingCalendar
from db.services.duty.ground import Planned
from db.services.duty.tasks import Tasked, Wish, as_task, placed, sound

ZONE = "Asia/Shanghai"
DAY = timedelta(days=1)
# begins, minutes, rest after, night
SHIFTS = {1: (480, 720, 0, False), 2: (1200, 720, 0, True), 3: (480, 240, 0, False), 4: (480, 1440, 1440, True)}
CALENDAR = WorkingCalendar(frozenset({date(2027, 1, 1)}), frozenset({date(2027, 1, 3)}), frozenset({2026, 2027}))


def a_place(number: int, day: date, shift: int, **changes: object) -> Place:
    begins, minutes, rest, night = SHIFTS[shift]
    start = datetime.combine(day, datetime.min.time(), ZoneInfo(ZONE)) + timedelta(minutes=begins)
    place = Place(number, day, 1, shift, "guard", start, start + timedelta(minutes=minutes), rest, night)
    return replace(place, **changes)  # type: ignore[arg-type]


def a_plan(places: Sequence[Place], ground: Ground, outside: Sequence[Place] = (), **more: object) -> Planned:
    first, last = min(p.on_day for p in places), max(p.on_day for p in places)
    plan = Planned(
        rota=Rota(id=1, duty_id=1, from_on=first, until_on=last),
        duty=Duty(id=1),
        places=tuple(places),
        outside=tuple(outside),
        ground=ground,
        before={member: Tally() for member in ground.members},
        calendar=CALENDAR,
        needs=(),
        periods=tuple(ground.periods),
        wanted=(),
        longest=1440,
    )
    return replace(plan, **more)  # type: ignore[arg-type]


def found(tasked: Tasked, plan: Planned, rounds: int = 3) -> dict[int, int | None]:
    """Who serves where after a short search."""
    result = search(tasked.task, Bounds(rounds=rounds, seed=1), start=tasked.start)
    return sound(
        plan, placed(tasked.meaning, result.roster, {p.id: p.member_id for p in plan.places}), tasked.meaning.pinned
    )


def handed(plan: Planned, serving: dict[int, int | None]) -> list[Place]:
    return [*(replace(p, member_id=serving[p.id]) for p in plan.places), *plan.outside]


def some_plan(dice: random.Random) -> Planned:
    """A random duty: few people, a random choice of rules, places served before, after and elsewhere."""
    shifts = dice.choice([(1, 2), (4,), (1, 2, 3), (3, 2)])
    first = date(2026, 12, dice.choice((1, 9, 24)))
    days = dice.choice((7, 10, 14))
    members = {
        n: Member(
            n,
            f"甲{n}",
            roles=("guard",) if n < 7 else ("guard", "officer"),
            posts=frozenset({dice.choice((1, 1, 2))}) if dice.random() < 0.2 else frozenset(),
            skills=frozenset({"firm"}) if dice.random() < 0.5 else frozenset(),
            team=dice.choice(("", "一队")),
            unit_id=dice.choice((None, 3, 4)),
            reserve=dice.random() < 0.2,
            most=dice.choice((None, None, 2, 4)),
            from_on=first + 3 * DAY if dice.random() < 0.2 else None,
            share=dice.choice((100, 100, 50)),
        )
        for n in range(1, dice.choice((6, 8, 10)))
    }
    limits = Limits(
        least_rest=dice.choice((0, 660)),
        most_days_running=dice.choice((None, 2, 4)),
        most_nights_running=dice.choice((None, 1, 2)),
        window_days=7,
        window_most=dice.choice((None, 3, 4)),
        most_weekends=dice.choice((None, None, 1)),
    )
    places, number = [], 0
    for n in range(days):
        for shift in shifts:
            for place in range(dice.choice((1, 2))):
                number += 1
                role = "officer" if place and dice.random() < 0.3 else "guard"
                asked = {"team": dice.choice(("", "", "", "一队")), "unit_id": dice.choice((None, None, None, 3))}
                post_id = dice.choice((1, 1, 2))
                places.append(a_place(number, first + n * DAY, shift, role=role, post_id=post_id, **asked))
    outside: list[Place] = []
    for who in members:
        for n in (-3, -2, -1, days, days + 1, 2):
            number += 1
            elsewhere = n == 2 or dice.random() < 0.2
            near = a_place(number, first + n * DAY, dice.choice(shifts), member_id=who, elsewhere=elsewhere, post_id=9)
            kept = [replace(each, own=True) for each in outside]
            if dice.random() < 0.3 and not breaks_of([*kept, near], Ground(limits, members)):
                outside.append(replace(near, own=False))
    covers = [
        Cover(p.on_day, p.post_id, p.shift_id, p.role, "firm", 1, p.team, p.unit_id)
        for p in places
        if p.shift_id == shifts[-1] and dice.random() < 0.3
    ]
    aways = [
        Away(who, first + n * DAY, first + (n + 2) * DAY, dice.choice(("leave", "unavailable")), dice.choice((None, 1)))
        for who in members
        if dice.random() < 0.4
        for n in [dice.randrange(days)]
    ]
    apart = ((1, 2), (3, 4)) if dice.random() < 0.7 and not covers else ()
    ground = Ground(
        limits,
        members,
        aways,
        apart=apart,
        periods=(Period(1, "汛期", first + 2 * DAY, first + 5 * DAY),),
        covers=tuple(dict.fromkeys(covers)),
        units={3: Within(Named("东村"), frozenset({3, 4}))},
        today=first,
    )
    return a_plan(places, ground, outside, together=((1, 4), (2, 5)) if dice.random() < 0.4 else ())


@pytest.mark.parametrize("seed", range(25))
def test_what_is_found_breaks_no_rule_and_leaves_nothing_open_that_could_be_taken(seed: int) -> None:
    plan = some_plan(random.Random(seed))  # noqa: S311 - dice, no secret
    serving = found(as_task(plan, (), zone=ZONE), plan)
    places = handed(plan, serving)
    assert breaks_of(places, plan.ground) == ()
    for place in places:
        if place.own and place.member_id is None:
            able = [m.id for m in plan.ground.members.values() if place.role in m.roles]
            assert all(new_breaks(places, {place.id: who}, plan.ground) for who in able), place


# --- one thing at a time ---

FIRST = date(2026, 12, 7)


def round_the_clock(days: int, members: int, **more: object) -> Planned:
    """One place of 24 hours a day, and so many people."""
    places = [a_place(n + 1, FIRST + n * DAY, 4) for n in range(days)]
    people = {n: Member(n, f"甲{n}", roles=("guard",)) for n in range(1, members + 1)}
    return a_plan(places, Ground(Limits(), people, today=FIRST), (), **more)


def times(serving: dict[int, int | None]) -> dict[int | None, int]:
    return {who: list(serving.values()).count(who) for who in sorted(set(serving.values()), key=str)}


def test_who_served_more_before_serves_less_now() -> None:
    plan = round_the_clock(12, 4, before={who: Tally(n, n) for who, n in ((1, 4), (2, 4), (3, 6), (4, 6))})
    assert times(found(as_task(plan, (), zone=ZONE), plan)) == {1: 4, 2: 4, 3: 2, 4: 2}


def test_half_a_share_is_half_the_places() -> None:
    plan = round_the_clock(14, 4)
    people = dict(plan.ground.members)
    people[4] = replace(people[4], share=50)
    plan = replace(plan, ground=replace(plan.ground, members=people))
    assert times(found(as_task(plan, (), zone=ZONE), plan)) == {1: 4, 2: 4, 3: 4, 4: 2}


def test_wishes_are_heard_where_nobody_else_loses() -> None:
    plan = round_the_clock(6, 3)
    wishes = [
        Wish(1, "want", FIRST, FIRST, None, 1),
        Wish(2, "avoid", FIRST + 2 * DAY, FIRST + 5 * DAY, None, 1),
        Wish(3, "want", FIRST + 5 * DAY, FIRST + 5 * DAY, 9, 5),
    ]
    serving = found(as_task(plan, wishes, zone=ZONE), plan)
    assert times(serving) == {1: 2, 2: 2, 3: 2}
    assert serving[1] == 1
    assert [place for place, who in serving.items() if who == 2 and place > 2] == [4]


def test_what_is_fixed_stays_even_against_a_rule_and_counts() -> None:
    plan = round_the_clock(4, 3)
    places = [replace(plan.places[0], member_id=1), replace(plan.places[1], member_id=1), *plan.places[2:]]
    plan = replace(plan, places=tuple(places))
    serving = found(as_task(plan, (), zone=ZONE, fixed=(1, 2)), plan)
    assert (serving[1], serving[2]) == (1, 1)
    assert sorted((serving[3], serving[4]), key=str) == [2, 3]


def test_whoever_can_stays_when_a_rota_is_planned_anew() -> None:
    plan = round_the_clock(8, 5)
    places = [replace(place, member_id=1 + n % 4) for n, place in enumerate(plan.places)]
    away = Away(2, FIRST, FIRST + 3 * DAY, "leave")
    plan = replace(plan, places=tuple(places), ground=replace(plan.ground, aways=(away,)))
    tasked = as_task(plan, (), zone=ZONE, fixed=(1,), keeps=True)
    assert len(tasked.start) == 7
    assert not as_task(plan, (), zone=ZONE, fixed=(1,)).start
    serving = found(tasked, plan)
    assert {p.id: serving[p.id] for p in places if serving[p.id] != p.member_id} == {2: 5}


def test_reserves_come_last_and_only_in_their_periods() -> None:
    plan = round_the_clock(6, 3)
    people = {n: replace(m, reserve=n == 3, most=2) for n, m in plan.ground.members.items()}
    period = Period(1, "汛期", FIRST, FIRST + 3 * DAY)
    plan = replace(plan, ground=replace(plan.ground, members=people, periods=(period,)))
    serving = found(as_task(plan, (), zone=ZONE), plan)
    assert times(serving) == {1: 2, 2: 2, 3: 2}
    assert max(place for place, who in serving.items() if who == 3) <= 4


def test_leave_entered_while_a_search_ran_leaves_its_places_open() -> None:
    plan = round_the_clock(4, 2)
    away = Away(1, FIRST, FIRST, "leave")
    plan = replace(plan, ground=replace(plan.ground, aways=(away,)))
    assert sound(plan, {1: 1, 2: 2, 3: 1, 4: 2}, ()) == {1: None, 2: 2, 3: 1, 4: 2}
    assert sound(plan, {1: 1, 2: 2, 3: 1, 4: 2}, (1,)) == {1: 1, 2: 2, 3: 1, 4: 2}


def test_who_left_before_the_rota_is_not_among_those_it_is_fair_to() -> None:
    plan = round_the_clock(6, 4)
    people = dict(plan.ground.members)
    people[4] = replace(people[4], until_on=FIRST - DAY)
    plan = replace(plan, ground=replace(plan.ground, members=people))
    tasked = as_task(plan, (), zone=ZONE)
    assert {len(measure.begin) for measure in tasked.task.measures} == {3}
    assert times(found(tasked, plan)) == {1: 2, 2: 2, 3: 2}


# --- who should serve together ---


@pytest.mark.parametrize("seed", range(8))
def test_two_who_should_serve_together_do_and_everybody_serves_as_much(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - dice, no secret
    crew, crews = dice.choice(((2, 2), (2, 3), (3, 2)))
    days = crews * dice.choice((2, 3))
    places = [a_place(n * crew + k + 1, FIRST + n * DAY, 4) for n in range(days) for k in range(crew)]
    people = {n: Member(n, f"甲{n}", roles=("guard",)) for n in range(1, crew * crews + 1)}
    pair = tuple(dice.sample(sorted(people), 2))
    plan = a_plan(places, Ground(Limits(), people, today=FIRST), together=(pair,))
    serving = found(as_task(plan, (), zone=ZONE), plan, rounds=8)
    assert set(times(serving).values()) == {days // crews}
    apart = [
        day
        for n in range(days)
        for day in [{serving[n * crew + k + 1] for k in range(crew)}]
        if len(day & set(pair)) == 1
    ]
    assert apart == []


def test_serving_together_never_leaves_a_place_open_or_outweighs_leave() -> None:
    places = [a_place(n * 2 + k + 1, FIRST + n * DAY, 4) for n in range(4) for k in range(2)]
    people = {n: Member(n, f"甲{n}", roles=("guard",)) for n in range(1, 6)}
    ground = Ground(Limits(), people, [Away(1, FIRST, FIRST + DAY, "leave")], today=FIRST)
    serving = found(as_task(a_plan(places, ground, together=((1, 2),)), (), zone=ZONE), a_plan(places, ground))
    assert None not in serving.values()
    assert 1 not in {serving[place] for place in (1, 2, 3, 4)}


def test_two_are_only_asked_together_where_both_may_serve() -> None:
    places = [a_place(1, FIRST, 4), a_place(2, FIRST, 4, role="leader"), a_place(3, FIRST + DAY, 4)]
    roles = {1: ("guard",), 2: ("leader",), 3: ("guard",)}
    people = {n: Member(n, f"甲{n}", roles=mine) for n, mine in roles.items()}
    plan = a_plan(places, Ground(Limits(), people, today=FIRST), together=((1, 2), (1, 3)))
    asked = [measure for measure in as_task(plan, (), zone=ZONE).task.measures if measure.name == "together"]
    assert len(asked) == 1
    assert len(asked[0].counts) == 2
