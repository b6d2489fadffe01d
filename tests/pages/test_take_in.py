"""The take-in screen: a matter from the first word to the receipt; nothing typed is lost on the way."""

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.rules.permissions import Actor
from db.services import cases, intake
from tests.factories import Office
from tests.pages.conftest import Opener

pytestmark = [
    pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("database"),
]
SCREEN = next(screen for screen in SCREENS if screen.path == "take-in")
TYPED = {
    "Name": "李小明",
    "Telephone or another contact": "15400000001",
    "In a line": "夜间施工",
    "Where": "东门路12号",
}


def fill(app: AppTest, typed: dict[str, str]) -> AppTest:
    """Type into the lines with these labels."""
    for label, value in typed.items():
        next(field for field in app.text_input if field.label == label).set_value(value)
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


def filled(app: AppTest) -> AppTest:
    """A matter ready to be registered."""
    next(area for area in app.text_area if area.label.startswith("What was said")).set_value("每晚打桩")
    next(box for box in app.selectbox if box.label == "Category").set_value("construction")
    return fill(app, TYPED)


def found(actor: Actor) -> int:
    """How many matters there are."""
    return cases.register(actor, choice=cases.Choice(tab=cases.Tab.ALL)).total


def test_registered_with_a_receipt(office: Office, as_person: Opener) -> None:
    app = press(filled(as_person(office.clerk, SCREEN)), "Register")
    assert not app.exception
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Number"] == "2026-000001"
    assert shown["State"] == "Registered"
    assert intake.drafts(office.clerk).empty
    press(app, "Take in the next one")
    assert next(field for field in app.text_input if field.label == "Name").value == ""


def test_a_failed_check_keeps_everything(office: Office, as_person: Opener) -> None:
    app = press(fill(as_person(office.clerk, SCREEN), TYPED), "Register")
    assert "Nothing was registered yet" in app.error[0].value
    values = {field.label: field.value for field in app.text_input}
    assert TYPED.items() <= values.items()
    assert found(office.clerk) == 0


def test_a_draft_is_found_again(office: Office, as_person: Opener) -> None:
    fill(as_person(office.clerk, SCREEN), TYPED)
    (token,) = intake.drafts(office.clerk)["subject"]
    again = as_person(office.clerk, SCREEN, draft=token)
    assert TYPED.items() <= {field.label: field.value for field in again.text_input}.items()
    assert "Draft of" in " ".join(text.value for text in as_person(office.clerk, SCREEN).text)
    stranger = as_person(office.deputy, SCREEN, draft=token)
    assert next(field for field in stranger.text_input if field.label == "Name").value == ""


def test_earlier_matters_are_told_and_linked(office: Office, as_person: Opener) -> None:
    press(filled(as_person(office.clerk, SCREEN)), "Register")
    app = press(filled(as_person(office.clerk, SCREEN)), "This is a repeat of it")
    app = press(app, "Register")
    assert not app.exception
    assert [row["case_id"] for row in cases.view(office.clerk, case_id=2).links] == [1]


def test_an_emergency_shows_the_number(office: Office, as_person: Opener) -> None:
    app = as_person(office.clerk, SCREEN)
    app.text_area[0].set_value("楼上着火了").run()
    assert "119" in app.error[0].value


def test_anonymous_and_on_the_spot(office: Office, as_person: Opener) -> None:
    app = filled(as_person(office.clerk, SCREEN))
    next(toggle for toggle in app.toggle if toggle.label == "Anonymous").set_value(True).run()
    next(group for group in app.button_group if group.label == "What happens now").set_value("spot").run()
    next(box for box in app.selectbox if box.label == "Outcome").set_value("explained")
    next(area for area in app.text_area if area.label.startswith("What was explained")).set_value("已解释")
    app = press(app.run(), "Record and close")
    assert {metric.label: metric.value for metric in app.metric}["State"] == "Closed"
    assert not cases.view(office.clerk, case_id=1).parties
