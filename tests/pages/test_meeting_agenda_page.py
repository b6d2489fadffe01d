"""The agenda on screen: grids that lose no edit, decisions written and carried out, what one owes on the desk."""

from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.engine import Database
from db.models import Case, MeetingDecision, MeetingTopic, Supervision
from db.rules.meetings.words import TopicCode
from db.services.meetings import editing
from db.services.meetings.agenda import agenda
from tests.db.services.agendas import TODAY, a_decision, all_of, lines, overdue, row_of, set_case
from tests.db.services.meeting import a_kind, a_meeting
from tests.factories import NOW, Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
MEETING, DECISIONS, DESK = (next(s for s in SCREENS if s.path == path) for path in ("meeting", "decisions", "desk"))
T = TopicCode


def grid_of(at: AppTest, code: str) -> str:
    """The key of the grid of a list, as it is drawn now."""
    return next(key for key in grids(at) if f":{code}:" in key)


def grids(at: AppTest) -> list[str]:
    """The grids of the agenda on screen."""
    keys = [str(one.key) for one in at.button if str(one.key).startswith("grid:meeting:")]
    return [key.removesuffix(":save") for key in keys if key.endswith(":save")]


def unfold(at: AppTest, *lines: int) -> None:
    """Fold or unfold these lines."""
    for line in lines:
        at.button(key=f"agenda-line:{line}").click().run()
        assert not at.exception


def save(at: AppTest, code: str, edits: dict[int, dict[str, Any]]) -> None:
    """Type into the grid of a list and save it."""
    key = grid_of(at, code)
    at.session_state[key] = {"edited_rows": edits}
    at.button(key=f"{key}:save").click().run()
    assert not at.exception


def said(at: AppTest) -> str:
    """Everything told on the page."""
    kinds = (at.markdown, at.warning, at.success, at.error, at.caption, at.info)
    return " ".join(str(one.value) for kind in kinds for one in kind)


def press(at: AppTest, label: str) -> None:
    """Click the first button of this name."""
    next(one for one in at.button if one.label == label).click().run()
    assert not at.exception


def test_the_clerk_edits_in_the_list_and_is_told_which_cell_is_refused(
    database: Database, office: Office, as_person: Opener
) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting, T.OVERDUE)
    first, second = overdue(database, office, 2)
    at = as_person(office.clerk, MEETING, id=str(meeting))
    assert not at.exception
    past = (TODAY - timedelta(days=1)).isoformat()
    edits: dict[int, dict[str, Any]] = {0: {"next_step": "约谈", "subject": "hacked"}, 1: {"unit_due_on": past}}
    save(at, T.OVERDUE, edits)
    assert row_of(database, Case, first)["next_step"] == "约谈"
    number = row_of(database, Case, second)["number"].replace("-", "\\-")
    assert f"{number}, Wanted by: This day is already past. You typed: {past}".replace(" ", "") in said(at).replace(
        "\\", ""
    ).replace(" ", "").replace(number.replace("\\", ""), number)
    assert "1 row holds what you typed" in said(at)
    # The refused cell still says what was typed; put right, it is saved.
    save(at, T.OVERDUE, {1: {"unit_due_on": (TODAY + timedelta(days=2)).isoformat()}})
    assert "holds what you typed" not in said(at)
    with database.reading() as session:
        found = editing._lead_share(session, session.get_one(Case, second))
    assert found is not None
    assert found.due_on == TODAY + timedelta(days=2)


def test_a_save_in_one_list_keeps_what_is_unsaved_in_another(
    database: Database, office: Office, as_person: Opener
) -> None:
    meeting = a_meeting(database, office)
    _, new = lines(database, meeting, T.OVERDUE, T.NEW)
    case, other = overdue(database, office, 2, received_at=NOW - timedelta(days=3))
    at = as_person(office.clerk, MEETING, id=str(meeting))
    unfold(at, new)
    rows = next(topic for topic in agenda(office.clerk, meeting_id=meeting) if topic.code == T.NEW).rows
    places = {int(one): place for place, one in enumerate(rows["id"])}
    unsaved = grid_of(at, T.NEW)
    at.session_state[unsaved] = {"edited_rows": {places[case]: {"note": "未存"}, places[other]: {"grade": "simple"}}}
    save(at, T.OVERDUE, {0: {"next_step": "先办"}, 1: {"grade": "major"}})
    assert grid_of(at, T.NEW) != unsaved
    assert "2 rows hold what you typed" in said(at)
    # The note goes onto the new version; the grade was changed meanwhile, which is told with both.
    at.button(key=f"{grid_of(at, T.NEW)}:save").click().run()
    assert not at.exception
    row = row_of(database, Case, case)
    assert (row["next_step"], row["note"]) == ("先办", "未存")
    assert row_of(database, Case, other)["grade"] == "major"
    assert "Somebody saved these rows first" in said(at)
    told = next(frame.value for frame in at.dataframe if "Theirs" in frame.value.columns)
    assert told[["Theirs", "Yours"]].to_numpy().tolist() == [["Major", "Simple"]]


def test_what_is_unsaved_outlives_a_folded_list_and_another_screen(
    database: Database, office: Office, as_person: Opener
) -> None:
    meeting = a_meeting(database, office)
    (line,) = lines(database, meeting, T.OVERDUE)
    (case,) = overdue(database, office)
    at = as_person(office.clerk, MEETING, id=str(meeting))
    at.session_state[grid_of(at, T.OVERDUE)] = {"edited_rows": {0: {"note": "未存"}}}
    unfold(at, line)
    assert grids(at) == []
    unfold(at, line)
    assert "1 row holds what you typed" in said(at)
    at.button(key=f"{grid_of(at, T.OVERDUE)}:save").click().run()
    assert row_of(database, Case, case)["note"] == "未存"
    at.session_state[grid_of(at, T.OVERDUE)] = {"edited_rows": {0: {"note": "不要"}}}
    unfold(at, line)
    unfold(at, line)
    press(at, "Discard")
    assert "holds what you typed" not in said(at)
    assert row_of(database, Case, case)["note"] == "未存"


def test_what_was_typed_into_a_row_that_left_the_list_is_kept_to_copy(
    database: Database, office: Office, as_person: Opener
) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting, T.OVERDUE)
    gone, stays = overdue(database, office, 2)
    at = as_person(office.clerk, MEETING, id=str(meeting))
    at.session_state[grid_of(at, T.OVERDUE)] = {"edited_rows": {0: {"note": "未存"}, 1: {"note": "存了"}}}
    set_case(database, gone, next_due_on=TODAY + timedelta(days=30))
    at.run()
    assert "have left the list" in said(at)
    told = next(frame.value for frame in at.dataframe if list(frame.value.columns) == ["Row", "Field", "Yours"])
    assert told["Yours"].tolist() == ["未存"]
    at.button(key=f"{grid_of(at, T.OVERDUE)}:save").click().run()
    assert not at.exception
    assert [row_of(database, Case, one)["note"] for one in (gone, stays)] == ["", "存了"]
    assert "Somebody saved these rows first" in said(at)


@pytest.mark.parametrize("person", ["leader", "clerk", "director"])
def test_every_line_is_drawn_to_read_or_to_edit(
    person: str, database: Database, office: Office, as_person: Opener
) -> None:
    meeting = a_meeting(database, office)
    every = lines(database, meeting)
    overdue(database, office)
    at = as_person(office.people[person], MEETING, language="zh" if person == "clerk" else "en", id=str(meeting))
    at.session_state["agenda_unfolded"] = {meeting: set(every)}
    at.run()
    assert not at.exception
    assert bool(grids(at)) is (person != "leader")


def test_the_agenda_is_arranged(database: Database, office: Office, as_person: Opener) -> None:
    meeting = a_meeting(database, office)
    first, second = lines(database, meeting, T.OVERDUE, T.NEW)
    at = as_person(office.deputy, MEETING, id=str(meeting))
    unfold(at, first, second)
    next(one for one in at.button if str(one.key).startswith(f"topics.down:{first}")).click().run()
    assert not at.exception
    assert [topic.id for topic in agenda(office.clerk, meeting_id=meeting)] == [second, first]
    next(one for one in at.button if str(one.key).startswith(f"topics.drop:{second}")).click().run()
    assert row_of(database, MeetingTopic, second)["dropped_at"] is not None
    press(at, "Bring back")
    assert row_of(database, MeetingTopic, second)["dropped_at"] is None


def test_a_decision_is_written_settled_and_becomes_a_notice(
    database: Database, office: Office, as_person: Opener
) -> None:
    meeting = a_meeting(database, office)
    (case,) = overdue(database, office)
    one = a_decision(database, office, meeting, case_id=case)
    at = as_person(office.director, MEETING, id=str(meeting))
    at.session_state[f"decision-acts-{one}"] = True
    at.session_state[f"decision-becomes:{one}"] = "supervision"
    at.run()
    assert not at.exception
    press(at, "Draft the notice")
    assert [row["decision_id"] for row in all_of(database, Supervision)] == [one]
    assert "Supervision notice" in said(at)
    press(at, "Settle")
    assert row_of(database, MeetingDecision, one)["state"] == "done"
    at.session_state[f"decision-acts-{one}"] = True
    at.run()
    press(at, "Open it again")
    assert row_of(database, MeetingDecision, one)["state"] == "open"
    fields = {str(area.label): area for area in at.text_area}
    fields["What was decided"].set_value("每周三联合巡查")
    press(at, "Write it down")
    assert "Say who owes it" in said(at)
    assert len(all_of(database, MeetingDecision)) == 1


def test_decisions_owed_on_the_desk_and_in_their_list(database: Database, office: Office, as_person: Opener) -> None:
    meeting = a_meeting(database, office, kind_id=a_kind(database))
    one = a_decision(database, office, meeting, owner_id=office.handler.id)
    assert "Decisions I owe" in [str(head.value) for head in as_person(office.handler, DESK).subheader]
    assert "Decisions I owe" not in [str(head.value) for head in as_person(office.outsider, DESK).subheader]
    at = as_person(office.handler, DECISIONS, id=str(one))
    assert not at.exception
    assert "下周前拆除围挡" in said(at)
    press(at, "Settle")
    assert row_of(database, MeetingDecision, one)["state"] == "done"
    at = as_person(office.outsider, DECISIONS, id=str(one))
    assert "not yours to see" in said(at)
    at = as_person(office.director, DECISIONS, tab="all", language="zh")
    assert not at.exception
    assert len(at.dataframe) == 1
