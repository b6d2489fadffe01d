"""Supervision notices issued, answered, repeated, closed and withdrawn; who sees which; their lists and days."""

import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from docx import Document as Opened
from sqlalchemy import select

from db import clock
from db.documents.forms import Document
from db.engine import Database, reading
from db.journal import JournalRow
from db.models import Case, CaseEntry, CaseUnit, LimitRule, Supervision
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.rules.supervision import Act
from db.services.supervision import answering, drafting, issuing, lists, paper
from db.services.supervision import reading as of_one
from db.services.supervision.lists import Tab
from tests.db.services.test_supervision_drafting import SAYS, TODAY, a_led_case, notices
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office

ANSWER = "已于今日现场处理，两日内办结。"
SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def case_id(database: Database, office: Office) -> int:
    """An overdue matter of unit A, which unit B helps with."""
    made = a_led_case(database, office, handler_id=office.handler.id)
    with database.transaction(SYSTEM) as session:
        session.add(CaseUnit(case_id=made, unit_id=office.unit_b, role="co", sent_on=TODAY))
    return made


@pytest.fixture
def draft_id(case_id: int, office: Office) -> int:
    """Drafted by the duty leader."""
    return drafting.draft(office.leader, case_id=case_id, text=SAYS, key="draft")


def the(notice_id: int) -> Supervision:
    return next(notice for notice in notices() if notice.id == notice_id)


def issued(office: Office, notice_id: int) -> str:
    return issuing.issue(office.director, supervision_id=notice_id, version=the(notice_id).version, key=f"i{notice_id}")


def answered(actor: Actor, notice_id: int, words: str = ANSWER, key: str = "answer") -> int:
    version = the(notice_id).version
    return answering.answer(actor, supervision_id=notice_id, version=version, words=words, key=key)


def steps(case_id: int) -> list[str]:
    with reading() as session:
        return list(session.scalars(select(CaseEntry.step).where(CaseEntry.case_id == case_id).order_by(CaseEntry.id)))


def test_issued_it_has_a_number_and_a_day_for_the_answer(office: Office, case_id: int, draft_id: int) -> None:
    number = issued(office, draft_id)
    assert number == "S2026-000001"
    assert issued(office, draft_id) == number, "a double click"
    notice = the(draft_id)
    assert (notice.state, notice.issued_by_id, notice.issued_at) == ("issued", office.director.id, clock.now())
    assert notice.answer_by == date(2026, 11, 26), "five working days from Thursday"
    assert steps(case_id) == ["supervise_draft", "supervise_issue"]


@SQLITE
def test_the_day_follows_the_limit_of_the_office(database: Database, office: Office, draft_id: int) -> None:
    with database.transaction(SYSTEM) as session:
        for rule in session.scalars(select(LimitRule).where(LimitRule.code == "supervision_answer")):
            rule.amount = 1
    issued(office, draft_id)
    assert the(draft_id).answer_by == date(2026, 11, 20)


def test_a_day_set_in_the_draft_stays_and_one_that_has_passed_does_not(office: Office, case_id: int) -> None:
    kept = drafting.draft(office.leader, case_id=case_id, text=SAYS, answer_by=date(2026, 11, 20), key="kept")
    with clock.at(NOW + timedelta(days=1)):
        issued(office, kept)
        assert the(kept).answer_by == date(2026, 11, 20)
    late = drafting.draft(office.leader, case_id=case_id, text=SAYS, answer_by=date(2026, 11, 20), key="late")
    with clock.at(NOW + timedelta(days=2)), pytest.raises(Problems, match="passed"):
        issued(office, late)


def test_a_number_is_never_given_twice(office: Office, case_id: int, draft_id: int) -> None:
    issued(office, draft_id)
    issuing.withdraw(office.director, supervision_id=draft_id, version=the(draft_id).version, key="w")
    other = drafting.draft(office.leader, case_id=case_id, text=SAYS, key="other")
    assert issued(office, other) == "S2026-000002"
    assert the(draft_id).number == "S2026-000001"


@SQLITE
@pytest.mark.parametrize("who", ["clerk", "leader", "handler", "head", "viewer"])
def test_only_the_director_issues_and_closes(database: Database, office: Office, draft_id: int, who: str) -> None:
    actor = office.people[who]
    with nothing_changes(database), pytest.raises(Refused):
        issuing.issue(actor, supervision_id=draft_id, version=1, key="k")
    with nothing_changes(database), pytest.raises(Refused):
        issuing.issue_many(actor, rows={draft_id: 1}, key="k")
    issued(office, draft_id)
    version = the(draft_id).version
    for act in (issuing.close, issuing.withdraw):
        with nothing_changes(database), pytest.raises(Refused):
            act(actor, supervision_id=draft_id, version=version, key="k")
    with nothing_changes(database), pytest.raises(Refused):
        issuing.repeat(actor, supervision_id=draft_id, version=version, text=SAYS, key="k")


def test_ticked_drafts_are_issued_at_once_each_or_told_why_not(office: Office, case_id: int, draft_id: int) -> None:
    others = [drafting.draft(office.leader, case_id=case_id, text=SAYS, key=f"d{n}") for n in range(2)]
    saved = issuing.issue_many(office.director, rows={draft_id: 1, others[0]: 1, others[1]: 7, 999: 1}, key="many")
    assert saved.saved == (draft_id, others[0])
    assert list(saved.conflicts) == [others[1]]
    assert list(saved.rejected) == [999]
    assert [n.number for n in notices()] == ["S2026-000001", "S2026-000002", ""]
    again = issuing.issue_many(office.director, rows={draft_id: 1}, key="many")
    assert again.saved == (draft_id, others[0]), "a double click"


@pytest.mark.parametrize("who", ["handler", "head"])
def test_the_unit_answers_and_the_director_closes(office: Office, case_id: int, draft_id: int, who: str) -> None:
    issued(office, draft_id)
    answered(office.people[who], draft_id)
    notice = the(draft_id)
    assert (notice.state, notice.answer, notice.answered_by_id) == ("answered", ANSWER, office.people[who].id)
    issuing.close(office.director, supervision_id=draft_id, version=notice.version, key="close")
    assert (the(draft_id).state, the(draft_id).closed_by_id) == ("closed", office.director.id)
    assert steps(case_id) == ["supervise_draft", "supervise_issue", "supervise_answer", "supervise_close"]


@SQLITE
def test_nobody_else_answers_and_never_with_nothing(database: Database, office: Office, draft_id: int) -> None:
    with nothing_changes(database), pytest.raises(NotThere):
        answered(office.handler, draft_id)  # a draft is nothing the unit knows of
    issued(office, draft_id)
    for actor, wrong in ((office.outsider, NotThere), (office.director, Refused), (office.clerk, Refused)):
        with nothing_changes(database), pytest.raises(wrong):
            answered(actor, draft_id)
    with nothing_changes(database), pytest.raises(Problems) as empty:
        answered(office.handler, draft_id, " ")
    assert empty.value.problems[0].field == "words"


def test_who_saved_first_is_told(database: Database, office: Office, draft_id: int) -> None:
    issued(office, draft_id)
    with nothing_changes(database), pytest.raises(Changed):
        answering.answer(office.handler, supervision_id=draft_id, version=1, words=ANSWER, key="old")


@pytest.mark.parametrize("with_answer", [True, False])
def test_repeated_it_is_a_new_notice(office: Office, case_id: int, draft_id: int, with_answer: bool) -> None:
    issued(office, draft_id)
    if with_answer:
        answered(office.handler, draft_id)
    version = the(draft_id).version
    number = issuing.repeat(office.director, supervision_id=draft_id, version=version, text="再次督办。", key="r")
    first, again = notices()
    assert (first.state, first.closed_by_id) == ("closed", office.director.id)
    assert (again.state, again.number, again.why) == ("issued", number, "repeated")
    assert (again.repeats_id, again.case_id) == (first.id, case_id)
    assert steps(case_id)[-3:] == ["supervise_repeat", "supervise_draft", "supervise_issue"]


@SQLITE
def test_what_moved_on_is_told_in_a_sentence(database: Database, office: Office, draft_id: int) -> None:
    issuing.withdraw(office.deputy, supervision_id=draft_id, version=1, key="w")
    acts: tuple[Callable[..., object], ...] = (issuing.issue, issuing.close, issuing.withdraw)
    for act in acts:
        with nothing_changes(database), pytest.raises(Problems, match="moved on"):
            act(office.director, supervision_id=draft_id, version=the(draft_id).version, key="late")


def test_each_sees_what_is_theirs(office: Office, case_id: int, draft_id: int) -> None:
    def seen(actor: Actor) -> list[int]:
        return list(lists.notices(actor, tab=Tab.ALL).rows["id"])

    assert [seen(actor) for actor in (office.leader, office.clerk, office.director)] == [[draft_id]] * 3
    assert [seen(actor) for actor in (office.handler, office.head, office.outsider)] == [[]] * 3
    issued(office, draft_id)
    assert [seen(actor) for actor in (office.handler, office.head)] == [[draft_id]] * 2
    assert seen(office.outsider) == [], "a unit that only helps is not the one supervised"
    assert of_one.of_case(office.outsider, case_id=case_id).notices == ()
    with pytest.raises(Refused):
        lists.notices(office.viewer, tab=Tab.ALL)


def test_a_matter_sealed_since_is_in_no_list(database: Database, office: Office, case_id: int, draft_id: int) -> None:
    issued(office, draft_id)
    with database.transaction(SYSTEM) as session:
        session.get_one(Case, case_id).sealed = True
    for actor in (office.director, office.head):
        assert lists.notices(actor, tab=Tab.ALL).rows.empty
        assert set(lists.counts(actor).values()) == {0}


def test_the_lists_tell_the_days(office: Office, case_id: int, draft_id: int) -> None:
    other = drafting.draft(office.leader, case_id=case_id, text=SAYS, key="other")
    assert lists.counts(office.director) == {Tab.TO_ISSUE: 2, Tab.WAITING: 0, Tab.ANSWERED: 0}
    row = lists.notices(office.director, tab=Tab.TO_ISSUE).rows.iloc[0]
    assert (row["unit"], row["days_left"], row["why"]) == ("城建所", -1, "other")
    issued(office, draft_id)
    with clock.at(NOW + timedelta(days=1)):
        row = lists.notices(office.head, tab=Tab.WAITING).rows.iloc[0]
        assert (row["days"], row["days_left"], row["working_left"]) == (1, 6, 4)
        answered(office.handler, draft_id)
    with clock.at(NOW + timedelta(days=5)):
        row = lists.notices(office.director, tab=Tab.ANSWERED).rows.iloc[0]
        assert row["days"] == 1
        assert lists.counts(office.director) == {Tab.TO_ISSUE: 1, Tab.WAITING: 0, Tab.ANSWERED: 1}
    assert list(lists.notices(office.director, tab=Tab.ALL).rows["id"]) == [other, draft_id]


def test_the_case_shows_its_notices_with_what_may_be_done(office: Office, case_id: int, draft_id: int) -> None:
    told = of_one.of_case(office.leader, case_id=case_id)
    assert told.may_draft
    assert told.begins.startswith("2026-")
    assert told.notices[0].acts == (Act.REWRITE, Act.WITHDRAW)
    issued(office, draft_id)
    for actor, acts in (
        (office.director, (Act.REPEAT, Act.CLOSE, Act.WITHDRAW)),
        (office.leader, ()),
        (office.head, (Act.ANSWER,)),
    ):
        assert of_one.of_case(actor, case_id=case_id).notices[0].acts == acts
    assert not of_one.of_case(office.head, case_id=case_id).may_draft
    shown = of_one.of_case(office.head, case_id=case_id).notices[0]
    assert (shown.drafted_by, shown.issued_by, shown.answered_by) == (office.leader.name, office.director.name, "")


def test_the_notice_leaves_as_word(database: Database, office: Office, case_id: int, draft_id: int) -> None:
    def lines(made: Document) -> list[str]:
        document = Opened(io.BytesIO(made.content))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return [*(paragraph.text for paragraph in document.paragraphs), *cells]

    draft = paper.document(office.leader, supervision_id=draft_id)
    assert "编号：（草稿）" in lines(draft)
    with pytest.raises(NotThere):
        paper.document(office.handler, supervision_id=draft_id)
    issued(office, draft_id)
    answered(office.handler, draft_id)
    made = paper.document(office.head, supervision_id=draft_id)
    assert made.name == "中心督办通知书 S2026-000001.docx"
    told = lines(made)
    assert {"编号：S2026-000001", "城建所：", SAYS, "请于2026年11月26日前将办理情况书面报告本中心。", ANSWER} <= set(
        told
    )
    assert f"签发人：{office.director.name}" in told
    with database.reading() as session:
        printed = select(JournalRow.actor).where(JournalRow.event == "print", JournalRow.tbl == "supervision")
        assert session.scalars(printed.order_by(JournalRow.seq)).all() == [office.leader.name, office.head.name]
