"""A joint co-ordination meeting on the real case page: proposed, recorded, carried into the ruling, taken away."""

from datetime import date, time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.engine import Database
from db.models import CaseUnit
from db.services.cases import conferences
from tests.db.services.test_supervision_drafting import TODAY, a_led_case
from tests.factories import SYSTEM, Office
from tests.pages.conftest import Opener
from tests.pages.opening import key_of
from tests.pages.test_supervision import press, said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
(CASE,) = [screen for screen in SCREENS if screen.path == "case"]
FORM = "conferences.record"


def field(at: AppTest, kind: str, name: str) -> Any:
    (form,) = [form for form in at.session_state["forms"] if form.startswith(FORM)]
    return getattr(at, kind)(key=key_of(at, form, name))


def test_recorded_it_is_carried_into_the_ruling_by_one_click(
    database: Database, office: Office, as_person: Opener
) -> None:
    case_id = a_led_case(database, office, state="objected", bounces=2)
    with database.transaction(SYSTEM) as session:
        session.add(CaseUnit(case_id=case_id, unit_id=office.unit_b, role="co", sent_on=TODAY))
    at = as_person(office.director, CASE, id=str(case_id))
    assert "may come before the ruling" in said(at)
    field(at, "time_input", "at").set_value(time(9, 30))
    field(at, "text_input", "place").set_value("二楼会议室")
    field(at, "text_area", "agreed").set_value("由乙单位牵头。")
    field(at, "selectbox", "lead_unit_id").set_value(office.unit_b)
    field(at, "date_input", "due_on").set_value(date(2026, 11, 26))
    at = field(at, "button", "record").click().run()
    assert not at.exception
    (told,) = conferences.of_case(office.director, case_id=case_id).conferences
    assert {unit.id for unit in told.units} == {office.unit_a, office.unit_b}, "the units of the case, unless changed"
    assert (told.convened_by_id, told.due_on) == (office.director.id, date(2026, 11, 26))

    at = press(at, "Carry over into: Rule who leads")
    (lead,) = [w for w in at.selectbox if str(w.key).startswith("step-") and w.label == "Lead unit"]
    assert lead.value == office.unit_b
    assert "由乙单位牵头。" in [w.value for w in at.text_area if str(w.key).startswith("step-")]

    at = press(at, "Take away")
    assert "taken away" in said(at)
    press(at, "Put back")
    assert conferences.of_case(office.head, case_id=case_id).conferences
