"""The hourly keeping: the head is witnessed, what is too old goes, what is young stays."""

from datetime import timedelta

from db import clock
from db.engine import Database
from db.models import Submission
from db.services import journal, keeping
from tests.factories import NOW, SYSTEM, Office


def test_an_hour_anchors_the_journal_and_forgets_old_keys(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        for name, age in (("old", 31), ("young", 1)):
            at = NOW - timedelta(days=age)
            session.add(Submission(key=name, person_id=office.clerk.id, act="test", result="1", at=at))
    keeping.keep_hourly(database)
    assert journal.anchored(database.settings)
    with database.reading() as session:
        assert session.get(Submission, "old") is None
        assert session.get(Submission, "young") is not None


def test_two_hours_later_nothing_new_is_anchored_twice(database: Database, office: Office) -> None:
    keeping.keep_hourly(database)
    once = journal.anchored(database.settings)
    with clock.at(NOW + timedelta(hours=2)):
        keeping.keep_hourly(database)
    assert journal.anchored(database.settings) == once
