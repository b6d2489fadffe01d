"""Kinds, calendar, planning, attendance and closing on both engines: allowed, refused, once, nobody overwritten."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import select, update

from db import clock
from db.engine import Database
from db.models import Meeting, MeetingKind, MeetingMinutes, MeetingTopic, Unit, Work, WorkUnit
from db.rules.meetings.words import Slot
from db.rules.permissions import GRANTS, Actor, Permission
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.rules.scoring.works import Line, Part
from db.services import office as office_services
from db.services.meetings import attending, calendar, closing, keeping, kinds, lists, people
from db.services.meetings.lists import Choice
from db.services.scoring.facts.works import meetings_missed
from db.services.works import lists as registers
from db.services.works import recording
from tests.db.services.meeting import TODAY, a_kind, a_meeting
from tests.db.services.test_meetings import KEEPERS, OTHERS
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_case
from tests.frames import row_of

MONDAY = date(2026, 11, 16)
NINE = time(9)
KIND: dict[str, Any] = {
    "name": "安全例会",
    "rhythm": "weekly",
    "weekday": 2,
    "begins_on": TODAY,
    "attended_by": "people",
}
MANAGERS = ("director", "admin")


def planned(office: Office, kind_id: int, actor: Actor | None = None, **changes: Any) -> int:
    """A meeting today, the director in the chair and the clerk writing; answers its id."""
    told: dict[str, Any] = {"day": TODAY, "at": NINE, "chair_id": office.director.id, "clerk_id": office.clerk.id}
    return keeping.plan(actor or office.clerk, kind_id=kind_id, **({"key": "plan"} | told | changes))


def states(office: Office, kind_id: int, first: date, last: date) -> list[tuple[date, str]]:
    """The due days of one kind with how they stand."""
    found = calendar.calendar(office.clerk, first=first, last=last)
    return [(one.due_on or one.day, one.state.value) for one in found if one.kind_id == kind_id]


def row(database: Database, meeting_id: int) -> Meeting:
    with database.reading() as session:
        return session.get_one(Meeting, meeting_id)


def attended(database: Database, office: Office, meeting_id: int, **stands: dict[str, Any]) -> None:
    """Say of units by their names in the office how they stood."""
    rows: dict[int, tuple[int, dict[str, Any]]] = {getattr(office, name): (0, told) for name, told in stands.items()}
    saved = attending.attend(office.clerk, meeting_id=meeting_id, rows=rows, key=f"attend-{meeting_id}")
    assert len(saved.saved) == len(stands)


def refused_to(names: Iterable[str], office: Office, acts: Iterable[Callable[[Actor], Any]]) -> None:
    """None of these people may do any of these acts."""
    for name in names:
        for act in acts:
            with pytest.raises(Refused):
                act(office.people[name])


# --- kinds ---


def test_a_new_office_has_the_usual_kinds_due_from_today_on(database: Database, office: Office) -> None:
    found = kinds.kinds(office.director).set_index("code")
    assert set(found["rhythm"]) == {"weekly", "half_monthly", "monthly", "quarterly", "as_needed"}
    assert set(found["begins_on"]) == {TODAY}
    assert found.loc["unit_heads", "about"] == "regular"
    assert not [one for one in calendar.calendar(office.clerk, first=TODAY, last=TODAY) if one.state is Slot.MISSED]
    assert office_services.load_presets(SYSTEM)["meetings"] == 0
    assert kinds.add_usual(office.admin, key="k") == 0


@pytest.mark.parametrize("person", MANAGERS)
def test_who_manages_kinds_adds_corrects_retires_and_restores(person: str, office: Office) -> None:
    actor = office.people[person]
    kind_id = kinds.add_kind(actor, **KIND, topics=["new", "overdue"], key="1")
    assert kinds.add_kind(actor, **KIND, key="1") == kind_id
    version = kinds.edit_kind(actor, kind_id=kind_id, version=1, **(KIND | {"name": "消防例会"}), key="2")
    version = kinds.retire_kind(actor, kind_id=kind_id, version=version, key="3")
    kinds.restore_kind(actor, kind_id=kind_id, version=version, key="4")
    found = kinds.kinds(actor).set_index("id").loc[kind_id]
    assert (found["name"], found["active"], found["weekday"]) == ("消防例会", True, 2)


def test_nobody_else_touches_kinds(database: Database, office: Office) -> None:
    kind_id = a_kind(database)
    acts: list[Callable[[Actor], Any]] = [
        lambda actor: kinds.kinds(actor),
        lambda actor: kinds.add_kind(actor, **KIND, key="k"),
        lambda actor: kinds.edit_kind(actor, kind_id=kind_id, version=1, **KIND, key="k"),
        lambda actor: kinds.retire_kind(actor, kind_id=kind_id, version=1, key="k"),
        lambda actor: kinds.restore_kind(actor, kind_id=kind_id, version=1, key="k"),
        lambda actor: kinds.add_usual(actor, key="k"),
    ]
    with nothing_changes(database):
        refused_to([name for name in (*KEEPERS, *OTHERS) if name not in MANAGERS], office, acts)


def test_a_kind_of_the_same_name_and_an_overtaken_one_are_told(database: Database, office: Office) -> None:
    kind_id = a_kind(database, begins_on=TODAY)
    with nothing_changes(database), pytest.raises(Problems, match="of this name"):
        kinds.add_kind(office.director, **(KIND | {"name": "每周例会"}), key="k")
    kinds.retire_kind(office.director, kind_id=kind_id, version=1, key="r")
    with pytest.raises(Changed):
        kinds.edit_kind(office.admin, kind_id=kind_id, version=1, **KIND, key="e")
    with pytest.raises(Problems, match="stands already"):
        kinds.retire_kind(office.director, kind_id=kind_id, version=2, key="r2")


def test_another_rhythm_waits_for_missed_meetings_and_counts_from_today(database: Database, office: Office) -> None:
    kind_id = a_kind(database, begins_on=date(2026, 11, 9))
    other = KIND | {"name": "每周例会", "begins_on": date(2026, 1, 1)}
    with nothing_changes(database), pytest.raises(Problems, match=r"missed meetings \(2\)"):
        kinds.edit_kind(office.director, kind_id=kind_id, version=1, **other, key="k")
    for monday in (date(2026, 11, 9), MONDAY):
        keeping.call_off_due(office.clerk, kind_id=kind_id, due_on=monday, reason="防汛", key=str(monday))
    kinds.edit_kind(office.director, kind_id=kind_id, version=1, **other, key="k")
    assert states(office, kind_id, TODAY, TODAY + timedelta(days=7)) == [(date(2026, 11, 25), "due")]


# --- calendar ---


def test_what_is_due_missed_planned_and_held(database: Database, office: Office) -> None:
    kind_id = a_kind(database)  # due on 26 October, 2, 9, 16 and 23 November
    held = planned(office, kind_id, due_on=MONDAY, key="late")
    last = date(2026, 11, 30)
    assert states(office, kind_id, MONDAY, last) == [
        (date(2026, 10, 26), "missed"),
        (date(2026, 11, 2), "missed"),
        (date(2026, 11, 9), "missed"),
        (MONDAY, "planned"),
        (date(2026, 11, 23), "due"),
        (last, "due"),
    ]
    keeping.call_off_due(office.clerk, kind_id=kind_id, due_on=date(2026, 10, 26), reason="台风", key="off")
    keeping.open_meeting(office.clerk, meeting_id=held, version=1, key="open")
    assert states(office, kind_id, MONDAY, MONDAY + timedelta(days=5)) == [
        (date(2026, 11, 2), "missed"),
        (date(2026, 11, 9), "missed"),
        (MONDAY, "open"),
    ]
    closing.close_meeting(office.clerk, meeting_id=held, version=2, key="close")
    found = calendar.calendar(office.director, first=MONDAY, last=TODAY)
    (one,) = [one for one in found if one.meeting_id == held]
    assert (one.state, one.late, one.due_on, one.day, one.chair) == (
        Slot.HELD,
        True,
        MONDAY,
        TODAY,
        office.director.name,
    )


def test_a_planned_meeting_nobody_opened_is_missed_until_somebody_says_why(database: Database, office: Office) -> None:
    kind_id = a_kind(database, begins_on=MONDAY)
    meeting_id = planned(office, kind_id, due_on=MONDAY, day=MONDAY)
    assert states(office, kind_id, TODAY, TODAY) == [(MONDAY, "missed")]
    keeping.call_off(office.clerk, meeting_id=meeting_id, version=1, reason="主任出差", key="off")
    assert states(office, kind_id, TODAY, TODAY) == []
    assert states(office, kind_id, MONDAY, TODAY) == [(MONDAY, "called_off")]
    again = planned(office, kind_id, due_on=MONDAY, key="again")
    assert states(office, kind_id, MONDAY, TODAY) == [(MONDAY, "planned")]
    assert again != meeting_id


def test_meetings_called_as_needed_and_of_retired_kinds_stand_in_the_calendar(
    database: Database, office: Office
) -> None:
    kind_id = a_kind(database)
    meeting_id = planned(office, kind_id)
    with database.transaction(SYSTEM) as session:
        session.execute(update(MeetingKind).where(MeetingKind.id == kind_id).values(active=False))
    found = [one for one in calendar.calendar(office.clerk, first=TODAY, last=TODAY) if one.kind_id == kind_id]
    assert [(one.meeting_id, one.due_on, one.state) for one in found] == [(meeting_id, None, Slot.PLANNED)]


def test_nobody_else_reads_the_calendar_or_the_list(office: Office) -> None:
    looks: list[Callable[[Actor], Any]] = [
        lambda actor: calendar.calendar(actor, first=TODAY, last=TODAY),
        lambda actor: lists.past(actor, choice=Choice()),
        lambda actor: people.leaders(actor),
        lambda actor: attending.roll(actor, meeting_id=1),
        lambda actor: closing.minutes(actor, meeting_id=1),
        lambda actor: keeping.choices(actor),
    ]
    refused_to(OTHERS, office, looks)


# --- planning, changing, opening, calling off ---


def test_a_meeting_begins_with_the_topics_of_its_kind_and_covers_days_since_the_last(
    database: Database, office: Office
) -> None:
    kind_id = a_kind(database, topics="decisions new overdue")
    a_meeting(database, office, kind_id=kind_id, state="closed", since=date(2026, 11, 2), until=date(2026, 11, 10))
    meeting_id = planned(office, kind_id)
    found = row(database, meeting_id)
    assert (found.since, found.until) == (date(2026, 11, 11), TODAY - timedelta(days=1))
    with database.reading() as session:
        topics = session.scalars(
            select(MeetingTopic.code).where(MeetingTopic.meeting_id == meeting_id).order_by(MeetingTopic.position)
        ).all()
    assert topics == ["decisions", "new", "overdue"]
    assert keeping.choices(office.clerk).leaders[office.clerk.id or 0] == office.clerk.name


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"kind_id": None}, "kind_id"),
    ({"day": None}, "day"),
    ({"at": None}, "at"),
    ({"day": TODAY + timedelta(days=400)}, "day"),
    ({"title": "a\nb"}, "title"),
    ({"chair_id": -1}, "chair_id"),
    ({"due_on": date(2026, 11, 17)}, "due_on"),
    ({"due_on": date(2026, 10, 19)}, "due_on"),
    ({"case_number": "2026-000999"}, "case_number"),
]


def test_a_wrong_plan_is_told_at_its_field(database: Database, office: Office) -> None:
    kind_id = a_kind(database)
    with nothing_changes(database):
        for changes, field in WRONG:
            with pytest.raises(Problems) as told:
                planned(office, **({"kind_id": kind_id} | changes))
            assert {problem.field for problem in told.value.problems} == {field}, changes


def test_only_who_keeps_meetings_chairs_and_writes(database: Database, office: Office) -> None:
    kind_id = a_kind(database)
    with nothing_changes(database), pytest.raises(Problems) as told:
        planned(office, kind_id, chair_id=office.viewer.id, clerk_id=office.head.id)
    assert {problem.field for problem in told.value.problems} == {"chair_id", "clerk_id"}


def test_a_joint_meeting_is_about_a_case_its_keeper_may_see(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        case = a_case(session, office)
        number = case.number
    kind_id = a_kind(database, rhythm="as_needed", code="alone")
    meeting_id = planned(office, kind_id, case_number=number.lower())
    assert keeping.meeting(office.leader, meeting_id=meeting_id).case_number == number
    told: dict[str, Any] = {"day": TODAY, "at": NINE, "title": "联席", "case_number": ""}
    keeping.change(office.clerk, meeting_id=meeting_id, version=1, **told, key="c")
    assert keeping.meeting(office.leader, meeting_id=meeting_id).case_id is None


def test_two_people_plan_the_same_due_day_and_one_is_told(database: Database, office: Office) -> None:
    kind_id = a_kind(database)

    def attempt(actor: Actor) -> object:
        try:
            return planned(office, kind_id, actor, due_on=MONDAY, key=f"plan-{actor.id}")
        except Problems as problems:
            return problems.problems[0].field

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(attempt, (office.clerk, office.director)))
    assert sorted(isinstance(answer, int) for answer in answers) == [False, True]
    assert "due_on" in answers


ACTS: dict[str, Callable[[int, Actor], Any]] = {
    "change": lambda m, a: keeping.change(a, meeting_id=m, version=1, day=TODAY, at=time(14), place="二楼", key="k"),
    "open": lambda m, a: keeping.open_meeting(a, meeting_id=m, version=1, key="k"),
    "call_off": lambda m, a: keeping.call_off(a, meeting_id=m, version=1, reason="停电", key="k"),
}


def test_nobody_else_keeps_meetings(database: Database, office: Office) -> None:
    kind_id = a_kind(database)
    meeting_id = planned(office, kind_id)
    acts: list[Callable[[Actor], Any]] = [
        lambda actor: planned(office, kind_id, actor, key="p"),
        lambda actor: keeping.call_off_due(actor, kind_id=kind_id, due_on=MONDAY, reason="x", key="k"),
        lambda actor: attending.attend(actor, meeting_id=meeting_id, rows={}, key="k"),
        lambda actor: attending.everybody(actor, meeting_id=meeting_id, seen={}, key="k"),
        lambda actor: closing.close_meeting(actor, meeting_id=meeting_id, version=1, key="k"),
        lambda actor: closing.reopen(actor, meeting_id=meeting_id, version=1, reason="x", key="k"),
        *(partial(act, meeting_id) for act in ACTS.values()),
    ]
    with nothing_changes(database):
        refused_to(OTHERS, office, acts)


@pytest.mark.parametrize("act", ACTS)
def test_the_same_submission_writes_once_and_an_overtaken_one_is_told(
    act: str, database: Database, office: Office
) -> None:
    meeting_id = planned(office, a_kind(database))
    first = ACTS[act](meeting_id, office.clerk)
    with nothing_changes(database):
        assert ACTS[act](meeting_id, office.clerk) == first
    if act != "call_off":
        with nothing_changes(database), pytest.raises(Changed):
            keeping.change(office.director, meeting_id=meeting_id, version=1, day=TODAY, at=NINE, key="other")


def test_a_meeting_opens_on_its_day_with_chair_and_clerk(database: Database, office: Office) -> None:
    kind_id = a_kind(database)
    tomorrow = planned(office, kind_id, day=TODAY + timedelta(days=1))
    with nothing_changes(database), pytest.raises(Problems, match="Change its day first"):
        keeping.open_meeting(office.clerk, meeting_id=tomorrow, version=1, key="o")
    nobody = planned(office, kind_id, chair_id=None, clerk_id=None, key="n")
    with nothing_changes(database), pytest.raises(Problems) as told:
        keeping.open_meeting(office.clerk, meeting_id=nobody, version=1, key="o")
    assert {problem.field for problem in told.value.problems} == {"chair_id", "clerk_id"}


def test_the_days_an_open_meeting_is_about_are_corrected(database: Database, office: Office) -> None:
    meeting_id = planned(office, a_kind(database))
    keeping.open_meeting(office.clerk, meeting_id=meeting_id, version=1, key="o")
    told: dict[str, Any] = {"day": TODAY, "at": NINE, "chair_id": office.leader.id, "clerk_id": office.clerk.id}
    with nothing_changes(database), pytest.raises(Problems):
        keeping.change(office.clerk, meeting_id=meeting_id, version=2, **told, since=TODAY, until=MONDAY, key="w")
    keeping.change(office.clerk, meeting_id=meeting_id, version=2, **told, since=MONDAY, until=TODAY, key="c")
    seen = keeping.meeting(office.leader, meeting_id=meeting_id)
    assert (seen.since, seen.until, seen.edits) == (MONDAY, TODAY, True)


def test_what_was_closed_or_called_off_is_not_kept_any_more(database: Database, office: Office) -> None:
    meeting_id = planned(office, a_kind(database))
    with nothing_changes(database), pytest.raises(Problems, match="Say why"):
        keeping.call_off(office.clerk, meeting_id=meeting_id, version=1, reason=" ", key="w")
    ACTS["call_off"](meeting_id, office.clerk)
    for act in ("change", "open"):
        with nothing_changes(database), pytest.raises(Problems, match="called off"):
            keeping.open_meeting(office.clerk, meeting_id=meeting_id, version=2, key=act)


def test_a_meeting_called_off_is_held_after_all(database: Database, office: Office) -> None:
    kind_id = a_kind(database, begins_on=MONDAY)
    meeting_id = planned(office, kind_id, due_on=MONDAY)
    with nothing_changes(database), pytest.raises(Problems, match="not called off"):
        keeping.put_back(office.clerk, meeting_id=meeting_id, version=1, key="early")
    keeping.call_off(office.clerk, meeting_id=meeting_id, version=1, reason="停电", key="off")
    assert keeping.meeting(office.clerk, meeting_id=meeting_id).returns
    with nothing_changes(database):
        refused_to(OTHERS, office, [lambda a: keeping.put_back(a, meeting_id=meeting_id, version=2, key="k")])
        with pytest.raises(Changed):
            keeping.put_back(office.clerk, meeting_id=meeting_id, version=1, key="k")
    assert keeping.put_back(office.director, meeting_id=meeting_id, version=2, key="back") == 3
    with nothing_changes(database):
        assert keeping.put_back(office.director, meeting_id=meeting_id, version=2, key="back") == 3
    found = row(database, meeting_id)
    assert (found.state, found.reason, found.called_off_at) == ("planned", "", None)
    keeping.open_meeting(office.clerk, meeting_id=meeting_id, version=3, key="open")
    keeping.call_off(office.clerk, meeting_id=meeting_id, version=4, reason="停电", key="off again")
    keeping.put_back(office.clerk, meeting_id=meeting_id, version=5, key="back again")
    assert row(database, meeting_id).state == "open"


def test_who_may_only_read_is_offered_nothing(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind_id = a_kind(database, begins_on=MONDAY)
    planned_id = planned(office, kind_id, due_on=MONDAY)
    off_id = planned(office, kind_id, office.director, due_on=MONDAY + timedelta(days=7), key="off")
    held_id = planned(office, kind_id, due_on=MONDAY + timedelta(days=14), key="held")
    keeping.open_meeting(office.clerk, meeting_id=held_id, version=1, key="open")
    assert keeping.meeting(office.clerk, meeting_id=held_id).edits
    keeping.call_off(office.clerk, meeting_id=off_id, version=1, reason="停电", key="called off")
    assert keeping.meeting(office.clerk, meeting_id=planned_id).keeps
    assert keeping.meeting(office.clerk, meeting_id=off_id).returns
    for rights in GRANTS.values():
        monkeypatch.delitem(cast(Any, rights), Permission.MEETINGS_KEEP, raising=False)
    assert not keeping.meeting(office.clerk, meeting_id=held_id).edits
    assert not keeping.meeting(office.clerk, meeting_id=planned_id).keeps
    assert not keeping.meeting(office.clerk, meeting_id=off_id).returns


def test_a_day_planned_anew_meanwhile_stays_with_its_new_meeting(database: Database, office: Office) -> None:
    kind_id = a_kind(database, begins_on=MONDAY)
    meeting_id = planned(office, kind_id, due_on=MONDAY)
    keeping.call_off(office.clerk, meeting_id=meeting_id, version=1, reason="停电", key="off")
    planned(office, kind_id, due_on=MONDAY, key="anew")
    with nothing_changes(database), pytest.raises(Problems, match="Something else is planned"):
        keeping.put_back(office.clerk, meeting_id=meeting_id, version=2, key="back")


def test_a_reason_for_a_due_day_is_taken_back(database: Database, office: Office) -> None:
    kind_id = a_kind(database, begins_on=MONDAY)
    meeting_id = keeping.call_off_due(office.clerk, kind_id=kind_id, due_on=MONDAY, reason="防汛", key="off")
    assert not keeping.meeting(office.clerk, meeting_id=meeting_id).returns
    with nothing_changes(database):
        refused_to(OTHERS, office, [lambda a: keeping.put_back_due(a, meeting_id=meeting_id, version=1, key="k")])
        with pytest.raises(Problems, match="not called off"):
            keeping.put_back(office.clerk, meeting_id=meeting_id, version=1, key="k")
    assert states(office, kind_id, MONDAY, TODAY) == [(MONDAY, "called_off")]
    keeping.put_back_due(office.clerk, meeting_id=meeting_id, version=1, key="back")
    with nothing_changes(database):
        keeping.put_back_due(office.clerk, meeting_id=meeting_id, version=1, key="back")
    assert states(office, kind_id, MONDAY, TODAY) == [(MONDAY, "missed")]
    planned_id = planned(office, kind_id, due_on=MONDAY)
    keeping.call_off(office.clerk, meeting_id=planned_id, version=1, reason="停电", key="planned off")
    with nothing_changes(database), pytest.raises(Problems, match="not called off"):
        keeping.put_back_due(office.clerk, meeting_id=planned_id, version=2, key="k")


# --- attendance ---


def test_attendance_of_units_and_of_the_staff_of_the_centre(database: Database, office: Office) -> None:
    of_units = a_meeting(database, office)
    of_people = a_meeting(database, office, kind_id=a_kind(database, code="staff", name="员工会", attended_by="people"))
    assert set(attending.roll(office.leader, meeting_id=of_units)["id"]) == {office.unit_a, office.unit_b}
    staff = attending.roll(office.leader, meeting_id=of_people)
    assert {office.clerk.id, office.director.id} <= set(staff["id"])
    assert office.handler.id not in set(staff["id"])
    rows = {office.director.id or 0: (0, {"standing": "absent"}), office.handler.id or 0: (0, {"standing": "present"})}
    assert len(attending.attend(office.clerk, meeting_id=of_people, rows=rows, key="a").saved) == 2
    told = attending.roll(office.leader, meeting_id=of_people)
    assert row_of(told, office.director.id)["persons"] == 0
    assert row_of(told, office.handler.id)["standing"] == "present"


def test_an_excuse_names_who_approved_it_and_an_absence_how_many(database: Database, office: Office) -> None:
    meeting_id = a_meeting(database, office)
    rows: dict[int, tuple[int, dict[str, Any]]] = {
        office.unit_a: (0, {"standing": "excused"}),
        office.unit_b: (0, {"standing": "absent"}),
    }
    saved = attending.attend(office.clerk, meeting_id=meeting_id, rows=rows, key="1")
    assert saved.saved == (office.unit_b,)
    assert saved.rejected[office.unit_a].problems[0].field == "approved_by_id"
    rows = {office.unit_a: (0, {"standing": "excused", "approved_by_id": office.head.id})}
    assert attending.attend(office.clerk, meeting_id=meeting_id, rows=rows, key="2").rejected
    rows = {office.unit_a: (0, {"standing": "excused", "approved_by_id": office.director.id})}
    assert attending.attend(office.clerk, meeting_id=meeting_id, rows=rows, key="3").saved == (office.unit_a,)
    told = attending.roll(office.clerk, meeting_id=meeting_id).set_index("id")
    assert told.loc[office.unit_b, "persons"] == 1
    assert told.loc[office.unit_a, "approved_by"] == office.director.name
    rows = {office.unit_a: (1, {"standing": "present"}), 4711: (0, {"standing": "present"})}
    after = attending.attend(office.clerk, meeting_id=meeting_id, rows=rows, key="4")
    assert (after.saved, set(after.rejected)) == ((office.unit_a,), {4711})


def test_two_people_at_one_roll_overwrite_nothing(database: Database, office: Office) -> None:
    meeting_id = a_meeting(database, office)
    attended(database, office, meeting_id, unit_a={"standing": "present"})
    rows: attending.Rows = {office.unit_a: (0, {"standing": "absent"}), office.unit_b: (0, {"standing": "present"})}
    saved = attending.attend(office.director, meeting_id=meeting_id, rows=rows, key="d")
    assert saved.saved == (office.unit_b,)
    assert saved.conflicts[office.unit_a].theirs == {"standing": "present"}
    assert saved.conflicts[office.unit_a].by == office.clerk.name


def test_everybody_present_in_one_click_and_taken_back(database: Database, office: Office) -> None:
    meeting_id = a_meeting(database, office)
    attended(database, office, meeting_id, unit_b={"standing": "absent", "persons": 3})
    seen = {office.unit_a: 0, office.unit_b: 1}
    back = attending.everybody(office.clerk, meeting_id=meeting_id, seen=seen, key="all")
    assert attending.everybody(office.clerk, meeting_id=meeting_id, seen=seen, key="all") == {}
    assert set(attending.roll(office.clerk, meeting_id=meeting_id)["standing"]) == {"present"}
    attending.attend(office.clerk, meeting_id=meeting_id, rows=back, key="back")
    told = attending.roll(office.clerk, meeting_id=meeting_id).set_index("id")
    assert (told.loc[office.unit_a, "standing"], told.loc[office.unit_b, "persons"]) == ("", 3)


@pytest.mark.parametrize("sent", ["abc", 1.5, float("nan"), 10**30, -1, True, "²", [1]])
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_is_no_number_is_told_at_its_cell(database: Database, office: Office, sent: object) -> None:
    meeting = a_meeting(database, office)
    rows: dict[int, tuple[int, dict[str, object]]] = {
        office.unit_a: (0, {"standing": "absent", "persons": sent}),
        office.unit_b: (0, {"standing": "excused", "approved_by_id": sent}),
    }
    saved = attending.attend(office.clerk, meeting_id=meeting, rows=rows, key="k")
    told = {unit: [one.field for one in problems.problems] for unit, problems in saved.rejected.items()}
    assert told == {office.unit_a: ["persons"], office.unit_b: ["approved_by_id"]}


def test_a_day_at_the_end_of_all_days_is_not_due(database: Database, office: Office) -> None:
    kind = a_kind(database)
    with pytest.raises(Problems):
        keeping.call_off_due(office.clerk, kind_id=kind, due_on=date.max, reason="x", key="k")


def test_attendance_is_kept_of_an_open_meeting(database: Database, office: Office) -> None:
    meeting_id = planned(office, a_kind(database))
    with nothing_changes(database), pytest.raises(Problems, match="not open"):
        attending.everybody(office.clerk, meeting_id=meeting_id, seen={office.unit_a: 0}, key="k")


# --- closing ---


def counted(database: Database) -> list[tuple[str, dict[int, tuple[str, int]]]]:
    """The standing lines of the registers of work with their units."""
    with database.reading() as session:
        works = session.scalars(select(Work).where(Work.removed_at.is_(None)).order_by(Work.id)).all()
        return [
            (
                work.title,
                {
                    part.unit_id: (part.standing, part.persons)
                    for part in session.scalars(select(WorkUnit).where(WorkUnit.work_id == work.id))
                },
            )
            for work in works
        ]


def missed(database: Database) -> list[tuple[int | None, int]]:
    """Units and how many of them were absent from meetings, as scoring counts them."""
    span: Any = SimpleNamespace(first=date(2026, 1, 1), last=TODAY)
    with database.reading() as session:
        return [(fact.unit_id, fact.amount) for fact in meetings_missed(session, span)]


def test_closing_freezes_what_was_shown_and_counts_who_came(database: Database, office: Office) -> None:
    kind_id = a_kind(database, about="regular", topics="new overdue")
    meeting_id = planned(office, kind_id, title="十一月例会")
    keeping.open_meeting(office.clerk, meeting_id=meeting_id, version=1, key="o")
    with nothing_changes(database), pytest.raises(Problems, match="who came"):
        closing.close_meeting(office.clerk, meeting_id=meeting_id, version=2, key="c")
    attended(database, office, meeting_id, unit_a={"standing": "present"}, unit_b={"standing": "absent", "persons": 2})
    assert closing.close_meeting(office.clerk, meeting_id=meeting_id, version=2, key="c") == 1
    with nothing_changes(database):
        assert closing.close_meeting(office.clerk, meeting_id=meeting_id, version=2, key="c") == 1
    assert counted(database) == [("十一月例会", {office.unit_a: ("present", 0), office.unit_b: ("absent", 2)})]
    assert missed(database) == [(office.unit_b, 2)]
    told = closing.minutes(office.leader, meeting_id=meeting_id)
    assert (told.edition, told.closed_by) == (1, office.clerk.name)
    assert told.document["meeting"]["title"] == "十一月例会"
    assert [topic["code"] for topic in told.document["topics"]] == ["new", "overdue"]
    assert {one["name"]: one["standing"] for one in told.document["attendance"]} == {
        "城建所": "present",
        "东村": "absent",
    }
    with database.transaction(SYSTEM) as session:
        session.execute(update(MeetingKind).where(MeetingKind.id == kind_id).values(name="改名的会"))
    assert closing.minutes(office.leader, meeting_id=meeting_id).document == told.document
    assert keeping.meeting(office.clerk, meeting_id=meeting_id).edition == 1


def test_a_reopened_meeting_counts_nowhere_and_closed_again_once(database: Database, office: Office) -> None:
    kind_id = a_kind(database, about="regular")
    meeting_id = a_meeting(database, office, kind_id=kind_id)
    attended(database, office, meeting_id, unit_a={"standing": "present"}, unit_b={"standing": "present"})
    closing.close_meeting(office.clerk, meeting_id=meeting_id, version=1, key="c1")
    with nothing_changes(database), pytest.raises(Refused):
        closing.reopen(office.leader, meeting_id=meeting_id, version=2, reason="漏了一个单位", key="r")
    with nothing_changes(database), pytest.raises(Problems):
        closing.reopen(office.director, meeting_id=meeting_id, version=2, reason=" ", key="r")
    closing.reopen(office.director, meeting_id=meeting_id, version=2, reason="漏了一个单位", key="r")
    assert counted(database) == []
    assert missed(database) == []
    rows: attending.Rows = {office.unit_a: (1, {"standing": "absent"}), office.unit_b: (1, {"standing": ""})}
    attending.attend(office.clerk, meeting_id=meeting_id, rows=rows, key="again")
    assert closing.close_meeting(office.director, meeting_id=meeting_id, version=3, key="c2") == 2
    assert counted(database) == [("每周例会", {office.unit_a: ("absent", 1), office.unit_b: ("", 0)})]
    first = closing.minutes(office.clerk, meeting_id=meeting_id, edition=1)
    assert [one["standing"] for one in first.document["attendance"]] == ["present", "present"]
    assert [one.reason for one in first.editions] == ["", "漏了一个单位"]
    assert closing.minutes(office.clerk, meeting_id=meeting_id).edition == 2
    with pytest.raises(NotThere):
        closing.minutes(office.clerk, meeting_id=meeting_id, edition=3)


def test_minutes_are_plain_json_and_kept_once_for_two_who_close(database: Database, office: Office) -> None:
    meeting_id = a_meeting(database, office)

    def attempt(actor: Actor) -> object:
        try:
            return closing.close_meeting(actor, meeting_id=meeting_id, version=1, key=f"close-{actor.id}")
        except (Problems, Changed) as told:
            return type(told).__name__

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(attempt, (office.clerk, office.director)))
    assert 1 in answers
    assert sum(isinstance(answer, str) for answer in answers) == 1
    with database.reading() as session:
        (written,) = session.scalars(select(MeetingMinutes.document)).all()
    assert json.loads(written)["edition"] == 1


def test_a_meeting_that_was_decided_in_is_not_called_off(database: Database, office: Office) -> None:
    meeting_id = a_meeting(database, office)
    closing.close_meeting(office.clerk, meeting_id=meeting_id, version=1, key="c")
    closing.reopen(office.director, meeting_id=meeting_id, version=2, reason="更正", key="r")
    with nothing_changes(database), pytest.raises(Problems, match="it was held"):
        keeping.call_off(office.clerk, meeting_id=meeting_id, version=3, reason="停电", key="k")


def test_a_line_of_the_registers_leaves_out_units_that_are_retired(database: Database, office: Office) -> None:
    line = Line(kind="meeting", about="regular", on_day=TODAY, title="例会")
    with database.transaction(office.clerk) as session:
        session.execute(update(Unit).where(Unit.id == office.unit_b).values(active=False))
        parts = [Part(office.unit_a, "present"), Part(office.unit_b, "present")]
        recording.record(session, office.clerk, work_id=None, line=line, parts=parts)
    assert counted(database) == [("例会", {office.unit_a: ("present", 0)})]
    (shown,) = registers.register(office.director, choice=registers.Choice()).rows["units"]
    assert shown == 1


# --- the list of what is over ---


def test_meetings_that_are_over_are_found_by_words_kind_and_state(database: Database, office: Office) -> None:
    kind_id = a_kind(database)
    with clock.at(NOW - timedelta(days=7)):
        earlier = a_meeting(database, office, kind_id=kind_id, planned_for=datetime(2026, 11, 9, 1, tzinfo=NOW.tzinfo))
    attended(database, office, earlier, unit_a={"standing": "present"})
    closing.close_meeting(office.clerk, meeting_id=earlier, version=1, key="c")
    off = planned(office, kind_id, title="专题会")
    keeping.call_off(office.clerk, meeting_id=off, version=1, reason="防汛抢险", key="off")
    found = lists.past(office.leader, choice=Choice()).rows
    assert list(found["id"]) == [off, earlier]
    assert found["present"].tolist() == [0, 1]
    for choice, ids in (
        (Choice(text="抢险"), [off]),
        (Choice(text="weekly"), [off, earlier]),
        (Choice(state="closed"), [earlier]),
        (Choice(kind_id=kind_id, text="没有"), []),
    ):
        assert list(lists.past(office.leader, choice=choice).rows["id"]) == ids
