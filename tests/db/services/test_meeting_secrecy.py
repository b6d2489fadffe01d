"""What is sealed, an accusation, or stood aside from after a meeting spoke of it is told in no list or paper of it."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document as Opened

from db.engine import Database
from db.models import Case, CaseAccess, CaseRecusal, CaseUnit, Meeting, MeetingDecision, Supervision
from db.rules.briefings.chart import ChartSpec
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems
from db.services.briefings import drawing
from db.services.briefings.behind import behind
from db.services.cases import dossier
from db.services.meetings import closing, deciding, decisions, editing, keeping, lists, minutes_paper, presenting
from db.services.meetings.agenda import agenda
from db.services.supervision import drafting, issuing
from tests.db.services.agendas import TODAY, a_decision, lines, listed, overdue, row_of, set_case
from tests.db.services.meeting import a_kind, a_meeting
from tests.factories import SYSTEM, Office

SUBJECT, DECIDED, EDITED = "秘密的排水沟", "秘密地清理排水沟", "秘密地约谈"
KeptBack = Callable[[Database, Office, int], None]


def sealed(database: Database, office: Office, case_id: int) -> None:
    """Sealed, and the director was granted to see it."""
    set_case(database, case_id, sealed=True)
    with database.transaction(SYSTEM) as session:
        session.add(CaseAccess(case_id=case_id, person_id=office.director.id))


def accused(database: Database, office: Office, case_id: int) -> None:
    """An accusation after all."""
    set_case(database, case_id, kind="accusation")


def aside(database: Database, office: Office, case_id: int) -> None:
    """The director stands aside."""
    with database.transaction(SYSTEM) as session:
        session.add(CaseRecusal(case_id=case_id, person_id=office.director.id, reason="回避"))


@pytest.fixture
def spoken(database: Database, office: Office) -> tuple[int, int, int, int]:
    """A meeting that listed, supervised, edited and decided about one matter beside another; with ids of the first."""
    kind_id = a_kind(database)
    before = a_meeting(database, office, kind_id=kind_id, state="closed")
    meeting = a_meeting(database, office, kind_id=kind_id)
    lines(database, meeting)
    case, _other = overdue(database, office, subject=SUBJECT)[0], overdue(database, office, subject="路灯不亮")
    notice = drafting.draft(office.leader, case_id=case, text="秘密督办", key="d")
    issuing.issue(office.director, supervision_id=notice, version=1, key="i")
    rows = {case: (version_of(database, Case, case), {"next_step": EDITED})}
    assert editing.edit_cases(office.clerk, meeting_id=meeting, topic="overdue", rows=rows, key="e").saved
    decision = a_decision(database, office, meeting, case_id=case, text=DECIDED, owner_id=office.handler.id)
    a_decision(database, office, before, case_id=case, text=DECIDED)
    return meeting, case, decision, notice


def version_of(database: Database, model: Any, row_id: int) -> int:
    """As it stands."""
    return int(row_of(database, model, row_id)["version"])


def close(database: Database, office: Office, meeting: int) -> None:
    """Closed by the clerk."""
    closing.close_meeting(office.clerk, meeting_id=meeting, version=version_of(database, Meeting, meeting), key="close")


def papers(actor: Actor, meeting: int) -> str:
    """All a meeting shows."""
    shown = presenting.shown(actor, meeting_id=meeting).document
    word = minutes_paper.document(actor, meeting_id=meeting, language="zh").content
    opened = Opened(io.BytesIO(word))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return json.dumps(shown, ensure_ascii=False) + "".join([*(one.text for one in opened.paragraphs), *cells])


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("keeps_back", [sealed, accused, aside])
@pytest.mark.parametrize("when", ["live", "frozen"])
def test_nothing_of_it_is_in_the_papers(
    database: Database, office: Office, spoken: tuple[int, ...], keeps_back: KeptBack, when: str
) -> None:
    meeting, case, _, notice = spoken
    number, notice_number = (row_of(database, m, one)["number"] for m, one in ((Case, case), (Supervision, notice)))
    secrets = ("秘密", number, notice_number)
    if when == "frozen":
        close(database, office, meeting)
    before = papers(office.director, meeting)
    assert all(one in before for one in secrets)
    keeps_back(database, office, case)
    after = papers(office.director, meeting)
    assert [one for one in secrets if one in after] == []
    assert "路灯不亮" in after


def test_minutes_keep_what_is_shut_and_show_it_once_it_is_open_again(
    database: Database, office: Office, spoken: tuple[int, ...]
) -> None:
    meeting, case, *_ = spoken
    close(database, office, meeting)
    told = closing.minutes(office.director, meeting_id=meeting).document
    sealed(database, office, case)
    shut = closing.minutes(office.director, meeting_id=meeting).document
    assert [topic["total"] for topic in shut["topics"]] == [topic["total"] for topic in told["topics"]]
    set_case(database, case, sealed=False)
    assert closing.minutes(office.director, meeting_id=meeting).document == told


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("keeps_back", [sealed, accused])
def test_a_decision_about_it_is_in_no_list_and_is_not_settled(
    database: Database, office: Office, spoken: tuple[int, ...], keeps_back: KeptBack
) -> None:
    meeting, case, decision, _ = spoken
    every = decisions.Choice(tab=decisions.Tab.ALL)
    assert decisions.register(office.director, choice=every).total == 2
    keeps_back(database, office, case)
    for who in (office.director, office.clerk, office.handler):
        assert decisions.register(who, choice=every).total == 0
        assert decisions.owed(who).empty
        assert decisions.one(who, decision_id=decision).empty
    assert decisions.of_meeting(office.director, meeting_id=meeting).empty
    assert listed(office.director, meeting, TopicCode.DECISIONS).rows.empty
    assert [topic.total for topic in agenda(office.director, meeting_id=meeting) if topic.code == "supervised"] == [0]
    assert lists.past(office.director, choice=lists.Choice(text=DECIDED)).total == 0
    version = version_of(database, MeetingDecision, decision)
    with pytest.raises(NotThere):
        deciding.settle(office.handler, decision_id=decision, version=version, state="done", note="", key="s")


def test_a_joint_meeting_is_not_about_a_sealed_matter(database: Database, office: Office) -> None:
    (case,) = overdue(database, office)
    meeting = a_meeting(database, office, case_id=case)
    sealed(database, office, case)
    assert keeping.meeting(office.director, meeting_id=meeting).case_number == ""
    number = row_of(database, Case, case)["number"]
    told: dict[str, Any] = {"day": TODAY, "at": None, "chair_id": office.director.id, "clerk_id": office.clerk.id}
    with pytest.raises(Problems) as refused:
        keeping.plan(office.director, kind_id=1, case_number=number, key="p", **told)
    assert "case_number" in [problem.field for problem in refused.value.problems]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("keeps_back", [sealed, accused, aside])
def test_a_chart_counts_no_decision_and_no_notice_about_it(
    database: Database, office: Office, spoken: tuple[int, ...], keeps_back: KeptBack
) -> None:
    asked = [
        ChartSpec(register="decisions", measure="decided", period="ever"),
        ChartSpec(register="supervisions", measure="issued", period="ever"),
    ]
    assert [drawing.draw(office.director, spec=spec).total.value for spec in asked] == [2, 1]
    keeps_back(database, office, spoken[1])
    assert [drawing.draw(office.director, spec=spec).total.value for spec in asked] == [0, 0]
    assert [behind(office.director, spec=spec).total for spec in asked] == [0, 0]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_unit_that_helps_opens_no_notice_to_another(
    database: Database, office: Office, spoken: tuple[int, ...]
) -> None:
    with database.transaction(SYSTEM) as session:
        share = {"case_id": spoken[1], "unit_id": office.unit_b, "role": "co", "sent_on": TODAY}
        session.add(CaseUnit(**share))
    asked = ChartSpec(register="supervisions", measure="issued", period="ever")
    assert [behind(who, spec=asked).total for who in (office.handler, office.outsider)] == [1, 0]
    papers = [dossier.dossier(who, case_id=spoken[1]).papers for who in (office.handler, office.outsider)]
    assert [[line.code for line, _ in theirs].count("supervision_notice") for theirs in papers] == [1, 0]
