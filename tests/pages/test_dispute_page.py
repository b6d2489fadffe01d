"""One dispute as its mediator works on it: from a registered file to the archive through the page's buttons."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.dispute_labels import TABLES
from components.screens import SCREENS
from db.engine import Database
from db.services.mediation import opening, read
from tests.factories import NOW, SYSTEM, Office, mediator_of
from tests.pages.conftest import Opener
from tests.pages.dispute_stages import Way, key
from tests.pages.test_cases_pages import said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}["dispute"]
TODAY: date = NOW.date()


@pytest.fixture
def way(database: Database, office: Office) -> Way:
    """A dispute just registered, with its mediator."""
    with database.transaction(SYSTEM) as session:
        mediator_id = mediator_of(session, office.mediator)
    return Way(office.mediator, office.committee_a, mediator_id, TODAY)


def press(app: AppTest, text: str, place: int = 0) -> AppTest:
    """Press a button with that label, the first unless told otherwise."""
    [b for b in app.button if b.label == text][place].click().run()
    assert not app.exception
    return app


def fill(app: AppTest, **values: Any) -> AppTest:
    """Write into the fields of the open form, by the names a service knows them by."""
    kinds = (app.text_input, app.text_area, app.selectbox, app.multiselect, app.date_input, app.number_input)
    fields = [field for kind in (*kinds, app.time_input, app.checkbox) for field in kind]
    for name, value in values.items():
        (field,) = [one for one in fields if str(one.key).split(":")[-1].split("-")[-1] == name]
        field.set_value(value)
    return app


def choose(app: AppTest, menu: str, act: str) -> AppTest:
    """Choose an act from a menu of the page."""
    app.session_state[menu] = act
    return app


def part(app: AppTest, name: str) -> AppTest:
    """Look at another part of the file."""
    app.session_state[f"dispute-part:{app.query_params['id'][0]}"] = name
    app.run()
    assert not app.exception
    return app


def main_button(app: AppTest) -> str:
    """What the page proposes to do next."""
    return next((b.label for b in app.button if str(b.key).startswith("next-thing")), "")


def test_from_a_registered_file_to_an_agreement_that_is_performed(way: Way, office: Office, as_person: Opener) -> None:
    app = as_person(office.mediator, SCREEN, id=str(way.id))
    press(app, "Accept for mediation")
    press(app, "Accept for mediation", 1)
    assert "32 days left to mediate, due Mon 21 Dec 2026 \\(30 days from acceptance" in said(app)
    assert "moved to the next working day" in said(app)
    for _ in way.seen.parties:
        press(press(app, "Tell the parties their rights"), "Save")
    for _ in way.seen.parties:
        press(press(app, "Record the consent"), "Save")
    press(app, "Write down the session")
    fill(app, held_time=time(8, 0), place="调解室", statements="甲说。\n\n乙说。")
    press(app, "Save the record")
    assert way.seen.sessions[0]["statements"] == "甲说。\n\n乙说。"
    press(app, "Write down the agreement")
    assert "In writing, because it is not performed at once" in said(app)
    fill(app, content="乙赔偿三千元。", amount="3000", reached_on=TODAY, mediator_signed_on=TODAY, sealed_on=TODAY)
    press(app, "Save the agreement")
    press(part(app, "performance"), "Add instalments")
    fill(app, total="3000", count=3, first_due_on=TODAY + timedelta(days=10))
    press(app, "Add the instalments")
    assert [row["amount"] for row in way.seen.obligations] == [100000] * 3
    for _ in way.seen.parties:
        press(press(app, "Record the signatures"), "Save")
    press(press(app, "Conclude the agreement"), "Conclude the agreement", -1)
    assert way.seen.fields["state"] == "agreed"
    assert "Judicial confirmation can be asked for until" in said(app)
    for _ in way.seen.obligations:
        press(press(app, "Record a performance"), "Save the performance")
    assert [row["standing"] for row in way.seen.obligations] == ["fulfilled"] * 3
    assert main_button(app) == "Name who follows up"
