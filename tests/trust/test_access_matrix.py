"""G9: the access matrix, generated from the permission tables, the signatures of the services and the metadata."""

import pytest

from db.base import Base
from db.engine import Database
from db.rules.permissions import GRANTS, Permission, Role
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
    chosen = services()[::5]
    figures = matrix.in_the_journal(database, chosen)
    assert figures.deviations == []
    assert figures.audited == {service.name for service in chosen}


@on_sqlite
def test_the_other_world_has_a_row_in_every_table(database: Database) -> None:
    made = world.fill(database)
    assert {*made, *world.LEFT_OUT} == set(Base.metadata.tables)


@on_sqlite
@pytest.mark.parametrize("reached", matrix.INCONCLUSIVE)
def test_a_strangers_record_answers_as_one_that_does_not_exist(database: Database, reached: str) -> None:
    world.fill(database)
    {"unit": lambda _: None, "sealed": matrix.seal, "aside": matrix.step_aside}[reached](database)
    figures = matrix.behind_the_doors(database, services(), reached="unit" if reached == "unit" else "secret")
    assert figures.deviations == []
    assert figures.inconclusive == set(matrix.INCONCLUSIVE[reached])
    assert len(figures.audited) > figures.services / 2


def test_nine_tenths_of_the_services_show_what_they_keep_back() -> None:
    named = [service.name for service in services() if service.names_records]
    silent = set.union(*(set(reasons) for reasons in matrix.INCONCLUSIVE.values()))
    assert silent <= set(named)
    assert len(silent) < len(named) / 10
    assert all(reason for reasons in matrix.INCONCLUSIVE.values() for reason in reasons.values())


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (Permission.CASES_UNMASK, Permission.CASES_READ),
        (Permission.MEDIATION_UNMASK, Permission.MEDIATION_READ),
        (Permission.CASES_EXPORT_PLAIN, Permission.CASES_UNMASK),
        (Permission.CASES_SIGN, Permission.CASES_HANDLE),
    ],
)
def test_the_narrower_right_reaches_no_further(narrow: Permission, wide: Permission) -> None:
    """Where a service asks for the narrower one, it need not ask for the wider one, too."""
    assert [role for role in Role if GRANTS[role].get(narrow, 0) > GRANTS[role].get(wide, 0)] == []


def test_what_has_no_door_is_named_with_a_reason() -> None:
    assert {name for name in matrix.REACHES if name not in {service.name for service in services()}} == set()
    assert all(reason for _, reason in matrix.REACHES.values())
    assert all(UNGUARDED.values())
