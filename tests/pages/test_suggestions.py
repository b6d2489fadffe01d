"""Suggestions through the real app: learned by a button, offered at intake and at the proposal, taken by one click."""

import pytest
from streamlit.testing.v1 import AppTest

from components import suggestion_offer
from components.screens import SCREENS
from db.engine import Database
from db.services import intake
from db.services.importing.planning import PreviewRow
from tests.db.services.test_suggesting import ASKED, taught
from tests.factories import SYSTEM, Office, a_case
from tests.pages.conftest import Opener
from tests.pages.test_supervision import press, said

__all__ = ["taught"]
pytestmark = [pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True), pytest.mark.usefixtures("taught")]
SCREEN = {screen.path: screen for screen in SCREENS}


def offered(at: AppTest, part: str) -> list[str]:
    """Suggestions on the screen."""
    return [b.label.replace("\\", "") for b in at.button if part in b.label]


def test_learned_offered_and_taken(database: Database, office: Office, as_person: Opener) -> None:
    at = as_person(office.director, SCREEN["suggestions"])
    assert "Nothing has been learned yet" in said(at)
    for kind in ("category", "unit"):
        (learn,) = [b for b in at.button if str(b.key).startswith(f"suggesting.train:{kind}")]
        at = learn.click().run()
        assert not at.exception
    assert "from 180 closed cases" in said(at)
    assert {m.label for m in at.metric} >= {"Right", "Right among the surest 80 %", "Among the first two", "Macro-F1"}

    draft = intake.keep_draft(office.clerk, form="take_in", subject="d1", key="d1", content=dict(ASKED), label="x")
    assert draft
    desk = as_person(office.clerk, SCREEN["take-in"], draft="d1")
    (told,) = offered(desk, "Like earlier cases")
    assert told.startswith("Like earlier cases: Environmental protection (")
    (category,) = [s for s in desk.selectbox if s.label == "Category"]
    assert category.value is None, "never by itself"
    desk = press(desk, next(b.label for b in desk.button if "Like earlier" in b.label))
    (category,) = [s for s in desk.selectbox if s.label == "Category"]
    assert (category.value, offered(desk, "Like earlier cases")) == ("environment", [])

    rows = [PreviewRow(n, "add", ASKED | {"category": code}, "", None) for n, code in ((2, "other"), (3, "health"))]
    first, sorted_already = suggestion_offer.for_rows(office.clerk, rows, {"environment": "Environment"})
    assert first.startswith("Environment (")
    assert sorted_already == ""

    with database.transaction(SYSTEM) as session:
        case_id = a_case(session, office, **ASKED).id
    case = press(as_person(office.leader, SCREEN["case"], id=str(case_id)), "Propose a unit")
    assert len(offered(case, "often went to")) == 1
    case = press(case, next(b.label for b in case.button if "often went to" in b.label))
    (lead,) = [s for s in case.selectbox if s.label == "Lead unit"]
    assert (lead.value, offered(case, "often went to")) == (office.unit_a, [])

    at = as_person(office.director, SCREEN["suggestions"])
    (off, _) = [b for b in at.button if b.label == "Switch off"]
    at = off.click().run()
    assert "Switched off: nothing is suggested." in said(at)
    assert offered(as_person(office.clerk, SCREEN["take-in"], draft="d1"), "Like earlier cases") == []
