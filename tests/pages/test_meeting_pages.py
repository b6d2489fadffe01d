"""Meetings through the real app: the calendar, planning, a meeting from opening to closing and again, their kinds."""

from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.grid_state import revision
from components.screens import SCREENS
from db.engine import Database
from db.services import intake
from db.services.meetings import attending, calendar, closing, keeping, kinds, lists
from tests.db.services.meeting import TODAY, a_kind, a_meeting
from tests.db.services.test_meetings_keeping import MONDAY, planned
from tests.factories import Office
from tests.frames import row_of
from tests.pages.conftest import Opener
from tests.pages.test_works_page import keyed, labels, press, said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
BY_PATH = {screen.path: screen for screen in SCREENS}
MEETINGS, MEETING, KINDS = (BY_PATH[path] for path in ("meetings", "meeting", "meeting-kinds"))


def entry(at: AppTest, key: str) -> Any:
    """The button of a key that begins so."""
    return next(each for each in at.button if str(each.key).startswith(key))


# --- the calendar ---


def test_the_calendar_says_what_is_missed_and_due_and_plans_it(
    database: Database, office: Office, as_person: Opener
) -> None:
    kind_id = a_kind(database, begins_on=MONDAY, topics="new")
    at = as_person(office.clerk, MEETINGS)
    assert "Missed (1)" in said(at)
    at = entry(at, f"plan-{kind_id}-{MONDAY}").click().run()
    assert at.query_params["due"] == MONDAY.isoformat()
    assert "Weekly meeting" in said(at)
    keyed(at.selectbox, "-chair_id").set_value(office.director.id).run()
    keyed(at.text_input, "-place").set_value("二楼会议室").run()
    press(at, "Plan it")
    assert not at.exception
    (one,) = [one for one in calendar.calendar(office.clerk, first=MONDAY, last=TODAY) if one.kind_id == kind_id]
    assert (one.state.value, one.late, one.place, one.day) == ("planned", True, "二楼会议室", TODAY)
    seen = keeping.meeting(office.clerk, meeting_id=one.meeting_id or 0)
    assert (seen.chair_id, seen.clerk_id) == (office.director.id, office.clerk.id)


def test_a_missed_meeting_gets_its_reason(database: Database, office: Office, as_person: Opener) -> None:
    kind_id = a_kind(database, begins_on=MONDAY)
    keeping.call_off_due(office.clerk, kind_id=kind_id, due_on=MONDAY, reason="全员防汛", key="k")
    at = as_person(office.clerk, MEETINGS)
    assert "Reason: 全员防汛" in said(at)
    assert "Called off (1)" in said(at)


def test_a_plan_begun_is_found_again_on_the_desk(database: Database, office: Office, as_person: Opener) -> None:
    at = as_person(office.clerk, MEETINGS, plan="new")
    keyed(at.text_input, "-title").set_value("东村水管联席会").run()
    assert list(intake.drafts(office.clerk)["form"]) == ["meetings.plan::"]
    desk = as_person(office.clerk, BY_PATH["desk"])
    again = press(desk, "Continue")
    assert not again.exception
    assert keyed(again.text_input, "-title").value == "东村水管联席会"


def test_who_only_reads_has_nothing_to_plan(database: Database, office: Office, as_person: Opener) -> None:
    a_kind(database, begins_on=MONDAY)
    at = as_person(office.viewer, MEETINGS)
    assert "You may not open this page." in said(at)


def test_past_meetings_are_searched(database: Database, office: Office, as_person: Opener) -> None:
    off = planned(office, a_kind(database), title="专题会")
    empty = as_person(office.leader, MEETINGS, tab="past")
    assert "No meeting was held or called off yet." in said(empty)
    keeping.call_off(office.clerk, meeting_id=off, version=1, reason="防汛抢险", key="k")
    at = as_person(office.leader, MEETINGS, tab="past", text="抢险")
    assert list(at.dataframe[0].value["title"]) == ["专题会"]
    assert "Nothing fits." in said(as_person(office.leader, MEETINGS, tab="past", text="没有"))


# --- one meeting ---


def test_a_meeting_is_opened_and_its_attendance_said_in_one_click_and_taken_back(
    database: Database, office: Office, as_person: Opener
) -> None:
    meeting_id = planned(office, a_kind(database))
    at = as_person(office.clerk, MEETING, id=str(meeting_id))
    assert "Attendance is entered once the meeting is open." in said(at)
    press(at, "Open the meeting")
    assert keeping.meeting(office.clerk, meeting_id=meeting_id).state == "open"
    press(at, "Everybody present")
    assert set(attending.roll(office.clerk, meeting_id=meeting_id)["standing"]) == {"present"}
    assert "2 marked as present." in {each.value for each in at.text}
    press(at, "Take it back")
    assert not at.exception
    assert set(attending.roll(office.clerk, meeting_id=meeting_id)["standing"]) == {""}
    assert "Take it back" not in labels(at)


def test_the_grid_tells_at_its_row_that_an_excuse_needs_approval(
    database: Database, office: Office, as_person: Opener
) -> None:
    meeting_id = a_meeting(database, office)
    at = as_person(office.clerk, MEETING, id=str(meeting_id))
    frame = attending.roll(office.clerk, meeting_id=meeting_id).set_index("id")
    key = f"grid:meetings.attendance:{meeting_id}:{revision(frame)}"
    edited = {0: {"standing": "excused"}, 1: {"standing": "absent", "persons": 2}}
    at.session_state[key] = {"edited_rows": edited, "added_rows": [], "deleted_rows": []}
    keyed(at.button, f"{key}:save").click().run()
    assert not at.exception
    assert "Say who approved the excuse." in said(at)
    told = row_of(attending.roll(office.clerk, meeting_id=meeting_id), office.unit_b)
    assert (told["standing"], told["persons"]) == ("absent", 2)


def test_a_closed_meeting_is_drawn_from_its_minutes_and_reopened_with_a_reason(
    database: Database, office: Office, as_person: Opener
) -> None:
    meeting_id = a_meeting(database, office)
    at = as_person(office.clerk, MEETING, id=str(meeting_id))
    assert "Nothing is said yet of the attendance of 2." in said(at)
    press(at, "Close the meeting")
    assert not at.exception
    assert "Nobody's attendance was entered." in said(at)
    assert "Reopen the meeting" not in labels(at)
    at = as_person(office.director, MEETING, id=str(meeting_id))
    keyed(at.text_input, ":reason").set_value("漏了出席")
    press(at, "Reopen the meeting")
    assert "Reopened: 漏了出席" in said(at)
    rows: attending.Rows = {office.unit_a: (0, {"standing": "present"})}
    attending.attend(office.clerk, meeting_id=meeting_id, rows=rows, key="a")
    closing.close_meeting(office.clerk, meeting_id=meeting_id, version=3, key="c")
    at = as_person(office.leader, MEETING, id=str(meeting_id))
    assert "Building office" in str([table.value.to_dict() for table in at.dataframe])
    keyed(at.selectbox, f"meeting-edition-{meeting_id}").set_value(1).run()
    assert not at.exception
    assert "This is an earlier edition" in said(at)
    assert "Nobody's attendance was entered." in said(at)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_state_of_a_meeting_is_drawn(
    language: str, database: Database, office: Office, as_person: Opener
) -> None:
    kind_id = a_kind(database, attended_by="people", topics="decisions new overdue duty_gaps")
    ids = {"planned": planned(office, kind_id), "off": planned(office, kind_id, chair_id=None, key="2")}
    keeping.call_off(office.clerk, meeting_id=ids["off"], version=1, reason="停电", key="off")
    ids["tomorrow"] = planned(office, kind_id, day=TODAY + timedelta(days=1), key="3")
    ids["open"] = a_meeting(database, office, kind_id=kind_id)
    ids["closed"] = planned(office, kind_id, key="4")
    keeping.open_meeting(office.clerk, meeting_id=ids["closed"], version=1, key="o")
    rows: attending.Rows = {office.clerk.id or 0: (0, {"standing": "present"})}
    attending.attend(office.clerk, meeting_id=ids["closed"], rows=rows, key="a")
    closing.close_meeting(office.clerk, meeting_id=ids["closed"], version=2, key="c")
    for name, meeting_id in ids.items():
        at = as_person(office.clerk, MEETING, language, id=str(meeting_id))
        assert not at.exception, name
    assert not as_person(office.clerk, MEETINGS, language).exception


def test_a_meeting_called_off_is_put_back_on_its_page(database: Database, office: Office, as_person: Opener) -> None:
    meeting_id = planned(office, a_kind(database))
    keeping.call_off(office.clerk, meeting_id=meeting_id, version=1, reason="停电", key="off")
    assert "Put it back" not in labels(as_person(office.leader, MEETING, "zh", id=str(meeting_id)))
    at = as_person(office.clerk, MEETING, id=str(meeting_id))
    assert "It stands again as before: 2026-11-19 09:00." in said(at).replace("\\", "")
    press(at, "Put it back")
    assert not at.exception
    assert keeping.meeting(office.clerk, meeting_id=meeting_id).state == "planned"
    assert "Open the meeting" in labels(at)


def test_the_desk_leads_back_to_what_is_typed_behind_a_popover(
    database: Database, office: Office, as_person: Opener
) -> None:
    meeting_id = planned(office, a_kind(database))
    at = as_person(office.clerk, MEETING, id=str(meeting_id))
    at.session_state[f"meeting-change-{meeting_id}"] = True
    next(one for one in at.run().text_input if one.label == "Place (optional)").set_value("二楼会议室").run()
    assert not at.exception
    at = as_person(office.clerk, next(screen for screen in SCREENS if screen.path == "desk"))
    press(at, "Continue")
    assert not at.exception
    assert next(one for one in at.text_input if one.label == "Place (optional)").value == "二楼会议室"


def test_a_meeting_that_is_not_there_leads_back(office: Office, as_person: Opener) -> None:
    at = as_person(office.clerk, MEETING, id="4711")
    assert "This does not exist, or it is not yours to see." in said(at)
    assert "To the meetings" in labels(at)


# --- kinds ---


def test_kinds_are_listed_added_and_corrected(office: Office, as_person: Opener) -> None:
    at = as_person(office.admin, KINDS)
    assert len(at.dataframe[0].value) == 7
    keyed(at.text_input, "-name").set_value("消防例会")
    keyed(at.selectbox, "-rhythm").set_value("monthly")
    press(at, "Add")
    assert "Give a day from 1 to 31." in said(at)
    keyed(at.number_input, "-day").set_value(10)
    press(at, "Add")
    assert not at.exception
    row = row_of(kinds.kinds(office.admin), "消防例会", by="name")
    assert (row["rhythm"], row["day"], row["begins_on"]) == ("monthly", 10, TODAY)
    assert at.query_params["id"] == str(row["id"])
    press(at, "Retire")
    assert "Retired" in said(at)
    assert not row_of(kinds.kinds(office.admin), row["id"])["active"]


# --- the desk ---


def test_the_desk_names_the_next_meeting_and_what_was_missed(
    database: Database, office: Office, as_person: Opener
) -> None:
    a_kind(database, begins_on=date(2026, 11, 9))
    desk = as_person(office.clerk, BY_PATH["desk"])
    assert "Next meeting" in said(desk)
    assert "Missed: 2" in said(desk)
    meeting_id = a_meeting(database, office, kind_id=a_kind(database, code="other", name="专题会", name_en=""))
    assert "专题会" in said(as_person(office.clerk, BY_PATH["desk"]))
    assert lists.past(office.clerk, choice=lists.Choice()).total == 0
    assert keeping.meeting(office.clerk, meeting_id=meeting_id).state == "open"
    assert "Next meeting" not in said(as_person(office.handler, BY_PATH["desk"]))
