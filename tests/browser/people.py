"""People of the office at their browsers: each with a profile of their own, speaking one language."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Position, expect

from db.languages import translate
from tests.browser.walking import come_in
from tests.serving import Served, profile, settle


@dataclass
class Seat:
    """Somebody signed in, one tab open. Whatever they do begins on a page at rest, and ends on one."""

    served: Served
    page: Page
    language: str

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue as this person reads it."""
        return translate(message, self.language, **values)

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.goto(f"{self.served.url}/{path}")
        self.page.locator("h1").first.wait_for()
        settle(self.page)

    def click(self, what: Locator) -> None:
        """Click on this."""
        settle(self.page)
        what.click()
        settle(self.page)

    def click_cell(self, grid: Locator, where: Position) -> None:
        """Click into a grid, which listens only once it knows the mouse to be above it."""
        settle(self.page)
        grid.hover(position=where)
        settle(self.page)
        grid.click(position=where)
        settle(self.page)

    def press(self, message: str, **values: object) -> None:
        """Press the button that says so."""
        self.click(self.page.get_by_role("button", name=self.say(message, **values), exact=True).first)

    def press_key(self, key: str) -> None:
        """Press the button inside the element whose key begins so."""
        self.click(self.page.locator(f"[class*='st-key-{key}'] button").first)

    def write(self, label: str, words: str) -> None:
        """Type into the field whose label begins with this message, and leave it."""
        settle(self.page)
        field = self.page.get_by_label(re.compile("^" + re.escape(self.say(label)))).first
        field.fill(words)
        field.press("Tab")
        settle(self.page)

    def tick(self, words: str) -> None:
        """Choose the one of a few that reads so."""
        self.click(self.page.get_by_text(words, exact=True).first)

    def choose(self, label: str, option: str) -> None:
        """Choose from a list by its words."""
        settle(self.page)
        field = self.page.get_by_role("combobox", name=re.compile("^" + re.escape(self.say(label)))).first
        field.click()
        field.fill(option)
        self.page.get_by_role("option", name=option).first.click()
        settle(self.page)

    def reads(self, words: str | re.Pattern[str]) -> None:
        """These words stand on the page."""
        expect(self.page.get_by_text(words).first).to_be_visible()


def sit_down(browser: Browser, served: Served, person: str, locale: str = "zh-CN", **options: Any) -> Seat:
    """Somebody signed in at a browser of their own; a stranger when no person is named."""
    context = profile(browser, locale=locale, **({"viewport": {"width": 1280, "height": 900}} | options))
    if person:
        come_in(context, served, person)
    return Seat(served, context.new_page(), locale[:2])
