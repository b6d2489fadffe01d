"""Other people's words about who asks: shown with what would stand there, masked as confirmed, told again."""

import json
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from db.engine import Database
from db.journal import JournalRow
from db.models import (
    Case,
    CaseEntry,
    CaseLink,
    CaseUnit,
    CaseWords,
    DataRequestPassage,
    DisputeMediator,
    DutyHandover,
    DutyPost,
    DutyShift,
    Mediator,
    Meeting,
    MeetingKind,
    MeetingMinutes,
    MeetingTopic,
    SavedList,
    UndoableAct,
    Work,
)
from db.rules.problems import NotThere, Problems, Refused
from db.services import cases, data_requests, protection
from tests.db.services.test_data_requests import CONTACT, NAME, OTHER, OTHERS, TODAY, a_matter, act
from tests.db.services.test_granted_requests import ANSWER, checked, people
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_dispute, a_duty, mediator_of

SPREAD = " ".join(NAME)
SAID = f"{SPREAD}（{CONTACT[:3]}-{CONTACT[3:7]}-{CONTACT[7:]}）称，司徒女士与{OTHER}均在场"
QUERY = "q=%E5%8F%B8%E5%BE%92%E9%97%AE%E8%AF%A2&tab=all"


def told_everywhere(database: Database, office: Office, closed: int) -> dict[str, int]:
    """A matter of the person and what others wrote of it, in it, beside it and in what was issued."""
    case_id = a_matter(office, (NAME, CONTACT), (OTHER, OTHERS))
    linked = a_matter(office, ("旁人甲", "13600000000"))
    with database.transaction(SYSTEM) as session:
        case, far = session.get_one(Case, case_id), session.get_one(Case, linked)
        case.state, case.open, case.closed_on, case.answer = "closed", False, TODAY - timedelta(days=closed), SAID
        far.text = f"与{NAME}同一件"
        unit = CaseUnit(case_id=case_id, unit_id=office.unit_a, role="lead", sent_on=TODAY, answer=f"已联系{NAME}")
        told = json.dumps({"before": NAME}, ensure_ascii=False)
        session.add_all([unit, CaseEntry(case_id=case_id, at=NOW, step="note", text=SAID, detail=told)])
        session.add(CaseLink(case_id=case_id, other_id=linked, kind="related"))
        rows = json.dumps({str(case_id): {"text": SAID}}, ensure_ascii=False)
        session.add(UndoableAct(person_id=office.clerk.id, at=NOW, kind="bulk", count=1, rows=rows))
        session.add(SavedList(owner_id=office.clerk.id, name="我的", screen="cases", query=QUERY, saved_at=NOW))
        kind = session.scalars(select(MeetingKind.id)).first()
        days: dict[str, Any] = {"planned_for": NOW, "since": TODAY, "until": TODAY}
        meeting = Meeting(kind_id=kind, title=f"{NAME}反映事项协调会", case_id=case_id, **days)
        session.add(meeting)
        session.flush()
        session.add(MeetingTopic(meeting_id=meeting.id, position=1, code="own", title=f"听取{NAME}意见", note=""))
        minutes = json.dumps({"title": f"{NAME}反映事项"}, ensure_ascii=False)
        session.add(MeetingMinutes(meeting_id=meeting.id, edition=1, document=minutes, closed_at=NOW))
        session.add(Work(kind="meeting", on_day=TODAY, title=f"{NAME}事项"))
        duty = a_duty(session, office)
        shift = session.scalars(select(DutyShift.id).where(DutyShift.duty_id == duty.id)).first()
        post = session.scalars(select(DutyPost.id).where(DutyPost.duty_id == duty.id)).first()
        session.add(DutyHandover(post_id=post, shift_id=shift, text=f"{NAME}来电，回{CONTACT}", on_day=TODAY,
                                 written_at=NOW, written_by_id=office.clerk.id))  # fmt: skip
        return {"case": case_id, "linked": linked, "meeting": meeting.id}


def shown(office: Office, request_id: int) -> pd.DataFrame:
    return data_requests.passages(office.director, request_id=request_id)


def granted(office: Office, request_id: int, others: list[str], how: str = "grant") -> int:
    return act(office, data_requests.answer, request_id, act=how, others=others, **ANSWER)


def everything(database: Database, ids: dict[str, int]) -> str:
    """All the texts that may be masked, in one."""
    with database.reading() as session:
        case, far = session.get_one(Case, ids["case"]), session.get_one(Case, ids["linked"])
        meeting = session.get_one(Meeting, ids["meeting"])
        one = [case.subject, case.text, case.answer, far.text, meeting.title]
        one += [entry.text + entry.detail for entry in session.scalars(select(CaseEntry))]
        for column in (CaseUnit.answer, MeetingTopic.title, SavedList.query, DutyHandover.text):
            one += [text or "" for text in session.scalars(select(column))]
        return "\n".join([*one, session.get_one(CaseWords, ids["case"]).words])


def test_every_place_is_shown_and_nothing_is_masked_silently(database: Database, office: Office) -> None:
    ids = told_everywhere(database, office, 4000)
    request_id = checked(office, "delete")
    before = everything(database, ids)
    frame = shown(office, request_id)
    places = set(frame["place"])
    assert {"case_file.answer", "case_file.text", "case_entry.text", "case_entry.detail", "case_unit.answer",
            "meeting.title", "meeting_topic.title", "saved_list.query", "duty_handover.text"} <= places  # fmt: skip
    assert set(frame.loc[frame["stays"] != "", "place"]) == {"meeting_minutes.document", "work.title"}
    in_answer = frame[frame["place"] == "case_file.answer"].set_index("tells")
    assert in_answer["sure"].to_dict() == {"name": True, "number": True, "title": False}
    assert SPREAD in str(in_answer.loc["name", "before"])
    assert "***" in str(in_answer.loc["name", "after"])
    beside = frame[frame["place"] == "duty_handover.text"].set_index("tells")
    assert beside["sure"].to_dict() == {"name": False, "number": True}, "a namesake elsewhere is for a person to judge"
    assert not frame.loc[frame["place"] == "case_file.text", "before"].str.contains(OTHERS).any()
    with database.reading() as session:
        looks = session.scalars(select(JournalRow.after).where(JournalRow.event == "unmask")).all()
    assert any("others_words" in (one or "") for one in looks)
    granted(office, request_id, [])
    assert everything(database, ids) == before, "nothing was confirmed"


def test_what_is_confirmed_is_gone_for_good(database: Database, office: Office) -> None:
    ids = told_everywhere(database, office, 4000)
    request_id = checked(office, "delete")
    frame = shown(office, request_id)
    free = frame[frame["stays"] == ""]
    granted(office, request_id, list(free["key"]))
    left = everything(database, ids)
    with database.reading() as session:
        left += "".join(session.scalars(select(UndoableAct.rows)))
    for said in (NAME, SPREAD, CONTACT, "司徒女士", "139-0000-5678", "%E5%8F%B8", "司 司徒"):
        assert said not in left
    assert OTHER in left, "nobody else's name goes"
    assert "tab=all" in left
    seen = data_requests.view(office.director, request_id=request_id)
    assert len(seen.course[-1]["detail"]["masked"]) == 1
    assert NAME not in json.dumps(seen.course[-1], default=str, ensure_ascii=False)
    with database.reading() as session:
        rows = session.scalars(select(DataRequestPassage)).all()
        assert {one.withheld for one in rows} == {None}
        assert NAME in session.scalars(select(MeetingMinutes.document)).one(), "what was issued is not rewritten"
        tables = ("case_file", "case_entry", "meeting", "saved_list", "data_request_passage")
        by_director = JournalRow.tbl.in_(tables), JournalRow.actor_id == office.director.id
        told = session.execute(select(JournalRow.before, JournalRow.after).where(*by_director)).all()
        assert told
        assert not [one for one in told if NAME in f"{one}"], "the journal knows that, never what"
    figures = protection.report(office.director, year=TODAY.year).figures.set_index("what")["count"]
    assert figures["masked"] == len(rows) > 5
    assert cases.register(office.director, choice=cases.Choice(tab=cases.Tab.ALL, text="问询")).rows.empty


def test_what_a_law_keeps_is_sealed_and_told_again(database: Database, office: Office) -> None:
    ids = told_everywhere(database, office, 30)
    before = everything(database, ids)
    request_id = checked(office, "restrict")
    keys = list(shown(office, request_id).query("stays == ''")["key"])
    granted(office, request_id, keys)
    left = everything(database, ids)
    assert NAME not in left
    assert "司***" in left
    assert people(database, ids["case"])[0][0] == "司***"
    with database.transaction(SYSTEM) as session:
        session.get_one(Case, ids["linked"]).text = "后来改过"
    act(office, data_requests.lift, request_id)
    again = everything(database, ids).replace("后来改过", f"与{NAME}同一件")
    with database.reading() as session:
        assert not session.scalars(select(UndoableAct.rows).where(UndoableAct.rows.contains(SPREAD))).all()
        assert set(session.scalars(select(DataRequestPassage.withheld))) == {None}
    assert again == before


def test_who_may_and_when(database: Database, office: Office) -> None:
    told_everywhere(database, office, 30)
    waiting = checked(office, "restrict")
    with pytest.raises(Refused):
        data_requests.passages(office.leader, request_id=waiting)
    keys = list(shown(office, waiting).query("stays == ''")["key"])
    with nothing_changes(database), pytest.raises(Refused):
        act(office, data_requests.answer, waiting, who="leader", act="grant", others=keys, **ANSWER)
    issued = list(shown(office, waiting).query("stays != ''")["key"])
    for wrong in (["case_file.text:1:abc"], issued):
        with nothing_changes(database), pytest.raises(Problems, match="changed meanwhile"):
            granted(office, waiting, wrong)
    with pytest.raises(NotThere):
        data_requests.passages(office.director, request_id=checked(office, "access"))


def test_a_sealed_matter_tells_nothing(database: Database, office: Office) -> None:
    ids = told_everywhere(database, office, 30)
    with database.transaction(SYSTEM) as session:
        session.get_one(Case, ids["linked"]).sealed = True
    assert not shown(office, checked(office, "restrict"))["before"].str.contains("同一件").any()


def test_a_dispute_one_stepped_aside_from_tells_nothing(database: Database, office: Office) -> None:
    ids = told_everywhere(database, office, 30)
    with database.transaction(SYSTEM) as session:
        dispute = a_dispute(session, office, case_id=ids["case"], facts=f"与{NAME}另有一件纠纷")
        mediator = session.get_one(Mediator, mediator_of(session, office.chair))
        mediator.person_id = office.director.id
        mine = DisputeMediator(dispute_id=dispute.id, mediator_id=mediator.id, from_on=TODAY)
        session.add(mine)
    request = checked(office, "restrict")
    assert shown(office, request)["before"].str.contains("另有一件").any()
    with database.transaction(SYSTEM) as session:
        left = session.get_one(DisputeMediator, mine.id)
        left.ended_on, left.end_kind = TODAY, "stepped_aside"
    assert not shown(office, request)["before"].str.contains("另有一件").any()
