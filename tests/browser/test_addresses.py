"""Typing addresses: a stranger sees only the sign-in, after a restart too; others the screen or a refusal."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from components.screens import SCREENS
from db.rules.permissions import GRANTS, Role
from tests.browser.people import sit_down
from tests.factories import PEOPLE, a_database
from tests.serving import Served, give_passwords, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAMPLE = ("handler",)
# Every screen in every role is asked without a browser in tests/pages.
SOME = SCREENS[::3]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small office, just started: nobody has run a page of it yet."""
    folder = tmp_path_factory.mktemp("addresses") / "data"
    database, _ = a_database(folder)
    with closing(database):
        give_passwords(database)
    with Served(folder) as server:
        yield server


def test_the_first_address_after_a_restart_shows_only_the_sign_in(served: Served, browser: Browser) -> None:
    served.stop()
    served.start()
    _only_the_sign_in(served, browser, ["case?id=1"])


def test_a_stranger_typing_an_address_sees_only_the_sign_in(served: Served, browser: Browser) -> None:
    inside = ["exports/1", "files/1", "print/case/1", "media/x.pdf", "nothing-there"]
    stranger = sit_down(browser, served, "", locale="en-GB")
    for path in inside:
        answer = stranger.page.goto(f"{served.url}/{path}")
        assert answer is not None
        assert answer.status in (401, 404), path
        assert "林" not in stranger.page.content()
    _only_the_sign_in(served, browser, [screen.path for screen in SOME])


@pytest.mark.parametrize("person", SAMPLE)
def test_everybody_sees_the_screen_or_a_refusal(served: Served, browser: Browser, person: str) -> None:
    role: Role = PEOPLE[person][0]
    seat = sit_down(browser, served, person, locale="en-GB")
    for screen in SOME:
        seat.open(screen.path)
        heading = seat.page.get_by_test_id("stMain").get_by_role("heading", level=1)
        expected = screen.title if screen.permission in GRANTS[role] else "No access"
        expect(heading).to_have_text(expected)
        links = seat.page.get_by_test_id("stSidebarNavLink")
        shown = [one.title for one in SCREENS if one.in_menu and one.permission in GRANTS[role]]
        assert [name.splitlines()[-1] for name in links.all_inner_texts()] == shown
    seat.page.context.close()


def _only_the_sign_in(served: Served, browser: Browser, paths: list[str]) -> None:
    stranger = sit_down(browser, served, "", locale="en-GB")
    for path in paths:
        stranger.page.goto(f"{served.url}/{path}")
        expect(stranger.page.get_by_label("User name")).to_be_visible()
        settle(stranger.page)
        expect(stranger.page).to_have_title("Sign in · Linli")
        assert stranger.page.get_by_role("heading").all_inner_texts() == ["Linli", "Sign in"]
        assert stranger.page.get_by_test_id("stSidebarNavLink").count() == 0
        assert stranger.page.get_by_test_id("stDataFrame").count() == 0
    stranger.page.context.close()
