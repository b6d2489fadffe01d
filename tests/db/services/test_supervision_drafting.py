"""Drafts of supervision notices: by hand, inside another act, and by themselves for what is overdue, never twice."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from db import clock
from db.engine import Database, reading
from db.models import Case, CaseEntry, CaseUnit, Supervision
from db.rules.problems import NotThere, Problems, Refused
from db.services import keeping
from db.services.supervision import drafting, issuing
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_case

TODAY = NOW.date()
LATE = TODAY - timedelta(days=1)
SAYS = "请抓紧办理，并书面报告。"


def a_led_case(database: Database, office: Office, **changes: object) -> int:
    """A matter unit A handles, due yesterday unless told otherwise."""
    with database.transaction(SYSTEM) as session:
        values: dict[str, object] = {"state": "handling", "lead_unit_id": office.unit_a, "next_due_on": LATE}
        case = a_case(session, office, **(values | changes))
        if case.lead_unit_id:
            session.add(CaseUnit(case_id=case.id, unit_id=case.lead_unit_id, role="lead", sent_on=LATE))
        return case.id


def notices() -> list[Supervision]:
    with reading() as session:
        return list(session.scalars(select(Supervision).order_by(Supervision.id)))


def test_a_draft_goes_to_the_lead_unit_and_into_the_timeline(database: Database, office: Office) -> None:
    case_id = a_led_case(database, office)
    made = drafting.draft(office.leader, case_id=case_id, text=f" {SAYS} ", answer_by=date(2026, 11, 25), key="k")
    assert drafting.draft(office.leader, case_id=case_id, text=SAYS, answer_by=None, key="k") == made
    (notice,) = notices()
    assert (notice.state, notice.why, notice.unit_id, notice.number) == ("draft", "other", office.unit_a, "")
    assert (notice.text, notice.missed_on, notice.answer_by) == (SAYS, LATE, date(2026, 11, 25))
    assert (notice.drafted_at, notice.drafted_by_id) == (clock.now(), office.leader.id)
    with reading() as session:
        line = session.scalars(select(CaseEntry).where(CaseEntry.case_id == case_id)).one()
    assert (line.step, line.public, line.text, line.to_state) == ("supervise_draft", False, "", "handling")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["clerk", "handler", "head", "viewer", "admin", "assessor"])
def test_only_leaders_of_the_office_draft(database: Database, office: Office, who: str) -> None:
    case_id = a_led_case(database, office)
    with nothing_changes(database), pytest.raises(Refused):
        drafting.draft(office.people[who], case_id=case_id, text=SAYS, key="k")
    with nothing_changes(database), pytest.raises(Refused):
        drafting.draft_overdue(office.people[who], key="k")


def test_neither_an_accusation_nor_a_sealed_matter_nor_one_without_a_unit(database: Database, office: Office) -> None:
    sealed = a_led_case(database, office, sealed=True)
    accusation = a_led_case(database, office, kind="accusation")
    alone = a_led_case(database, office, lead_unit_id=None)
    for case_id, wrong in ((sealed, NotThere), (accusation, Problems), (alone, Problems)):
        with nothing_changes(database), pytest.raises(wrong):
            drafting.draft(office.director, case_id=case_id, text=SAYS, key="k")
    assert drafting.without_notice(office.director) == 0
    assert drafting.draft_overdue(office.director, key="all") == 0


def test_whatever_its_unit_owes_is_drafted_once(database: Database, office: Office) -> None:
    late = [a_led_case(database, office, state=state) for state in ("routed", "handling", "answered")]
    a_led_case(database, office, next_due_on=TODAY)
    a_led_case(database, office, state="confirmed")
    a_led_case(database, office, open=False, state="closed")
    assert drafting.without_notice(office.leader) == 3
    assert drafting.draft_overdue(office.leader, key="all") == 3
    assert drafting.draft_overdue(office.leader, key="all") == 3, "a double click"
    assert drafting.without_notice(office.leader) == 0
    assert drafting.draft_overdue(office.leader, key="again") == 0
    found = notices()
    assert [notice.case_id for notice in found] == late
    with reading() as session:
        number = session.get_one(Case, late[0]).number
    assert found[0].text.startswith(f"{number}号事项")
    assert "2026年11月18日" in found[0].text
    assert {notice.why for notice in found} == {"overdue"}


def test_the_longest_overdue_come_first_and_the_rest_wait(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [a_led_case(database, office, next_due_on=TODAY - timedelta(days=days)) for days in (1, 9, 4)]
    monkeypatch.setattr(drafting, "MOST", 2)
    drafting.draft_overdue(office.leader, key="first")
    assert [notice.case_id for notice in notices()] == [cases[1], cases[2]]
    drafting.draft_overdue(office.leader, key="second")
    assert {notice.case_id for notice in notices()} == set(cases)


def test_a_withdrawn_draft_is_not_written_again_for_the_same_day(database: Database, office: Office) -> None:
    case_id = a_led_case(database, office)
    drafting.draft_overdue(office.leader, key="all")
    (notice,) = notices()
    issuing.withdraw(office.leader, supervision_id=notice.id, version=notice.version, key="w")
    assert drafting.draft_overdue(office.leader, key="again") == 0
    with database.transaction(SYSTEM) as session:
        session.get_one(Case, case_id).next_due_on = TODAY + timedelta(days=1)
    with clock.at(NOW + timedelta(days=2)):
        assert drafting.draft_overdue(office.leader, key="next") == 1, "the day it was put off to is missed, too"


def test_another_lead_unit_gets_a_notice_of_its_own(database: Database, office: Office) -> None:
    case_id = a_led_case(database, office)
    drafting.draft_overdue(office.leader, key="all")
    with database.transaction(SYSTEM) as session:
        session.get_one(Case, case_id).lead_unit_id = office.unit_b
    assert drafting.draft_overdue(office.leader, key="again") == 1
    assert [notice.unit_id for notice in notices()] == [office.unit_a, office.unit_b]


def test_the_running_office_drafts_by_itself_every_hour(database: Database, office: Office) -> None:
    case_id = a_led_case(database, office)
    a_led_case(database, office, sealed=True)
    keeping.keep_hourly(database)
    keeping.keep_hourly(database)
    (notice,) = notices()
    assert (notice.case_id, notice.state, notice.drafted_by_id) == (case_id, "draft", None)


def test_a_draft_is_rewritten_until_it_is_issued(database: Database, office: Office) -> None:
    made = drafting.draft(office.leader, case_id=a_led_case(database, office), text=SAYS, key="k")
    version = drafting.rewrite(office.deputy, supervision_id=made, version=1, text="三日内办结。", key="r")
    assert (notices()[0].text, notices()[0].version) == ("三日内办结。", version)
    with nothing_changes(database), pytest.raises(Problems):
        drafting.rewrite(office.deputy, supervision_id=made, version=version, text=" ", key="empty")
    issuing.issue(office.director, supervision_id=made, version=version, key="i")
    with nothing_changes(database), pytest.raises(Problems):
        drafting.rewrite(office.leader, supervision_id=made, version=notices()[0].version, text=SAYS, key="late")
