"""Quick edits during a meeting on both engines: refused at their cell, nobody overwritten, none lost, all noted."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database
from db.models import Case, CaseEntry, CaseUnit, MeetingDecision, MeetingEdit, Supervision
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor
from db.rules.problems import Problems, Refused
from db.services import cases
from db.services.meetings import editing, scope
from db.services.meetings.telling import edits_told
from db.services.records import Saved
from tests.db.services import stages
from tests.db.services.agendas import TODAY, a_decision, all_of, lines, listed, overdue, row_of, set_case
from tests.db.services.meeting import a_kind, a_meeting
from tests.factories import NOW, SYSTEM, Office

T = TopicCode
DAY = timedelta(days=1)


@pytest.fixture
def meeting(database: Database, office: Office) -> int:
    """An open meeting with every list."""
    found = a_meeting(database, office)
    lines(database, found)
    return found


def edit(actor: Actor, meeting: int, rows: Mapping[int, Mapping[str, Any]], key: str = "k", **more: Any) -> Saved:
    """Edit cases of the overdue list as the actor sees them now, or as `versions` say."""
    seen = listed(actor, meeting, more.get("topic", T.OVERDUE)).rows.set_index("id")["version"]
    versions: Mapping[int, int] = more.pop("versions", {one: int(seen.get(one, 1)) for one in rows})
    sent = {one: (versions[one], values) for one, values in rows.items()}
    return editing.edit_cases(actor, meeting_id=meeting, topic=more.get("topic", T.OVERDUE), rows=sent, key=key)


def where(saved: Saved) -> dict[int, list[str]]:
    """The columns each row was refused at."""
    return {one: [problem.field for problem in problems.problems] for one, problems in saved.rejected.items()}


def lead_due(database: Database, case_id: int) -> date | None:
    """The day the lead unit's answer is wanted."""
    with database.reading() as session:
        return session.scalar(select(CaseUnit.due_on).where(CaseUnit.case_id == case_id, CaseUnit.role == "lead"))


def test_the_clerk_of_the_meeting_edits_five_columns_at_once(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office, note="李小明来过")
    wanted = {"handler_id": office.head.id, "unit_due_on": TODAY + 5 * DAY, "grade": "major"}
    wanted |= {"next_step": "周五前约李小明面谈", "note": "已电话联系李小明"}
    assert edit(office.clerk, meeting, {case: wanted}).saved == (case,)
    row = row_of(database, Case, case)
    assert [row[name] for name in ("handler_id", "grade", "next_step")] == [
        office.head.id, "major", "周五前约李小明面谈"
    ]  # fmt: skip
    assert lead_due(database, case) == TODAY + 5 * DAY
    entry = all_of(database, CaseEntry)[-1]
    detail = json.loads(entry["detail"])
    assert (entry["step"], detail["meeting"], detail["meeting_en"]) == ("amend", "每周例会", "Weekly meeting")
    assert (detail["before"]["handler_id"], detail["after"]["handler_id"]) == ("王经办", "何所长")
    with database.reading() as session:
        told = edits_told(session, office.clerk, scope.load(session, office.clerk, meeting))
    assert {line["field"]: (line["before"], line["after"]) for line in told}["handler_id"] == ("王经办", "何所长")
    assert {line["field"] for line in told} == set(wanted)
    assert {(line["person"], line["number"]) for line in told} == {("陈接访", row["number"])}
    assert "李小明" not in json.dumps(told, ensure_ascii=False)


FORBIDDEN: list[tuple[dict[str, Any], str]] = [
    ({"handler_id": "outsider"}, "lead unit"),
    ({"handler_id": 4711}, "no such person"),
    ({"unit_due_on": TODAY - DAY}, "already past"),
    ({"unit_due_on": date(2027, 6, 1)}, "limit for this matter"),
    ({"unit_due_on": None}, "needed"),
    ({"unit_due_on": "soon"}, "needed"),
    ({"grade": "enormous"}, "not one of the choices"),
    ({"note": "x" * 20_001}, "At most"),
    ({"next_step": "a\x00b"}, "can't be kept"),
]


def test_what_the_flow_forbids_is_refused_at_its_cell(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office)
    before = row_of(database, Case, case), lead_due(database, case)
    for n, (values, why) in enumerate(FORBIDDEN):
        wanted = {name: office.outsider.id if value == "outsider" else value for name, value in values.items()}
        saved = edit(office.director, meeting, {case: wanted | {"note": wanted.get("note", "x")}}, key=str(n))
        assert where(saved) == {case: list(values)}, values
        assert why in str(saved.rejected[case])
    assert (row_of(database, Case, case), lead_due(database, case)) == before
    assert all_of(database, MeetingEdit) == []


def test_a_matter_no_unit_has_waits_for_no_answer_and_no_handler(
    database: Database, office: Office, meeting: int
) -> None:
    case = stages.brought(office)
    set_case(database, case, next_due_on=TODAY - DAY)
    tried: list[dict[str, Any]] = [{"unit_due_on": TODAY}, {"handler_id": office.handler.id}]
    for n, values in enumerate(tried):
        saved = edit(office.director, meeting, {case: values}, key=str(n))
        assert where(saved) == {case: list(values)}
    assert edit(office.director, meeting, {case: {"next_step": "今日转办"}}, key="n").saved == (case,)


def test_an_answered_matter_keeps_its_day_and_an_archived_one_everything(
    database: Database, office: Office, meeting: int
) -> None:
    answered, archived = stages.brought(office, stages.ANSWERED), stages.brought(office, stages.CLOSED)
    set_case(database, answered, next_due_on=TODAY - DAY)
    assert where(edit(office.director, meeting, {answered: {"unit_due_on": TODAY}})) == {answered: ["unit_due_on"]}
    set_case(database, archived, closed_on=TODAY - DAY, state="archived")
    wanted = {"note": "补记", "grade": "major"}
    saved = edit(office.director, meeting, {archived: wanted}, key="2", topic=T.CLOSED)
    assert where(saved) == {archived: ["note", "grade"]}


def test_two_people_edit_eight_rows_and_none_is_lost(database: Database, office: Office, meeting: int) -> None:
    ids = overdue(database, office, 8)
    seen = {one: int(row_of(database, Case, one)["version"]) for one in ids}
    theirs = {one: {"next_step": f"书记员 {one}"} for one in ids[:5]}
    mine = {one: {"next_step": f"主持人 {one}"} for one in ids[4:]}
    assert set(edit(office.clerk, meeting, theirs, "a", versions=seen).saved) == set(ids[:5])
    second = edit(office.director, meeting, mine, "b", versions=seen)
    assert set(second.saved) == set(ids[5:])
    conflict = second.conflicts[ids[4]]
    assert (conflict.theirs["next_step"], conflict.mine["next_step"]) == (f"书记员 {ids[4]}", f"主持人 {ids[4]}")
    assert conflict.by == "陈接访"
    stands = {one: row_of(database, Case, one)["next_step"] for one in ids}
    expected = {one: f"书记员 {one}" for one in ids[:5]} | {one: f"主持人 {one}" for one in ids[5:]}
    assert stands == expected
    assert len(all_of(database, MeetingEdit)) == 8


def test_a_conflict_shows_the_others_day_and_no_resident(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office)
    seen = {case: int(row_of(database, Case, case)["version"])}
    edit(office.clerk, meeting, {case: {"unit_due_on": TODAY + DAY, "note": "李小明在外"}}, "a", versions=seen)
    mine = {"unit_due_on": TODAY + 2 * DAY, "note": "另约"}
    conflict = edit(office.director, meeting, {case: mine}, "b", versions=seen).conflicts[case]
    assert (conflict.theirs["unit_due_on"], conflict.theirs["note"]) == (TODAY + DAY, "李**在外")
    assert lead_due(database, case) == TODAY + DAY


def test_a_double_click_edits_once(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office)
    seen = {case: int(row_of(database, Case, case)["version"])}
    for _ in range(2):
        assert edit(office.clerk, meeting, {case: {"grade": "major"}}, "same", versions=seen).saved == (case,)
    assert len(all_of(database, MeetingEdit)) == 1


def test_what_stands_already_is_no_edit(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office)
    before = row_of(database, Case, case)
    same = {"grade": before["grade"], "unit_due_on": lead_due(database, case)}
    assert edit(office.clerk, meeting, {case: same}).saved == (case,)
    assert row_of(database, Case, case) == before
    assert all_of(database, MeetingEdit) == []


def test_only_chair_and_clerk_of_the_open_meeting_and_only_its_lists(database: Database, office: Office) -> None:
    kind = a_kind(database)
    meeting, planned = (a_meeting(database, office, kind_id=kind, state=state) for state in ("open", "planned"))
    lines(database, meeting, T.OVERDUE)
    lines(database, planned, T.OVERDUE)
    (case,) = overdue(database, office)
    other = stages.brought(office, stages.HANDLING)
    rows = {case: (int(row_of(database, Case, case)["version"]), {"note": "x"})}

    def attempt(actor: Actor, meeting_id: int, topic: str, why: str) -> None:
        with pytest.raises(Problems, match=why):
            editing.edit_cases(actor, meeting_id=meeting_id, topic=topic, rows=rows, key="k")

    attempt(office.leader, meeting, T.OVERDUE, "chair or its clerk")
    attempt(office.clerk, planned, T.OVERDUE, "not open")
    attempt(office.clerk, meeting, T.NEW, "not on the agenda")
    attempt(office.clerk, meeting, T.DECISIONS, "not on the agenda")
    with pytest.raises(Refused):
        editing.edit_cases(office.handler, meeting_id=meeting, topic=T.OVERDUE, rows=rows, key="k")
    saved = edit(
        office.clerk, meeting, {other: {"note": "x"}}, versions={other: row_of(database, Case, other)["version"]}
    )
    assert "not on the agenda" in str(saved.rejected[other])
    sealed = stages.brought(office, sealed=True)
    set_case(database, sealed, next_due_on=TODAY - DAY)
    version = row_of(database, Case, sealed)["version"]
    saved = edit(office.director, meeting, {sealed: {"note": "x"}}, "s", versions={sealed: version})
    assert list(saved.rejected) == [sealed]
    assert all_of(database, MeetingEdit) == []


def test_what_an_edit_took_off_its_list_may_be_edited_again(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office)
    edit(office.clerk, meeting, {case: {"grade": "major"}}, "a")
    set_case(database, case, next_due_on=TODAY + 30 * DAY)
    again = {case: row_of(database, Case, case)["version"]}
    assert edit(office.clerk, meeting, {case: {"note": "改期"}}, "b", versions=again).saved == (case,)


def test_what_was_sealed_since_is_edited_in_no_meeting(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office)
    edit(office.director, meeting, {case: {"grade": "major"}}, "a")
    set_case(database, case, sealed=True)
    again = {case: row_of(database, Case, case)["version"]}
    saved = edit(office.director, meeting, {case: {"note": "改期"}}, "b", versions=again)
    assert (saved.saved, list(saved.rejected)) == ((), [case])


def test_another_day_for_an_answer_under_supervision(database: Database, office: Office, meeting: int) -> None:
    (case,) = overdue(database, office)
    with database.transaction(SYSTEM) as session:
        told = {"case_id": case, "unit_id": office.unit_a, "why": "overdue", "text": "请答复", "drafted_at": NOW}
        rows = [Supervision(state=state, answer_by=TODAY, **told) for state in ("issued", "answered")]
        session.add_all(rows)
        session.flush()
        issued, answered = (row.id for row in rows)
    day = {"answer_by": TODAY + 3 * DAY}
    sent = {issued: (1, day), answered: (1, day)}
    saved = editing.edit_supervisions(office.clerk, meeting_id=meeting, topic=T.SUPERVISED, rows=sent, key="1")
    assert saved.saved == (issued,)
    assert where(saved) == {answered: ["answer_by"]}
    assert row_of(database, Supervision, issued)["answer_by"] == TODAY + 3 * DAY
    edit_row = all_of(database, MeetingEdit)[0]
    assert (edit_row["record"], edit_row["before"], edit_row["after"]) == ("supervision", "2026-11-19", "2026-11-22")


def test_decisions_carried_over_are_edited_and_settled(database: Database, office: Office) -> None:
    kind = a_kind(database)
    before = a_meeting(database, office, kind_id=kind, state="closed", closed_at=NOW)
    meeting = a_meeting(database, office, kind_id=kind)
    lines(database, meeting, T.DECISIONS)
    moved, done, dropped = (a_decision(database, office, before) for _ in range(3))
    rows: dict[int, tuple[int, dict[str, Any]]] = {
        moved: (1, {"owner_id": None, "unit_id": office.unit_a, "due_on": TODAY + 9 * DAY}),
        done: (1, {"state": "done"}),
        dropped: (1, {"state": "dropped"}),
    }
    saved = editing.edit_decisions(office.clerk, meeting_id=meeting, topic=T.DECISIONS, rows=rows, key="1")
    assert set(saved.saved) == {moved, done}
    assert where(saved) == {dropped: ["note"]}
    row = row_of(database, MeetingDecision, done)
    assert (row["state"], row["settled_by_id"]) == ("done", office.clerk.id)
    told = {
        (line["record_id"], line["field"]): (line["before"], line["after"]) for line in all_of(database, MeetingEdit)
    }
    assert told[moved, "unit_id"] == ("", "城建所")
    assert told[moved, "owner_id"] == ("陈接访", "")
    assert told[done, "state"] == ("open", "done")
    with database.reading() as session:
        spoken = edits_told(session, office.clerk, scope.load(session, office.clerk, meeting))
    assert {line["number"] for line in spoken} == {"下周前拆除围挡"}
    elsewhere = a_decision(database, office, a_meeting(database, office, kind_id=a_kind(database, code="other")))
    strange = {elsewhere: (1, {"state": "done"})}
    saved = editing.edit_decisions(office.clerk, meeting_id=meeting, topic=T.DECISIONS, rows=strange, key="3")
    assert list(saved.rejected) == [elsewhere]
    assert row_of(database, MeetingDecision, elsewhere)["state"] == "open"
    back = {done: (2, {"state": "open"})}
    assert editing.edit_decisions(office.clerk, meeting_id=meeting, topic=T.DECISIONS, rows=back, key="2").saved == (
        done,
    )
    assert row_of(database, MeetingDecision, done)["settled_at"] is None


def test_the_register_edits_the_next_step_too(database: Database, office: Office) -> None:
    (case,) = overdue(database, office)
    version = cases.view(office.director, case_id=case).version
    cases.edit_many(office.director, rows={case: (version, {"next_step": "现场核实"})}, key="1")
    assert cases.view(office.director, case_id=case).fields["next_step"] == "现场核实"
