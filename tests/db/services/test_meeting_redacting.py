"""Nobody who brought a matter is named in a meeting, and no edit of a masked text takes a name away from the record."""

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from db.engine import Database
from db.identity import encrypt
from db.models import Case, CaseParty, Meeting, MeetingDecision, MeetingTopic
from db.rules.meetings.words import TopicCode
from db.rules.problems import Check, Problems
from db.services.meetings import deciding, editing, scope
from db.services.meetings.agenda import topics_told
from db.services.meetings.redacting import Names
from tests.db.services.agendas import TODAY, a_decision, lines, listed, overdue, row_of
from tests.db.services.meeting import a_meeting
from tests.factories import SYSTEM, Office

T = TopicCode
SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
pytestmark = SQLITE


def a_party(database: Database, case_id: int, **told: str) -> None:
    """One more person who brought a matter."""
    with database.transaction(SYSTEM) as session:
        columns = {name: encrypt(database, f"case_party.{name}", said) for name, said in told.items()}
        session.add(CaseParty(case_id=case_id, role="representative", **columns))


def hidden(database: Database, case_id: int | None, text: str) -> str:
    """A text as a meeting shows it."""
    with database.reading() as session:
        return Names(session, [case_id]).masked(case_id, text)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("李 小明来过", "李**来过"),
        ("欧阳 若　云、王芳和 Ann Lee 来过", "欧***、王*和 A*** 来过"),
        ("其母周桂花来过，Annapolis Leeds 没来", "其母周**来过，Annapolis Leeds 没来"),
        ("电154-0000-0001，154 0000 0001，13900000002", "电154******01，154******01，139******02"),
        ("0571-55512345；证号11010119900101123X", "057********45；证号110*************3X"),
        ("12月 3日 2026-000015号", "12月 3日 2026-000015号"),
    ],
)
def test_names_and_numbers_are_found_however_they_are_written(
    database: Database, office: Office, said: str, shown: str
) -> None:
    (case,) = overdue(database, office)
    a_party(database, case, name="欧阳若云、王芳（儿媳）", guardian="周桂花", contact="12")
    a_party(database, case, name="Ann Lee", contact="13900000002（女儿）")
    assert hidden(database, case, said) == shown


def test_a_number_is_masked_whoever_it_belongs_to(database: Database, office: Office) -> None:
    assert hidden(database, None, "请致电13900000002。") == "请致电139******02。"
    assert hidden(database, None, "2026-000015 20261119 10:30") == "2026-000015 20261119 10:30"


def restored(database: Database, case_id: int, typed: str, stored: str) -> tuple[str, list[str]]:
    """What is kept of what was typed, and where it is refused."""
    check, refused = Check(), []
    with database.reading() as session:
        kept = Names(session, [case_id]).restored(check, "note", case_id, typed, stored)
    try:
        check.done()
    except Problems as problems:
        refused = [problem.field for problem in problems.problems]
    return kept, refused


@pytest.mark.parametrize(
    ("typed", "stored", "kept", "refused"),
    [
        ("李**已搬走", "李小明来过", "李小明已搬走", []),
        ("李**和李**的儿子", "李小明来过", "李小明和李小明的儿子", []),
        ("无", "李小明来过", "无", []),
        ("李**在前，李**在后，都好", "李小明在前，李小红在后", "李小明在前，李小红在后，都好", []),
        ("李**来过", "李小明在前，李小红在后", "李**来过", ["note"]),
        ("李**在后，李**在前", "李小明在前，李小红在后", "李**在后，李**在前", ["note"]),
        ("都走了", "李小明在前，李小红在后", "都走了", []),
        ("回154******01", "电15400000001", "回15400000001", []),
        ("李**来过", "无", "李**来过", []),
    ],
)
def test_what_is_typed_around_a_mask_keeps_who_stands_behind_it(
    database: Database, office: Office, typed: str, stored: str, kept: str, refused: list[str]
) -> None:
    (case,) = overdue(database, office)
    a_party(database, case, name="李小红")
    assert restored(database, case, typed, stored) == (kept, refused)


def test_an_edit_of_a_masked_note_does_not_take_the_name_away(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting)
    (case,) = overdue(database, office, note="李小明来过", next_step="约李小明面谈")
    row = listed(office.clerk, meeting, T.OVERDUE).rows.iloc[0]
    values = {"note": f"{row['note']}，已答复", "next_step": row["next_step"]}
    edit = {case: (int(row["version"]), values)}
    assert editing.edit_cases(office.clerk, meeting_id=meeting, topic=T.OVERDUE, rows=edit, key="k").saved == (case,)
    kept = row_of(database, Case, case)
    assert (kept["note"], kept["next_step"]) == ("李小明来过，已答复", "约李小明面谈")


def test_a_mask_of_two_is_told_at_its_cell(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting)
    (case,) = overdue(database, office, note="李小明和李小红来过")
    a_party(database, case, name="李小红")
    row = listed(office.clerk, meeting, T.OVERDUE).rows.iloc[0]
    edit = {case: (int(row["version"]), {"note": "李**来过"})}
    saved = editing.edit_cases(office.clerk, meeting_id=meeting, topic=T.OVERDUE, rows=edit, key="k")
    assert [one.field for one in saved.rejected[case].problems] == ["note"]
    assert row_of(database, Case, case)["note"] == "李小明和李小红来过"


def test_a_decision_is_corrected_and_settled_without_losing_a_name(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    (case,) = overdue(database, office)
    number = row_of(database, Case, case)["number"]
    told: dict[str, Any] = {"owner_id": office.clerk.id, "unit_id": None, "due_on": TODAY, "case_number": number}
    clerk = office.clerk
    made = deciding.decide(clerk, meeting_id=meeting, text="下周答复李小明", note="李小明在外地", key="a", **told)
    told["note"] = "李**在外地"
    version = deciding.reword(clerk, decision_id=made, version=1, text="本周答复李**", key="b", **told)
    deciding.settle(clerk, decision_id=made, version=version, state="done", note="李**在外地，已电话答复", key="c")
    row = row_of(database, MeetingDecision, made)
    assert (row["text"], row["note"]) == ("本周答复李小明", "李小明在外地，已电话答复")


def test_a_note_about_a_list_names_nobody_of_it(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting, T.OVERDUE, T.DECISIONS)
    overdue(database, office)
    with database.transaction(SYSTEM) as session:
        session.execute(update(MeetingTopic).values(note="李小明（13900000002）下周再来"))
        told = topics_told(session, office.clerk, scope.load(session, office.clerk, meeting))
        assert session.scalars(select(MeetingTopic.note)).all() == ["李小明（13900000002）下周再来"] * 2
    said = json.dumps([topic["note"] for topic in told], ensure_ascii=False)
    assert "李小明" not in said
    assert "13900000002" not in said


def test_a_decision_says_no_number_of_anybody(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting, T.DECISIONS)
    before = a_meeting(database, office, kind_id=row_of(database, Meeting, meeting)["kind_id"])
    a_decision(database, office, before, text="回电13900000002")
    assert list(listed(office.clerk, meeting, T.DECISIONS).rows["text"]) == ["回电139******02"]
