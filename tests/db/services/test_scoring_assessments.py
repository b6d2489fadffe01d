"""Assessments: begun, named, their units, retired and put back; who may, once, and nothing lost."""

import pytest
from sqlalchemy import select

from db.engine import Database
from db.models import AssessedUnit, Rubric
from tests.factories import Office, an_assessment


@pytest.mark.parametrize("preset", ["township", "duty", "ladder"])
def test_a_preset_is_put_in_force_as_it_is(database: Database, office: Office, preset: str) -> None:
    assessment_id = an_assessment(office, preset)
    with database.reading() as session:
        rubric = session.scalars(select(Rubric)).one()
        units = session.scalars(select(AssessedUnit.unit_id).order_by(AssessedUnit.unit_id)).all()
    assert (rubric.assessment_id, rubric.edition, rubric.state) == (assessment_id, 1, "in_force")
    assert units == [office.unit_a, office.unit_b]
