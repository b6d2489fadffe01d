"""Data protection through the real app: an incident written down and gone on with, and a year in figures."""

import pytest

from components.screens import SCREENS
from db.engine import Database
from db.services import incidents
from tests.factories import Office
from tests.pages.conftest import Opener
from tests.pages.test_retention import written
from tests.pages.test_supervision import press, said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
(SCREEN,) = [screen for screen in SCREENS if screen.path == "protection"]


def test_an_incident_is_written_down_and_counted(database: Database, office: Office, as_person: Opener) -> None:
    at = as_person(office.leader, SCREEN, tab="incidents", new="1")
    assert "No incident was written down" in said(at)
    at = press(at, "Write down")
    assert incidents.unsettled(office.leader) == 0, "what happened is needed"
    written(at, "What happened, and why", "一份登记表误送")
    written(at, "Which data", "姓名")
    at = press(at, "Write down")
    assert not at.exception
    (row,) = incidents.incidents(office.leader).rows.to_dict("records")
    at = as_person(office.director, SCREEN, id=str(row["id"]))
    assert "Not told in full yet" in said(at)
    written(at, "Why the people are not told (optional)", "未造成危害")
    at = press(at, "Save")
    assert incidents.incident(office.director, incident_id=row["id"]).told.why_untold == "未造成危害"
    at = as_person(office.director, SCREEN)
    (figures,) = [frame.value for frame in at.dataframe if "What is counted" in frame.value]
    assert dict(zip(figures["What is counted"], figures["Counted"], strict=True))["Incidents"] == 1
    assert "does not exist" in said(as_person(office.director, SCREEN, id="99"))
