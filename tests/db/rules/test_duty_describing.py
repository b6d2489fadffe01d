"""What a duty and its parts must say, what gets into the way of what, and what can never be filled."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from db.rules.duty.absences import Away, Serving, check_absence
from db.rules.duty.describing import (
    DAY,
    Asked,
    Demand,
    Serves,
    check_duty,
    check_need,
    check_period,
    check_post,
    check_shift,
    clashes,
    warnings,
)
from db.rules.duty.members import BEGINNINGS, check_member, check_pair, phone_of
from db.rules.duty.words import Days
from db.rules.problems import Check, Named, Problems

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
DUTY: dict[str, Any] = {
    "name": "中心值班",
    "name_en": "",
    "source": "R-50",
    "source_en": "",
    "least_rest": 720,
    "most_days_running": 6,
    "most_nights_running": None,
    "window_days": 7,
    "window_most": 5,
    "most_weekends": None,
}
POST: dict[str, Any] = {"name": "东门岗亭", "name_en": "", "place": "东街口", "position": 0}
SHIFT: dict[str, Any] = {
    "name": "夜班",
    "name_en": "Night",
    "mark": "夜",
    "mark_en": "N",
    "begins": 1200,
    "minutes": 720,
    "rest_after": 0,
    "position": 1,
}
NEED: dict[str, Any] = {
    "role": "staff",
    "roles": {"staff"},
    "count": 2,
    "days": "every",
    "weekday": None,
    "on_holiday": "keep",
    "skill": "",
    "skills": {"driver"},
    "skill_least": 0,
    "team": "",
    "period_id": None,
    "from_on": None,
    "until_on": None,
}
PERIOD: dict[str, Any] = {"name": "春节", "name_en": "", "from_on": MONDAY, "until_on": TUESDAY}
MEMBER: dict[str, Any] = {
    "name": "冉值班",
    "phone": "138-0000 0001",
    "roles": ("staff",),
    "skills": (),
    "posts": (7,),
    "known_roles": {"staff"},
    "known_skills": {"driver"},
    "known_posts": {7},
    "team": "一组",
    "share": 50,
    "most": None,
    "from_on": MONDAY,
    "until_on": MONDAY,
} | dict.fromkeys(BEGINNINGS, 0)
PAIR: dict[str, Any] = {"first_id": 1, "second_id": 2, "kind": "apart", "members": {1, 2}}
ABSENCE: dict[str, Any] = {
    "kind": "leave",
    "from_on": MONDAY,
    "until_on": TUESDAY,
    "shift_id": 3,
    "shifts": {3},
    "weight": 1,
    "reason": "",
    "standing": (),
}
SERVING = Serving("冉值班", True, from_on=MONDAY, until_on=TUESDAY)


def absence(check: Check, **told: Any) -> None:
    check_absence(check, SERVING, **told)


FORMS: dict[str, tuple[Any, dict[str, Any]]] = {
    "duty": (check_duty, DUTY),
    "post": (check_post, POST),
    "shift": (check_shift, SHIFT),
    "need": (check_need, NEED),
    "period": (check_period, PERIOD),
    "member": (check_member, MEMBER),
    "pair": (check_pair, PAIR),
    "absence": (absence, ABSENCE),
}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("duty", {"name": " "}, "name"),
    ("duty", {"name": "值" * 61}, "name"),
    ("duty", {"name_en": "\x00"}, "name_en"),
    ("duty", {"least_rest": None}, "least_rest"),
    ("duty", {"least_rest": 7 * DAY + 1}, "least_rest"),
    ("duty", {"most_days_running": 0}, "most_days_running"),
    ("duty", {"window_days": None}, "window_days"),
    ("duty", {"window_most": None}, "window_most"),
    ("duty", {"window_most": 8}, "window_most"),
    ("post", {"name": ""}, "name"),
    ("post", {"place": "东\n街"}, "place"),
    ("shift", {"mark": "夜夜夜夜夜"}, "mark"),
    ("shift", {"mark_en": "Night"}, "mark_en"),
    ("shift", {"begins": DAY}, "begins"),
    ("shift", {"begins": None}, "begins"),
    ("shift", {"minutes": 0}, "minutes"),
    ("shift", {"minutes": DAY + 1}, "minutes"),
    ("shift", {"minutes": True}, "minutes"),
    ("shift", {"rest_after": -1}, "rest_after"),
    ("need", {"role": "cook"}, "role"),
    ("need", {"role": None}, "role"),
    ("need", {"count": 51}, "count"),
    ("need", {"count": -1}, "count"),
    ("need", {"count": None}, "count"),
    ("need", {"days": "someday"}, "days"),
    ("need", {"days": "weekday"}, "weekday"),
    ("need", {"days": "weekday", "weekday": 7}, "weekday"),
    ("need", {"days": "special"}, "period_id"),
    ("need", {"on_holiday": "drop"}, "on_holiday"),
    ("need", {"skill": "juggling", "skill_least": 1}, "skill"),
    ("need", {"skill": "driver", "skill_least": 3}, "skill_least"),
    ("need", {"skill": "driver", "skill_least": 0}, "skill_least"),
    ("need", {"team": "队" * 61}, "team"),
    ("need", {"from_on": TUESDAY, "until_on": MONDAY}, "until_on"),
    ("period", {"name_en": "\n"}, "name_en"),
    ("period", {"from_on": None}, "from_on"),
    ("period", {"until_on": None}, "until_on"),
    ("period", {"until_on": MONDAY - timedelta(days=1)}, "until_on"),
    ("member", {"name": ""}, "name"),
    ("member", {"phone": "下午打"}, "phone"),
    ("member", {"roles": ()}, "roles"),
    ("member", {"roles": ("cook",)}, "roles"),
    ("member", {"skills": ("juggling",)}, "skills"),
    ("member", {"posts": (8,)}, "posts"),
    ("member", {"share": 0}, "share"),
    ("member", {"share": 101}, "share"),
    ("member", {"most": -1}, "most"),
    ("member", {"until_on": MONDAY - timedelta(days=1)}, "until_on"),
    ("member", {"begin_nights": -1}, "begin_nights"),
    ("pair", {"first_id": None}, "first_id"),
    ("pair", {"second_id": 3}, "second_id"),
    ("pair", {"second_id": 1}, "second_id"),
    ("pair", {"kind": "friends"}, "kind"),
    ("absence", {"kind": "late"}, "kind"),
    ("absence", {"from_on": None}, "from_on"),
    ("absence", {"until_on": MONDAY - timedelta(days=1)}, "until_on"),
    ("absence", {"from_on": TUESDAY + timedelta(days=1), "until_on": TUESDAY + timedelta(days=1)}, "from_on"),
    ("absence", {"from_on": MONDAY - timedelta(days=9), "until_on": MONDAY - timedelta(days=8)}, "from_on"),
    ("absence", {"until_on": MONDAY + timedelta(days=366)}, "until_on"),
    ("absence", {"shift_id": 4}, "shift_id"),
    ("absence", {"weight": 11}, "weight"),
    ("absence", {"standing": [Away("leave", TUESDAY, TUESDAY)]}, "from_on"),
    ("absence", {"standing": [Away("leave", TUESDAY, TUESDAY, 3)]}, "from_on"),
    ("absence", {"kind": "leave", "wish_from": MONDAY}, "kind"),
    ("absence", {"kind": "avoid", "wish_from": TUESDAY}, "from_on"),
]


def problems(form: str, **changes: Any) -> list[str]:
    check_form, told = FORMS[form]
    check = Check()
    check_form(check, **(told | changes))
    try:
        check.done()
    except Problems as found:
        return list(dict.fromkeys(problem.field for problem in found.problems))
    return []


@pytest.mark.parametrize("form", FORMS)
def test_what_is_right_is_taken(form: str) -> None:
    assert problems(form) == []


@pytest.mark.parametrize(("form", "changes", "fields"), WRONG)
def test_what_is_wrong_is_said_beside_its_field(form: str, changes: dict[str, Any], fields: str) -> None:
    assert problems(form, **changes) == fields.split()


@pytest.mark.parametrize(
    ("form", "changes"),
    [
        ("duty", {"window_days": None, "window_most": None}),
        ("shift", {"begins": 0, "minutes": DAY}),
        ("need", {"count": 0}),
        ("need", {"count": 50}),
        ("need", {"days": "weekday", "weekday": 0}),
        ("need", {"days": "special", "period_id": 1}),
        ("need", {"skill": "driver", "skill_least": 2}),
        ("member", {"phone": ""}),
        ("absence", {"standing": [Away("avoid", MONDAY, TUESDAY), Away("leave", MONDAY, TUESDAY, 9)]}),
        ("absence", {"kind": "want", "wish_from": MONDAY}),
    ],
)
def test_what_looks_odd_is_taken(form: str, changes: dict[str, Any]) -> None:
    assert problems(form, **changes) == []


def test_nobody_who_left_takes_leave() -> None:
    check = Check()
    check_absence(check, replace(SERVING, active=False), **ABSENCE)
    with pytest.raises(Problems, match="from_on: 冉值班 does not serve any more"):
        check.done()


def test_a_telephone_number_is_kept_in_half_width() -> None:
    assert phone_of(" ８８００１１转２ ") == "880011-2"


# --- twice at the same time ---

NIGHT = Demand(1, Named("东门"), "patrol", Named("夜班"), 1200, 720, "every")
MORNING = replace(NIGHT, shift=Named("早班"), begins=420, minutes=300)


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (NIGHT, NIGHT, True),
        (NIGHT, MORNING, True),
        (NIGHT, replace(MORNING, begins=480), False),
        (NIGHT, replace(MORNING, post_id=2), False),
        (NIGHT, replace(MORNING, role="staff"), False),
        (NIGHT, replace(MORNING, team="一队"), False),
        (replace(NIGHT, team="二队"), replace(MORNING, team="一队"), False),
        (replace(NIGHT, team="一队"), replace(MORNING, team="一队"), True),
        (replace(NIGHT, unit_id=1), replace(MORNING, unit_id=2), False),
        (NIGHT, replace(NIGHT, days="special", period_id=1), False),
        (replace(NIGHT, days="special", period_id=1), replace(NIGHT, days="special", period_id=2), False),
        (replace(NIGHT, days="special", period_id=1), replace(NIGHT, days="special", period_id=1), True),
        (replace(NIGHT, days="working"), replace(NIGHT, days="rest"), False),
        (replace(NIGHT, days="working"), replace(MORNING, days="rest"), True),
        (replace(NIGHT, days="working"), replace(NIGHT, days="weekday", weekday=4), True),
        (replace(NIGHT, days="weekday", weekday=3), replace(NIGHT, days="weekday", weekday=4), False),
        (replace(NIGHT, days="weekday", weekday=3), replace(MORNING, days="weekday", weekday=4), True),
        (replace(NIGHT, days="weekday", weekday=6), replace(MORNING, days="weekday", weekday=0), True),
        (replace(NIGHT, days="weekday", weekday=4), replace(MORNING, days="weekday", weekday=3), False),
        (replace(NIGHT, until_on=MONDAY), replace(NIGHT, from_on=TUESDAY), False),
        (replace(NIGHT, until_on=TUESDAY), replace(NIGHT, from_on=TUESDAY), True),
    ],
)
def test_a_post_asks_a_role_once_at_a_time(one: Demand, other: Demand, clash: bool) -> None:
    assert clashes(one, other) is clash
    assert clashes(other, one) is clash


WEEK = range(7)
ORDINARY = st.sampled_from(["every", "weekday"])


def demands() -> st.SearchStrategy[Demand]:
    """Weekly and daily needs of one post and role, in quarters of an hour."""

    def made(days: str, weekday: int, begins: int, minutes: int) -> Demand:
        weekly = weekday if days == "weekday" else None
        return replace(NIGHT, days=days, weekday=weekly, begins=begins * 15, minutes=minutes * 15)

    return st.builds(made, ORDINARY, st.sampled_from(WEEK), st.integers(0, 95), st.integers(1, 96))


def quarters(one: Demand) -> list[int]:
    """Every quarter of an hour of a week in which somebody is asked for, the week joined at its ends."""
    days = [one.weekday] if one.weekday is not None else list(WEEK)
    first = [day * 96 + one.begins // 15 for day in days]
    return [(begin + more) % (7 * 96) for begin in first for more in range(one.minutes // 15)]


@given(demands(), demands())
@example(replace(NIGHT, days="weekday", weekday=6), replace(MORNING, days="weekday", weekday=0))
def test_two_needs_clash_exactly_when_they_share_a_quarter_of_an_hour(one: Demand, other: Demand) -> None:
    assert clashes(one, other) == bool(set(quarters(one)) & set(quarters(other)))


@given(demands())
def test_no_need_overlaps_itself_from_day_to_day(one: Demand) -> None:
    assert len(quarters(one)) == len(set(quarters(one)))


# --- what can never be filled ---

STAFF = Serves(frozenset({"staff"}), frozenset({"driver"}))
RESERVE = replace(STAFF, reserve=True)
VILLAGE = Named("东村", "East village")


@pytest.mark.parametrize(
    ("posts", "asked", "serving", "fields"),
    [
        ({"东门": 1}, [Asked("staff", 1)], [STAFF], []),
        ({}, [], [], ["posts"]),
        ({"东门": 0, "西门": 0}, [], [STAFF], ["needs", "needs"]),
        ({"东门": 1}, [Asked("leader", 1)], [STAFF], ["role"]),
        ({"东门": 1}, [Asked("leader", 0)], [STAFF], []),
        ({"东门": 1}, [Asked("staff", 2), Asked("staff", 1)], [STAFF], ["role"]),
        ({"东门": 1}, [Asked("staff", 1)], [RESERVE], ["role"]),
        ({"东门": 1}, [Asked("staff", 2, special=True)], [STAFF, RESERVE], []),
        ({"东门": 1}, [Asked("staff", 2, special=True)], [RESERVE], ["role"]),
        ({"东门": 1}, [Asked("cook", 1), Asked("cook", 1, special=True)], [STAFF], ["role"]),
        ({"东门": 1}, [Asked("staff", 1, "driver", 1)], [STAFF], []),
        ({"东门": 1}, [Asked("staff", 1, "first_aid", 1)], [STAFF], ["skill"]),
        ({"东门": 1}, [Asked("staff", 1, team="一队")], [STAFF, replace(STAFF, team="一队")], []),
        ({"东门": 1}, [Asked("staff", 1, team="一队")], [STAFF, replace(STAFF, team="二队")], ["team"]),
        ({"东门": 1}, [Asked("staff", 1, unit=VILLAGE, units=frozenset({3, 4}))], [replace(STAFF, unit_id=4)], []),
        ({"东门": 1}, [Asked("staff", 1, unit=VILLAGE, units=frozenset({3, 4}))], [STAFF], ["unit_id"]),
    ],
)
def test_a_duty_says_what_can_never_be_filled(
    posts: dict[str, int], asked: list[Asked], serving: list[Serves], fields: list[str]
) -> None:
    assert [problem.field for problem in warnings(posts, asked, serving)] == fields


def test_every_kind_of_day_is_known_to_the_form() -> None:
    for kind in Days:
        more = {"weekday": 0, "period_id": 1}
        assert problems("need", days=kind.value, **more) == []
