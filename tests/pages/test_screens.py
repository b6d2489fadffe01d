"""Every screen x every person, from the two tables: drawn without an error, or refused; a stranger sees the sign-in."""

import pytest

from components.screens import PAGES, SCREENS, Screen
from db.engine import Database
from tests.factories import PEOPLE, Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
# Every person sees every screen once, in a language that takes turns; every screen is so drawn in both.
LANGUAGES = ("en", "zh")
READY = [screen for screen in SCREENS if (PAGES / screen.file).exists()]


@pytest.mark.parametrize(
    ("person", "screen", "language"),
    [
        pytest.param(person, screen, LANGUAGES[(row + column) % 2], id=f"{person}-{screen.path}")
        for row, person in enumerate(PEOPLE)
        for column, screen in enumerate(READY)
    ],
)
def test_a_person_sees_the_screen_or_a_refusal(
    database: Database, office: Office, as_person: Opener, person: str, screen: Screen, language: str
) -> None:
    actor = office.people[person]
    app = as_person(actor, screen, language)
    assert not app.exception, app.exception
    refused = "You may not open this page." if language == "en" else "您无权打开此页面。"
    told = [element.value for element in (*app.info, *app.error)]
    assert (refused in told) != actor.may(screen.permission), told


@pytest.mark.parametrize("screen", READY, ids=lambda screen: screen.path)
def test_a_stranger_sees_only_the_sign_in(database: Database, as_person: Opener, screen: Screen) -> None:
    app = as_person(None, screen)
    assert not app.exception
    assert [field.label for field in app.text_input] == ["User name", "Password"]
    assert not app.dataframe


@pytest.mark.parametrize("screen", READY, ids=lambda screen: screen.path)
def test_a_page_file_run_alone_asks_to_sign_in(
    database: Database, monkeypatch: pytest.MonkeyPatch, screen: Screen
) -> None:
    from streamlit.testing.v1 import AppTest

    from components import account

    monkeypatch.setattr(account, "who_is_here", lambda: None)
    app = AppTest.from_file(PAGES / screen.file, default_timeout=30).run()
    assert [element.value for element in app.info] == ["Please sign in."]
    assert not app.title
