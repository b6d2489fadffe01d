"""Duties, their posts, shifts, needs and special periods; who may, once, and nothing lost."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from db.engine import Database
from db.models import Code, Duty, DutyMember, DutyNeed, DutyPeriod, DutyPost, DutyShift, Rota
from db.rules.duty.describing import TWICE
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.duty import describing, members, needs, posts, presets
from db.services.office.codes import codes
from tests.db.services.test_mediation_opening import problems_of
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_duty, a_member, a_patrol_lead
from tests.frames import row_of

TODAY = NOW.date()
OTHERS = ("leader", "clerk", "viewer", "auditor")
# The centre duty is the first of each kind in a fresh office; its needs are leader, deputy and staff.
DUTY, POST, SHIFT, LEADER, DEPUTY, STAFF = 1, 1, 1, 1, 2, 3


def act(service: Callable[..., Any], **usual: Any) -> Callable[..., Any]:
    """An act with its usual arguments, each of which a test may replace."""
    return lambda actor, **changes: service(actor, **{"key": "k", **usual, **changes})


ADDS: dict[str, Callable[..., Any]] = {
    "duty": act(describing.add_duty, name="巡逻值班", least_rest=660),
    "post": act(posts.add_post, duty_id=DUTY, name="东门岗亭", place="东街"),
    "shift": act(posts.add_shift, duty_id=DUTY, name="白班", mark="白", begins=480, minutes=720),
    "need": act(needs.add_need, duty_id=DUTY, post_id=POST, shift_id=SHIFT, role="volunteer", count=3),
    "period": act(needs.add_period, duty_id=DUTY, name="国庆", from_on=TODAY, until_on=TODAY),
}
EDITS: dict[str, Callable[..., Any]] = {
    "duty": act(describing.edit_duty, duty_id=DUTY, version=1, name="全天值班", most_days_running=3),
    "post": act(posts.edit_post, post_id=POST, version=1, name="大厅"),
    "shift": act(posts.edit_shift, shift_id=SHIFT, version=1, name="班", begins=510, minutes=1440),
    "need": act(needs.edit_need, need_id=STAFF, version=1, post_id=POST, shift_id=SHIFT, role="staff", count=4),
    "period": act(needs.edit_period, period_id=1, version=1, name="春节", from_on=TODAY, until_on=TODAY),
}
RETIRES: dict[str, Callable[..., Any]] = {
    "duty": act(describing.retire_duty, duty_id=DUTY, version=1),
    "post": act(posts.retire_post, post_id=2, version=1),
    "shift": act(posts.retire_shift, shift_id=2, version=1),
    "need": act(needs.retire_need, need_id=STAFF, version=1),
    "period": act(needs.retire_period, period_id=1, version=1),
}
RESTORES: dict[str, Callable[..., Any]] = {
    "duty": act(describing.restore_duty, duty_id=DUTY, version=1, key="r"),
    "post": act(posts.restore_post, post_id=2, version=1, key="r"),
    "shift": act(posts.restore_shift, shift_id=2, version=1, key="r"),
    "need": act(needs.restore_need, need_id=STAFF, version=1, key="r"),
    "period": act(needs.restore_period, period_id=1, version=1, key="r"),
}
KINDS: dict[str, Any] = {"duty": Duty, "post": DutyPost, "shift": DutyShift, "need": DutyNeed, "period": DutyPeriod}
ACTS = {f"add {k}": one for k, one in ADDS.items()} | {f"edit {k}": one for k, one in EDITS.items()}
ACTS |= {f"retire {k}": one for k, one in RETIRES.items()} | {f"restore {k}": one for k, one in RESTORES.items()}
ACTS["preset"] = act(presets.load_duty_preset, preset="patrol")


@pytest.fixture(autouse=True)
def duty(database: Database, office: Office) -> None:
    """The centre duty, with a second post and shift that nothing needs, and a special period."""
    with database.transaction(SYSTEM) as session:
        a_duty(session, office)
        session.add(DutyPost(duty_id=DUTY, name="侧门"))
        session.add(DutyShift(duty_id=DUTY, name="晚班", begins=1080, minutes=240))
        session.add(DutyPeriod(duty_id=DUTY, name="元旦", from_on=TODAY, until_on=TODAY + timedelta(days=2)))


def stored(database: Database, kind: str, row_id: int) -> Any:
    """A part as it is stored."""
    with database.reading() as session:
        return session.get_one(KINDS[kind], row_id)


# --- who may, and once ---


@pytest.mark.parametrize("name", ACTS)
def test_only_director_and_administrator_describe(name: str, database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        others = [a_patrol_lead(session, office), *(office.people[other] for other in OTHERS)]
    with nothing_changes(database):
        for actor in others:
            with pytest.raises(Refused):
                ACTS[name](actor)


@pytest.mark.parametrize("name", ACTS)
def test_the_same_submission_writes_once(name: str, database: Database, office: Office) -> None:
    first = ACTS[name](office.director)
    with nothing_changes(database):
        assert ACTS[name](office.director) == first


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("acts", [EDITS, RETIRES, RESTORES], ids=["edit", "retire", "restore"])
def test_who_saves_second_is_told(acts: dict[str, Any], kind: str, database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        session.execute(update(KINDS[kind]).values(version=7))
    with nothing_changes(database), pytest.raises(Changed) as late:
        acts[kind](office.director)
    assert late.value.version == 7


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("acts", [EDITS, RETIRES, RESTORES], ids=["edit", "retire", "restore"])
def test_what_is_not_there_is_not_changed(acts: dict[str, Any], kind: str, database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(NotThere):
        acts[kind](office.director, **{f"{kind}_id": 99})


@pytest.mark.parametrize("kind", ["post", "shift", "need", "period"])
def test_a_retired_duty_takes_no_parts(kind: str, database: Database, office: Office) -> None:
    RETIRES["duty"](office.director, key="away")
    for acts in (ADDS, EDITS, RETIRES, RESTORES):
        with nothing_changes(database), pytest.raises(Problems, match="This duty is retired"):
            acts[kind](office.director)
    with nothing_changes(database), pytest.raises(NotThere):
        ADDS[kind](office.director, duty_id=99)


# --- what is written ---


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("duty", {"name": "巡逻值班", "least_rest": 660, "most_days_running": None, "active": True}),
        ("post", {"duty_id": DUTY, "name": "东门岗亭", "place": "东街", "active": True}),
        ("shift", {"duty_id": DUTY, "name": "白班", "begins": 480, "minutes": 720, "night": False}),
        ("need", {"role": "volunteer", "count": 3, "days": "every", "weekday": None, "active": True}),
        ("period", {"name": "国庆", "from_on": TODAY, "until_on": TODAY, "reserves": True}),
    ],
)
def test_what_is_added_is_kept(kind: str, columns: dict[str, Any], database: Database, office: Office) -> None:
    row = stored(database, kind, ADDS[kind](office.admin))
    assert {name: getattr(row, name) for name in columns} == columns


@pytest.mark.parametrize(
    ("kind", "row_id", "columns"),
    [
        ("duty", DUTY, {"name": "全天值班", "most_days_running": 3, "least_rest": 0, "responsible": False}),
        ("post", POST, {"name": "大厅", "place": ""}),
        ("shift", SHIFT, {"name": "班", "begins": 510, "minutes": 1440, "night": False}),
        ("need", STAFF, {"role": "staff", "count": 4}),
        ("period", 1, {"name": "春节", "until_on": TODAY}),
    ],
)
def test_what_is_corrected_is_kept(
    kind: str, row_id: int, columns: dict[str, Any], database: Database, office: Office
) -> None:
    version = EDITS[kind](office.admin)
    row = stored(database, kind, row_id)
    assert {name: getattr(row, name) for name in columns} | {"version": version} == columns | {"version": 2}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_retired_can_be_put_back(kind: str, database: Database, office: Office) -> None:
    row_id = {"duty": DUTY, "post": 2, "shift": 2, "need": STAFF, "period": 1}[kind]
    assert RETIRES[kind](office.director) == 2
    assert not stored(database, kind, row_id).active
    assert RESTORES[kind](office.director, version=2) == 3
    assert stored(database, kind, row_id).active


def test_what_belongs_to_other_days_is_left_out(database: Database, office: Office) -> None:
    weekly = ADDS["need"](
        office.admin, days="weekday", weekday=4, on_holiday="next_working", period_id=1, skill="", skill_least=2
    )
    row = stored(database, "need", weekly)
    assert (row.weekday, row.on_holiday, row.period_id, row.skill_least) == (4, "next_working", None, 0)
    special = ADDS["need"](
        office.admin, role="staff", days="special", weekday=4, on_holiday="next_working", period_id=1, key="special"
    )
    row = stored(database, "need", special)
    assert (row.weekday, row.on_holiday, row.period_id) == (None, "keep", 1)


# --- what can't be taken ---


WRONG: list[tuple[str, dict[str, Any], list[str]]] = [
    ("duty", {"name": "中心值班"}, ["name"]),
    ("duty", {"unit_id": 99}, ["unit_id"]),
    ("duty", {"name": "", "least_rest": -1}, ["name", "least_rest"]),
    ("duty", {"window_days": 7}, ["window_most"]),
    ("post", {"name": "侧门"}, ["name"]),
    ("shift", {"name": "晚班"}, ["name"]),
    ("shift", {"minutes": 0}, ["minutes"]),
    ("shift", {"minutes": 1441}, ["minutes"]),
    ("shift", {"begins": None}, ["begins"]),
    ("need", {"role": "cook"}, ["role"]),
    ("need", {"count": 51}, ["count"]),
    ("need", {"count": -1}, ["count"]),
    ("need", {"post_id": None}, ["post_id"]),
    ("need", {"post_id": 99}, ["post_id"]),
    ("need", {"shift_id": None}, ["shift_id"]),
    ("need", {"days": "special"}, ["period_id"]),
    ("need", {"days": "special", "period_id": 99}, ["period_id"]),
    ("need", {"from_on": TODAY, "until_on": TODAY - timedelta(days=1)}, ["until_on"]),
    ("period", {"until_on": TODAY - timedelta(days=1)}, ["until_on"]),
    ("period", {"from_on": None}, ["from_on"]),
    ("period", {"name": "元旦"}, ["name"]),
]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_is_said_beside_its_field(kind: str, database: Database, office: Office) -> None:
    with nothing_changes(database):
        for changes, fields in [(changes, fields) for one, changes, fields in WRONG if one == kind]:
            assert list(problems_of(partial(ADDS[kind], office.director, **changes))) == fields, changes


@pytest.mark.parametrize("kind", ["duty", "post", "shift", "period"])
def test_a_correction_keeps_its_own_name(kind: str, database: Database, office: Office) -> None:
    own = {"duty": "中心值班", "post": "综治中心", "shift": "全天", "period": "元旦"}[kind]
    assert EDITS[kind](office.director, name=own, key="own") == 1 + (kind != "post")


def test_the_parts_of_another_duty_are_not_taken(database: Database, office: Office) -> None:
    other = ADDS["duty"](office.director, key="other")
    with nothing_changes(database):
        found = problems_of(lambda: ADDS["need"](office.director, duty_id=other))
    assert list(found) == ["post_id", "shift_id"]


# --- overlapping shifts ---


def test_a_role_is_asked_once_at_a_time(database: Database, office: Office) -> None:
    def also(**changes: Any) -> Any:
        return ADDS["need"](office.director, **({"role": "staff", "shift_id": 2, "key": "also"} | changes))

    with nothing_changes(database):
        with pytest.raises(Problems, match="综治中心 asks for this role twice at the same time: 晚班 and 全天"):
            also()
        told = problems_of(also)
    assert told == {"shift_id": TWICE}
    also(post_id=2)
    also(days="special", period_id=1, key="on top")
    also(count=0, key="nobody")


def test_a_shift_does_not_grow_into_another(database: Database, office: Office) -> None:
    EDITS["shift"](office.director, begins=480, minutes=600, key="shorter")
    ADDS["need"](office.director, role="staff", shift_id=2, key="evening")
    with nothing_changes(database):
        longer = problems_of(lambda: EDITS["shift"](office.director, version=2, begins=480, minutes=601))
    assert list(longer) == ["begins"]


def test_a_need_is_not_corrected_or_put_back_into_another(database: Database, office: Office) -> None:
    with nothing_changes(database):
        assert list(problems_of(lambda: EDITS["need"](office.director, role="leader"))) == ["shift_id"]
    RETIRES["need"](office.director)
    ADDS["need"](office.director, role="staff", shift_id=2, key="evening")
    with nothing_changes(database):
        assert list(problems_of(lambda: RESTORES["need"](office.director, version=2))) == ["active"]


# --- retiring ---


@pytest.mark.parametrize(("kind", "row_id"), [("post", POST), ("shift", SHIFT)])
def test_what_is_needed_is_not_retired(kind: str, row_id: int, database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Problems, match="active: Needs that still ask for this: 3"):
        RETIRES[kind](office.director, **{f"{kind}_id": row_id})


def test_nor_a_period_with_needs(database: Database, office: Office) -> None:
    need_id = ADDS["need"](office.director, days="special", period_id=1)
    with nothing_changes(database):
        assert list(problems_of(lambda: RETIRES["period"](office.director, key="p"))) == ["active"]
    RETIRES["need"](office.director, need_id=need_id, key="n")
    RETIRES["period"](office.director, key="p")
    with nothing_changes(database):
        told = problems_of(lambda: RESTORES["need"](office.director, need_id=need_id, version=2))
    assert list(told) == ["period_id"]


@pytest.mark.parametrize(
    ("days", "state", "stays"), [(0, "published", True), (-1, "published", False), (9, "draft", False)]
)
def test_a_duty_with_a_running_rota_stays(
    days: int, state: str, stays: bool, database: Database, office: Office
) -> None:
    until = TODAY + timedelta(days=days)
    with database.transaction(SYSTEM) as session:
        session.add(Rota(duty_id=DUTY, from_on=date(2026, 11, 1), until_on=until, state=state, made_at=NOW))
    if stays:
        with nothing_changes(database):
            assert list(problems_of(lambda: RETIRES["duty"](office.director))) == ["active"]
    else:
        assert RETIRES["duty"](office.director) == 2


# --- looking ---


@pytest.mark.parametrize("person", ["clerk", "viewer", "admin", "director"])
def test_who_serves_looks_at_duties(person: str, office: Office) -> None:
    actor = office.people[person]
    row = row_of(describing.duties(actor), "中心值班", by="name")
    assert {name: row[name] for name in ("posts", "shifts", "needs", "members", "unit")} == {
        "posts": 2,
        "shifts": 2,
        "needs": 3,
        "members": 12,
        "unit": "综治中心",
    }
    view = describing.duty_view(actor, duty_id=DUTY)
    assert (row["may_plan"], view.may_plan) == (person == "director",) * 2
    assert view.may_manage == (person in ("admin", "director"))


@pytest.mark.parametrize("look", ["duties", "duty_names", "duty_view", "warnings_of"])
def test_the_auditor_does_not(look: str, office: Office) -> None:
    asked = {"duty_id": DUTY} if look in ("duty_view", "warnings_of") else {}
    with pytest.raises(Refused):
        getattr(describing, look)(office.auditor, **asked)


def test_a_duty_is_seen_with_all_its_parts(office: Office) -> None:
    RETIRES["post"](office.director)
    view = describing.duty_view(office.clerk, duty_id=DUTY)
    assert (view.name, view.responsible, view.rules["least_rest"], view.unit_id) == (
        "中心值班",
        True,
        720,
        office.centre,
    )
    assert view.posts["active"].tolist() == [True, False]
    assert view.shifts["minutes"].tolist() == [1440, 240]
    assert dict(zip(view.needs["role"], view.needs["count"], strict=True)) == {"leader": 1, "deputy": 1, "staff": 2}
    assert view.periods["name"].tolist() == ["元旦"]
    with pytest.raises(NotThere):
        describing.duty_view(office.clerk, duty_id=99)


def test_retired_duties_are_shown_when_asked(office: Office) -> None:
    RETIRES["duty"](office.director)
    assert describing.duties(office.clerk).empty
    assert describing.duty_names(office.clerk) == {}
    assert describing.duties(office.clerk, retired=True)["id"].tolist() == [DUTY]


def test_a_patrol_lead_plans_the_duties_of_the_unit_and_below(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
        for name, unit in (("甲", office.unit_a), ("组", office.group_a), ("乙", office.unit_b), ("无", None)):
            session.add(Duty(name=name, unit_id=unit))
    assert list(describing.duty_names(lead, plannable=True).values()) == ["甲", "组"]
    found = describing.duties(lead)
    assert dict(zip(found["name"], found["may_plan"], strict=True)) == {
        "中心值班": False, "甲": True, "组": True, "乙": False, "无": False,
    }  # fmt: skip
    assert len(describing.duty_names(office.director, plannable=True)) == 5
    assert describing.duty_names(office.clerk, plannable=True) == {}


# --- what to look at ---


def told(office: Office) -> list[tuple[str, str]]:
    found = describing.warnings_of(office.clerk, duty_id=DUTY)
    return [(problem.field, str(problem.values.get("role") or problem.values.get("post"))) for problem in found]


def test_a_duty_says_what_can_never_be_filled(database: Database, office: Office) -> None:
    RETIRES["post"](office.director, key="side")
    assert told(office) == []
    ADDS["need"](office.director)
    assert told(office) == [("role", "volunteer")]
    with database.transaction(SYSTEM) as session:
        centre = session.get_one(Duty, DUTY)
        a_member(session, centre, "邓后备", "volunteer", reserve=True)
        session.execute(update(DutyMember).where(DutyMember.name == "林带班").values(active=False))
        session.execute(
            update(DutyMember)
            .where(DutyMember.name.in_(["周主任", "顾带班"]))
            .values(until_on=TODAY - timedelta(days=1))
        )
    assert told(office) == [("role", "leader"), ("role", "volunteer")]
    with database.transaction(SYSTEM) as session:
        session.execute(
            update(DutyNeed).where(DutyNeed.role == "volunteer").values(days="special", period_id=1, count=1)
        )
        session.execute(update(DutyNeed).where(DutyNeed.role == "leader").values(until_on=TODAY - timedelta(days=1)))
    assert told(office) == []


def test_a_post_that_needs_nobody_is_told(office: Office) -> None:
    assert told(office) == [("needs", "侧门")]


# --- presets ---


def test_every_preset_is_a_whole_duty(database: Database, office: Office) -> None:
    RETIRES["duty"](office.director, key="away")
    with database.transaction(SYSTEM) as session:
        session.execute(update(Duty).values(name="旧值班"))
    offered = presets.duty_presets(office.director)
    assert set(offered) == {"centre", "patrol", "joint_patrol", "shop_front", "reception", "school"}
    for preset, name in offered.items():
        duty_id = presets.load_duty_preset(office.director, preset=preset, unit_id=office.unit_a, key=preset)
        view = describing.duty_view(office.director, duty_id=duty_id)
        assert (view.name, view.unit_id) == (name, office.unit_a)
        assert view.source.startswith("R-")
        assert not [p for p in describing.warnings_of(office.director, duty_id=duty_id) if p.field != "role"]
        with database.transaction(SYSTEM) as session:
            needs.must_stay_apart(session, duty_id, "shift_id", DutyNeed.duty_id == duty_id)
    assert set(presets.duty_presets(office.director, language="en").values()) >= {"Centre duty", "School gate duty"}


def needed(office: Office, preset: str) -> list[tuple[str, int, str]]:
    """Role, count and days of each need of a preset."""
    duty_id = presets.load_duty_preset(office.admin, preset=preset, key=preset)
    found = describing.duty_view(office.admin, duty_id=duty_id).needs
    return list(zip(found["role"], found["count"].astype(int), found["days"], strict=True))


def test_the_centre_duty_is_one_leader_one_deputy_and_two_staff(database: Database, office: Office) -> None:
    EDITS["duty"](office.admin, name="旧值班")
    assert needed(office, "centre") == [("leader", 1, "every"), ("deputy", 1, "every"), ("staff", 2, "every")]
    with database.reading() as session:
        assert session.scalars(select(DutyShift.minutes).order_by(DutyShift.id.desc()).limit(1)).one() == 1440
        assert session.scalars(select(Duty.responsible).order_by(Duty.id.desc()).limit(1)).one()


def test_a_patrol_post_is_one_by_day_and_two_by_night(office: Office) -> None:
    assert needed(office, "patrol")[:2] == [("patrol", 1, "every"), ("patrol", 2, "every")]


def test_reception_days_move_to_the_next_working_day(database: Database, office: Office) -> None:
    assert needed(office, "reception") == [("leader", 1, "weekday")] * 2
    with database.reading() as session:
        moved = session.scalars(select(DutyNeed.on_holiday).where(DutyNeed.days == "weekday")).all()
    assert moved == ["next_working"] * 2


def test_a_preset_is_loaded_once_and_known(database: Database, office: Office) -> None:
    with nothing_changes(database):
        assert list(problems_of(lambda: presets.load_duty_preset(office.admin, preset="centre", key="k"))) == ["name"]
        assert list(problems_of(lambda: presets.load_duty_preset(office.admin, preset="navy", key="k"))) == ["preset"]


def test_roles_and_skills_are_lists_of_the_office(office: Office) -> None:
    assert codes(office.clerk, list_name="duty_role")["code"].tolist() == [
        "leader", "deputy", "staff", "patrol", "officer", "guard", "volunteer",
    ]  # fmt: skip
    assert "reservist" in codes(office.clerk, list_name="duty_skill")["code"].tolist()


def test_a_role_taken_off_the_list_stays_where_it_stands(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        session.execute(update(Code).where(Code.code == "staff").values(active=False))
    assert EDITS["need"](office.director) == 2
    with nothing_changes(database):
        assert list(problems_of(lambda: ADDS["need"](office.director, role="staff", post_id=2, key="a"))) == ["role"]
    names = {row["name"]: row for row in members.members(office.clerk, duty_id=DUTY).to_dict("records")}
    assert names["冉值班"]["roles"] == ("staff",)
