"""Taking in with a real browser: typed text reaches the draft without leaving the field, and no redraw loses any."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.people import sit_down
from tests.factories import a_database
from tests.serving import Served, give_passwords, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# Milliseconds after the last key when nobody is asked any more.
KEPT = 2500
SPOKEN = "What was said, in their words"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An office nobody has brought anything to."""
    folder = tmp_path_factory.mktemp("take-in") / "data"
    database, _ = a_database(folder)
    with closing(database):
        give_passwords(database)
    with Served(folder) as server:
        yield server


@pytest.fixture
def page(served: Served, browser: Browser) -> Iterator[Page]:
    """The take-in screen, signed in as the clerk."""
    clerk = sit_down(browser, served, "clerk", locale="en-GB")
    clerk.open("take-in")
    yield clerk.page
    clerk.page.context.close()


def test_every_field_typed_in_one_go_is_kept(page: Page) -> None:
    page.get_by_label("Name", exact=True).click()
    for words in ("Li Xiaoming", "15400000001", "Flat 3"):
        page.keyboard.type(words, delay=40)
        page.keyboard.press("Tab")
    page.get_by_label(SPOKEN).click()
    page.keyboard.type("Piles are driven every night; yesterday a robbery.", delay=15)
    expect(page.get_by_text("Somebody may be in danger")).to_be_visible()
    expect(page.get_by_label(SPOKEN)).to_be_focused()
    settle(page)
    page.reload()
    expect(page.get_by_text("Draft restored")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Li Xiaoming")
    expect(page.get_by_label("Telephone or another contact")).to_have_value("15400000001")
    expect(page.get_by_label("Address (optional)")).to_have_value("Flat 3")
    expect(page.get_by_label(SPOKEN)).to_have_value(re.compile("robbery"))


def test_leaving_before_the_last_words_are_kept_is_asked_about(page: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_label(SPOKEN).click()
    page.keyboard.type("The bridge is closed")
    with page.expect_event("dialog"):
        page.evaluate("location.reload()")
    expect(page.get_by_label(SPOKEN)).to_have_value("The bridge is closed")
    expect(page.get_by_text("Draft kept").first).to_be_visible()
    page.wait_for_timeout(KEPT)
    settle(page)
    page.reload()
    expect(page.get_by_label(SPOKEN)).to_have_value("The bridge is closed")
    assert asked == ["beforeunload"]


def test_a_double_click_registers_once_and_shows_the_receipt(page: Page) -> None:
    page.get_by_label("In a line").fill("Street lamp")
    page.get_by_label(SPOKEN).fill("It has been dark for a week")
    page.get_by_text("Anonymous", exact=True).click()
    settle(page)
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_text("Nothing was registered yet")).to_be_visible()
    settle(page)
    page.get_by_label("Category").click()
    page.get_by_role("option").first.click()
    settle(page)
    page.get_by_role("button", name="Register", exact=True).dblclick()
    expect(page.get_by_text("Query code", exact=True)).to_be_visible()
    settle(page)
    expect(page.get_by_text(re.compile(r"^\d{4}-000001$"))).to_be_visible()
    page.reload()
    expect(page.get_by_text("Query code", exact=True)).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Take in the next one").click()
    expect(page.get_by_label("In a line")).to_have_value("")


def test_the_screen_fits_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("button", name="Register", exact=True)).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
