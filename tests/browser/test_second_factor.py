"""The second factor in a real browser, from the first sign-in to a recovery code; then a reading in an emergency."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from db import clock
from tests.browser.people import Seat, sit_down
from tests.browser.test_sign_in import fill_in, open_page
from tests.factories import a_case, a_database
from tests.serving import Served, give_passwords, profile, settle

NUMBER, REASON = "2026-00001", "核对迁移后的卷宗是否完整"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An office whose administrator needs a second factor."""
    folder = tmp_path_factory.mktemp("second-factor") / "data"
    database, office = a_database(folder)
    with closing(database):
        give_passwords(database)
        with database.transaction(office.clerk) as session:
            assert a_case(session, office).number == NUMBER
    with Served(folder, environ={"LINLI_SECOND_FACTOR_ROLES": "administrator"}) as server:
        yield server


def sign_out(page: Page) -> None:
    """Out by the menu, until the form stands there again."""
    settle(page)
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_label("User name")).to_be_visible()


def type_code(page: Page, code: str) -> None:
    """Into the second page, where the cursor already is."""
    expect(page.get_by_label("One-time code")).to_be_focused()
    page.get_by_label("One-time code").fill(code)
    page.keyboard.press("Enter")


@pytest.mark.in_turn(3, of=4)
def test_a_second_factor_from_the_first_sign_in_to_a_reading_in_an_emergency(served: Served, browser: Browser) -> None:
    page = open_page(profile(browser, locale="en-GB"), f"{served.url}/people")
    fill_in(page, "admin")
    expect(page.get_by_text("Your role needs a second factor.")).to_be_visible()
    expect(page.get_by_alt_text("QR code for the authenticator")).to_be_visible()
    expect(page.get_by_role("link", name="Units")).to_have_count(0)
    told = pyotp.TOTP(page.locator("code").first.inner_text().replace(" ", ""))
    settle(page)
    page.get_by_label("One-time code").fill("12345")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("This code is not right, or it was used before.")).to_be_visible()
    settle(page)
    first = told.at(clock.now())
    page.get_by_label("One-time code").fill(first)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("they are shown only this once")).to_be_visible()
    recovery = page.locator("code").first.inner_text().split()
    assert len(recovery) == 10
    settle(page)
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("link", name="Units")).to_be_visible()

    sign_out(page)
    settle(page)
    fill_in(page, "admin")
    expect(page.get_by_label("One-time code")).to_be_focused()
    held = {one["name"]: (one["httpOnly"], one["sameSite"]) for one in page.context.cookies()}
    assert held["linli_code"] == (True, "Strict")
    assert "linli" not in held
    for wrong in ("000000", first):
        type_code(page, wrong)
        expect(page.get_by_role("alert")).to_contain_text("This code is not right, or it was used before.")
    later = told.at(clock.now() + timedelta(seconds=told.interval))
    type_code(page, later)
    expect(page.get_by_role("link", name="Units")).to_be_visible()

    sign_out(page)
    settle(page)
    fill_in(page, "admin")
    type_code(page, later)
    expect(page.get_by_role("alert")).to_be_visible()
    type_code(page, recovery[3].upper())
    expect(page.get_by_role("link", name="Units")).to_be_visible()
    page.goto(f"{served.url}/account")
    expect(page.get_by_text("9 recovery codes are left.")).to_be_visible()
    settle(page)
    director = sit_down(browser, served, "director", "en-GB")
    director.open("")
    expect(director.page.get_by_text("in an emergency")).to_have_count(0)
    admin = Seat(served, page, "en")
    admin.open("emergency")
    admin.choose("Where the record is kept", "Cases")
    admin.write("Number", NUMBER)
    admin.write("Why it can't wait", REASON)
    admin.press("Open it; the director is told")
    admin.reads("read only. The director has been told.")
    director.open("")
    director.reads(f"opened case {NUMBER} in an emergency")
    director.reads(f"The reason given: {REASON}")
    director.press("I take note")
    expect(director.page.get_by_text("in an emergency")).to_have_count(0)

    stranger = open_page(profile(browser, locale="en-GB"), f"{served.url}/session/code")
    expect(stranger.get_by_label("User name")).to_be_visible()
