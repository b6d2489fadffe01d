"""Decisions on both engines: written, settled, undone, carried over, and what they become."""

import json
from datetime import timedelta

import pytest

from db import clock
from db.engine import Database
from db.models import Case, CaseEntry, Meeting, MeetingDecision, RotaChange, RotaPlace, Supervision
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.meetings import becoming, deciding, decisions, scope
from db.services.meetings.decisions import Choice, Tab
from db.services.meetings.telling import decisions_told
from tests.db.services.agendas import TODAY, a_decision, all_of, lines, overdue, row_of
from tests.db.services.meeting import a_kind, a_meeting
from tests.db.services.on_duty import a_published_rota
from tests.factories import NOW, SYSTEM, Office

DAY = timedelta(days=1)


@pytest.fixture
def meeting(database: Database, office: Office) -> int:
    """An open meeting."""
    return a_meeting(database, office)


def decide(office: Office, meeting: int, key: str = "d", **changes: object) -> int:
    """The clerk writes down that unit A takes the fence down by Monday."""
    told: dict[str, object] = {"text": "拆除围挡", "owner_id": None, "unit_id": office.unit_a}
    told["due_on"] = TODAY + 4 * DAY
    return deciding.decide(office.clerk, meeting_id=meeting, key=key, **(told | changes))  # type: ignore[arg-type]


def test_a_decision_is_written_once_and_corrected(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office, text="李小明反映")
    (line,) = lines(database, meeting, "overdue")
    number = row_of(database, Case, case)["number"]
    one = decide(office, meeting, case_number=f" {number} ", topic_id=line, text="请城建所答复李小明")
    assert decide(office, meeting) == one
    row = decisions.of_meeting(office.director, meeting_id=meeting).iloc[0]
    assert (row["text"], row["unit"]) == ("请城建所答复李**", "城建所")
    assert (row["case_number"], row["topic_id"]) == (number, line)
    told = {"text": "拆除", "owner_id": office.handler.id, "unit_id": None, "due_on": TODAY}
    deciding.reword(office.deputy, decision_id=one, version=1, key="2", **told)  # type: ignore[arg-type]
    with pytest.raises(Changed) as changed:
        deciding.reword(office.leader, decision_id=one, version=1, key="3", **told)  # type: ignore[arg-type]
    assert changed.value.by == "杜副班"
    assert row_of(database, MeetingDecision, one)["owner_id"] == office.handler.id


def test_a_decision_says_what_who_and_when(database: Database, office: Office, meeting: int) -> None:
    wrong: tuple[tuple[dict[str, object], str], ...] = (
        ({"text": "  "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"unit_id": None}, "owner_id"),
        ({"owner_id": 4711}, "owner_id"),
        ({"unit_id": 4711}, "unit_id"),
        ({"due_on": None}, "due_on"),
        ({"due_on": TODAY - DAY}, "due_on"),
        ({"case_number": "2026-999999"}, "case_number"),
        ({"topic_id": 4711}, "topic_id"),
    )
    for n, (changes, field) in enumerate(wrong):
        with pytest.raises(Problems) as problems:
            decide(office, meeting, key=str(n), **changes)
        assert [problem.field for problem in problems.value.problems] == [field]
    planned = a_meeting(database, office, kind_id=row_of(database, Meeting, meeting)["kind_id"], state="planned")
    with pytest.raises(Problems, match="not open"):
        decide(office, planned)
    assert all_of(database, MeetingDecision) == []


def test_a_decision_is_removed_and_restored_until_its_meeting_is_closed(
    database: Database, office: Office, meeting: int
) -> None:
    one = decide(office, meeting)
    version = deciding.remove(office.clerk, decision_id=one, version=1, key="1")
    assert list(decisions.of_meeting(office.clerk, meeting_id=meeting)["removed"]) == [True]
    with pytest.raises(NotThere):
        deciding.settle(office.clerk, decision_id=one, version=version, state="done", note="", key="2")
    version = deciding.restore(office.clerk, decision_id=one, version=version, key="3")
    with database.transaction(SYSTEM) as session:
        session.get_one(Meeting, meeting).state = "closed"
    with pytest.raises(Problems, match="closed"):
        deciding.remove(office.clerk, decision_id=one, version=version, key="4")


def test_who_owes_it_settles_it_and_opens_it_again(database: Database, office: Office, meeting: int) -> None:
    mine = a_decision(database, office, meeting, owner_id=office.handler.id)
    units = a_decision(database, office, meeting, owner_id=None, unit_id=office.group_a)
    for person in (office.outsider, office.mediator):
        with pytest.raises(NotThere):
            deciding.settle(person, decision_id=mine, version=1, state="done", note="", key="x")
    with pytest.raises(Refused):
        deciding.settle(office.viewer, decision_id=mine, version=1, state="done", note="", key="x")
    with pytest.raises(NotThere):
        deciding.settle(office.handler, decision_id=units, version=1, state="done", note="", key="x")
    with pytest.raises(Problems, match="note"):
        deciding.settle(office.handler, decision_id=mine, version=1, state="dropped", note=" ", key="x")
    version = deciding.settle(office.handler, decision_id=mine, version=1, state="done", note="已拆", key="1")
    assert deciding.settle(office.handler, decision_id=mine, version=1, state="done", note="已拆", key="1") == version
    with pytest.raises(Problems, match="settled"):
        deciding.settle(office.head, decision_id=mine, version=version, state="dropped", note="不必", key="2")
    deciding.open_again(office.head, decision_id=mine, version=version, key="3")
    assert row_of(database, MeetingDecision, mine)["settled_at"] is None
    deciding.settle(office.head, decision_id=units, version=1, state="dropped", note="并入他案", key="4")
    assert row_of(database, MeetingDecision, units)["state"] == "dropped"


def test_the_list_shows_everybody_what_is_theirs(database: Database, office: Office, meeting: int) -> None:
    mine = a_decision(database, office, meeting, owner_id=office.handler.id, due_on=TODAY - DAY)
    units = a_decision(database, office, meeting, owner_id=None, unit_id=office.unit_a)
    clerks = a_decision(database, office, meeting)
    done = a_decision(database, office, meeting, state="done", settled_at=NOW)
    a_decision(database, office, meeting, removed_at=NOW)

    def ids(person: str, tab: Tab) -> list[int]:
        page = decisions.register(office.people[person], choice=Choice(tab=tab))
        assert list(page.rows.columns) == decisions.COLUMNS
        return [int(one) for one in page.rows["id"]]

    assert ids("director", Tab.OPEN) == [mine, units, clerks]
    assert ids("director", Tab.ALL) == [done, clerks, units, mine]
    assert ids("director", Tab.OVERDUE) == [mine]
    assert ids("clerk", Tab.MINE) == [clerks]
    assert ids("head", Tab.OPEN) == [mine, units] == ids("head", Tab.UNIT)
    assert ids("handler", Tab.OPEN) == [mine]
    assert ids("outsider", Tab.ALL) == []
    assert decisions.register(office.director, choice=Choice(text="围挡")).total == 3
    assert list(decisions.owed(office.handler)["id"]) == [mine]
    with pytest.raises(Refused):
        decisions.register(office.viewer, choice=Choice())


def test_an_open_decision_says_how_often_it_was_carried_over(database: Database, office: Office) -> None:
    kind, other = a_kind(database), a_kind(database, code="monthly", name="每月例会")
    first = a_meeting(database, office, kind_id=kind, planned_for=NOW - 14 * DAY, state="closed")
    one = a_decision(database, office, first, decided_at=NOW - 14 * DAY)

    def close(days: int, kind_id: int) -> int:
        at = NOW - days * DAY
        return a_meeting(database, office, kind_id=kind_id, planned_for=at, state="closed", closed_at=at)

    def often() -> int:
        return int(decisions.register(office.director, choice=Choice(tab=Tab.ALL)).rows["carried"].iloc[0])

    assert often() == 0
    close(7, kind)
    close(7, other)
    close(20, kind)
    assert often() == 1
    close(1, kind)
    assert often() == 2
    with clock.at(NOW):
        deciding.settle(office.clerk, decision_id=one, version=1, state="done", note="", key="1")
    a_meeting(database, office, kind_id=kind, planned_for=NOW + DAY, state="closed", closed_at=NOW + DAY)
    assert often() == 2


def test_what_a_meeting_tells_of_decisions(database: Database, office: Office) -> None:
    kind = a_kind(database)
    ago = NOW - 7 * DAY
    before = a_meeting(database, office, kind_id=kind, planned_for=ago, state="closed", closed_at=ago)
    meeting = a_meeting(database, office, kind_id=kind)
    earlier = a_decision(database, office, before)
    long_done = a_decision(database, office, before, state="done", settled_at=NOW - 2 * DAY)
    made = a_decision(database, office, meeting)
    a_decision(database, office, meeting, removed_at=NOW)
    deciding.settle(office.clerk, decision_id=earlier, version=1, state="done", note="", key="1")
    with database.reading() as session:
        told = decisions_told(session, office.clerk, scope.load(session, office.clerk, meeting))
    assert [(row["id"], row["made"], row["state"]) for row in json.loads(json.dumps(told))] == [
        (made, True, "open"), (earlier, False, "done"),
    ]  # fmt: skip
    assert long_done not in [row["id"] for row in told]


def test_a_decision_becomes_a_note_in_its_case_once(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office)
    one = a_decision(database, office, meeting, case_id=case)
    assert becoming.steps_of(office.director, decision_id=one) == ("note",)
    entry = becoming.become_step(office.director, decision_id=one, version=1, step="note", key="1")
    row = row_of(database, CaseEntry, entry)
    assert (row["case_id"], row["text"], json.loads(row["detail"])["decision_id"]) == (case, "下周前拆除围挡", one)
    stands = row_of(database, MeetingDecision, one)
    assert (stands["became"], stands["became_id"], stands["state"]) == ("step", entry, "open")
    assert becoming.become_step(office.director, decision_id=one, version=1, step="note", key="1") == entry
    with pytest.raises(Problems, match="carried out"):
        becoming.become_step(office.director, decision_id=one, version=2, step="note", key="2")
    with pytest.raises(Problems, match="not removed"):
        deciding.remove(office.director, decision_id=one, version=2, key="3")


def test_what_the_flow_refuses_leaves_a_decision_as_it_was(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office)
    one, free = a_decision(database, office, meeting, case_id=case), a_decision(database, office, meeting)
    with pytest.raises(Refused):
        becoming.become_step(
            office.director, decision_id=one, version=1, step="assign", person_id=office.head.id, key="1"
        )
    with pytest.raises(Problems, match="choices"):
        becoming.become_step(office.director, decision_id=one, version=1, step="archive", key="2")
    with pytest.raises(Problems, match="names no matter"):
        becoming.become_step(office.director, decision_id=free, version=1, step="note", key="3")
    assert becoming.steps_of(office.director, decision_id=free) == ()
    assert [row["became"] for row in all_of(database, MeetingDecision)] == ["", ""]


def test_a_decision_becomes_the_draft_of_a_notice(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office)
    one = a_decision(database, office, meeting, case_id=case)
    with pytest.raises(Problems):
        becoming.become_supervision(office.director, decision_id=one, version=1, text=" ", key="1")
    notice = becoming.become_supervision(
        office.director, decision_id=one, version=1, text="请三日内答复", answer_by=TODAY + 3 * DAY, key="2"
    )
    row = row_of(database, Supervision, notice)
    assert (row["decision_id"], row["why"], row["state"], row["case_id"]) == (one, "decision", "draft", case)
    assert row_of(database, MeetingDecision, one)["became"] == "supervision"


def test_a_decision_becomes_a_rota_change(database: Database, office: Office, meeting: int) -> None:
    scene = a_published_rota(database, office)
    one = a_decision(database, office, meeting, text="二十二日由周主任带班改由顾带班")
    place = scene.place(22, "林带班")
    where = {"rota_id": scene.rota, "place_id": place, "place_version": scene.version(RotaPlace, place)}
    with pytest.raises(Problems):
        becoming.become_rota_change(
            office.director, decision_id=one, version=1, member_id=scene.member("林带班"), key="1", **where
        )
    with pytest.raises(Refused):
        becoming.become_rota_change(
            office.clerk, decision_id=one, version=1, member_id=scene.member("顾带班"), key="2", **where
        )
    change = becoming.become_rota_change(office.director, decision_id=one, version=1, member_id=None, key="3", **where)
    row = row_of(database, RotaChange, change)
    assert (row["place_id"], row["becomes_id"]) == (place, None)
    assert "二十二日由周主任带班" in row["reason"]
    stands = row_of(database, MeetingDecision, one)
    assert (stands["became"], stands["became_id"]) == ("rota_change", change)
