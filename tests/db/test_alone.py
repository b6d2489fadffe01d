"""One process at a job: what several on PostgreSQL share, and the single one on SQLite never waits for."""

from contextlib import closing
from datetime import timedelta

import pytest

from db import clock, engine
from db.engine import Database
from db.services import keeping
from db.services.keeping.state import told
from tests.factories import NOW, Office


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_the_hourly_keeping_is_one_processs_at_a_time_and_once_an_hour(database: Database, office: Office) -> None:
    assert office.clerk.id
    other = Database(database.settings, database.keys, engine._engine(database.settings, database.keys))
    with closing(other):
        with other.alone("hourly") as ours, database.alone("another job") as free:
            assert (ours, free) == (True, True)
            assert not keeping.keep_when_due(database)
            assert "hourly" not in told(database.settings)
        assert keeping.keep_when_due(other)
        assert not keeping.keep_when_due(database), "an hour has not gone by"
        with clock.at(NOW + timedelta(hours=1)):
            assert keeping.keep_when_due(database)


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_a_process_that_ends_gives_its_job_back(database: Database, office: Office) -> None:
    assert office.clerk.id
    other = Database(database.settings, database.keys, engine._engine(database.settings, database.keys))
    with closing(other), other.alone("hourly") as theirs:
        assert theirs
        with database.alone("hourly") as ours, database.engine.connect() as connection:
            assert not ours
            held = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
            assert connection.exec_driver_sql(held).scalar_one()
        with database.alone("hourly") as ours:
            assert ours
