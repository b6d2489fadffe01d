"""Reading in an emergency through the real app: the form, the record without acts, the director's desk."""

import pytest

from components.screens import SCREENS
from db.engine import Database
from db.models import Case, Dispute
from db.services import emergency
from tests.factories import Office, a_case, a_dispute
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
REASON = "服务器迁移后核对该卷宗是否完整"


@pytest.mark.parametrize("register", ["cases", "disputes"])
def test_a_record_is_shown_without_any_act_and_the_director_takes_note(
    database: Database, office: Office, as_person: Opener, register: str
) -> None:
    with database.transaction(office.clerk) as session:
        made: Case | Dispute = a_case(session, office) if register == "cases" else a_dispute(session, office)
        number, subject = made.number, made.subject
    asked = {"register": register, "number": number, "reason": REASON}
    reading_id = emergency.open_record(office.admin, **asked, key="k")
    at = as_person(office.admin, SCREEN["emergency"], reading=str(reading_id))
    assert not at.exception
    assert subject in [heading.value for heading in at.subheader]
    assert not [button.label for button in at.main.button]
    desk = as_person(office.director, SCREEN["desk"])
    assert not desk.exception
    assert any(REASON in line.value for line in desk.markdown)
    next(button for button in desk.main.button if button.label == "I take note").click().run()
    assert not desk.exception
    assert emergency.unnoted(office.director).empty


def test_the_form_keeps_what_was_typed_and_a_late_reading_is_over(office: Office, as_person: Opener) -> None:
    at = as_person(office.admin, SCREEN["emergency"], reading="17")
    assert not at.exception
    assert "The time for this reading is over." in [info.value for info in at.info]
    assert [field.label for field in at.text_area] == ["Why it can't wait (at least 10 characters)"]
