"""A line of the timeline says who, where and what, and leaves the state alone."""

import json
from datetime import date

import pytest

from db.engine import reading
from db.models import Case
from db.services.case_lines import standing_line
from tests.db.services.stages import brought
from tests.factories import NOW, Office

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_a_line_says_who_did_what_and_changes_no_state(office: Office) -> None:
    with reading() as session:
        case = session.get_one(Case, brought(office))
    detail = {"number": "2026-000002", "on": date(2026, 11, 19)}
    line = standing_line(case, office.leader, "merge", text="同一处", detail=detail)
    assert (line.case_id, line.step, line.text) == (case.id, "merge", "同一处")
    assert (line.at, line.person_id, line.unit_id) == (NOW, office.leader.id, office.centre)
    assert line.from_state == line.to_state == case.state
    assert not line.public
    assert json.loads(line.detail) == {"number": "2026-000002", "on": "2026-11-19"}
    assert standing_line(case, office.leader, "merge").detail == "{}"
