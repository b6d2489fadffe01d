"""Start and end of shifts: marked by the member or who is in charge, kept as the clock says, gaps listed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.models import DutyAttendance, DutyMember, Person, Rota, RotaPlace
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.duty import attendance
from tests.db.services.on_duty import Scene, a_published_rota, at, end, start
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, Office

ACTS: dict[str, Callable[..., int]] = {"start": start, "end": end}


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    """The centre duty with a published rota; the leader, the deputy and the clerk are on now."""
    return a_published_rota(database, office)


def gaps(actor: Actor, scene: Scene, first: int = 18, last: int = 19) -> list[tuple[str, int, str]]:
    found = attendance.gaps(actor, duty_id=scene.duty, from_on=date(2026, 11, first), until_on=date(2026, 11, last))
    assert list(found.columns) == attendance.GAPS
    return [(str(row["what"]), row["on_day"].day, str(row["member"])) for row in found.to_dict("records")]


def test_a_member_marks_start_and_end(scene: Scene) -> None:
    row_id = start(scene, scene.office.clerk, 19, "陈接访", uniform=True, note="已着装")
    with clock.at(at(20, 7, 30)):
        assert end(scene, scene.office.clerk, 19, "陈接访", note="钥匙已交") == row_id
    row = scene.row(DutyAttendance, row_id)
    assert (row["started_at"], row["ended_at"], row["uniform"]) == (NOW, at(20, 7, 30), True)
    assert row["note"] == "已着装\n钥匙已交"
    assert row["member_id"] == scene.member("陈接访")


def test_marks_early_and_late_are_kept_as_they_are(scene: Scene) -> None:
    with clock.at(at(18, 23)):
        start(scene, scene.office.deputy, 19, "杜副班")
    start(scene, scene.office.clerk, 19, "陈接访", key="late")
    with clock.at(at(20, 9)):
        end(scene, scene.office.clerk, 19, "陈接访")
    for person, late, early in ((scene.office.deputy, -540, None), (scene.office.clerk, 60, -60)):
        shifts = attendance.my_shifts(person, from_on=date(2026, 11, 19), until_on=date(2026, 11, 19))
        row = shifts.to_dict("records")[0]
        assert row["start_late"] == late
        assert row["end_early"] == early if early is not None else shifts["end_early"].isna().all()


@pytest.mark.parametrize("person", ["leader", "deputy"])
def test_who_is_in_charge_marks_for_somebody_without_an_account(person: str, scene: Scene) -> None:
    row_id = start(scene, scene.office.people[person], 19, "冉值班", uniform=False)
    assert scene.row(DutyAttendance, row_id)["member_id"] == scene.member("冉值班")
    assert scene.row(DutyAttendance, row_id)["uniform"] is False


def test_a_closed_account_is_no_account(scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(NotThere):
        start(scene, scene.office.leader, 19, "陈接访")
    scene.change(Person, scene.office.clerk.id or 0, active=False)
    assert start(scene, scene.office.leader, 19, "陈接访")


def test_the_centre_leader_is_in_charge_of_every_duty(scene: Scene) -> None:
    posts = a_published_rota(scene.database, scene.office, name="巡逻", responsible=False)
    for_patrol = posts.place(19, "冉值班")
    scene.change(RotaPlace, scene.place(19, "杜副班"), member_id=None)
    scene.change(DutyMember, posts.member("杜副班"), person_id=scene.office.outsider.id)
    assert attendance.start_shift(scene.office.leader, place_id=for_patrol, version=1, uniform=True, key="a")
    with nothing_changes(scene.database), pytest.raises(NotThere):
        start(scene, scene.office.outsider, 19, "冉值班", key="b")


def test_off_shift_nobody_is_in_charge(scene: Scene) -> None:
    with clock.at(at(20, 9)), nothing_changes(scene.database), pytest.raises(NotThere):
        end(scene, scene.office.leader, 19, "冉值班")
    with clock.at(at(20, 9)):
        assert end(scene, scene.office.director, 19, "冉值班")


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        ("viewer", Refused),
        ("admin", Refused),
        ("auditor", Refused),
        ("outsider", NotThere),
        ("leader", NotThere),
        ("director", NotThere),
    ],
)
def test_nobody_marks_for_a_member_with_an_account(
    act: str, person: str, refusal: type[Exception], scene: Scene
) -> None:
    with nothing_changes(scene.database), pytest.raises(refusal):
        ACTS[act](scene, scene.office.people[person], 19, "陈接访")


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", ["clerk", "handler", "director"])
def test_who_is_not_in_charge_marks_for_nobody_else(act: str, person: str, scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(NotThere):
        ACTS[act](scene, scene.office.people[person], 19, "冉值班")


@pytest.mark.parametrize("act", ACTS)
def test_the_same_submission_marks_once(act: str, scene: Scene) -> None:
    first = ACTS[act](scene, scene.office.clerk, 19, "陈接访", key="k")
    with nothing_changes(scene.database), clock.at(at(19, 10)):
        assert ACTS[act](scene, scene.office.clerk, 19, "陈接访", key="k") == first


@pytest.mark.parametrize("act", ACTS)
def test_a_mark_is_never_made_twice(act: str, scene: Scene) -> None:
    ACTS[act](scene, scene.office.clerk, 19, "陈接访", key="a")
    with nothing_changes(scene.database), clock.at(at(19, 10)), pytest.raises(Problems, match="already marked"):
        ACTS[act](scene, scene.office.clerk, 19, "陈接访", key="b")


@pytest.mark.parametrize("act", ACTS)
def test_a_place_that_changed_hands_meanwhile_is_looked_at_again(act: str, scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(Changed):
        ACTS[act](scene, scene.office.clerk, 19, "陈接访", version=2)


@pytest.mark.parametrize("act", ACTS)
def test_a_draft_has_no_attendance(act: str, scene: Scene) -> None:
    scene.change(Rota, scene.rota, state="draft")
    with nothing_changes(scene.database), pytest.raises(NotThere):
        ACTS[act](scene, scene.office.clerk, 19, "陈接访")


def test_an_open_place_is_marked_by_nobody(scene: Scene) -> None:
    place_id = scene.place(19, "陈接访")
    scene.change(RotaPlace, place_id, member_id=None)
    for person in (scene.office.clerk, scene.office.leader):
        with nothing_changes(scene.database), pytest.raises(NotThere):
            attendance.start_shift(person, place_id=place_id, version=2, uniform=None, key="k")


def test_far_from_the_shift_nothing_is_marked(scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(Problems, match="12 hours before"):
        start(scene, scene.office.clerk, 22, "陈接访")


def test_a_start_missed_stays_missing(scene: Scene) -> None:
    with clock.at(at(20, 8)):
        end(scene, scene.office.clerk, 19, "陈接访")
        with nothing_changes(scene.database), pytest.raises(Problems, match="stays missing"):
            start(scene, scene.office.clerk, 19, "陈接访")


def test_a_note_with_what_can_not_be_kept_is_refused_beside_its_field(scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(Problems) as caught:
        start(scene, scene.office.clerk, 19, "陈接访", note="\x00")
    assert [problem.field for problem in caught.value.problems] == ["note"]


def test_who_was_relieved_and_who_relieved_each_have_their_marks(scene: Scene) -> None:
    start(scene, scene.office.clerk, 19, "陈接访")
    scene.change(RotaPlace, scene.place(19, "陈接访"), member_id=scene.member("王经办"))
    with clock.at(at(19, 12)):
        start(scene, scene.office.handler, 19, "陈接访", key="b", version=2)
        end(scene, scene.office.clerk, 19, "陈接访", key="c", version=2)
    with clock.at(at(20, 8)):
        end(scene, scene.office.handler, 19, "陈接访", key="d", version=2)
    with scene.database.reading() as session:
        rows = session.scalars(select(DutyAttendance).order_by(DutyAttendance.id)).all()
        marks = [(row.member_id, row.started_at, row.ended_at) for row in rows]
    assert marks == [
        (scene.member("陈接访"), NOW, at(19, 12)),
        (scene.member("王经办"), at(19, 12), at(20, 8)),
    ]


def test_who_never_began_does_not_end_what_somebody_else_serves(scene: Scene) -> None:
    scene.change(RotaPlace, scene.place(19, "陈接访"), member_id=scene.member("王经办"))
    with nothing_changes(scene.database), pytest.raises(NotThere):
        end(scene, scene.office.clerk, 19, "陈接访", version=2)


def mine(actor: Actor, first: int = 16, last: int = 24) -> list[dict[Any, Any]]:
    shifts = attendance.my_shifts(actor, from_on=date(2026, 11, first), until_on=date(2026, 11, last))
    assert list(shifts.columns) == attendance.SHIFTS
    return shifts.to_dict("records")


def test_my_shifts_are_mine_and_say_what_can_be_marked(scene: Scene) -> None:
    rows = mine(scene.office.clerk)
    assert [(row["on_day"].day, row["may_start"], row["may_end"]) for row in rows] == [
        (16, False, False),
        (19, True, True),
        (22, False, False),
    ]
    assert {row["member"] for row in rows} == {"陈接访"}
    assert mine(scene.office.outsider) == []
    start(scene, scene.office.clerk, 19, "陈接访")
    assert [(row["may_start"], row["may_end"]) for row in mine(scene.office.clerk, 19, 19)] == [(False, True)]


def test_a_shift_taken_over_stays_with_who_began_it(scene: Scene) -> None:
    start(scene, scene.office.clerk, 19, "陈接访")
    scene.change(RotaPlace, scene.place(19, "陈接访"), member_id=scene.member("王经办"))
    (row,) = mine(scene.office.clerk, 19, 19)
    assert (row["may_start"], row["may_end"]) == (False, True)
    (row,) = mine(scene.office.handler, 19, 19)
    assert (row["may_start"], row["may_end"]) == (True, True)


def test_who_is_in_charge_has_a_list_to_mark(scene: Scene) -> None:
    listed = attendance.to_mark(scene.office.leader)
    assert [(row["on_day"].day, row["member"]) for row in listed.to_dict("records")] == [
        (18, "顾带班"),
        (18, "尹副班"),
        (18, "柯值班"),
        (18, "邢值班"),
        (19, "冉值班"),
    ]
    start(scene, scene.office.leader, 19, "冉值班")
    end(scene, scene.office.leader, 19, "冉值班")
    assert "冉值班" not in set(attendance.to_mark(scene.office.leader)["member"])
    for person in (scene.office.clerk, scene.office.director, scene.office.outsider):
        assert attendance.to_mark(person).empty


def test_gaps_are_listed_and_never_filled_in(scene: Scene) -> None:
    with nothing_changes(scene.database):
        found = gaps(scene.office.director, scene)
    before, now = ("顾带班", "尹副班", "柯值班", "邢值班"), ("林带班", "杜副班", "陈接访", "冉值班")
    assert found[:4] == [("no_start", 18, name) for name in before]
    assert sorted(found[4:]) == sorted(
        [*(("no_end", 18, name) for name in before), ("no_note", 18, ""), *(("no_start", 19, name) for name in now)]
    )
    start(scene, scene.office.clerk, 19, "陈接访", uniform=False)
    assert ("no_start", 19, "陈接访") not in gaps(scene.office.director, scene)
    assert ("no_uniform", 19, "陈接访") in gaps(scene.office.director, scene)


def test_an_open_place_is_a_gap_when_its_shift_has_begun(scene: Scene) -> None:
    for day in (19, 20):
        scene.change(RotaPlace, scene.place(day, "陈接访" if day == 19 else "王经办"), member_id=None)
    found = [gap for gap in gaps(scene.office.director, scene, 19, 24) if gap[0] == "open"]
    assert found == [("open", 19, "")]


def test_a_shift_to_come_has_no_gaps(scene: Scene) -> None:
    assert gaps(scene.office.director, scene, 20, 24) == []


@pytest.mark.parametrize(
    ("person", "sees"),
    [
        ("director", {"林带班", "杜副班", "陈接访", "冉值班"}),
        ("admin", {"林带班", "杜副班", "陈接访", "冉值班"}),
        ("deputy", {"林带班", "杜副班", "陈接访", "冉值班"}),
        ("clerk", {"陈接访"}),
        ("viewer", set()),
        ("outsider", set()),
    ],
)
def test_a_colleagues_gaps_are_for_who_answers_for_them(person: str, sees: set[str], scene: Scene) -> None:
    assert {name for _, _, name in gaps(scene.office.people[person], scene, 19, 19)} == sees


def test_gaps_are_refused_and_not_there(scene: Scene) -> None:
    with pytest.raises(Refused):
        gaps(scene.office.auditor, scene)
    with pytest.raises(NotThere):
        attendance.gaps(scene.office.director, duty_id=0, from_on=NOW.date(), until_on=NOW.date() + timedelta(days=1))
