"""The monthly ladder through the real app: figures typed into the grid, ranks, steps, months, and what a unit sees."""

from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.engine import reading
from db.models import AssessedUnit
from db.services.scoring import ladders
from tests.factories import Office, an_assessment
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}["ladder"]


def said(at: AppTest) -> str:
    """Everything the page says in text, its escapes taken off."""
    parts = [*at.markdown, *at.caption, *at.info, *at.error, *at.warning, *at.success]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


@pytest.fixture
def ladder_id(office: Office) -> int:
    return an_assessment(office, "ladder", name="阶梯")


@pytest.fixture
def units(office: Office, ladder_id: int) -> tuple[int, int]:
    """Assessed units A and B."""
    with reading() as session:
        rows = session.execute(
            select(AssessedUnit.unit_id, AssessedUnit.id).where(AssessedUnit.assessment_id == ladder_id)
        )
        found = dict(rows.all())
    return found[office.unit_a], found[office.unit_b]


def entered(office: Office, ladder_id: int, month: int, *units: int, now: float = 12.5) -> None:
    rows = {unit: (0, {"before": 10, "now": now}) for unit in units}
    ladders.save_figures(office.assessor, assessment_id=ladder_id, month=month, rows=rows, key=f"{month} {units}")


def tables(at: AppTest) -> list[Any]:
    return [each.value for each in at.dataframe]


def edit(at: AppTest, ladder_id: int, month: int, position: int, **values: object) -> AppTest:
    """Type into one row of the grid and save."""
    key = next(str(each.key) for each in at.button if str(each.key).endswith(":save")).removesuffix(":save")
    assert key.startswith(f"grid:ladder:{ladder_id}:{month}:")
    at.session_state[key] = {"edited_rows": {position: values}, "added_rows": [], "deleted_rows": []}
    (save,) = [each for each in at.button if each.key == f"{key}:save"]
    return save.click().run()


def test_no_ladder_yet(office: Office, as_person: Opener) -> None:
    assert "No ladder yet" in said(as_person(office.director, SCREEN))


def test_figures_typed_into_the_grid_are_ranked(
    office: Office, ladder_id: int, units: tuple[int, int], as_person: Opener
) -> None:
    at = as_person(office.assessor, SCREEN)
    assert "can be compared yet" in said(at)
    at = edit(at, ladder_id, 11, 0, before=10, now=13)
    assert not at.exception
    assert "1 rows saved" in said(at)
    steps, ranking = tables(at)[:2]
    assert steps["Step"].tolist() == ["Notice"]
    assert "3 highest increases of the month" in steps["Reason"].tolist()[0]
    assert ranking["percent"].tolist()[0] == 30.0
    shown = ladders.ladder(office.assessor, assessment_id=ladder_id).units
    assert shown["now"].tolist()[0] == 13.0


def test_wrong_figures_are_told_by_their_unit(
    office: Office, ladder_id: int, units: tuple[int, int], as_person: Opener
) -> None:
    at = edit(as_person(office.assessor, SCREEN), ladder_id, 11, 0, now=-3)
    assert "Building office, This year: Write a number with at most two decimals, 0 or more." in said(at)


def test_a_stale_grid_tells_who_saved_first(
    office: Office, ladder_id: int, units: tuple[int, int], as_person: Opener
) -> None:
    at = as_person(office.assessor, SCREEN)
    entered(office, ladder_id, 11, *units)
    at = edit(at, ladder_id, 11, 0, now=99)
    assert "Somebody saved these rows first" in said(at)
    assert ladders.ladder(office.assessor, assessment_id=ladder_id).units["now"].tolist() == [12.5, 12.5]


def test_the_address_names_the_month_and_quarters_follow(
    office: Office, ladder_id: int, units: tuple[int, int], as_person: Opener
) -> None:
    for month in (1, 2, 3):
        entered(office, ladder_id, month, units[0])
    at = as_person(office.director, SCREEN, id=str(ladder_id), month="3")
    assert not at.exception
    assert tables(at)[0]["Step"].tolist() == ["Yellow card"]
    year = tables(at)[-1]
    assert year["told"].tolist() == [3, 0]
    assert not [each for each in at.button if str(each.key).endswith(":save")]


def test_a_unit_sees_itself_alone(office: Office, ladder_id: int, units: tuple[int, int], as_person: Opener) -> None:
    entered(office, ladder_id, 11, *units)
    at = as_person(office.head, SCREEN)
    assert "ranks are told when results are published" in said(at)
    for table in tables(at)[1:]:
        assert table["unit"].tolist() == ["Building office"]
        assert "rank" not in table


def test_a_month_is_exported(office: Office, ladder_id: int, units: tuple[int, int], as_person: Opener) -> None:
    entered(office, ladder_id, 11, *units)
    at = as_person(office.assessor, SCREEN)
    (export,) = [each for each in at.button if each.label == "Export"]
    assert not export.click().run().exception
