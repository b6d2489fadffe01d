"""Nothing of other people's records is heard in a list, a count, a chart or a choice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from db.engine import Database, using
from tests.factories import a_database
from tests.trust import matrix, unheard, world
from tests.trust.calls import services


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
    nowhere = unheard.answers(empty, services(), reached)
    there = unheard.answers(database, services(), reached, state)
    empty.close()
    assert unheard.heard(there, nowhere) == {}
    assert len(there) > 700
    assert len({service for service, *_ in there}) > 90
