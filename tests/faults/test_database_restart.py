"""G7: the database server is killed under people who work; `FAULT_RESTARTS=20` is the full size."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from components.front_door import incidents, pages
from components.front_door.sweeper import Sweeper
from db import clock, engine
from tests import postgres
from tests.factories import NOW, a_database
from tests.faults import database_restart

RESTARTS = int(os.environ.get("FAULT_RESTARTS", "1"))


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    """A server of this test's own, to be killed."""
    initdb, program = postgres.program("initdb"), postgres.program("postgres")
    if not initdb or not program:
        pytest.skip("PostgreSQL's programs are not installed")
    with postgres.running(initdb, program) as started:
        yield started
    engine._process.clear()


@pytest.mark.postgres
@pytest.mark.slow
def test_a_database_that_restarts_costs_nobody_more_than_the_act_it_broke_off(
    server: postgres.Server, tmp_path: Path
) -> None:
    with clock.at(NOW):
        database, _ = a_database(tmp_path / "data", f"{server.address}/linli")
    with closing(database):
        figures = database_restart.run(server, database, RESTARTS)
        server.stop()
        database.engine.dispose()
        with pytest.raises(OperationalError) as gone, database.reading() as session:
            session.connection()
        assert asyncio.run(Sweeper().is_live(1)), "a socket was closed because the database was away"
    print(f"\n{figures}")  # noqa: T201 - the figures
    assert (incidents.sentence(gone.value), incidents.status_of(gone.value)) == (pages.DATABASE_AWAY, 503)
    assert (figures.restarts, figures.wrong) == (RESTARTS, [])
    assert figures.acknowledged >= 2 * database_restart.CLIENTS * RESTARTS
    assert figures.failed > 0, "nobody was at work: this run shows nothing"
    # A server that needs longer than anybody waits for it may cost another try.
    assert figures.most_failed <= 1 + figures.longest_start // engine.AWAY_SECONDS
    assert max(figures.away) <= figures.longest_start + database_restart.LONGEST_AWAY
