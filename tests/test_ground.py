"""The ground the tests stand on: a fresh database per test, a stopped clock, people who mean the same."""

import threading

from sqlalchemy import func, select

from db import clock
from db.engine import Database
from db.models import CalendarYear, Code, LimitRule, Person
from db.rules.permissions import Role
from db.services.office.presets import preset
from tests.factories import NOW, SYSTEM, Office


def test_a_fresh_database_has_presets_and_people(database: Database, office: Office) -> None:
    with database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(m)) for m in (Person, LimitRule, CalendarYear)]
        assert counts == [len(office.people), len(preset("limits")["set"][0]["rules"]), 23]
    assert office.handler.unit_id == office.unit_a != office.outsider.unit_id
    assert office.head.roles == {Role.UNIT_HEAD}


def test_what_one_test_writes_the_next_does_not_see(database: Database) -> None:
    with database.transaction(SYSTEM) as session:
        assert session.scalar(select(Code.id).where(Code.code == "only_here")) is None
        session.add(Code(list_name="category", code="only_here", label_zh="x"))


def test_the_clock_stands_still_in_every_thread(stopped_clock: object) -> None:
    seen = []
    thread = threading.Thread(target=lambda: seen.append(clock.now()))
    thread.start()
    thread.join()
    assert seen == [NOW] == [stopped_clock]
