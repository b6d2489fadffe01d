"""G9: the access matrix, generated from the permission tables, the signatures of the services and the metadata."""

import pytest
from sqlalchemy import select

from db.base import Base
from db.engine import Database
from db.journal import JournalRow
from db.rules.permissions import GRANTS, Permission, Role
from db.rules.problems import Refused
from tests.test_house import ROOT, UNGUARDED
from tests.trust import access, matrix, world
from tests.trust.calls import services

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_every_door_stands_in_the_document() -> None:
    written = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    assert written == access.document(), "run python -m tests.trust.access"


def test_every_door_is_open_to_whom_the_table_says() -> None:
    figures = matrix.at_the_doors(services())
    assert figures.deviations == []
    assert figures.refused > 5 * len(services()), "hardly anybody was refused: this run shows nothing"


@on_sqlite
def test_a_refusal_is_in_the_journal(database: Database) -> None:
    world.fill(database)
    chosen = [service for service in services() if service.permission is not Permission.ACCOUNT_OWN][::23]
    for service in chosen:
        role = next(role for role in reversed(Role) if service.permission not in GRANTS[role])
        with pytest.raises(Refused):
            service.call(world.stranger(role), **service.arguments())
    with database.reading() as session:
        noted = session.scalars(select(JournalRow.tbl).where(JournalRow.event == "refused")).all()
    assert noted == [service.name for service in chosen]
    assert len(noted) > 20


@on_sqlite
def test_the_other_world_has_a_row_in_every_table(database: Database) -> None:
    made = world.fill(database)
    assert {*made, *world.LEFT_OUT} == set(Base.metadata.tables)


@on_sqlite
def test_a_strangers_record_answers_as_one_that_does_not_exist(database: Database) -> None:
    world.fill(database)
    figures = matrix.behind_the_doors(services())
    assert figures.deviations == []
    assert figures.conclusive > figures.calls / 2, sorted(figures.inconclusive)


@on_sqlite
@pytest.mark.parametrize("how", [matrix.seal, matrix.step_aside])
def test_a_secret_case_answers_as_one_that_does_not_exist(database: Database, how: object) -> None:
    world.fill(database)
    how(database)  # type: ignore[operator]
    figures = matrix.behind_the_doors(services(), reached="secret")
    assert figures.deviations == []
    assert figures.conclusive > figures.calls / 3, sorted(figures.inconclusive)


def test_what_has_no_door_is_named_with_a_reason() -> None:
    assert {name for name in matrix.REACHES if name not in {service.name for service in services()}} == set()
    assert all(reason for _, reason in matrix.REACHES.values())
    assert all(UNGUARDED.values())
