"""What a dispute's page offers to print: one form per session and visit, nothing to those who may not see names."""

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.documents.forms import forms
from db.engine import Database
from db.models import DisputeVisit
from db.services.mediation import documents
from tests.db.services.test_mediation_documents import File
from tests.factories import NOW, Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = next(screen for screen in SCREENS if screen.path == "dispute")


def offered(at: AppTest) -> dict[str, str]:
    """Address to label of every form offered."""
    assert not at.exception
    links = {link.proto.url: link.proto.label for link in at.get("link_button")}
    return {url: label for url, label in links.items() if url.startswith("/document/")}


def test_one_form_per_session_and_visit_and_none_of_a_caucus(
    database: Database, office: Office, as_person: Opener
) -> None:
    file = File(database, office)
    file.becomes("written")
    at = as_person(office.mediator, SCREEN, id=str(file.id))
    shown = offered(at)
    assert shown[f"/document/record?dispute={file.id}&of={file.sessions['session']}"] == (
        "Mediation record · Thu 19 Nov 2026"
    )
    assert shown[f"/document/follow_up?dispute={file.id}&of={file.visit}"] == "Follow-up record · Fri 20 Nov 2026"
    found = {url.removeprefix("/document/").partition("?")[0] for url in shown}
    assert found == {form.code for form in forms().values() if form.job == "mediation"} - {
        *("oral", "termination"),  # agreed in writing
        "confirmation",  # with a unit
    }
    assert not [url for url in shown if url.endswith(f"of={file.sessions['caucus']}")]


@pytest.mark.parametrize(
    ("stage", "there"), [("failed", {"termination"}), ("oral", {"oral"}), ("persons", {"confirmation"})]
)
def test_what_is_offered_is_what_can_be_printed(
    database: Database, office: Office, as_person: Opener, stage: str, there: set[str]
) -> None:
    file = File(database, office)
    file.becomes(stage)
    shown = offered(as_person(office.mediator, SCREEN, id=str(file.id)))
    found = {url.removeprefix("/document/").partition("?")[0] for url in shown}
    assert found & {"termination", "oral", "confirmation", "confirmation_unit"} == there
    assert all(documents.document(office.mediator, form=one, dispute_id=file.id) for one in there)


def test_what_was_removed_is_not_offered(database: Database, office: Office, as_person: Opener) -> None:
    file = File(database, office)
    file.change(DisputeVisit, file.visit, removed_at=NOW)
    at = as_person(office.director, SCREEN, "zh", id=str(file.id))
    assert "人民调解协议书" in offered(at).values()
    assert not [url for url in offered(at) if "follow_up" in url]
