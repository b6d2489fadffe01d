"""What a case's page offers to print: pages and Word forms, one for each unit; names only for who may and asks."""

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.engine import Database
from tests.db.services import stages
from tests.factories import Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = next(screen for screen in SCREENS if screen.path == "case")


def opened(at: AppTest, case_id: int) -> dict[str, str]:
    """Address to label of everything offered once the menu is open."""
    at.session_state[f"print-{case_id}"] = True
    at.run()
    assert not at.exception
    return {link.proto.url: link.proto.label for link in at.get("link_button")}


def test_each_unit_has_its_notice_and_names_are_asked_for(
    database: Database, office: Office, as_person: Opener
) -> None:
    case_id = stages.brought(office, stages.HELPED)
    at = as_person(office.clerk, SCREEN, id=str(case_id))
    assert not [link for link in at.get("link_button") if "document" in link.proto.url]
    forms = {url: label for url, label in opened(at, case_id).items() if url.startswith("/case-document/")}
    notices = [label for url, label in forms.items() if "/transfer_notice?" in url]
    assert len(notices) == 2
    assert all(label.startswith("Case transfer notice · ") for label in notices)
    assert forms[f"/case-document/registration?case={case_id}"] == "Registration form of the centre"
    assert not [url for url in forms if "reply" in url]
    at.toggle(key=f"with-names-{case_id}").set_value(True)
    assert f"/case-document/registration?case={case_id}&identities=1" in opened(at, case_id)


def test_a_unit_prints_the_reply_and_no_receipt(database: Database, office: Office, as_person: Opener) -> None:
    case_id = stages.brought(office, stages.ANSWERED)
    at = as_person(office.head, SCREEN, "zh", id=str(case_id))
    shown = opened(at, case_id)
    assert "信访事项处理意见书" in shown.values()
    assert not [url for url in shown if "resident_receipt" in url]
