"""Nothing of other people's records is heard in a list, a count, a chart or a choice."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from db.engine import Database, using
from tests.factories import a_database
from tests.trust import matrix, unheard, world
from tests.trust.calls import services

EVERY = int(os.environ.get("UNHEARD_EVERY", "2"))  # 1 asks all services


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("reached", "change", "state"),
    [("unit", lambda _: None, "served"), ("secret", matrix.seal, ""), ("secret", matrix.step_aside, "")],
    ids=["of another unit", "sealed", "stepped aside from"],
)
def test_an_answer_is_the_same_without_what_a_stranger_may_not_see(
    database: Database, tmp_path: Path, reached: str, change: Callable[[Database], None], state: str
) -> None:
    world.fill(database)
    change(database)
    empty, _ = a_database(tmp_path / "empty")
    with using(empty):
        world.fill(empty, unheard.KNOWN if reached == "unit" else unheard.NO_CASE)
    chosen = services()[::EVERY]
    nowhere = unheard.answers(empty, chosen, reached)
    there = unheard.answers(database, chosen, reached, state)
    empty.close()
    assert unheard.heard(there, nowhere) == {}
    assert len(there) > 700 / EVERY
    assert len({service for service, *_ in there}) > 90 / EVERY
