"""The agenda on both engines: what each list holds, what never stands in it, and its lines."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from db.engine import Database
from db.models import (
    Case,
    CaseAccess,
    DisputeParty,
    Meeting,
    MeetingDecision,
    MeetingTopic,
    Obligation,
    RotaPlace,
    Supervision,
)
from db.rules.meetings.words import TopicCode
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import intake
from db.services.meetings import scope
from db.services.meetings.agenda import agenda, cases, disputes, duty, supervised, topics, topics_told
from db.services.meetings.decisions import COLUMNS
from tests.db.services import stages
from tests.db.services.agendas import TODAY, a_decision, lines, listed, overdue, row_of, set_case
from tests.db.services.meeting import a_kind, a_meeting
from tests.db.services.on_duty import a_published_rota
from tests.db.services.test_cases import an_intake
from tests.factories import NOW, SYSTEM, Office, a_dispute

T = TopicCode
DAY = timedelta(days=1)


def numbers(office: Office, meeting: int, code: str) -> set[int]:
    """The ids a list holds for the director."""
    return {int(one) for one in listed(office.director, meeting, code).rows["id"]}


def test_the_lists_of_cases_hold_what_their_names_say(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting)
    late = overdue(database, office)[0]
    soon = stages.brought(office, stages.HANDLING)
    set_case(database, soon, next_due_on=TODAY + 7 * DAY)
    later = stages.brought(office, stages.HANDLING)
    set_case(database, later, next_due_on=TODAY + 8 * DAY)
    fresh = stages.brought(office)
    set_case(database, fresh, received_at=NOW - 3 * DAY, next_due_on=None)
    closed = stages.brought(office, stages.CLOSED)
    set_case(database, closed, closed_on=TODAY - 2 * DAY)
    twice = stages.brought(office, stages.TWICE)
    set_case(database, twice, next_due_on=None)
    on_patrol = an_intake(source="patrol", parties=(), anonymous=True)
    found = intake.register(office.clerk, intake=on_patrol, key="p").case_id
    set_case(database, found, next_due_on=None)
    assert numbers(office, meeting, T.OVERDUE) == {late}
    assert numbers(office, meeting, T.DUE_SOON) == {soon}
    assert numbers(office, meeting, T.NEW) == {fresh}
    assert numbers(office, meeting, T.CLOSED) == {closed}
    assert numbers(office, meeting, T.RETURNED_TWICE) == {twice}
    assert numbers(office, meeting, T.PATROL_FOUND) == {found}
    row = listed(office.director, meeting, T.OVERDUE).rows.iloc[0]
    assert list(listed(office.director, meeting, T.OVERDUE).rows.columns) == cases.COLUMNS
    assert (row["lead_unit"], row["handler"], row["days_left"], row["acting"]) == ("城建所", "王经办", -2, "handler")
    assert row["unit_due_on"] is not None


def test_new_and_closed_are_of_the_days_of_the_meeting(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting, T.NEW)
    ids = [stages.brought(office) for _ in range(4)]
    days = (TODAY - 8 * DAY, TODAY - 7 * DAY, TODAY - DAY, TODAY)
    for case_id, day in zip(ids, days, strict=True):
        set_case(database, case_id, received_at=NOW.replace(year=day.year, month=day.month, day=day.day, hour=0))
    assert numbers(office, meeting, T.NEW) == set(ids[1:3])


def test_sealed_matters_and_accusations_never_stand_on_an_agenda(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting, T.OVERDUE)
    sealed = stages.brought(office, sealed=True)
    accusation, plain = stages.brought(office), stages.brought(office)
    set_case(database, accusation, kind="accusation")
    for case_id in (sealed, accusation, plain):
        set_case(database, case_id, next_due_on=TODAY - DAY)
    with database.transaction(SYSTEM) as session:
        session.add(CaseAccess(case_id=sealed, person_id=office.clerk.id))
    for person in (office.clerk, office.director):
        topic = listed(person, meeting, T.OVERDUE)
        assert (list(topic.rows["id"]), topic.total) == ([plain], 1)


def test_a_residents_name_is_a_mask_in_every_word(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting, T.OVERDUE)
    case = overdue(database, office, subject="李小明反映噪音，电话15400000001", next_step="约李小明面谈")[0]
    row = listed(office.director, meeting, T.OVERDUE).rows.iloc[0]
    assert (row["subject"], row["next_step"]) == ("李**反映噪音，电话154******01", "约李**面谈")
    before = a_meeting(database, office, kind_id=kind_of(database, meeting))
    decision = a_decision(database, office, before, case_id=case)
    with database.transaction(SYSTEM) as session:
        session.execute(update(MeetingTopic).values(code=T.DECISIONS))
        session.execute(update(MeetingDecision).values(text="李小明一事下周答复"))
        told = topics_told(session, office.director, scope.load(session, office.director, meeting))
    assert [row["id"] for row in told[0]["rows"]] == [decision]
    assert "李小明" not in json.dumps(told, ensure_ascii=False)


def kind_of(database: Database, meeting: int) -> int:
    """The kind of a meeting."""
    return int(row_of(database, Meeting, meeting)["kind_id"])


def test_a_list_shows_fifty_and_says_that_there_are_more(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting, T.OVERDUE)
    first = overdue(database, office)[0]
    template = row_of(database, Case, first)
    with database.transaction(SYSTEM) as session:
        for n in range(2, 53):
            own = {"id": None, "number": f"2026-9{n:05}", "running": 90_000 + n, "source_number": None}
            session.add(Case(**(template | own)))
    topic = listed(office.director, meeting, T.OVERDUE)
    assert (len(topic.rows), topic.total, topic.more) == (50, 52, True)


def test_supervised_disputes_and_obligations_within_scope(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting, T.SUPERVISED, T.DISPUTES_DUE, T.OBLIGATIONS_DUE)
    case = overdue(database, office)[0]
    with database.transaction(SYSTEM) as session:
        for state, number in (("draft", ""), ("issued", "S1"), ("closed", "S2")):
            told: dict[str, object] = {
                "state": state,
                "number": number,
                "why": "overdue",
                "text": "请李小明一案尽快答复",
            }
            told |= {"answer_by": TODAY, "drafted_at": NOW}
            session.add(Supervision(case_id=case, unit_id=office.unit_a, **told))
        due = a_dispute(session, office, state="mediating", next_due_on=TODAY + 3 * DAY)
        a_dispute(session, office, state="mediating", next_due_on=TODAY + 30 * DAY)
        agreed = a_dispute(session, office, state="agreed")
        for day in (TODAY - DAY, TODAY + 60 * DAY):
            debtor, creditor = session.scalars(select(DisputeParty.id).where(DisputeParty.dispute_id == agreed.id))
            sides = {"debtor_id": debtor, "creditor_id": creditor, "kind": "act", "act": "拆除"}
            session.add(Obligation(dispute_id=agreed.id, position=1, due_on=day, standing="due", **sides))
        due_id, agreed_id = due.id, agreed.id
    topic = listed(office.director, meeting, T.SUPERVISED)
    assert list(topic.rows.columns) == supervised.COLUMNS
    (notice,) = topic.rows.itertuples()
    assert (notice.number, notice.days_left, notice.text) == ("S1", 0, "请李**一案尽快答复")
    found = listed(office.director, meeting, T.DISPUTES_DUE)
    assert (list(found.rows["id"]), found.total) == ([due_id], 1)
    owed = listed(office.director, meeting, T.OBLIGATIONS_DUE)
    assert (list(owed.rows["dispute_id"]), owed.total) == ([agreed_id], 1)
    # The clerk reads no files; the leader, who reads the figures of mediation, learns how many there are.
    for person, total in ((office.clerk, 0), (office.leader, 1)):
        for code, columns in ((T.DISPUTES_DUE, disputes.DISPUTES), (T.OBLIGATIONS_DUE, disputes.OBLIGATIONS)):
            topic = listed(person, meeting, code)
            assert (len(topic.rows), topic.total, topic.more) == (0, total, bool(total))
            assert list(topic.rows.columns) == columns
            assert not {"party", "parties", "debtor_id", "subject"} & set(columns)


def test_the_rotas_open_places_and_gaps_name_nobody(database: Database, office: Office) -> None:
    on_duty = a_published_rota(database, office)
    meeting = a_meeting(database, office, since=date(2026, 11, 16), until=date(2026, 11, 18))
    lines(database, meeting, T.DUTY_GAPS)
    on_duty.change(RotaPlace, on_duty.place(20, "苗值班"), member_id=None)
    topic = listed(office.director, meeting, T.DUTY_GAPS)
    assert list(topic.rows.columns) == duty.COLUMNS
    to_fill = topic.rows[topic.rows["what"] == duty.TO_FILL]
    assert [(row.on_day, row.role, row.count_) for row in to_fill.rename(columns={"count": "count_"}).itertuples()] == [
        (date(2026, 11, 20), "staff", 1)
    ]
    assert topic.total == len(topic.rows) > 1
    told_the_clerk = listed(office.clerk, meeting, T.DUTY_GAPS)
    assert told_the_clerk.total == topic.total, "whoever closes the meeting freezes the same gaps"
    told = topic.rows.to_csv()
    assert "苗值班" not in told
    assert "顾带班" not in told


def test_decisions_of_the_kind_and_whatever_is_past_its_day(database: Database, office: Office) -> None:
    kind, other = a_kind(database), a_kind(database, code="monthly", name="每月例会")
    before = a_meeting(database, office, kind_id=kind, state="closed", closed_at=NOW, planned_for=NOW - 7 * DAY)
    elsewhere = a_meeting(database, office, kind_id=other, state="closed", closed_at=NOW)
    meeting = a_meeting(database, office, kind_id=kind)
    lines(database, meeting, T.DECISIONS)
    ours = a_decision(database, office, before)
    late = a_decision(database, office, elsewhere, due_on=TODAY - DAY)
    a_decision(database, office, elsewhere)
    a_decision(database, office, before, state="done", settled_at=NOW)
    a_decision(database, office, before, removed_at=NOW)
    a_decision(database, office, meeting)
    topic = listed(office.clerk, meeting, T.DECISIONS)
    assert list(topic.rows["id"]) == [late, ours]
    assert topic.editable == ("owner_id", "unit_id", "due_on", "state", "note")
    assert list(topic.rows.columns) == COLUMNS


def test_only_who_reads_meetings_reads_an_agenda(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting)
    for person in (office.head, office.handler, office.viewer, office.admin, office.auditor, office.assessor):
        with pytest.raises(Refused):
            agenda(person, meeting_id=meeting)
    with pytest.raises(NotThere):
        agenda(office.director, meeting_id=4711)
    # The deputy reads it, the clerk of the meeting edits in it.
    assert listed(office.deputy, meeting, T.OVERDUE).editable == ()
    assert listed(office.clerk, meeting, T.OVERDUE).editable == cases_fields()


def cases_fields() -> tuple[str, ...]:
    """What may be edited of a case."""
    return ("handler_id", "unit_due_on", "grade", "next_step", "note")


def test_lines_are_added_dropped_brought_back_moved_and_noted(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office, state="planned")
    lines(database, meeting, T.NEW, T.OVERDUE)
    own = topics.add(office.deputy, meeting_id=meeting, code="own", title="冬季消防", key="1")
    assert topics.add(office.deputy, meeting_id=meeting, code="own", title="冬季消防", key="1") == own
    with pytest.raises(Problems, match="title"):
        topics.add(office.deputy, meeting_id=meeting, code="own", title=" ", key="2")
    with pytest.raises(Problems, match="already"):
        topics.add(office.deputy, meeting_id=meeting, code="new", key="3")
    topics.move(office.deputy, meeting_id=meeting, topic_id=own, steps=-2, key="4")
    assert codes(office, meeting) == ["own", "new", "overdue"]
    new = next(topic for topic in agenda(office.clerk, meeting_id=meeting) if topic.code == "new")
    version = topics.write_note(office.clerk, topic_id=new.id, version=new.version, note="三件涉噪音", key="5")
    with pytest.raises(Changed):
        topics.write_note(office.deputy, topic_id=new.id, version=new.version, note="别的", key="6")
    version = topics.drop(office.clerk, topic_id=new.id, version=version, key="7")
    assert codes(office, meeting) == ["own", "overdue"]
    assert list(topics.dropped(office.clerk, meeting_id=meeting)["code"]) == ["new"]
    topics.bring_back(office.clerk, topic_id=new.id, version=version, key="8")
    assert codes(office, meeting) == ["own", "new", "overdue"]
    topic = listed(office.clerk, meeting, "new")
    assert topic.note == "三件涉噪音"
    topics.drop(office.clerk, topic_id=topic.id, version=topic.version, key="9")
    assert topics.add(office.clerk, meeting_id=meeting, code="new", key="10") == topic.id
    assert codes(office, meeting) == ["own", "overdue", "new"]


def test_a_closed_meetings_lines_stay_as_they_are(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office, state="closed", closed_at=NOW)
    (line,) = lines(database, meeting, T.NEW)
    with pytest.raises(Problems, match="closed"):
        topics.drop(office.clerk, topic_id=line, version=1, key="1")
    with pytest.raises(Refused):
        topics.drop(office.viewer, topic_id=line, version=1, key="2")
    assert codes(office, meeting) == ["new"]


def codes(office: Office, meeting: int) -> list[str]:
    """The lines of an agenda in order."""
    return [topic.code for topic in agenda(office.director, meeting_id=meeting)]


def test_what_is_frozen_is_ready_for_json(database: Database, office: Office) -> None:
    meeting = a_meeting(database, office)
    lines(database, meeting)
    overdue(database, office)
    with database.reading() as session:
        told = topics_told(session, office.director, scope.load(session, office.director, meeting))
    again = json.loads(json.dumps(told))
    assert [topic["code"] for topic in again] == list(TopicCode)
    row = next(topic for topic in again if topic["code"] == "overdue")["rows"][0]
    assert (row["next_due_on"], row["days_left"], row["lead_unit_en"]) == ("2026-11-17", -2, "Building office")
