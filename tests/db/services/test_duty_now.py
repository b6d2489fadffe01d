"""Who is on now and next, and the leader on shift, who is first responsible for what is taken in (R-69)."""

from collections.abc import Callable
from datetime import datetime

import pytest

from db import clock
from db.engine import Database
from db.identity import encrypt
from db.models import Case, Duty, DutyAttendance, DutyMember, Person, Rota, RotaPlace
from db.rules.cases import Kind
from db.rules.intake import Intake, Party
from db.rules.problems import Refused
from db.services.duty import now
from db.services.intake import register
from tests.db.services.on_duty import Scene, a_published_rota, at, start
from tests.factories import NOW, Office

CREW = ["林带班", "杜副班", "陈接访", "冉值班"]


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    """The centre duty with a published rota."""
    return a_published_rota(database, office)


def leader(scene: Scene, moment: datetime = NOW) -> int | None:
    with scene.database.reading() as session:
        return now.leader_on_shift(session, moment)


def test_the_desk_knows_who_is_on_and_who_comes_next(scene: Scene) -> None:
    scene.change(DutyMember, scene.member("冉值班"), phone=encrypt(scene.database, "duty_member.phone", "15400000001"))
    start(scene, scene.office.clerk, 19, "陈接访")
    seen = now.on_now(scene.office.viewer)
    assert seen.at == NOW
    assert list(seen.on.columns) == list(seen.next.columns) == now.ON
    assert list(seen.on["member"]) == CREW
    assert list(seen.on["role"]) == ["leader", "deputy", "staff", "staff"]
    assert list(seen.on["phone"]) == ["", "", "", "15400000001"]
    assert [one is not None and one == NOW for one in seen.on["started_at"]] == [False, False, True, False]
    assert list(seen.next["member"]) == ["周主任", "祁副班", "王经办", "苗值班"]
    assert set(seen.next["begins_at"]) == {at(20, 8)}


@pytest.mark.parametrize("person", ["clerk", "outsider", "viewer", "admin", "head"])
def test_everybody_who_reads_rotas_reads_this(person: str, scene: Scene) -> None:
    assert len(now.on_now(scene.office.people[person]).on) == 4


def test_who_reads_no_rotas_does_not(scene: Scene) -> None:
    with pytest.raises(Refused):
        now.on_now(scene.office.auditor)


def test_an_open_place_is_shown_as_open(scene: Scene) -> None:
    scene.change(RotaPlace, scene.place(19, "杜副班"), member_id=None)
    rows = now.on_now(scene.office.clerk).on.to_dict("records")
    assert [(row["role"], row["member"], row["phone"]) for row in rows][1] == ("deputy", "", "")


def test_without_a_rota_nobody_is_on(database: Database, office: Office) -> None:
    seen = now.on_now(office.clerk)
    assert seen.on.empty
    assert seen.next.empty
    with database.reading() as session:
        assert now.leader_on_shift(session, NOW) is None


def test_the_duty_that_answers_for_the_office_comes_first(scene: Scene) -> None:
    scene.change(Duty, scene.duty, responsible=False)
    first = a_published_rota(scene.database, scene.office, name="带班")
    rows = now.on_now(scene.office.clerk).on.to_dict("records")
    assert [row["duty"] for row in rows] == ["带班"] * 4 + ["中心值班"] * 4
    assert rows[0]["duty_id"] == first.duty


def test_the_mark_of_who_was_relieved_is_not_told_of_who_relieved(scene: Scene) -> None:
    start(scene, scene.office.clerk, 19, "陈接访")
    scene.change(RotaPlace, scene.place(19, "陈接访"), member_id=scene.member("王经办"))
    rows = now.on_now(scene.office.clerk).on.to_dict("records")
    assert [row["member"] for row in rows] == ["林带班", "杜副班", "王经办", "冉值班"]
    assert not any(row["started_at"] == NOW for row in rows)


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        (at(19, 8), "leader"),
        (at(20, 7, 59), "leader"),
        (at(20, 8), "director"),
        (at(21, 12), None),
        (at(25, 8), None),
        (at(16, 7), None),
    ],
)
def test_the_leader_on_shift_is_the_one_with_an_account(moment: datetime, who: str | None, scene: Scene) -> None:
    expected = scene.office.people[who].id if who else None
    assert leader(scene, moment) == expected


CHANGES: dict[str, Callable[[Scene], None]] = {
    "draft": lambda s: s.change(Rota, s.rota, state="draft"),
    "not responsible": lambda s: s.change(Duty, s.duty, responsible=False),
    "retired duty": lambda s: s.change(Duty, s.duty, active=False),
    "open place": lambda s: s.change(RotaPlace, s.place(19, "林带班"), member_id=None),
    "no account": lambda s: s.change(DutyMember, s.member("林带班"), person_id=None),
    "closed account": lambda s: s.change(Person, s.office.leader.id or 0, active=False),
    "retired member": lambda s: s.change(DutyMember, s.member("林带班"), active=False),
    "another role": lambda s: s.change(RotaPlace, s.place(19, "林带班"), role="staff", place=7),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_leads_but_an_account_on_a_leaders_place(change: str, scene: Scene) -> None:
    assert leader(scene) == scene.office.leader.id
    CHANGES[change](scene)
    assert leader(scene) is None


def test_who_stands_in_now_is_first_responsible(scene: Scene) -> None:
    scene.change(RotaPlace, scene.place(19, "林带班"), member_id=scene.member("周主任"))
    intake = Intake(
        channel="visit",
        source="resident",
        kind=Kind.REQUEST,
        category="other",
        subject="路灯不亮",
        text="东村村口路灯坏了两个月。",
        parties=(Party(name="甲大山", contact="15400000002"),),
        notice_shown=True,
    )
    taken = register(scene.office.clerk, intake=intake, key="a")
    assert scene.row(Case, taken.case_id)["first_responsible_id"] == scene.office.director.id
    with clock.at(at(21, 12)):
        later = register(scene.office.clerk, intake=intake, key="b")
    assert scene.row(Case, later.case_id)["first_responsible_id"] is None
    assert scene.count(DutyAttendance) == 0
