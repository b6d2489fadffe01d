"""A sample of G9's further parts: routes, screens with a stranger's record, and saving actions on the wire."""

from collections.abc import Iterator

import pytest

from components.screens import SCREENS
from db.engine import Database
from db.rules.permissions import Actor, Role
from tests.factories import SYSTEM, Office, a_case, a_database, a_dispute
from tests.serving import Served, give_passwords
from tests.trust import matrix, page_loads, route_matrix, wire, world

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
RECORDS = [screen for screen in SCREENS if screen.path in ("case", "dispute")]
# Of most parts of the menu a screen on which something is added.
ADDING = [
    screen for screen in SCREENS if screen.path in ("committees", "duties", "meeting-kinds", "assessments", "units")
]


@on_sqlite
@pytest.mark.parametrize("reached", ["unit", "secret"])
def test_a_route_with_a_strangers_record_answers_as_with_none(database: Database, reached: str) -> None:
    world.fill(database)
    if reached == "secret":
        matrix.seal(database)
    asked = route_matrix.with_a_record(database, reached=reached, every=60)
    assert asked.deviations == []
    assert len(asked.audited) > 25
    assert len(asked.shown) > 2 * len(asked.silent), asked.silent


@on_sqlite
def test_a_screen_with_a_strangers_record_is_as_with_none(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        a_case(session, office, lead_unit_id=office.unit_a)
        a_dispute(session, office)
        world.let_strangers_come(session)
    boss = office.director
    loads = page_loads.with_a_record(Actor(**vars(boss) | {"roles": frozenset(Role)}), RECORDS)
    assert loads.deviations == []
    assert set(loads.records) == {"case", "dispute"}
    assert loads.compared > 4


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Database]]:
    """An empty office, and its file once more."""
    folder = tmp_path_factory.mktemp("wire") / "data"
    database, _ = a_database(folder)
    give_passwords(database)
    database.close()
    with Served(folder) as server, wire.beside(folder) as beside:
        yield server, beside


@pytest.mark.slow
def test_who_lost_the_right_saves_nothing_with_a_form_still_open(served: tuple[Served, Database]) -> None:
    sent = wire.without_the_right(*served, "director", ADDING, most=1)
    assert sent.deviations == []
    assert sent.actions >= len(ADDING)
    assert sent.alive, "with the right the same buttons save nothing: this run shows nothing"
    assert sent.sections == {screen.section for screen in ADDING}


@pytest.mark.slow
def test_who_sends_the_bytes_of_somebody_elses_form_saves_nothing(served: tuple[Served, Database]) -> None:
    sent = wire.by_somebody_else(*served, "director", "viewer", ADDING)
    assert sent.deviations == []
    assert sent.actions >= len(ADDING)
