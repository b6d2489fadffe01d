"""Leave, unavailable days and wishes: who enters them, for whom, and what is not taken."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from db.engine import Database
from db.models import Duty, DutyAbsence, DutyMember
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.duty import absences, describing, members
from tests.db.services.test_mediation_opening import problems_of
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_duty, a_patrol_lead

TODAY = NOW.date()
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
# The clerk is the first member of the staff role, the handler the second; the first shift is the whole day.
DUTY, SHIFT, CLERK, HANDLER = 1, 1, 7, 8
LEAVE, WISH = 1, 2


def act(service: Callable[..., Any], **usual: Any) -> Callable[..., Any]:
    """An act with its usual arguments, each of which a test may replace."""
    return lambda actor, **changes: service(actor, **{"key": "k", **usual, **changes})


ADD = act(absences.add_absence, member_id=CLERK, kind="leave", from_on=TOMORROW, until_on=TOMORROW, reason="培训")
REMOVE = act(absences.remove_absence, absence_id=LEAVE, version=1)
ASK = act(absences.add_wish, member_id=CLERK, kind="avoid", from_on=TOMORROW, weight=3)
TAKE_BACK = act(absences.remove_wish, absence_id=WISH, version=1)
RESTORE = act(absences.restore_absence, absence_id=LEAVE, version=2, key="restore")
PUT_BACK = act(absences.restore_wish, absence_id=WISH, version=2, key="put back")
PLANNED, OWN = {"add": ADD, "remove": REMOVE}, {"ask": ASK, "take back": TAKE_BACK}


@pytest.fixture(autouse=True)
def duty(database: Database, office: Office) -> None:
    """The centre duty; the handler is ill this week, the clerk would like next month's first day."""
    with database.transaction(SYSTEM) as session:
        a_duty(session, office)
        day = TODAY + timedelta(days=30)
        for kind, member_id, first, last in (("leave", HANDLER, TODAY, TOMORROW), ("want", CLERK, day, day)):
            session.add(
                DutyAbsence(member_id=member_id, kind=kind, from_on=first, until_on=last, reason="感冒", weight=2)
            )
            session.flush()


def stored(database: Database, absence_id: int) -> DutyAbsence:
    """An absence as stored."""
    with database.reading() as session:
        return session.get_one(DutyAbsence, absence_id)


def seen(actor: Actor, days: int = 60) -> list[tuple[str, str, str]]:
    """Member, kind and reason of the coming days."""
    found = absences.absences(actor, duty_id=DUTY, from_on=TODAY, until_on=TODAY + timedelta(days=days))
    return list(zip(found["member"], found["kind"], found["reason"], strict=True))


# --- who may, and once ---


@pytest.mark.parametrize("name", PLANNED)
def test_leave_is_entered_by_who_plans(name: str, database: Database, office: Office) -> None:
    with nothing_changes(database):
        for other in ("clerk", "leader", "viewer", "admin", "auditor"):
            with pytest.raises(Refused):
                PLANNED[name](office.people[other])
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
    with nothing_changes(database), pytest.raises(NotThere):
        PLANNED[name](lead)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Duty).values(unit_id=office.unit_a))
    assert PLANNED[name](lead)


@pytest.mark.parametrize("name", OWN)
def test_a_wish_is_its_members(name: str, database: Database, office: Office) -> None:
    with nothing_changes(database):
        for other in ("handler", "director", "outsider"):
            with pytest.raises(NotThere):
                OWN[name](office.people[other])
        for other in ("viewer", "admin", "auditor"):
            with pytest.raises(Refused):
                OWN[name](office.people[other])
    assert OWN[name](office.clerk)


@pytest.mark.parametrize("name", PLANNED | OWN)
def test_the_same_submission_writes_once(name: str, database: Database, office: Office) -> None:
    actor, one = (office.clerk, OWN[name]) if name in OWN else (office.director, PLANNED[name])
    first = one(actor)
    with nothing_changes(database):
        assert one(actor) == first


def test_who_saves_second_is_told(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyAbsence).values(version=7))
    with nothing_changes(database):
        for one, actor in ((REMOVE, office.director), (TAKE_BACK, office.clerk)):
            with pytest.raises(Changed):
                one(actor)


def test_what_is_not_there_is_not_changed(database: Database, office: Office) -> None:
    with nothing_changes(database):
        for one, actor, changes in (
            (ADD, office.director, {"member_id": 99}),
            (REMOVE, office.director, {"absence_id": 99}),
            (ASK, office.clerk, {"member_id": 99}),
            (TAKE_BACK, office.clerk, {"absence_id": 99}),
        ):
            with pytest.raises(NotThere):
                one(actor, **changes)
        with pytest.raises(NotThere):
            absences.absences(office.clerk, duty_id=99, from_on=TODAY, until_on=TODAY)


def test_a_retired_duty_takes_nothing(database: Database, office: Office) -> None:
    describing.retire_duty(office.director, duty_id=DUTY, version=1, key="away")
    with nothing_changes(database):
        for one, actor in ((ADD, office.director), (REMOVE, office.director), (ASK, office.clerk)):
            with pytest.raises(Problems, match="This duty is retired"):
                one(actor)


# --- what is written ---


def test_leave_is_kept_with_its_days(database: Database, office: Office) -> None:
    row = stored(database, ADD(office.director, until_on=None, weight=9, shift_id=SHIFT, reason=" 培训 "))
    assert (row.member_id, row.kind, row.from_on, row.until_on) == (CLERK, "leave", TOMORROW, TOMORROW)
    assert (row.shift_id, row.weight, row.reason, row.removed_at) == (SHIFT, 1, "培训", None)


def test_a_wish_is_kept_with_its_weight(database: Database, office: Office) -> None:
    row = stored(database, ASK(office.clerk))
    assert (row.member_id, row.kind, row.from_on, row.until_on, row.weight) == (CLERK, "avoid", TOMORROW, TOMORROW, 3)


def test_what_is_taken_back_is_not_shown(database: Database, office: Office) -> None:
    assert REMOVE(office.director) == 2
    assert stored(database, LEAVE).removed_at == NOW
    assert [kind for _, kind, _ in seen(office.clerk)] == ["want"]
    with nothing_changes(database), pytest.raises(Problems, match="taken back already"):
        REMOVE(office.director, version=2, key="again")
    ADD(office.director, member_id=HANDLER, key="anew")


def test_what_was_taken_back_is_put_back(database: Database, office: Office) -> None:
    before = seen(office.director)
    for take, put, actor, absence_id in (
        (REMOVE, RESTORE, office.director, LEAVE),
        (TAKE_BACK, PUT_BACK, office.clerk, WISH),
    ):
        assert take(actor, key=f"away {absence_id}") == 2
        with nothing_changes(database), pytest.raises(Changed):
            put(actor, version=1)
        assert put(actor) == put(actor) == 3
        assert stored(database, absence_id).removed_at is None
        with nothing_changes(database), pytest.raises(Problems, match="This stands already"):
            put(actor, version=3, key=f"again {absence_id}")
    assert seen(office.director) == before


def test_only_who_may_take_back_puts_back(database: Database, office: Office) -> None:
    REMOVE(office.director)
    TAKE_BACK(office.clerk, key="wish")
    with nothing_changes(database):
        for other, refusal in (("clerk", Refused), ("viewer", Refused)):
            with pytest.raises(refusal):
                RESTORE(office.people[other])
        with pytest.raises(NotThere):
            PUT_BACK(office.handler)
    assert RESTORE(office.director, absence_id=WISH, key="planner") == 3


def test_what_no_longer_fits_is_not_put_back(database: Database, office: Office) -> None:
    REMOVE(office.director)
    ADD(office.director, member_id=HANDLER, key="anew")
    with nothing_changes(database), pytest.raises(Problems, match="This is entered already"):
        RESTORE(office.director)
    TAKE_BACK(office.clerk, key="wish")
    with database.transaction(SYSTEM) as session:
        session.get_one(DutyAbsence, WISH).from_on = YESTERDAY
    with nothing_changes(database), pytest.raises(Problems, match="This day is past"):
        PUT_BACK(office.clerk, version=3)


def test_what_was_taken_back_is_shown_to_who_plans_and_to_the_member(office: Office) -> None:
    REMOVE(office.director)
    days: dict[str, Any] = {"from_on": TODAY, "until_on": TODAY + timedelta(days=60), "removed": True}
    for person, told in (("director", [True, False]), ("handler", [True, False]), ("clerk", [False])):
        found = absences.absences(office.people[person], duty_id=DUTY, **days)
        assert list(found["removed"]) == told


def test_leave_is_not_taken_back_as_a_wish(database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(NotThere):
        TAKE_BACK(office.handler, absence_id=LEAVE)


# --- looking ---


def test_the_reason_is_for_who_plans_and_for_the_member(office: Office) -> None:
    told, blank = ("王经办", "leave", "感冒"), ("王经办", "leave", "")
    mine, hidden = ("陈接访", "want", "感冒"), ("陈接访", "want", "")
    assert seen(office.director) == [told, mine]
    assert seen(office.handler) == [told, hidden]
    assert seen(office.clerk) == [blank, mine]
    assert seen(office.viewer) == [blank, hidden]
    with pytest.raises(Refused):
        seen(office.auditor)


def test_only_days_that_touch_are_shown(office: Office) -> None:
    assert [kind for _, kind, _ in seen(office.director, days=0)] == ["leave"]
    later = TODAY + timedelta(days=2)
    assert absences.absences(office.clerk, duty_id=DUTY, from_on=later, until_on=later).empty


def test_one_sees_one_s_own_duties_and_days_with_those_taken_back(database: Database, office: Office) -> None:
    TAKE_BACK(office.clerk)
    (seat,) = absences.own_seats(office.clerk)
    assert (seat.member_id, seat.duty.name, [str(name) for name in seat.shifts.values()]) == (
        CLERK,
        "中心值班",
        ["全天"],
    )
    until = TODAY + timedelta(days=60)
    own = absences.own_absences(office.clerk, from_on=TODAY, until_on=until)
    assert [tuple(row) for row in own[["id", "kind", "reason", "removed"]].to_numpy()] == [(WISH, "want", "感冒", True)]
    assert list(absences.own_absences(office.handler, from_on=TODAY, until_on=until)["kind"]) == ["leave"]
    assert absences.own_absences(office.handler, from_on=until, until_on=until).empty
    assert absences.own_seats(office.outsider) == ()
    with database.transaction(SYSTEM) as session:
        session.get_one(Duty, DUTY).active = False
    assert absences.own_seats(office.clerk) == ()


# --- what can't be taken ---


def test_what_is_wrong_is_said_beside_its_field(database: Database, office: Office) -> None:
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"kind": "late"}, ["kind"]),
        ({"kind": None}, ["kind"]),
        ({"from_on": None}, ["from_on"]),
        ({"until_on": TODAY}, ["until_on"]),
        ({"shift_id": 99}, ["shift_id"]),
        ({"reason": "\x00"}, ["reason"]),
        ({"member_id": HANDLER}, ["from_on"]),
        ({"member_id": HANDLER, "from_on": YESTERDAY}, ["from_on"]),
    ]
    with nothing_changes(database):
        for changes, fields in wrong:
            assert list(problems_of(partial(ADD, office.director, **changes))) == fields, changes


def test_a_wish_is_no_leave_and_lies_ahead(database: Database, office: Office) -> None:
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"kind": "leave"}, ["kind"]),
        ({"from_on": YESTERDAY}, ["from_on"]),
        ({"weight": 0}, ["weight"]),
        ({"weight": 11}, ["weight"]),
    ]
    with nothing_changes(database):
        for changes, fields in wrong:
            assert list(problems_of(partial(ASK, office.clerk, **changes))) == fields, changes
    assert ASK(office.clerk, from_on=TODAY)


def test_nobody_who_has_left_takes_leave(database: Database, office: Office) -> None:
    members.retire_member(office.director, member_id=CLERK, version=1, key="gone")
    with nothing_changes(database), pytest.raises(Problems, match="from_on: 陈接访 does not serve any more"):
        ADD(office.director)


def test_nor_before_the_first_day_or_after_the_last(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyMember).where(DutyMember.id == CLERK).values(until_on=TODAY))
    with nothing_changes(database), pytest.raises(Problems, match="from_on: 陈接访 serves until 2026-11-19 only"):
        ADD(office.director)
    with database.transaction(SYSTEM) as session:
        later = TODAY + timedelta(days=9)
        session.execute(update(DutyMember).where(DutyMember.id == CLERK).values(until_on=None, from_on=later))
    with nothing_changes(database), pytest.raises(Problems, match="from_on: 陈接访 serves from 2026-11-28 on"):
        ADD(office.director)
