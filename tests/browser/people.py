"""People of the office at their browsers: each with a profile of their own, speaking one language."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, expect

from db.languages import translate
from tests.browser.walking import come_in
from tests.serving import Served, settle


@dataclass
class Seat:
    """Somebody signed in, one tab open."""

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

    def press(self, message: str) -> None:
        """Press the button that says so."""
        self.page.get_by_role("button", name=self.say(message), exact=True).first.click()
        settle(self.page)

    def press_key(self, key: str) -> None:
        """Press the button inside the element whose key begins so."""
        self.page.locator(f"[class*='st-key-{key}'] button").first.click()
        settle(self.page)

    def write(self, label: str, words: str) -> None:
        """Type into the field whose label begins with this message, and leave it."""
        field = self.page.get_by_label(re.compile("^" + re.escape(self.say(label)))).first
        field.fill(words)
        field.press("Tab")
        settle(self.page)

    def tick(self, words: str) -> None:
        """Choose the one of a few that reads so."""
        self.page.get_by_text(words, exact=True).first.click()
        settle(self.page)

    def choose(self, label: str, option: str) -> None:
        """Choose from a list by its words."""
        field = self.page.get_by_role("combobox", name=re.compile("^" + re.escape(self.say(label)))).first
        field.click()
        field.fill(option)
        self.page.get_by_role("option", name=option).first.click()
        settle(self.page)

    def reads(self, words: str) -> None:
        """These words stand on the page."""
        expect(self.page.get_by_text(words).first).to_be_visible()


def sit_down(browser: Browser, served: Served, person: str, locale: str = "zh-CN", **options: Any) -> Seat:
    """Somebody signed in at a browser of their own; a stranger when no person is named."""
    context = browser.new_context(locale=locale, **({"viewport": {"width": 1280, "height": 900}} | options))
    context.set_default_timeout(30_000)
    if person:
        come_in(context, served, person)
    return Seat(served, context.new_page(), locale[:2])
