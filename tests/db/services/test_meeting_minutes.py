"""A meeting shown and printed: the same edition says the same at any later time, no resident is named."""

import io
from datetime import timedelta

import pytest
from docx import Document as Opened
from sqlalchemy import select

from db import clock
from db.documents.forms import Document
from db.engine import Database
from db.journal import JournalRow
from db.models import Case, LimitRule, Meeting, MeetingDecision, MeetingTopic, OfficeFact, Person, Unit
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Refused
from db.services.meetings import attending, closing, deciding, editing, minutes_paper, paper_words, presenting
from db.services.meetings.agenda import agenda
from db.services.supervision import drafting, issuing
from tests.db.services.agendas import TODAY, a_decision, lines, overdue
from tests.db.services.meeting import a_kind, a_meeting
from tests.factories import NOW, SYSTEM, Office

RESIDENT = "李小明"
DECIDED = "路灯一周内修复。"
SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def meeting(database: Database, office: Office) -> int:
    """The meeting being held."""
    return being_held(database, office)


def being_held(database: Database, office: Office) -> int:
    """An open meeting with every list: overdue matters of which one is supervised, a decision, an edit, a roll."""
    kind_id = a_kind(database)
    before = a_meeting(database, office, kind_id=kind_id, state="closed", planned_for=NOW - timedelta(days=7))
    a_decision(database, office, before, decided_at=NOW - timedelta(days=7), text="清理沟渠")
    found = a_meeting(database, office, kind_id=kind_id, place="二楼会议室")
    lines(database, found)
    late = overdue(database, office, 2, subject=f"{RESIDENT}家门口路灯不亮")
    notice = drafting.draft(office.leader, case_id=late[0], text="请抓紧办理。", key="draft")
    issuing.issue(office.director, supervision_id=notice, version=1, key="issue")
    with database.transaction(SYSTEM) as session:
        own = session.scalars(select(MeetingTopic).where(MeetingTopic.code == TopicCode.OWN)).one()
        own.title, own.note = "冬季防火", "逐户检查。\n周五前报结果。"
    rows = {topic.code: topic.rows for topic in agenda(office.clerk, meeting_id=found)}[TopicCode.OVERDUE]
    version = int(rows.set_index("id")["version"][late[1]])
    edit = {late[1]: (version, {"grade": "major", "next_step": f"与{RESIDENT}面谈"})}
    assert editing.edit_cases(office.clerk, meeting_id=found, topic=TopicCode.OVERDUE, rows=edit, key="edit").saved
    deciding.decide(
        office.clerk,
        meeting_id=found,
        text=DECIDED,
        owner_id=office.handler.id,
        unit_id=None,
        due_on=TODAY + timedelta(days=7),
        key="decide",
    )
    excused = {"standing": "excused", "approved_by_id": office.director.id, "note": "孩子发烧"}
    attending.attend(
        office.clerk,
        meeting_id=found,
        rows={office.unit_a: (0, {"standing": "present"}), office.unit_b: (0, excused)},
        key="roll",
    )
    return found


def closed(database: Database, actor: Actor, meeting_id: int, key: str = "close") -> int:
    with database.reading() as session:
        version = session.get_one(Meeting, meeting_id).version
    return closing.close_meeting(actor, meeting_id=meeting_id, version=version, key=key)


def text_of(made: Document) -> list[str]:
    """Every paragraph and every cell of a document in its order."""
    body = Opened(io.BytesIO(made.content)).element.body
    return ["".join(text.text or "" for text in one.iter("{*}t")) for one in body.iter("{*}p")]


def printed(actor: Actor, meeting_id: int, language: str = "zh", edition: int | None = None) -> list[str]:
    return text_of(minutes_paper.document(actor, meeting_id=meeting_id, edition=edition, language=language))


def everything_changes(database: Database, office: Office) -> None:
    """Every record and number the minutes were made from is another one afterwards."""
    with database.transaction(SYSTEM) as session:
        for case in session.scalars(select(Case)):
            case.subject, case.next_due_on, case.next_step, case.grade = "别的事", None, "", "simple"
        for rule in session.scalars(select(LimitRule)):
            rule.amount += 7
        for row in (*session.scalars(select(Unit)), *session.scalars(select(Person))):
            row.name = f"{row.name}改"
        for decision in session.scalars(select(MeetingDecision)):
            decision.text, decision.due_on = "别的决定", None
        for fact in session.scalars(select(OfficeFact)):
            fact.value = "别的单位"
        session.get_one(MeetingTopic, 1).title = "别的议题"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_edition_says_the_same_at_any_later_time(
    database: Database, office: Office, meeting: int, language: str
) -> None:
    assert closed(database, office.director, meeting) == 1
    at_once = printed(office.clerk, meeting, language)
    everything_changes(database, office)
    with clock.at(NOW + timedelta(days=400)):
        assert printed(office.deputy, meeting, language) == at_once
    text = "\n".join(at_once)
    assert {DECIDED, "清理沟渠", "冬季防火", "S2026-000001", "二楼会议室"} <= {
        word for word in (DECIDED, "清理沟渠", "冬季防火", "S2026-000001", "二楼会议室") if word in text
    }
    assert ("逾期2日" if language == "zh" else "overdue by 2 days") in text


@SQLITE
def test_another_edition_is_another_document_and_the_first_stays(
    database: Database, office: Office, meeting: int
) -> None:
    closed(database, office.director, meeting)
    first = printed(office.clerk, meeting)
    with database.reading() as session:
        version = session.get_one(Meeting, meeting).version
    closing.reopen(office.director, meeting_id=meeting, version=version, reason="漏记一项", key="reopen")
    assert not [line for line in printed(office.clerk, meeting, "en") if "Edition" in line]
    deciding.decide(
        office.clerk,
        meeting_id=meeting,
        text="补记一项。",
        owner_id=office.head.id,
        unit_id=None,
        due_on=TODAY,
        key="more",
    )
    assert closed(database, office.director, meeting, "again") == 2
    second = printed(office.clerk, meeting, "en")
    assert any("补记一项。" in line for line in second)
    assert any(line.startswith("Edition 2 · closed") and "漏记一项" in line for line in second)
    assert printed(office.clerk, meeting, edition=1) == first
    with pytest.raises(NotThere):
        minutes_paper.document(office.clerk, meeting_id=meeting, edition=3, language="zh")


@SQLITE
def test_before_it_is_closed_it_is_a_draft(office: Office, meeting: int) -> None:
    made = minutes_paper.document(office.clerk, meeting_id=meeting, language="zh")
    assert "Draft" in minutes_paper.document(office.clerk, meeting_id=meeting, language="en").name
    assert any("草稿" in line or "Draft" in line for line in text_of(made))


@SQLITE
@pytest.mark.parametrize("close", [False, True])
def test_nobody_who_brought_a_matter_is_named(database: Database, office: Office, meeting: int, close: bool) -> None:
    if close:
        closed(database, office.director, meeting)
    with database.reading() as session:
        assert session.scalars(select(Case.subject)).first().startswith(RESIDENT)  # type: ignore[union-attr]
    seen = presenting.shown(office.clerk, meeting_id=meeting)
    assert bool(seen.edition) is close
    for language in ("zh", "en"):
        shown = repr(paper_words.topics(seen.document, language)) + repr(paper_words.edited(seen.document, language))
        assert "家门口路灯不亮" in shown
        assert RESIDENT not in shown
        assert RESIDENT not in "".join(printed(office.clerk, meeting, language))
        assert "孩子发烧" not in "".join(printed(office.clerk, meeting, language)), "why somebody was excused"


@SQLITE
def test_who_was_there_and_what_was_changed(office: Office, meeting: int) -> None:
    document = presenting.shown(office.clerk, meeting_id=meeting).document
    told = paper_words.attendance(document, "en")
    assert told == {"present": "Building office", "excused": f"East village (by {office.director.name})", "absent": ""}
    assert paper_words.came(document, "en") == [("Attended", "1"), ("Excused", "1")]
    fields = {row[1]: row[2:4] for row in paper_words.edited(document, "en").rows}
    assert fields["Grade"] == ("General", "Major")
    assert [one["owner"] for one in paper_words.decisions(document, "en")] == [office.handler.name]
    earlier = paper_words.carried(document, "en").rows
    assert [row[0] for row in earlier] == ["清理沟渠"]


@SQLITE
def test_a_list_of_which_only_the_first_are_listed_says_so(office: Office, meeting: int) -> None:
    document = presenting.shown(office.clerk, meeting_id=meeting).document
    topic = next(one for one in document["topics"] if one["code"] == TopicCode.OVERDUE)
    (section,) = paper_words.topics({**document, "topics": [{**topic, "total": 73}]}, "en")
    assert (section.figure, section.more) == ("73 in all", f"{73 - len(topic['rows'])} more are not listed.")


@SQLITE
def test_each_showing_is_journalled_and_only_who_reads_meetings_sees_one(
    database: Database, office: Office, meeting: int
) -> None:
    presenting.shown(office.clerk, meeting_id=meeting)
    minutes_paper.document(office.director, meeting_id=meeting, language="zh")
    with database.reading() as session:
        query = select(JournalRow.actor).where(JournalRow.event == "print", JournalRow.tbl == "meeting")
        assert session.scalars(query.order_by(JournalRow.seq)).all() == [office.clerk.name, office.director.name]
    for person in ("handler", "head", "viewer", "auditor"):
        with pytest.raises(Refused):
            presenting.shown(office.people[person], meeting_id=meeting)
    with pytest.raises(NotThere):
        presenting.shown(office.clerk, meeting_id=999)
