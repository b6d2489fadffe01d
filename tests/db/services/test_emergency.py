"""Reading in an emergency: for a reason, for a short time, not across a wall, and never unseen."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.journal import JournalRow
from db.models import Case, CaseAccess, CaseRecusal, Dispute, EmergencyReading
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems, Refused
from db.services import cases, emergency, journal
from db.services.mediation import read
from tests.factories import NOW, Office, a_case, a_dispute

REASON = "服务器迁移后核对该卷宗是否完整"


@pytest.fixture
def sealed(database: Database, office: Office) -> Case:
    """An accusation of unit B that only the director is let into."""
    with database.transaction(office.clerk) as session:
        case = a_case(session, office, sealed=True, accused_unit_id=office.unit_b)
        session.add(CaseAccess(case_id=case.id, person_id=office.director.id, granted_by_id=office.clerk.id))
        session.flush()
        session.expunge_all()
        return case


@pytest.fixture
def dispute(database: Database, office: Office) -> Dispute:
    """A dispute of committee A."""
    with database.transaction(office.clerk) as session:
        found = a_dispute(session, office)
        session.expunge_all()
        return found


def opened(office: Office, number: str, register: str = "cases", *, key: str = "k") -> int:
    """The administrator opens it."""
    return emergency.open_record(office.admin, register=register, number=number, reason=REASON, key=key)


def test_without_a_reading_an_administrator_sees_no_content(office: Office, sealed: Case, dispute: Dispute) -> None:
    with pytest.raises(Refused):
        cases.view(office.admin, case_id=sealed.id)
    with pytest.raises(Refused):
        read.view(office.admin, dispute_id=dispute.id)
    with pytest.raises(NotThere):
        emergency.view(office.admin, reading_id=1)


def test_a_case_is_read_without_acts_or_identities_until_its_time_is_over(office: Office, sealed: Case) -> None:
    reading_id = opened(office, f" {sealed.number} ")
    assert opened(office, sealed.number) == reading_id
    seen = emergency.view(office.admin, reading_id=reading_id)
    assert seen.case is not None
    assert (seen.case.fields["subject"], seen.reason) == (sealed.subject, REASON)
    assert (seen.case.steps, seen.case.may_unmask, seen.case.may_edit) == ((), False, False)
    with clock.at(NOW + timedelta(minutes=31)), pytest.raises(NotThere):
        emergency.view(office.admin, reading_id=reading_id)


def test_a_dispute_is_read_likewise(office: Office, dispute: Dispute) -> None:
    seen = emergency.view(office.admin, reading_id=opened(office, dispute.number, "disputes"))
    assert seen.dispute is not None
    assert (seen.dispute.fields["subject"], seen.dispute.may_unmask, seen.dispute.steps) == (dispute.subject, False, ())
    told = read.who_has_seen(office.director, dispute_id=dispute.id)
    assert told is not None
    assert told.rows[["person", "event"]].values.tolist() == [[office.admin.name, "emergency"]]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "太急  了    "}, "reason"),
        ({"register": None}, "register"),
        ({"number": " "}, "number"),
        ({"number": "2026-999999"}, "number"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_opened(
    database: Database, office: Office, sealed: Case, changes: dict[str, str], field: str
) -> None:
    asked = {"register": "cases", "number": sealed.number, "reason": REASON} | changes
    with pytest.raises(Problems) as told:
        emergency.open_record(office.admin, **asked, key="k")
    assert [problem.field for problem in told.value.problems] == [field]
    with database.reading() as session:
        assert session.scalars(select(EmergencyReading)).all() == []


@pytest.mark.parametrize("wall", ["recused", "accused"])
def test_nobody_opens_what_they_are_walled_off_from(
    database: Database, office: Office, sealed: Case, wall: str
) -> None:
    with database.transaction(office.clerk) as session:
        if wall == "accused":
            session.get_one(Case, sealed.id).accused_unit_id = office.centre
        else:
            session.add(CaseRecusal(case_id=sealed.id, person_id=office.admin.id, reason="亲属"))
    with pytest.raises(Problems):
        opened(office, sealed.number)


@pytest.mark.parametrize("who", ["director", "clerk", "leader", "auditor", "viewer", "mediator"])
def test_only_administrators_open_and_nobody_reads_anothers(office: Office, sealed: Case, who: str) -> None:
    reading_id = opened(office, sealed.number)
    person: Actor = office.people[who]
    with pytest.raises(Refused):
        emergency.open_record(person, register="cases", number=sealed.number, reason=REASON, key="other")
    with pytest.raises(Refused):
        emergency.view(person, reading_id=reading_id)
    if who != "director":
        with pytest.raises(Refused):
            emergency.unnoted(person)


def test_the_director_is_told_until_they_take_note(database: Database, office: Office, sealed: Case) -> None:
    reading_id = opened(office, sealed.number)
    row = emergency.unnoted(office.director).iloc[0]
    assert (row["who"], row["number"], row["reason"]) == (office.admin.name, sealed.number, REASON)
    for _ in range(2):
        assert emergency.take_note(office.director, reading_id=reading_id, key="seen") == reading_id
    assert emergency.unnoted(office.director).empty
    with pytest.raises(NotThere):
        emergency.take_note(office.director, reading_id=0, key="nothing")
    told = journal.who_has_seen(office.director, case_id=sealed.id)
    assert told is not None
    assert told.rows[["person", "roles", "event"]].values.tolist() == [
        [office.admin.name, ("administrator",), "emergency"]
    ]
    with database.reading() as session:
        rows = session.scalars(select(JournalRow.event).where(JournalRow.tbl == "emergency_reading")).all()
    assert list(rows) == ["insert", "update"]


def test_a_director_outside_the_wall_learns_that_there_was_one_and_no_more(
    database: Database, office: Office, sealed: Case
) -> None:
    with database.transaction(office.clerk) as session:
        session.add(CaseRecusal(case_id=sealed.id, person_id=office.director.id, reason="亲属"))
    opened(office, sealed.number)
    row = emergency.unnoted(office.director).iloc[0]
    assert (row["who"], row["number"], row["reason"]) == (office.admin.name, "", "")
    assert row["record_id"] is None
    with pytest.raises(NotThere):
        journal.who_has_seen(office.director, case_id=sealed.id)
