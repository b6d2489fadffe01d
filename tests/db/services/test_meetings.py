"""Meetings on both engines: who reads, keeps and is at work in one."""

import pytest

from db.engine import Database
from db.models import Meeting
from db.rules.problems import NotThere, Problems, Refused
from db.services.meetings import scope
from db.services.meetings.keeping import meeting
from tests.db.services.meeting import a_kind, a_meeting
from tests.factories import Office

KEEPERS = ("clerk", "deputy", "leader", "director")
OTHERS = ("head", "handler", "outsider", "mediator", "assessor", "viewer", "admin", "auditor")


def test_a_meeting_is_seen_with_its_kind_and_who_leads_it(database: Database, office: Office) -> None:
    meeting_id = a_meeting(database, office)
    for person in KEEPERS:
        seen = meeting(office.people[person], meeting_id=meeting_id)
        assert (seen.kind, seen.kind_name_en, seen.attended_by) == ("weekly", "Weekly meeting", "units")
        assert (seen.chair, seen.clerk) == (office.director.name, office.clerk.name)
        assert seen.edits is (person in ("clerk", "director"))
        assert (seen.keeps, seen.edition) == (True, 0)


def test_nobody_else_reads(database: Database, office: Office) -> None:
    meeting_id = a_meeting(database, office)
    for person in OTHERS:
        with pytest.raises(Refused):
            meeting(office.people[person], meeting_id=meeting_id)
        with database.reading() as session, pytest.raises(NotThere):
            scope.load(session, office.people[person], meeting_id)


def test_a_meeting_that_does_not_exist_is_not_there(office: Office) -> None:
    with pytest.raises(NotThere):
        meeting(office.director, meeting_id=4711)


def test_only_chair_and_clerk_of_an_open_meeting_are_at_work(database: Database, office: Office) -> None:
    kind_id = a_kind(database)
    open_id = a_meeting(database, office, kind_id=kind_id)
    planned_id = a_meeting(database, office, kind_id=kind_id, state="planned")
    closed_id = a_meeting(database, office, kind_id=kind_id, state="closed")
    with database.transaction(office.clerk) as session:
        assert isinstance(scope.at_work(session, office.clerk, open_id), Meeting)
        with pytest.raises(Problems, match="chair or its clerk"):
            scope.at_work(session, office.leader, open_id)
        with pytest.raises(Problems, match="not open"):
            scope.at_work(session, office.clerk, planned_id)
        with pytest.raises(Problems, match="closed"):
            scope.kept(session, office.clerk, closed_id)
        with pytest.raises(Refused):
            scope.kept(session, office.viewer, open_id)
